// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia/daemons.h"

#include <array>
#include <chrono>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/text/timestamp.h"

namespace gpm::nvidia {
namespace {

using parsers::Want;

// "Jan 25 2025 10:34:57"
void set_time(facts::Time& time, const std::string& month, int day, int year, int hour, int minute, int second) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const auto at = months.find(month);
  if (time.utc_ns || at == std::string_view::npos || at % 3 != 0 || year < 1990 || year > 2200) return;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(at / 3 + 1)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return;
  const auto stamp = std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  time.utc_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(stamp.time_since_epoch()).count();
  time.precision_ms = 1000;
  time.from = facts::TimeFrom::assumed_utc;
}

}  // namespace

std::span<const std::string_view> FabricManagerLog::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"] [tid ", "Fabric Manager version "};
  return literals;
}

Want FabricManagerLog::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex record(R"(\[(\w{3}) (\d\d) (\d{4}) (\d\d):(\d\d):(\d\d)\] \[(INFO|ERROR|WARNING|CRITICAL)\] \[tid \d+\] (\S.*)$)");
  static const text::Regex version(R"(^Fabric Manager version (\d[\d.]*))");
  static const text::Regex nvswitch(R"(detected NVSwitch (non-fatal|fatal) error (\d+) .*pci bus id ([0-9a-fA-F:.]+).*?(?: port (\d+))?$)");
  static const text::Regex address(R"(([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.\d))");
  std::string month, level, message, a, b, c, d;
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (!text::Regex::PartialMatch(text::piece(line.raw), record, &month, &day, &year, &hour, &minute, &second, &level, &message)) return Want::gated;
  if (text::Regex::PartialMatch(message, version, &a)) {
    sink.add(parsers::setting_of(line, "service", "fabricmanager_version", a));
    return Want::gated;
  }
  const bool ready = message.starts_with("Successfully configured all the available");
  if (level == "INFO" && !ready) return Want::gated;
  auto event = parsers::event_of(line, ready ? "fabric_manager.ready" : "fabric_manager.error", message);
  set_time(event.time, month, day, year, hour, minute, second);
  parsers::set_attribute(event, "level", text::lower(level));
  parsers::set_attribute(event, "message", std::string_view(message).substr(0, 400));
  if (text::Regex::PartialMatch(message, nvswitch, &a, &b, &c, &d)) {
    event.code = text::integer(b);
    event.place.pci = text::pci_address(c).value_or("");
    event.attributes["fatal"] = a == "fatal" ? "yes" : "no";
    parsers::set_attribute(event, "port", d);
  } else if (text::Regex::PartialMatch(message, address, &a)) {
    event.place.pci = text::pci_address(a).value_or("");
  }
  sink.add(std::move(event));
  return Want::gated;
}

std::span<const std::string_view> MpsLog::gates() const {
  static constexpr std::array<std::string_view, 7> literals = {"Starting new server ", "exited with status", " fault", "fatal", "failed", "Failed", "Shutting down"};
  return literals;
}

Want MpsLog::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex record(R"(^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*)\s+(Control|Server|Other)\s+(\d+)\] (\S.*)$)");
  static const text::Regex started(R"(^Starting new server (\d+) for user (\d+))");
  std::string stamp, role, pid, message, server, user;
  if (!text::Regex::PartialMatch(text::piece(line.raw), record, &stamp, &role, &pid, &message)) return Want::gated;
  const bool start = text::Regex::PartialMatch(message, started, &server, &user);
  // A client that ends closes its pipe; that is no fault.
  if (!start && text::contains(message, "assuming client exit")) return Want::gated;
  auto event = parsers::event_of(line, start ? "mps.server_started" : "mps.fault", message);
  if (!event.time.utc_ns)
    if (const auto time = text::iso_stamp(stamp)) event.time = time->time;
  event.place.pid = text::integer(start ? server : pid);
  event.attributes["role"] = text::lower(role);
  parsers::set_attribute(event, "user", user);
  if (!start) parsers::set_attribute(event, "message", std::string_view(message).substr(0, 400));
  sink.add(std::move(event));
  return Want::gated;
}

std::span<const std::string_view> PersistencedLog::gates() const {
  static constexpr std::array<std::string_view, 1> literals = {"nvidia-persistenced"};
  return literals;
}

Want PersistencedLog::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex failure(R"(nvidia-persistenced(?:\[\d+\])?: .*?((?:[Ff]ailed to|[Uu]nable to|[Ee]rror|device .* (?:could not|failed)).*)$)");
  static const text::Regex address(R"(([0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.\d))");
  std::string message, pci;
  if (!text::Regex::PartialMatch(text::piece(line.raw), failure, &message)) return Want::gated;
  auto event = parsers::event_of(line, "persistenced.error", message);
  parsers::set_attribute(event, "message", std::string_view(message).substr(0, 400));
  if (text::Regex::PartialMatch(text::piece(line.raw), address, &pci)) event.place.pci = text::pci_address(pci).value_or("");
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::nvidia
