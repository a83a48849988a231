// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "analyzer/explain/observe.h"
#include "analyzer/explain/pages.h"
#include "kb/lookup.h"
#include "kb/words.h"

namespace gpm::explain {
namespace {

constexpr std::size_t causes_shown = 8;

// How people write the family in front of the number.
std::string label_of(const kb::Code& code) {
  constexpr std::pair<std::string_view, std::string_view> labels[] = {
      {"xid", "Xid"},         {"sxid", "SXid"}, {"cuda", "CUDA"},         {"nccl", "NCCL"},
      {"dcgm", "DCGM"},       {"exit", "exit"}, {"rm-init", "RmInit"},    {"nv-status", "NV_STATUS"},
      {"link-down", "reason"}, {"signal", "signal"}, {"recovery", "recovery action"}};
  for (const auto& [family, label] : labels)
    if (family == code.family) return std::string(label);
  return std::string(code.family);
}

// The number as the knowledge writes it: 0x26 where people see it so.
std::string_view number_of(const kb::Code& code) { return code.id.substr(code.family.size() + 1); }

void replace_all(std::string& text, std::string_view mark, std::string_view value) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
}

// A line as it stands in a log: the code's own, or the family's with the number and the text filled in.
std::string example_of(const kb::Knowledge& knowledge, const kb::Code& code) {
  if (!code.example.empty()) return std::string(code.example);
  const auto* family = find_family(knowledge, code.family);
  if (family == nullptr || family->example.empty()) return {};
  std::string line(family->example);
  if (line.find("{message}") != std::string::npos && code.message.empty()) return {};
  replace_all(line, "{message}", code.message);
  replace_all(line, "{code}", number_of(code));
  return line;
}

// What is known from the fields alone: whose matter it is, how bad, how far it reaches.
void write_fields(const Context& c, const kb::Code& code) {
  c.page.field(c.words("fault"), c.words.of("fault", code.fault));
  c.page.field(c.words("severity"), c.words.of("severity", code.severity));
  c.page.field(c.words("scope"), c.words.of("scope", code.scope));
  c.page.field(c.words("sticky"), c.words.of("sticky", code.sticky));
}

void write_bucket(const Context& c, std::string_view label, std::string_view id) {
  if (id.empty()) return;
  const auto* bucket = find_bucket(c.knowledge, id);
  const auto text = bucket == nullptr ? std::string_view() : c.words.text(bucket->text);
  c.page.field(c.words(label), std::string(id) + (text.empty() ? "" : std::string(c.words.colon()) + std::string(text)));
}

void write_related(const Context& c, const kb::Code& code) {
  if (code.related.empty()) return;
  std::string list;
  for (const auto id : code.related)
    if (const auto* other = find_code_by_id(c.knowledge, id))
      list += (list.empty() ? "" : std::string(c.words.semicolon())) + heading_of(c.words, *other);
  c.page.field(c.words("related"), list);
}

void write_signals_and_causes(const Context& c, const kb::Code& code) {
  const auto line = example_of(c.knowledge, code);
  if (line.empty()) return;
  c.page.heading(c.words("example"));
  c.page.quote(line);
  if (!c.style.with_causes) return;
  const auto seen = observe(line, c.knowledge);
  if (seen.signals.empty()) return;
  c.page.heading(c.words("signals"));
  for (const auto* signal : seen.signals)
    c.page.item(2, "", std::string(signal->id) + " · " +
                           std::string(c.words.of("role", kb::word_of(kb::role_words, signal->role))));
  const auto spoken = speaks_for(c.knowledge, seen.signals);
  if (spoken.empty()) return;
  c.page.heading(c.words("causes"));
  write_spoken(c, 2, spoken, causes_shown);
}

// Causes that are named with the code: no line of a log tells an exit status from another.
void write_named_causes(const Context& c, const kb::Code& code) {
  if (code.causes.empty()) return;
  c.page.heading(c.words("named-causes"));
  for (const auto id : code.causes)
    if (const auto* cause = find_cause(c.knowledge, id))
      c.page.item(2, "", std::string(id) + std::string(c.words.colon()) + std::string(c.words.text(cause->title)));
}

}  // namespace

void write_spoken(const Context& c, std::size_t indent, const std::vector<Spoken>& spoken, std::size_t limit) {
  std::string against;
  std::size_t shown = 0, count_against = 0;
  for (const auto& [cause, use] : spoken) {
    if (is_against(use->weight)) {
      if (++count_against <= limit) against += (against.empty() ? "" : std::string(c.words.listed())) + std::string(cause->id);
    } else if (shown++ < limit) {
      c.page.item(indent, "+ ", std::string(cause->id) +
                                    c.words.in_brackets(c.words.of("weight", kb::word_of(kb::weight_words, use->weight))) +
                                    std::string(c.words.colon()) + std::string(c.words.text(cause->title)));
    }
  }
  if (count_against > limit) against += " " + c.words.with("and-more", {std::to_string(count_against - limit)});
  if (!against.empty()) c.page.item(indent, "- ", c.words.with("speaks-against", {against}));
}

std::string heading_of(const Words& words, const kb::Code& code) {
  return label_of(code) + " " + std::string(number_of(code)) + std::string(words.colon()) + std::string(words.text(code.title));
}

void write_code_in_short(const Context& c, const kb::Code& code) {
  c.page.blank();
  c.page.title(heading_of(c.words, code));
  c.page.field(c.words("means"), c.words.text(code.means));
  c.page.field(c.words("usually"), c.words.text(code.usually));
  if (code.means.en.empty()) write_fields(c, code);
  c.page.field(c.words("look"), c.words.text(code.look));
  c.page.field(c.words("act"), c.words.text(code.act));
  if (code.act.en.empty()) write_bucket(c, "immediate", code.immediate);
}

void write_code(const Context& c, const CodeHit& hit) {
  const auto& code = *hit.code;
  c.page.title(heading_of(c.words, code));
  std::string names;
  for (const auto name : code.names) names += (names.empty() ? "" : ", ") + std::string(name);
  if (!names.empty()) c.page.item(0, "", names);
  c.page.blank();
  if (hit.how == CodeHit::How::old_number)
    c.page.title(c.words.with("old-number", {std::to_string(hit.asked), number_of(code)}));
  if (hit.how == CodeHit::How::ending_signal) c.page.title(c.words.with("ending-signal", {std::to_string(hit.asked), number_of(code)}));
  c.page.field(c.words("means"), c.words.text(code.means));
  c.page.field(c.words("usually"), c.words.text(code.usually));
  c.page.field(c.words("look"), c.words.text(code.look));
  c.page.field(c.words("act"), c.words.text(code.act));
  write_fields(c, code);
  write_bucket(c, "immediate", code.immediate);
  write_bucket(c, "investigate", code.investigate);
  std::string applies;
  for (const auto chip : code.applies) {
    const auto word = c.words.of("applies", chip);
    applies += (applies.empty() ? "" : std::string(c.words.comma())) + std::string(word.empty() ? chip : word);
  }
  c.page.field(c.words("applies"), applies);
  c.page.field(c.words("message"), code.message);
  const auto* family = find_family(c.knowledge, code.family);
  if (family != nullptr) c.page.field(c.words("family"), c.words.text(family->title));
  write_related(c, code);
  if (code.doubtful) c.page.item(0, "", c.words("doubtful"));
  write_named_causes(c, code);
  write_signals_and_causes(c, code);
  c.page.heading(c.words("references"));
  for (const auto url : code.references) c.page.reference(url);
  if (family != nullptr)
    for (const auto url : family->references) c.page.reference(url);
}

}  // namespace gpm::explain
