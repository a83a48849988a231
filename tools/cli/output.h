// SPDX-License-Identifier: Apache-2.0
//
// Files that the verbs write: reports, tables.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace gpm::cli {

// Writes to the file, or to standard output for "-"; says why where it cannot, and leaves what it could write.
bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write);
// The same for an open file. 0, or the error number of what went wrong first.
int write_and_close(int file, const std::function<void(std::ostream&)>& write);

}  // namespace gpm::cli
