// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/journal_fields.h"

#include <algorithm>
#include <array>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/timestamp.h"

namespace gpm::text {

struct JournalFieldTable {
  std::string_view key;
  std::optional<std::string> JournalFields::*field;

  static const JournalFieldTable* find(std::string_view key) {
    static constexpr std::array<JournalFieldTable, 13> table = {{{"MESSAGE", &JournalFields::message_},
                                                                 {"__REALTIME_TIMESTAMP", &JournalFields::realtime_},
                                                                 {"_SOURCE_REALTIME_TIMESTAMP", &JournalFields::source_realtime_},
                                                                 {"__MONOTONIC_TIMESTAMP", &JournalFields::monotonic_},
                                                                 {"_SOURCE_MONOTONIC_TIMESTAMP", &JournalFields::source_monotonic_},
                                                                 {"_HOSTNAME", &JournalFields::host_},
                                                                 {"SYSLOG_IDENTIFIER", &JournalFields::identifier_},
                                                                 {"_COMM", &JournalFields::comm_},
                                                                 {"_PID", &JournalFields::pid_},
                                                                 {"SYSLOG_PID", &JournalFields::syslog_pid_},
                                                                 {"PRIORITY", &JournalFields::priority_},
                                                                 {"CONTAINER_NAME", &JournalFields::container_},
                                                                 {"K8S_POD_NAME", &JournalFields::pod_}}};
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.key == key; });
    return found == table.end() ? nullptr : &*found;
  }
};

namespace {

constexpr std::int64_t day_us = 86'400'000'000;
constexpr std::size_t side_bytes = 8 * 1024;
constexpr int fields_max = 256;
constexpr std::int64_t last_us = 7'258'118'400'000'000;  // the year 2200

std::optional<std::int64_t> microseconds(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  const auto value = integer(*text);
  return value && *value >= 0 && *value < last_us ? value : std::nullopt;
}

// "Wed 2024-11-20 00:02:45.123456 UTC [s=...;i=...;b=...;m=...;t=...;x=...]"
std::optional<std::string_view> verbose_cursor(std::string_view line) {
  if (line.size() < 32 || !is_letter(line[0]) || !is_digit(line[4]) || !iso_stamp(line.substr(4))) return std::nullopt;
  const auto open = line.find(" [s=");
  return open == std::string_view::npos || open > 48 ? std::nullopt : std::optional(line.substr(open + 2));
}

// t= and m= of a cursor are hexadecimal microseconds: the clock and the boot's clock at which journald read the message.
void take_cursor(std::string_view cursor, JournalFields& fields) {
  for (const auto part : split(cursor.substr(0, cursor.find(']')), ';')) {
    if (part.size() < 3 || part[1] != '=') continue;
    const auto value = hexadecimal(part.substr(2));
    if (!value || *value > static_cast<std::uint64_t>(last_us)) continue;
    if (part[0] == 't') fields.set("__REALTIME_TIMESTAMP", std::to_string(*value));
    if (part[0] == 'm') fields.set("__MONOTONIC_TIMESTAMP", std::to_string(*value));
  }
}

}  // namespace

bool JournalFields::knows(std::string_view key) const { return JournalFieldTable::find(key) != nullptr; }

void JournalFields::set(std::string_view key, std::string value) {
  const auto* entry = JournalFieldTable::find(key);
  if (entry && !(this->*(entry->field))) this->*(entry->field) = std::move(value);
}

LogRecord JournalFields::record() const {
  LogRecord record;
  record.message = message_.value_or("");
  while (record.message.ends_with('\n') || record.message.ends_with('\r')) record.message.pop_back();
  const auto read_us = microseconds(realtime_), source_us = microseconds(source_realtime_);
  const auto boot_us = microseconds(monotonic_), kernel_us = microseconds(source_monotonic_);
  if (read_us || source_us) {
    record.time.from = facts::TimeFrom::stated;
    auto utc_us = source_us ? *source_us : *read_us;
    if (!source_us && boot_us && kernel_us && *boot_us >= *kernel_us && *boot_us - *kernel_us < day_us) utc_us -= *boot_us - *kernel_us;
    record.time.utc_ns = utc_us * 1000;
  }
  if (kernel_us) {
    record.time.since_boot_ns = *kernel_us * 1000;
    if (record.time.from == facts::TimeFrom::none) record.time.from = facts::TimeFrom::since_boot;
  }
  record.time.host_zone = true;
  if (host_) record.place.host = short_host(*host_);
  const auto& name = identifier_ ? identifier_ : comm_;
  if (name && *name != "kernel") {
    record.place.process = *name;
    for (const auto* pid : {&pid_, &syslog_pid_})
      if (*pid)
        if (const auto value = integer(**pid); value && *value > 0) {
          record.place.pid = value;
          break;
        }
  }
  if (container_) record.place.container = *container_;
  if (pod_) record.place.pod = *pod_;
  if (priority_)
    if (const auto level = integer(*priority_); level && *level >= 0 && *level < 8) record.priority = static_cast<int>(*level);
  return record;
}

JournalFormat journal_format(std::string_view head) {
  int lines = 0;
  while (!head.empty() && lines++ < 64) {
    const auto line = head.substr(0, head.find('\n'));
    if (line.starts_with("__CURSOR=")) return JournalFormat::exported;
    if (verbose_cursor(line)) return JournalFormat::verbose;
    head.remove_prefix(std::min(head.size(), line.size() + 1));
  }
  return JournalFormat::none;
}

std::size_t last_record_end(std::string_view text, JournalFormat format) {
  if (format == JournalFormat::exported) {
    const auto at = text.rfind("\n\n");
    return at == std::string_view::npos ? 0 : at + 2;
  }
  for (auto at = text.rfind('\n'); at != std::string_view::npos && at > 0; at = text.rfind('\n', at - 1))
    if (at + 1 < text.size() && text[at + 1] != ' ' && text[at + 1] != '\n') return at + 1;
  return 0;
}

std::string_view record_around(std::string_view block, std::size_t offset, JournalFormat format) {
  const auto first = offset > side_bytes ? offset - side_bytes : 0;
  const auto window = block.substr(first, offset - first + side_bytes);
  const auto here = offset - first;
  if (format == JournalFormat::exported) {
    const auto begin = here == 0 ? std::string_view::npos : window.rfind("\n\n", here - 1);
    const auto end = window.find("\n\n", here);
    const auto from = begin == std::string_view::npos ? 0 : begin + 2;
    return window.substr(from, (end == std::string_view::npos ? window.size() : end) - from);
  }
  const auto from = last_record_end(window.substr(0, here + (here < window.size() && window[here] != ' ' ? 1 : 0)), format);
  auto end = window.find('\n', here);
  while (end != std::string_view::npos && end + 1 < window.size() && (window[end + 1] == ' ' || window[end + 1] == '\n'))
    end = window.find('\n', end + 1);
  return window.substr(from, (end == std::string_view::npos ? window.size() : end) - from);
}

std::optional<LogRecord> journal_line(std::string_view line, std::string_view record) {
  static constexpr std::string_view key = "MESSAGE=";
  auto message = line.substr(std::min(line.find_first_not_of(' '), line.size()));
  if (message.starts_with(key)) {
    message.remove_prefix(key.size());
  } else {
    // The binary form: the line before is the bare name, the text follows eight bytes of size.
    const auto at = static_cast<std::size_t>(line.data() - record.data());
    if (line.data() < record.data() || at > record.size() || !record.substr(0, at).ends_with("MESSAGE\n") || line.size() <= 8) return std::nullopt;
    message = line.substr(8);
  }
  JournalFields fields;
  auto rest = record;
  for (int i = 0; i < fields_max && !rest.empty(); ++i) {
    const auto whole = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), whole.size() + 1));
    const auto field = whole.substr(std::min(whole.find_first_not_of(' '), whole.size()));
    const auto equals = field.substr(0, 64).find('=');
    if (equals != std::string_view::npos && fields.knows(field.substr(0, equals)) && field.substr(0, equals) != "MESSAGE") {
      fields.set(field.substr(0, equals), std::string(field.substr(equals + 1, 512)));
    } else if (field.starts_with("__CURSOR=")) {
      take_cursor(field.substr(9), fields);
    } else if (const auto cursor = verbose_cursor(whole)) {
      take_cursor(*cursor, fields);
    }
  }
  fields.set("MESSAGE", std::string(message));
  auto result = fields.record();
  result.size = line.size();
  return result;
}

}  // namespace gpm::text
