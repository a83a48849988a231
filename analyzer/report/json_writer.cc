// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/json_writer.h"

#include <array>
#include <cmath>

#include "parsers/text/utf8.h"

namespace gpm::report {
namespace {

void append_unit(char32_t unit, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(digits[(unit >> shift) & 15]);
}

void append_escaped(char32_t code, std::string& out) {
  if (code < 0x10000) return append_unit(code, out);
  append_unit(0xD800 + ((code - 0x10000) >> 10), out);
  append_unit(0xDC00 + ((code - 0x10000) & 0x3FF), out);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  while (!text.empty()) {
    std::size_t plain = 0;  // most are: ASCII that is seen and stands for itself
    while (plain < text.size() && text[plain] >= ' ' && text[plain] <= '~' && text[plain] != '"' && text[plain] != '\\') ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto point = text::first_code_point(text);
    switch (point.value) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (point.valid && (text::is_control(point.value) || text::is_hidden(point.value)))
          append_escaped(point.value, out);
        else
          text::append_utf8(point.value, out);
    }
    text.remove_prefix(point.bytes);
  }
  out.push_back('"');
  return out;
}

}  // namespace

void JsonWriter::begin(char open, Layout layout) {
  separate();
  if (!levels_.empty() && levels_.back().layout == Layout::flat) layout = Layout::flat;
  out_ << open;
  levels_.push_back({open == '{' ? '}' : ']', layout});
}

void JsonWriter::end() {
  const auto level = levels_.back();
  levels_.pop_back();
  if (!level.empty && level.layout == Layout::lines) new_line();
  out_ << level.close;
  if (levels_.empty()) out_ << '\n';
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  out_ << '"' << name << "\": ";
  after_key_ = true;
  return *this;
}

void JsonWriter::value(std::string_view text) {
  separate();
  out_ << quoted(text);
}

void JsonWriter::value(bool truth) {
  separate();
  out_ << (truth ? "true" : "false");
}

void JsonWriter::null() {
  separate();
  out_ << "null";
}

void JsonWriter::chance(double share) {
  separate();
  const double bounded = !(share > 0) ? 0 : share > 1 ? 1 : share;
  const auto thousandths = std::lround(bounded * 1000);
  const auto decimals = std::to_string(1000 + thousandths % 1000);
  out_ << (thousandths / 1000 == 0 ? "0." : "1.") << std::string_view(decimals).substr(1);
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  auto& level = levels_.back();
  if (!level.empty) out_ << (level.layout == Layout::flat ? ", " : ",");
  level.empty = false;
  if (level.layout == Layout::lines) new_line();
}

void JsonWriter::new_line() { out_ << '\n' << std::string(2 * levels_.size(), ' '); }

}  // namespace gpm::report
