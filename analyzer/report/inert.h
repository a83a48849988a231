// SPDX-License-Identifier: Apache-2.0
//
// Making text from a bundle inert: whatever a log line holds, it must not steer the terminal, open markup in a ticket,
// or turn up in a command that somebody pastes into a root shell.
#pragma once

#include <string>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::report {

// One line of visible text, valid UTF-8. Control characters and bytes that are not UTF-8 become \xNN (a tab becomes a
// blank), invisible and direction-changing characters become \u{NNNN}. Backslashes of the text itself stay as they are:
// this is for eyes; who needs the exact bytes has the document and the line. Idempotent.
std::string inert(std::string_view text);

// Markdown (CommonMark and GFM, as GitHub, GitLab and others read it).
// Text of ours in a paragraph or list: every character that could open markup, a mention, a reference or a link is
// escaped. Not for text of a bundle, which goes into the two below.
std::string markdown_text(std::string_view text);
// A code span that the text cannot close.
std::string markdown_code(std::string_view text);
// The fence (three backticks or more) that none of the text's lines can close.
std::string markdown_fence(std::string_view text);

// Whether a reference may become a link: https, and only characters that need no escaping anywhere.
bool is_plain_link(std::string_view url);

// Fills a command template of the knowledge base (kb/model.h). {gpu_index} {pci} {gpu_uuid} {pid} {host} {pod}
// {container} are replaced by the place's value if it matches its type's strict pattern, else by <gpu-index>, <pci>,
// <gpu-uuid>, <pid>, <host>, <pod>, <container>. Any other brace stays. The result holds no control or hidden
// character.
//   host, pod   RFC 1123 name: labels of letters, digits and inner hyphens, 63 each, 253 in all
//   container   [A-Za-z0-9][A-Za-z0-9_.-]*, at most 253
//   pci         0000:5d:00.0      gpu_uuid  GPU- and 8-4-4-4-12 hex digits      gpu_index  decimal, not negative
//   pid         decimal, above 1: kill ends a whole group of processes for 0 and everything for -1; 1 is init
// None of these patterns lets a character through that a shell would read as anything but itself, so that no value ever
// needs quotes; a test holds the patterns to that.
std::string fill_command(std::string_view command, const facts::Place& place);

}  // namespace gpm::report
