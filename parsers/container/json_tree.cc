// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "parsers/container/tree.h"
#include "parsers/text/counting_iterator.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

// Where the lexer is: it reads through this iterator, one byte at a time, and never goes back.
struct Position {
  std::uint64_t line = 1;
  std::size_t line_begin = 0;
  std::size_t offset = 0;
  bool after_newline = false;  // the byte read last was a newline

  void pass(char byte) {
    ++offset;
    after_newline = byte == '\n';
    if (!after_newline) return;
    ++line;
    line_begin = offset;
  }
  // Mark of a token that ended with the byte read last (strings, brackets).
  Mark here() const {
    return {line, static_cast<std::uint32_t>(offset > line_begin ? offset - line_begin - 1 : 0)};
  }
  // Mark of a token of which the lexer must read one byte more to see its end (numbers).
  Mark before() const { return after_newline ? Mark{line - 1, 0} : here(); }
};

// Builds the tree from nlohmann's SAX events, which come from a parser with a stack of its own: no recursion, and the
// builder ends the parse before it is too deep.
struct JsonEvents : nlohmann::json_sax<nlohmann::json> {
  explicit JsonEvents(const Position& p) : position(p) {}

  bool null() override { return builder.scalar({}, position.here(), true); }
  bool boolean(bool value) override { return builder.scalar(value ? "true" : "false", position.here()); }
  bool number_integer(number_integer_t value) override { return builder.scalar(std::to_string(value), position.before()); }
  bool number_unsigned(number_unsigned_t value) override {
    return builder.scalar(std::to_string(value), position.before());
  }
  bool number_float(number_float_t, const string_t& written) override {
    return builder.scalar(written, position.before());
  }
  bool string(string_t& value) override { return builder.scalar(value, position.here()); }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return builder.begin(Node::Kind::mapping, position.here()); }
  bool key(string_t& value) override { return builder.key(value, position.here()); }
  bool end_object() override { return builder.end(); }
  bool start_array(std::size_t) override { return builder.begin(Node::Kind::sequence, position.here()); }
  bool end_array() override { return builder.end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    broken = true;
    return false;
  }

  const Position& position;
  TreeBuilder builder;
  bool broken = false;
};

}  // namespace

Tree read_json(std::string_view text, std::uint64_t first_line) {
  // The lexer refuses a document for one invalid byte; the rest of it would be lost.
  const std::string valid = text::valid_utf8(text);
  Position position;
  position.line = first_line;
  JsonEvents events(position);
  const text::CountingIterator begin(valid.data(), &position), end(valid.data() + valid.size(), &position);
  Tree tree;
  if (!nlohmann::json::sax_parse(begin, end, &events)) {
    tree.error = events.broken ? "JSON ends or is damaged here" : "JSON is " + events.builder.refusal();
    if (events.builder.refusal() == "too many values") tree.error = "JSON has too many values";
    tree.error_line = position.line;
  }
  tree.root = events.builder.take();
  return tree;
}

}  // namespace gpm::container
