// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/wrapper.h"

#include <algorithm>

#include "parsers/text/ascii.h"
#include "parsers/text/escapes.h"
#include "parsers/text/fields.h"
#include "parsers/text/layer.h"
#include "parsers/text/log_record.h"
#include "parsers/text/timestamp.h"

namespace gpm::text {
namespace {

// Real lines nest about six deep (CRI, kubectl --prefix, Ray twice, rank, c10).
constexpr int layers_max = 8;

// How far a stamp tells the moment: one with a zone beats one without, whatever its place; of equals the inner one
// counts.
int worth(facts::TimeFrom from) {
  switch (from) {
    case facts::TimeFrom::stated: return 4;
    case facts::TimeFrom::assumed_utc: return 3;
    case facts::TimeFrom::yearless: return 2;
    case facts::TimeFrom::since_boot: return 1;
    default: return 0;  // none, and what only the store finds out
  }
}

void take_time(facts::Time& time, const facts::Time& found) {
  const auto since_boot_ns = found.since_boot_ns ? found.since_boot_ns : time.since_boot_ns;
  if (worth(found.from) >= worth(time.from) && found.from != facts::TimeFrom::none) time = found;
  time.since_boot_ns = since_boot_ns;
}

void take_place(facts::Place& place, facts::Place& found, bool host_is_nearer) {
  if (!found.host.empty() && (place.host.empty() || host_is_nearer)) place.host = std::move(found.host);
  if (found.rank) place.rank = found.rank;
  if (found.task) place.task = found.task;
  if (!found.pod.empty()) place.pod = std::move(found.pod);
  if (!found.container.empty()) place.container = std::move(found.container);
  if (found.pid) place.pid = found.pid;
  if (!found.process.empty()) place.process = std::move(found.process);
}

void take_layer(Line& line, Layer& layer) {
  take_time(line.time, layer.time);
  take_place(line.place, layer.place, layer.host_is_nearer);
  if (layer.priority) line.priority = layer.priority;
  if (!layer.stream.empty()) line.stream = layer.stream;
  line.partial |= layer.partial;
}

// The record's message moves to the scratch.
std::string_view take_record(Line& line, LogRecord& record, std::string& scratch) {
  take_time(line.time, record.time);
  take_place(line.place, record.place, false);
  if (record.priority) line.priority = record.priority;
  if (!record.stream.empty()) line.stream = record.stream;
  line.partial |= record.partial;
  scratch = has_ansi(record.message) ? without_ansi(record.message) : std::move(record.message);
  return scratch;
}

// One recogniser for what the first character allows; they look at a bounded part of the text.
std::optional<Layer> peel(std::string_view text) {
  switch (text[0]) {
    case '{': return std::nullopt;  // unwrap() itself, as the message moves to the scratch
    case '[':
    case '<':
    case '(':
    case ' ':
    case '/': break;
    default: {
      const auto c = static_cast<unsigned char>(text[0]);
      const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
      if (!word) return std::nullopt;
    }
  }
  if (auto layer = kernel_layer(text)) return layer;
  if (auto layer = log_layer(text)) return layer;
  return launcher_layer(text);
}

// "[155044.078590] " with the same clock as the line's own, not far behind it.
bool kernel_stamp_again(std::string_view text, const facts::Time& own) {
  constexpr std::int64_t day_ns = 86'400'000'000'000;
  if (!own.since_boot_ns) return false;
  const auto stamp = boot_stamp(text.substr(1));
  return stamp && stamp->fraction_digits == 6 && text.substr(1 + stamp->size).starts_with("] ") &&
         *stamp->time.since_boot_ns >= *own.since_boot_ns && *stamp->time.since_boot_ns - *own.since_boot_ns < day_ns;
}

// "[rank3]:[E1003 ...", "[rank3]: Traceback"
bool rank_again(std::string_view text, const facts::Place& own) {
  if (!own.rank || !text.starts_with("[rank")) return false;
  std::size_t end = 5;
  while (end < text.size() && end < 12 && is_digit(text[end])) ++end;
  return end > 5 && (text.substr(end).starts_with("]:[") || text.substr(end).starts_with("]: "));
}

// Where the next message begins in a message; npos where it is one.
std::size_t next_message(std::string_view text, const Line& line, std::size_t from) {
  if (!line.time.since_boot_ns && !line.place.rank) return text.find('\n', from);
  for (auto at = text.find_first_of("[\n", from); at != std::string_view::npos; at = text.find_first_of("[\n", at + 1)) {
    if (text[at] == '\n') return at;
    if (kernel_stamp_again(text.substr(at), line.time) || rank_again(text.substr(at), line.place)) return at;
  }
  return std::string_view::npos;
}

// Progress bars overwrite their line: what is left to read stands behind the last carriage return.
std::string_view last_overwrite(std::string_view text) {
  while (text.ends_with('\r')) text.remove_suffix(1);
  if (text.find('\r') == std::string_view::npos) return text;  // find is fast, rfind is not
  return text.substr(text.rfind('\r') + 1);
}

// The outermost collector's payload, as long as it lies where it was found.
class Payload {
 public:
  explicit Payload(std::string_view raw) : raw_(raw) {}
  void take(std::string_view stream, std::string_view text) {
    if (stream.empty() || taken_) return;
    taken_ = true;
    text_ = text;
  }
  // The scratch is about to be overwritten.
  void scratch_goes() {
    if (text_.data() < raw_.data() || text_.data() > raw_.data() + raw_.size()) text_ = {};
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view raw_, text_;
  bool taken_ = false;
};

}  // namespace

Line unwrap(std::uint64_t number, std::string_view raw, std::string& scratch, const Surroundings& around) {
  Line line;
  line.number = number;
  line.raw = raw;
  line.before = around.before;
  std::string_view text = raw;
  Payload payload(raw);
  std::optional<LogRecord> outer;
  if (!around.record.empty()) outer = journal_line(raw, around.record);
  if (!outer && !around.before.empty() && trim(raw.substr(0, 64)).starts_with("\"msg\":")) outer = dmesg_json_line(raw, around.before);
  if (outer) {
    text = take_record(line, *outer, scratch);
  } else if (has_ansi(text)) {
    scratch = without_ansi(text);
    text = scratch;
  }
  text = last_overwrite(text);
  for (int i = 0; i < layers_max && !text.empty(); ++i) {
    if (text[0] == '{') {
      auto record = json_record(text);
      if (!record) break;
      payload.scratch_goes();
      text = last_overwrite(take_record(line, *record, scratch));
      payload.take(record->stream, text);
      continue;
    }
    auto layer = peel(text);
    if (!layer) break;
    take_layer(line, *layer);
    text = layer->rest;
    payload.take(layer->stream, text);
    if (layer->escaped) {
      payload.scratch_goes();
      scratch = without_kmsg_escapes(text);
      if (has_ansi(scratch)) scratch = without_ansi(scratch);
      text = scratch;
    }
  }
  line.message = text;
  line.payload = payload.text();
  return line;
}

void each_message(std::uint64_t number, std::string_view raw, const Surroundings& around, const std::function<void(const Line&)>& take) {
  std::string scratch, part_scratch;
  std::size_t messages = 0;
  // Records one behind the other; the brackets of dmesg -J around them are no message.
  std::string_view rest = raw;
  static constexpr std::string_view dmesg = "{\"dmesg\":[";
  if (rest.starts_with(dmesg)) rest.remove_prefix(dmesg.size());
  while (rest.starts_with('{') && messages + 1 < max_messages) {
    const auto record = json_record(rest);
    if (!record || record->size >= rest.size()) break;
    auto line = unwrap(number, rest.substr(0, record->size), scratch);
    line.raw = raw;
    take(line);
    ++messages;
    rest.remove_prefix(record->size);
    if (rest.starts_with(",{")) rest.remove_prefix(1);
  }
  if (messages > 0 && rest.find_first_not_of("]}\r ") == std::string_view::npos) return;
  auto line = unwrap(number, rest, scratch, around);
  line.raw = raw;
  std::string_view text = line.message;
  for (bool first = true;; first = false) {
    const auto from = text.starts_with('[') ? std::size_t{1} : std::size_t{0};
    const bool splits = ++messages < max_messages && !line.partial;  // what was cut is split when it is whole again
    const auto cut = splits ? next_message(text, line, from) : std::string_view::npos;
    auto part = text.substr(0, cut);
    while (part.ends_with('\r')) part.remove_suffix(1);
    if (!first && part.starts_with('[')) {  // prefixes of its own; what those leave open is as before
      auto next = unwrap(number, part, part_scratch);
      take_time(line.time, next.time);
      take_place(line.place, next.place, true);
      part = next.message;
    }
    line.message = part;
    line.glued = !first;
    if (first || !part.empty()) take(line);
    if (cut == std::string_view::npos) return;
    text.remove_prefix(cut + (text[cut] == '\n' ? 1 : 0));
  }
}

void each_joined_message(const Line& first, std::string_view joined, const std::function<void(const Line&)>& take) {
  each_message(first.number, joined, {}, [&](const Line& inner) {
    Line line = inner;
    line.raw = first.raw;
    line.time = first.time;
    take_time(line.time, inner.time);
    line.place = first.place;
    auto place = inner.place;
    take_place(line.place, place, false);
    if (!line.priority) line.priority = first.priority;
    if (line.stream.empty()) line.stream = first.stream;
    take(line);
  });
}

}  // namespace gpm::text
