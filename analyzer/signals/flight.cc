// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/flight.h"

#include <algorithm>
#include <tuple>

#include "parsers/text/fields.h"
#include "parsers/torch/rank_list.h"

namespace gpm::signals {
namespace {

constexpr std::int64_t one_hour_ns = 3'600'000'000'000;
constexpr std::size_t max_members = 2'000'000;  // of all groups together
constexpr int row_columns = 10;
constexpr std::string_view row_sql =
    "SELECT e.document_id, e.line, e.text, e.host, e.rank, e.utc_ns, e.since_boot_ns, e.time_precision_ms, e.time_from, e.count";

Observation row_of(const store::Statement& s) {
  Observation o;
  o.document_id = s.integer(0);
  o.line = static_cast<std::uint64_t>(s.integer(1));
  o.text = s.text(2);
  o.place.host = s.text(3);
  o.place.rank = static_cast<int>(s.integer(4));
  o.utc_ns = s.maybe_integer(5);
  o.since_boot_ns = s.maybe_integer(6);
  o.time_precision_ms = s.integer(7);
  o.time_from = s.text(8);
  o.count = static_cast<std::uint64_t>(std::max<std::int64_t>(1, s.integer(9)));
  return o;
}

store::Statement select(store::Store& store, std::string_view columns, std::string_view from) {
  return {store.database().get(), std::string(row_sql) + ", " + std::string(columns) + " FROM " + std::string(from)};
}

std::optional<std::int64_t> number(const store::Statement& s, int column) { return text::integer(s.text(row_columns + column)); }

// What one row says of the collective, added to what others under the same number say.
void add_entry(std::optional<Entered>& to, Observation at, const std::string& name, const std::string& state,
               const std::string& elements, const std::string& types) {
  const auto operation = operation_of(name);
  const auto shape = has_one_size(operation) ? elements + " " + types : std::string();
  if (!to) {
    to = Entered{operation, shape, state, std::move(at)};
    return;
  }
  if (to->operation.size() > 1000) return;
  to->operation += "+" + operation;
  to->shape += "+" + shape;
  if (state != "completed") to->state = state;
}

class Loader {
 public:
  explicit Loader(store::Store& store) : store_(store) {}

  std::vector<GroupView> load(std::set<int>& with_dump) {
    load_dumps();
    for (const auto& [rank, dump] : dumps_) with_dump.insert(rank);
    load_dump_groups();
    add_groups_never_used();
    load_dump_entries();
    load_log_groups();
    load_log_entries();
    // The default group first: where it stands still, that is the line to show.
    std::stable_sort(groups_.begin(), groups_.end(), [](const auto& a, const auto& b) {
      return std::tuple(!a.from_dumps, a.members.size() < b.members.size(), a.name) <
             std::tuple(!b.from_dumps, b.members.size() < a.members.size(), b.name);
    });
    return std::move(groups_);
  }

 private:
  struct Dump {
    Observation at;
    bool whole = false;  // the ring holds everything since the start, so that what it does not hold never was
  };

  void load_dumps() {
    auto s = select(store_, "e.attributes ->> 'first_record'",
                    "events e WHERE e.kind = 'torch.flight_dump' AND e.rank IS NOT NULL ORDER BY e.document_id");
    std::int64_t newest = 0;
    while (s.step()) {
      auto at = row_of(s);
      newest = std::max(newest, at.utc_ns.value_or(0));
      const int rank = *at.place.rank;
      const auto first = number(s, 0);
      const auto known = dumps_.find(rank);
      if (known != dumps_.end() && known->second.at.utc_ns.value_or(0) >= at.utc_ns.value_or(0)) continue;
      dumps_[rank] = {std::move(at), !first || *first <= 0};
    }
    std::erase_if(dumps_, [&](const auto& entry) {
      const auto& time = entry.second.at.utc_ns;
      return time && *time < newest - one_hour_ns;
    });
  }

  bool counts(const Observation& row) const {
    const auto dump = dumps_.find(*row.place.rank);
    return dump != dumps_.end() && dump->second.at.document_id == row.document_id;
  }

  std::size_t group(const std::string& key, const std::string& name, bool from_dumps) {
    const auto [found, is_new] = index_.try_emplace(key, groups_.size());
    if (is_new) {
      groups_.push_back({});
      groups_.back().name = name;
      groups_.back().from_dumps = from_dumps;
    }
    return found->second;
  }

  void load_dump_groups() {
    auto s = select(store_,
                    "e.attributes ->> 'group', e.attributes ->> 'ranks', e.attributes ->> 'last_seq', "
                    "e.attributes ->> 'last_enqueued', e.attributes ->> 'pending_seq'",
                    "events e WHERE e.kind = 'torch.flight_group' AND e.rank IS NOT NULL ORDER BY e.document_id, e.id");
    while (s.step()) {
      auto at = row_of(s);
      if (!counts(at)) continue;
      const auto name = s.text(row_columns), ranks = s.text(row_columns + 1);
      const auto last = number(s, 2), enqueued = number(s, 3);
      // Without an entry and without a status nobody knows, unless the ring holds everything.
      if (!last && !enqueued && !dumps_.at(*at.place.rank).whole) continue;
      const auto index = group(name + "\x1f" + ranks, name, true);
      auto& of = groups_[index];
      if (of.members.empty() && members_ < max_members) {
        of.members = parsers::torch::read_ranks(ranks);
        members_ += of.members.size();
      }
      names_with_dump_.insert(name);
      const int rank = *at.place.rank;
      by_document_[{at.document_id, name}] = {index, rank};
      auto& view = of.ranks[rank];
      view.entered = last ? last : enqueued;
      view.pending = number(s, 4);
      view.at = std::move(at);
    }
  }

  // A rank that made no collective of a group has not heard of the group.
  void add_groups_never_used() {
    for (auto& of : groups_)
      for (int member : of.members) {
        const auto dump = dumps_.find(member);
        if (dump != dumps_.end() && dump->second.whole) of.ranks.try_emplace(member, GroupAtRank{.at = dump->second.at});
      }
  }

  void load_dump_entries() {
    if (by_document_.empty()) return;
    std::vector<std::optional<std::int64_t>> decisive;
    for (const auto& of : groups_) decisive.push_back(of.decisive_seq());
    auto s = select(store_,
                    "e.attributes ->> 'group', e.attributes ->> 'seq', e.attributes ->> 'op', e.attributes ->> 'state', "
                    "e.attributes ->> 'numel_in', e.attributes ->> 'dtypes_in', e.attributes ->> 'p2p', e.attributes ->> 'peer'",
                    "events e WHERE e.kind = 'torch.flight_entry' AND e.rank IS NOT NULL ORDER BY e.document_id, e.id");
    while (s.step()) {
      const auto found = by_document_.find({s.integer(0), s.text(row_columns)});
      if (found == by_document_.end()) continue;
      const auto [index, rank] = found->second;
      auto& view = groups_[index].ranks[rank];
      const auto state = s.text(row_columns + 3);
      if (!s.text(row_columns + 6).empty()) {
        const auto peer = number(s, 7);
        if (state != "completed" && peer && !view.awaited_peer) view.awaited_peer = static_cast<int>(*peer);
      } else if (decisive[index] && number(s, 1) == decisive[index]) {
        add_entry(view.decisive, row_of(s), s.text(row_columns + 2), state, s.text(row_columns + 4), s.text(row_columns + 5));
      }
    }
  }

  void load_log_groups() {
    auto s = select(store_,
                    "e.attributes ->> 'group', e.attributes ->> 'last_enqueued', e.attributes ->> 'source', "
                    "e.attributes ->> 'seq'",
                    "events e WHERE e.kind = 'torch.work_status' AND e.rank IS NOT NULL AND e.attributes ->> 'group' <> '' "
                    "ORDER BY e.document_id, e.id");
    while (s.step()) {
      const auto name = s.text(row_columns);
      if (names_with_dump_.contains(name)) continue;
      auto at = row_of(s);
      const int rank = *at.place.rank;
      const auto index = group("log\x1f" + name, name, false);
      auto& view = groups_[index].ranks[rank];
      if (const auto enqueued = number(s, 1)) view.entered = std::max(view.entered.value_or(*enqueued), *enqueued);
      if (const auto seq = s.text(row_columns + 2) == "watchdog" ? number(s, 3) : std::nullopt) {
        view.pending = std::min(view.pending.value_or(*seq), *seq);
        by_failed_work_.try_emplace({at.document_id, rank, *seq}, index);
      }
      view.at = std::move(at);
    }
  }

  // The line that names the operation has no group; the status line of the same rank and number has.
  void load_log_entries() {
    if (by_failed_work_.empty()) return;
    auto s = select(store_, "e.attributes ->> 'seq', e.attributes ->> 'op', e.attributes ->> 'numel_in'",
                    "events e WHERE e.kind = 'torch.watchdog_timeout' AND e.rank IS NOT NULL ORDER BY e.document_id, e.id");
    std::map<std::size_t, std::optional<std::int64_t>> decisive;
    for (const auto& [work, index] : by_failed_work_)
      if (!decisive.contains(index)) decisive[index] = groups_[index].decisive_seq();
    while (s.step()) {
      auto at = row_of(s);
      const int rank = *at.place.rank;
      const auto found = by_failed_work_.find({at.document_id, rank, number(s, 0).value_or(-1)});
      if (found == by_failed_work_.end() || number(s, 0) != decisive[found->second]) continue;
      auto& view = groups_[found->second].ranks[rank];
      if (!view.decisive) add_entry(view.decisive, std::move(at), s.text(row_columns + 1), "", s.text(row_columns + 2), "");
    }
  }

  store::Store& store_;
  std::map<int, Dump> dumps_;
  std::vector<GroupView> groups_;
  std::map<std::string, std::size_t> index_;
  std::set<std::string> names_with_dump_;
  std::size_t members_ = 0;
  std::map<std::pair<std::int64_t, std::string>, std::pair<std::size_t, int>> by_document_;  // and group: its view
  std::map<std::tuple<std::int64_t, int, std::int64_t>, std::size_t> by_failed_work_;  // document, rank, number: the group
};

bool any(store::Store& store, std::string_view sql) { return store::Statement(store.database().get(), sql).step(); }

std::set<int> ranks_with_errors(store::Store& store) {
  std::set<int> ranks;
  store::Statement s(store.database().get(),
                     "SELECT DISTINCT rank FROM events WHERE kind IN ('cuda.error', 'cuda.oom', 'python.exception') AND rank IS NOT NULL "
                     "AND text NOT LIKE '%SignalException%' AND text NOT LIKE '%DistBackendError%'");
  while (s.step()) ranks.insert(static_cast<int>(s.integer(0)));
  return ranks;
}

// A dump does not say on which host it was written; another line of the same rank may.
void complete_hosts(store::Store& store, std::vector<Observation>& rows) {
  if (rows.empty()) return;
  store::Statement s(store.database().get(),
                     "SELECT min(h), max(h) FROM (SELECT CASE WHEN e.host <> '' THEN e.host ELSE d.host END AS h FROM events e "
                     "JOIN documents d ON d.id = e.document_id WHERE e.rank = ?) WHERE h <> ''");
  for (auto& row : rows) {
    if (!row.place.rank || !row.place.host.empty()) continue;
    s.bind(1, row.place.rank);
    if (s.step() && s.text(0) == s.text(1)) row.place.host = s.text(0);
    s.reset();
  }
}

}  // namespace

std::vector<GroupView> load_groups(store::Store& store, std::set<int>& with_dump) { return Loader(store).load(with_dump); }

std::vector<Standstill> read_standstills(store::Store& store) {
  if (!any(store, "SELECT 1 FROM events WHERE kind IN ('torch.flight_group', 'torch.work_status') LIMIT 1")) return {};
  // The debug handler's JSON can be asked for at any time, of a job in which nothing stands still.
  const bool timed_out = any(store, "SELECT 1 FROM events WHERE kind IN ('torch.watchdog_timeout', 'torch.heartbeat_timeout') LIMIT 1");
  const bool written_at_the_end =
      any(store, "SELECT 1 FROM events WHERE kind = 'torch.flight_dump' AND attributes ->> 'form' = 'pickle' LIMIT 1");
  if (!timed_out && !written_at_the_end) return {};
  const bool has_dumps = any(store, "SELECT 1 FROM events WHERE kind = 'torch.flight_dump' LIMIT 1");

  std::set<int> with_dump;
  const auto groups = load_groups(store, with_dump);
  auto found = compare(groups, with_dump);
  std::erase_if(found, [&](const Standstill& s) {
    const bool of_dumps = s.kind == StandstillKind::no_dump || s.kind == StandstillKind::all_waiting || s.kind == StandstillKind::circular;
    return (of_dumps && !has_dumps) || (s.kind == StandstillKind::unfinished && !timed_out);
  });
  return found;
}

std::vector<Observation> standstill(const JobView& view, StandstillKind kind, bool failed) {
  std::vector<Observation> rows;
  for (const auto& found : view.standstills())
    if (found.kind == kind) rows.insert(rows.end(), found.rows.begin(), found.rows.end());
  complete_hosts(view.store(), rows);
  if (kind != StandstillKind::never_entered || rows.empty()) return rows;
  // Each late rank's row is followed by that of one who waits.
  const auto errors = ranks_with_errors(view.store());
  std::vector<Observation> kept;
  for (std::size_t i = 0; i + 1 < rows.size(); i += 2) {
    if (errors.contains(rows[i].place.rank.value_or(-1)) != failed) continue;
    kept.push_back(std::move(rows[i]));
    kept.push_back(std::move(rows[i + 1]));
  }
  return kept;
}

std::vector<Observation> lagging_ranks(const JobView& view) {
  auto& store = view.store();
  std::vector<Observation> rows;
  auto s = select(store, "e.attributes ->> 'ranks'",
                  "events e WHERE e.kind = 'torch.lagging_ranks' AND NOT EXISTS (SELECT 1 FROM events o "
                  "WHERE o.document_id = e.document_id AND o.text LIKE '%Connection closed by peer%') ORDER BY e.document_id, e.id");
  while (s.step()) {
    auto row = row_of(s);
    row.place = {};
    for (int rank : parsers::torch::read_ranks(s.text(row_columns))) {
      if (rows.size() >= max_observations) break;
      row.place.rank = rank;
      rows.push_back(row);
    }
  }
  complete_hosts(store, rows);
  return rows;
}

std::vector<Observation> ranks_not_waiting(const JobView& view) {
  auto& store = view.store();
  std::set<int> waiting, known;
  store::Statement ranks(store.database().get(), "SELECT DISTINCT rank, kind = 'torch.watchdog_timeout' FROM events WHERE rank IS NOT NULL");
  while (ranks.step()) (ranks.integer(1) != 0 ? waiting : known).insert(static_cast<int>(ranks.integer(0)));
  if (waiting.empty()) return {};
  for (int rank = 0; rank < *waiting.rbegin() && known.size() <= 2 * waiting.size(); ++rank) known.insert(rank);
  std::erase_if(known, [&](int rank) { return waiting.contains(rank); });
  if (known.empty() || known.size() > waiting.size()) return {};
  auto first = select(store, "1", "events e WHERE e.kind = 'torch.watchdog_timeout' AND e.rank IS NOT NULL ORDER BY e.document_id, e.id LIMIT 1");
  if (!first.step()) return {};
  auto row = row_of(first);
  row.place = {};
  std::vector<Observation> rows;
  for (int rank : known) {
    if (rows.size() >= max_observations) break;
    row.place.rank = rank;
    rows.push_back(row);
  }
  complete_hosts(store, rows);
  return rows;
}

}  // namespace gpm::signals
