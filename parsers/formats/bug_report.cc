// SPDX-License-Identifier: Apache-2.0
#include "parsers/formats/bug_report.h"

#include <string>

#include "parsers/formats/formats.h"
#include "parsers/text/fields.h"

namespace gpm::formats {
namespace {

constexpr std::size_t max_sections = 2000;

std::string format_of_title(std::string_view title) {
  if (title.starts_with("base64 ")) return "base64";
  if (title.ends_with(" does not exist") || title.ends_with(" is not readable") || title.starts_with("Skipping ") ||
      title.ends_with(" not found"))
    return "empty";
  if (title.starts_with("Scanning kernel log")) return "syslog";
  if (const auto known = of_command(title); !known.empty()) return std::string(known);
  if (title.starts_with("/sys/")) return "sysfs";
  return "command-output";
}

}  // namespace

bool BugReport::starts(std::string_view head) { return text::contains(head, "Start of NVIDIA bug report log file"); }

bool BugReport::line(std::uint64_t number, std::string_view raw) {
  const auto text = text::trim(raw);
  if (text == separator) {
    if (!parts_.empty()) parts_.back().last_line = number - 1;
    awaits_title_ = true;
    in_kernel_logs_ = skips_ = false;
    return false;
  }
  if (text.empty()) return false;
  if (awaits_title_) {
    awaits_title_ = false;
    open(number, text);
    in_kernel_logs_ = text.starts_with("Scanning kernel log");
    return true;
  }
  const bool log = in_kernel_logs_ && raw.starts_with("  ") && text.ends_with(':') &&
                   (text.starts_with('/') || text.starts_with("journalctl ")) && text.size() < 200;
  if (log) {
    if (!parts_.empty()) parts_.back().last_line = number - 1;
    open(number, text.substr(0, text.size() - 1));
  }
  return log;
}

void BugReport::open(std::uint64_t number, std::string_view title) {
  while (title.starts_with('*') || title.starts_with(' ')) title.remove_prefix(1);
  skips_ = title.starts_with("base64 ");
  if (parts_.size() >= max_sections) return;
  parts_.push_back({number, number, text::valid_utf8(title.substr(0, 200)), format_of_title(title)});
}

std::vector<Part> BugReport::finish(std::uint64_t last_line) {
  if (!parts_.empty() && parts_.back().last_line <= parts_.back().first_line) parts_.back().last_line = last_line;
  return std::move(parts_);
}

}  // namespace gpm::formats
