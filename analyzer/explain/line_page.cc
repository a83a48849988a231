// SPDX-License-Identifier: Apache-2.0
//
// A line of a log: what is known of it, what the parsers take from it, which signals it raises and for what they speak, the
// codes in it, and the sub-codes of NVLink5 and of Xid 154.
#include <fmt/format.h>

#include <algorithm>

#include "analyzer/explain/nvlink5.h"
#include "analyzer/explain/observe.h"
#include "analyzer/explain/pages.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"
#include "kb/lookup.h"
#include "kb/match/line_index.h"
#include "kb/words.h"
#include "parsers/text/fields.h"

namespace gpm::explain {
namespace {

constexpr std::size_t codes_shown = 4, signals_shown = 20, causes_shown = 6, value_columns = 200;

// Which family the code of a kind of event belongs to.
std::string_view family_of(std::string_view kind) {
  constexpr std::pair<std::string_view, std::string_view> families[] = {
      {"kernel.xid", "xid"}, {"kernel.sxid", "sxid"}, {"cuda.error", "cuda"}, {"nccl.return", "nccl"}, {"app.signal", "signal"}};
  for (const auto& [each, family] : families)
    if (each == kind) return family;
  return {};
}

std::vector<const kb::Code*> codes_of(const kb::Knowledge& knowledge, const Fact& fact) {
  std::vector<const kb::Code*> codes;
  const auto add = [&](const kb::Code* code) {
    if (code != nullptr) codes.push_back(code);
  };
  if (const auto family = family_of(fact.kind); !family.empty()) {
    if (fact.code) add(find_code(knowledge, family, *fact.code));
    if (codes.empty() && !fact.value("name").empty()) add(find_code(knowledge, family, fact.value("name")));
  } else if (fact.kind == "app.exit" || fact.kind == "torch.elastic_failure") {
    if (fact.code)
      for (const auto& hit : exit_status(knowledge, *fact.code)) add(hit.code);
  } else if (fact.kind == "torch.dist_error") {
    add(find_code(knowledge, "nccl", fact.value("nccl_error")));
  } else if (fact.kind == "kernel.rm_init_failed") {
    const auto parts = text::split(fact.value("codes"), ':');
    for (std::size_t i = 0; i < 2 && parts.size() >= 2; ++i)
      if (const auto number = text::hexadecimal(parts[i]); number && *number <= 0xffffffffu)
        add(find_code(knowledge, i == 0 ? "rm-init" : "nv-status", static_cast<std::int64_t>(*number)));
  }
  if (const auto action = fact.value("recovery_action"); !action.empty())
    for (const auto& code : knowledge.codes)
      if (code.family == "recovery" && code.message == action) add(&code);
  return codes;
}

std::uint32_t word_of(std::string_view text) {
  const auto value = text::hexadecimal(text);
  return value && *value <= 0xffffffffu ? static_cast<std::uint32_t>(*value) : 0;
}

void write_fact(const Context& c, const Fact& fact) {
  std::string text = fact.kind;
  if (fact.code) text += " " + std::to_string(*fact.code);
  for (const auto& [key, value] : fact.values) text += "; " + key + "=" + report::cut(report::inert(value), value_columns);
  c.page.item(2, "", text);
}

void write_decoded(const Context& c, const Fact& fact) {
  if (fact.kind != "kernel.xid" || !fact.code || fact.value("intr_info").empty()) return;
  const LinkError error{*fact.code, fact.value("unit"), word_of(fact.value("intr_info")), word_of(fact.value("error_status"))};
  const auto decoded = decode(c.knowledge, error);
  c.page.heading(c.words("decoded"));
  if (!decoded) return c.page.item(2, "", c.words("no-decode"));
  if (!decoded->unit_agrees) c.page.item(2, "", c.words("by-words-alone"));
  if (const auto* row = decoded->row) {
    c.page.item(2, "", fmt::format("{} · intrInfo 0x{:08x}, {} 0x{:08x} · {}", decoded->unit(), error.intr_info,
                                   c.words("error-status"), error.error_status,
                                   c.words(decoded->layout == 1 ? "layout-1" : "layout-2")));
    c.page.field(c.words("severity"), std::string(c.words.of("severity", row->severity)) +
                                          (decoded->promoted ? c.words.in_brackets(c.words("promoted")) : ""));
    c.page.field(c.words("origin"), row->origin);
    for (const auto& [label, id] : {std::pair{"immediate", decoded->immediate()}, {"investigate", row->investigate}})
      if (const auto* bucket = find_bucket(c.knowledge, id))
        c.page.field(c.words(label), std::string(id) + std::string(c.words.colon()) + std::string(c.words.text(bucket->text)));
    c.page.field(c.words("effects"), c.words.text(row->effects));
  }
  if (decoded->down_reason) {
    const auto* code = find_code(c.knowledge, "link-down", *decoded->down_reason);
    c.page.field(c.words("link-down"), std::to_string(*decoded->down_reason) +
                                           (code == nullptr ? "" : std::string(c.words.colon()) + std::string(c.words.text(code->title))));
  }
}

void write_signals(const Context& c, const Seen& seen) {
  if (seen.signals.empty()) {
    if (!seen.facts.empty()) {
      c.page.blank();
      c.page.title(c.words("no-signal"));
    }
    return;
  }
  c.page.heading(c.words("signals"));
  for (std::size_t i = 0; i < std::min(seen.signals.size(), signals_shown); ++i) {
    const auto& signal = *seen.signals[i];
    c.page.item(2, "", signal.id);
    c.page.item(4, "", c.words.text(signal.title));
    c.page.item(4, "", c.words.of("role", kb::word_of(kb::role_words, signal.role)));
    write_spoken(c, 4, speaks_for(c.knowledge, {&signal}), causes_shown);
  }
}

std::string versions_of(const Context& c, const kb::LineForm& form) {
  if (form.since.empty() && form.until.empty()) return {};
  if (form.since.empty()) return c.words.with("until", {form.until});
  return form.until.empty() ? c.words.with("since", {form.since}) : c.words.with("from-until", {form.since, form.until});
}

void write_known(const Context& c, const kb::LineHit& hit) {
  const auto& line = *hit.line;
  c.page.heading(c.words("known-line"));
  c.page.item(2, "", line.id);
  c.page.field(c.words("means"), c.words.text(line.means));
  c.page.field(c.words("role"), c.words.of("role", kb::word_of(kb::role_words, line.role)));
  c.page.field(c.words("printed-by"), c.words.of("source", line.source));
  c.page.field(c.words("versions"), versions_of(c, *hit.form));
  if (!line.causes.empty()) {
    const bool harmless = line.role == kb::Role::benign || line.role == kb::Role::teardown;
    c.page.heading(c.words(harmless ? "points-to-if" : "points-to"));
    for (const auto id : line.causes)
      if (const auto* cause = find_cause(c.knowledge, id))
        c.page.item(2, "", std::string(id) + std::string(c.words.colon()) + std::string(c.words.text(cause->title)));
  }
  c.page.heading(c.words("references"));
  for (const auto url : line.references) c.page.reference(url);
}

}  // namespace

void write_line(const Context& c, std::string_view line) {
  const auto seen = observe(line, c.knowledge);
  c.page.title(c.words("line"));
  c.page.quote(line);
  kb::LineIndex lines(c.knowledge.lines);
  const auto hit = lines.find(line);
  if (hit.line != nullptr) write_known(c, hit);
  if (seen.facts.empty() && seen.signals.empty()) {
    if (hit.line != nullptr) return;
    c.page.blank();
    return c.page.title(c.words("nothing"));
  }
  if (!seen.facts.empty()) c.page.heading(c.words("facts"));
  for (const auto& fact : seen.facts) write_fact(c, fact);
  if (seen.facts_omitted > 0) c.page.item(2, "", c.words.with("more-facts", {std::to_string(seen.facts_omitted)}));
  write_signals(c, seen);
  std::vector<const kb::Code*> codes;
  for (const auto& fact : seen.facts) {
    write_decoded(c, fact);
    for (const auto* code : codes_of(c.knowledge, fact))
      if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  }
  for (std::size_t i = 0; i < std::min(codes.size(), codes_shown); ++i) write_code_in_short(c, *codes[i]);
}

}  // namespace gpm::explain
