// SPDX-License-Identifier: Apache-2.0
#include "parsers/rdma/rdma.h"

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::rdma {
namespace {

std::string value(const test::RecordingSink &sink, std::string_view metric,
                  std::string_view subject) {
  for (const auto &s : sink.snapshots)
    if (s.metric == metric && s.subject == subject)
      return s.text;
  return "-";
}

constexpr std::string_view ibstat = "CA 'mlx5_9'\n"
                                    "\tCA type: MT4129\n"
                                    "\tNumber of ports: 1\n"
                                    "\tFirmware version: 28.39.1002\n"
                                    "\tHardware version: 0\n"
                                    "\tNode GUID: 0xb8cef603fbe89205\n"
                                    "\tPort 1:\n"
                                    "\t\tState: Active\n"
                                    "\t\tPhysical state: LinkUp\n"
                                    "\t\tRate: 400\n"
                                    "\t\tBase lid: 866\n"
                                    "\t\tSM lid: 334\n"
                                    "\t\tLink layer: InfiniBand\n"
                                    "CA 'mlx5_10'\n"
                                    "\tCA type: MT4129\n"
                                    "\tPort 1:\n"
                                    "\t\tState: Down\n"
                                    "\t\tPhysical state: Polling\n"
                                    "\t\tRate: 10\n"
                                    "\t\tBase lid: 868\n"
                                    "\t\tSM lid: 334\n"
                                    "\t\tCapability mask: 0xa751e848\n"
                                    "\t\tLink layer: InfiniBand\n";

TEST(Rdma, IbstatTellsPortsApart) {
  const auto sink = test::parse<RdmaParser>(ibstat);
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_9:1"), "active");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_10:1"), "down");
  EXPECT_EQ(value(sink, "rdma.physical_state", "mlx5_10:1"), "polling");
  EXPECT_EQ(value(sink, "rdma.link_layer", "mlx5_10:1"), "InfiniBand");
  EXPECT_EQ(value(sink, "rdma.firmware_version", "mlx5_9"), "28.39.1002");
}

TEST(Rdma, IbstatNumbersAndLines) {
  const auto sink = test::parse<RdmaParser>(ibstat);
  EXPECT_EQ(sink.metric("rdma.rate_gbps").at(1).number, 10);
  EXPECT_EQ(sink.metric("rdma.base_lid").at(1).number, 868);
  EXPECT_EQ(sink.metric("rdma.port_state").at(1).at.line, 17u);
}

TEST(Rdma, IbstatOfTwoPorts) {
  const auto sink = test::parse<RdmaParser>(
      "CA 'mlx4_0'\n\tPort 1:\n\t\tState: Active\n\tPort 2:\n\t\tState: "
      "Initializing\n\t\tSM lid: 0\n");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx4_0:1"), "active");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx4_0:2"), "init");
}

TEST(Rdma, IbstatWithoutItsIndentation) {
  const auto sink =
      test::parse<RdmaParser>("CA 'mlx5_1'\nPort 1:\nState: Down\nPhysical "
                              "state: Disabled\nRate: 40\n");
  EXPECT_EQ(value(sink, "rdma.physical_state", "mlx5_1:1"), "disabled");
}

TEST(Rdma, Ibstatus) {
  const auto sink = test::parse<RdmaParser>(
      "Infiniband device 'mlx5_2' port 1 status:\n"
      "\tdefault gid:\t fe80:0000:0000:0000:0c42:a103:0025:c01a\n"
      "\tbase lid:\t 0x1f\n"
      "\tsm lid:\t\t 0x1\n"
      "\tstate:\t\t 1: DOWN\n"
      "\tphys state:\t 2: Polling\n"
      "\trate:\t\t 400 Gb/sec (4X NDR)\n"
      "\tlink_layer:\t InfiniBand\n");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_2:1"), "down");
  EXPECT_EQ(value(sink, "rdma.physical_state", "mlx5_2:1"), "polling");
  EXPECT_EQ(sink.metric("rdma.base_lid").at(0).number, 31);
  EXPECT_EQ(sink.metric("rdma.rate_gbps").at(0).number, 400);
}

TEST(Rdma, IbvDevinfoGrepped) {
  const auto sink = test::parse<RdmaParser>(
      "hca_id:\tmlx5_0\n\t\t\tstate:\t\t\tPORT_ACTIVE "
      "(4)\n\t\t\tactive_mtu:\t\t4096 (5)\n\t\t\tlink_layer:\t\tInfiniBand\n"
      "hca_id:\tmlx5_1\n\t\t\tstate:\t\t\tPORT_DOWN (1)\n");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_0:1"), "active");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_1:1"), "down");
  EXPECT_EQ(sink.metric("rdma.active_mtu_bytes").at(0).number, 4096);
}

TEST(Rdma, Ibdev2netdev) {
  const auto sink = test::parse<RdmaParser>(
      "mlx5_0 port 1 ==> ens10f0np0 (Up)\n"
      "mlx5_1 port 1 ==> ens10f1np1 (Down)\n"
      "0000:1a:00.0 mlx5_4 (MT4129 - MCX75310AAS-NEAT) NVIDIA ConnectX-7 HHHL "
      "fw 28.39.1002 port 1 (INIT  ) ==> ib0 (Down)\n");
  EXPECT_EQ(value(sink, "rdma.netdev_state", "mlx5_0:1"), "up");
  EXPECT_EQ(value(sink, "rdma.netdev_state", "mlx5_1:1"), "down");
  EXPECT_EQ(value(sink, "rdma.netdev", "mlx5_1:1"), "ens10f1np1");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_4:1"), "init");
}

TEST(Rdma, RdmaLink) {
  const auto sink = test::parse<RdmaParser>(
      "link mlx5_0/1 state ACTIVE physical_state LINK_UP netdev ens1f0np0 \n"
      "2/1: mlx5_1/1: subnet_prefix fe80:0000:0000:0000 lid 65535 sm_lid 0 lmc "
      "0 state DOWN physical_state POLLING \n");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_0:1"), "active");
  EXPECT_EQ(value(sink, "rdma.physical_state", "mlx5_0:1"), "linkup");
  EXPECT_EQ(value(sink, "rdma.netdev", "mlx5_0:1"), "ens1f0np0");
  EXPECT_EQ(value(sink, "rdma.port_state", "mlx5_1:1"), "down");
}

TEST(Rdma, CountersOfTrouble) {
  const auto sink = test::parse<RdmaParser>(
      "h100-05: /sys/class/infiniband/mlx5_10/ports/1/counters/link_downed: 7\n"
      "/sys/class/infiniband/mlx5_0/ports/1/hw_counters/out_of_sequence:120\n"
      "/sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data:991\n");
  EXPECT_EQ(sink.metric("rdma.link_downed").at(0).number, 7);
  EXPECT_EQ(sink.metric("rdma.link_downed").at(0).place.host, "h100-05");
  EXPECT_EQ(sink.metric("rdma.out_of_sequence").at(0).subject, "mlx5_0:1");
  EXPECT_EQ(sink.snapshots.size(), 2u);
}

TEST(Rdma, NoDevices) {
  EXPECT_EQ(test::parse<RdmaParser>("No IB devices found\n")
                .of_kind("rdma.no_devices")
                .size(),
            1u);
  EXPECT_EQ(test::parse<RdmaParser>(
                "Failed to get IB devices list: Function not implemented\n")
                .events.size(),
            1u);
}

TEST(Rdma, TheBlockEndsWhereOtherTextBegins) {
  const auto sink =
      test::parse<RdmaParser>("CA 'mlx5_0'\n\tPort 1:\n\t\tState: Active\n$ "
                              "docker inspect x\nState: Running\nRate: 5\n");
  EXPECT_EQ(sink.metric("rdma.port_state").size(), 1u);
  EXPECT_TRUE(sink.metric("rdma.rate_gbps").empty());
}

TEST(Rdma, LooksAlike) {
  const auto sink = test::parse<RdmaParser>(
      "a ==> b\n==> /var/log/syslog <==\nCA 'mlx5_0\nhca_id:\nnet 1 ==> "
      "(Up)\nInfiniband device '' port 1 status:\n"
      "State: Down\nNo IB devices found in the list of the day\n");
  EXPECT_TRUE(sink.snapshots.empty());
  EXPECT_TRUE(sink.events.empty());
}

TEST(Rdma, CutInTheMiddleOfALine) {
  for (std::size_t size = 0; size < ibstat.size(); ++size)
    EXPECT_LE(test::parse<RdmaParser>(ibstat.substr(0, size)).snapshots.size(),
              13u);
}

TEST(Rdma, ABlockDoesNotGoOnForEver) {
  std::string text = "CA 'mlx5_0'\n";
  for (int i = 0; i < 5000; ++i)
    text += "\tunknown: x\n";
  text += "\tState: Active\n";
  EXPECT_TRUE(test::parse<RdmaParser>(text).snapshots.empty());
}

} // namespace
} // namespace gpm::parsers::rdma
