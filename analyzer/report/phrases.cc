// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/phrases.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"

namespace gpm::report {
namespace {

// No name of a host or a pod is that long; what claims to be one must not fill the page.
std::string name_of(const std::string& name) { return inert(cut_bytes(name, 256)); }

std::string joined(const std::vector<std::string>& items, std::string_view separator) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += separator;
    out += item;
  }
  return out;
}

template <typename Items, typename Show>
void add_list(const Words& words, std::string_view label, const Items& items, std::size_t limit,
              std::string_view separator, Show show, std::vector<Labelled>& out) {
  if (items.empty()) return;
  std::vector<std::string> shown;
  for (std::size_t i = 0; i < items.size() && i < limit; ++i) shown.push_back(show(items[i]));
  if (items.size() > limit) shown.push_back(words.with("list-more", {grouped(items.size() - limit)}));
  out.push_back({std::string(words(label)), joined(shown, separator)});
}

}  // namespace

std::string documents_read(const Words& words, const Result& result) {
  auto text = words.with("documents-read", {grouped(result.documents_total), size_in_units(result.bytes_total), grouped(result.lines_total)});
  if (result.documents_recognised > 0 && result.lines_total > 0)
    text += words.with("documents-understood", {grouped(result.documents_recognised),
                                                percent(static_cast<double>(result.lines_recognised) / static_cast<double>(result.lines_total))});
  return text;
}

std::string percent(double confidence) {
  // Down and not to the nearest, so that 0.497, which is not enough for a fault, is not shown as 50%.
  const double bounded = !(confidence > 0) ? 0 : std::min(confidence, 1.0);
  const auto whole = static_cast<int>(std::floor(bounded * 100 + 1e-6));
  if (whole < 1) return "<1%";
  return whole > 99 ? ">99%" : std::to_string(whole) + "%";
}

std::string_view confidence_words(const Words& words, double confidence) {
  if (confidence >= 0.95) return words("confidence-almost-certain");
  if (confidence >= 0.8) return words("confidence-very-likely");
  if (confidence >= 0.5) return words("confidence-likely");
  return words(confidence >= 0.15 ? "confidence-possible" : "confidence-unlikely");
}

std::string grouped(std::uint64_t number) {
  auto digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string size_in_units(std::uint64_t bytes) {
  constexpr std::array units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  std::size_t unit = 0;
  std::uint64_t rest = 0;
  for (; bytes >= 1024 && unit + 1 < units.size(); ++unit) {
    rest = bytes % 1024;
    bytes /= 1024;
  }
  return std::to_string(bytes) + "." + std::to_string(rest * 10 / 1024) + " " + units[unit];
}

std::string ranges(const std::vector<int>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && static_cast<long long>(numbers[last]) + 1 == numbers[last + 1]) ++last;
    if (!out.empty()) out += ", ";
    out += std::to_string(numbers[i]);
    if (last > i) out += (last == i + 1 ? ", " : "-") + std::to_string(numbers[last]);
    i = last + 1;
  }
  return out;
}

std::string at(std::string_view document, std::uint64_t line) {
  return inert(document) + (line == 0 ? "" : ":" + std::to_string(line));
}

std::string gpu_phrase(const Words& words, const Gpu& gpu) {
  std::vector<std::string> parts;
  auto head = name_of(gpu.host);
  if (!head.empty()) head += " ";
  parts.push_back(head + "GPU" + (gpu.index ? " " + std::to_string(*gpu.index) : ""));
  for (const auto* part : {&gpu.pci, &gpu.uuid})
    if (!part->empty()) parts.push_back(name_of(*part));
  if (!gpu.serial.empty()) parts.push_back(words.with("serial-n", {name_of(gpu.serial)}));
  if (!gpu.name.empty()) parts.push_back(name_of(gpu.name));
  return joined(parts, ", ");
}

std::string time_phrase(const Words& words, const std::string& time, const std::string& boot_time,
                        std::int64_t precision_ms) {
  if (time.empty()) return boot_time.empty() ? "" : words.with("time-boot", {inert(boot_time)});
  if (precision_ms <= 0) return inert(time);
  const bool seconds = precision_ms % 1000 == 0;
  return inert(time) + " ±" + std::to_string(seconds ? precision_ms / 1000 : precision_ms) + (seconds ? " s" : " ms");
}

std::string time_caveat(const Words& words, std::string_view time_from) {
  if (time_from.empty() || time_from == "none" || time_from == "stated") return "";
  return inert(words.of("time-from", time_from));
}

std::string status_phrase(const Words& words, std::string_view status) {
  const auto colon = status.find(':');
  const auto kind = words.of("status", status.substr(0, colon));
  if (colon == std::string_view::npos) return inert(kind);
  return inert(kind + words.colon() + std::string(status.substr(colon + 1)));
}

std::string rank_state_phrase(const Words& words, const RankGroup& group) {
  const auto id = "rank-state-" + group.state;
  return group.phase.empty() ? std::string(words(id)) : words.with(id, {group.phase});
}

std::string rank_place_phrase(const RankGroup& group) {
  std::string text;
  for (const auto& host : group.hosts) {
    if (!text.empty()) text += ", ";
    text += host;
  }
  if (group.hosts_total > group.hosts.size()) {
    text += " +";
    text += grouped(group.hosts_total - group.hosts.size());
  }
  if (group.gpu_index || !group.pci.empty()) {
    text += text.empty() ? "GPU" : ", GPU";
    if (group.gpu_index) {
      text += ' ';
      text += std::to_string(*group.gpu_index);
    }
    if (!group.pci.empty()) {
      text += ' ';
      text += group.pci;
    }
  }
  return text;
}

std::vector<Labelled> where_phrases(const Words& words, const Where& where, std::size_t limit) {
  std::vector<Labelled> out;
  add_list(words, "where-hosts", where.hosts, limit, ", ", name_of, out);
  add_list(
      words, "where-gpus", where.gpus, limit, "; ", [&](const Gpu& gpu) { return gpu_phrase(words, gpu); }, out);
  if (!where.ranks.empty()) {
    auto shown = where.ranks;
    shown.resize(std::min(shown.size(), 64 * limit));  // most lie in a few ranges
    out.push_back({std::string(words("where-ranks")), ranges(shown)});
    if (shown.size() < where.ranks.size())
      out.back().text += ", " + words.with("list-more", {grouped(where.ranks.size() - shown.size())});
  }
  add_list(words, "where-pods", where.pods, limit, ", ", name_of, out);
  add_list(words, "where-containers", where.containers, limit, ", ", name_of, out);
  add_list(words, "where-processes", where.processes, limit, ", ", name_of, out);
  return out;
}

std::vector<const Cause*> other_faults(const Result& result) {
  std::vector<const Cause*> best;
  std::set<int> seen;
  for (const auto& cause : result.causes)
    if (seen.insert(cause.incident).second && &cause != &result.causes.front()) best.push_back(&cause);
  return best;
}

const Cause* runner_up(const Result& result) {
  for (const auto& cause : result.causes)
    if (&cause != &result.causes.front() && cause.incident == result.causes.front().incident) return &cause;
  return nullptr;
}

std::string redaction_phrase(const Words& words, const Result& result) {
  if (!result.redacted) return std::string(words("redaction-off"));
  std::string list;
  for (const auto& redacted : *result.redacted)
    list += (list.empty() ? "" : std::string(words.comma())) + std::string(words.of("redacted", redacted.kind)) + " (" + grouped(redacted.places) + ")";
  return list.empty() ? "" : words.with("redacted", {list});
}

std::vector<const Document*> bad_documents(const Result& result) {
  std::vector<const Document*> bad;
  for (const auto& document : result.documents)
    if (document.status != "ok") bad.push_back(&document);
  return bad;
}

}  // namespace gpm::report
