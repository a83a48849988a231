// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/gated_text.h"

#include <algorithm>
#include <cstdint>

#include "parsers/text/escapes.h"
#include "parsers/text/log_record.h"

namespace gpm::scan {
namespace {

constexpr char escape = '\x1b';
constexpr std::string_view byte_array = "\"MESSAGE\"";

std::string_view line_of(std::string_view block, std::size_t at) {
  const auto begin = block.rfind('\n', at) + 1;  // npos + 1 is 0
  return block.substr(begin, std::min(block.find('\n', at), block.size()) - begin);
}

}  // namespace

void GatedText::clear() {
  text_.clear();
  hits_.clear();
  searched_ = 0;
}

void GatedText::append(std::string_view bytes, const std::vector<text::LiteralHit>* hits) {
  if (searched_ < text_.size()) search(nullptr);
  text_.append(bytes);
  search(hits);
}

// Finds the gates in what has not been searched; `hits_behind`: those within it are known, only such as begin before it are not.
void GatedText::search(const std::vector<text::LiteralHit>* hits_behind) {
  const auto overlap = gates_.longest() - 1;
  const auto begin = searched_ - std::min(searched_, overlap);
  const auto end = hits_behind ? std::min(searched_ + overlap, text_.size()) : text_.size();
  if (searched_ > 0 || !hits_behind) {
    gates_.find(std::string_view(text_).substr(begin, end - begin), found_);
    for (const auto& hit : found_) {
      const auto hit_end = begin + hit.end;
      if (hit_end <= searched_ || (hits_behind && hit_end - gates_.size_of(hit.literal) >= searched_)) continue;
      hits_.push_back({hit.literal, static_cast<std::uint32_t>(hit_end)});
    }
  }
  if (hits_behind) {
    const auto joined = static_cast<std::ptrdiff_t>(hits_.size());
    for (const auto& hit : *hits_behind) hits_.push_back({hit.literal, static_cast<std::uint32_t>(searched_ + hit.end)});
    std::inplace_merge(hits_.begin(), hits_.begin() + joined, hits_.end(), text::before);
  }
  searched_ = text_.size();
}

void GatedText::drop_front(std::size_t bytes) {
  text_.erase(0, bytes);
  searched_ -= bytes;
  std::size_t kept = 0;
  for (const auto& hit : hits_)
    if (hit.end >= bytes + gates_.size_of(hit.literal)) hits_[kept++] = {hit.literal, static_cast<std::uint32_t>(hit.end - bytes)};
  hits_.resize(kept);
}

void GatedText::add_hits(std::string_view text, std::size_t end, std::vector<text::LiteralHit>& hits) {
  gates_.find(text, found_);
  for (const auto& hit : found_) hits.push_back({hit.literal, static_cast<std::uint32_t>(end)});
}

void GatedText::hits_in_front(std::size_t bytes, bool journal_json, std::vector<text::LiteralHit>& hits) {
  hits.assign(hits_.begin(), std::find_if(hits_.begin(), hits_.end(), [&](const auto& hit) { return hit.end > bytes; }));
  const auto plain = hits.size();
  const auto block = text().substr(0, bytes);
  const auto end_of = [&](std::string_view line) { return static_cast<std::size_t>(line.data() - block.data()) + line.size(); };
  // `grep --color` and coloured loggers put escapes into the middle of words, where no gate is found.
  for (auto at = block.find(escape); at != std::string_view::npos; at = block.find(escape, at)) {
    const auto line = line_of(block, at);
    at = end_of(line);
    add_hits(text::without_ansi(line), at, hits);
  }
  // journalctl -o json writes a message that is not UTF-8 as byte values.
  for (auto at = journal_json ? block.find(byte_array) : std::string_view::npos; at != std::string_view::npos; at = block.find(byte_array, at)) {
    const bool array = block.substr(at + byte_array.size(), 4).find('[') != std::string_view::npos;
    const auto line = line_of(block, at);
    at = end_of(line);
    if (!array) continue;
    if (const auto record = text::json_record(line)) add_hits(record->message, at, hits);
  }
  if (hits.size() != plain) std::stable_sort(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.end < b.end; });
}

}  // namespace gpm::scan
