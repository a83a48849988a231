// SPDX-License-Identifier: Apache-2.0
//
//   Nov 20 00:02:45 gpu07 kernel: msg                              rsyslog, journal short; .123456 with short-precise
//   Nov 20 00:02:45 gpu07 slurmd[812]: msg
//   2024-11-20T00:02:45.123456+00:00 gpu07 kernel: msg             rsyslog ISO, journal short-iso
//   Wed 2024-11-20 00:02:45 UTC gpu07 kernel: msg                  journal short-full
//   1732060965.123456 gpu07 kernel: msg                            journal short-unix
//   <4>1 2024-11-20T00:02:45.1Z gpu07 kernel - - - msg             RFC 5424
//   2024-11-20T00:02:45.123456789Z stderr F msg                    CRI; kubectl logs --timestamps without "stderr F"
//   2026-02-25 17:47:29.348 | INFO     | module:func:line - msg    loguru
//   2024-06-16 07:31:40,112 - name - INFO - msg                    Python logging
//   [2025-04-22 21:28:53 TP0] msg                                  SGLang; "[2024-05-01 10:00:00,123] [INFO] [a.py:6:f] msg"
//   I1124 10:43:36.771204    3911 server.go:144] msg               klog, glog, torch elastic
//   INFO 08-31 09:50:44 [pynccl.py:63] msg                         vLLM; also without brackets, also without the date
//   WARNING:torch.distributed.run:msg                              Python's basicConfig
//   2024-11-01 10:00:00,123 xinference.core.worker 57 INFO msg     Xinference
//   time="2024-11-20T00:02:45.123Z" level=error msg=...            containerd, dockerd
//   2025-09-01 12:00:01 gpu07:81:81 [0] NCCL INFO msg              NCCL_DEBUG_TIMESTAMP_FORMAT, any
#include <algorithm>
#include <array>

#include "parsers/text/fields.h"
#include "parsers/text/ascii.h"
#include "parsers/text/layer.h"
#include "parsers/text/timestamp.h"

namespace gpm::text {
namespace {

bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

// The level word at the start of `text`, as Python, Go and Java spell it; empty if there is none.
std::string_view level_word(std::string_view text) {
  static constexpr std::array<std::string_view, 10> levels = {"DEBUG", "INFO",     "WARNING", "WARN",  "ERROR",
                                                              "FATAL", "CRITICAL", "SUCCESS", "TRACE", "NOTICE"};
  for (const auto level : levels)
    if (text.starts_with(level) && (text.size() == level.size() || !is_word(text[level.size()]))) return level;
  return {};
}

bool host_like(std::string_view word) {
  if (word.empty() || word.size() > 253 || !is_word(word[0]) || !level_word(word).empty()) return false;
  return std::all_of(word.begin(), word.end(), [](char c) { return is_word(c) || c == '.' || c == '-' || c == ':'; }) &&
         word.back() != ':' && !(is_digit(word[0]) && iso_stamp(word));
}

// "message repeated 2 times: [ NVRM: Xid ...]" is rsyslog's wording for a repeat.
std::string_view without_repeat(std::string_view text) {
  static constexpr std::string_view opening = "message repeated ", closing = " times: [";
  if (!text.starts_with(opening) || !text.ends_with(']')) return text;
  const auto at = text.substr(0, 48).find(closing);
  if (at == std::string_view::npos) return text;
  return after_blank(text.substr(at + closing.size(), text.size() - at - closing.size() - 1));
}

// "slurmd[812]:" -> slurmd and 812; "kernel:" -> kernel.
struct Ident {
  std::string_view name;
  std::optional<std::int64_t> pid;
};
std::optional<Ident> ident(std::string_view word) {
  if (word.size() < 2 || word.size() > 96 || word.back() != ':') return std::nullopt;
  word.remove_suffix(1);
  Ident found{word, std::nullopt};
  if (word.back() == ']') {
    const auto open = word.rfind('[');
    if (open == std::string_view::npos || open == 0) return std::nullopt;
    found.pid = integer(word.substr(open + 1, word.size() - open - 2));
    if (!found.pid) return std::nullopt;
    found.name = word.substr(0, open);
  }
  const auto fits = [](char c) { return is_word(c) || std::string_view("-./()@+~").find(c) != std::string_view::npos; };
  if (!std::all_of(found.name.begin(), found.name.end(), fits)) return std::nullopt;
  return found;
}

Layer stamped(std::string_view rest, const Stamp& stamp) {
  Layer layer;
  layer.rest = rest;
  layer.time = stamp.time;
  return layer;
}

void take_tail(Layer& layer, const Layer& tail) {
  layer.rest = tail.rest;
  layer.place = tail.place;
}

// Tail of a dated stamp: what stands between it and the message, by logger. Gives the message, or `rest` itself.
std::string_view without_logger(std::string_view rest) {
  if (rest.starts_with("| ")) {  // loguru: "| INFO     | module:func:line - "; FastChat: "| INFO | stdout | "
    const auto bar = rest.substr(0, 24).find('|', 2);
    if (bar == std::string_view::npos || level_word(rest.substr(2)).empty()) return rest;
    const auto tail = after_blank(rest.substr(bar + 1));
    const auto dash = tail.substr(0, 200).find(" - "), next = tail.substr(0, 64).find(" | ");
    if (next < dash) return tail.substr(next + 3);
    return dash == std::string_view::npos ? tail : tail.substr(dash + 3);
  }
  if (rest.starts_with("- ")) {  // Python: "- name - LEVEL - " and "- LEVEL - name - "
    const auto first = rest.substr(0, 160).find(" - ", 2);
    if (first == std::string_view::npos) return rest;
    const auto second = rest.substr(0, 240).find(" - ", first + 3);
    if (second == std::string_view::npos) return rest;
    if (level_word(rest.substr(2)).empty() && level_word(rest.substr(first + 3)).empty()) return rest;
    return rest.substr(second + 3);
  }
  if (rest.starts_with("[")) {  // DeepSpeed: "[INFO] [comm.py:637:init_distributed] "
    const auto close = rest.substr(0, 12).find("] [");
    if (close == std::string_view::npos || level_word(rest.substr(1)).size() != close - 1) return rest;
    const auto end = rest.substr(0, 160).find("] ", close + 3);
    const auto source = rest.substr(close + 3, end == std::string_view::npos ? 0 : end - close - 3);
    return contains(source, ".py:") ? rest.substr(end + 2) : rest;
  }
  if (const auto dot = rest.substr(0, 64).find('.'); dot != std::string_view::npos && dot > 0) {  // Xinference: "name.of.module 57 INFO "
    const auto name_end = rest.substr(0, 120).find(' ');
    if (name_end == std::string_view::npos || dot > name_end) return rest;
    const auto pid_end = rest.substr(0, 140).find(' ', name_end + 1);
    if (pid_end == std::string_view::npos || !integer(rest.substr(name_end + 1, pid_end - name_end - 1))) return rest;
    const auto tail = rest.substr(pid_end + 1);
    const auto level = level_word(tail);
    if (level.empty() || tail.size() <= level.size() || tail[level.size()] != ' ') return rest;
    auto message = tail.substr(level.size());
    for (int i = 0; i < 6 && message.starts_with(' '); ++i) message.remove_prefix(1);
    return message;
  }
  return rest;
}

// CRI: " stdout F msg", " stderr P msg".
bool take_container_stream(std::string_view rest, Layer& layer) {
  const bool out = rest.starts_with("stdout ");
  if (!out && !rest.starts_with("stderr ")) return false;
  rest.remove_prefix(7);
  if (rest.size() < 2 || (rest[0] != 'F' && rest[0] != 'P') || (rest[1] != ' ' && rest[1] != ':')) return false;
  const auto blank = rest.find(' ');
  if (blank == std::string_view::npos) return false;
  layer.partial = rest[0] == 'P';
  layer.stream = out ? "stdout" : "stderr";
  layer.rest = rest.substr(blank + 1);
  return true;
}

std::optional<Layer> dated_line(std::string_view text) {
  const auto stamp = iso_stamp(text);
  if (!stamp) return std::nullopt;
  auto rest = text.substr(stamp->size);
  if (rest.starts_with(": ")) rest.remove_prefix(1);  // TensorFlow: "2019-04-22 07:52:18.212090: I tensorflow/..."
  if (!rest.starts_with(' ') || rest.size() < 2) return std::nullopt;
  rest.remove_prefix(1);
  Layer layer = stamped(rest, *stamp);
  if (take_container_stream(rest, layer)) return layer;
  const bool own_zone = stamp->time.from == facts::TimeFrom::stated && !stamp->zulu && text[10] == 'T';
  if (stamp->fraction_digits != 9) {
    if (const auto tail = syslog_tail(rest, own_zone)) {
      take_tail(layer, *tail);
      layer.time.host_zone = true;
      return layer;
    }
  }
  layer.rest = without_logger(rest);
  return layer;
}

std::optional<Layer> syslog_line(std::string_view text) {
  auto stamp = syslog_stamp(text);
  const bool english = stamp.has_value();
  if (!stamp) stamp = weekday_stamp(text);
  if (!stamp) stamp = foreign_syslog_stamp(text);
  if (!stamp) return std::nullopt;
  const auto rest = text.substr(stamp->size);
  if (!rest.starts_with(' ') || rest.size() < 2) return std::nullopt;
  Layer layer = stamped(rest.substr(1), *stamp);
  layer.time.host_zone = true;
  if (const auto tail = syslog_tail(layer.rest, english)) {
    take_tail(layer, *tail);
  } else if (!english) {
    return std::nullopt;
  }
  return layer;
}

// "Wed 2024-11-20 00:02:45 UTC gpu07 kernel: "; other zone names are not resolved, as they are not unique.
std::optional<Layer> journal_full_line(std::string_view text) {
  if (text.size() < 30 || text[3] != ' ' || !is_digit(text[4])) return std::nullopt;
  const auto stamp = iso_stamp(text.substr(4));
  if (!stamp) return std::nullopt;
  auto rest = text.substr(4 + stamp->size);
  const auto zone_end = rest.find(' ', 1);
  if (!rest.starts_with(' ') || zone_end == std::string_view::npos || zone_end > 7) return std::nullopt;
  const auto tail = syslog_tail(rest.substr(zone_end + 1), true);
  if (!tail) return std::nullopt;
  Layer layer = stamped(tail->rest, *stamp);
  layer.place = tail->place;
  layer.time.host_zone = true;
  if (const auto minutes = zone_minutes(rest.substr(1, zone_end - 1)); minutes && layer.time.from != facts::TimeFrom::stated) {
    *layer.time.utc_ns -= *minutes * 60'000'000'000;
    layer.time.from = facts::TimeFrom::stated;
    layer.time.zone_minutes = minutes;
  }
  return layer;
}

std::optional<Layer> epoch_line(std::string_view text) {
  const auto stamp = epoch_stamp(text);
  if (!stamp || text.size() < stamp->size + 2 || text[stamp->size] != ' ') return std::nullopt;
  const auto tail = syslog_tail(text.substr(stamp->size + 1), false);
  if (!tail) return std::nullopt;
  Layer layer = stamped(tail->rest, *stamp);
  layer.place = tail->place;
  return layer;
}

// "<4>1 STAMP HOST APP PROCID MSGID SD MSG"
std::optional<Layer> rfc5424_line(std::string_view text) {
  const auto close = text.substr(0, 5).find('>');
  if (close == std::string_view::npos) return std::nullopt;
  const auto priority = integer(text.substr(1, close - 1));
  if (!priority || *priority < 0) return std::nullopt;
  auto rest = text.substr(close + 1);
  if (!rest.starts_with("1 ")) return std::nullopt;
  rest.remove_prefix(2);
  const auto stamp = iso_stamp(rest);
  if (!stamp) return std::nullopt;
  rest.remove_prefix(stamp->size);
  std::array<std::string_view, 4> fields;  // host, app, procid, msgid
  for (auto& field : fields) {
    if (!rest.starts_with(' ')) return std::nullopt;
    rest.remove_prefix(1);
    field = rest.substr(0, rest.find(' '));
    rest.remove_prefix(field.size());
  }
  if (rest.starts_with(" -")) {
    rest.remove_prefix(2);
  } else if (rest.starts_with(" [")) {
    const auto end = rest.find("] ");
    if (end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end + 1);
  } else {
    return std::nullopt;
  }
  if (!host_like(fields[0])) return std::nullopt;
  Layer layer = stamped(after_blank(rest), *stamp);
  layer.place.host = short_host(fields[0]);
  if (fields[1] != "kernel" && fields[1] != "-") layer.place.process = fields[1];
  layer.place.pid = integer(fields[2]);
  layer.priority = static_cast<int>(*priority % 8);
  layer.time.host_zone = true;
  return layer;
}

// "[2025-04-22 21:28:53 TP0] ", "[2024-05-01 10:00:00,123] [INFO] [comm.py:637:f] ", "[2023-01-07 20:01:11.204 Control
// 41177] ",
// "[Jul 23 2024 07:53:55] ", "[10/24/2023-10:19:52] [E] [TRT] "
std::optional<Layer> bracketed_stamp(std::string_view text) {
  auto stamp = iso_stamp(text.substr(1));
  if (!stamp) stamp = month_day_year_stamp(text.substr(1));
  if (!stamp) stamp = tensorrt_stamp(text.substr(1));
  if (!stamp) return std::nullopt;
  const auto rest = text.substr(1 + stamp->size);
  const auto close = rest.substr(0, 32).find(']');
  if (close == std::string_view::npos || close + 1 >= rest.size()) return std::nullopt;
  const auto extra = rest.substr(0, close);  // " TP0", " Control 41177", ""
  if (!extra.empty() && extra[0] != ' ') return std::nullopt;
  auto message = rest.substr(close + 1);
  if (message.starts_with(':')) message.remove_prefix(1);  // talosctl
  if (!message.starts_with(' ') || message.size() < 2) return std::nullopt;
  Layer layer = stamped(without_logger(message.substr(1)), *stamp);
  if (const auto parts = words(extra); parts.size() == 2)
    if (const auto pid = integer(parts[1]); pid && *pid > 0) layer.place.pid = pid;
  return layer;
}

// `time="2024-11-20T00:02:45.123Z" level=error msg="..."`: the level and what follows stay, as other fields matter too.
std::optional<Layer> logfmt_line(std::string_view text) {
  static constexpr std::string_view opening = "time=\"";
  if (!text.starts_with(opening)) return std::nullopt;
  const auto stamp = iso_stamp(text.substr(opening.size()));
  if (!stamp) return std::nullopt;
  const auto rest = text.substr(opening.size() + stamp->size);
  if (!rest.starts_with("\" ") || rest.size() < 3) return std::nullopt;
  return stamped(rest.substr(2), *stamp);
}

// "I1124 10:43:36.771204    3911 server.go:144] "
std::optional<Layer> glog_line(std::string_view text) {
  const auto stamp = glog_stamp(text.substr(1));
  if (!stamp) return std::nullopt;
  const auto rest = text.substr(1 + stamp->size);
  const auto close = rest.substr(0, 200).find("] ");
  if (!rest.starts_with(' ') || close == std::string_view::npos) return std::nullopt;
  const auto parts = words(rest.substr(0, close));  // "3911", "server.go:144"
  if (parts.size() != 2 || !contains(parts[1], ":")) return std::nullopt;
  Layer layer = stamped(rest.substr(close + 2), *stamp);
  // Above the kernel's largest pid it is a thread's handle (torch elastic).
  if (const auto pid = integer(parts[0]); pid && *pid > 0 && *pid <= 4'194'304) layer.place.pid = pid;
  return layer;
}

bool source_line(std::string_view text) {  // "pynccl.py:63"
  const auto colon = text.rfind(':');
  return colon != std::string_view::npos && colon > 0 && integer(text.substr(colon + 1)) && text.find('.') < colon;
}

// "INFO 08-31 09:50:44 [pynccl.py:63] ", "INFO 08-31 09:50:44 pynccl.py:63] ", "INFO [pynccl.py:113] ", "WARNING:a.b:"
std::optional<Layer> level_line(std::string_view text) {
  const auto level = level_word(text);
  if (level.empty() || text.size() < level.size() + 3) return std::nullopt;
  auto rest = text.substr(level.size());
  Layer layer;
  if (rest[0] == ':') {
    const auto colon = rest.substr(0, 120).find(':', 1);
    if (colon == std::string_view::npos || colon < 2 || colon + 1 >= rest.size()) return std::nullopt;
    const auto name = rest.substr(1, colon - 1);
    if (!is_letter(name[0]) || !std::all_of(name.begin(), name.end(), [](char c) { return is_word(c) || c == '.'; }))
      return std::nullopt;
    layer.rest = rest.substr(colon + 1);
    return layer.rest.starts_with("//") ? std::nullopt : std::optional(layer);
  }
  if (rest[0] != ' ') return std::nullopt;
  rest.remove_prefix(1);
  const auto stamp = month_day_stamp(rest);
  if (stamp) {
    layer.time = stamp->time;
    rest = after_blank(rest.substr(stamp->size));
  }
  const auto close = rest.substr(0, 160).find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const bool open = rest.starts_with('[');
  if (!stamp && !open) return std::nullopt;
  const auto source = rest.substr(open ? 1 : 0, close - (open ? 1 : 0));
  if (!source_line(source)) return std::nullopt;
  layer.rest = after_blank(rest.substr(close + 1));
  return layer;
}

}  // namespace

std::optional<Layer> syslog_tail(std::string_view text, bool sure) {
  auto blank = text.find(' ');
  if (blank == std::string_view::npos || !host_like(text.substr(0, blank))) return std::nullopt;
  Layer layer;
  layer.place.host = short_host(text.substr(0, blank));
  auto rest = text.substr(blank + 1);
  if (rest.starts_with("kern.") || rest.starts_with("user.") ||
      rest.starts_with("daemon.")) {  // BusyBox: "host kern.warn kernel:"
    blank = rest.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(blank + 1);
  }
  const auto word = rest.substr(0, rest.find(' '));
  if (sure && (word == "NVRM:" || word.starts_with("nvidia-nvswitch"))) {  // a collector dropped "kernel:"
    layer.rest = rest;
    return layer;
  }
  const auto who = ident(word);
  if (!who || (!sure && who->name != "kernel" && !who->pid)) return std::nullopt;
  layer.rest = without_repeat(after_blank(rest.substr(word.size())));
  if (who->name != "kernel") {
    layer.place.process = who->name;
    layer.place.pid = who->pid;
  }
  return layer;
}

// NCCL puts its stamp directly before "HOST:PID:TID [DEV] ... NCCL "; the format is the user's, so what cannot be read as a
// time is peeled all the same.
std::optional<Layer> nccl_stamp(std::string_view text) {
  const auto nccl = text.substr(0, 360).find(" NCCL ");
  if (nccl == std::string_view::npos) return std::nullopt;
  const auto level = text.substr(nccl + 6, 4);
  if (level != "INFO" && level != "WARN" && level != "CALL" && level != "TRAC") return std::nullopt;
  std::size_t begin = 0;
  for (int blanks = 0; blanks < 8; ++blanks) {  // the word that is HOST:PID:TID
    const auto end = text.find(' ', begin);
    if (end == std::string_view::npos || end > nccl) return std::nullopt;
    const auto word = text.substr(begin, end - begin);
    const auto second = word.rfind(':');
    const auto first = second == std::string_view::npos || second == 0 ? std::string_view::npos : word.rfind(':', second - 1);
    if (first != std::string_view::npos && first > 0 && integer(word.substr(first + 1, second - first - 1)) && integer(word.substr(second + 1)) &&
        word.find_first_of(":[]<>()|") == first && !(is_digit(word[0]) && word.substr(0, first).size() <= 2))
      break;
    begin = end + 1;
    if (blanks == 7) return std::nullopt;
  }
  if (begin == 0 || begin > 80) return std::nullopt;
  auto prefix = trim(text.substr(0, begin));
  if (prefix.find_first_of("0123456789") == std::string_view::npos) return std::nullopt;
  static constexpr std::string_view stamp_bytes = "0123456789 :.,-/_+[]()|TZ";
  const bool letters = std::any_of(prefix.begin(), prefix.end(), [](char c) { return stamp_bytes.find(c) == std::string_view::npos; });
  while (!prefix.empty() && (prefix[0] == '[' || prefix[0] == '(' || prefix[0] == '|')) prefix.remove_prefix(1);
  const auto stamp = any_stamp(prefix);
  const auto digits = std::count_if(prefix.begin(), prefix.end(), is_digit);
  if (contains(prefix, "]<std")) return std::nullopt;  // mpirun's, with its rank
  // Words, a rank ("[0]"), a node's address: not a stamp but another prefix.
  if (!stamp && (letters || digits < 4 || prefix.ends_with(':') || contains(prefix, ": "))) return std::nullopt;
  Layer layer{.rest = text.substr(begin)};
  if (const auto utc = digits == 10 ? utc_of_seconds(integer(prefix).value_or(0)) : std::nullopt) {  // %s
    layer.time.utc_ns = *utc;
    layer.time.from = facts::TimeFrom::stated;
    layer.time.precision_ms = 1000;
  }
  if (stamp) layer.time = stamp->time;
  return layer;
}

std::optional<Layer> log_layer(std::string_view text) {
  if (text.size() < 8) return std::nullopt;
  const char first = text[0];
  if (is_digit(first)) {
    if (auto layer = dated_line(text)) return layer;
    if (auto layer = epoch_line(text)) return layer;
    return nccl_stamp(text);
  }
  if (first == '[') {
    if (auto layer = bracketed_stamp(text)) return layer;
    return is_digit(text[1]) || is_upper(text[1]) ? nccl_stamp(text) : std::nullopt;
  }
  if (text.starts_with("time=\"")) return logfmt_line(text);
  if (first == '(') return is_digit(text[1]) ? nccl_stamp(text) : std::nullopt;
  if (first == '<') return rfc5424_line(text);
  if (is_upper(first) && is_digit(text[1])) return glog_line(text);
  if (is_upper(first) && is_upper(text[1])) return level_line(text);
  if (is_letter(first) || static_cast<unsigned char>(first) >= 0x80) {
    if (auto layer = syslog_line(text)) return layer;
    if (!is_upper(first)) return std::nullopt;
    if (auto layer = journal_full_line(text)) return layer;
    return any_stamp(text) ? nccl_stamp(text) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace gpm::text
