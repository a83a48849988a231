// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a knowledge folder, as a value that can be shown: the folder may be a stranger's (`--kb DIR`), so
// whatever is quoted from it is shortened and freed of control characters here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpm::kb {

struct Problem {
  std::string file;    // relative to the knowledge folder: "causes/shm-too-small.yaml"
  int line = 0;        // 1-based; 0 = the file as a whole
  std::string id;      // of the signal, cause or artefact; may be empty
  std::string reason;  // one English phrase
};

using Problems = std::vector<Problem>;

// Adds a problem. Past `most_problems` of them only a last one that says so is added.
inline constexpr std::size_t most_problems = 200;
void add(Problems& problems, Problem problem);

// "causes/shm-too-small.yaml:12: shm-too-small: reason"; parts that are empty are left out.
std::string describe(const Problem& problem);

// Text of the folder for use in a reason: in quotes, without control characters, at most 120 bytes of it.
std::string quote(std::string_view text);

}  // namespace gpm::kb
