// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/rank_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/text/fields.h"

namespace gpm::parsers::torch {

std::vector<int> read_ranks(std::string_view text) {
  if (text.starts_with('[')) text.remove_prefix(1);
  if (text.ends_with(']')) text.remove_suffix(1);
  std::vector<int> ranks;
  for (auto part : text::split(text, ',')) {
    part = text::trim(part);
    const auto dash = part.find('-');
    const auto first = text::integer(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : text::integer(part.substr(dash + 1));
    if (!first || !last || *first < 0 || *last >= max_rank || *first > *last) continue;
    for (auto rank = *first; rank <= *last && ranks.size() < max_ranks; ++rank) ranks.push_back(static_cast<int>(rank));
  }
  std::sort(ranks.begin(), ranks.end());
  ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
  return ranks;
}

std::string ranks_text(const std::vector<int>& ranks) {
  std::string text;
  for (std::size_t i = 0; i < ranks.size();) {
    auto end = i + 1;
    while (end < ranks.size() && ranks[end] == ranks[end - 1] + 1) ++end;
    if (!text.empty()) text += ',';
    text += end - i > 1 ? fmt::format("{}-{}", ranks[i], ranks[end - 1]) : std::to_string(ranks[i]);
    i = end;
  }
  return text;
}

}  // namespace gpm::parsers::torch
