// SPDX-License-Identifier: Apache-2.0
//
// State of the services that GPUs need.
//
//   ● nvidia-fabricmanager.service - NVIDIA fabric manager service                 systemctl status
//        Loaded: loaded (/usr/lib/systemd/system/nvidia-fabricmanager.service; enabled; preset: enabled)
//        Active: active (running) since Tue 2026-09-08 21:30:51 UTC; 1 day 22h ago
//   Unit nvidia-fabricmanager.service could not be found.
//   $ systemctl is-active nvidia-persistenced                                      the answer is the next line
//   active
//   Status: active                                                                 ufw status
//
// Gives settings of scope service: key = unit without ".service", value = "active (running)", "failed (Result:
// exit-code)", "not-found", "active"; key firewall for ufw.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class ServicesParser : public LineParser {
 public:
  std::string_view format() const override { return "systemctl"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  void add(const text::Line& line, std::string_view unit, std::string_view state, facts::Sink& sink);

  std::string unit_;   // whose block is being read
  std::string asked_;  // is-active's unit, or firewall
  int lines_left_ = 0;
  int facts_left_ = 2000;
};

}  // namespace gpm::parsers::host
