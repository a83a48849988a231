// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/values.h"

#include <chrono>
#include <cmath>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/line.h"

namespace gpm::container {
namespace {

constexpr std::size_t max_arguments = 256;
constexpr double max_bytes = 9.2e18;  // just below 2^63

std::optional<std::int64_t> scaled(std::string_view number, double unit) {
  if (number.empty() || number.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  if (unit == 1)
    if (const auto whole = text::integer(number)) return whole;
  double mantissa = 0;
  const auto exponent = number.find_first_of("eE");
  const auto value = text::leading_number(number.substr(0, exponent));
  if (!value) return std::nullopt;
  mantissa = *value * unit;
  if (exponent != std::string_view::npos) {
    const auto power = text::integer(number.substr(exponent + 1));
    if (!power || *power < -30 || *power > 30) return std::nullopt;
    mantissa *= std::pow(10.0, static_cast<double>(*power));
  }
  if (!(mantissa >= 0) || mantissa > max_bytes) return std::nullopt;
  return static_cast<std::int64_t>(mantissa);
}

// State of one pass over a command line.
class Splitter {
 public:
  Splitter(std::string_view text, Mark at, std::size_t max_words) : text_(text), at_(at), max_words_(max_words) {}

  std::vector<Word> run(std::string_view* rest) {
    while (i_ < text_.size() && words_.size() < max_words_ && step()) {
    }
    flush();
    if (rest) *rest = text_.substr(std::min(i_, text_.size()));
    return std::move(words_);
  }

 private:
  // Takes one character, quoted part or expansion; false at the command's end.
  bool step() {
    const char c = text_[i_];
    if (c == '\\') return backslash();
    if (c == '\n' || c == '\r') return c == '\r' ? (advance(), true) : false;
    if (text::is_blank(c)) {
      flush();
      advance();
      return true;
    }
    if (c == ';' || c == '|' || c == '&' || c == '<' || c == '>') {
      // `2>&1` and `&>log`: the digit before is not an argument.
      if (in_word_ && word_.text.size() == 1 && text::starts_with_digit(word_.text) && (c == '<' || c == '>'))
        in_word_ = false;
      return false;
    }
    if (c == '#' && !in_word_) return false;
    begin();
    if (c == '\'' || c == '"') {
      quoted(c);
    } else if (c == '$' && i_ + 1 < text_.size() && (text_[i_ + 1] == '(' || text_[i_ + 1] == '{')) {
      expansion();
    } else {
      word_.text += c;
      advance();
    }
    return true;
  }

  bool backslash() {
    // Blanks between the backslash and the line's end come from pasting; the continuation was meant.
    std::size_t next = i_ + 1;
    while (next < text_.size() && (text::is_blank(text_[next]) || text_[next] == '\r')) ++next;
    if (next >= text_.size() || text_[next] == '\n') {
      flush();
      while (i_ <= next && i_ < text_.size()) advance();
      return true;
    }
    advance();
    begin();
    word_.text += text_[i_];
    advance();
    return true;
  }

  void quoted(char quote) {
    advance();
    while (i_ < text_.size() && text_[i_] != quote) {
      if (quote == '"' && text_[i_] == '\\' && i_ + 1 < text_.size()) {
        advance();
        if (text_[i_] == '\n') {
          advance();
          continue;
        }
        if (text_[i_] != '"' && text_[i_] != '\\' && text_[i_] != '$' && text_[i_] != '`') word_.text += '\\';
      }
      word_.text += text_[i_];
      advance();
    }
    if (i_ < text_.size()) advance();
  }

  void expansion() {
    std::size_t depth = 0;
    do {
      const char c = text_[i_];
      if (c == '(' || c == '{') ++depth;
      if ((c == ')' || c == '}') && depth > 0) --depth;
      if (c == '\n') return;
      word_.text += c;
      advance();
    } while (i_ < text_.size() && (depth > 0 || word_.text.back() == '$'));
  }

  void begin() {
    if (in_word_) return;
    in_word_ = true;
    word_ = {{}, at_};
  }
  void flush() {
    if (in_word_) words_.push_back(std::move(word_));
    in_word_ = false;
    word_ = {};
  }
  void advance() {
    ++at_.column;
    if (text_[i_] == '\n') {
      ++at_.line;
      at_.column = 0;
    }
    ++i_;
  }

  std::string_view text_;
  Mark at_;
  std::size_t max_words_, i_ = 0;
  std::vector<Word> words_;
  Word word_;
  bool in_word_ = false;
};

std::string argument_name(std::string_view written) {
  std::string name(written);
  for (char& c : name)
    if (c == '_') c = '-';
  if (name == "tp" || name == "tp-size") return "tensor-parallel-size";
  if (name == "pp" || name == "pp-size") return "pipeline-parallel-size";
  if (name == "dp" || name == "dp-size") return "data-parallel-size";
  return name;
}

// Name of the option that this word is, without hyphens; empty if it is none.
std::string_view option_name(std::string_view word) {
  const auto equals = word.find('=');
  auto name = word.substr(0, equals);
  if (name.starts_with("--")) {
    name.remove_prefix(2);
  } else if (name == "-tp" || name == "-pp" || name == "-dp") {
    name.remove_prefix(1);
  } else {
    return {};
  }
  if (name.empty() || name.size() > 64) return {};
  for (char c : name)
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
      return {};
  return name;
}

}  // namespace

std::optional<std::int64_t> kubernetes_bytes(std::string_view text) {
  text = text::trim(text);
  struct Suffix {
    std::string_view text;
    double unit;
  };
  constexpr Suffix suffixes[] = {{"Ki", 1024.0}, {"Mi", 1048576.0}, {"Gi", 1073741824.0}, {"Ti", 1099511627776.0},
                                 {"Pi", 1125899906842624.0}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12},
                                 {"P", 1e15}, {"m", 1e-3}};
  for (const auto& suffix : suffixes)
    if (text.ends_with(suffix.text)) return scaled(text.substr(0, text.size() - suffix.text.size()), suffix.unit);
  return scaled(text, 1);
}

std::optional<std::int64_t> docker_bytes(std::string_view text) {
  const std::string lowered = text::lower(text::trim(text));
  std::string_view number = lowered;
  if (number.ends_with("ib")) {
    number.remove_suffix(2);
  } else if (number.ends_with("b")) {
    number.remove_suffix(1);
  }
  double unit = 1;
  constexpr std::string_view letters = "kmgtp";
  if (!number.empty())
    if (const auto power = letters.find(number.back()); power != std::string_view::npos) {
      unit = std::pow(1024.0, static_cast<double>(power + 1));
      number.remove_suffix(1);
    }
  return scaled(text::trim(number), unit);
}

std::optional<std::int64_t> rfc3339_ns(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const auto year = text::integer(text.substr(0, 4)), month = text::integer(text.substr(5, 2)),
             day = text::integer(text.substr(8, 2)), hour = text::integer(text.substr(11, 2)),
             minute = text::integer(text.substr(14, 2)), second = text::integer(text.substr(17, 2));
  if (!year || !month || !day || !hour || !minute || !second || *year < 1970 || *year > 2200) return std::nullopt;
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::year{static_cast<int>(*year)}, chrono::month{static_cast<unsigned>(*month)},
                                    chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59 || *second < 0 || *second > 60)
    return std::nullopt;
  std::int64_t seconds = chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86400} + *hour * 3600 +
                         *minute * 60 + *second;
  auto rest = text.substr(19);
  std::int64_t fraction = 0, unit = 1'000'000'000;
  if (rest.starts_with(".")) {
    rest.remove_prefix(1);
    while (text::starts_with_digit(rest)) {
      if (unit > 1) fraction += (rest[0] - '0') * (unit /= 10);
      rest.remove_prefix(1);
    }
  }
  if (rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':') {
    const auto hours = text::integer(rest.substr(1, 2)), minutes = text::integer(rest.substr(4, 2));
    if (!hours || !minutes || *hours < 0 || *hours > 23 || *minutes < 0 || *minutes > 59) return std::nullopt;
    seconds -= (rest[0] == '+' ? 1 : -1) * (*hours * 3600 + *minutes * 60);
  } else if (rest != "Z" && rest != "z") {
    return std::nullopt;
  }
  return seconds * 1'000'000'000 + fraction;
}

std::vector<Word> shell_words(std::string_view text, Mark at, std::string_view* rest, std::size_t max_words) {
  return Splitter(text, at, max_words).run(rest);
}

std::string joined(const std::vector<Word>& words) {
  std::string line;
  for (const auto& word : words) {
    if (line.size() > text::max_evidence_bytes) break;
    if (!line.empty()) line += ' ';
    const bool quote = word.text.empty() || (words.size() > 1 && word.text.find_first_of(" \t\n") != std::string::npos);
    if (quote) line += '\'';
    for (char c : std::string_view(word.text).substr(0, text::max_evidence_bytes)) line += c == '\n' || c == '\r' ? ' ' : c;
    if (quote) line += '\'';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  if (line.size() > text::max_evidence_bytes) line.resize(text::max_evidence_bytes);
  return line;
}

void add_arguments(const std::vector<Word>& words, std::vector<Stated>& settings) {
  std::size_t found = 0;
  const auto add = [&](const std::vector<Word>& argv) {
    for (std::size_t i = 0; i < argv.size() && found < max_arguments; ++i) {
      const std::string_view word = argv[i].text;
      const auto name = option_name(word);
      if (name.empty()) continue;
      std::string value = "true";
      if (const auto equals = word.find('='); equals != std::string_view::npos) {
        value = word.substr(equals + 1);
      } else if (i + 1 < argv.size()) {
        const std::string_view next = argv[i + 1].text;
        const bool option = next.starts_with("-") && !text::starts_with_digit(next.substr(1));
        if (!option && !next.empty()) value = next;
      }
      if (value.size() > text::max_evidence_bytes) value.resize(text::max_evidence_bytes);
      settings.push_back({"arg:" + argument_name(name), std::move(value), argv[i].at});
      ++found;
    }
  };
  add(words);
  for (const auto& word : words) {
    if (word.text.find(" -") == std::string::npos && word.text.find("\n") == std::string::npos) continue;
    std::string_view rest = word.text;
    for (std::size_t commands = 0; !rest.empty() && commands < 200 && found < max_arguments; ++commands) {
      auto inner = shell_words(rest, {0, 0}, &rest);
      if (!rest.empty()) rest.remove_prefix(1);
      for (auto& part : inner) part.at = word.at;
      add(inner);
    }
  }
}

bool truthy(std::string_view text) {
  const auto lowered = text::lower(text::trim(text));
  return lowered == "true" || lowered == "yes" || lowered == "on" || lowered == "1";
}

}  // namespace gpm::container
