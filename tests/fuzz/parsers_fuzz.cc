// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a document: every parser sees every message of every line, whatever its gates, and every tree parser the
// whole; then the clocks that the lines spoke of are put on one axis.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/store/timeline.h"
#include "parsers/registry.h"
#include "parsers/text/fields.h"
#include "parsers/text/log_record.h"
#include "parsers/text/utf16.h"
#include "parsers/text/wrapper.h"

namespace {

// Checks what every fact promises, and drops it.
struct CheckingSink : gpm::facts::Sink {
  std::uint64_t lines = 0;
  void check(const gpm::facts::Origin& at) {
    if (at.line == 0 || at.line > lines || at.text.size() > gpm::text::max_evidence_bytes) __builtin_trap();
  }
  void add(gpm::facts::Event e) override { check(e.at); }
  void add(gpm::facts::Setting s) override { check(s.at); }
  void add(gpm::facts::Snapshot s) override { check(s.at); }
  void add(gpm::facts::Gpu g) override { check(g.at); }
  void add(gpm::facts::RankMilestone m) override { check(m.at); }
  void add(gpm::facts::Note n) override {
    if (n.line > lines) __builtin_trap();
  }
  void document_host(std::string_view) override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gpm::text::ByteOrder order;
  std::string bytes(order.decode(std::string_view(reinterpret_cast<const char*>(data), size)));
  bytes += order.finish();
  const std::string_view document = bytes;
  const auto journal = gpm::text::journal_format(document.substr(0, 4096));
  if (gpm::text::last_record_end(document, journal) > document.size()) __builtin_trap();
  CheckingSink sink;
  gpm::store::DocumentClocks clocks;
  std::vector<gpm::facts::Time> times;
  const auto parsers = gpm::parsers::make_line_parsers();
  for (auto raw : gpm::text::split(document, '\n')) {
    ++sink.lines;
    const auto at = static_cast<std::size_t>(raw.data() - document.data());
    gpm::text::Surroundings around{document.substr(at - std::min<std::size_t>(at, 256), std::min<std::size_t>(at, 256)), {}};
    if (journal != gpm::text::JournalFormat::none) around.record = gpm::text::record_around(document, at, journal);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    gpm::text::each_message(sink.lines, raw, around, [&](const gpm::text::Line& line) {
      clocks.see(line);
      if (times.size() < 64) times.push_back(line.time);
      for (const auto& parser : parsers) parser->line(line, sink);
    });
  }
  for (const auto& parser : parsers) parser->end(sink);
  for (const auto& parser : gpm::parsers::make_tree_parsers())
    if (parser->sniff(document.substr(0, 4096), "x")) parser->parse(document, sink);
  const gpm::store::Timeline timeline({{std::move(clocks), "x", "h"}});
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto time = timeline.resolve(0, i + 1, times[i]);
    if (times[i].from == gpm::facts::TimeFrom::stated && time.utc_ns != times[i].utc_ns) __builtin_trap();
    timeline.not_before(0, i + 1, times[i].since_boot_ns);
  }
  return 0;
}
