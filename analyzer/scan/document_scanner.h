// SPDX-License-Identifier: Apache-2.0
//
// Takes documents, one after the other, and lets every parser and every pattern of the knowledge base see their lines.
//
//   bytes -> blocks of whole lines -> gates (one pass) -> only lines with a gate, or wanted by a parser inside a block
//         -> unwrapped once -> parsers that are due, patterns behind the gate -> facts
//
// Some lines are passed over before they cost much: of those that working jobs print all the time most (sampling.h), what a
// parser surely has read before (LineParser::said_before), and of floods what can add nothing (floods.h).
//
// Memory: one block, one document that may be a tree format (up to parsers::tree_document_bytes), nothing that grows with
// the input. A line longer than max_line_bytes reaches parsers in pieces that overlap, all with the line's number.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/scan/content_hash.h"
#include "analyzer/scan/floods.h"
#include "analyzer/scan/gated_text.h"
#include "analyzer/scan/incident.h"
#include "analyzer/scan/readers.h"
#include "analyzer/scan/recognition.h"
#include "analyzer/scan/sampling.h"
#include "analyzer/scan/worker.h"
#include "parsers/formats/bug_report.h"
#include "parsers/formats/parts.h"
#include "parsers/registry.h"
#include "parsers/text/literals.h"
#include "parsers/text/log_record.h"
#include "parsers/text/utf16.h"
#include "parsers/text/wrapper.h"

namespace gpm::scan {

inline constexpr std::size_t max_line_bytes = 256 * 1024;
inline constexpr std::size_t line_overlap_bytes = 1024;

class DocumentScanner {
 public:
  // `readers` were made with such parsers. `beside` says what documents are.
  DocumentScanner(const Readers& readers, parsers::LineParsers parsers, ScannedSink& out, Worker& beside);
  DocumentScanner(const DocumentScanner&) = delete;
  DocumentScanner& operator=(const DocumentScanner&) = delete;

  // For each document: begin, data (any number), end. As bundle::DocumentSink has it, and what is known of the document by then:
  // how it is recognised, where all of it was at hand; the gates in `bytes`, or null.
  void begin(std::string_view path, Recognition recognition = {});
  void data(std::string_view bytes, const std::vector<text::LiteralHit>* hits = nullptr);
  void end(std::string_view status, std::string_view note);

 private:
  struct Slot {  // one line parser of the registry
    std::unique_ptr<parsers::LineParser> parser;
    bool awake = false;  // asked for the next line
    bool due = false;    // the current line holds one of its gates
    bool used = false;   // has seen a line of this document
    bool muted = false;  // a tree parser of the same format is going to read the document
    std::int64_t facts = 0;
  };
  struct Piece {  // of a line that the container engine cut; empty `raw` = none
    std::string raw, message;
    text::Line line;
  };
  struct Pieces {
    Piece out, err;
    Piece& of(std::string_view stream) { return stream == "stderr" ? err : out; }
    bool open() const { return !out.raw.empty() || !err.raw.empty(); }
  };

  void reset_parsers();
  void take(std::string_view bytes, const std::vector<text::LiteralHit>* hits);
  void decide();
  std::size_t whole_lines(std::string_view text) const;
  void hunt_year(std::string_view block);
  void take_message(const text::Line& line, const text::LiteralHit* first, const text::LiteralHit* last);
  void show_joined(Piece& piece);
  void show(const text::Line& line, const text::LiteralHit* first, const text::LiteralHit* last);
  void scan_block(std::string_view block, bool ends_with_line_end);
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
  void recognise(store::DocumentRow& row);
  std::string format_by_facts() const;

  const Readers& readers_;
  ScannedSink& out_;
  Worker& worker_;
  std::vector<Slot> slots_;
  Sampling sampling_;
  Floods floods_;
  std::vector<text::LiteralHit> hits_, line_hits_;  // of a block, of a text within it
  std::vector<std::uint32_t> due_patterns_;
  std::vector<std::int64_t> pattern_due_;  // how many lines the present one stands for; 0 = not due

  // The current document.
  ScannedDocument document_;
  store::DocumentFacts& facts_ = document_.facts;
  std::string path_, head_, tree_;
  GatedText carry_;  // what has come and is not read yet
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
  std::uint32_t awake_ = 0;
  std::int64_t stands_for_ = 1;  // lines, the present one
  Recognition recognition_;
};

}  // namespace gpm::scan
