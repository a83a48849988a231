// SPDX-License-Identifier: Apache-2.0
//
// What the NVIDIA kernel module says besides Xid: loading, finding GPUs, starting them, losing them.
//
//   NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build  (build@node)
//   NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024
//   NVRM: GPU at PCI:0000:9b:00: GPU-1c2f0e1a-...      NVRM: GPU Board Serial Number: 1654922003535
//   NVRM: GPU 0000:02:00.0: GPU has fallen off the bus.
//   NVRM: The NVIDIA GPU 0000:b3:00.0 / NVRM: (PCI ID: 10de:26b5) installed in this system has / NVRM: fallen off the
//   bus ... NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x62:0x1a:1792) NVRM: API mismatch: the client 'nvidia-smi'
//   (pid 1234) / NVRM: has the version 550.90.07, but this kernel module has / ...
//
// Several of these are one message over many lines; rsyslog joins them with #012. The event stands on the first line.
// A lost GPU whose line is an Xid 79 is xid.h's. Version of the module: setting host.driver_version as well.
#pragma once

#include <optional>
#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::kernel {

class NvrmParser : public LineParser {
 public:
  std::string_view format() const override;
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  // A message of several lines, until it is complete or clearly over.
  struct Open {
    facts::Event event;
    std::string text;  // all its lines without "NVRM: ", joined by blanks
    int lines = 0;
  };
  bool finish(facts::Sink& sink);
  bool read_board(const text::Line& line, std::string_view message, facts::Sink& sink);
  bool open_block(const text::Line& line, std::string_view message);

  std::optional<Open> open_;
  std::string board_;  // PCI address of the last "GPU at PCI:" line, which the serial number's line follows
};

}  // namespace gpm::parsers::kernel
