// SPDX-License-Identifier: Apache-2.0
//
// Real tool output that is too large to commit. It lies beside the checkout, or where GPM_SHARED says; a test that
// finds none is skipped, and says so.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace gpm::test {

inline std::optional<std::string> shared_file(const std::string& path) {
  const char* set = std::getenv("GPM_SHARED");
  const auto file = std::filesystem::path(set ? set : GPM_SOURCE_DIR "/../shared") / path;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace gpm::test
