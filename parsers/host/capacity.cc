// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/capacity.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/host/prompt.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"


namespace gpm::parsers::host {
namespace {

using text::piece;

constexpr double kib = 1.0 / 1024;

// "64M", "1.2Gi", "374G" -> MiB; a bare number counts `bare_mib` each.
std::optional<double> mebibytes(std::string_view text, double bare_mib) {
  const auto number = text::leading_number(text);
  const auto unit = text.find_first_not_of("0123456789.");
  if (!number || *number < 0) return std::nullopt;
  if (unit == std::string_view::npos) return *number * bare_mib;
  switch (text[unit]) {
    case 'B': return *number / (1024 * 1024);
    case 'K':
    case 'k': return *number * kib;
    case 'M': return *number;
    case 'G': return *number * 1024;
    case 'T': return *number * 1024 * 1024;
    case 'P': return *number * 1024 * 1024 * 1024;
    default: return std::nullopt;
  }
}

void add(const text::Line& line, const char* metric, std::string_view subject, std::string_view text, double number,
         facts::Sink& sink) {
  auto found = snapshot_of(line, metric, subject, text);
  found.number = number;
  sink.add(std::move(found));
}

// df's unit from its header; 0 if the line is no header.
double block_size(std::string_view message) {
  if (!message.starts_with("Filesystem ") || !text::contains(message, "Mounted on")) return 0;
  if (text::contains(message, "1K-blocks") || text::contains(message, "1024-blocks")) return kib;
  if (text::contains(message, "1M-blocks")) return 1;
  if (text::contains(message, "1G-blocks")) return 1024;
  if (text::contains(message, "512-blocks")) return kib / 2;
  if (text::contains(message, "1B-blocks")) return kib / 1024;
  return text::contains(message, "Size") ? kib / 1024 : 0;  // -h: a number without suffix is bytes ("0")
}

}  // namespace

std::span<const std::string_view> CapacityParser::gates() const {
  static constexpr std::array<std::string_view, 7> literals = {"Filesystem ", "/dev/shm",      "Mem: ", "buff/cache",
                                                               "MemTotal:",   "MemAvailable:", "free -"};
  return literals;
}

bool CapacityParser::read_mount(const text::Line& line, facts::Sink& sink) {
  const auto words = text::words(line.message.substr(0, 1024));
  if (words.size() < 6 || !words[4].ends_with('%') || !words.back().starts_with('/')) return false;
  const auto mount = words[5];
  // Without a header (a grepped row) only a suffix tells the unit.
  const double bare = block_mib_ > 0 ? block_mib_ : kib;
  const auto total = mebibytes(words[1], bare), used = mebibytes(words[2], bare),
             percent = text::leading_number(words[4]);
  if (!total || !used || !percent) return false;
  add(line, "host.disk_use_percent", mount, words[4], *percent, sink);
  if (mount != "/dev/shm") return true;
  add(line, "host.shm_total_mib", mount, words[1], *total, sink);
  add(line, "host.shm_used_mib", mount, words[2], *used, sink);
  return true;
}

bool CapacityParser::read_free(const text::Line& line, facts::Sink& sink) {
  const auto words = text::words(line.message.substr(0, 512));
  if (words.size() < 4 || words[0] != "Mem:") return false;
  const auto raw = text::leading_number(words[1]);
  if (!raw) return false;
  double unit = kib;
  if (free_unit_ == 'g' || (free_unit_ == 0 && *raw < 4096)) unit = 1024;
  if (free_unit_ == 'm' || (free_unit_ == 0 && *raw >= 4096 && *raw < 4'200'000)) unit = 1;
  const auto total = mebibytes(words[1], unit);
  if (!total) return true;
  add(line, "host.memory_total_mib", "", words[1], *total, sink);
  if (!available_ || words.size() < 7) return true;
  if (const auto left = mebibytes(words[6], unit)) add(line, "host.memory_available_mib", "", words[6], *left, sink);
  return true;
}

Want CapacityParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex meminfo(R"(^(MemTotal|MemAvailable):\s+(\d{1,15}) kB$)");
  static const text::Regex command(R"(^(?:# )?free(?: -\w*?([kmg])\w*)?(?:\s|$))");
  const auto message = text::trim(line.message);
  std::string name, value;
  if (text::Regex::PartialMatch(piece(message), meminfo, &name, &value)) {
    add(line, name == "MemTotal" ? "host.memory_total_mib" : "host.memory_available_mib", "", value + " kB",
        *text::leading_number(value) * kib, sink);
    return Want::gated;
  }
  if (text::Regex::PartialMatch(piece(without_prompt(message)), command, &value)) free_unit_ = value.empty() ? 0 : value[0];
  if (const double size = block_size(message); size > 0) {
    block_mib_ = size;
    return Want::next;
  }
  if (message.starts_with("total ") && text::contains(message, "buff/cache")) {
    available_ = text::contains(message, "available");
    return Want::next;
  }
  if (read_free(line, sink)) {
    free_unit_ = 0;
    return Want::gated;
  }
  if (read_mount(line, sink)) return block_mib_ > 0 ? Want::next : Want::gated;
  block_mib_ = 0;
  return Want::gated;
}

}  // namespace gpm::parsers::host
