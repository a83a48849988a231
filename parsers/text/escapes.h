// SPDX-License-Identifier: Apache-2.0
//
// Escapes that stand between a message and its reader: terminal colours, and what /dev/kmsg does to bytes that do
// not print.
#pragma once

#include <string>
#include <string_view>

namespace gpm::text {

// Whether the text holds an ESC byte.
bool has_ansi(std::string_view text);
// `text` without ANSI escape sequences: CSI (colours, cursor), OSC (titles, links), and two-character escapes.
std::string without_ansi(std::string_view text);

// `text` with /dev/kmsg's \xNN turned into the bytes they stand for ("but\x0aNVRM: ..." is two lines in dmesg).
std::string without_kmsg_escapes(std::string_view text);

}  // namespace gpm::text
