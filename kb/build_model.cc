// SPDX-License-Identifier: Apache-2.0
#include "kb/build_model.h"

#include <charconv>
#include <string>
#include <system_error>

#include "kb/query_needs.h"
#include "kb/words.h"

namespace gpm::kb {
namespace {

// Decimal, or hexadecimal behind 0x; the schema has checked the digits. 0 where the number does not fit.
template <typename Integer>
Integer number_of(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  Integer number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, hexadecimal ? 16 : 10);
  return error == std::errc{} && end == digits.data() + digits.size() ? number : Integer{0};
}

}  // namespace

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

std::span<const std::string_view> ModelBuilder::strings(const std::vector<std::string>& texts) {
  std::vector<std::string_view> views;
  for (const std::string& text : texts) {
    views.push_back(keep(text));
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
  const Node* sampled = node.get("sampled");
  signal.sampled = sampled != nullptr && sampled->flag;
  signal.query = keep(node.text_of("query"));
  signal.needs = strings(query_needs(signal.query));
  signal.computed = keep(node.text_of("computed"));
  if (const Node* when = node.get("when")) {
    signal.all = strings(when->items_of("all"));
    signal.any = strings(when->items_of("any"));
    signal.none = strings(when->items_of("none"));
  }
  std::vector<Says> topic;
  for (const Node& each : node.items_of("topic")) {
    topic.push_back({.pattern = keep(each.text_of("says")), .weight = value_of(weight_words, each.text_of("weight"))});
  }
  signal.topic = keep(topic);
  signal.examples = strings(node.items_of("examples"));
  signal.near_misses = strings(node.items_of("near_misses"));
  signal.references = strings(node.items_of("references"));
  return signal;
}

Fix ModelBuilder::fix(const Node& node) {
  Fix fix;
  fix.signals = strings(node.items_of("signals"));
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
  cause.process = strings(node.items_of("process"));
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

CodeFamily ModelBuilder::family(const Node& node) {
  return {.id = keep(node.text_of("family")),
          .title = text(node.get("title")),
          .example = keep(node.text_of("example")),
          .references = strings(node.items_of("references"))};
}

Code ModelBuilder::code(const Node& node, std::string_view family) {
  Code code;
  code.family = family;
  code.id = keep(std::string(family) + "." + std::string(node.text_of("code")));
  code.number = number_of<std::int64_t>(node.text_of("code"));
  code.names = strings(node.items_of("names"));
  code.title = text(node.get("title"));
  code.message = keep(node.text_of("message"));
  if (node.get("old_code") != nullptr) {
    code.old_number = number_of<std::int64_t>(node.text_of("old_code"));
  }
  code.fault = keep(node.text_of("fault"));
  code.severity = keep(node.text_of("severity"));
  code.scope = keep(node.text_of("scope"));
  code.sticky = keep(node.text_of("sticky"));
  code.immediate = keep(node.text_of("immediate"));
  code.investigate = keep(node.text_of("investigate"));
  code.applies = strings(node.items_of("applies"));
  const Node* doubtful = node.get("doubtful");
  code.doubtful = doubtful != nullptr && doubtful->flag;
  code.means = text(node.get("means"));
  code.usually = text(node.get("usually"));
  code.look = text(node.get("look"));
  code.act = text(node.get("act"));
  code.related = strings(node.items_of("related"));
  code.causes = strings(node.items_of("causes"));
  code.example = keep(node.text_of("example"));
  code.references = strings(node.items_of("references"));
  return code;
}

Bucket ModelBuilder::bucket(const Node& node) {
  return {.id = keep(node.text_of("id")), .text = text(node.get("text"))};
}

LineForm ModelBuilder::line_form(const Node& node) {
  return {.text = keep(node.text_of("template")),
          .pattern = keep(node.text_of("pattern")),
          .anchor = keep(node.text_of("anchor")),
          .since = keep(node.text_of("since")),
          .until = keep(node.text_of("until")),
          .example = keep(node.text_of("example"))};
}

KnownLine ModelBuilder::known_line(const Node& node, const Node& file) {
  KnownLine line;
  line.id = keep(node.text_of("id"));
  line.source = keep(file.text_of("source"));
  line.role = value_of(role_words, node.text_of("role"));
  line.means = text(node.get("means"));
  line.causes = strings(node.items_of("causes"));
  std::vector<LineForm> forms{line_form(node)};
  for (const Node& each : node.items_of("also")) {
    forms.push_back(line_form(each));
  }
  line.forms = keep(forms);
  line.near_misses = strings(node.items_of("near_misses"));
  line.references = strings((node.get("references") != nullptr ? node : file).items_of("references"));
  return line;
}

LinkDecode ModelBuilder::link_decode(const Node& node, std::size_t row) {
  const auto layout = [&](std::string_view name, std::uint32_t& mask, std::uint32_t& value) {
    if (const Node* match = node.get(name)) {
      mask = number_of<std::uint32_t>(match->text_of("mask"));
      value = number_of<std::uint32_t>(match->text_of("value"));
    }
  };
  LinkDecode decode;
  const std::string number = std::to_string(row);
  const std::string zeros(5 - std::min<std::size_t>(5, number.size()), '0');  // so that ids are ordered as rows are
  decode.id = keep("nvlink5." + std::string(node.text_of("xid")) + "." + zeros + number);
  decode.xid = number_of<std::int64_t>(node.text_of("xid"));
  decode.unit_v1 = keep(node.text_of("unit_v1"));
  decode.unit_v2 = keep(node.text_of("unit_v2"));
  layout("v1", decode.mask_v1, decode.value_v1);
  layout("v2", decode.mask_v2, decode.value_v2);
  std::vector<std::uint32_t> statuses;
  for (const Node& each : node.items_of("statuses")) {
    statuses.push_back(number_of<std::uint32_t>(each.text));
  }
  decode.statuses = keep(statuses);
  decode.immediate = keep(node.text_of("immediate"));
  decode.investigate = keep(node.text_of("investigate"));
  decode.promoted = keep(node.text_of("promoted"));
  layout("promoted_v1", decode.promoted_mask_v1, decode.promoted_value_v1);
  layout("promoted_v2", decode.promoted_mask_v2, decode.promoted_value_v2);
  decode.severity = keep(node.text_of("severity"));
  decode.origin = keep(node.text_of("origin"));
  decode.effects = text(node.get("effects"));
  return decode;
}

}  // namespace gpm::kb
