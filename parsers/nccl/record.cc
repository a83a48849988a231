// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/record.h"

#include <algorithm>
#include <chrono>

#include "parsers/text/fields.h"

namespace gpm::parsers::nccl {
namespace {

constexpr std::size_t max_token_bytes = 512;
constexpr std::size_t max_hosts = 256;
constexpr std::string_view word = "NCCL ";

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The last run of non-blanks of `text`.
std::string_view last_token(std::string_view text) {
  if (text.size() > max_token_bytes) text.remove_prefix(text.size() - max_token_bytes);
  const auto blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

// HOST:PID:TID at the end of a token ("[default0]:gpu-node03:594:594").
bool read_address(std::string_view token, Record& record) {
  const auto second = token.rfind(':');
  if (second == std::string_view::npos || second == 0) return false;
  const auto first = token.rfind(':', second - 1);
  if (first == std::string_view::npos || first == 0) return false;
  const auto pid = text::integer(token.substr(first + 1, second - first - 1));
  const auto tid = text::integer(token.substr(second + 1));
  if (!all_digits(token.substr(second + 1)) || !pid || !tid || *pid < 0) return false;
  auto host = token.substr(0, first);
  if (const auto edge = host.find_last_of(":[]<>|\"'()=,;"); edge != std::string_view::npos)
    host.remove_prefix(edge + 1);
  if (host.empty() || host.size() > 255) return false;
  record.host = host;
  record.pid = *pid;
  record.tid = *tid;
  return true;
}

bool is_location(std::string_view token) {
  const auto colon = token.rfind(':');
  return colon != std::string_view::npos && colon > 0 && all_digits(token.substr(colon + 1)) &&
         token.find(':') == colon;
}

// Reads backwards from the word NCCL: [(FUNC)] [FILE:LINE] [DEV] HOST:PID:TID.
bool read_prefix(std::string_view before, Record& record) {
  for (int part = 0; part < 4; ++part) {
    if (before.empty() || before.back() != ' ') return false;
    before.remove_suffix(1);
    const auto token = last_token(before);
    if (token.empty()) return false;
    if (token.front() == '[' && token.back() == ']' && !record.dev) {
      const auto dev = text::integer(token.substr(1, token.size() - 2));
      if (!dev) return false;
      if (*dev >= -1 && *dev < 4096) record.dev = static_cast<int>(*dev);
    } else if (token.front() == '(' && token.back() == ')' && record.location.empty()) {
      // the function's name of 2.30.7
    } else if (read_address(token, record)) {
      return true;
    } else if (record.location.empty() && is_location(token)) {
      record.location = token;
    } else {
      return false;
    }
    before.remove_suffix(token.size());
  }
  return false;
}

bool read_level(std::string_view after, Level& level, std::size_t& size) {
  size = 4;
  if (after.starts_with("INFO"))
    level = Level::info;
  else if (after.starts_with("WARN"))
    level = Level::warn;
  else if (after.starts_with("CALL"))
    level = Level::call;
  else
    return false;
  if (after.size() > 4 && after[4] == ' ')
    ++size;
  else if (after.size() > 4)
    return false;
  return true;
}

// "[2025-09-01 12:00:01] " directly before the host.
std::string_view stamp_before(std::string_view before) {
  if (!before.ends_with("] ")) return {};
  before.remove_suffix(2);
  if (before.size() > 64) before.remove_prefix(before.size() - 64);
  const auto open = before.rfind('[');
  if (open == std::string_view::npos) return {};
  const auto stamp = before.substr(open + 1);
  return text::starts_with_digit(stamp) && stamp.size() >= 19 ? stamp : std::string_view{};
}

bool only(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

// Docker gives a container the first 12 hex digits of its id as its host name.
bool is_container_id(std::string_view host) {
  return host.size() == 12 && only(host, "0123456789abcdef") && !only(host, "0123456789");
}

// NAME-<hash of the replica set>-<5 letters>, of the letters that Kubernetes uses for both.
bool is_pod_name(std::string_view host) {
  static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  const auto second = host.rfind('-');
  if (second == std::string_view::npos || second == 0 || host.size() - second != 6) return false;
  const auto first = host.rfind('-', second - 1);
  if (first == std::string_view::npos || first == 0) return false;
  const auto hash = host.substr(first + 1, second - first - 1);
  return hash.size() >= 8 && hash.size() <= 10 && only(hash, letters) && only(host.substr(second + 1), letters);
}

}  // namespace

// A host behind the start of the line may have the tail of another record stuck to it; where a host of the document is
// the end of the word, that is the host.
std::string_view RecordReader::known_part(std::string_view host, bool at_start) {
  if (hosts_.contains(host)) return host;
  if (at_start) {
    if (hosts_.size() < max_hosts) hosts_.emplace(host);
    return host;
  }
  std::string_view best;
  for (const auto& known : hosts_)
    if (known.size() > best.size() && host.ends_with(known)) best = host.substr(host.size() - known.size());
  return best.empty() ? host : best;
}

// The record that is all of a line which opens as the last one did.
bool RecordReader::again(std::string_view message, Record& record) const {
  if (opening_.empty() || !message.starts_with(opening_)) return false;
  const auto text = message.substr(opening_.size());
  if (text.find(word) != std::string_view::npos || text.ends_with(' ') || text.ends_with('\t')) return false;
  record = opened_;
  record.host = message.substr(0, host_bytes_);
  record.text = text;
  record.whole = message;
  return true;
}

void RecordReader::remember(std::string_view message, const Record& record) {
  opening_.clear();
  if (record.host.data() != message.data() || record.level != Level::info || !record.location.empty() || record.text.empty()) return;
  opening_ = message.substr(0, static_cast<std::size_t>(record.text.data() - message.data()));
  opened_ = record;
  opened_.host = opened_.location = opened_.stamp = opened_.text = opened_.whole = {};
  host_bytes_ = record.host.size();
}

std::vector<Record> RecordReader::read(std::string_view message) {
  std::vector<Record> records;
  if (Record record; again(message, record)) {
    records.push_back(record);
    return records;
  }
  std::size_t from = 0;
  for (auto at = message.find(word); at != std::string_view::npos; at = message.find(word, at + word.size())) {
    Record record;
    std::size_t level_size = 0;
    if (!read_level(message.substr(at + word.size()), record.level, level_size)) continue;
    if (!read_prefix(message.substr(from, at - from), record)) continue;
    auto begin = static_cast<std::size_t>(record.host.data() - message.data());
    record.stamp = stamp_before(message.substr(from, begin - from));
    record.host = known_part(record.host, begin == 0 || !record.stamp.empty());
    begin = static_cast<std::size_t>(record.host.data() - message.data());
    const auto cut = record.stamp.empty() ? begin : static_cast<std::size_t>(record.stamp.data() - message.data()) - 1;
    if (!records.empty()) {
      auto& last = records.back();
      last.text = last.text.substr(0, cut - static_cast<std::size_t>(last.text.data() - message.data()));
      last.whole = last.whole.substr(0, cut - static_cast<std::size_t>(last.whole.data() - message.data()));
    }
    from = std::min(message.size(), at + word.size() + level_size);
    record.text = message.substr(from);
    record.whole = message.substr(begin);
    records.push_back(record);
  }
  for (auto& record : records) {
    while (record.text.ends_with(' ') || record.text.ends_with('\t')) record.text.remove_suffix(1);
    while (record.whole.ends_with(' ') || record.whole.ends_with('\t')) record.whole.remove_suffix(1);
  }
  if (records.size() == 1) remember(message, records.front());
  return records;
}

// NCCL's host name is the innermost; a wrapper that names the node itself knows better, an address does not.
facts::Place place_of(const Record& record, facts::Place place) {
  if (is_container_id(record.host)) {
    if (place.container.empty()) place.container = std::string(record.host);
  } else if (is_pod_name(record.host) || (!place.pod.empty() && place.pod == record.host)) {
    if (place.pod.empty()) place.pod = std::string(record.host);
  } else if (place.host.empty() || only(place.host, "0123456789.") || text::contains(place.host, ":")) {
    place.host = text::short_host(record.host);
  }
  place.pid = record.pid;
  return place;
}

facts::Time read_stamp(std::string_view stamp) {
  facts::Time time;
  if (stamp.size() < 19 || stamp[4] != '-' || stamp[7] != '-' || stamp[13] != ':' || stamp[16] != ':') return time;
  const auto number = [&](std::size_t at, std::size_t size) {
    return text::integer(stamp.substr(at, size)).value_or(-1);
  };
  const auto year = number(0, 4), month = number(5, 2), day = number(8, 2);
  const auto hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31) return time;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return time;
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{static_cast<int>(year)}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return time;
  const auto at = sys_days{date} + hours{hour} + minutes{minute} + seconds{second};
  time.utc_ns = duration_cast<nanoseconds>(at.time_since_epoch()).count();
  time.precision_ms = 1000;
  time.from = facts::TimeFrom::assumed_utc;
  return time;
}

}  // namespace gpm::parsers::nccl
