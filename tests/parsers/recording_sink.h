// SPDX-License-Identifier: Apache-2.0
//
// A sink that keeps what it is given, and a way to run one line parser over a text as the scanner would: a line reaches
// the parser if it holds a gate or if the parser asked for the next line.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/facts/facts.h"
#include "parsers/parser.h"
#include "parsers/text/fields.h"
#include "parsers/text/wrapper.h"

namespace gpm::test {

struct RecordingSink : facts::Sink {
  std::vector<facts::Event> events;
  std::vector<facts::Setting> settings;
  std::vector<facts::Snapshot> snapshots;
  std::vector<facts::Gpu> gpus;
  std::vector<facts::RankMilestone> milestones;
  std::vector<facts::Note> notes;
  std::vector<std::string> secrets;
  std::string host;

  void add(facts::Event e) override { events.push_back(std::move(e)); }
  void add(facts::Setting s) override { settings.push_back(std::move(s)); }
  void add(facts::Snapshot s) override { snapshots.push_back(std::move(s)); }
  void add(facts::Gpu g) override { gpus.push_back(std::move(g)); }
  void add(facts::RankMilestone m) override { milestones.push_back(std::move(m)); }
  void add(facts::Note n) override { notes.push_back(std::move(n)); }
  void document_host(std::string_view h) override { host = h; }
  void secret(std::string_view text) override { secrets.emplace_back(text); }

  std::vector<facts::Event> of_kind(std::string_view kind) const {
    std::vector<facts::Event> found;
    for (const auto& e : events)
      if (e.kind == kind) found.push_back(e);
    return found;
  }
  // Value of the first such setting, "" if none.
  std::string setting(std::string_view scope, std::string_view key, std::string_view subject = {}) const {
    for (const auto& s : settings)
      if (s.scope == scope && s.key == key && (subject.empty() || s.subject == subject)) return s.value;
    return {};
  }
  std::vector<facts::Snapshot> metric(std::string_view name) const {
    std::vector<facts::Snapshot> found;
    for (const auto& s : snapshots)
      if (s.metric == name) found.push_back(s);
    return found;
  }
};

inline void feed(parsers::LineParser& parser, std::string_view text, facts::Sink& sink) {
  const std::string_view whole = text;
  std::uint64_t number = 0;
  auto want = parsers::Want::gated;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto raw = text.substr(0, end);
    const auto at = static_cast<std::size_t>(raw.data() - whole.data());
    const auto before_size = std::min<std::size_t>(at, 256);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    ++number;
    bool gated = false;
    const auto lowered = text::lower(raw);
    for (auto gate : parser.gates()) gated |= lowered.find(text::lower(gate)) != std::string::npos;
    if (!gated && want == parsers::Want::gated) continue;
    std::string scratch;
    auto line = text::unwrap(number, raw, scratch);
    line.before = whole.substr(at - before_size, before_size);
    want = parser.line(line, sink);
  }
  parser.end(sink);
}

template <typename Parser>
RecordingSink parse(std::string_view text) {
  RecordingSink sink;
  Parser parser;
  feed(parser, text, sink);
  return sink;
}

}  // namespace gpm::test
