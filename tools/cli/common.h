// SPDX-License-Identifier: Apache-2.0
//
// What the verbs share: exit statuses, messages, languages, the knowledge that was asked for.
#pragma once

#include <string>

#include "kb/load.h"
#include "kb/model.h"

namespace gpm::cli {

inline constexpr int wrong_usage = 2, nothing_read = 3, failed = 4;

// A message to standard error; control characters of `message` do nothing. Redacted by looks, as the reports are.
void say(const std::string& message);
// The same as it is: redacted already, or with --no-redact.
void say_as_is(const std::string& message);

// The language asked for; else that of the locale on a terminal; else English.
std::string terminal_language(const std::string& asked);
int terminal_columns();

// Ends the program when all is written. What it holds is not freed first, which takes a millisecond of a small bundle's
// dozen; in debug builds it is, for tools that look for leaks and coverage.
int leave(int status);

// The built-in knowledge, with a folder over it where one is named. A folder with any problem is refused: half a knowledge
// base would answer differently from what its author wrote.
class ChosenKnowledge {
 public:
  // False, and each problem said, where the folder cannot be taken. Empty = no folder.
  bool open(const std::string& folder);
  const kb::Knowledge& view() const;

 private:
  bool has_folder_ = false;
  kb::LoadedKnowledge extended_;
};

}  // namespace gpm::cli
