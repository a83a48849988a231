// SPDX-License-Identifier: Apache-2.0
//
// What a report, its messages and its store may not pass on.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/command/run_command.h"
#include "tests/redaction_seeds.h"

namespace gpm::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// A kernel log whose Xid lines, all quoted in the timeline, carry every kind of secret; and a pod with one in its environment.
class SeededBundle : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("redaction_" + std::to_string(getpid()));
    bundle_ = root_ / "wei.zhang@example-corp.com";
    fs::create_directories(bundle_ / "home" / "wzhang");
    std::ofstream log(bundle_ / "dmesg.txt");
    log << "[    0.000000] Linux version 6.8.0-60-generic (buildd@lcy02-amd64-054)\n[    5.000000] systemd[1]: Hostname set to <gpu-07>.\n";
    int second = 100;
    for (const auto& seed : seeds)
      log << "[  " << second++ << ".000000] NVRM: Xid (PCI:0000:5d:00): 13, pid=" << second << ", name=app, Graphics Exception: " << seed.line << '\n';
    std::ofstream(bundle_ / "home" / "wzhang" / "pod.yaml") << "apiVersion: v1\nkind: Pod\nmetadata: {name: train}\nspec:\n  containers:\n  - name: c\n    image: a\n"
                                                            << "    env:\n    - name: REGISTRY_PASSWORD\n      value: \"Plain_Word_9\"\n";
    std::ofstream(bundle_ / "app.log") << "2026-03-14 02:00:00 ERROR loading failed near Plain_Word_9\nRuntimeError: CUDA error: an illegal memory access was encountered (Plain_Word_9)\n";
  }
  void TearDown() override { fs::remove_all(root_); }

  // All that the command says and writes.
  std::string everything(std::vector<std::string> options) {
    std::vector<std::string> arguments = analyze({bundle_, "--html", root_ / "r.html", "--json", root_ / "r.json", "--markdown", root_ / "r.md", "--db", root_ / "r.db",
                                                  "--explain-ranking", "--top", "9"});
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto ran = run(arguments);
    EXPECT_EQ(ran.status, 0) << ran.err;
    std::string all = ran.out + ran.err;
    for (const char* file : {"r.html", "r.json", "r.md", "r.db"}) all += read_file(root_ / file);
    return all;
  }

  fs::path root_, bundle_;
};

TEST_F(SeededBundle, NoSecretIsInAnyViewOrInTheStore) {
  const auto all = everything({});
  for (const auto& seed : seeds) EXPECT_EQ(all.find(seed.secret), std::string::npos) << seed.name;
  EXPECT_THAT(all, Not(HasSubstr("Plain_Word_9")));
}

TEST_F(SeededBundle, WithoutRedactionTheyAreThere) {
  const auto all = everything({"--no-redact"});
  std::size_t there = 0;
  for (const auto& seed : seeds) there += all.find(seed.secret) != std::string::npos;
  EXPECT_EQ(there, std::size(seeds)) << "else the test above shows nothing";
  EXPECT_THAT(all, HasSubstr("Plain_Word_9"));
  EXPECT_THAT(all, HasSubstr("Redaction was off"));
}

TEST_F(SeededBundle, TheReportSaysWhatWasReplaced) {
  everything({});
  const auto report = json::parse(read_file(root_ / "r.json"));
  std::set<std::string> kinds;
  for (const auto& one : report["redacted"]) kinds.insert(one["kind"]);
  EXPECT_THAT(kinds, testing::IsSupersetOf({"token", "password", "key", "email", "user", "ip"}));
  EXPECT_THAT(read_file(root_ / "r.md"), HasSubstr("Replaced by pseudonyms"));
}

TEST_F(SeededBundle, HostNamesGoWhereAsked) {
  EXPECT_THAT(everything({}), HasSubstr("gpu-07"));
  const auto all = everything({"--redact-hosts", "--redact-also", "Graphics (Exc[a-z]+)"});
  EXPECT_THAT(all, Not(HasSubstr("gpu-07")));
  EXPECT_THAT(all, HasSubstr("host-1"));
  EXPECT_THAT(all, Not(HasSubstr("Graphics Exception")));
}

TEST_F(SeededBundle, TheMapIsItsOwnersAlone) {
  std::ofstream(root_ / "map.json") << "old";  // also where the file was readable before
  everything({"--redact-map", root_ / "map.json"});
  struct stat file{};
  ASSERT_EQ(stat((root_ / "map.json").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  const auto map = json::parse(read_file(root_ / "map.json"));
  std::set<std::string> originals;
  for (const auto& [name, value] : map.items()) originals.insert(value);
  EXPECT_EQ(originals.count("wzhang"), 1u);
  EXPECT_EQ(originals.count("Plain_Word_9"), 1u);
}

TEST_F(SeededBundle, WrongUsageIsTwo) {
  EXPECT_EQ(run(analyze({bundle_, "--redact-also", "("})).status, 2);
  EXPECT_EQ(run(analyze({bundle_, "--no-redact", "--redact-hosts"})).status, 2);
}

TEST(Redaction, MessagesAreRedactedToo) {
  EXPECT_THAT(run(analyze({"/home/wzhang/nothing-here"})).err, Not(HasSubstr("wzhang")));
}

}  // namespace
}  // namespace gpm::test
