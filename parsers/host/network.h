// SPDX-License-Identifier: Apache-2.0
//
// Network interfaces and routes, as NCCL's sockets and RoCE use them.
//
//   2: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 9000 qdisc noqueue state UP group default qlen 1000   ip addr
//       link/ether 3c:ec:ef:f6:09:72 brd ff:ff:ff:ff:ff:ff
//       inet 10.42.0.11/22 brd 10.42.3.255 scope global bond0
//   bond0            UP             10.30.8.11/24                                                           ip -br addr
//   default via 10.42.0.1 dev bond0 proto static                                                            ip route
//   Settings for ens1f0:  /  Speed: 100000Mb/s  /  Link detected: yes                                       ethtool
//   mlx5_0<tab>1<tab>3<tab>0000:...:0ac8:0115<tab>10.200.1.21  <tab>v2<tab>eth1                             show_gids
//
// Gives snapshots net.state (lower case; no-carrier where the cable says nothing), net.mtu, net.address,
// net.default_route (subject = interface), net.speed_mbps, net.link_detected; rdma.gid (subject = device:port:index,
// text = "v2 10.200.1.21").
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class NetworkParser : public LineParser {
 public:
  std::string_view format() const override { return "ip-addr"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  std::string interface_;  // whose indented lines follow
  bool ethtool_ = false;
  int facts_left_ = 20'000;
};

}  // namespace gpm::parsers::host
