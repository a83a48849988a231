// SPDX-License-Identifier: Apache-2.0
//
// Scanner: takes the documents of a bundle and lets every parser and every pattern of the knowledge base see its lines.
//
//   bytes -> blocks of whole lines -> gates (one pass) -> only lines with a gate, or wanted by a parser inside a block
//         -> unwrapped once -> parsers that are due, patterns behind the gate -> facts into the store
//
// Some lines are passed over before they cost much: of those that working jobs print all the time most (sampling.h), what a
// parser surely has read before (LineParser::said_before), and of floods what can add nothing (floods.h).
//
// Memory: one block, one document that may be a tree format (up to parsers::tree_document_bytes), nothing that grows with
// the input. A line longer than max_line_bytes reaches parsers in pieces that overlap, all with the line's number.
#pragma once

#include <cstdint>
#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/scan/content_hash.h"
#include "analyzer/scan/floods.h"
#include "analyzer/scan/readers.h"
#include "analyzer/scan/sampling.h"
#include "analyzer/scan/unusual.h"
#include "analyzer/scan/worker.h"
#include "analyzer/store/store.h"
#include "kb/model.h"
#include "parsers/bundle/overlapped.h"
#include "parsers/formats/bug_report.h"
#include "parsers/formats/parts.h"
#include "parsers/parser.h"
#include "parsers/text/literals.h"
#include "parsers/text/log_record.h"
#include "parsers/text/utf16.h"
#include "parsers/text/wrapper.h"

namespace gpm::scan {

inline constexpr std::size_t max_line_bytes = 256 * 1024;
inline constexpr std::size_t line_overlap_bytes = 1024;

class Scanner : public bundle::AheadSink {
 public:
  // `beside` says what documents are, after what it has to do already.
  Scanner(Readers readers, store::Store& store, std::unique_ptr<Worker> beside = std::make_unique<Worker>());
  Scanner(const kb::Knowledge& knowledge, store::Store& store) : Scanner(Readers(knowledge), store) {}
  ~Scanner() override;

  void begin(std::string_view path) override;
  void expect(std::string_view document) override;
  void data(std::string_view bytes) override { data(bytes, nullptr); }
  void look_ahead(std::string_view bytes, std::vector<text::LiteralHit>& hits) const override { gates_->find(bytes, hits); }
  void data(std::string_view bytes, const std::vector<text::LiteralHit>* hits) override;
  void end(std::string_view status, std::string_view note) override;

  const UnusualLines& unusual() const { return unusual_; }

  // Hash over paths and bytes of all documents, in the order of their hashes: the same whatever the packaging's order.
  std::string content_hash() const;

 private:
  struct Piece {  // of a line that the container engine cut; empty `raw` = none
    std::string raw, message;
    text::Line line;
  };
  struct Pieces {
    Piece out, err;
    Piece& of(std::string_view stream) { return stream == "stderr" ? err : out; }
    bool open() const { return !out.raw.empty() || !err.raw.empty(); }
  };

  // What a document is by its look (formats::), found out beside.
  struct Recognition {
    std::shared_ptr<const std::string> sample;  // of which `split` shows parts
    std::future<formats::Split> split;
    const char* handed_over = nullptr;  // where the document's bytes will lie, if it is expected
  };

  void reset_parsers();
  void take(std::string_view bytes, const std::vector<text::LiteralHit>* hits);
  void search_carry(const std::vector<text::LiteralHit>* hits_behind);
  void take_hits(std::size_t bytes);
  void drop_front(std::size_t bytes);
  void decide();
  std::size_t whole_lines(std::string_view text) const;
  void hunt_year(std::string_view block);
  void take_message(const text::Line& line, const text::LiteralHit* first, const text::LiteralHit* last);
  void show_joined(Piece& piece);
  void show(const text::Line& line, const text::LiteralHit* first, const text::LiteralHit* last);
  void scan_block(std::string_view block, bool ends_with_line_end);
  void find_behind_escapes(std::string_view block);
  bool said_before(std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last) const;
  bool may_be_of_flood(const text::LiteralHit* first, const text::LiteralHit* last) const;
  bool read_alone(std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last) const;
  void read_floods();
  void show_held(std::uint64_t number, std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last);
  void stand_for(std::int64_t lines);
  void deliver(std::string_view block, std::size_t begin, std::size_t end, text::LiteralHit* first, text::LiteralHit* last);
  std::string_view before(std::string_view block, std::size_t offset);
  void finish_text();
  bool passes_sections(std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last);
  void read_muted();
  std::string_view read_tree(std::string_view document, std::uint64_t lines_above, bool whole);
  Recognition begin_recognising(std::string_view sample, bool whole);
  void recognise(store::DocumentRow& row);
  std::string format_by_facts() const;

  store::Store& store_;
  std::vector<Slot> slots_;
  std::vector<Pattern> patterns_;
  std::vector<GateOwners> owners_;
  std::unique_ptr<GateSearch> gates_;
  Sampling sampling_;
  Floods floods_;
  std::vector<text::LiteralHit> hits_, line_hits_;  // of a block, of a text within it
  std::vector<std::uint32_t> due_patterns_;
  std::vector<std::int64_t> pattern_due_;  // how many lines the present one stands for; 0 = not due
  UnusualLines unusual_;

  // The current document.
  std::string path_, carry_, head_, tree_;
  std::size_t searched_ = 0;                   // bytes of carry_, for gates
  std::vector<text::LiteralHit> carry_hits_;  // in them
  text::ByteOrder order_;
  text::JournalFormat journal_ = text::JournalFormat::none;
  bool journal_json_ = false, hunts_year_ = false;
  Pieces pieces_;
  std::uint64_t joined_line_ = 0;  // that ended the pieces joined last
  std::uint64_t scanned_ = 0;
  std::string sample_;  // the document's start, or all of it, for formats::
  std::optional<formats::BugReport> report_;
  std::string former_, before_;  // the bytes before the present block; the same and the block's, for a line near its start
  bool tree_candidate_ = false, decided_ = false, binary_ = false, continues_line_ = false;
  std::uint64_t bytes_ = 0, line_ = 0;
  ContentHash hash_;
  std::uint64_t bundle_hash_sum_ = 0, bundle_hash_xor_ = 0;
  std::uint32_t awake_ = 0;
  std::int64_t stands_for_ = 1;  // lines, the present one

  Recognition recognition_;           // of the current document
  std::deque<Recognition> expected_;  // of documents to come
  std::unique_ptr<Worker> worker_;    // does it
};

}  // namespace gpm::scan
