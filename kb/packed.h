// SPDX-License-Identifier: Apache-2.0
//
// Knowledge in the binary, without pointers: as constant structs it would be fifty thousand of them, each to be relocated
// at each start, which takes a millisecond. A table is unpacked when it is first asked for.
//
// A packed table is numbers, seven bits a byte, the lowest first; the eighth bit says that more follow:
//
//   span      count, then the entries
//   entry     its fields in the order of kb/fields.h
//   string    size, and if that is not 0, offset in the text that all tables share
//   number    as it is (signed ones as 64 bits); enumerators and bools too; an optional one after 0 or 1
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "kb/fields.h"
#include "kb/model.h"

namespace gpm::kb {

template <typename Entry>
class Unpacked {
 public:
  // What kb-compiler wrote, not anything from outside. `text` must outlive this.
  Unpacked(const char* packed, const char* text) : at_(reinterpret_cast<const unsigned char*>(packed)), text_(text) { read(entries_); }
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;

  std::span<const Entry> entries() const { return entries_; }

 private:
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = *at_++;
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
  }

  void read(std::string_view& string) {
    if (const auto size = number(); size > 0) string = {text_ + number(), size};
  }
  template <typename Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
  void read(Number& value) {
    value = static_cast<Number>(number());
  }
  void read(std::optional<std::int64_t>& value) {
    if (number() != 0) value = static_cast<std::int64_t>(number());
  }
  template <typename Element>
  void read(std::span<const Element>& span) {
    const auto count = number();
    if (count == 0) return;
    auto* const elements = static_cast<Element*>(memory_.allocate(count * sizeof(Element), alignof(Element)));
    std::uninitialized_value_construct_n(elements, count);
    for (std::size_t i = 0; i < count; ++i) read(elements[i]);
    span = {elements, count};
  }
  template <typename Element>
    requires std::is_class_v<Element>
  void read(Element& entry) {
    std::apply([this](auto&... field) { (this->read(field), ...); }, fields_of(entry));
  }

  const unsigned char* at_;
  const char* text_;
  std::pmr::monotonic_buffer_resource memory_{std::size_t{64} << 10};
  std::span<const Entry> entries_;
};

// For Table: `packed` and `text` are arrays of static storage.
template <typename Entry, const auto& packed, const auto& text>
std::span<const Entry> unpacked() {
  static const Unpacked<Entry> table(packed, text);
  return table.entries();
}

}  // namespace gpm::kb
