// SPDX-License-Identifier: Apache-2.0
//
// How a result's values read in a sentence or a cell: the same in every view for people. All that comes out is inert
// (analyzer/report/inert.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/result.h"
#include "analyzer/report/words.h"

namespace gpm::report {

std::string percent(double confidence);  // "93%"; "<1%", ">99%" at the ends; rounded down
// "228 documents, 10.3 MiB, 103,871 lines; 226 of the documents and 99% of the lines are of a known format".
std::string documents_read(const Words& words, const Result& result);
std::string_view confidence_words(const Words& words, double confidence);  // "very likely"
std::string grouped(std::uint64_t number);                                 // "1,234,567"
std::string size_in_units(std::uint64_t bytes);                            // "512 B", "1.5 MiB"; binary units
std::string ranges(std::vector<int> numbers);                              // "0-3, 7"; sorted, each once
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
  std::vector<std::string> items = {};  // of GPUs each for itself, where a view has a line for each
};
// "waiting in network", "never seen"
std::string rank_state_phrase(const Words& words, const RankGroup& group);
// "dgx-a1, dgx-a2 +6, GPU 3 (0000:5d:00.0)"; empty where nothing is known
std::string rank_place_phrase(const RankGroup& group);

// The host of a GPU is left out where it is the only host.
std::vector<Labelled> where_phrases(const Words& words, const Where& where, std::size_t limit);

// The best cause of each incident but the first cause's; and the next cause of the first one's own incident, or none.
std::vector<const Cause*> other_faults(const Result& result);
const Cause* runner_up(const Result& result);

// When it began: "2026-03-14T02:17:09.078Z ±1 s, Xid 79" and where that stands; nothing where no sign of the first cause has
// a time.
struct FirstSign {
  std::string time, caveat, title, source;
};
std::optional<FirstSign> first_sign(const Words& words, const Result& result);

// "driver 525.105.17, CUDA 12.0, kernel 5.4.0": of the hosts at fault, or of the only host; a few values where they differ.
std::string versions_phrase(const Words& words, const Result& result);

// The evidence that stands for the rest where only `most` lines are shown: at most two lines of a signal, and more only if
// there is room. In the cause's order.
std::vector<const Evidence*> leading_evidence(const Cause& cause, bool against, std::size_t most);

// "67108864 (64.0 MiB)" for a key that counts bytes; else the value.
std::string setting_value(std::string_view key, std::string_view value);

// The platform of a fix as a word; empty for any.
std::string platform_phrase(const Words& words, const Fix& fix);

// What was replaced by pseudonyms and how often, or that redaction was off; empty where nothing had to be replaced.
std::string redaction_phrase(const Words& words, const Result& result);

// Documents whose status is not "ok", in order.
std::vector<const Document*> bad_documents(const Result& result);

}  // namespace gpm::report
