// SPDX-License-Identifier: Apache-2.0
#include "kb/problem.h"

#include "parsers/text/utf8.h"

namespace gpm::kb {
namespace {

constexpr std::size_t most_bytes = 2000;

std::string printable(std::string_view text, std::size_t limit) {
  std::string result;
  while (!text.empty()) {
    if (result.size() >= limit) {
      return result + "...";
    }
    const auto point = text::first_code_point(text);
    const std::size_t bytes = point.valid ? point.bytes : 1;
    if (!point.valid || text::is_control(point.value)) {
      result += '?';
    } else {
      result += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return result;
}

}  // namespace

void add(Problems& problems, Problem problem) {
  if (problems.size() > most_problems) {
    return;
  }
  if (problems.size() == most_problems) {
    problems.push_back({.reason = "more problems than are shown"});
    return;
  }
  problem.file = printable(problem.file, most_bytes);
  problem.id = printable(problem.id, 120);
  problem.reason = printable(problem.reason, most_bytes);
  problems.push_back(std::move(problem));
}

std::string describe(const Problem& problem) {
  std::string result = problem.file;
  if (problem.line > 0) {
    result += ":" + std::to_string(problem.line);
  }
  if (!result.empty()) {
    result += ": ";
  }
  if (!problem.id.empty()) {
    result += problem.id + ": ";
  }
  return result + problem.reason;
}

std::string quote(std::string_view text) { return "'" + printable(text, 120) + "'"; }

}  // namespace gpm::kb
