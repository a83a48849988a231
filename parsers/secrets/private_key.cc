// SPDX-License-Identifier: Apache-2.0
#include "parsers/secrets/private_key.h"

#include <algorithm>
#include <array>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::parsers::secrets {
namespace {

constexpr int longest_key_lines = 400;        // RSA of 16,384 bits has 200
constexpr std::size_t full_line_bytes = 40;   // 64, 70 and 76 are usual
constexpr std::size_t short_line_bytes = 4;

bool is_base64(char c) { return text::is_letter(c) || text::is_digit(c) || c == '+' || c == '/' || c == '='; }

// The key's text in a line: its last word of base64, without what quotes it.
std::string_view key_text(std::string_view message) {
  message = text::trim(message);
  while (!message.empty() && text::contains("\"',\\", message.substr(message.size() - 1))) message.remove_suffix(1);
  if (message.ends_with("\\n")) message.remove_suffix(2);
  std::size_t begin = message.size();
  while (begin > 0 && is_base64(message[begin - 1])) --begin;
  return message.substr(begin);
}

// No word of a language: a short text in a key's last line is padded, or mixes letters of both cases with digits.
bool looks_random(std::string_view text) {
  if (text.ends_with('=')) return true;
  const auto any = [&](auto is) { return std::any_of(text.begin(), text.end(), is); };
  return text.size() >= 8 && any([](char c) { return text::is_digit(c); }) && any([](char c) { return text::is_upper(c); }) &&
         any([](char c) { return text::is_letter(c) && !text::is_upper(c); });
}

}  // namespace

std::span<const std::string_view> PrivateKey::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"PRIVATE KEY", "Private-Lines:"};
  return literals;
}

Want PrivateKey::close(facts::Sink& sink) {
  if (full_ && looks_random(short_)) sink.secret(short_);
  left_ = 0;
  full_ = false;
  short_.clear();
  return Want::gated;
}

Want PrivateKey::line(const text::Line& line, facts::Sink& sink) {
  const auto message = line.message;
  const auto begin = message.find("-- BEGIN "), begin_pem = message.find("-----BEGIN "), end = message.find("-----END "), end_ssh2 = message.find("-- END ");
  const bool opens = std::min(begin, begin_pem) != std::string_view::npos, closes = std::min(end, end_ssh2) != std::string_view::npos;
  if (left_ > 0 && closes) return close(sink);
  if ((opens && !closes && text::contains(message, "PRIVATE KEY")) || message.starts_with("Private-Lines:")) {
    left_ = longest_key_lines;
    return Want::next;
  }
  if (left_ == 0) return Want::gated;
  if (--left_ == 0) return close(sink);
  if (message.starts_with("Private-MAC:")) return close(sink);
  const auto key = key_text(message);
  if (key.size() >= full_line_bytes) {
    sink.secret(key);
    full_ = true;
  } else if (full_ && key.size() >= short_line_bytes) {
    short_ = key;
  }
  return Want::next;
}

void PrivateKey::end(facts::Sink& sink) { close(sink); }

}  // namespace gpm::parsers::secrets
