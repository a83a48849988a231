// SPDX-License-Identifier: Apache-2.0
//
// What one document gave: the facts that its parsers found, equal ones joined, and what its lines say about clocks and ranks.
// It needs no database, so documents may be read side by side; one after the other they are put into the store.
//
//   DocumentFacts facts;
//   parser.line(line, facts);             // parsers write to it as their sink
//   store.take(facts);                    // now and then, where the document is long
//   store.add_document(row, facts);       // it is over
//   facts = {};
//
// What one document may add is bounded (max_rows_per_kind), so that a hostile or huge log costs bounded memory; what was not
// kept is said in a note.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "analyzer/store/clocks.h"
#include "analyzer/store/rank_labels.h"
#include "parsers/facts/facts.h"

namespace gpm::store {

// Whether other lines may say more about the time: its year, its zone, when the boot was.
bool is_incomplete(const facts::Time& time);

class DocumentFacts final : public facts::Sink {
 public:
  static constexpr std::int64_t max_rows_per_kind = 2000;       // distinct facts of one kind
  static constexpr std::size_t max_late_codes = 256;            // of a kind that is full: each code that no row has yet may have one
  static constexpr std::int64_t max_rows_of_processes = 20'000; // of kinds that each rank of a job says once or twice
  static constexpr std::int64_t max_rows = 400'000;             // distinct facts in all
  static constexpr std::int64_t max_routine_rows = 200'000;     // of them, what every rank prints in any run
  static constexpr std::size_t max_rank_rows = 200'000;         // (communicator, rank) pairs
  static constexpr std::size_t max_communicators = 20'000;
  static constexpr std::size_t max_gpus = 10'000;
  static constexpr std::size_t max_secrets = 20'000;
  static constexpr int max_notes = 20;

  void add(facts::Event event) override;
  void add(facts::Setting setting) override;
  void add(facts::Snapshot snapshot) override;
  void add(facts::Gpu gpu) override;
  void add(facts::RankMilestone milestone) override;
  void add(facts::Note note) override;
  void document_host(std::string_view host) override;
  void secret(std::string_view text) override;

  // What follows shows again what the document has shown: the same fact in two views is one, on whatever host's name, and
  // counts as often as in the view that has it most often.
  void begin_view() { ++view_; }
  // The facts added from here on stand for so many lines each.
  void stand_for(std::int64_t lines) { stand_for_ = lines; }
  // What came of the facts so far, for who wants to know whether a line told anything new.
  struct Tally {
    std::int64_t rows = 0;       // that were new
    std::int64_t with_room = 0;  // facts of kinds that may have more rows
    std::int64_t unbound = 0;    // of them, those of which there may be more than max_rows_per_kind: ranks, GPUs, what each process says
  };
  const Tally& tally() const { return tally_; }
  std::int64_t count() const { return facts_; }  // facts so far, lines that equal ones stand for counted

  // A line, for what it says about clocks; only a stamp, of a line that no parser was shown.
  void saw_line(const text::Line& line) { clocks_.see(line); }
  void saw_stamp(const facts::Time& time, std::uint64_t line) { clocks_.see_stamp(time, line); }

  // Of what waits to be taken, roughly.
  std::size_t waiting_bytes() const { return waiting_bytes_; }

 private:
  friend class Store;

  struct Row {
    std::variant<facts::Event, facts::Setting, facts::Snapshot> fact;
    std::string attributes;  // of an event, as JSON
    bool routine = false;
    std::int64_t count = 1;
    std::uint64_t last_line = 0;
    std::optional<std::int64_t> last_utc_ns;
  };
  struct Kind {
    bool routine = false;
    std::int64_t rows = 0, dropped = 0;
    std::set<std::int64_t> codes;  // that have a row, at most max_late_codes
  };
  struct Seen {
    Kind* kind = nullptr;
    std::int64_t row = 0, count = 0;  // rows are counted from 0
    std::uint64_t last_line = 0;
    std::optional<std::int64_t> last_utc_ns;
    int view = 0;
    std::int64_t count_in_view = 0;
  };
  // A row whose time may be completed from other lines.
  struct Relative {
    std::string_view table;
    std::uint64_t line = 0, last_line = 0;
    facts::Time first, last;
  };
  struct Repeat {
    std::string_view table;
    std::int64_t row = 0, count = 0;
    std::uint64_t last_line = 0;
    std::optional<std::int64_t> last_utc_ns;
  };
  // A communicator was named, for the first time or with its size for the first time.
  struct Mention {
    std::string key;
    std::size_t communicator = 0;  // counted from 0 in the order of first mention
    std::optional<int> nranks;
  };
  struct Milestone {
    std::size_t communicator = 0;
    int order = 0;  // of the phase
    facts::RankMilestone milestone;
  };
  struct Communicator {
    std::size_t number = 0;
    bool sized = false;
  };

  // The fact's kind if it is new and is to be kept, as row `rows_` - 1; counts it otherwise.
  const Kind* admit(std::unordered_map<std::string, Seen>& seen, const std::string& key, std::string_view kind, std::optional<std::int64_t> code,
             const facts::Origin& at, const facts::Time& time, std::string_view table, std::int64_t times = 1);
  bool has_room(const Kind& kind) const;
  template <typename Fact>
  void keep(Fact fact, const Kind& kind, const facts::Time& time, std::string attributes = {});
  std::optional<std::size_t> communicator_of(const facts::RankMilestone& milestone);
  // The document is over: what waits gets its final counts, what was taken already is listed in repeats_.
  void finish();

  // What waits to be taken.
  std::vector<Row> waiting_;  // the last of `rows_`
  std::vector<Mention> mentions_;
  std::vector<Milestone> milestones_;
  std::size_t waiting_bytes_ = 0;
  std::vector<Repeat> repeats_;

  std::int64_t rows_ = 0, routine_rows_ = 0, facts_ = 0, notes_given_ = 0, stand_for_ = 1;
  int view_ = 0;
  Tally tally_;
  std::map<std::string, Kind, std::less<>> kinds_;
  std::unordered_map<std::string, Seen> events_seen_, settings_seen_, snapshots_seen_;
  std::unordered_map<std::int64_t, Relative> relative_;  // by row
  std::vector<facts::Note> notes_;
  std::string host_, kernel_host_;
  bool one_kernel_host_ = true;
  DocumentClocks clocks_;
  RankLabels::Document labels_;
  std::vector<facts::Gpu> gpus_;
  std::unordered_set<std::string> gpu_keys_;
  std::unordered_map<std::string, Communicator> communicators_;
  std::unordered_map<std::uint64_t, int> reached_;  // by communicator and rank: order of the phase
  std::set<std::string, std::less<>> secrets_;
};

}  // namespace gpm::store
