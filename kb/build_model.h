// SPDX-License-Identifier: Apache-2.0
//
// Trees that keep to their schema -> the structs of kb/model.h. Strings and arrays are copied into `memory`.
#pragma once

#include <algorithm>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "kb/model.h"
#include "kb/yaml.h"

namespace gpm::kb {

class ModelBuilder {
 public:
  explicit ModelBuilder(std::pmr::memory_resource& memory) : memory_(memory) {}

  Signal signal(const Node& node);
  Cause cause(const Node& node);
  Artefact artefact(const Node& node);
  CodeFamily family(const Node& node);
  Code code(const Node& node, std::string_view family);
  Bucket bucket(const Node& node);
  // `file` gives the source, and the references of a line that has none of its own.
  KnownLine known_line(const Node& node, const Node& file);
  LinkDecode link_decode(const Node& node, std::size_t row);  // `row` of its file makes the id

  std::string_view keep(std::string_view text);
  template <typename T>
  std::span<const T> keep(const std::vector<T>& values) {
    static_assert(std::is_trivially_destructible_v<T>, "the memory is freed without destructors");
    if (values.empty()) {
      return {};
    }
    T* copy = static_cast<T*>(memory_.allocate(values.size() * sizeof(T), alignof(T)));
    std::uninitialized_copy(values.begin(), values.end(), copy);
    return {copy, values.size()};
  }

 private:
  Text text(const Node* node);
  std::span<const std::string_view> strings(const std::vector<Node>& items);
  std::span<const std::string_view> strings(const std::vector<std::string>& texts);
  Fix fix(const Node& node);
  LineForm line_form(const Node& node);

  std::pmr::memory_resource& memory_;
};

}  // namespace gpm::kb
