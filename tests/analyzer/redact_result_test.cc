// SPDX-License-Identifier: Apache-2.0
//
// No field of a result is forgotten: each text of it is a secret, and no view may show it.
#include "analyzer/redact/result.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"

namespace gpm::redact {
namespace {

constexpr const char* token = "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";

std::string all_views(const report::Result& result) {
  std::ostringstream out;
  report::write_json(result, out);
  report::write_html(result, out);
  report::write_markdown(result, out);
  report::write_terminal(result, {.top = 9, .explain_ranking = true}, out);
  return out.str();
}

report::Result made_of(const std::string& text) {
  auto result = report::result_made_of(text, "en");
  // What comes from our own vocabulary, from the knowledge base, or is kept by its looks.
  result.tool_version = result.knowledge_date = "1";
  const auto ours = [](auto&... fields) { ((fields = "x"), ...); };
  const auto gpu = [&](report::Gpu& g) { ours(g.pci, g.uuid, g.serial, g.name); };
  for (auto& g : result.gpus) {
    gpu(g);
    for (auto& r : g.readings) ours(r.metric, r.unusual);
  }
  for (auto& t : result.topologies) {
    for (auto& d : t.devices) ours(d.name, d.pci, d.numa, d.cpus);
    for (auto& l : t.links) ours(l.type);
  }
  for (auto& u : result.usage) {
    ours(u.time);
    for (auto& g : u.gpus) ours(g.pci);
  }
  for (auto& s : result.settings) ours(s.scope, s.signal, s.signal_title);
  for (auto& d : result.documents) ours(d.format, d.status);
  for (auto& m : result.timeline) ours(m.time, m.boot_time, m.time_from, m.kind, m.title, m.source);
  for (auto& h : result.hosts)
    for (auto& fact : h.facts) ours(fact.first);
  for (auto& h : result.hosts)
    for (auto& name : h.unusual) ours(name);
  for (auto& c : result.communicators) {
    ours(c.state);
    for (auto& r : c.ranks) ours(r.phase, r.pci);
    for (auto& g : c.groups) ours(g.ranks, g.state, g.phase, g.pci);
  }
  for (auto& c : result.causes) {
    ours(c.id, c.title);
    for (auto& g : c.where.gpus) gpu(g);
    for (auto& e : c.evidence) ours(e.signal, e.signal_title, e.time, e.time_from);
    for (auto& s : c.explains) ours(s);
    for (auto& r : c.references) ours(r);
    for (auto& f : c.fixes) {
      ours(f.act, f.where, f.kind, f.risk, f.risk_note);
      for (auto& check : f.verify) ours(check.look);
      for (auto& r : f.references) ours(r);
    }
  }
  return result;
}

TEST(RedactedResult, HasNoFieldThatWasForgotten) {
  const std::string text = std::string("login with ") + token + " failed";
  auto result = made_of(text);
  ASSERT_NE(all_views(result).find(token), std::string::npos);
  Redactor redactor;
  redact(result, redactor);
  const auto all = all_views(result);
  const auto at = all.find(token);
  EXPECT_EQ(at, std::string::npos) << all.substr(at == std::string::npos ? 0 : at - std::min<std::size_t>(at, 300), 400);
}

TEST(RedactedResult, HostsAreRedactedInEveryPlace) {
  auto result = made_of("gpu-07");
  Redactor redactor;
  redactor.know("gpu-07", Kind::host);
  redact(result, redactor);
  EXPECT_EQ(all_views(result).find("gpu-07"), std::string::npos);
}

}  // namespace
}  // namespace gpm::redact
