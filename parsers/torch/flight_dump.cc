// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/flight_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "parsers/text/fields.h"
#include "parsers/torch/rank_list.h"

namespace gpm::parsers::torch {
namespace {

constexpr std::size_t max_groups = 1024;
constexpr std::size_t max_entries = 200'000;
constexpr std::size_t max_all_ranks = 1'000'000;  // of all groups together
constexpr std::size_t max_tensors = 64;  // of one collective, as text; all are counted up to max_tensors_counted
constexpr std::size_t max_tensors_counted = 4096;
constexpr std::size_t max_dimensions = 16;
constexpr std::size_t max_frames = 64;
constexpr std::size_t max_name = 200;

std::string short_text(std::string_view text) { return std::string(text.substr(0, max_name)); }

// Names of groups are numbers in some versions' keys.
std::string name_of(const Values& values, Values::Id id) {
  if (values.kind(id) == Values::Kind::text) return short_text(values.text(id));
  const auto number = values.integer(id);
  return number ? std::to_string(*number) : std::string();
}

class Reader {
 public:
  explicit Reader(const Values& values) : v_(values) {}

  std::optional<FlightDump> read(Values::Id root) {
    const auto entries = v_.find(root, "entries"), config = v_.find(root, "pg_config"), status = v_.find(root, "pg_status");
    if (v_.kind(entries) != Values::Kind::list && v_.kind(config) != Values::Kind::map && v_.kind(status) != Values::Kind::map)
      return std::nullopt;
    dump_.version = name_of(v_, v_.find(root, "version"));
    for (auto key : {"comm_lib_version", "nccl_version"})
      if (dump_.library_version.empty()) dump_.library_version = name_of(v_, v_.find(root, key));
    read_config(config);
    for (auto entry : v_.items(entries)) read_entry(entry);
    std::stable_sort(dump_.entries.begin(), dump_.entries.end(),
                     [](const auto& a, const auto& b) { return a.record < b.record; });
    for (std::size_t i = 0; i < dump_.entries.size(); ++i) count(i);
    read_status(status);
    return std::move(dump_);
  }

 private:
  // The group of that name; null where there are too many.
  FlightGroup* group(const std::string& name, std::uint32_t line) {
    const auto [found, is_new] = index_.try_emplace(name, dump_.groups.size());
    if (is_new) {
      if (dump_.groups.size() == max_groups) {
        index_.erase(found);
        dump_.too_much = true;
        return nullptr;
      }
      dump_.groups.push_back({});
      dump_.groups.back().name = name;
      dump_.groups.back().line = line;
    }
    return &dump_.groups[found->second];
  }

  void read_config(Values::Id config) {
    if (v_.kind(config) != Values::Kind::map) return;
    const auto pairs = v_.items(config);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
      const auto about = pairs[i + 1];
      auto* made = group(name_of(v_, pairs[i]), std::max(1u, v_.line(about)));
      if (made == nullptr) return;
      made->description = short_text(v_.text(v_.find(about, "desc")));
      auto ranks = v_.kind(about) == Values::Kind::list ? about : v_.find(about, "ranks");
      if (v_.kind(ranks) == Values::Kind::text) made->ranks = read_ranks(v_.text(ranks));
      for (auto rank : v_.items(ranks))
        if (const auto number = v_.integer(rank); number && *number >= 0 && *number < max_rank && made->ranks.size() < max_ranks)
          made->ranks.push_back(static_cast<int>(*number));
      std::sort(made->ranks.begin(), made->ranks.end());
      ranks_ += made->ranks.size();
      if (ranks_ <= max_all_ranks) continue;
      made->ranks = {};
      dump_.too_much = true;
      return;
    }
  }

  void read_entry(Values::Id id) {
    if (dump_.entries.size() == max_entries) {
      dump_.too_much = true;
      return;
    }
    FlightEntry entry{.value = id, .line = std::max(1u, v_.line(id))};
    const auto process_group = v_.find(id, "process_group");
    const auto parts = v_.items(process_group);
    const auto number = name_of(v_, v_.find(id, "pg_id"));
    const auto name = !parts.empty() ? name_of(v_, parts[0]) : name_of(v_, process_group);
    entry.state = v_.text(v_.find(id, "state"));
    entry.op = v_.text(v_.find(id, "profiling_name"));
    if (entry.state.empty() || entry.op.empty()) return;  // cut off in the middle, or nobody's
    if (const auto colon = entry.op.find(':'); colon != std::string_view::npos) entry.op.remove_prefix(colon + 1);
    auto* of = group(name.empty() ? number : name, entry.line);
    if (of == nullptr) return;
    entry.group = static_cast<std::size_t>(of - dump_.groups.data());
    if (parts.size() > 1 && of->description.empty()) of->description = short_text(v_.text(parts[1]));
    if (!number.empty()) group_of_number_.try_emplace(number, entry.group);
    entry.record = v_.integer(v_.find(id, "record_id")).value_or(-1);
    entry.p2p = v_.is_true(v_.find(id, "is_p2p")) || entry.op.starts_with("send ") || entry.op.starts_with("recv ");
    const auto seq = v_.integer(v_.find(id, entry.p2p ? "p2p_seq_id" : "collective_seq_id"));
    entry.seq = seq ? *seq : v_.integer(v_.find(id, "seq_id")).value_or(-1);
    dump_.entries.push_back(entry);
  }

  void count(std::size_t index) {
    const auto& entry = dump_.entries[index];
    auto& of = dump_.groups[entry.group];
    of.entries.push_back(index);
    if (!entry.completed()) ++(entry.p2p ? of.pending_p2p : of.pending);
    if (entry.p2p || entry.seq < 0) return;
    of.first_seq = std::min(of.first_seq.value_or(entry.seq), entry.seq);
    of.last_seq = std::max(of.last_seq.value_or(entry.seq), entry.seq);
    if (!entry.completed()) of.pending_seq = std::min(of.pending_seq.value_or(entry.seq), entry.seq);
  }

  // A process counts its groups as it makes them, so only the first one's number is its name for certain.
  FlightGroup* group_of_status(const std::string& number) {
    if (const auto known = group_of_number_.find(number); known != group_of_number_.end()) return &dump_.groups[known->second];
    const auto named = index_.find(number);
    if (number != "0" || named == index_.end() || !dump_.groups[named->second].entries.empty()) return nullptr;
    return &dump_.groups[named->second];
  }

  void read_status(Values::Id status) {
    if (v_.kind(status) != Values::Kind::map) return;
    const auto pairs = v_.items(status);
    for (std::size_t i = 0; i + 1 < std::min(pairs.size(), 2 * max_groups); i += 2) {
      auto* of = group_of_status(name_of(v_, pairs[i]));
      if (of == nullptr) continue;
      of->last_enqueued = v_.integer(v_.find(pairs[i + 1], "last_enqueued_collective"));
      of->last_started = v_.integer(v_.find(pairs[i + 1], "last_started_collective"));
      of->last_completed = v_.integer(v_.find(pairs[i + 1], "last_completed_collective"));
    }
  }

  const Values& v_;
  FlightDump dump_;
  std::size_t ranks_ = 0;
  std::map<std::string, std::size_t, std::less<>> index_, group_of_number_;
};

}  // namespace

std::optional<FlightDump> read_flight_dump(const Values& values, Values::Id root) { return Reader(values).read(root); }

std::optional<FlightSizes> read_sizes(const Values& values, Values::Id list) {
  if (values.kind(list) != Values::Kind::list) return std::nullopt;
  FlightSizes sizes;
  sizes.text = "[";
  std::size_t tensors = 0;
  for (auto tensor : values.items(list).first(std::min(values.items(list).size(), max_tensors_counted))) {
    const auto dimensions = values.items(tensor);
    std::int64_t elements = 1;
    std::string text;
    for (auto dimension : dimensions.first(std::min(dimensions.size(), max_dimensions))) {
      const auto length = values.integer(dimension).value_or(0);
      if (__builtin_mul_overflow(elements, length, &elements)) elements = std::numeric_limits<std::int64_t>::max();
      if (tensors < max_tensors) text += fmt::format("{}{}", text.empty() ? "" : ", ", length);
    }
    if (__builtin_add_overflow(sizes.elements, elements, &sizes.elements))
      sizes.elements = std::numeric_limits<std::int64_t>::max();
    if (++tensors <= max_tensors) sizes.text += fmt::format("{}[{}]", tensors > 1 ? ", " : "", text);
  }
  sizes.text += tensors > max_tensors ? ", ...]" : "]";
  return sizes;
}

std::string read_words(const Values& values, Values::Id list) {
  std::string words;
  const auto items = values.items(list);
  for (auto item : items.first(std::min(items.size(), max_tensors))) {
    if (!words.empty()) words += ", ";
    words += short_text(values.text(item));
  }
  return words;
}

std::string read_frame(const Values& values, Values::Id frames) {
  std::string innermost;
  const auto items = values.items(frames);
  for (auto frame : items.first(std::min(items.size(), max_frames))) {
    const auto file = values.text(values.find(frame, "filename"));
    if (file.empty()) continue;
    auto text = fmt::format("{}:{} in {}", short_text(file), values.integer(values.find(frame, "line")).value_or(0),
                            short_text(values.text(values.find(frame, "name"))));
    if (!text::contains(file, "/torch/") && !text::contains(file, "/contextlib.py")) return text;
    if (innermost.empty()) innermost = std::move(text);
  }
  return innermost;
}

}  // namespace gpm::parsers::torch
