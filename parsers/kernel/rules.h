// SPDX-License-Identifier: Apache-2.0
//
// A table of recognisers for kernel messages that are a fact by themselves: one expression, one kind of event.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "parsers/kernel/message.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::kernel {

struct Rule {
  std::string_view literal;  // the message must hold it; cheaper than the expression
  const text::Regex* pattern;  // matched against the message without leading blanks
  std::string_view kind;
  // What the groups are: an attribute's name, or one of "pci", "pid", "process", "code" for the place and the code; up
  // to six.
  std::array<const char*, 6> groups = {};
};

// The first rule that fits gives its event; an empty kind if none does. The caller adds it (and may add to it).
facts::Event recognise(std::span<const Rule> rules, const text::Line& line);

}  // namespace gpm::parsers::kernel
