// SPDX-License-Identifier: Apache-2.0
//
// A time axis that leaves out what is empty: an incident of ten minutes and the boot three days before it fit on one line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gpm::report {

class TimeAxis {
 public:
  struct Segment {
    std::int64_t from_ns = 0, to_ns = 0;
    double x = 0, width = 0;
  };
  struct Tick {
    double x = 0;
    std::string label;     // "02:17:09"
    std::string date;      // "2026-03-14" where it differs from that of the tick before
  };

  // `times_ns` in any order, at least one. A gap is left out where it is half again as long as all else that
  // remains of the span; at most five are.
  TimeAxis(std::vector<std::int64_t> times_ns, double x, double width);

  double x_of(std::int64_t time_ns) const;
  double pixels(double duration_ns, std::int64_t at_ns) const;  // how long a duration is there
  const std::vector<Segment>& segments() const { return segments_; }
  std::vector<Tick> ticks(double apart) const;  // at round times, `apart` pixels or more from each other

 private:
  const Segment& segment_of(std::int64_t time_ns) const;
  std::vector<Segment> segments_;
};

std::string clock_of(std::int64_t utc_ns);  // "02:17:09"
std::string date_of(std::int64_t utc_ns);   // "2026-03-14"

}  // namespace gpm::report
