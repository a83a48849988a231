// SPDX-License-Identifier: Apache-2.0
//
// The JSON Schemas of kb/schema/, as the program holds them, and a tree of YAML checked against one of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "kb/problem.h"
#include "kb/yaml.h"

// Texts of the schema files; put into the program by the build (cmake/embed.cmake).
namespace gpm::embedded {
extern const std::string_view cause_schema;
extern const std::string_view signals_schema;
extern const std::string_view artefacts_schema;
extern const std::string_view kb_schema;
extern const std::string_view codes_schema;
extern const std::string_view buckets_schema;
extern const std::string_view nvlink5_schema;
extern const std::string_view lines_schema;
}  // namespace gpm::embedded

namespace gpm::kb {

// One compiled schema; reusable for any number of trees.
class Schema {
 public:
  explicit Schema(std::string_view text);
  ~Schema();
  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;

  // True if the tree keeps to the schema; else adds what is wrong with it, each at its line.
  bool check(const Node& tree, const std::string& file, Problems& problems) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace gpm::kb
