// SPDX-License-Identifier: Apache-2.0
//
// The store of one analysis: facts in SQLite (schema.sql, docs/store.md).
//
//   Store store("bundle-name", keep_all);
//   store.begin_document();               // parsers write to the store as their sink
//   store.end_document(...);
//   store.finish(hash);                   // identities: hosts and GPUs that several documents speak of become one
//
// Equal facts of one document are one row with a count. What one document may add is bounded (max_rows_per_kind), so that
// a hostile or huge log costs bounded memory; what was not kept is said in a note.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "analyzer/store/clocks.h"
#include "analyzer/store/identity.h"
#include "analyzer/store/rank_labels.h"
#include "analyzer/store/sqlite.h"
#include "analyzer/store/timeline.h"
#include "parsers/facts/facts.h"
#include "parsers/formats/parts.h"

namespace gpm::store {

struct DocumentRow {
  std::string path, format, status, note;
  std::uint64_t bytes = 0, lines = 0;
  std::vector<formats::Part> parts;  // where it holds several
};

class Store : public facts::Sink {
 public:
  static constexpr std::int64_t max_rows_per_kind = 2000;       // distinct facts of one kind in one document
  static constexpr std::size_t max_late_codes = 256;            // of a kind that is full: each code that no row has yet may have one
  static constexpr std::int64_t max_rows_of_processes = 20'000; // of kinds that each rank of a job says once or twice
  static constexpr std::int64_t max_rows = 400'000;             // distinct facts in all
  static constexpr std::int64_t max_routine_rows = 200'000;     // of them, what every rank prints in any run
  static constexpr std::size_t max_rank_rows = 200'000;         // (communicator, rank) pairs
  static constexpr std::int64_t max_plain_documents = 10'000;   // documents without facts that are kept unless keep_all
  static constexpr int max_notes_per_document = 20;
  static constexpr std::size_t max_secrets = 20'000;
  static constexpr std::size_t max_clock_items = 400'000;       // boots and landmarks of all documents

  // `keep_all`: keep a row for every document, however many (the store is going to be written to a file).
  Store(std::string_view incident_name, bool keep_all);
  ~Store() override;

  // One document at a time; the facts between belong to it.
  void begin_document();
  void end_document(const DocumentRow& row);
  // What follows shows again what the document has shown: the same fact in two views is one, on whatever host's name, and
  // counts as often as in the view that has it most often.
  void begin_view() { ++view_; }

  void add(facts::Event event) override;
  void add(facts::Setting setting) override;
  void add(facts::Snapshot snapshot) override;
  void add(facts::Gpu gpu) override;
  void add(facts::RankMilestone milestone) override;
  void add(facts::Note note) override;
  void document_host(std::string_view host) override;
  void secret(std::string_view text) override;

  // The facts added from here on stand for so many lines each.
  void stand_for(std::int64_t lines) { stand_for_ = lines; }
  // What came of the facts so far, for who wants to know whether a line told anything new.
  struct Tally {
    std::int64_t rows = 0;       // that were new
    std::int64_t with_room = 0;  // facts of kinds that may have more rows
    std::int64_t unbound = 0;    // of them, those of which there may be more than max_rows_per_kind: ranks, GPUs, what each process says
  };
  const Tally& tally() const { return tally_; }

  std::int64_t facts_of_document() const { return document_facts_; }
  std::int64_t documents_total() const { return documents_total_; }
  std::int64_t bytes_total() const { return bytes_total_; }
  std::int64_t lines_total() const { return lines_total_; }

  // A line of the present document, for what it says about clocks; only a stamp, of a line that no parser was shown.
  void saw_line(const text::Line& line) { clocks_.back().see(line); }
  void saw_stamp(const facts::Time& time, std::uint64_t line) { clocks_.back().see_stamp(time, line); }
  // After finish(): before which moment a line without a UTC time was not written.
  std::optional<std::int64_t> not_before(std::int64_t document, std::uint64_t line, const std::optional<std::int64_t>& since_boot_ns) const;

  // After finish(): the earliest and latest stamp with a year of any line of the document, in UTC as far as its zone is known.
  std::optional<std::pair<std::int64_t, std::int64_t>> dated(std::int64_t document) const;

  // After the last document: completes hosts, GPU identities and times, commits.
  void finish(std::string_view content_hash);

  // What must not be quoted, each text once; never written to the file.
  const std::set<std::string, std::less<>>& secrets() const { return secrets_; }

  void set_status(std::string_view status);
  std::int64_t add_finding(std::string_view cause, int rank, double confidence);
  void add_evidence(std::int64_t finding, std::int64_t document, std::int64_t line, std::string_view signal, std::string_view role,
                    std::string_view text);
  void commit();

  const Database& database() const;
  Database& database();

 private:
  struct Kind {
    bool routine = false;
    std::int64_t rows = 0, dropped = 0;
    std::set<std::int64_t> codes;  // that have a row, at most max_late_codes
  };
  struct Seen {
    Kind* kind = nullptr;
    std::int64_t row = 0, count = 0;
    std::uint64_t last_line = 0;
    std::optional<std::int64_t> last_utc_ns;
    int view = 0;
    std::int64_t count_in_view = 0;
  };
  // A row whose time may be completed from other lines.
  struct Relative {
    std::string_view table;
    std::int64_t document = 0;
    std::uint64_t line = 0, last_line = 0;
    facts::Time first, last;
  };
  void resolve_times();
  // Whether a fact with this key is new and may be stored; counts it otherwise.
  bool admit(std::unordered_map<std::string, Seen>& seen, const std::string& key, std::string_view kind, std::optional<std::int64_t> code,
             const facts::Origin& at, const facts::Time& time, std::string_view table, std::int64_t times = 1);
  bool has_room(const Kind& kind) const;
  void open_document();
  void flush_counts(std::unordered_map<std::string, Seen>& seen, LaterStatement& update);
  int bind_common(Statement& statement, const facts::Origin& at, const facts::Place& place, const facts::Time& time,
                  std::int64_t row);

  struct Tables;  // the database and the statements that write to it
  std::unique_ptr<Tables> tables_;
  bool keep_all_, document_is_open_ = false;
  std::int64_t document_ = 0, rows_ = 0, routine_rows_ = 0, next_row_ = 1;
  std::int64_t document_facts_ = 0, document_notes_ = 0, plain_documents_ = 0;
  std::int64_t documents_total_ = 0, bytes_total_ = 0, lines_total_ = 0;
  std::int64_t stand_for_ = 1;
  Tally tally_;
  int view_ = 0;
  std::string document_host_, kernel_host_;
  bool one_kernel_host_ = true;
  std::map<std::string, Kind, std::less<>> kinds_;  // of the document
  std::vector<DocumentClocks> clocks_;
  std::size_t clock_items_ = 0;
  std::unordered_map<std::int64_t, Relative> relative_;  // by row
  std::unordered_map<std::int64_t, Relative> relative_ranks_;  // by row of ranks
  std::optional<Timeline> timeline_;
  std::unordered_map<std::string, Seen> events_seen_, settings_seen_, snapshots_seen_;
  RankLabels rank_labels_;
  std::vector<GpuSeen> gpus_;
  std::unordered_set<std::string> gpu_keys_;
  std::unordered_map<std::string, std::int64_t> communicators_;
  std::unordered_set<std::uint64_t> ranks_;  // communicator and rank
  std::set<std::string, std::less<>> secrets_;
};

}  // namespace gpm::store
