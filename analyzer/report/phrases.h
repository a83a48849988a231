// SPDX-License-Identifier: Apache-2.0
//
// How a result's values read in a sentence or a cell: the same in every view for people. All that comes out is inert
// (analyzer/report/inert.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/result.h"
#include "analyzer/report/words.h"

namespace gpm::report {

std::string percent(double confidence);
// "228 documents, 10.3 MiB, 103,871 lines; 226 of the documents and 99% of the lines are of a known format".
std::string documents_read(const Words& words, const Result& result);  // "93%"; "<1%", ">99%" at the ends; rounded down
std::string_view confidence_words(const Words& words, double confidence);  // "very likely"
std::string grouped(std::uint64_t number);                                 // "1,234,567"
std::string size_in_units(std::uint64_t bytes);                            // "512 B", "1.5 MiB"; binary units
std::string ranges(const std::vector<int>& numbers);                       // "0-3, 7"; in the given order
std::string at(std::string_view document, std::uint64_t line);             // "dmesg:17"; "dmesg" for line 0
std::string gpu_phrase(const Words& words, const Gpu& gpu);  // "gpu07 GPU 3, 0000:5d:00.0, GPU-..., serial 165..."

// "2024-11-20T00:02:45Z ±1 s"; the kernel's clock where there is no other; empty if there is none.
std::string time_phrase(const Words& words, const std::string& time, const std::string& boot_time,
                        std::int64_t precision_ms);
// Where the time comes from, if it is more than what the line states; else empty.
std::string time_caveat(const Words& words, std::string_view time_from);

// "truncated", "limit reached: ratio", "skipped: link".
std::string status_phrase(const Words& words, std::string_view status);

// What is at fault, a label and a text for each kind that is known, each list cut after `limit` entries.
struct Labelled {
  std::string label, text;
};
// "waiting in network", "never seen"
std::string rank_state_phrase(const Words& words, const RankGroup& group);
// "dgx-a1, dgx-a2 +6, GPU 3 (0000:5d:00.0)"; empty where nothing is known
std::string rank_place_phrase(const RankGroup& group);

std::vector<Labelled> where_phrases(const Words& words, const Where& where, std::size_t limit);

// The best cause of each incident but the first cause's; and the next cause of the first one's own incident, or none.
std::vector<const Cause*> other_faults(const Result& result);
const Cause* runner_up(const Result& result);

// What was replaced by pseudonyms and how often, or that redaction was off; empty where nothing had to be replaced.
std::string redaction_phrase(const Words& words, const Result& result);

// Documents whose status is not "ok", in order.
std::vector<const Document*> bad_documents(const Result& result);

}  // namespace gpm::report
