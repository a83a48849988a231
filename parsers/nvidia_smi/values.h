// SPDX-License-Identifier: Apache-2.0
//
// What nvidia-smi's values have in common, whichever of its outputs they stand in.
//
//   present   "81559 MiB", "P0", "Disabled"
//   absent    "N/A", "[N/A]", "Not Supported", "Requested functionality has been deprecated", "-", nothing
//   error     "ERR!", "Unknown Error", "[Unknown Error]", "GPU is lost", "GPU requires reset": the driver was asked and
//             the GPU did not answer
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::nvidia_smi {

enum class ValueKind { present, absent, error };
ValueKind kind_of(std::string_view value);

// Trimmed, and without the brackets that CSV output puts around words.
std::string_view bare(std::string_view value);

// "SRAM Uncorrectable SEC-DED" -> "sram_uncorrectable_sec_ded".
std::string snake_case(std::string_view key);

// What gpu.error_cell calls the cell of a metric: "gpu.temperature_c" -> "temperature".
std::string_view cell_name(std::string_view metric);

// "E. Process" and "Exclusive_Process" -> "Exclusive_Process"; "E. Thread" -> "Exclusive_Thread"; the others stay.
std::string usual_compute_mode(std::string_view printed);

// "Sat Nov 21 22:49:31 2026" (trailing blanks allowed): the banner and -q. No zone is printed: taken as UTC, to 1 s.
std::optional<facts::Time> ctime_stamp(std::string_view text);
// "2026/11/21 22:49:33.064": CSV output. No zone: taken as UTC, to 1 ms.
std::optional<facts::Time> csv_stamp(std::string_view text);

// The wrapper's time where it is absolute and states its zone (a container log), else the block's own.
facts::Time time_of(const text::Line& line, const std::optional<facts::Time>& block);

// Blanks at the start of a line; a tab counts as 8.
std::size_t indent_of(std::string_view line);

}  // namespace gpm::nvidia_smi
