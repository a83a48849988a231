// SPDX-License-Identifier: Apache-2.0
//
// Documents through the scanner into a store, and the samples that lie beside the checkout (or where GPM_SHARED says).
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/scan/scanner.h"
#include "analyzer/store/store.h"
#include "kb/model.h"
#include "parsers/bundle/bundle.h"

namespace gpm::test {

inline std::filesystem::path shared_folder() {
  const char* set = std::getenv("GPM_SHARED");
  return set ? set : GPM_SOURCE_DIR "/../shared";
}

// One scanned incident.
class Scanned {
 public:
  Scanned() : store("test", true), scanner_(kb::embedded(), store) {}

  Scanned& file(const std::filesystem::path& path, const std::string& prefix = {}) {
    bundle::Usage usage;
    std::string error;
    EXPECT_EQ(bundle::read(path.string(), prefix, {}, usage, scanner_, error), bundle::ReadResult::read) << error;
    return *this;
  }
  Scanned& text(std::string_view name, std::string_view text) {
    scanner_.begin(name);
    if (!text.empty()) scanner_.data(text);
    scanner_.end("ok", "");
    return *this;
  }
  Scanned& finish() {
    store.finish("");
    return *this;
  }

  // Rows of a query, columns joined by '|'.
  std::vector<std::string> rows(const std::string& sql) {
    std::vector<std::string> found;
    store::Statement s(store.database().get(), sql);
    const auto columns = 1 + std::count(sql.begin(), sql.begin() + static_cast<std::ptrdiff_t>(sql.find(" FROM ")), ',');
    while (s.step()) {
      std::string row;
      for (int i = 0; i < columns; ++i) row += (i ? "|" : "") + s.text(i);
      found.push_back(row);
    }
    return found;
  }
  std::string value(const std::string& sql) {
    const auto found = rows(sql);
    return found.empty() ? "" : found.front();
  }

  store::Store store;

 private:
  scan::Scanner scanner_;
};

}  // namespace gpm::test
