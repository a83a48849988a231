// SPDX-License-Identifier: Apache-2.0
//
// Writes JSON as it goes: no tree is built, nothing but the nesting is kept. Objects and arrays are laid out over
// lines, or `flat` on one line where they are short; the bytes depend on nothing but the calls.
#pragma once

#include <concepts>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace gpm::report {

class JsonWriter {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}

  enum class Layout { lines, flat };
  void begin_object(Layout layout = Layout::lines) { begin('{', layout); }
  void begin_array(Layout layout = Layout::lines) { begin('[', layout); }
  void end();

  // The key of the next value; a literal of ours, written without escapes.
  JsonWriter& key(std::string_view name);

  // Invalid UTF-8 becomes U+FFFD. Controls and characters that hide or reorder text are written as \uNNNN, so that the
  // file can be shown on a terminal; whoever parses it gets them back.
  void value(std::string_view text);
  void value(bool truth);
  template <std::integral Number>
  void value(Number number) {
    separate();
    out_ << std::to_string(number);
  }
  void null();
  // Three decimals, "0.930"; what is no number between 0 and 1 becomes the nearest that is.
  void chance(double share);

 private:
  struct Level {
    char close;
    Layout layout;
    bool empty = true;
  };
  void begin(char open, Layout layout);
  void separate();
  void new_line();

  std::ostream& out_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace gpm::report
