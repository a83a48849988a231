// SPDX-License-Identifier: Apache-2.0
//
// kb-compiler as the build calls it.
#include <gmock/gmock.h>
#include <sys/wait.h>

#include "tests/kb/knowledge_folder.h"

namespace gpm::kb {
namespace {

using testing::HasSubstr;
using Compiler = KnowledgeFolder;

int exit_status(const std::string& arguments, const std::filesystem::path& errors) {
  const std::string command = std::string(GPM_KB_COMPILER) + " " + arguments + " 2> " + errors.string();
  return WEXITSTATUS(std::system(command.c_str()));
}

TEST_F(Compiler, LintOfGoodKnowledgeSaysNothing) {
  EXPECT_EQ(exit_status("--lint --kb " + folder.string(), folder / "errors"), 0);
  EXPECT_EQ(read("errors"), "");
}

TEST_F(Compiler, AFindingNamesFileAndLineAndWritesNoCode) {
  replace(cause_file, "-i {gpu_index}", "-i {gpu}");
  const std::string out = (folder / "out.cc").string();
  EXPECT_EQ(exit_status("--kb " + folder.string() + " --out " + out, folder / "errors"), 1);
  EXPECT_EQ(read("errors"), folder.string() +
                                "/causes/gpu-fell-off-bus.yaml:2: error: gpu-fell-off-bus: fixes[0].commands: "
                                "placeholder 'gpu' is none that is filled in\n");
  EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(Compiler, QueriesAreCheckedAgainstTheTables) {
  write("schema.sql", "CREATE TABLE other(x)");
  EXPECT_EQ(exit_status("--lint --kb " + folder.string() + " --schema-sql " + (folder / "schema.sql").string(),
                        folder / "errors"),
            1);
  EXPECT_THAT(read("errors"), HasSubstr("kernel.xid.45: query: no such table: events"));
}

TEST_F(Compiler, ASchemaThatIsNoSqlIsAFinding) {
  write("schema.sql", "CREATE TABEL events(x)");
  EXPECT_EQ(exit_status("--lint --kb " + folder.string() + " --schema-sql " + (folder / "schema.sql").string(),
                        folder / "errors"),
            1);
  EXPECT_THAT(read("errors"), HasSubstr("the SQL schema cannot be used"));
}

TEST_F(Compiler, KnowledgeWithoutCausesIsKnowledge) {
  std::filesystem::remove_all(folder / "causes");
  std::filesystem::remove_all(folder / "lines");  // which name causes
  EXPECT_EQ(exit_status("--lint --kb " + folder.string(), folder / "errors"), 0);
}

TEST_F(Compiler, KnowledgeNeedsItsDate) {
  std::filesystem::remove(folder / "kb.yaml");
  EXPECT_EQ(exit_status("--lint --kb " + folder.string(), folder / "errors"), 1);
  EXPECT_THAT(read("errors"), HasSubstr("kb.yaml: error: must give the date"));
}

TEST_F(Compiler, TheCatalogueOfLinesIsWritten) {
  EXPECT_EQ(exit_status("--kb " + folder.string() + " --lines " + (folder / "lines.md").string(), folder / "errors"), 0);
  EXPECT_THAT(read("lines.md"), HasSubstr("**kernel.off-bus** · candidate"));
}

TEST_F(Compiler, WrongUsage) { EXPECT_EQ(exit_status("--kb x", folder / "errors"), 2); }

}  // namespace
}  // namespace gpm::kb
