// SPDX-License-Identifier: Apache-2.0
//
// Round trips: any event in any two wrappers is read back with its message, its time to the wrapper's precision, and its
// origin. Every ordered pair of wrapper_table.h is tried with generated events; why_not() says which make no sense, and why.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "parsers/text/fields.h"
#include "parsers/text/log_record.h"
#include "parsers/text/timestamp.h"
#include "parsers/text/utf16.h"
#include "parsers/text/wrapper.h"
#include "tests/parsers/text/wrapper_table.h"

namespace gpm::text {
namespace {

using facts::Place;
using facts::TimeFrom;

constexpr std::int64_t second_ns = 1'000'000'000;

class Events {
 public:
  explicit Events(std::mt19937& random) : random_(random) {}

  std::string kernel() {
    switch (number(0, 3)) {
      case 0: return "NVRM: Xid (PCI:" + pci() + "): " + std::to_string(number(1, 170)) + ", pid=" + std::to_string(number(1, 99999)) + ", name=python3, " + words();
      case 1: return "pcieport " + pci() + ".0: AER: Corrected error message received from " + pci() + ".0";
      case 2: return "Out of memory: Killed process " + std::to_string(number(1, 99999)) + " (python3) total-vm:1kB, " + words();
      default: return "nvidia-nvswitch0: SXid (PCI:" + pci() + ".0): " + std::to_string(number(10000, 30000)) + ", Fatal, " + words();
    }
  }
  std::string nccl() {
    const auto pid = std::to_string(number(1, 4'000'000));
    return "gpu" + std::to_string(number(1, 99)) + ":" + pid + ":" + pid + " [" + std::to_string(number(0, 7)) + "] NCCL " + (number(0, 1) == 0 ? "INFO " : "WARN ") + words();
  }
  // What no program says but in its log.
  std::string program() {
    switch (number(0, 3)) {
      case 0: return "Traceback (most recent call last):";
      case 1: return "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate \"2.00 GiB\". " + words();
      case 2: return "RuntimeError: " + words();
      default: return nccl();
    }
  }
  std::string plain() { return "step " + words(); }

 private:
  std::int64_t number(std::int64_t from, std::int64_t to) { return std::uniform_int_distribution<std::int64_t>(from, to)(random_); }
  std::string pci() {
    static constexpr std::array<std::string_view, 4> all = {"0000:5d:00", "0000:07:00", "0001:c1:00", "0000:db:00"};
    return std::string(all[static_cast<std::size_t>(number(0, 3))]);
  }
  // Characters that wrappers use themselves among them.
  std::string words() {
    static const std::vector<std::string> letters = {"a", "b", "error", "7", "42", " ", " ", ":", ",", ".", "\"", "\\", "[", "]", "{", "}", "(", ")", "<", ">", "|", "=", "/", "'", "-", "→", "显存", "é"};
    std::string text = "w";
    for (auto i = number(0, 24); i > 0; --i) text += letters[static_cast<std::size_t>(number(0, static_cast<std::int64_t>(letters.size()) - 1))];
    return text + "w";
  }
  std::mt19937& random_;
};

struct Read {
  std::string message, stream;
  facts::Time time;
  Place place;
  std::optional<int> priority;
};

// All messages of a document, as the scanner unwraps them.
std::vector<Read> read(const std::string& bytes) {
  ByteOrder order;
  std::string document(order.decode(bytes));
  document += order.finish();
  const auto journal = journal_format(std::string_view(document).substr(0, 4096));
  std::vector<Read> found;
  std::uint64_t number = 0;
  for (auto raw : split(document, '\n')) {
    const auto at = static_cast<std::size_t>(raw.data() - document.data()), before = std::min<std::size_t>(at, 256);
    Surroundings around{std::string_view(document).substr(at - before, before), {}};
    if (journal != JournalFormat::none) around.record = record_around(document, at, journal);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    each_message(++number, raw, around, [&](const Line& line) {
      found.push_back({std::string(line.message), std::string(line.stream), line.time, line.place, line.priority});
    });
  }
  return found;
}

int worth(TimeFrom from) {
  return from == TimeFrom::stated ? 4 : from == TimeFrom::assumed_utc ? 3 : from == TimeFrom::yearless ? 2 : from == TimeFrom::since_boot ? 1 : 0;
}

std::int64_t cut(std::int64_t ns, int digits) {
  std::int64_t unit = second_ns;
  for (int i = 0; i < digits; ++i) unit /= 10;
  return ns - ns % unit;
}

std::int64_t in_year(std::int64_t utc_ns) {
  const std::time_t seconds = utc_ns / second_ns;
  std::tm parts = {};
  gmtime_r(&seconds, &parts);

  return *text::utc_ns(2000, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(utc_ns % second_ns)) -
         *text::utc_ns(2000, 1, 1, 0, 0, 0, 0);
}

template <typename Value>
Value either(const Value& first, const Value& second) {
  return first == Value() ? second : first;
}

// The reason why a pair makes no sense; empty where it does.
std::string why_not(const Wrapper& outer, const Wrapper& inner) {
  if (inner.writer == Writer::document) return "an encoding, and a record over several lines, is a matter of the whole file: outermost";
  if (outer.writer == Writer::nccl) return "NCCL stamps nothing but its own lines";
  return "";
}

void expect_time(const facts::Time& time, const Wrapper& outer, const Drawn& outside, const Wrapper& inner, const Drawn& inside) {
  const bool from_inner = worth(inner.from) >= worth(outer.from);
  const auto& wrapper = from_inner ? inner : outer;
  const auto& drawn = from_inner ? inside : outside;
  EXPECT_EQ(time.from, wrapper.from);
  if (wrapper.from == TimeFrom::stated || wrapper.from == TimeFrom::assumed_utc) { EXPECT_EQ(time.utc_ns, cut(drawn.utc_ns, wrapper.digits)); }
  if (wrapper.from == TimeFrom::yearless) { EXPECT_EQ(time.in_year_ns, in_year(cut(drawn.utc_ns, wrapper.digits))); }
  if (wrapper.from != TimeFrom::none) { EXPECT_EQ(time.precision_ms, wrapper.digits == 0 ? 1000 : wrapper.digits == 3 ? 1 : 0); }
  const auto boot_us = inner.boot ? inside.boot_us : outer.boot ? outside.boot_us : 0;
  EXPECT_EQ(time.since_boot_ns.value_or(0), boot_us * 1000);
}

void expect_place(const Place& place, const Wrapper& inner, const Place& outside, const Place& inside) {
  EXPECT_EQ(place.host, inner.name == "Ray" ? inside.host : either(outside.host, inside.host));
  EXPECT_EQ(place.pid, either(inside.pid, outside.pid));
  EXPECT_EQ(place.process, either(inside.process, outside.process));
  EXPECT_EQ(place.rank, either(inside.rank, outside.rank));
  EXPECT_EQ(place.pod, either(inside.pod, outside.pod));
  EXPECT_EQ(place.container, either(inside.container, outside.container));
}

void expect_round_trip(const Wrapper& outer, const Wrapper& inner, const std::string& event, std::mt19937& random) {
  const auto outside = draw(random), inside = draw(random);
  const auto document = outer.write(outside, inner.write(inside, event));
  SCOPED_TRACE(outer.name + " > " + inner.name + ": " + document);
  const auto found = read(document);
  const auto same = std::find_if(found.begin(), found.end(), [&](const Read& r) { return r.message == event; });
  if (same == found.end()) {
    ADD_FAILURE() << "read: " << (found.empty() ? "" : found.front().message) << "\nevent: " << event;
    return;
  }
  EXPECT_EQ(std::count_if(found.begin(), found.end(), [&](const Read& r) { return r.message == event; }), 1);
  expect_time(same->time, outer, outside, inner, inside);
  const auto said = [](const Wrapper& wrapper, const Drawn& drawn) { return wrapper.says ? wrapper.says(drawn.place) : Place(); };
  expect_place(same->place, inner, said(outer, outside), said(inner, inside));
  EXPECT_EQ(same->priority, either(inner.priority, outer.priority));
  EXPECT_EQ(same->stream, either(inner.stream, outer.stream));
}

// An event that may stand in this wrapper.
std::string event_for(const Wrapper& outer, const Wrapper& inner, Events& events, int turn) {
  if (inner.writer == Writer::nccl) return events.nccl();
  const auto before = std::max(inner.before, inner.name == "colours" ? outer.before : Before::anything);
  if (before == Before::job_line) return turn % 2 == 0 ? events.nccl() : "Traceback (most recent call last):";
  if (before == Before::log_line) return events.program();
  if (inner.writer == Writer::kernel_log || outer.writer == Writer::kernel_log) return events.kernel();
  return turn % 2 == 0 ? events.program() : events.plain();
}

const Wrapper bare = {"nothing", Writer::collector, [](const Drawn&, const std::string& inner) { return inner; }};

TEST(Nesting, AnyEventInOneWrapper) {
  std::mt19937 random(20241119);
  Events events(random);
  for (const auto& wrapper : wrappers())
    for (int turn = 0; turn < 50; ++turn) expect_round_trip(bare, wrapper, event_for(bare, wrapper, events, turn), random);
}

TEST(Nesting, AnyEventInAnyTwoWrappers) {
  std::mt19937 random(20241120);
  Events events(random);
  std::map<std::string, int> pairs;
  for (const auto& outer : wrappers())
    for (const auto& inner : wrappers()) {
      const auto reason = why_not(outer, inner);
      ++pairs[reason.empty() ? "tested" : reason];
      for (int turn = 0; reason.empty() && turn < 6; ++turn) expect_round_trip(outer, inner, event_for(outer, inner, events, turn), random);
    }
  for (const auto& [what, count] : pairs) std::printf("%5d pairs: %s\n", count, what.c_str());
  EXPECT_GT(pairs["tested"], 4000);
}

// Where a line end got lost, the next message begins in the middle of the line.
TEST(Nesting, TwoMessagesInOneLine) {
  std::mt19937 random(20241121);
  Events events(random);
  for (const auto& outer : wrappers())
    for (const auto& inner : wrappers()) {
      static const std::set<std::string> told = {"dmesg", "dmesg with caller", "torchrun [rank0]:", "c10"};
      if (outer.writer == Writer::nccl || outer.writer == Writer::logger || !told.contains(inner.name)) continue;
      const bool kernel = inner.writer == Writer::kernel_log;
      if (!kernel && outer.writer == Writer::kernel_log) continue;  // no program's output inside
      const auto outside = draw(random);
      auto first = draw(random), second = draw(random);
      second.boot_us = first.boot_us + 1'000'000;
      const auto one = kernel ? events.kernel() : events.nccl(), two = (kernel ? events.kernel() : events.nccl()) + " again";
      const auto document = outer.write(outside, inner.write(first, one) + inner.write(second, two));
      SCOPED_TRACE(outer.name + " > " + inner.name + ": " + document);
      const auto found = read(document);
      for (const auto& [event, drawn] : {std::pair(one, first), std::pair(two, second)}) {
        const auto same = std::find_if(found.begin(), found.end(), [&](const Read& r) { return r.message == event; });
        ASSERT_NE(same, found.end()) << event;
        expect_time(same->time, outer, outside, inner, drawn);
        if (!kernel) { EXPECT_EQ(same->place.rank, drawn.place.rank); }
      }
    }
}

// Records one behind the other on one line: what `tr -d '\n'` and careless collectors make of JSON logs.
TEST(Nesting, TwoRecordsInOneLine) {
  std::mt19937 random(20241122);
  Events events(random);
  for (const auto& wrapper : wrappers()) {
    const auto first = draw(random), second = draw(random);
    const auto one = events.plain(), two = events.plain();
    const auto line = wrapper.write(first, one) + wrapper.write(second, two);
    if (wrapper.writer == Writer::document || !line.starts_with('{')) continue;
    SCOPED_TRACE(wrapper.name + ": " + line);
    const auto found = read(line);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].message, one);
    EXPECT_EQ(found[1].message, two);
    expect_time(found[0].time, bare, first, wrapper, first);
    expect_time(found[1].time, bare, second, wrapper, second);
  }
}

}  // namespace
}  // namespace gpm::text
