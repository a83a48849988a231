// SPDX-License-Identifier: Apache-2.0
#include "kb/schema.h"

#define VALIJSON_USE_EXCEPTIONS 1
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "kb/utf8.h"

namespace gpm::kb {
namespace {

// valijson matches `pattern` with std::regex, which recurses for each character and would overflow the stack on a long
// string. No string with a pattern may be this long (maxLength), so a longer one is checked by its length alone: blanks
// stand in for it, which no pattern of ours takes.
constexpr std::size_t longest_for_patterns = 512;

nlohmann::json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::boolean:
      return node.flag;
    case Node::Kind::string:
      return node.text.size() <= longest_for_patterns ? node.text : std::string(length(node.text), ' ');
    case Node::Kind::list: {
      nlohmann::json list = nlohmann::json::array();
      for (const Node& item : node.items) {
        list.push_back(to_json(item));
      }
      return list;
    }
    case Node::Kind::map: {
      nlohmann::json map = nlohmann::json::object();
      for (const Node& item : node.items) {
        map[item.key] = to_json(item);
      }
      return map;
    }
    case Node::Kind::null:
      break;
  }
  return nullptr;
}

// The node that valijson's context ("<root>", "[fixes]", "[0]", "[verify]") leads to, and its path as people write it.
std::pair<const Node*, std::string> locate(const Node& root, const std::vector<std::string>& context) {
  const Node* node = &root;
  std::string path;
  for (std::size_t i = 1; i < context.size(); ++i) {
    const std::string name = context[i].substr(1, context[i].size() - 2);
    const Node* next = nullptr;
    if (node->kind == Node::Kind::list) {
      const std::size_t index = std::stoul(name);
      next = index < node->items.size() ? &node->items[index] : nullptr;
      path += "[" + name + "]";
    } else {
      next = node->get(name);
      path += (path.empty() ? "" : ".") + name;
    }
    if (next == nullptr) {
      break;
    }
    node = next;
  }
  return {node, path};
}

// "Failed to validate against schema associated with property name" and the like only repeat what is said of the child.
bool repeats_a_child(std::string_view description) {
  return description.starts_with("Failed to validate against schema associated with property") ||
         description.starts_with("Failed to validate item #") ||
         description.starts_with("Failed to validate against additional properties schema") ||
         description.starts_with("Failed to validate against child schema");
}

std::string in_plain_words(const std::string& description, const Node& node) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words{{
      {"Failed to match against any enum values.", "is none of the words allowed here"},
      {"Failed to match regex specified by 'pattern' constraint.", "is not of the form that it must have"},
      {"Failed to validate against exactly one child schema.",
       "needs exactly one of pattern, query, computed, when and topic"},
      {"More than one schema matched", "needs exactly one of pattern, query, computed, when and topic"},
      {"Failed to validate against any schemas allowed by anyOf constraint.", "needs all or any"},
      {"Value type not permitted by 'type' constraint.", "is of the wrong type (text, list, map or true/false)"},
  }};
  const std::string value = node.kind == Node::Kind::string ? quote(node.text) + " " : "";
  for (const auto& [theirs, ours] : words) {
    if (description.starts_with(theirs)) {
      return value + std::string(ours);
    }
  }
  return description;
}

}  // namespace

struct Schema::Compiled {
  valijson::Schema schema;
};

Schema::Schema(std::string_view text) : compiled_(std::make_unique<Compiled>()) {
  // The text is our own file, compiled in: a failure here is a defect of the build and ends the program.
  const nlohmann::json json = nlohmann::json::parse(text);
  const valijson::adapters::NlohmannJsonAdapter adapter(json);
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(adapter, compiled_->schema);
}
Schema::~Schema() = default;
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;

bool Schema::check(const Node& tree, const std::string& file, Problems& problems) const {
  const nlohmann::json json = to_json(tree);
  const valijson::adapters::NlohmannJsonAdapter adapter(json);
  valijson::Validator validator;
  // Most trees are right; only for a wrong one the (costly) collection of all that is wrong is worth it.
  if (validator.validate(compiled_->schema, adapter, nullptr)) {
    return true;
  }
  valijson::ValidationResults results;
  validator.validate(compiled_->schema, adapter, &results);
  valijson::ValidationResults::Error error;
  bool said = false;
  while (results.popError(error)) {
    const auto [node, path] = locate(tree, error.context);
    if (repeats_a_child(error.description)) {
      continue;
    }
    add(problems, {.file = file,
                   .line = node->line,
                   .reason = (path.empty() ? "" : path + ": ") + in_plain_words(error.description, *node)});
    said = true;
  }
  if (!said) {
    // valijson says nothing of propertyNames: names of files in examples are all that we have of it.
    add(problems, {.file = file, .line = tree.line, .reason = "names a file that is no plain relative path"});
  }
  return false;
}

}  // namespace gpm::kb
