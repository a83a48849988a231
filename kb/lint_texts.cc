// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_texts.h"

#include <algorithm>
#include <array>

#include "kb/problem.h"
#include "kb/utf8.h"
#include "parsers/text/utf8.h"

namespace gpm::kb {
namespace {

constexpr std::array<std::string_view, 7> placeholders{"gpu_index", "pci", "gpu_uuid", "pid",
                                                       "host",      "pod", "container"};

// Things that write-ups of incidents name and that do not exist, or do not do what is said of them.
constexpr std::array<std::string_view, 9> not_real{
    "nvidia-mem-smi", "nvidia-trees", "nvidia-memtest",   "cudaFreeAll",
    "cudaMemFree",    "memreg",       "/proc/nvidia-smi", "/sys/class/kernel/nvidia-mem",
    "nvidia-smi -t "};

void find_not_real(std::string_view text, std::vector<std::string>& findings) {
  for (const std::string_view name : not_real) {
    if (text.find(name) != std::string_view::npos) {
      findings.push_back("names " + quote(name) + ", which does not exist or does not do this");
    }
  }
}

bool has_control_character(std::string_view text, bool lines_allowed) {
  while (!text.empty()) {
    const auto point = text::first_code_point(text);
    if (!point.valid || (text::is_control(point.value) && !(lines_allowed && point.value == '\n'))) {
      return true;
    }
    text.remove_prefix(point.bytes);
  }
  return false;
}

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

void find_placeholders(std::string_view command, std::vector<std::string>& findings) {
  for (std::size_t open = command.find('{'); open != std::string_view::npos; open = command.find('{', open + 1)) {
    std::size_t end = open + 1;
    while (end < command.size() && is_name_character(command[end])) {
      ++end;
    }
    const bool named = end > open + 1 && end < command.size() && command[end] == '}';
    const bool of_the_shell = open > 0 && (command[open - 1] == '$' || command[open - 1] == '{');
    const std::string_view name = command.substr(open + 1, end - open - 1);
    if (named && !of_the_shell && std::find(placeholders.begin(), placeholders.end(), name) == placeholders.end()) {
      findings.push_back("placeholder " + quote(name) + " is none that is filled in");
    }
  }
}

}  // namespace

std::vector<std::string> text_findings(const Text& text) {
  std::vector<std::string> findings;
  if (text.en.empty() || text.zh.empty()) {
    findings.push_back("needs both en and zh");
    return findings;
  }
  if (!has_han(text.zh)) {
    findings.push_back("zh holds no Chinese character: " + quote(text.zh));
  }
  if (has_control_character(text.en, true) || has_control_character(text.zh, true)) {
    findings.push_back("holds a control character");
  }
  find_not_real(text.en, findings);
  find_not_real(text.zh, findings);
  return findings;
}

std::vector<std::string> command_findings(std::string_view command) {
  std::vector<std::string> findings;
  if (has_control_character(command, false)) {
    findings.push_back("holds a control character or a line break");
  }
  find_not_real(std::string(command) + " ", findings);
  find_placeholders(command, findings);
  return findings;
}

}  // namespace gpm::kb
