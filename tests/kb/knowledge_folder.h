// SPDX-License-Identifier: Apache-2.0
//
// A copy of tests/kb/data/good in a folder of its own, to be spoilt by a test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "kb/lint.h"
#include "kb/load.h"

namespace gpm::kb {

inline const std::string good_folder = std::string(GPM_SOURCE_DIR) + "/tests/kb/data/good";

// The tables that the queries of the good knowledge read, and one that no query may read.
inline constexpr std::string_view tables =
    "CREATE TABLE documents(id INTEGER PRIMARY KEY, path TEXT, format TEXT);"
    "CREATE TABLE events(id INTEGER PRIMARY KEY, document_id INTEGER, line INTEGER, kind TEXT, code INTEGER);"
    "CREATE TABLE findings(id INTEGER PRIMARY KEY, cause TEXT);";

class KnowledgeFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "/kb-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder = name;
    std::filesystem::copy(good_folder, folder, std::filesystem::copy_options::recursive);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& path, std::string_view text) {
    std::filesystem::create_directories((folder / path).parent_path());
    std::ofstream(folder / path, std::ios::binary) << text;
  }

  std::string read(const std::string& path) {
    std::ifstream file(folder / path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

  void replace(const std::string& path, std::string_view old_text, std::string_view new_text) {
    std::string text = read(path);
    const std::size_t at = text.find(old_text);
    ASSERT_NE(at, std::string::npos) << path << " does not hold " << old_text;
    write(path, text.replace(at, old_text.size(), new_text));
  }

  // What loading and linting say, one line each.
  std::vector<std::string> problems() {
    Problems found;
    const LoadedKnowledge loaded = load(folder.string(), found);
    if (found.empty()) {
      lint(loaded.view(), loaded.origins(), {.schema_sql = tables}, found);
    }
    std::vector<std::string> lines;
    for (const Problem& problem : found) {
      lines.push_back(describe(problem));
    }
    return lines;
  }

  std::filesystem::path folder;
};

inline constexpr const char* cause_file = "causes/gpu-fell-off-bus.yaml";
inline constexpr const char* app_file = "signals/app.yaml";
inline constexpr const char* kernel_file = "signals/kernel.yaml";

}  // namespace gpm::kb
