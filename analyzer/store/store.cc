// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzer/store/identity.h"
#include "parsers/text/fields.h"

namespace gpm::embedded {
extern const std::string_view schema_sql;
}

namespace gpm::store {
namespace {

constexpr std::string_view common_columns =
    "id, document_id, line, text, host, pci, gpu_index, gpu_uuid, rank, pod, container, process, pid, utc_ns, since_boot_ns, "
    "time_precision_ms, time_from, count, last_line, last_utc_ns";
constexpr std::string_view common_marks = "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,1,?3,?14";
constexpr int common_count = 17;

constexpr std::size_t max_gpus_seen = 10'000;
constexpr std::int64_t max_communicators = 20'000;

std::string insert_sql(std::string_view table, std::string_view columns, int extra) {
  std::string marks(common_marks);
  for (int i = 1; i <= extra; ++i) marks += fmt::format(",?{}", common_count + i);
  return fmt::format("INSERT INTO {}({}, {}) VALUES ({})", table, common_columns, columns, marks);
}

std::string count_sql(std::string_view table) {
  return fmt::format("UPDATE {} SET count = ?2, last_line = ?3, last_utc_ns = ?4 WHERE id = ?1", table);
}

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

Database open_with_schema() {
  auto db = Database::in_memory();
  db.run(std::string(embedded::schema_sql).c_str());
  db.run("BEGIN");
  return db;
}

}  // namespace

struct Store::Tables {
  explicit Tables(std::string_view incident_name) {
    Statement(db.get(), "INSERT INTO incidents(id, name, content_hash, status) VALUES (1, ?, '', 'running')").bind(1, incident_name).run();
  }

  Database db = open_with_schema();
  Statement insert_event{db.get(), insert_sql("events", "kind, code, attributes", 3)};
  Statement insert_setting{db.get(), insert_sql("settings", "scope, subject, key, value", 4)};
  Statement insert_snapshot{db.get(), insert_sql("snapshots", "metric, subject, number, text_value", 4)};
  Statement open_document{db.get(), "INSERT INTO documents(id, incident_id, path, format, status, note, bytes, lines, facts, host) VALUES (?,1,'','','','',0,0,0,'')"};
  Statement close_document{db.get(),
                           "UPDATE documents SET path = ?2, format = ?3, status = ?4, note = ?5, bytes = ?6, lines = ?7, facts = ?8, host = ?9 WHERE id = ?1"};
  LaterStatement insert_document{db.get(),
                                 "INSERT INTO documents(id, incident_id, path, format, status, note, bytes, lines, facts, host) VALUES (?,1,?,?,?,?,?,?,?,?)"};
  LaterStatement insert_note{db.get(), "INSERT INTO notes(document_id, line, reason) VALUES (?,?,?)"};
  LaterStatement insert_part{db.get(), "INSERT INTO parts(document_id, first_line, last_line, title, format) VALUES (?,?,?,?,?)"};
  LaterStatement count_event{db.get(), count_sql("events")}, count_setting{db.get(), count_sql("settings")}, count_snapshot{db.get(), count_sql("snapshots")};
  LaterStatement upsert_communicator{db.get(),
                                     "INSERT INTO communicators(incident_id, key, nranks) VALUES (1, ?1, ?2) ON CONFLICT DO UPDATE SET "
                                     "nranks = coalesce(nranks, ?2) RETURNING id"};
  LaterStatement upsert_rank{db.get(),
                             "INSERT INTO ranks(communicator_id, document_id, line, text, host, pci, gpu_index, gpu_uuid, rank, pod, container, "
                             "process, pid, utc_ns, since_boot_ns, nranks, phase, phase_order) "
                             "VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18) "
                             "ON CONFLICT(communicator_id, rank) DO UPDATE SET document_id = ?2, line = ?3, text = ?4, phase = ?17, "
                             "phase_order = ?18, utc_ns = ?14, since_boot_ns = ?15, nranks = coalesce(?16, nranks), "
                             "host = CASE WHEN host = '' THEN ?5 ELSE host END, pci = CASE WHEN pci = '' THEN ?6 ELSE pci END, "
                             "gpu_index = coalesce(gpu_index, ?7) WHERE ?18 > phase_order RETURNING id"};
  LaterStatement insert_finding{db.get(), "INSERT INTO findings(incident_id, cause, rank, confidence) VALUES (1, ?, ?, ?)"};
  LaterStatement insert_evidence{db.get(), "INSERT INTO evidence(finding_id, document_id, line, signal, role, text) VALUES (?,?,?,?,?,?)"};
};

Store::Store(std::string_view incident_name, bool keep_all) : tables_(std::make_unique<Tables>(incident_name)), keep_all_(keep_all) {}

Store::~Store() = default;

const Database& Store::database() const { return tables_->db; }
Database& Store::database() { return tables_->db; }

void Store::begin_document() {
  ++document_;
  clocks_.emplace_back().document = document_;
  rank_labels_.begin_document(document_);
  document_is_open_ = false;
  document_facts_ = document_notes_ = 0;
  view_ = 0;
  document_host_.clear();
  kernel_host_.clear();
  one_kernel_host_ = true;
  kinds_.clear();
  events_seen_.clear();
  settings_seen_.clear();
  snapshots_seen_.clear();
}

namespace {

// Whether other lines may say more about the time: its year, its zone, when the boot was.
bool incomplete(const facts::Time& time) {
  return (!time.utc_ns && (time.in_year_ns || time.since_boot_ns)) || (time.host_zone && time.from == facts::TimeFrom::assumed_utc);
}

}  // namespace

// Rows that refer to a document come after it: SQLite would look for orphans in all tables when it comes later.
void Store::open_document() {
  if (document_is_open_) return;
  document_is_open_ = true;
  tables_->open_document.bind(1, document_).run();
}

void Store::flush_counts(std::unordered_map<std::string, Seen>& seen, LaterStatement& update) {
  for (const auto& [key, s] : seen)
    if (s.count > 1)
      update->bind(1, s.row).bind(2, s.count).bind(3, static_cast<std::int64_t>(s.last_line)).bind(4, s.last_utc_ns).run();
}

void Store::end_document(const DocumentRow& row) {
  clock_items_ += clocks_.back().items();
  if (clock_items_ > max_clock_items) clocks_.back().drop_items();
  if (clocks_.back().empty()) clocks_.pop_back();
  flush_counts(events_seen_, tables_->count_event);
  flush_counts(settings_seen_, tables_->count_setting);
  flush_counts(snapshots_seen_, tables_->count_snapshot);
  for (const auto& [name, kind] : kinds_)
    if (kind.dropped > 0) add(facts::Note{0, fmt::format("{} more facts of kind {} are counted here and not kept", kind.dropped, name)});
  ++documents_total_;
  bytes_total_ += static_cast<std::int64_t>(row.bytes);
  lines_total_ += static_cast<std::int64_t>(row.lines);
  if (document_host_.empty() && one_kernel_host_) document_host_ = kernel_host_;
  const bool plain = document_facts_ == 0 && document_notes_ == 0 && row.status == "ok";
  if (plain && !keep_all_ && ++plain_documents_ > max_plain_documents) return;
  auto& statement = document_is_open_ ? tables_->close_document : *tables_->insert_document;
  statement.bind(1, document_)
      .bind(2, text::valid_utf8(row.path))
      .bind(3, std::string_view(row.format))
      .bind(4, std::string_view(row.status))
      .bind(5, text::valid_utf8(row.note))
      .bind(6, static_cast<std::int64_t>(row.bytes))
      .bind(7, static_cast<std::int64_t>(row.lines))
      .bind(8, document_facts_)
      .bind(9, text::valid_utf8(document_host_))
      .run();
  for (const auto& part : row.parts)
    tables_->insert_part->bind(1, document_)
        .bind(2, static_cast<std::int64_t>(part.first_line))
        .bind(3, static_cast<std::int64_t>(part.last_line))
        .bind(4, text::valid_utf8(part.title))
        .bind(5, std::string_view(part.format))
        .run();
}

bool Store::has_room(const Kind& kind) const {
  if (rows_ >= max_rows) return false;
  return kind.routine ? kind.rows < max_rows_of_processes && routine_rows_ < max_routine_rows : kind.rows < max_rows_per_kind;
}

bool Store::admit(std::unordered_map<std::string, Seen>& seen, const std::string& key, std::string_view name, std::optional<std::int64_t> code,
                  const facts::Origin& at, const facts::Time& time, std::string_view table, std::int64_t times) {
  times *= stand_for_;
  document_facts_ += times;
  if (const auto found = seen.find(key); found != seen.end()) {
    auto& known = found->second;
    const bool room = has_room(*known.kind);
    tally_.with_room += room;
    tally_.unbound += room && known.kind->routine;
    if (known.last_line == at.line && at.line != 0) return false;  // one line says it once, whoever reads it
    if (known.view != view_) known.count_in_view = 0;
    known.view = view_;
    known.count = std::max(known.count, known.count_in_view += times);
    if (at.line < known.last_line) return false;  // a line that was kept for the end
    known.last_line = at.line;
    if (time.utc_ns) known.last_utc_ns = time.utc_ns;
    if (const auto relative = relative_.find(known.row); relative != relative_.end()) {
      relative->second.last = time;
      relative->second.last_line = at.line;
    }
    return false;
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
    return false;
  }
  ++kind.rows;
  ++rows_;
  ++tally_.rows;
  tally_.with_room += room;
  tally_.unbound += room && kind.routine;
  routine_rows_ += kind.routine;
  seen.emplace(key, Seen{&kind, next_row_, times, at.line, time.utc_ns, view_, times});
  if (incomplete(time)) relative_.emplace(next_row_, Relative{table, document_, at.line, at.line, time, time});
  return true;
}

int Store::bind_common(Statement& s, const facts::Origin& at, const facts::Place& place, const facts::Time& time, std::int64_t row) {
  open_document();
  s.bind(1, row)
      .bind(2, document_)
      .bind(3, static_cast<std::int64_t>(at.line))
      .bind(4, text::valid_utf8(at.text))
      .bind(5, text::valid_utf8(place.host))
      .bind(6, text::valid_utf8(place.pci))
      .bind(7, place.gpu_index)
      .bind(8, text::valid_utf8(place.gpu_uuid))
      .bind(9, place.rank)
      .bind(10, text::valid_utf8(place.pod))
      .bind(11, text::valid_utf8(place.container))
      .bind(12, text::valid_utf8(place.process))
      .bind(13, place.pid)
      .bind(14, time.utc_ns)
      .bind(15, time.since_boot_ns)
      .bind(16, time.precision_ms)
      .bind(17, facts::name(time.from));
  return common_count + 1;
}

void Store::add(facts::Event e) {
  // A kernel log that syslog or the journal wrote names its node on every line.
  if (e.kind.starts_with("kernel.") && !e.place.host.empty()) {
    if (kernel_host_.empty()) kernel_host_ = e.place.host;
    one_kernel_host_ &= kernel_host_ == e.place.host;
  }
  rank_labels_.saw(e.kind, e.place, e.attributes);
  std::string key = e.kind + '\x1f' + (e.code ? std::to_string(*e.code) : "") + '\x1f' + place_key(e.place, view_ == 0);
  const auto attributes = json_object(e.attributes);
  key += attributes;
  if (!admit(events_seen_, key, e.kind, e.code, e.at, e.time, "events", e.times)) return;
  rank_labels_.stored_event(next_row_, e.place);
  auto& insert = tables_->insert_event;
  const int n = bind_common(insert, e.at, e.place, e.time, next_row_++);
  insert.bind(n, std::string_view(e.kind)).bind(n + 1, e.code).bind(n + 2, std::string_view(attributes)).run();
}

void Store::add(facts::Setting s) {
  std::string key;
  for (const std::string* part : {&s.scope, &s.subject, &s.key, &s.value}) append_key(key, *part);
  key += place_key(s.place, view_ == 0);
  if (!admit(settings_seen_, key, s.scope, {}, s.at, {}, "settings")) return;
  auto& insert = tables_->insert_setting;
  const int n = bind_common(insert, s.at, s.place, {}, next_row_++);
  insert.bind(n, std::string_view(s.scope))
      .bind(n + 1, text::valid_utf8(s.subject))
      .bind(n + 2, text::valid_utf8(s.key))
      .bind(n + 3, text::valid_utf8(s.value))
      .run();
}

void Store::add(facts::Snapshot s) {
  std::string key;
  for (const std::string* part : {&s.metric, &s.subject, &s.text}) append_key(key, *part);
  key += place_key(s.place, view_ == 0);
  if (!admit(snapshots_seen_, key, s.metric, {}, s.at, s.time, "snapshots")) return;
  auto& insert = tables_->insert_snapshot;
  const int n = bind_common(insert, s.at, s.place, s.time, next_row_++);
  insert.bind(n, std::string_view(s.metric))
      .bind(n + 1, text::valid_utf8(s.subject))
      .bind(n + 2, s.number)
      .bind(n + 3, text::valid_utf8(s.text))
      .run();
}

void Store::add(facts::Gpu gpu) {
  ++document_facts_;
  ++tally_.unbound;
  std::string key = std::to_string(document_) + '\x1f' + place_key(gpu.place) + gpu.serial + '\x1f' + gpu.name;
  if (gpus_.size() < max_gpus_seen && gpu_keys_.insert(std::move(key)).second) gpus_.push_back({document_, std::move(gpu)});
}

void Store::add(facts::RankMilestone m) {
  ++document_facts_;
  ++tally_.unbound;
  if (m.rank < 0) return;
  rank_labels_.saw("nccl.rank", m.place, {});
  std::int64_t communicator = 0;
  if (const auto known = communicators_.find(m.communicator); known != communicators_.end() && !m.nranks) {
    communicator = known->second;
  } else {
    if (known == communicators_.end() && static_cast<std::int64_t>(communicators_.size()) >= max_communicators) {
      ++kinds_["communicator"].dropped;
      return;
    }
    auto& upsert = *tables_->upsert_communicator;
    upsert.bind(1, text::valid_utf8(m.communicator)).bind(2, m.nranks);
    upsert.step();
    communicator = upsert.integer(0);
    upsert.reset();
    communicators_[m.communicator] = communicator;
  }
  const auto key = static_cast<std::uint64_t>(communicator) << 32 | static_cast<std::uint32_t>(m.rank);
  if (!ranks_.contains(key)) {
    if (ranks_.size() >= max_rank_rows) {  // those that are known may still come further
      ++kinds_["rank"].dropped;
      return;
    }
    ranks_.insert(key);
  }
  open_document();
  // That a communicator was torn down says nothing of how far its set-up came: it never hides an earlier phase.
  const int order = m.phase == facts::RankPhase::aborted ? 0 : static_cast<int>(m.phase) + 1;
  auto& s = *tables_->upsert_rank;
  s.bind(1, communicator)
      .bind(2, document_)
      .bind(3, static_cast<std::int64_t>(m.at.line))
      .bind(4, text::valid_utf8(m.at.text))
      .bind(5, text::valid_utf8(m.place.host))
      .bind(6, text::valid_utf8(m.place.pci))
      .bind(7, m.place.gpu_index)
      .bind(8, text::valid_utf8(m.place.gpu_uuid))
      .bind(9, static_cast<std::int64_t>(m.rank))
      .bind(10, text::valid_utf8(m.place.pod))
      .bind(11, text::valid_utf8(m.place.container))
      .bind(12, text::valid_utf8(m.place.process))
      .bind(13, m.place.pid)
      .bind(14, m.time.utc_ns)
      .bind(15, m.time.since_boot_ns)
      .bind(16, m.nranks)
      .bind(17, facts::name(m.phase))
      .bind(18, static_cast<std::int64_t>(order));
  if (s.step()) {
    const auto row = s.integer(0);
    relative_ranks_.erase(row);
    if (incomplete(m.time)) relative_ranks_.emplace(row, Relative{"ranks", document_, m.at.line, m.at.line, m.time, m.time});
  }
  s.reset();
}

void Store::add(facts::Note note) {
  if (++document_notes_ > max_notes_per_document) return;
  open_document();
  tables_->insert_note->bind(1, document_).bind(2, static_cast<std::int64_t>(note.line)).bind(3, text::valid_utf8(note.reason)).run();
}

void Store::secret(std::string_view text) {
  ++tally_.unbound;
  if (secrets_.size() < max_secrets) secrets_.emplace(text);
}

void Store::document_host(std::string_view host) {
  if (document_host_.empty()) document_host_ = text::short_host(host);
}

std::optional<std::int64_t> Store::not_before(std::int64_t document, std::uint64_t line,
                                              const std::optional<std::int64_t>& since_boot_ns) const {
  return timeline_ ? timeline_->not_before(document, line, since_boot_ns) : std::nullopt;
}

std::optional<std::pair<std::int64_t, std::int64_t>> Store::dated(std::int64_t document) const {
  return timeline_ ? timeline_->dated(document) : std::nullopt;
}

// Hosts are known by now: clocks are a host's.
void Store::resolve_times() {
  auto& db = database();
  std::map<std::int64_t, std::pair<std::string, std::string>> known;
  Statement select(db.get(), "SELECT id, path, host FROM documents");
  while (select.step()) known[select.integer(0)] = {select.text(1), select.text(2)};
  std::vector<Timeline::Document> documents;
  for (auto& clocks : clocks_) {
    const auto found = known.find(clocks.document);
    if (found != known.end()) documents.push_back({std::move(clocks), found->second.first, found->second.second});
  }
  clocks_.clear();
  timeline_.emplace(std::move(documents));

  std::map<std::string_view, Statement> updates;
  for (const std::string_view table : {"events", "snapshots"})
    updates.try_emplace(table, db.get(), fmt::format("UPDATE {} SET utc_ns = ?2, time_precision_ms = ?3, time_from = ?4, last_utc_ns = ?5 WHERE id = ?1", table));
  for (const auto& [row, relative] : relative_) {
    const auto first = timeline_->resolve(relative.document, relative.line, relative.first);
    if (first.from == relative.first.from) continue;
    const auto last = relative.line == relative.last_line ? first : timeline_->resolve(relative.document, relative.last_line, relative.last);
    if (const auto update = updates.find(relative.table); update != updates.end())
      update->second.bind(1, row).bind(2, first.utc_ns).bind(3, first.precision_ms).bind(4, facts::name(first.from)).bind(5, last.utc_ns).run();
  }
  Statement rank(db.get(), "UPDATE ranks SET utc_ns = ?2 WHERE id = ?1");
  for (const auto& [row, relative] : relative_ranks_) {
    const auto time = timeline_->resolve(relative.document, relative.line, relative.first);
    if (time.from != relative.first.from) rank.bind(1, row).bind(2, time.utc_ns).run();
  }
  relative_.clear();
  relative_ranks_.clear();
}

void Store::finish(std::string_view content_hash) {
  auto& db = database();
  resolve_identities(db, gpus_);
  rank_labels_.resolve(db);
  resolve_times();
  Statement(db.get(), "UPDATE incidents SET content_hash = ?").bind(1, content_hash).run();
  db.run("COMMIT; BEGIN");
}

void Store::set_status(std::string_view status) {
  Statement(database().get(), "UPDATE incidents SET status = ?").bind(1, status).run();
}

std::int64_t Store::add_finding(std::string_view cause, int rank, double confidence) {
  tables_->insert_finding->bind(1, cause).bind(2, static_cast<std::int64_t>(rank)).bind(3, confidence).run();
  return sqlite3_last_insert_rowid(database().get());
}

void Store::add_evidence(std::int64_t finding, std::int64_t document, std::int64_t line, std::string_view signal, std::string_view role,
                         std::string_view text) {
  tables_->insert_evidence->bind(1, finding).bind(2, document).bind(3, line).bind(4, signal).bind(5, role).bind(6, text).run();
}

void Store::commit() { database().run("COMMIT; BEGIN"); }

}  // namespace gpm::store
