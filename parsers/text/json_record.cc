// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/journal_fields.h"
#include "parsers/text/layer.h"
#include "parsers/text/log_record.h"
#include "parsers/text/timestamp.h"

namespace gpm::text {
namespace {

constexpr std::size_t docker_piece_bytes = 16'000;  // docker cuts lines at 16 KiB; a shorter one without its end is whole
constexpr int members_max = 256;

std::optional<std::uint32_t> four_hex(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  const auto value = hexadecimal(text.substr(0, 4));
  if (!value) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

// \uXXXX at text[0] = 'u', with its second half where it is a surrogate pair; gives the bytes read, 0 if it is broken.
std::size_t unescape_unicode(std::string_view text, std::string& to) {
  const auto first = four_hex(text.substr(1));
  if (!first) return 0;
  if (*first >= 0xD800 && *first < 0xDC00 && text.size() >= 11 && text[5] == '\\' && text[6] == 'u') {
    const auto second = four_hex(text.substr(7));
    if (second && *second >= 0xDC00 && *second < 0xE000) {
      append_utf8(0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00), to);
      return 11;
    }
  }
  append_utf8(*first >= 0xD800 && *first < 0xE000 ? 0xFFFD : *first, to);
  return 5;
}

std::string_view skip_blanks(std::string_view text) {
  const auto at = text.find_first_not_of(" \t\r\n");
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

// Bytes of the JSON string at the start of `text`; 0 if it does not end.
std::size_t string_size(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return 0;
}

// Bytes of the JSON value at the start of `text`, whatever it is; 0 if it does not end.
std::size_t value_size(std::string_view text) {
  std::int64_t depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      const auto size = string_size(text.substr(at));
      if (size == 0) return 0;
      at += size;
      if (depth == 0) return at;
      continue;
    }
    if (c == '[' || c == '{') {
      ++depth;
    } else if (c == ']' || c == '}') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if (c == ',' && depth == 0) {
      return at;
    }
    ++at;
  }
  return 0;
}

// [78,86,82,77] -> "NVRM"; the first value of ["a","b"].
std::optional<std::string> array_text(std::string_view text) {
  text = skip_blanks(text.substr(1));
  std::string bytes;
  if (text.starts_with('"')) return json_string(text, bytes) > 0 ? std::optional(bytes) : std::nullopt;
  while (!text.empty() && text[0] != ']') {
    std::size_t digits = 0;
    int value = 0;
    while (digits < text.size() && digits < 4 && is_digit(text[digits])) value = value * 10 + (text[digits++] - '0');
    if (digits == 0 || value > 255) return std::nullopt;
    bytes += static_cast<char>(value);
    text = skip_blanks(text.substr(digits));
    if (text.starts_with(',')) text = skip_blanks(text.substr(1));
  }
  return bytes;
}

// The value as text: a string unescaped, a byte array decoded, a number as written; nothing for null and objects.
std::optional<std::string> value_text(std::string_view value) {
  if (value.empty() || value[0] == '{' || value[0] == 'n') return std::nullopt;
  if (value[0] == '[') return array_text(value);
  if (value[0] != '"') return std::string(trim(value));
  std::string text;
  return json_string(value, text) > 0 ? std::optional(text) : std::nullopt;
}

// Field names of the records that we know; where several mean the same, the first that the record has counts.
struct Members {
  std::optional<std::string> log, stream, time, msg, message, level, pri, error, stack, pid, host;
  JournalFields journal;
  bool bare_time = false;  // `time` is a number
  bool truncated_log = false;

  std::optional<std::string>* field(std::string_view key) {
    struct Named {
      std::string_view key;
      std::optional<std::string> Members::*field;
    };
    static constexpr std::array<Named, 23> names = {{{"log", &Members::log},         {"stream", &Members::stream},     {"time", &Members::time},
                                                     {"ts", &Members::time},         {"timestamp", &Members::time},    {"@timestamp", &Members::time},
                                                     {"asctime", &Members::time},    {"msg", &Members::msg},           {"message", &Members::message},
                                                     {"level", &Members::level},     {"levelname", &Members::level},   {"severity", &Members::level},
                                                     {"pri", &Members::pri},         {"error", &Members::error},       {"err", &Members::error},
                                                     {"exception", &Members::stack}, {"exc_info", &Members::stack},    {"traceback", &Members::stack},
                                                     {"stacktrace", &Members::stack},{"pid", &Members::pid},           {"process", &Members::pid},
                                                     {"hostname", &Members::host},   {"stack", &Members::stack}}};
    const auto found = std::find_if(names.begin(), names.end(), [&](const Named& n) { return n.key == key; });
    return found == names.end() ? nullptr : &(this->*(found->field));
  }
};

void take_member(Members& members, const std::string& key, std::string_view value) {
  if (members.journal.knows(key)) {
    if (auto text = value_text(value)) members.journal.set(key, std::move(*text));
    return;
  }
  auto* field = members.field(key);
  if (!field || *field) return;
  if (key == "time" || key == "ts") members.bare_time = !value.empty() && is_digit(value[0]);
  *field = value_text(value);
}

// Bytes of the object; 0 where the text is no whole object.
std::size_t read_members(std::string_view text, Members& members) {
  auto rest = skip_blanks(text.substr(1));
  for (int i = 0; i < members_max; ++i) {
    std::string key;
    const auto key_size = json_string(rest, key);
    if (key_size == 0) return 0;
    rest = skip_blanks(rest.substr(key_size));
    if (!rest.starts_with(':')) return 0;
    rest = skip_blanks(rest.substr(1));
    const auto size = value_size(rest);
    if (size == 0) return 0;
    take_member(members, key, rest.substr(0, size));
    rest = skip_blanks(rest.substr(size));
    if (rest.starts_with('}')) return static_cast<std::size_t>(rest.data() - text.data()) + 1;
    if (!rest.starts_with(',')) return 0;
    rest = skip_blanks(rest.substr(1));
  }
  return 0;
}

void strip_line_end(std::string& text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
}

// A logger's time: a stamp, or seconds (or milliseconds) since the epoch.
facts::Time logger_time(const std::string& text) {
  facts::Time time;
  if (const auto stamp = any_stamp(text)) return stamp->time;
  const auto whole = integer(std::string_view(text).substr(0, text.find('.')));
  if (!whole) return time;
  if (const auto utc = utc_of_seconds(*whole)) {
    const auto number = leading_number(text).value_or(0.0);
    time.utc_ns = *utc + static_cast<std::int64_t>((number - static_cast<double>(*whole)) * 1000) * 1'000'000;
    time.precision_ms = text.find('.') == std::string::npos ? 1000 : 1;
  } else if (*whole >= 10'000'000'000 && *whole < 10'000'000'000'000) {
    time.utc_ns = *whole * 1'000'000;
    time.precision_ms = 1;
  } else {
    return time;
  }
  time.from = facts::TimeFrom::stated;
  return time;
}

facts::Time boot_time(const std::string& seconds) {
  const auto stamp = boot_stamp(seconds);
  return stamp && stamp->size == seconds.size() ? stamp->time : facts::Time{};
}

std::optional<int> level_number(const std::string& level) {
  const auto word = lower(level);
  if (const auto known = syslog_level(word)) return known;
  if (word == "fatal") return 2;
  return word == "trace" ? std::optional(7) : std::nullopt;
}

std::optional<int> dmesg_priority(const std::string& pri) {
  if (const auto number = integer(pri); number && *number >= 0) return static_cast<int>(*number % 8);
  return syslog_level(pri);
}

std::optional<LogRecord> docker_record(Members& m) {
  if (!m.stream && !m.time) return std::nullopt;
  LogRecord record;
  record.message = std::move(*m.log);
  record.partial = !record.message.ends_with('\n') && record.message.size() >= docker_piece_bytes;
  strip_line_end(record.message);
  if (m.time)
    if (const auto stamp = iso_stamp(*m.time)) record.time = stamp->time;
  if (m.stream) record.stream = *m.stream == "stderr" ? "stderr" : *m.stream == "stdout" ? "stdout" : "";
  return record;
}

std::optional<LogRecord> logger_record(Members& m) {
  auto& text = m.msg ? m.msg : m.message;
  if (!text || (!m.time && !m.level)) return std::nullopt;
  LogRecord record;
  if (m.time) record.time = logger_time(*m.time);
  if (record.time.from == facts::TimeFrom::none && !(m.level && level_number(*m.level))) return std::nullopt;
  record.message = std::move(*text);
  strip_line_end(record.message);
  for (auto* more : {&m.error, &m.stack})
    if (*more && !(*more)->empty()) {
      record.message += more == &m.stack ? "\n" : ": ";
      record.message += **more;
    }
  strip_line_end(record.message);
  if (m.level) record.priority = level_number(*m.level);
  if (m.pid)
    if (const auto pid = integer(*m.pid); pid && *pid > 0) record.place.pid = pid;
  if (m.host && !m.host->empty()) record.place.host = short_host(*m.host);
  return record;
}

}  // namespace

std::size_t json_string(std::string_view text, std::string& to) {
  if (text.empty() || text[0] != '"') return 0;
  std::size_t at = 1;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') return at + 1;
    if (c != '\\') {
      to += c;
      ++at;
      continue;
    }
    if (at + 1 >= text.size()) return 0;
    const char kind = text[at + 1];
    if (kind == 'u') {
      const auto size = unescape_unicode(text.substr(at + 1), to);
      if (size == 0) return 0;
      at += 1 + size;
      continue;
    }
    static constexpr std::string_view names = "nrtbf\"\\/", values = "\n\r\t\b\f\"\\/";
    const auto index = names.find(kind);
    if (index == std::string_view::npos) return 0;
    to += values[index];
    at += 2;
  }
  return 0;
}

std::optional<LogRecord> json_record(std::string_view text) {
  if (text.size() < 8 || text[0] != '{') return std::nullopt;
  if (!skip_blanks(text.substr(1, 32)).starts_with('"')) return std::nullopt;
  Members members;
  const auto size = read_members(text, members);
  if (size == 0) return std::nullopt;
  std::optional<LogRecord> record;
  if (members.journal.has_message()) {
    record = members.journal.record();
  } else if (members.log) {
    record = docker_record(members);
  } else if (members.pri && members.msg && members.time && members.bare_time) {
    record.emplace();
    record->message = std::move(*members.msg);
    strip_line_end(record->message);
    record->time = boot_time(*members.time);
    record->priority = dmesg_priority(*members.pri);
  } else {
    record = logger_record(members);
  }
  if (record) record->size = size;
  return record;
}

std::optional<LogRecord> dmesg_json_line(std::string_view line, std::string_view before) {
  line = trim(line);
  static constexpr std::string_view key = "\"msg\":";
  if (!line.starts_with(key)) return std::nullopt;
  LogRecord record;
  const auto value = skip_blanks(line.substr(key.size()));
  const auto size = json_string(value, record.message);
  if (size == 0 || size != value.size()) return std::nullopt;
  const auto open = before.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  const auto member = [&](std::string_view name) -> std::string {
    const auto at = before.find(name, open);
    if (at == std::string_view::npos) return {};
    auto rest = before.substr(at + name.size());
    rest = skip_blanks(rest.substr(0, rest.find('\n')));
    const auto end = rest.starts_with('"') ? rest.find('"', 1) : rest.find_first_of(",\r ");
    if (rest.starts_with('"')) return end == std::string_view::npos ? std::string() : std::string(rest.substr(1, end - 1));
    return std::string(rest.substr(0, end));
  };
  record.time = boot_time(member("\"time\":"));
  if (record.time.from == facts::TimeFrom::none) return std::nullopt;
  record.priority = dmesg_priority(member("\"pri\":"));
  strip_line_end(record.message);
  return record;
}

}  // namespace gpm::text
