// SPDX-License-Identifier: Apache-2.0
#include "kb/build_model.h"

#include "kb/words.h"

namespace gpm::kb {

std::string_view ModelBuilder::keep(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  char* copy = static_cast<char*>(memory_.allocate(text.size(), 1));
  std::copy(text.begin(), text.end(), copy);
  return {copy, text.size()};
}

Text ModelBuilder::text(const Node* node) {
  if (node == nullptr) {
    return {};
  }
  return {.en = keep(node->text_of("en")), .zh = keep(node->text_of("zh"))};
}

std::span<const std::string_view> ModelBuilder::strings(const std::vector<Node>& items) {
  std::vector<std::string_view> views;
  views.reserve(items.size());
  for (const Node& item : items) {
    views.push_back(keep(item.text));
  }
  return keep(views);
}

Signal ModelBuilder::signal(const Node& node) {
  Signal signal;
  signal.id = keep(node.text_of("id"));
  signal.title = text(node.get("title"));
  signal.role = value_of(role_words, node.text_of("role"));
  signal.pattern = keep(node.text_of("pattern"));
  signal.gates = strings(node.items_of("gates"));
  signal.query = keep(node.text_of("query"));
  signal.computed = keep(node.text_of("computed"));
  if (const Node* when = node.get("when")) {
    signal.all = strings(when->items_of("all"));
    signal.any = strings(when->items_of("any"));
    signal.none = strings(when->items_of("none"));
  }
  signal.examples = strings(node.items_of("examples"));
  signal.near_misses = strings(node.items_of("near_misses"));
  signal.references = strings(node.items_of("references"));
  return signal;
}

Fix ModelBuilder::fix(const Node& node) {
  Fix fix;
  fix.act = text(node.get("act"));
  fix.where = keep(node.text_of("where"));
  fix.kind = value_of(fix_kind_words, node.text_of("kind"));
  fix.risk = value_of(risk_words, node.text_of("risk"));
  fix.risk_note = text(node.get("risk_note"));
  fix.commands = strings(node.items_of("commands"));
  std::vector<Check> checks;
  for (const Node& each : node.items_of("verify")) {
    checks.push_back({.look = text(each.get("look")), .command = keep(each.text_of("command"))});
  }
  fix.verify = keep(checks);
  fix.references = strings(node.items_of("references"));
  return fix;
}

Cause ModelBuilder::cause(const Node& node) {
  Cause cause;
  cause.id = keep(node.text_of("id"));
  cause.group = keep(node.text_of("group"));
  cause.title = text(node.get("title"));
  cause.explanation = text(node.get("explanation"));
  cause.prior = value_of(prior_words, node.text_of("prior"));
  const Node* symptom = node.get("symptom");
  cause.symptom = symptom != nullptr && symptom->flag;
  cause.hardware = value_of(hardware_words, node.text_of("hardware"));
  std::vector<Use> uses;
  if (const Node* signals = node.get("signals")) {
    for (const std::string_view side : {"for", "against"}) {
      for (const Node& each : signals->items_of(side)) {
        uses.push_back({.signal = keep(each.text_of("signal")),
                        .weight = value_of(weight_words, each.text_of("weight")),
                        .family = keep(each.text_of("family"))});
      }
    }
  }
  cause.uses = keep(uses);
  cause.explains = strings(node.items_of("explains"));
  cause.place = strings(node.items_of("place"));
  std::vector<Fix> fixes;
  for (const Node& each : node.items_of("fixes")) {
    fixes.push_back(fix(each));
  }
  cause.fixes = keep(fixes);
  std::vector<Wanted> collect;
  for (const Node& each : node.items_of("collect")) {
    collect.push_back({.artefact = keep(each.text_of("artefact")), .why = text(each.get("why"))});
  }
  cause.collect = keep(collect);
  cause.references = strings(node.items_of("references"));
  return cause;
}

Artefact ModelBuilder::artefact(const Node& node) {
  return {.id = keep(node.text_of("id")),
          .what = text(node.get("what")),
          .command = keep(node.text_of("command")),
          .formats = strings(node.items_of("formats"))};
}

}  // namespace gpm::kb
