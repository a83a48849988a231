// SPDX-License-Identifier: Apache-2.0
//
// The paths of documents by their ids.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "analyzer/store/store.h"

namespace gpm::compose {

using DocumentPaths = std::unordered_map<std::int64_t, std::string>;

inline DocumentPaths document_paths(store::Store& store) {
  DocumentPaths paths;
  store::Statement documents(store.database().get(), "SELECT id, path FROM documents");
  while (documents.step()) paths.emplace(documents.integer(0), documents.text(1));
  return paths;
}

// Empty where there is no such document.
inline const std::string& path_of(const DocumentPaths& paths, std::int64_t document) {
  static const std::string none;
  const auto found = paths.find(document);
  return found == paths.end() ? none : found->second;
}

}  // namespace gpm::compose
