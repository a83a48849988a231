// SPDX-License-Identifier: Apache-2.0
//
// Facts as a line gives them: with the line's place, its time and the line itself as origin. What the fact is about
// comes from the parser.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"
#include "parsers/text/utf8.h"

namespace gpm::parsers {

// `match` is the part of the line to quote around, should the line be longer than evidence may be.
inline facts::Event event_of(const text::Line& line, std::string_view kind, std::string_view match) {
  facts::Event event;
  event.kind = std::string(kind);
  event.place = line.place;
  event.time = line.time;
  event.at = text::origin(line, match);
  return event;
}
inline facts::Event event_of(const text::Line& line, std::string_view kind) {
  return event_of(line, kind, line.message);
}

inline facts::Setting setting_of(const text::Line& line, std::string_view scope, std::string_view key,
                                 std::string_view value) {
  facts::Setting setting;
  setting.scope = std::string(scope);
  setting.key = text::valid_utf8(key);
  setting.value = text::valid_utf8(value);
  setting.place = line.place;
  setting.at = text::origin(line, line.message);
  return setting;
}

inline facts::Snapshot snapshot_of(const text::Line& line, std::string_view metric, std::string_view subject,
                                   std::string_view text) {
  facts::Snapshot snapshot;
  snapshot.metric = std::string(metric);
  snapshot.subject = text::valid_utf8(subject);
  snapshot.text = text::valid_utf8(text);
  snapshot.place = line.place;
  snapshot.time = line.time;
  snapshot.at = text::origin(line, line.message);
  return snapshot;
}

// Sets an attribute if there is a value.
inline void set_attribute(facts::Event& event, const char* key, std::string_view value) {
  if (!value.empty()) event.attributes[key] = text::valid_utf8(value);
}

}  // namespace gpm::parsers
