// SPDX-License-Identifier: Apache-2.0
//
// Logs of NVIDIA's daemons.
//
//   [Jan 11 2025 06:02:58] [INFO] [tid 3104] Fabric Manager version 550.90.07 is running with the following ...
//   [Jan 25 2025 10:34:57] [ERROR] [tid 3131] detected NVSwitch fatal error 24007 on fid 0 on NVSwitch pci bus id
//     00000000:84:00.0 physical id 1 port 44                                              (one line; 450 to 590)
//
//   [2023-01-07 20:02:13.204 Control 41177] Starting new server 41203 for user 20417      MPS control.log, server.log
//   [2023-01-07 21:31:14.727 Server 41203] Status of client {41922, 1} is ACTIVE
//   [2023-01-07 21:31:15.001 Control 41177] Server 41203 exited with status 1
//
//   nvidia-persistenced: Failed to query NVIDIA devices. Please ensure that the NVIDIA device files exist
//
// Gives events fabric_manager.error (attributes level, message; of NVSwitch errors also fatal, port, and the SXid as code;
// place = the NVSwitch's or GPU's address), fabric_manager.ready, setting service.fabricmanager_version; mps.server_started,
// mps.fault (message); persistenced.error (message).
#pragma once

#include "parsers/parser.h"

namespace gpm::nvidia {

class FabricManagerLog : public parsers::LineParser {
 public:
  std::string_view format() const override { return "fabricmanager"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
};

class MpsLog : public parsers::LineParser {
 public:
  std::string_view format() const override { return "mps-log"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
};

class PersistencedLog : public parsers::LineParser {
 public:
  std::string_view format() const override { return "persistenced"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::nvidia
