// SPDX-License-Identifier: Apache-2.0
//
// Plain values as a pickle or a JSON text gives them: a graph in one arena, addressed by number.
//
// A pickle refers to one value many times, and a hostile one makes a list that holds itself or a page that unfolds to
// terabytes. So nothing here is ever unfolded or walked to its end: readers ask for one item of one value at a time, and
// look-ups in a map go no further than max_keys. There is no recursion, neither in reading nor in destruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::parsers::torch {

class Values {
 public:
  using Id = std::uint32_t;
  enum class Kind : std::uint8_t { none, boolean, integer, real, text, list, map };

  // A dump of 20,000 collectives has about 700,000 values; one takes 16 bytes, a list or map 24 more.
  static constexpr std::size_t max_values = 1'000'000;
  // Keys of a map that find() looks at; an entry has 25.
  static constexpr std::size_t max_keys = 64;
  static constexpr Id none = 0;  // Python's None, and what is not there

  Values() { all_.push_back({}); }

  // `none` once max_values are there; full() tells.
  Id add_boolean(bool value, std::uint32_t line) { return add(Kind::boolean, value ? 1 : 0, line); }
  Id add_integer(std::int64_t value, std::uint32_t line) { return add(Kind::integer, value, line); }
  Id add_real(double value, std::uint32_t line);
  Id add_text(std::string_view value, std::uint32_t line);
  Id add_list(std::uint32_t line) { return add_collection(Kind::list, line); }
  Id add_map(std::uint32_t line) { return add_collection(Kind::map, line); }
  bool full() const { return full_; }

  // To the end of a list; to a map a key and then its value. Nothing else takes items.
  void append(Id collection, Id item);

  Kind kind(Id value) const { return all_[value].kind; }
  // Line of the document on which the value begins, from 1.
  std::uint32_t line(Id value) const { return all_[value].line; }
  // Empty where it is no text.
  std::string_view text(Id value) const;
  // Also of a text that is a number: JSON dumps write the status so.
  std::optional<std::int64_t> integer(Id value) const;
  bool is_true(Id value) const;
  // Of a list its items; of a map key, value, key, value ...; else empty.
  std::span<const Id> items(Id value) const;
  // Value of a map's key; `none` where there is none.
  Id find(Id map, std::string_view key) const;

 private:
  struct Value {
    std::int64_t payload = 0;  // number; of a text start << 24 | length; of a collection its index
    std::uint32_t line = 0;
    Kind kind = Kind::none;
  };

  Id add(Kind kind, std::int64_t payload, std::uint32_t line);
  Id add_collection(Kind kind, std::uint32_t line);

  std::vector<Value> all_;
  std::vector<std::vector<Id>> collections_;
  std::string texts_;
  bool full_ = false;
};

// What became of a document.
struct ValueReading {
  Values values;
  Values::Id root = Values::none;
  std::string note;      // empty if all was read; else one sentence, lower case, no full stop
  bool refused = false;  // it holds what no dump has; nothing of it is to be used
};

}  // namespace gpm::parsers::torch
