// SPDX-License-Identifier: Apache-2.0
//
// The files of a knowledge folder:
//
//   kb.yaml            date: YYYY-MM-DD
//   artefacts.yaml     a list of artefacts
//   signals/*.yaml     lists of signals
//   causes/*.yaml      one cause each
//   codes/*.yaml       one family of codes each; codes/buckets.yaml what to do, codes/nvlink5.yaml the table of NVLink5
//
// Each may be missing; anything else in the folder is not looked at. Only regular files are read, links are not
// followed (the folder that the user names may be one).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kb/problem.h"

namespace gpm::kb {

struct FolderLimits {
  std::size_t file_bytes = std::size_t{1} << 20;
  std::size_t total_bytes = std::size_t{16} << 20;
  std::size_t files = 2000;                // per subfolder
  std::size_t directory_entries = 20'000;  // looked at per subfolder
};

struct KnowledgeFile {
  std::string path;  // relative to the folder, with '/'
  std::string text;
};

// Ordered by path. What cannot be read is left out and becomes a problem.
std::vector<KnowledgeFile> read_folder(const std::string& folder, Problems& problems, const FolderLimits& limits = {});

}  // namespace gpm::kb
