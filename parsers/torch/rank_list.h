// SPDX-License-Identifier: Apache-2.0
//
// Ranks of a group as one short text: "0-7,16,24". PyTorch writes "[0, 1, 2, ...]", which of a thousand ranks is 5 KB.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpm::parsers::torch {

inline constexpr int max_rank = 1'000'000;
inline constexpr std::size_t max_ranks = 100'000;

// Sorted, each once. Reads "0-7,16", "[0, 1, 2]" and "2, 3"; what is no rank is skipped.
std::vector<int> read_ranks(std::string_view text);
// Of sorted ranks.
std::string ranks_text(const std::vector<int>& ranks);

}  // namespace gpm::parsers::torch
