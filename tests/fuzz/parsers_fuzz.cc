// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a document: every parser sees every line, whatever its gates, and every tree parser the whole.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "parsers/registry.h"
#include "parsers/text/fields.h"
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
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  CheckingSink sink;
  const auto parsers = gpm::parsers::make_line_parsers();
  std::string scratch;
  for (auto raw : gpm::text::split(document, '\n')) {
    ++sink.lines;
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    const auto line = gpm::text::unwrap(sink.lines, raw, scratch);
    for (const auto& parser : parsers) parser->line(line, sink);
  }
  for (const auto& parser : parsers) parser->end(sink);
  for (const auto& parser : gpm::parsers::make_tree_parsers())
    if (parser->sniff(document.substr(0, 4096), "x")) parser->parse(document, sink);
  return 0;
}
