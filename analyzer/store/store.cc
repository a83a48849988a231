// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/store.h"

#include <fmt/format.h>

#include <utility>

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
constexpr std::string_view common_marks = "?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20";
constexpr int common_count = 20;

std::string insert_sql(std::string_view table, std::string_view columns, int extra) {
  std::string marks(common_marks);
  for (int i = 1; i <= extra; ++i) marks += fmt::format(",?{}", common_count + i);
  return fmt::format("INSERT INTO {}({}, {}) VALUES ({})", table, common_columns, columns, marks);
}

std::string count_sql(std::string_view table) {
  return fmt::format("UPDATE {} SET count = ?2, last_line = ?3, last_utc_ns = ?4 WHERE id = ?1", table);
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
  Statement insert_document{db.get(), "INSERT INTO documents(id, incident_id, path, format, status, note, bytes, lines, facts, host) VALUES (?,1,?,?,?,?,?,?,?,?)"};
  LaterStatement open_document{db.get(), "INSERT INTO documents(id, incident_id, path, format, status, note, bytes, lines, facts, host) VALUES (?,1,'','','','',0,0,0,'')"};
  LaterStatement close_document{db.get(),
                                "UPDATE documents SET path = ?2, format = ?3, status = ?4, note = ?5, bytes = ?6, lines = ?7, facts = ?8, host = ?9 WHERE id = ?1"};
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
  if (current_.id != 0) return;
  current_.id = ++document_;
  current_.first_row = next_row_;
}

void Store::take(DocumentFacts& facts) {
  begin_document();
  if (facts.waiting_.empty() && facts.mentions_.empty() && facts.milestones_.empty()) return;
  // Rows that refer to a document come after it: SQLite would look for orphans in all tables when it comes later.
  if (!std::exchange(current_.has_row, true)) tables_->open_document->bind(1, current_.id).run();
  auto number = facts.rows_ - static_cast<std::int64_t>(facts.waiting_.size());
  for (const auto& row : facts.waiting_) take_row(row, number++);
  for (const auto& mention : facts.mentions_) take_mention(mention);
  for (const auto& milestone : facts.milestones_) take_milestone(milestone);
  facts.waiting_.clear();
  facts.mentions_.clear();
  facts.milestones_.clear();
  facts.waiting_bytes_ = 0;
}

void Store::add_document(const DocumentRow& row, DocumentFacts& facts) {
  begin_document();
  facts.finish();
  ++documents_total_;
  bytes_total_ += static_cast<std::int64_t>(row.bytes);
  lines_total_ += static_cast<std::int64_t>(row.lines);
  take_clocks(facts.clocks_);
  for (const auto& secret : facts.secrets_)
    if (secrets_.size() < DocumentFacts::max_secrets) secrets_.insert(secret);
  const bool plain = facts.facts_ == 0 && facts.notes_given_ == 0 && row.status == "ok";
  if (!plain || keep_all_ || ++plain_documents_ <= max_plain_documents) {
    write_document(row, facts);
    take(facts);
    take_repeats(facts);
    take_notes(facts);
    for (auto& [number, times] : facts.relative_) relative_.push_back({current_.first_row + number, current_.id, times});
    for (auto& gpu : facts.gpus_)
      if (gpus_.size() < DocumentFacts::max_gpus) gpus_.push_back({current_.id, std::move(gpu)});
    rank_labels_.add(std::move(facts.labels_), current_.id, current_.first_row);
  }
  next_row_ += facts.rows_;
  current_ = {};
}

void Store::write_document(const DocumentRow& row, const DocumentFacts& facts) {
  auto& statement = std::exchange(current_.has_row, true) ? *tables_->close_document : tables_->insert_document;
  statement.bind(1, current_.id)
      .bind(2, text::valid_utf8(row.path))
      .bind(3, std::string_view(row.format))
      .bind(4, std::string_view(row.status))
      .bind(5, text::valid_utf8(row.note))
      .bind(6, static_cast<std::int64_t>(row.bytes))
      .bind(7, static_cast<std::int64_t>(row.lines))
      .bind(8, facts.facts_)
      .bind(9, text::valid_utf8(facts.host_))
      .run();
  for (const auto& part : row.parts)
    tables_->insert_part->bind(1, current_.id)
        .bind(2, static_cast<std::int64_t>(part.first_line))
        .bind(3, static_cast<std::int64_t>(part.last_line))
        .bind(4, text::valid_utf8(part.title))
        .bind(5, std::string_view(part.format))
        .run();
}

int Store::bind_common(Statement& s, const facts::Origin& at, const facts::Place& place, const facts::Time& time, const DocumentFacts::Row& row,
                       std::int64_t id) {
  s.bind(1, id)
      .bind(2, current_.id)
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
      .bind(17, facts::name(time.from))
      .bind(18, row.count)
      .bind(19, static_cast<std::int64_t>(row.last_line))
      .bind(20, row.last_utc_ns);
  return common_count + 1;
}

void Store::take_row(const DocumentFacts::Row& row, std::int64_t number) {
  if (rows_ >= DocumentFacts::max_rows || (row.routine && routine_rows_ >= DocumentFacts::max_routine_rows)) return drop_row(row, number);
  ++rows_;
  routine_rows_ += row.routine;
  const auto id = current_.first_row + number;
  if (const auto* const e = std::get_if<facts::Event>(&row.fact)) {
    auto& insert = tables_->insert_event;
    const int n = bind_common(insert, e->at, e->place, e->time, row, id);
    insert.bind(n, std::string_view(e->kind)).bind(n + 1, e->code).bind(n + 2, std::string_view(row.attributes)).run();
  } else if (const auto* const s = std::get_if<facts::Setting>(&row.fact)) {
    auto& insert = tables_->insert_setting;
    const int n = bind_common(insert, s->at, s->place, {}, row, id);
    insert.bind(n, std::string_view(s->scope))
        .bind(n + 1, text::valid_utf8(s->subject))
        .bind(n + 2, text::valid_utf8(s->key))
        .bind(n + 3, text::valid_utf8(s->value))
        .run();
  } else if (const auto* const m = std::get_if<facts::Snapshot>(&row.fact)) {
    auto& insert = tables_->insert_snapshot;
    const int n = bind_common(insert, m->at, m->place, m->time, row, id);
    insert.bind(n, std::string_view(m->metric))
        .bind(n + 1, text::valid_utf8(m->subject))
        .bind(n + 2, m->number)
        .bind(n + 3, text::valid_utf8(m->text))
        .run();
  }
}

void Store::drop_row(const DocumentFacts::Row& row, std::int64_t number) {
  const auto* const e = std::get_if<facts::Event>(&row.fact);
  const auto* const s = std::get_if<facts::Setting>(&row.fact);
  const auto& kind = e ? e->kind : s ? s->scope : std::get<facts::Snapshot>(row.fact).metric;
  current_.dropped_rows.emplace(number, kind);
  current_.dropped[kind] += row.count;
}

void Store::take_mention(const DocumentFacts::Mention& mention) {
  auto& ids = current_.communicators;
  if (ids.size() <= mention.communicator) ids.resize(mention.communicator + 1);
  const auto known = communicators_.find(mention.key);
  if (known != communicators_.end() && !mention.nranks) {
    ids[mention.communicator] = known->second;
    return;
  }
  if (known == communicators_.end() && communicators_.size() >= DocumentFacts::max_communicators) return;
  auto& upsert = *tables_->upsert_communicator;
  upsert.bind(1, text::valid_utf8(mention.key)).bind(2, mention.nranks);
  upsert.step();
  ids[mention.communicator] = communicators_[mention.key] = upsert.integer(0);
  upsert.reset();
}

void Store::take_milestone(const DocumentFacts::Milestone& milestone) {
  const auto& m = milestone.milestone;
  const auto communicator = current_.communicators[milestone.communicator];
  if (communicator == 0) {
    ++current_.dropped["communicator"];
    return;
  }
  const auto key = static_cast<std::uint64_t>(communicator) << 32 | static_cast<std::uint32_t>(m.rank);
  if (!ranks_.contains(key)) {
    if (ranks_.size() >= DocumentFacts::max_rank_rows) {  // those that are known may still come further
      ++current_.dropped["rank"];
      return;
    }
    ranks_.insert(key);
  }
  auto& s = *tables_->upsert_rank;
  s.bind(1, communicator)
      .bind(2, current_.id)
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
      .bind(18, static_cast<std::int64_t>(milestone.order));
  if (s.step()) {
    const auto row = s.integer(0);
    relative_ranks_.erase(row);
    if (is_incomplete(m.time)) relative_ranks_.emplace(row, Relative{row, current_.id, {{}, m.at.line, m.at.line, m.time, m.time}});
  }
  s.reset();
}

// Of rows that were taken before the document was over.
void Store::take_repeats(const DocumentFacts& facts) {
  for (const auto& repeat : facts.repeats_) {
    if (const auto dropped = current_.dropped_rows.find(repeat.row); dropped != current_.dropped_rows.end()) {
      current_.dropped[dropped->second] += repeat.count - 1;
      continue;
    }
    auto& update = repeat.table == "events" ? tables_->count_event : repeat.table == "settings" ? tables_->count_setting : tables_->count_snapshot;
    update->bind(1, current_.first_row + repeat.row)
        .bind(2, repeat.count)
        .bind(3, static_cast<std::int64_t>(repeat.last_line))
        .bind(4, repeat.last_utc_ns)
        .run();
  }
}

void Store::take_notes(const DocumentFacts& facts) {
  auto dropped = std::move(current_.dropped);
  for (const auto& [name, kind] : facts.kinds_)
    if (kind.dropped > 0) dropped[name] += kind.dropped;
  auto notes = facts.notes_;
  for (const auto& [name, times] : dropped) notes.push_back({0, fmt::format("{} more facts of kind {} are counted here and not kept", times, name)});
  if (notes.size() > DocumentFacts::max_notes) notes.resize(DocumentFacts::max_notes);
  for (const auto& note : notes)
    tables_->insert_note->bind(1, current_.id).bind(2, static_cast<std::int64_t>(note.line)).bind(3, text::valid_utf8(note.reason)).run();
}

void Store::take_clocks(DocumentClocks& clocks) {
  clock_items_ += clocks.items();
  if (clock_items_ > max_clock_items) clocks.drop_items();
  if (clocks.empty()) return;
  clocks.document = current_.id;
  clocks_.push_back(std::move(clocks));
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
  for (const auto& [row, document, times] : relative_) {
    const auto first = timeline_->resolve(document, times.line, times.first);
    if (first.from == times.first.from) continue;
    const auto last = times.line == times.last_line ? first : timeline_->resolve(document, times.last_line, times.last);
    if (const auto update = updates.find(times.table); update != updates.end())
      update->second.bind(1, row).bind(2, first.utc_ns).bind(3, first.precision_ms).bind(4, facts::name(first.from)).bind(5, last.utc_ns).run();
  }
  Statement rank(db.get(), "UPDATE ranks SET utc_ns = ?2 WHERE id = ?1");
  for (const auto& [row, relative] : relative_ranks_) {
    const auto& times = relative.times;
    const auto time = timeline_->resolve(relative.document, times.line, times.first);
    if (time.from != times.first.from) rank.bind(1, row).bind(2, time.utc_ns).run();
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
