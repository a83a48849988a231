// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/json_values.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "parsers/text/counting_iterator.h"
#include "parsers/text/utf8.h"

namespace gpm::parsers::torch {
namespace {

constexpr std::size_t max_depth = 32;  // a dump has six levels

// The line that the lexer is in.
struct LineCount {
  std::uint32_t line = 1;
  void pass(char byte) { line += byte == '\n'; }
};

struct Events : nlohmann::json_sax<nlohmann::json> {
  explicit Events(const std::uint32_t& at) : line(at) {}

  bool place(Values::Id value) {
    auto& values = reading.values;
    if (values.full()) return stop("too many values");
    if (open.empty()) reading.root = value;
    else if (values.kind(open.back()) == Values::Kind::list) values.append(open.back(), value);
    else {
      values.append(open.back(), name);
      values.append(open.back(), value);
    }
    return true;
  }
  bool begin(Values::Id collection) {
    if (open.size() == max_depth) return stop("values nested too deep");
    if (!place(collection)) return false;
    open.push_back(collection);
    return true;
  }
  bool end() {
    open.pop_back();
    return true;
  }
  bool stop(std::string_view what) {
    reading.note = fmt::format("the JSON text has {}; what came before line {} is used", what, line);
    return false;
  }

  bool null() override { return place(Values::none); }
  bool boolean(bool value) override { return place(reading.values.add_boolean(value, line)); }
  bool number_integer(number_integer_t value) override { return place(reading.values.add_integer(value, line)); }
  bool number_unsigned(number_unsigned_t value) override {
    return place(reading.values.add_integer(static_cast<std::int64_t>(value), line));
  }
  bool number_float(number_float_t value, const string_t&) override { return place(reading.values.add_real(value, line)); }
  bool string(string_t& value) override { return place(reading.values.add_text(value, line)); }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return begin(reading.values.add_map(line)); }
  bool key(string_t& value) override {
    name = reading.values.add_text(value, line);
    return !reading.values.full() || stop("too many values");
  }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override { return begin(reading.values.add_list(line)); }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    reading.note = fmt::format("the JSON text ends or is damaged in line {}; what came before is used", line);
    return false;
  }

  const std::uint32_t& line;
  ValueReading reading;
  std::vector<Values::Id> open;
  Values::Id name = Values::none;
};

}  // namespace

ValueReading read_json_values(std::string_view text) {
  const std::string valid = text::valid_utf8(text);  // the lexer refuses a document for one invalid byte
  LineCount count;
  Events events(count.line);
  const text::CountingIterator begin(valid.data(), &count), end(valid.data() + valid.size(), &count);
  nlohmann::json::sax_parse(begin, end, &events);
  return std::move(events.reading);
}

}  // namespace gpm::parsers::torch
