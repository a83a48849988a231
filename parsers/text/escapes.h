// SPDX-License-Identifier: Apache-2.0
//
// Escapes that stand between a message and its reader: terminal colours, and the JSON string of docker's json-file log.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/text/timestamp.h"

namespace gpm::text {

// Whether the text holds an ESC byte.
bool has_ansi(std::string_view text);
// `text` without ANSI escape sequences: CSI (colours, cursor), OSC (titles, links), and two-character escapes.
std::string without_ansi(std::string_view text);

// {"log":"TEXT\n","stream":"stderr","time":"2024-11-20T00:02:45.123456789Z"}, further keys ("attrs") ignored.
struct DockerLine {
  std::string log;  // unescaped, without the line end
  facts::Time time;
};
std::optional<DockerLine> docker_line(std::string_view text);

}  // namespace gpm::text
