// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/inert.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "parsers/text/ascii.h"
#include "parsers/text/utf8.h"

namespace gpm::report {
namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

void append_byte(std::uint8_t byte, std::string& out) {
  out += "\\x";
  out.push_back(hex_digits[byte >> 4]);
  out.push_back(hex_digits[byte & 15]);
}

void append_escaped(char32_t code, std::string& out) {
  if (code < 0x80) return append_byte(static_cast<std::uint8_t>(code), out);
  std::string digits;
  for (; code != 0 || digits.size() < 4; code >>= 4) digits.push_back(hex_digits[code & 15]);
  std::reverse(digits.begin(), digits.end());
  out += "\\u{" + digits + "}";
}

std::size_t longest_run(std::string_view text, char of) {
  std::size_t longest = 0, run = 0;
  for (char c : text) {
    run = c == of ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

bool is_word(char c) { return text::is_letter(c) || text::is_digit(c); }

bool is_rfc1123_name(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  while (true) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    if (label.empty() || label.size() > 63 || !is_word(label.front()) || !is_word(label.back())) return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_word(c) || c == '-'; })) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_container_name(std::string_view name) {
  return !name.empty() && name.size() <= 253 && is_word(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || c == '_' || c == '.' || c == '-'; });
}

// `shape` is spelled with 'x' for a hex digit; every other character stands for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (shape[i] == 'x' ? !text::is_hex(text[i]) : text[i] != shape[i]) return false;
  return true;
}

std::optional<std::string> value_of(std::string_view name, const facts::Place& place) {
  const auto if_true = [](bool good, const std::string& value) { return good ? std::optional(value) : std::nullopt; };
  if (name == "host") return if_true(is_rfc1123_name(place.host), place.host);
  if (name == "pod") return if_true(is_rfc1123_name(place.pod), place.pod);
  if (name == "container") return if_true(is_container_name(place.container), place.container);
  if (name == "pci") return if_true(has_shape(place.pci, "xxxx:xx:xx.x"), place.pci);
  if (name == "gpu_uuid")
    return if_true(has_shape(place.gpu_uuid, "GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"), place.gpu_uuid);
  if (name == "gpu_index" && place.gpu_index && *place.gpu_index >= 0) return std::to_string(*place.gpu_index);
  if (name == "pid" && place.pid && *place.pid > 1) return std::to_string(*place.pid);
  return std::nullopt;
}

struct Placeholder {
  std::string_view name, shown;
};
constexpr std::array placeholders = {
    Placeholder{"gpu_index", "<gpu-index>"}, Placeholder{"pci", "<pci>"},
    Placeholder{"gpu_uuid", "<gpu-uuid>"},   Placeholder{"pid", "<pid>"},
    Placeholder{"host", "<host>"},           Placeholder{"pod", "<pod>"},
    Placeholder{"container", "<container>"},
};

}  // namespace

std::string inert(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (;;) {
    std::size_t plain = 0;  // most are: ASCII that is seen
    while (plain < text.size() && text[plain] >= ' ' && text[plain] <= '~') ++plain;
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return out;
    const auto point = text::first_code_point(text);
    if (!point.valid) {
      for (std::size_t i = 0; i < point.bytes; ++i) append_byte(static_cast<std::uint8_t>(text[i]), out);
    } else if (point.value == '\t') {
      out.push_back(' ');
    } else if (text::is_control(point.value) || text::is_hidden(point.value)) {
      append_escaped(point.value, out);
    } else {
      out += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
}

std::string markdown_text(std::string_view text) {
  // GitHub, GitLab and Jira look for people, issues, merge requests, addresses and images after Markdown's escapes are
  // gone, so that a backslash does not help; a zero width space does.
  constexpr std::string_view apart = "&#8203;";
  auto visible = inert(text);
  // Blanks at the start would open a block of code, two at the end break the line.
  visible.erase(visible.find_last_not_of(' ') + 1);
  visible.erase(0, visible.find_first_not_of(' '));
  std::string out;
  for (std::size_t i = 0; i < visible.size(); ++i) {
    const char c = visible[i];
    const char before = i > 0 ? visible[i - 1] : '\0';
    const char after = i + 1 < visible.size() ? visible[i + 1] : '\0';
    const bool digit = text::is_digit(after), word = digit || text::is_letter(after);
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += digit ? "&amp;&#8203;" : "&amp;"; break;
      default: {
        const bool www = c == '.' && (before == 'w' || before == 'W');
        if (www || std::string_view("\\`*_[]{}|~$#").find(c) != std::string_view::npos) out.push_back('\\');
        out.push_back(c);
        if (www || c == '@' || c == '#' || (c == '!' && after != ' ' && after != '\0') || (c == '%' && word) || (c == '~' && word) || (c == '$' && digit) ||
            (c == ':' && after == '/') || (c == '-' && digit && (before == 'H' || before == 'h')))
          out += apart;
      }
    }
  }
  // At the start, "1.", "1)", "-", "+" and "=" would open a list, a rule or a heading.
  std::size_t digits = 0;
  while (digits < out.size() && text::is_digit(out[digits])) ++digits;
  if (digits < out.size() && std::string_view(digits > 0 ? ".)" : "-+=").find(out[digits]) != std::string_view::npos)
    out.insert(digits, "\\");
  return out;
}

std::string markdown_code(std::string_view text) {
  const auto content = inert(text);
  const std::string ticks(longest_run(content, '`') + 1, '`');
  // CommonMark takes one blank off both ends if both are there; so does this, by putting them on.
  const bool pad = content.empty() || content.front() == '`' || content.back() == '`' ||
                   (content.front() == ' ' && content.back() == ' ');
  return pad ? ticks + " " + content + " " + ticks : ticks + content + ticks;
}

std::string markdown_fence(std::string_view text) {
  return std::string(std::max<std::size_t>(3, longest_run(text, '`') + 1), '`');
}

bool is_plain_link(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  if (!url.starts_with(scheme) || url.size() == scheme.size() || url.size() > 2000) return false;
  url.remove_prefix(scheme.size());
  return is_word(url.front()) && std::all_of(url.begin(), url.end(), [](char c) {
           return is_word(c) || std::string_view("-._~:/?#@!$&+,;=%").find(c) != std::string_view::npos;
         });
}

std::string fill_command(std::string_view command, const facts::Place& place) {
  std::string out;
  while (!command.empty()) {
    if (command.front() == '{') {
      const auto close = command.substr(0, 16).find('}');  // no name is longer
      const auto name = close == std::string_view::npos ? std::string_view() : command.substr(1, close - 1);
      const auto* known =
          std::find_if(placeholders.begin(), placeholders.end(), [&](const Placeholder& p) { return p.name == name; });
      if (known != placeholders.end()) {
        out += value_of(name, place).value_or(std::string(known->shown));
        command.remove_prefix(close + 1);
        continue;
      }
    }
    out.push_back(command.front());
    command.remove_prefix(1);
  }
  return inert(out);
}

}  // namespace gpm::report
