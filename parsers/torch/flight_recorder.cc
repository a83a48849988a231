// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/flight_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/torch/json_values.h"
#include "parsers/torch/pickle.h"
#include "parsers/torch/rank_list.h"

namespace gpm::parsers::torch {
namespace {

// Entries of a group that become facts: where it stopped, and enough before and behind to line ranks up that are some
// collectives apart.
constexpr std::size_t entries_before = 16, entries_from = 16;
constexpr std::size_t max_entry_facts = 256;
constexpr std::size_t max_group_facts = 256;

constexpr std::array<std::string_view, 6> telling_keys = {"pg_config", "pg_status", "nccl_comm_state", "collective_seq_id",
                                                          "profiling_name", "last_enqueued_collective"};

bool named_like_dump(std::string_view path) {
  const auto name = text::lower(path.substr(path.rfind('/') + 1));
  for (std::string_view part : {"nccl_trace", "flight_recorder", "fr_trace", "trace_rank_", "_dump_"})
    if (text::contains(name, part)) return true;
  return false;
}

std::optional<int> as_rank(std::string_view digits) {
  const auto number = digits.size() <= 6 ? text::integer(digits) : std::nullopt;
  return number && *number >= 0 ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::string_view leading_digits(std::string_view text) {
  const auto* end = std::find_if_not(text.begin(), text.end(), text::is_digit);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

std::string number_or(const std::optional<std::int64_t>& value, std::string_view otherwise) {
  return value ? std::to_string(*value) : std::string(otherwise);
}

facts::Time time_of(const std::optional<std::int64_t>& ns) {
  facts::Time time;
  constexpr std::int64_t year_2200 = 7'258'118'400'000'000'000;
  if (!ns || *ns <= 0 || *ns >= year_2200) return time;
  time.utc_ns = ns;
  time.from = facts::TimeFrom::stated;
  return time;
}

// Whose dump it is. All groups of a process hold its rank: where they have one rank in common, it is that one.
struct Owner {
  std::optional<int> rank;
  bool contradicted = false;
};
Owner owner_of(const FlightDump& dump, std::string_view path) {
  std::vector<int> common;
  bool first = true;
  for (const auto& group : dump.groups) {
    if (group.ranks.empty()) continue;
    std::vector<int> both;
    std::set_intersection(common.begin(), common.end(), group.ranks.begin(), group.ranks.end(), std::back_inserter(both));
    common = first ? group.ranks : both;
    first = false;
  }
  const auto named = rank_of_name(path);
  if (named && (first || std::binary_search(common.begin(), common.end(), *named))) return {named, false};
  if (common.size() == 1) return {common.front(), named.has_value()};
  return {std::nullopt, named.has_value()};
}

class Writer {
 public:
  Writer(const Values& values, const FlightDump& dump, std::optional<int> rank, facts::Sink& sink)
      : values_(values), dump_(dump), rank_(rank), sink_(sink) {
    who_ = rank ? fmt::format("rank {}", *rank) : "a rank that is not named";
  }

  void write(std::string_view form, bool damaged) {
    std::optional<std::int64_t> last;
    for (const auto& entry : dump_.entries) {
      const auto created = values_.integer(values_.find(entry.value, "time_created_ns"));
      if (created && (!last || *created > *last)) last = created;
    }
    auto event = fact("torch.flight_dump", 1, time_of(last));
    event.attributes = {{"form", std::string(form)}, {"entries", std::to_string(dump_.entries.size())}};
    if (!dump_.entries.empty()) event.attributes["first_record"] = std::to_string(dump_.entries.front().record);
    put(event, "version", dump_.version);
    put(event, "library_version", dump_.library_version);
    if (damaged) event.attributes["damaged"] = "yes";
    event.at.text = fmt::format("{}: flight recorder dump, version {}, {} process groups, {} collectives", who_,
                                dump_.version.empty() ? "not stated" : dump_.version, dump_.groups.size(),
                                dump_.entries.size());
    sink_.add(std::move(event));
    write_groups();
  }

 private:
  facts::Event fact(std::string_view kind, std::uint32_t line, const facts::Time& time) const {
    facts::Event event;
    event.kind = kind;
    event.place.rank = rank_;
    event.time = time;
    event.at.line = line;
    return event;
  }
  static void put(facts::Event& event, const char* key, std::string_view value) {
    if (!value.empty()) event.attributes[key] = text::valid_utf8(value);
  }
  static void put(facts::Event& event, const char* key, const std::optional<std::int64_t>& value) {
    if (value) event.attributes[key] = std::to_string(*value);
  }
  static std::string title(const FlightGroup& group) {
    const bool described = !group.description.empty() && group.description != "undefined";
    return described ? fmt::format("process group {} ({})", group.name, group.description)
                     : fmt::format("process group {}", group.name);
  }
  // Groups without a name of their own are all "undefined".
  static void name(facts::Event& event, const FlightGroup& group) {
    put(event, "group", group.name);
    if (group.description != "undefined") put(event, "group_name", group.description);
  }

  // Groups in which something is outstanding first: of very many only so many become facts.
  void write_groups() {
    std::vector<const FlightGroup*> order;
    for (const auto& group : dump_.groups) order.push_back(&group);
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
      return (a->pending + a->pending_p2p > 0) > (b->pending + b->pending_p2p > 0);
    });
    if (order.size() > max_group_facts)
      sink_.add(facts::Note{0, fmt::format("{} process groups; those beyond {} are left out", order.size(), max_group_facts)});
    order.resize(std::min(order.size(), max_group_facts));
    std::size_t entries_left = max_entry_facts;
    for (const auto* group : order) {
      write_group(*group);
      write_entries(*group, entries_left);
    }
  }

  void write_group(const FlightGroup& group) {
    auto event = fact("torch.flight_group", group.line, {});
    name(event, group);
    const auto ranks = ranks_text(group.ranks);
    if (ranks.size() <= 4000) put(event, "ranks", ranks);
    put(event, "last_enqueued", group.last_enqueued);
    put(event, "last_started", group.last_started);
    put(event, "last_completed", group.last_completed);
    put(event, "first_seq", group.first_seq);
    put(event, "last_seq", group.last_seq);
    put(event, "pending_seq", group.pending_seq);
    event.attributes["pending"] = std::to_string(group.pending);
    event.attributes["pending_p2p"] = std::to_string(group.pending_p2p);
    event.at.text = fmt::format("{}, {} of ranks {}: ", who_, title(group), ranks.empty() ? "not stated" : ranks.substr(0, 200));
    if (group.last_enqueued)
      event.at.text += fmt::format("last enqueued {}, last completed {}; ", *group.last_enqueued,
                                   number_or(group.last_completed, "not stated"));
    event.at.text += group.last_seq ? fmt::format("recorded collectives {} to {}, ", *group.first_seq, *group.last_seq)
                                    : "no recorded collective, ";
    event.at.text += group.pending + group.pending_p2p > 0
                         ? fmt::format("{} not completed", group.pending + group.pending_p2p)
                         : "none outstanding";
    if (group.pending_seq) event.at.text += fmt::format(", the first is {}", *group.pending_seq);
    if (!group.entries.empty()) {
      const auto frame = read_frame(values_, values_.find(dump_.entries[group.entries.back()].value, "frames"));
      put(event, "last_frame", frame);
      if (!frame.empty()) event.at.text += fmt::format("; the last was issued at {}", frame);
    }
    event.at.text = text::valid_utf8(event.at.text);
    sink_.add(std::move(event));
  }

  void write_entries(const FlightGroup& group, std::size_t& left) {
    const auto pending = std::find_if(group.entries.begin(), group.entries.end(),
                                      [&](std::size_t i) { return !dump_.entries[i].completed(); });
    const auto at = static_cast<std::size_t>(pending - group.entries.begin());
    const auto begin = at - std::min(at, entries_before);
    const auto end = std::min(group.entries.size(), at + entries_from);
    for (auto i = begin; i < end && left > 0; ++i, --left) write_entry(group, dump_.entries[group.entries[i]]);
  }

  void write_entry(const FlightGroup& group, const FlightEntry& entry) {
    const auto field = [&](std::string_view key) { return values_.find(entry.value, key); };
    auto event = fact("torch.flight_entry", entry.line, time_of(values_.integer(field("time_created_ns"))));
    name(event, group);
    const auto op = entry.op.substr(0, std::min<std::size_t>(entry.op.find(' '), 64));
    put(event, "op", op);
    put(event, "state", entry.state.substr(0, 32));
    event.attributes["seq"] = std::to_string(entry.seq);
    event.attributes["record"] = std::to_string(entry.record);
    if (entry.p2p) event.attributes["p2p"] = "yes";
    put(event, "peer", peer(group, entry.op));
    put(event, "timeout_ms", values_.integer(field("timeout_ms")));
    const auto frame = read_frame(values_, field("frames"));
    put(event, "frame", frame);
    event.at.text = fmt::format("{}, {}: {} {} {}", who_, title(group), entry.p2p ? "point-to-point" : "collective", entry.seq,
                                entry.op.substr(0, 64));
    const auto tensors = [&](const char* side, const char* sizes_key, const char* types_key, const char* to) {
      const auto sizes = read_sizes(values_, field(sizes_key));
      const auto types = read_words(values_, field(types_key));
      if (sizes) {
        event.attributes[fmt::format("sizes_{}", to)] = sizes->text;
        event.attributes[fmt::format("numel_{}", to)] = std::to_string(sizes->elements);
        event.at.text += fmt::format(", {} {}", side, sizes->text.substr(0, 300));
      }
      if (types.empty()) return;
      event.attributes[fmt::format("dtypes_{}", to)] = text::valid_utf8(types);
      event.at.text += fmt::format(" {}", std::string_view(types).substr(0, 100));
    };
    tensors("input", "input_sizes", "input_dtypes", "in");
    tensors("output", "output_sizes", "output_dtypes", "out");
    event.at.text += fmt::format(", {}", entry.state.substr(0, 32));
    if (!frame.empty()) event.at.text += fmt::format("; {}", frame);
    event.at.text = text::valid_utf8(event.at.text);
    sink_.add(std::move(event));
  }

  // "send 0->1", "recv 1<-0": numbers of the group's members; the other side's global rank where the members are known.
  static std::string peer(const FlightGroup& group, std::string_view op) {
    const bool send = op.starts_with("send "), receive = op.starts_with("recv ");
    const auto arrow = op.find(send ? "->" : "<-");
    if ((!send && !receive) || arrow == std::string_view::npos) return {};
    const auto member = as_rank(leading_digits(op.substr(arrow + 2)));
    if (!member || static_cast<std::size_t>(*member) >= group.ranks.size()) return {};
    return std::to_string(group.ranks[static_cast<std::size_t>(*member)]);
  }

  const Values& values_;
  const FlightDump& dump_;
  std::optional<int> rank_;
  facts::Sink& sink_;
  std::string who_;
};

}  // namespace

std::optional<int> rank_of_name(std::string_view path) {
  auto name = path.substr(path.rfind('/') + 1);
  constexpr std::array<std::string_view, 12> endings = {".json", ".pkl", ".pickle", ".bin", ".dump", ".txt",
                                                        ".gz",   ".xz",  ".zst",    ".bz2", ".fr",   ".log"};
  for (bool cut = true; cut;) {
    cut = false;
    for (auto ending : endings)
      if (text::lower(name).ends_with(ending)) {
        name.remove_suffix(ending.size());
        cut = true;
      }
  }
  const auto lowered = text::lower(name);
  for (auto end = lowered.size(); end > 0;) {
    const auto at = lowered.rfind("rank", end - 1);
    if (at == std::string::npos) break;
    auto rest = name.substr(at + 4);
    while (!rest.empty() && (rest[0] == '_' || rest[0] == '-' || rest[0] == '=')) rest.remove_prefix(1);
    if (const auto digits = leading_digits(rest); !digits.empty()) return as_rank(digits);
    end = at;
  }
  auto begin = name.size();
  while (begin > 0 && text::is_digit(name[begin - 1])) --begin;
  return begin == name.size() ? std::nullopt : as_rank(name.substr(begin));
}

bool FlightRecorder::binary(std::string_view head) const { return begins_like_pickle(head); }

bool FlightRecorder::sniff(std::string_view head, std::string_view path) const {
  const bool pickle = begins_like_pickle(head);
  if (!pickle && !text::trim(head).starts_with('{')) return false;
  std::size_t keys = 0;
  for (auto key : telling_keys) keys += text::contains(head, key);
  return pickle ? keys > 0 || named_like_dump(path) : keys > 1;
}

bool FlightRecorder::parse(std::string_view document, facts::Sink& sink) {
  const bool pickle = begins_like_pickle(document);
  const auto reading = pickle ? read_pickle(document) : read_json_values(document);
  const auto dump = reading.refused ? std::nullopt : read_flight_dump(reading.values, reading.root);
  if (!dump || (dump->groups.empty() && dump->entries.empty())) {
    if (pickle) sink.add(facts::Note{0, reading.note.empty() ? "a pickle, but no flight recorder's dump" : reading.note});
    return false;
  }
  if (!reading.note.empty()) sink.add(facts::Note{0, reading.note});
  if (dump->too_much) sink.add(facts::Note{0, "more process groups, ranks or collectives than are read; the rest is left out"});
  const auto owner = owner_of(*dump, path_);
  if (owner.contradicted)
    sink.add(facts::Note{0, "the file's name tells a rank that is not in the dump's process groups"});
  else if (!owner.rank)
    sink.add(facts::Note{0, "neither the file's name nor the process groups tell whose dump this is"});
  Writer(reading.values, *dump, owner.rank, sink).write(pickle ? "pickle" : "json", !reading.note.empty());
  return true;
}

}  // namespace gpm::parsers::torch
