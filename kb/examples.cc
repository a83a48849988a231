// SPDX-License-Identifier: Apache-2.0
#include "kb/examples.h"

#include "kb/folder.h"
#include "kb/schema.h"
#include "kb/yaml.h"

namespace gpm::kb {
namespace {

CauseExample example_of(const Node& node, std::string_view cause, bool near_miss) {
  CauseExample example{.cause = std::string(cause), .name = std::string(node.text_of("name")), .near_miss = near_miss};
  for (const Node& file : node.items_of("files")) {
    example.files.emplace(file.key, file.text);
  }
  return example;
}

}  // namespace

std::vector<CauseExample> load_examples(const std::string& folder, Problems& problems) {
  const Schema schema(embedded::cause_schema);
  std::vector<CauseExample> examples;
  for (const KnowledgeFile& file : read_folder(folder, problems)) {
    if (!file.path.starts_with("causes/")) {
      continue;
    }
    const std::optional<Node> tree = parse_yaml(file.text, file.path, problems);
    if (!tree || !schema.check(*tree, file.path, problems)) {
      continue;
    }
    for (const Node& node : tree->items_of("examples")) {
      examples.push_back(example_of(node, tree->text_of("id"), false));
    }
    for (const Node& node : tree->items_of("near_misses")) {
      examples.push_back(example_of(node, tree->text_of("id"), true));
    }
  }
  return examples;
}

}  // namespace gpm::kb
