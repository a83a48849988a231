// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/document_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "analyzer/scan/head.h"
#include "parsers/formats/formats.h"
#include "parsers/registry.h"
#include "parsers/text/escapes.h"
#include "parsers/text/fields.h"
#include "parsers/text/wrapper.h"

namespace gpm::scan {
namespace {

constexpr std::size_t block_bytes = 1 << 20;
constexpr std::size_t before_bytes = 256;  // text::Line::before
constexpr std::size_t year_hunt_bytes = 1 << 20;
constexpr std::size_t part_bytes = 256 << 10;    // of facts, that need not be kept here
constexpr std::size_t record_bytes = 1 << 20;  // a journal record without end is cut as text is
constexpr char escape = '\x1b';

// Most bytes of a large log are only seen here and by the search for gates: twice 16 at once, neither waits for the other.
std::uint64_t count_line_ends(const char* begin, const char* end) {
  using Bytes = unsigned char __attribute__((vector_size(16)));
  constexpr std::size_t most = 127;  // steps; a byte can count 255
  std::uint64_t count = 0;
  while (static_cast<std::size_t>(end - begin) >= 2 * sizeof(Bytes)) {
    Bytes counts = {}, more_counts = {};
    const auto steps = std::min(static_cast<std::size_t>(end - begin) / (2 * sizeof(Bytes)), most);
    for (std::size_t i = 0; i < steps; ++i, begin += 2 * sizeof(Bytes)) {
      Bytes bytes, more_bytes;
      std::memcpy(&bytes, begin, sizeof bytes);
      std::memcpy(&more_bytes, begin + sizeof bytes, sizeof more_bytes);
      counts -= reinterpret_cast<Bytes>(bytes == '\n');
      more_counts -= reinterpret_cast<Bytes>(more_bytes == '\n');
    }
    counts += more_counts;
    for (std::size_t i = 0; i < sizeof(Bytes); ++i) count += counts[i];
  }
  return count + static_cast<std::uint64_t>(std::count(begin, end, '\n'));
}

std::size_t line_begin(std::string_view block, std::size_t offset) {
  const void* const end = memrchr(block.data(), '\n', offset);
  return end ? static_cast<std::size_t>(static_cast<const char*>(end) - block.data()) + 1 : 0;
}

}  // namespace

DocumentScanner::DocumentScanner(const Readers& readers, parsers::LineParsers parsers, ScannedSink& out, Worker& beside)
    : readers_(readers), out_(out), worker_(beside), carry_(*readers.gates) {
  for (auto& parser : parsers) slots_.push_back({std::move(parser)});
  sampling_.set_samples(readers_.samples);
  pattern_due_.resize(readers_.patterns.size());
}

void DocumentScanner::reset_parsers() {
  for (auto& slot : slots_) slot.muted = false;
  if (std::none_of(slots_.begin(), slots_.end(), [](const Slot& s) { return s.used; })) return;
  auto fresh = parsers::make_line_parsers();
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].used) slots_[i] = Slot{std::move(fresh[i])};
}

void DocumentScanner::begin(std::string_view path, Recognition recognition) {
  document_ = {};  // also of one that was given up
  path_ = path;
  carry_.clear();
  former_.clear();
  head_.clear();
  tree_.clear();
  sample_.clear();
  report_.reset();
  tree_candidate_ = decided_ = binary_ = continues_line_ = false;
  journal_json_ = false;
  journal_ = text::JournalFormat::none;
  order_ = {};
  pieces_ = {};
  sampling_.begin_document();
  floods_.begin_document();
  joined_line_ = 0;
  bytes_ = line_ = scanned_ = 0;
  hunts_year_ = false;
  awake_ = 0;
  hash_ = {};
  recognition_ = std::move(recognition);
  reset_parsers();
}

// The head is whole: what all of the document is read as.
void DocumentScanner::decide() {
  binary_ = looks_binary(head_);
  for (const auto& parser : parsers::make_tree_parsers()) {
    if (!parser->sniff(head_, path_) || !parser->binary(head_)) continue;
    binary_ = tree_candidate_ = true;
  }
  if (binary_) return;
  journal_ = text::journal_format(head_);
  journal_json_ = text::contains(head_, "__REALTIME_TIMESTAMP\"");
  hunts_year_ = see_stamps(head_, facts_);
  if (formats::BugReport::starts(head_)) report_.emplace();
  for (const auto& parser : parsers::make_tree_parsers()) {
    if (!parser->sniff(head_, path_)) continue;
    tree_candidate_ = true;
    for (auto& slot : slots_) slot.muted |= slot.parser->format() == parser->format();
  }
}

// No tree came of it: the line parsers that were spared the document get it after all.
void DocumentScanner::read_muted() {
  for (auto& slot : slots_) {
    if (!slot.muted) continue;
    slot.muted = false;
    slot.used = true;
    const auto before = facts_.count();
    std::uint64_t number = 0;
    std::string scratch;
    for (std::string_view rest = tree_; !rest.empty();) {
      const auto end = std::min(rest.find('\n'), rest.size());
      auto raw = rest.substr(0, std::min(end, max_line_bytes));
      if (raw.ends_with('\r')) raw.remove_suffix(1);
      slot.parser->line(text::unwrap(++number, raw, scratch), facts_);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    slot.parser->end(facts_);
    slot.facts += facts_.count() - before;
  }
}

void DocumentScanner::data(std::string_view bytes, const std::vector<text::LiteralHit>* hits) {
  bytes_ += bytes.size();
  hash_.add(bytes);
  const auto decoded = order_.decode(bytes);
  take(decoded, decoded.data() == bytes.data() && decoded.size() == bytes.size() ? hits : nullptr);
}

void DocumentScanner::take(std::string_view bytes, const std::vector<text::LiteralHit>* hits) {
  if (sample_.size() < formats::split_bytes) sample_.append(bytes.substr(0, formats::split_bytes - sample_.size()));
  if (!decided_) {
    head_.append(bytes.substr(0, head_bytes - std::min(head_bytes, head_.size())));
    if (head_.size() == head_bytes) {
      decided_ = true;
      decide();
    }
  }
  if (!decided_ || tree_candidate_) {
    if (tree_.size() + bytes.size() <= parsers::tree_document_bytes) {
      tree_.append(bytes);
    } else if (tree_candidate_) {
      tree_candidate_ = false;
      read_muted();
      tree_.clear();
      tree_.shrink_to_fit();
      facts_.add(facts::Note{0, binary_ ? "too large to be read as a whole"
                                        : "too large to be read as a whole; only its lines were looked at"});
    }
  } else if (!tree_.empty()) {
    tree_.clear();
  }
  if (binary_) return;
  if (!decided_) {
    carry_.append_unsearched(bytes);
    return;
  }
  while (!bytes.empty()) {
    const auto take = std::min(bytes.size(), block_bytes);
    carry_.append(bytes.substr(0, take), take == bytes.size() ? hits : nullptr);
    bytes.remove_prefix(take);
    hits = nullptr;
    if (const auto whole = whole_lines(carry_.text()); whole > 0) {
      scan_block(carry_.text().substr(0, whole), true);
      if (facts_.waiting_bytes() > part_bytes) out_.part(document_);
      former_ = carry_.text().substr(whole - std::min(before_bytes, whole), before_bytes);
      carry_.drop_front(whole);
      continues_line_ = false;
    } else if (journal_ != text::JournalFormat::none && carry_.text().find('\n') != std::string::npos) {
      continue;
    }
    while (carry_.text().size() > max_line_bytes) {
      scan_block(carry_.text().substr(0, max_line_bytes), false);
      carry_.drop_front(max_line_bytes - line_overlap_bytes);
      continues_line_ = true;
    }
  }
}

// Bytes of `text` that are whole lines; of a journal's records, whole records.
std::size_t DocumentScanner::whole_lines(std::string_view text) const {
  if (journal_ != text::JournalFormat::none)
    if (const auto end = text::last_record_end(text, journal_); end > 0 || text.size() < record_bytes) return end;
  return text.rfind('\n') + 1;  // npos + 1 is 0
}

void DocumentScanner::scan_block(std::string_view block, bool ends_with_line_end) {
  hunt_year(block);
  carry_.hits_in_front(block.size(), journal_json_, hits_);
  if (journal_ == text::JournalFormat::none) sampling_.thin_out(block, hits_);  // there the time stands on other lines
  if (!continues_line_ && !block.empty()) ++line_;  // line_ is the number of the line that starts at `cursor`
  text::LiteralHit* hit = hits_.data();
  text::LiteralHit* const hits_end = hit + hits_.size();
  std::size_t cursor = 0;
  while (cursor < block.size()) {
    if (awake_ == 0 && !pieces_.open()) {
      // Nobody is inside a block of lines: go straight to the next line with a gate.
      if (hit == hits_end) {
        line_ += count_line_ends(block.data() + cursor, block.data() + block.size() - (ends_with_line_end ? 1 : 0));
        return;
      }
      const auto start = std::max(line_begin(block, hit->end - 1), cursor);
      line_ += count_line_ends(block.data() + cursor, block.data() + start);
      cursor = start;
    }
    auto end = block.find('\n', cursor);
    const bool last = end == std::string_view::npos;
    if (last) end = block.size();
    text::LiteralHit* const first = hit;
    while (hit != hits_end && hit->end <= end + 1) ++hit;
    deliver(block, cursor, end, first, hit);
    cursor = end + 1;
    if (cursor < block.size()) ++line_;
  }
}

// What stands directly before an offset of the block, whatever the blocks' sizes happen to be.
std::string_view DocumentScanner::before(std::string_view block, std::size_t offset) {
  if (offset >= before_bytes) return block.substr(offset - before_bytes, before_bytes);
  before_ = former_;
  before_ += block.substr(0, offset);
  return std::string_view(before_).substr(before_.size() - std::min(before_bytes, before_.size()));
}

// Where the head's stamps lack the year, a line further on may have it, although no parser is shown it.
void DocumentScanner::hunt_year(std::string_view block) {
  if (hunts_year_ && !continues_line_ && scanned_ < year_hunt_bytes) {
    if (const auto time = find_dated_line(block.substr(0, year_hunt_bytes - scanned_))) {
      facts_.saw_stamp(*time, ~std::uint64_t{0});
      hunts_year_ = false;
    }
  }
  scanned_ += block.size();
}

// Follows a bug report's sections; false where the line is ballast that nobody needs to see.
bool DocumentScanner::passes_sections(std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last) {
  const bool wanted = report_->wants_next();
  const bool rule = std::any_of(first, last, [&](const text::LiteralHit& hit) { return readers_.owners[hit.literal].section; });
  if ((rule || wanted) && report_->line(line_, raw)) {
    read_floods();
    facts_.begin_view();
  }
  awake_ += static_cast<std::uint32_t>(report_->wants_next()) - static_cast<std::uint32_t>(wanted);
  return !report_->skips();
}

bool DocumentScanner::said_before(std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last) const {
  if (first == last || awake_ > 0 || pieces_.open() || journal_ != text::JournalFormat::none) return false;
  const auto& owner = readers_.owners[first->literal];
  if (!owner.sole) return false;
  for (auto* hit = first + 1; hit != last; ++hit)
    if (!readers_.owners[hit->literal].sole || readers_.owners[hit->literal].parsers[0] != owner.parsers[0]) return false;
  return slots_[owner.parsers[0]].parser->said_before(raw);
}

void DocumentScanner::deliver(std::string_view block, std::size_t begin, std::size_t end, text::LiteralHit* first, text::LiteralHit* last) {
  auto raw = block.substr(begin, end - begin);
  if (raw.ends_with('\r')) raw.remove_suffix(1);
  if (first != last) {
    last = sampling_.hold(raw, line_, first, last);
    if (first == last && awake_ == 0 && !pieces_.open()) return;
    if (said_before(raw, first, last)) return;
  }
  if (report_ && !passes_sections(raw, first, last)) return;
  const bool may_repeat = may_be_of_flood(first, last);
  if (may_repeat && floods_.pass_over(raw, line_, first, last)) return;
  text::Surroundings around{before(block, begin), {}};
  if (journal_ != text::JournalFormat::none) around.record = text::record_around(block, begin, journal_);
  const auto tally = facts_.tally();
  if (may_repeat) stand_for(floods_.stands_for());
  std::size_t messages = 0, prefix = 0;
  text::each_message(line_, raw, around, [&](const text::Line& line) {
    if (messages++ == 0 && std::less_equal<>()(raw.data(), line.message.data()) && std::less_equal<>()(line.message.data(), raw.data() + raw.size()))
      prefix = static_cast<std::size_t>(line.message.data() - raw.data());
    take_message(line, first, last);
  });
  if (!may_repeat) return;
  stand_for(1);
  const auto& now = facts_.tally();
  const bool alone = messages == 1 && awake_ == 0 && !pieces_.open() && now.unbound == tally.unbound && read_alone(raw, first, last);
  floods_.was_read({now.rows != tally.rows, now.with_room != tally.with_room, alone, prefix});
}

bool DocumentScanner::may_be_of_flood(const text::LiteralHit* first, const text::LiteralHit* last) const {
  return first != last && awake_ == 0 && !pieces_.open() && journal_ == text::JournalFormat::none &&
         std::all_of(first, last, [&](const auto& hit) { return readers_.owners[hit.literal].flood; });
}

bool DocumentScanner::read_alone(std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last) const {
  return std::all_of(first, last, [&](const auto& hit) {
    const auto& slots = readers_.owners[hit.literal].parsers;
    return std::all_of(slots.begin(), slots.end(), [&](auto slot) { return slots_[slot].parser->reads_alone(raw); });
  });
}

void DocumentScanner::stand_for(std::int64_t lines) {
  stands_for_ = lines;
  facts_.stand_for(lines);
}

// A line that was kept while others were read.
void DocumentScanner::show_held(std::uint64_t number, std::string_view raw, const text::LiteralHit* first, const text::LiteralHit* last) {
  text::each_message(number, raw, {}, [&](const text::Line& line) {
    facts_.saw_line(line);
    show(line, first, last);
  });
}

// The last lines of floods, for those that were passed over.
void DocumentScanner::read_floods() {
  std::vector<text::LiteralHit> hits;
  for (const auto& held : floods_.take_held()) {
    readers_.gates->find(held.raw, hits);
    if (held.raw.find(escape) != std::string::npos) {
      readers_.gates->find(text::without_ansi(held.raw), line_hits_);
      hits.insert(hits.end(), line_hits_.begin(), line_hits_.end());
    }
    stand_for(held.times);
    show_held(held.line, held.raw, hits.data(), hits.data() + hits.size());
  }
  stand_for(1);
}

// Lines that the container engine cut are joined; those of the other stream may stand between.
void DocumentScanner::take_message(const text::Line& line, const text::LiteralHit* first, const text::LiteralHit* last) {
  facts_.saw_line(line);
  auto& piece = pieces_.of(line.stream);
  if (line.glued && joined_line_ == line.number) return;  // it was in the payload that was joined
  if (!line.partial && piece.raw.empty()) return show(line, first, last);
  if (piece.raw.empty()) {
    piece.raw = line.raw;
    piece.line = line;
  }
  piece.message += line.payload.empty() ? line.message : line.payload;
  if (line.partial && piece.message.size() < max_line_bytes) return;
  joined_line_ = line.number;
  show_joined(piece);
}

void DocumentScanner::show_joined(Piece& piece) {
  const auto whole = std::move(piece);
  piece = {};
  auto first = whole.line;
  first.raw = whole.raw;
  std::vector<text::LiteralHit> hits;
  readers_.gates->find(whole.message, hits);
  text::each_joined_message(first, whole.message, [&](const text::Line& line) { show(line, hits.data(), hits.data() + hits.size()); });
}

void DocumentScanner::show(const text::Line& line, const text::LiteralHit* first, const text::LiteralHit* last) {
  bool alarm = false;
  const auto facts_before = facts_.count();
  for (auto* hit = first; hit != last; ++hit) {
    const auto& owner = readers_.owners[hit->literal];
    alarm |= owner.alarm;
    for (auto slot : readers_.owners[hit->literal].parsers) slots_[slot].due = true;
    for (auto pattern : readers_.owners[hit->literal].patterns)
      if (pattern_due_[pattern] == 0) {
        pattern_due_[pattern] = 1;
        due_patterns_.push_back(pattern);
      }
    const auto passed_over = sampling_.passed_over(hit->literal);
    if (!owner.patterns.empty()) pattern_due_[owner.patterns[0]] += passed_over;
  }
  for (auto& slot : slots_) {
    if ((!slot.due && !slot.awake) || slot.muted) continue;
    const auto before = facts_.count();
    const bool stays = slot.parser->line(line, facts_) == parsers::Want::next;
    awake_ += static_cast<std::uint32_t>(stays) - static_cast<std::uint32_t>(slot.awake);
    slot.awake = stays;
    slot.due = false;
    slot.used = true;
    slot.facts += facts_.count() - before;
  }
  std::sort(due_patterns_.begin(), due_patterns_.end());
  for (auto pattern : due_patterns_) {
    readers_.patterns[pattern].match(line, std::exchange(pattern_due_[pattern], 0), facts_);
  }
  due_patterns_.clear();
  if (alarm) document_.unusual.add(path_, line, awake_ > 0 || facts_.count() != facts_before, stands_for_);
}

void DocumentScanner::finish_text() {
  if (!carry_.text().empty()) {
    carry_.search_rest();
    scan_block(carry_.text(), carry_.text().ends_with('\n'));
    carry_.clear();
  }
  for (auto* piece : {&pieces_.out, &pieces_.err})
    if (!piece->raw.empty()) show_joined(*piece);
  for (const auto& held : sampling_.take_held()) {
    const text::LiteralHit hit{held.gate, 0};
    show_held(held.line, held.raw, &hit, &hit + 1);
  }
  read_floods();
  for (auto& slot : slots_) {
    if (!slot.used) continue;
    const auto before = facts_.count();
    slot.parser->end(facts_);
    slot.facts += facts_.count() - before;
  }
}

void DocumentScanner::end(std::string_view status, std::string_view note) {
  take(order_.finish(), nullptr);
  if (!decided_) decide();
  auto& row = document_.row;
  if (!binary_ && bytes_ > 0) {
    // Where UTF-16 was decoded, what was expected is something else.
    if (!report_ && (!recognition_.split.asked() || recognition_.sample != sample_)) {
      const auto copy = std::make_shared<const std::string>(sample_);
      recognition_ = recognise_beside(worker_, *copy, bytes_ <= formats::split_bytes, copy);
    }
    finish_text();
  }
  recognise(row);
  tree_.clear();
  row.path = path_;
  row.status = status;
  row.note = note;
  row.bytes = bytes_;
  row.lines = line_;
  // The path's last part is in, the archive around it is not.
  hash_.add(std::string_view(path_).substr(path_.rfind('/') == std::string::npos ? 0 : path_.rfind('/') + 1));
  document_.hash = hash_.value();
  out_.done(document_);
}

}  // namespace gpm::scan
