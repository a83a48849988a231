// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/phrases.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
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
  auto text = joined(shown, separator);
  out.push_back({std::string(words(label)), std::move(text), std::move(shown)});
}

}  // namespace

std::string documents_read(const Words& words, const Result& result) {
  if (result.documents_total == 1) {
    auto one = words.with("document-read", {size_in_units(result.bytes_total), grouped(result.lines_total)});
    if (result.documents_recognised > 0 && result.lines_total > 0)
      one += words.with("document-understood", {percent(static_cast<double>(result.lines_recognised) / static_cast<double>(result.lines_total))});
    return one;
  }
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

std::string ranges(std::vector<int> numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
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
  const auto gpu = [&](Gpu one) {
    if (where.hosts.size() == 1 && where.hosts.front() == one.host) one.host.clear();
    return gpu_phrase(words, one);
  };
  add_list(words, "where-gpus", where.gpus, limit, "; ", gpu, out);
  if (!where.ranks.empty()) {
    auto shown = where.ranks;
    shown.resize(std::min(shown.size(), 64 * limit));  // most lie in a few ranges
    out.push_back({std::string(words("where-ranks")), ranges(shown), {}});
    if (shown.size() < where.ranks.size())
      out.back().text += ", " + words.with("list-more", {grouped(where.ranks.size() - shown.size())});
  }
  add_list(words, "where-pods", where.pods, limit, ", ", name_of, out);
  add_list(words, "where-containers", where.containers, limit, ", ", name_of, out);
  add_list(words, "where-processes", where.processes, limit, ", ", name_of, out);
  for (auto& phrase : out)
    if (phrase.label != words("where-gpus")) phrase.items.clear();
  return out;
}

std::optional<FirstSign> first_sign(const Words& words, const Result& result) {
  const auto first = std::find_if(result.timeline.begin(), result.timeline.end(), [](const Moment& m) { return m.first; });
  if (first == result.timeline.end()) return std::nullopt;
  return FirstSign{time_phrase(words, first->time, first->boot_time, first->time_precision_ms), time_caveat(words, first->time_from),
                   inert(first->title.empty() ? first->kind : first->title), at(cut_bytes(first->document, 240), first->line)};
}

std::string versions_phrase(const Words& words, const Result& result) {
  const auto* at_fault = result.causes.empty() ? nullptr : &result.causes.front().where.hosts;
  const auto asked = [&](const Host& host) {
    if (at_fault == nullptr || at_fault->empty()) return result.hosts.size() == 1;
    return std::find(at_fault->begin(), at_fault->end(), host.name) != at_fault->end();
  };
  constexpr std::size_t most_values = 3;
  std::vector<std::string> parts;
  for (const std::string_view fact : {"driver_version", "cuda_version", "kernel", "os", "product"}) {
    std::vector<std::string> values;
    for (const auto& host : result.hosts) {
      if (!asked(host)) continue;
      for (const auto& [key, value] : host.facts) {
        auto shown = inert(cut_bytes(value, 60));
        if (key == fact && std::find(values.begin(), values.end(), shown) == values.end()) values.push_back(std::move(shown));
      }
    }
    if (values.empty()) continue;
    if (values.size() > most_values) {
      values.resize(most_values);
      values.emplace_back("…");
    }
    parts.push_back(words.of("fact", fact) + " " + joined(values, " / "));
  }
  return joined(parts, words.comma());
}

std::vector<const Evidence*> leading_evidence(const Cause& cause, bool against, std::size_t most) {
  constexpr std::size_t of_each = 2;
  std::map<std::string_view, std::size_t> seen;
  std::vector<const Evidence*> chosen, rest;
  for (const auto& evidence : cause.evidence) {
    if (evidence.against != against) continue;
    (seen[evidence.signal]++ < of_each ? chosen : rest).push_back(&evidence);
  }
  if (chosen.size() > most) chosen.resize(most);
  for (std::size_t i = 0; i < rest.size() && chosen.size() < most; ++i) chosen.push_back(rest[i]);
  std::sort(chosen.begin(), chosen.end());  // they point into one vector
  return chosen;
}

std::string setting_value(std::string_view key, std::string_view value) {
  constexpr std::string_view unit = "_bytes";
  std::uint64_t bytes = 0;
  if (!key.ends_with(unit) || value.empty() || value.size() > 18) return std::string(value);
  for (const char c : value) {
    if (c < '0' || c > '9') return std::string(value);
    bytes = bytes * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return bytes < 1024 ? std::string(value) : std::string(value) + " (" + size_in_units(bytes) + ")";
}

std::string platform_phrase(const Words& words, const Fix& fix) {
  return fix.where.empty() || fix.where == "any" ? std::string() : inert(words.of("platform", fix.where));
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
