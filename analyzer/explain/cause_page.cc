// SPDX-License-Identifier: Apache-2.0
//
// A cause as an analysis would report it, without a bundle: evidence by signal, fixes with commands to be filled in. And a
// signal: what it is and which causes use it.
#include "analyzer/explain/pages.h"
#include "analyzer/report/inert.h"
#include "kb/lookup.h"
#include "kb/words.h"

namespace gpm::explain {
namespace {

std::string signal_phrase(const Context& c, std::string_view id) {
  const auto* signal = find_signal(c.knowledge, id);
  return std::string(signal == nullptr ? id : c.words.text(signal->title));
}

void write_uses(const Context& c, const kb::Cause& cause, bool against) {
  bool first = true;
  for (const auto& use : cause.uses) {
    if ((use.weight == kb::Weight::against || use.weight == kb::Weight::rules_out) != against) continue;
    if (first) c.page.heading(c.words(against ? "against" : "evidence"));
    first = false;
    c.page.item(2, against ? "- " : "+ ",
                signal_phrase(c, use.signal) +
                    c.words.in_brackets(c.words.of("weight", kb::word_of(kb::weight_words, use.weight))));
  }
}

void write_fix(const Context& c, const kb::Fix& fix, std::size_t number) {
  const auto bullet = std::to_string(number) + ". ";
  c.page.item(2, bullet, c.words.text(fix.act));
  std::string kind = "[" + std::string(c.words.of("risk", kb::word_of(kb::risk_words, fix.risk)));
  if (fix.kind == kb::FixKind::workaround) kind += std::string(c.words.comma()) + std::string(c.words("fix-kind-workaround"));
  if (fix.where != "any") kind += std::string(c.words.comma()) + std::string(fix.where);
  kind += "]";
  if (!fix.risk_note.en.empty()) kind += " " + std::string(c.words.text(fix.risk_note));
  c.page.item(5, "", kind);
  for (const auto command : fix.commands) c.page.command(5, report::fill_command(command, {}));
  for (const auto& check : fix.verify) {
    c.page.item(5, std::string(c.words("check")) + std::string(c.words.colon()), c.words.text(check.look));
    if (!check.command.empty()) c.page.command(5, report::fill_command(check.command, {}));
  }
}

}  // namespace

void write_cause(const Context& c, const kb::Cause& cause) {
  c.page.title(c.words.text(cause.title));
  c.page.item(0, "", std::string(cause.id) + " · " + std::string(cause.group));
  c.page.blank();
  c.page.item(0, "", c.words.text(cause.explanation));
  write_uses(c, cause, false);
  write_uses(c, cause, true);
  if (!cause.explains.empty()) {
    c.page.heading(c.words("explains"));
    for (const auto id : cause.explains) c.page.item(2, "", signal_phrase(c, id));
  }
  c.page.heading(c.words("fixes"));
  for (std::size_t i = 0; i < cause.fixes.size(); ++i) write_fix(c, cause.fixes[i], i + 1);
  c.page.item(2, "", c.words("commands-note"));
  if (!cause.collect.empty()) {
    c.page.heading(c.words("collect"));
    for (const auto& wanted : cause.collect)
      c.page.item(2, "", std::string(wanted.artefact) + std::string(c.words.colon()) + std::string(c.words.text(wanted.why)));
  }
  c.page.heading(c.words("references"));
  for (const auto url : cause.references) c.page.reference(url);
}

void write_signal(const Context& c, const kb::Signal& signal) {
  c.page.title(c.words.text(signal.title));
  c.page.item(0, "", signal.id);
  c.page.blank();
  c.page.field(c.words("role"), c.words.of("role", kb::word_of(kb::role_words, signal.role)));
  c.page.field(c.words("raised-by"), c.words.of("raised-by", !signal.pattern.empty()    ? "pattern"
                                                             : !signal.query.empty()    ? "query"
                                                             : !signal.computed.empty() ? "computed"
                                                             : !signal.topic.empty()    ? "topic"
                                                                                        : "when"));
  c.page.heading(c.words("uses"));
  bool used = false;
  for (const auto& cause : c.knowledge.causes)
    for (const auto& use : cause.uses)
      if (use.signal == signal.id) {
        used = true;
        c.page.item(2, "", std::string(cause.id) +
                               c.words.in_brackets(c.words.of("weight", kb::word_of(kb::weight_words, use.weight))) +
                               std::string(c.words.colon()) + std::string(c.words.text(cause.title)));
      }
  if (!used) c.page.item(2, "", c.words("no-use"));
  if (!signal.examples.empty()) {
    c.page.heading(c.words("example"));
    for (const auto example : signal.examples) c.page.quote(example);
  }
  c.page.heading(c.words("references"));
  for (const auto url : signal.references) c.page.reference(url);
}

}  // namespace gpm::explain
