// SPDX-License-Identifier: Apache-2.0
//
// What the readers of host tools share: facts that carry the line's place and origin.
#pragma once

#include <re2/re2.h>

#include <string>
#include <string_view>

#include "parsers/facts/facts.h"
#include "parsers/parser.h"
#include "parsers/text/fields.h"
#include "parsers/text/line.h"

namespace gpm::parsers::host {

inline facts::Event event(const text::Line& line, std::string kind) {
  facts::Event event;
  event.kind = std::move(kind);
  event.place = line.place;
  event.time = line.time;
  event.at = text::origin(line, line.message);
  return event;
}

inline facts::Setting setting(const text::Line& line, std::string scope, std::string_view key, std::string_view value) {
  facts::Setting setting;
  setting.scope = std::move(scope);
  setting.key = text::valid_utf8(key);
  setting.value = text::valid_utf8(value);
  setting.place = line.place;
  setting.at = text::origin(line, line.message);
  return setting;
}

inline facts::Snapshot snapshot(const text::Line& line, std::string metric, std::string_view subject,
                                std::string_view text) {
  facts::Snapshot snapshot;
  snapshot.metric = std::move(metric);
  snapshot.subject = text::valid_utf8(subject);
  snapshot.text = text::valid_utf8(text);
  snapshot.place = line.place;
  snapshot.time = line.time;
  snapshot.at = text::origin(line, line.message);
  return snapshot;
}

inline re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

// The line without a shell prompt: "$ cmd", "ops@gpu07:~$ cmd" -> "cmd"; equals the line where there is none.
inline std::string_view without_prompt(std::string_view text) {
  const auto at = text.substr(0, 80).find("$ ");
  if (at == std::string_view::npos || text.substr(0, at).find(' ') != std::string_view::npos) return text;
  return text.substr(at + 2);
}

}  // namespace gpm::parsers::host
