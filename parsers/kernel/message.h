// SPDX-License-Identifier: Apache-2.0
//
// What all readers of kernel messages share.
#pragma once

#include <re2/re2.h>

#include <string>
#include <string_view>

#include "parsers/facts/facts.h"
#include "parsers/parser.h"
#include "parsers/text/fields.h"
#include "parsers/text/line.h"

namespace gpm::parsers::kernel {

inline constexpr std::string_view format_name = "dmesg";

// The part of `message` that starts with `opening`; empty if there is none. A kernel line may stand in another
// program's log.
inline std::string_view from(std::string_view message, std::string_view opening) {
  const auto at = message.find(opening);
  return at == std::string_view::npos ? std::string_view{} : message.substr(at);
}

// An event of this line. The process that a log daemon named is not the kernel's, so only the machine is carried over.
inline facts::Event event(const text::Line& line, std::string kind, std::string_view match = {}) {
  facts::Event event;
  event.kind = std::move(kind);
  event.place.host = line.place.host;
  event.place.pod = line.place.pod;
  event.place.container = line.place.container;
  event.time = line.time;
  event.at = text::origin(line, match);
  return event;
}

inline facts::Setting setting(const text::Line& line, std::string scope, std::string key, std::string value) {
  facts::Setting setting;
  setting.scope = std::move(scope);
  setting.key = std::move(key);
  setting.value = std::move(value);
  setting.place.host = line.place.host;
  setting.at = text::origin(line);
  return setting;
}

// As the kernel writes PCI addresses ("0000:41:00", "0000:41:00.0") -> the common form; empty if it is none.
inline std::string pci(std::string_view text) { return text::pci_address(text).value_or(std::string()); }

// Sets an attribute if there is a value.
inline void attribute(facts::Event& event, const char* key, std::string_view value) {
  if (!value.empty()) event.attributes[key] = value;
}

}  // namespace gpm::parsers::kernel
