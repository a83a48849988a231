// SPDX-License-Identifier: Apache-2.0
#include "parsers/facts/facts.h"

namespace gpm::facts {

std::string_view name(TimeFrom from) {
  switch (from) {
    case TimeFrom::none: return "none";
    case TimeFrom::stated: return "stated";
    case TimeFrom::assumed_utc: return "assumed-utc";
    case TimeFrom::since_boot: return "since-boot";
    case TimeFrom::anchored_boot: return "anchored-boot";
    case TimeFrom::yearless: return "yearless";
    case TimeFrom::anchored_boot_assumed_utc: return "anchored-boot-assumed-utc";
    case TimeFrom::inferred_year: return "inferred-year";
    case TimeFrom::inferred_zone: return "inferred-zone";
    case TimeFrom::inferred_year_and_zone: return "inferred-year-and-zone";
  }
  return "none";
}

std::string_view name(RankPhase phase) {
  switch (phase) {
    case RankPhase::seen: return "seen";
    case RankPhase::bootstrap: return "bootstrap";
    case RankPhase::start: return "start";
    case RankPhase::network: return "network";
    case RankPhase::joined: return "joined";
    case RankPhase::topology: return "topology";
    case RankPhase::channels: return "channels";
    case RankPhase::connecting: return "connecting";
    case RankPhase::connected: return "connected";
    case RankPhase::complete: return "complete";
    case RankPhase::collective: return "collective";
    case RankPhase::destroyed: return "destroyed";
    case RankPhase::aborted: return "aborted";
  }
  return "seen";
}

}  // namespace gpm::facts
