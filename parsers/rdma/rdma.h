// SPDX-License-Identifier: Apache-2.0
//
// State of InfiniBand and RoCE ports, as the tools of rdma-core,
// infiniband-diags, MLNX_OFED and iproute2 print it.
//
//   CA 'mlx5_10'                                     ibstat (the block of one
//   device; `ibstat -p` prints GUIDs only)
//           Firmware version: 28.39.1002
//           Port 1:
//                   State: Down
//                   Physical state: Polling
//                   Rate: 10
//                   Base lid: 868
//                   SM lid: 334
//                   Link layer: InfiniBand
//
//   Infiniband device 'mlx5_0' port 1 status:        ibstatus
//           state:           4: ACTIVE
//           phys state:      5: LinkUp
//           rate:            400 Gb/sec (4X NDR)
//           link_layer:      InfiniBand
//
//   hca_id: mlx5_0                                   ibv_devinfo; often
//   grepped, so that `port:` may be missing
//           fw_ver:                         28.39.1002
//                   port:   1
//                           state:                  PORT_ACTIVE (4)
//                           active_mtu:             4096 (5)
//                           link_layer:             InfiniBand
//
//   mlx5_1 port 1 ==> ens10f1np1 (Down)              ibdev2netdev; with -v the
//   PCI address stands first and the port's 0000:1a:00.0 mlx5_0 (MT4129 - MCX)
//   ... port 1 (ACTIVE) ==> ib0 (Up)                           state in the
//   middle link mlx5_0/1 state ACTIVE physical_state LINK_UP netdev ib0 rdma
//   link; `1/1: mlx5_0/1: state ...` in 4.x
//   /sys/class/infiniband/mlx5_10/ports/1/counters/link_downed: 7      grep
//   over counters; also `path` alone, then a number
//
// The same in all forms: a snapshot a value, with `device:port` ("mlx5_10:1")
// as subject; words are in docs/facts.md. Where no port is named it is 1.
// States are in lower case (active, down, init, armed; linkup, polling,
// disabled). "No IB devices found" of ibv_devinfo and the like is the event
// rdma.no_devices.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::rdma {

class RdmaParser : public LineParser {
public:
  std::string_view format() const override { return "rdma"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line &line, facts::Sink &sink) override;

private:
  bool open_block(std::string_view message);
  bool one_line_record(const text::Line &line, std::string_view message,
                       facts::Sink &sink);
  // Whether the line belongs to the block; a field that is known becomes a
  // snapshot.
  bool field(const text::Line &line, std::string_view message,
             facts::Sink &sink);

  std::string device_; // of the block; empty = outside
  std::string port_;
  int lines_left_ = 0; // a block does not go on for ever
};

} // namespace gpm::parsers::rdma
