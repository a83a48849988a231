// SPDX-License-Identifier: Apache-2.0
//
// Knowledge folders of strangers: each must be refused with a reason, soon and without a crash.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <chrono>

#include "kb/examples.h"
#include "kb/folder.h"
#include "kb/yaml.h"
#include "tests/kb/knowledge_folder.h"

namespace gpm::kb {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

using Hostile = KnowledgeFolder;

std::string refusal(std::string_view yaml) {
  Problems found;
  const auto tree = parse_yaml(yaml, "x.yaml", found);
  return tree || found.empty() ? "" : describe(found[0]);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

TEST(HostileYaml, Anchor) { EXPECT_EQ(refusal("a: 1\nb: &x [1]\n"), "x.yaml:2: YAML anchors are not taken"); }

TEST(HostileYaml, Alias) { EXPECT_THAT(refusal("a: *x\n"), HasSubstr("x.yaml:1: ")); }

TEST(HostileYaml, Tag) { EXPECT_EQ(refusal("a: !!binary aGk=\n"), "x.yaml:1: YAML tags are not taken"); }

TEST(HostileYaml, TwoDocuments) { EXPECT_EQ(refusal("a: 1\n---\nb: 2\n"), "x.yaml:2: more than one YAML document"); }

TEST(HostileYaml, KeyGivenTwice) { EXPECT_EQ(refusal("a: 1\nb: 2\na: 3\n"), "x.yaml:3: key 'a' is given twice"); }

TEST(HostileYaml, ListAsKey) { EXPECT_THAT(refusal("? [a]\n: b\n"), HasSubstr("a key that is a list")); }

TEST(HostileYaml, Nul) { EXPECT_THAT(refusal("a: \"x\\0y\"\n"), HasSubstr("NUL")); }

TEST(HostileYaml, BytesThatAreNotUtf8) { EXPECT_EQ(refusal("a: \xff\xfe\n"), "x.yaml: is not UTF-8 text"); }

TEST(HostileYaml, Nothing) { EXPECT_EQ(refusal("# only a comment\n"), "x.yaml: is empty"); }

TEST(HostileYaml, Unclosed) { EXPECT_THAT(refusal("a: \"x"), HasSubstr("x.yaml:")); }

TEST(HostileYaml, ReasonsHoldNoControlCharacters) {
  EXPECT_EQ(refusal("\"\\e[2Jx\": 1\n\"\\e[2Jx\": 1\n"), "x.yaml:2: key '?[2Jx' is given twice");
}

TEST(HostileYaml, BracketsInALogAreNoNesting) {
  Problems found;
  const auto tree = parse_yaml("log: |\n  [[[[[[[[[[[[[[[[[[[[[[[[[[{{{{{{{{{{\n", "x.yaml", found);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->text_of("log"), "[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{{{{{{{\n");
}

// One mebibyte of what makes a parser recurse or take quadratic time.
class HostileMebibyte : public testing::TestWithParam<std::string> {};

TEST_P(HostileMebibyte, IsRefusedSoon) {
  const std::string text = repeated(GetParam(), (std::size_t{1} << 20) / GetParam().size());
  const auto start = std::chrono::steady_clock::now();
  EXPECT_NE(refusal(text), "");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

INSTANTIATE_TEST_SUITE_P(Of, HostileMebibyte,
                         testing::Values("[", "{", "- ", "? ", "[?", "{a: ", "a: [", "[\n", "- - \n", "!", "&a ", "*a ",
                                         "%\n", "\"", "'a", "|\n", "---\n", "- a\n", "]"));

TEST_F(Hostile, LinkToAFile) {
  std::filesystem::remove(folder / kernel_file);
  std::filesystem::create_symlink("/etc/passwd", folder / kernel_file);
  EXPECT_THAT(problems(), ElementsAre("signals/kernel.yaml: is a link; links are not followed"));
}

TEST_F(Hostile, LinkToAFolder) {
  std::filesystem::rename(folder / "causes", folder / "elsewhere");
  std::filesystem::create_symlink("elsewhere", folder / "causes");
  EXPECT_THAT(problems(), ElementsAre("causes: is a link or no folder"));
}

TEST_F(Hostile, PipeInPlaceOfAFile) {
  ASSERT_EQ(::mkfifo((folder / "signals/pipe.yaml").c_str(), 0600), 0);
  EXPECT_THAT(problems(), ElementsAre("signals/pipe.yaml: is not a regular file"));
}

TEST_F(Hostile, FileLargerThanAMebibyte) {
  write("signals/big.yaml", "# " + std::string(std::size_t{1} << 20, 'x'));
  EXPECT_THAT(problems(), ElementsAre("signals/big.yaml: is larger than 1048576 bytes"));
}

TEST_F(Hostile, FolderLargerThanItsLimit) {
  Problems found;
  const auto files = read_folder(folder.string(), found, {.total_bytes = 100});
  EXPECT_LT(files.size(), 5u);
  ASSERT_FALSE(found.empty());
  EXPECT_THAT(found[0].reason, HasSubstr("more than 100 bytes"));
}

TEST_F(Hostile, MoreFilesThanTheLimit) {
  Problems found;
  EXPECT_EQ(read_folder(folder.string(), found, {.files = 1}).size(), 6u);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(describe(found[0]), "codes: has more than 1 files; the rest is not read");
  EXPECT_EQ(describe(found[1]), "signals: has more than 1 files; the rest is not read");
}

TEST_F(Hostile, AnIdThatWouldOverflowTheStackOfARecursiveRegex) {
  replace(kernel_file, "id: kernel.xid.45", "id: k." + std::string(500'000, 'a'));
  EXPECT_THAT(problems(), Contains(HasSubstr("[1].id: String should be no more than 120 characters")));
}

TEST_F(Hostile, FortyThousandWrongEntriesAreTwoHundredProblems) {
  write(kernel_file, repeated("- {}\n", 40'000));
  Problems found;
  load(folder.string(), found);
  EXPECT_EQ(found.size(), most_problems + 1);
}

TEST_F(Hostile, AnExampleThatWouldBeWrittenOutsideItsBundle) {
  replace(cause_file, "dmesg.txt: |", "../../etc/x: |");
  EXPECT_THAT(problems(), Contains(HasSubstr("names a file that is no plain relative path")));
  Problems found;
  EXPECT_THAT(load_examples(folder.string(), found), testing::IsEmpty());
}

TEST_F(Hostile, APatternThatIsHugeWhenCompiled) {
  replace(app_file, "pattern: 'all CUDA", "pattern: '((a{100}){100}){100} all CUDA");
  EXPECT_THAT(problems(), Contains(HasSubstr("app.cuda_busy: pattern: ")));
}

}  // namespace
}  // namespace gpm::kb
