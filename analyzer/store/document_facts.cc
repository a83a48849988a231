// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/document_facts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "parsers/text/fields.h"

namespace gpm::store {
namespace {

// Attributes as a JSON object of strings; keys are ours, values are hostile.
std::string json_object(const facts::Attributes& attributes) {
  if (attributes.empty()) return "{}";  // a job of thousands prints millions of steps
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [key, value] : attributes) object[text::valid_utf8(key)] = text::valid_utf8(value);
  return object.dump();
}

void append_key(std::string& key, std::string_view part) {
  key += part;
  key += '\x1f';
}

// What makes two facts of one document the same: everything but line, text and time.
std::string place_key(const facts::Place& p, bool with_host = true) {
  std::string key;
  if (with_host) append_key(key, p.host);
  for (const std::string* part : {&p.pci, &p.gpu_uuid, &p.pod, &p.container, &p.process}) append_key(key, *part);
  append_key(key, p.gpu_index ? std::to_string(*p.gpu_index) : "");
  append_key(key, p.rank ? std::to_string(*p.rank) : "");
  if (p.task && !p.rank) append_key(key, "task " + std::to_string(*p.task));
  append_key(key, p.pid ? std::to_string(*p.pid) : "");
  return key;
}

// What every rank of a job prints in any run, or says once when the job stands still: a job of thousands in one file is as usual
// as one of two, but what such lines take up must not keep out the one line that matters.
bool is_routine(std::string_view kind) {
  static constexpr std::string_view kinds[] = {"nccl", "nccl.version", "nccl.env", "nccl.bootstrap_interface", "nccl.network", "nccl.transport", "nccl.init_timings",
                                               "nccl.bootstrap_timings", "nccl.return", "nccl.last_collective", "line.nccl.ib_device_list", "line.nccl.one_rank_per_node",
                                               "torch.work_status", "torch.watchdog_timeout", "torch.heartbeat_timeout", "torch.flight_dump"};
  return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

}  // namespace

bool is_incomplete(const facts::Time& time) {
  return (!time.utc_ns && (time.in_year_ns || time.since_boot_ns)) || (time.host_zone && time.from == facts::TimeFrom::assumed_utc);
}

bool DocumentFacts::has_room(const Kind& kind) const {
  if (rows_ >= max_rows) return false;
  return kind.routine ? kind.rows < max_rows_of_processes && routine_rows_ < max_routine_rows : kind.rows < max_rows_per_kind;
}

const DocumentFacts::Kind* DocumentFacts::admit(std::unordered_map<std::string, Seen>& seen, const std::string& key, std::string_view name,
                                               std::optional<std::int64_t> code, const facts::Origin& at, const facts::Time& time,
                                               std::string_view table, std::int64_t times) {
  times *= stand_for_;
  facts_ += times;
  if (const auto found = seen.find(key); found != seen.end()) {
    auto& known = found->second;
    const bool room = has_room(*known.kind);
    tally_.with_room += room;
    tally_.unbound += room && known.kind->routine;
    if (known.last_line == at.line && at.line != 0) return nullptr;  // one line says it once, whoever reads it
    if (known.view != view_) known.count_in_view = 0;
    known.view = view_;
    known.count = std::max(known.count, known.count_in_view += times);
    if (at.line < known.last_line) return nullptr;  // a line that was kept for the end
    known.last_line = at.line;
    if (time.utc_ns) known.last_utc_ns = time.utc_ns;
    if (const auto relative = relative_.find(known.row); relative != relative_.end()) {
      relative->second.last = time;
      relative->second.last_line = at.line;
    }
    return nullptr;
  }
  auto entry = kinds_.find(name);
  if (entry == kinds_.end()) {
    entry = kinds_.try_emplace(std::string(name)).first;
    entry->second.routine = is_routine(name);
  }
  auto& kind = entry->second;
  const bool room = has_room(kind);
  // A flood of Xid 13 must not hide the one Xid 79 behind it.
  const bool new_code = code && kind.codes.size() < max_late_codes && kind.codes.insert(*code).second;
  if (!room && (!new_code || rows_ >= max_rows)) {
    kind.dropped += times;
    return nullptr;
  }
  seen.emplace(key, Seen{&kind, rows_, times, at.line, time.utc_ns, view_, times});
  if (is_incomplete(time)) relative_.emplace(rows_, Relative{table, at.line, at.line, time, time});
  ++kind.rows;
  ++rows_;
  ++tally_.rows;
  tally_.with_room += room;
  tally_.unbound += room && kind.routine;
  routine_rows_ += kind.routine;
  return &kind;
}

template <typename Fact>
void DocumentFacts::keep(Fact fact, const Kind& kind, const facts::Time& time, std::string attributes) {
  waiting_bytes_ += sizeof(Row) + fact.at.text.size() + attributes.size();
  const auto line = fact.at.line;
  waiting_.push_back({std::move(fact), std::move(attributes), kind.routine, 1, line, time.utc_ns});
}

void DocumentFacts::add(facts::Event e) {
  // A kernel log that syslog or the journal wrote names its node on every line.
  if (e.kind.starts_with("kernel.") && !e.place.host.empty()) {
    if (kernel_host_.empty()) kernel_host_ = e.place.host;
    one_kernel_host_ &= kernel_host_ == e.place.host;
  }
  labels_.saw(e.kind, e.place, e.attributes);
  std::string key = e.kind + '\x1f' + (e.code ? std::to_string(*e.code) : "") + '\x1f' + place_key(e.place, view_ == 0);
  auto attributes = json_object(e.attributes);
  key += attributes;
  const auto* const kind = admit(events_seen_, key, e.kind, e.code, e.at, e.time, "events", e.times);
  if (kind == nullptr) return;
  labels_.kept_event(rows_ - 1, e.place);
  e.attributes.clear();
  const auto time = e.time;
  keep(std::move(e), *kind, time, std::move(attributes));
}

void DocumentFacts::add(facts::Setting s) {
  std::string key;
  for (const std::string* part : {&s.scope, &s.subject, &s.key, &s.value}) append_key(key, *part);
  key += place_key(s.place, view_ == 0);
  if (const auto* const kind = admit(settings_seen_, key, s.scope, {}, s.at, {}, "settings")) keep(std::move(s), *kind, {});
}

void DocumentFacts::add(facts::Snapshot s) {
  std::string key;
  for (const std::string* part : {&s.metric, &s.subject, &s.text}) append_key(key, *part);
  key += place_key(s.place, view_ == 0);
  const auto* const kind = admit(snapshots_seen_, key, s.metric, {}, s.at, s.time, "snapshots");
  if (kind == nullptr) return;
  const auto time = s.time;
  keep(std::move(s), *kind, time);
}

void DocumentFacts::add(facts::Gpu gpu) {
  ++facts_;
  ++tally_.unbound;
  if (gpus_.size() < max_gpus && gpu_keys_.insert(place_key(gpu.place) + gpu.serial + '\x1f' + gpu.name).second) gpus_.push_back(std::move(gpu));
}

// Its number, counted from 0; none where there is no room for it.
std::optional<std::size_t> DocumentFacts::communicator_of(const facts::RankMilestone& m) {
  auto known = communicators_.find(m.communicator);
  const bool is_new = known == communicators_.end();
  if (is_new) {
    if (communicators_.size() >= max_communicators) return std::nullopt;
    known = communicators_.emplace(m.communicator, Communicator{communicators_.size(), false}).first;
  }
  auto& communicator = known->second;
  if (is_new || (m.nranks && !communicator.sized)) mentions_.push_back({m.communicator, communicator.number, m.nranks});
  communicator.sized |= m.nranks.has_value();
  return communicator.number;
}

// A job's log names each rank in hundreds of lines; only those matter that say that it came further.
void DocumentFacts::add(facts::RankMilestone m) {
  ++facts_;
  ++tally_.unbound;
  if (m.rank < 0) return;
  labels_.saw("nccl.rank", m.place, {});
  const auto communicator = communicator_of(m);
  if (!communicator) {
    ++kinds_["communicator"].dropped;
    return;
  }
  // That a communicator was torn down says nothing of how far its set-up came: it never hides an earlier phase.
  const int order = m.phase == facts::RankPhase::aborted ? 0 : static_cast<int>(m.phase) + 1;
  const auto key = static_cast<std::uint64_t>(*communicator) << 32 | static_cast<std::uint32_t>(m.rank);
  const auto reached = reached_.find(key);
  if (reached == reached_.end()) {
    if (reached_.size() >= max_rank_rows) {  // those that are known may still come further
      ++kinds_["rank"].dropped;
      return;
    }
    reached_.emplace(key, order);
  } else if (order > reached->second) {
    reached->second = order;
  } else {
    return;
  }
  waiting_bytes_ += sizeof(Milestone) + m.at.text.size();
  milestones_.push_back({*communicator, order, std::move(m)});
}

void DocumentFacts::add(facts::Note note) {
  if (++notes_given_ <= max_notes) notes_.push_back(std::move(note));
}

void DocumentFacts::secret(std::string_view text) {
  ++tally_.unbound;
  if (secrets_.size() < max_secrets) secrets_.emplace(text);
}

void DocumentFacts::document_host(std::string_view host) {
  if (host_.empty()) host_ = text::short_host(host);
}

void DocumentFacts::finish() {
  if (host_.empty() && one_kernel_host_) host_ = kernel_host_;
  const auto taken = rows_ - static_cast<std::int64_t>(waiting_.size());
  for (const auto& [table, seen] : {std::pair("events", &events_seen_), std::pair("settings", &settings_seen_), std::pair("snapshots", &snapshots_seen_)})
    for (const auto& [key, s] : *seen) {
      if (s.count == 1) continue;
      if (s.row < taken) {
        repeats_.push_back({table, s.row, s.count, s.last_line, s.last_utc_ns});
        continue;
      }
      auto& row = waiting_[static_cast<std::size_t>(s.row - taken)];
      row.count = s.count;
      row.last_line = s.last_line;
      row.last_utc_ns = s.last_utc_ns;
    }
}

}  // namespace gpm::store
