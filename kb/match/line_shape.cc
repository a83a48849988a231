// SPDX-License-Identifier: Apache-2.0
#include "kb/match/line_shape.h"

#include <re2/re2.h>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::kb {
namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// What stands for the placeholder whose conversion is `letter`; empty for one that is not known.
std::string_view pattern_of(char letter) {
  switch (letter) {
    case 's': return ".*";
    case 'd': case 'i': case 'u': return "[-+]?[0-9]+";
    case 'x': case 'X': return "(?:0x)?[0-9a-fA-F]+";
    case 'p': return "(?:0x)?(?:[0-9a-fA-F]+|\\(nil\\))";
    case 'f': case 'g': case 'e': return "(?:[-+]?[0-9]+(?:\\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|-?nan|-?inf)";
    case 'c': return ".";
    default: return {};
  }
}

class TemplateReader {
 public:
  LineShape read(std::string_view text) {
    while (!text.empty() && shape_.error.empty()) {
      const auto percent = text.find('%');
      literal_ += text.substr(0, percent);
      text.remove_prefix(std::min(percent, text.size()));
      if (!text.empty()) text.remove_prefix(placeholder(text));
    }
    end_literal(true);
    return std::move(shape_);
  }

 private:
  // Takes the placeholder at the start of `text`; its size.
  std::size_t placeholder(std::string_view text) {
    if (text.starts_with("%%")) {
      literal_ += '%';
      return 2;
    }
    const auto end = text.find_first_not_of("-+ #0123456789.*hlLqjzt", 1);
    const auto pattern = end == std::string_view::npos ? std::string_view() : pattern_of(text[end]);
    if (pattern.empty()) {
      shape_.error = "holds a '%' that begins no placeholder; write %% for the sign itself";
      return text.size();
    }
    end_literal(false);
    shape_.pattern += pattern;
    return end + 1;
  }

  void end_literal(bool last) {
    // In the middle of a word it would be another message: "Killed" in "OOMKilled".
    if (shape_.pattern.empty() && !literal_.empty() && is_word(literal_.front())) shape_.pattern += "\\b";
    shape_.pattern += RE2::QuoteMeta(text::piece(literal_));
    if (last && !literal_.empty() && is_word(literal_.back())) shape_.pattern += "\\b";
    shape_.literal_bytes += literal_.size();
    if (literal_.size() > shape_.anchor.size()) shape_.anchor = text::lower(literal_);
    literal_.clear();
  }

  LineShape shape_;
  std::string literal_;
};

}  // namespace

LineShape shape_of(const LineForm& form) {
  if (!form.text.empty()) return TemplateReader().read(form.text);
  return {std::string(form.pattern), text::lower(form.anchor), form.anchor.size(), {}};
}

}  // namespace gpm::kb
