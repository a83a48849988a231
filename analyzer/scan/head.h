// SPDX-License-Identifier: Apache-2.0
//
// What the first bytes of a document tell, before any parser has seen it.
#pragma once

#include <string_view>

#include "analyzer/store/document_facts.h"

namespace gpm::scan {

inline constexpr std::size_t head_bytes = 4096;

bool looks_binary(std::string_view head);
// A kernel log in which no parser found anything is still a kernel log: what it does not hold is evidence.
bool looks_like_kernel_log(std::string_view head);
// Shows the stamps of the head's lines to the facts, also of forms that are no wrapper: nvidia-smi's and date's first line,
// "creation time: Sun Aug 16 09:02:31 2026", "Timestamp   : Sat Nov 21 22:49:31 2026". Gives whether all of them lack the year.
bool see_stamps(std::string_view head, store::DocumentFacts& facts);

// The first stamp with a year near the start of a line in `block`, which begins at a line's start.
std::optional<facts::Time> find_dated_line(std::string_view block);

}  // namespace gpm::scan
