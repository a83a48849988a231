// SPDX-License-Identifier: Apache-2.0
//
// The store of one analysis: facts in SQLite (schema.sql, docs/store.md).
//
//   Store store("bundle-name", keep_all);
//   store.add_document(row, facts);       // what each document gave (document_facts.h)
//   store.finish(hash);                   // identities: hosts and GPUs that several documents speak of become one
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
#include "analyzer/store/document_facts.h"
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

class Store {
 public:
  static constexpr std::int64_t max_plain_documents = 10'000;  // documents without facts that are kept unless keep_all
  static constexpr std::size_t max_clock_items = 400'000;      // boots and landmarks of all documents
  // Else all documents together may add what one may (DocumentFacts).

  // `keep_all`: keep a row for every document, however many (the store is going to be written to a file).
  Store(std::string_view incident_name, bool keep_all);
  ~Store();

  // One document after the other, in the order of the bundle. What waits in `facts` is taken; a document that is not over yet
  // goes on to fill it.
  void take(DocumentFacts& facts);
  // The document is over: takes the rest.
  void add_document(const DocumentRow& row, DocumentFacts& facts);

  std::int64_t documents_total() const { return documents_total_; }
  std::int64_t bytes_total() const { return bytes_total_; }
  std::int64_t lines_total() const { return lines_total_; }

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
  // The document that is being taken; id 0 = none.
  struct Current {
    std::int64_t id = 0, first_row = 0;
    bool has_row = false;                               // of documents
    std::vector<std::int64_t> communicators;            // ids, by the document's numbers; 0 = there was no room
    std::map<std::int64_t, std::string> dropped_rows;   // for which there was no room, and their kinds
    std::map<std::string, std::int64_t> dropped;        // facts of a kind, for the same reason
  };
  struct Relative {  // a row whose time may be completed from other lines
    std::int64_t row = 0, document = 0;
    DocumentFacts::Relative times;
  };
  void begin_document();
  void write_document(const DocumentRow& row, const DocumentFacts& facts);
  void take_row(const DocumentFacts::Row& row, std::int64_t number);
  void drop_row(const DocumentFacts::Row& row, std::int64_t number);
  void take_mention(const DocumentFacts::Mention& mention);
  void take_milestone(const DocumentFacts::Milestone& milestone);
  void take_repeats(const DocumentFacts& facts);
  void take_notes(const DocumentFacts& facts);
  void take_clocks(DocumentClocks& clocks);
  void resolve_times();
  int bind_common(Statement& statement, const facts::Origin& at, const facts::Place& place, const facts::Time& time, const DocumentFacts::Row& row,
                  std::int64_t id);

  struct Tables;  // the database and the statements that write to it
  std::unique_ptr<Tables> tables_;
  bool keep_all_;
  Current current_;
  std::int64_t document_ = 0, rows_ = 0, routine_rows_ = 0, next_row_ = 1;
  std::int64_t plain_documents_ = 0, documents_total_ = 0, bytes_total_ = 0, lines_total_ = 0;
  std::vector<DocumentClocks> clocks_;
  std::size_t clock_items_ = 0;
  std::vector<Relative> relative_;
  std::unordered_map<std::int64_t, Relative> relative_ranks_;  // by row of ranks
  std::optional<Timeline> timeline_;
  RankLabels rank_labels_;
  std::vector<GpuSeen> gpus_;
  std::unordered_map<std::string, std::int64_t> communicators_;
  std::unordered_set<std::uint64_t> ranks_;  // communicator and rank
  std::set<std::string, std::less<>> secrets_;
};

}  // namespace gpm::store
