// SPDX-License-Identifier: Apache-2.0
//
// Values as container tools write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/container/tree.h"

namespace gpm::container {

// A Kubernetes quantity in its base unit: "172Gi" -> 184683593728, "2G" -> 2000000000, "500m" -> 0 (rounded down).
std::optional<std::int64_t> kubernetes_bytes(std::string_view text);
// A size as docker reads it (go-units RAMInBytes: all units are powers of 1024): "16g", "1.5GB", "65536k", "67108864".
std::optional<std::int64_t> docker_bytes(std::string_view text);

// "2024-06-28T06:17:54.118820113Z", "2024-10-15T02:11:44+08:00"; Go's zero time (year 1) is no time.
std::optional<std::int64_t> rfc3339_ns(std::string_view text);

// One word of a command line and where it began.
struct Word {
  std::string text;
  Mark at;
};

// Splits as a POSIX shell would: blanks, quotes, backslashes; `\` at a line's end joins lines. Nothing is expanded or run:
// `$X` and `$(...)` stay as written, the latter as one word. Ends at an unquoted `;`, `|`, `&`, `<`, `>`, `#` at a word's
// beginning, at a line end without backslash, or after `max_words`. A quote that is never closed ends with the text.
// `at` is the mark of the first byte. If `rest` is given, it becomes what follows the end (for the next command).
std::vector<Word> shell_words(std::string_view text, Mark at, std::string_view* rest = nullptr,
                              std::size_t max_words = 2000);

// Words of a command as one line, those with blanks quoted; at most 4 KiB.
std::string joined(const std::vector<Word>& words);

// Something that a spec states, and where.
struct Stated {
  std::string key;
  std::string value;
  Mark at;
};

// Long options of a program's command line as settings `arg:<name>`: "--tensor-parallel-size 8" -> arg:tensor-parallel-size
// = 8, "--enable-dp-attention" -> true. Underscores become hyphens; the engines' short forms of parallel sizes (-tp, --tp,
// --tp-size ...) become tensor-parallel-size, pipeline-parallel-size, data-parallel-size. A word that is itself a command
// line (`sh -c "vllm serve ... --x y"`) is looked into.
void add_arguments(const std::vector<Word>& words, std::vector<Stated>& settings);

bool truthy(std::string_view text);  // true, yes, on, 1

}  // namespace gpm::container
