// SPDX-License-Identifier: Apache-2.0
//
// An iterator over bytes that tells a counter of each byte it passes, so that whoever handles the events of a parser that
// reads through it knows where the parser is. The counter is shared by all copies: for readers that never go back.
#pragma once

#include <cstddef>
#include <iterator>

namespace gpm::text {

// `Counter` has `void pass(char byte)`.
template <typename Counter>
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, Counter* counter) : at_(at), counter_(counter) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    counter_->pass(*at_);
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    auto old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  Counter* counter_;
};

}  // namespace gpm::text
