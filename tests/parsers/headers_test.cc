// SPDX-License-Identifier: Apache-2.0
//
// Each parser can be learned from its header alone: it shows what the tool prints, and the parser reads what is shown. And
// each has a test, next to the others of its folder, of what it must leave alone.
#include <cxxabi.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <typeinfo>

#include "parsers/registry.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Named {
  std::string folder, name;  // of the class
};

template <typename Parser>
Named named(const Parser& parser) {
  const std::unique_ptr<char, void (*)(void*)> demangled(abi::__cxa_demangle(typeid(parser).name(), nullptr, nullptr, nullptr), std::free);
  const std::string whole = demangled.get();
  const auto name = whole.rfind("::"), folder = whole.rfind("::", name - 1);
  return {whole.substr(folder + 2, name - folder - 2), whole.substr(name + 2)};
}

// The header that declares the class.
fs::path header_of(const Named& parser) {
  for (const auto& entry : fs::directory_iterator(fs::path(GPM_SOURCE_DIR) / "parsers" / parser.folder))
    if (entry.path().extension() == ".h" && read_file(entry.path()).find("class " + parser.name + " ") != std::string::npos) return entry.path();
  return {};
}

// The indented lines of the comment that opens a file, as a document. Behind many blanks stands what the tool is called.
std::string sample(const fs::path& header, bool with_remarks) {
  std::ifstream in(header);
  std::string text, line;
  while (std::getline(in, line) && line.starts_with("//")) {
    if (!line.starts_with("//   ") && line != "//") continue;
    line = line.size() > 5 ? line.substr(5) : "";
    if (!with_remarks)
      if (const auto remark = line.find("        ", line.find_first_not_of(' ')); remark != std::string::npos) line.resize(remark);
    text += line + "\n";
  }
  return text;
}

std::size_t facts(const test::RecordingSink& sink) {
  return sink.events.size() + sink.settings.size() + sink.snapshots.size() + sink.gpus.size() + sink.milestones.size() + sink.secrets.size();
}

template <typename Feed>
void expect_sample_is_read(const Named& parser, Feed feed) {
  const auto header = header_of(parser);
  ASSERT_FALSE(header.empty()) << parser.folder << "/" << parser.name << " has no header";
  EXPECT_GT(feed(sample(header, true)) + feed(sample(header, false)), 0u) << header << ": " << parser.name << " reads nothing of:\n" << sample(header, false);
}

TEST(Headers, EachLineParserReadsItsSample) {
  const auto count = make_line_parsers().size();
  for (std::size_t i = 0; i < count; ++i)
    expect_sample_is_read(named(*make_line_parsers()[i]), [&](const std::string& document) {
      const auto parsers = make_line_parsers();
      test::RecordingSink sink;
      test::feed(*parsers[i], document, sink);
      return facts(sink);
    });
}

TEST(Headers, EachTreeParserShowsASample) {
  for (const auto& parser : make_tree_parsers()) EXPECT_FALSE(sample(header_of(named(*parser)), true).empty()) << named(*parser).name;
}

// Prose about programs is nobody's output.
TEST(Headers, ProseIsNoFormat) {
  const auto prose = read_file(fs::path(GPM_SOURCE_DIR) / "LICENSE");
  ASSERT_FALSE(prose.empty());
  for (const auto& parser : make_line_parsers()) {
    test::RecordingSink sink;
    test::feed(*parser, prose, sink);
    EXPECT_EQ(facts(sink), 0u) << named(*parser).name;
  }
  for (const auto& parser : make_tree_parsers()) EXPECT_FALSE(parser->sniff(prose.substr(0, 4096), "LICENSE")) << named(*parser).name;
}

// Words by which a test says that nothing was read.
bool says_nothing(std::string_view body) {
  for (const std::string_view word : {"IsEmpty()", "EXPECT_FALSE", ", 0u)", "SizeIs(0)", ".empty())", "EXPECT_EQ(count"})
    if (body.find(word) != std::string_view::npos) return true;
  return false;
}

TEST(Headers, EachParserHasANegativeTest) {
  std::vector<std::string> bodies;  // of single tests
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(GPM_SOURCE_DIR) / "tests"))
    if (entry.path().extension() == ".cc") {
      const auto text = read_file(entry.path());
      for (auto at = text.find("\nTEST"); at != std::string::npos;) {
        const auto next = text.find("\nTEST", at + 1);
        bodies.push_back(text.substr(at, next - at));
        at = next;
      }
    }
  const auto expect_negative = [&](const Named& parser) {
    const bool found = std::any_of(bodies.begin(), bodies.end(), [&](const std::string& body) { return body.find(parser.name) != std::string::npos && says_nothing(body); });
    EXPECT_TRUE(found) << parser.folder << "/" << parser.name << " has no test of what it must leave alone";
  };
  for (const auto& parser : make_line_parsers()) expect_negative(named(*parser));
  for (const auto& parser : make_tree_parsers()) expect_negative(named(*parser));
}

}  // namespace
}  // namespace gpm::parsers
