// SPDX-License-Identifier: Apache-2.0
//
// What all readers of kernel messages share.
#pragma once

#include <string>
#include <string_view>

#include "parsers/fact_of_line.h"
#include "parsers/facts/facts.h"
#include "parsers/parser.h"
#include "parsers/text/fields.h"
#include "parsers/text/line.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::kernel {

inline constexpr std::string_view format_name = "dmesg";

// The part of `message` that starts with `opening`; empty if there is none. A kernel line may stand in another
// program's log.
inline std::string_view from(std::string_view message, std::string_view opening) {
  const auto at = message.find(opening);
  return at == std::string_view::npos ? std::string_view{} : message.substr(at);
}

// What a kernel line says of its place: the process that a log daemon named is not the kernel's, so only the machine is
// carried over.
inline facts::Event event(const text::Line& line, std::string_view kind, std::string_view match) {
  auto event = event_of(line, kind, match);
  event.place = {};
  event.place.host = line.place.host;
  event.place.pod = line.place.pod;
  event.place.container = line.place.container;
  return event;
}

inline facts::Setting setting(const text::Line& line, std::string_view scope, std::string_view key,
                              std::string_view value) {
  auto setting = setting_of(line, scope, key, value);
  setting.place = {};
  setting.place.host = line.place.host;
  return setting;
}

// As the kernel writes PCI addresses ("0000:41:00", "0000:41:00.0") -> the common form; empty if it is none.
inline std::string pci(std::string_view text) { return text::pci_address(text).value_or(std::string()); }

}  // namespace gpm::parsers::kernel
