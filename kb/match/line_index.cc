// SPDX-License-Identifier: Apache-2.0
#include "kb/match/line_index.h"

#include <re2/re2.h>

#include <algorithm>

#include "parsers/text/fields.h"
#include "parsers/text/line.h"
#include "parsers/text/regex.h"
#include "parsers/text/wrapper.h"

namespace gpm::kb {
namespace {

// The first shortest_anchor bytes as one number.
std::uint64_t key_of(std::string_view text) {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < shortest_anchor; ++i) key = key << 8 | static_cast<unsigned char>(text[i]);
  return key;
}
constexpr std::uint64_t key_mask = (std::uint64_t{1} << (8 * shortest_anchor)) - 1;

}  // namespace

LineIndex::LineIndex(std::span<const KnownLine> lines) {
  for (const auto& line : lines)
    for (const auto& form : line.forms) {
      auto shape = shape_of(form);
      if (!shape.error.empty() || shape.anchor.size() < shortest_anchor) continue;  // the linter refuses them
      anchors_.emplace_back(key_of(shape.anchor), static_cast<std::uint32_t>(entries_.size()));
      entries_.push_back({&line, &form, std::move(shape), nullptr});
    }
  std::sort(anchors_.begin(), anchors_.end());
}

LineIndex::~LineIndex() = default;

bool LineIndex::matches(Entry& entry, std::string_view text) {
  if (!entry.regex) {
    RE2::Options options(RE2::Latin1);
    options.set_log_errors(false);
    entry.regex = std::make_unique<RE2>(entry.shape.pattern, options);
  }
  return entry.regex->ok() && RE2::PartialMatch(text::piece(text), *entry.regex);
}

LineIndex::Entry* LineIndex::best(std::string_view text) {
  const auto lower = text::lower(text);
  std::vector<std::uint32_t> offered;
  std::uint64_t key = 0;
  for (std::size_t end = 1; end <= lower.size(); ++end) {
    key = (key << 8 | static_cast<unsigned char>(lower[end - 1])) & key_mask;
    if (end < shortest_anchor) continue;
    auto at = std::lower_bound(anchors_.begin(), anchors_.end(), std::pair(key, std::uint32_t{0}));
    for (; at != anchors_.end() && at->first == key; ++at)
      if (lower.compare(end - shortest_anchor, entries_[at->second].shape.anchor.size(), entries_[at->second].shape.anchor) == 0)
        offered.push_back(at->second);
  }
  // The most specific first: the first that matches is the answer.
  std::sort(offered.begin(), offered.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto x = entries_[a].shape.literal_bytes, y = entries_[b].shape.literal_bytes;
    return x != y ? x > y : a < b;
  });
  offered.erase(std::unique(offered.begin(), offered.end()), offered.end());
  const auto found = std::find_if(offered.begin(), offered.end(), [&](std::uint32_t i) { return matches(entries_[i], text); });
  return found == offered.end() ? nullptr : &entries_[*found];
}

LineHit LineIndex::find(std::string_view line) {
  line = line.substr(0, text::max_evidence_bytes);
  std::string scratch;
  const auto unwrapped = text::unwrap(1, line, scratch);
  const Entry* entry = best(unwrapped.message);
  // A few lines are known by what a wrapper took away ("NCCL INFO").
  if (entry == nullptr && unwrapped.message.size() != line.size()) entry = best(line);
  return entry == nullptr ? LineHit{} : LineHit{entry->line, entry->form};
}

}  // namespace gpm::kb
