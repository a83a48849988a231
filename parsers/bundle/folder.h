// SPDX-License-Identifier: Apache-2.0
//
// All files below a folder, each as a document or what it holds.
#pragma once

#include <string>

#include "parsers/bundle/source.h"
#include "parsers/bundle/walker.h"

namespace gpm::bundle {

inline constexpr int kFolderDepth = 128;

// `inside`: what all paths begin with: "" or "prefix/". Files are opened one below the other from `folder`, so that
// nothing that is moved or linked meanwhile can lead out of it. The walker's sink may take the entries instead.
void read_folder(FileDescriptor folder, const std::string& inside, Walker& walker);

// Reads an open descriptor, whose fstat said a regular file of this size, as one file.
void read_file(const FileDescriptor& file, std::uint64_t size, const Place& place, Walker& walker);

}  // namespace gpm::bundle
