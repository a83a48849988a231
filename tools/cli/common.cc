// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/common.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "analyzer/redact/redactor.h"
#include "analyzer/report/inert.h"
#include "kb/lint.h"

namespace gpm::embedded {
extern const std::string_view schema_sql;
}

namespace gpm::cli {

void say_as_is(const std::string& message) { std::cerr << "gpu-postmortem: " << report::inert(message) << '\n'; }

void say(const std::string& message) { say_as_is(redact::Redactor().apply(message)); }

std::string terminal_language(const std::string& asked) {
  if (!asked.empty()) return asked;
  if (!isatty(STDOUT_FILENO)) return "en";
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value) return std::string_view(value).starts_with("zh") ? "zh" : "en";
  return "en";
}

int terminal_columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<int>(size.ws_col, 60, 120);
}

int leave(int status) {
#ifdef NDEBUG
  std::cout.flush();
  std::cerr.flush();
  std::_Exit(status);
#else
  return status;
#endif
}

bool ChosenKnowledge::open(const std::string& folder) {
  if (folder.empty()) return true;
  kb::Problems problems;
  auto extra = kb::load(folder, problems);
  extended_ = kb::merge(kb::embedded(), std::move(extra));
  kb::lint(extended_.view(), extended_.origins(), {embedded::schema_sql}, problems);
  for (const auto& problem : problems) say(kb::describe(problem));
  has_folder_ = problems.empty();
  return has_folder_;
}

const kb::Knowledge& ChosenKnowledge::view() const { return has_folder_ ? extended_.view() : kb::embedded(); }

}  // namespace gpm::cli
