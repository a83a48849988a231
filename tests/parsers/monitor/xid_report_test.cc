// SPDX-License-Identifier: Apache-2.0
#include "parsers/monitor/xid_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::monitor {
namespace {

using ::testing::IsEmpty;

test::RecordingSink parse(std::string_view text) { return test::parse<XidReport>(text); }

constexpr std::string_view uuid = "GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57";

TEST(XidReport, EveryReportersWords) {
  struct Case {
    std::string_view text;
    std::string_view reporter;
    int code;
    std::string_view uuid, pci;
    int index;
  };
  const Case cases[] = {
      {"I0412 07:15:22.104518 1 health.go:159] XidCriticalError: Xid=48 on "
       "Device=GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57, "
       "the device will go unhealthy.",
       "device-plugin", 48, uuid, "", -1},
      {"XidCriticalError: Xid=79 on "
       "Device=GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57; marking device as "
       "unhealthy.",
       "device-plugin", 79, uuid, "", -1},
      {"Xid=79 on Device=nvidia3, "
       "UUID=GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57, SN=1650000000001, the "
       "device will go "
       "unhealthy.",
       "device-plugin", 79, uuid, "", -1},
      {R"(DCGM_FI_DEV_XID_ERRORS{gpu="2",UUID="GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57",device="nvidia2"} 79)",
       "dcgm-exporter", 79, uuid, "", -1},
      {R"(DCGM_EXP_XID_ERRORS_COUNT{gpu="2",UUID="GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57",xid="64"} 1)",
       "dcgm-exporter", 64, uuid, "", -1},
      {"XID 79(GPU has fallen off the bus) detected on PCI:0000:ae:00", "gpud", 79, "", "0000:ae:00.0", -1},
      {"XID 31(GPU memory page fault) detected on PCI:0000:ae:00", "gpud", 31, "", "0000:ae:00.0", -1},
      {"Detected XID 95 for GPU 3", "dcgm", 95, "", "", 3},
      {"Warning  NvidiaXID79Error  2m  eks-node-monitoring-agent", "node-monitoring-agent", 79, "", "", -1},
  };
  for (const auto &c : cases) {
    const auto sink = parse(c.text);
    ASSERT_EQ(sink.of_kind("kernel.xid").size(), 1u) << c.text;
    const auto &event = sink.events[0];
    EXPECT_EQ(event.code, c.code) << c.text;
    EXPECT_EQ(event.attributes.at("reporter"), c.reporter) << c.text;
    EXPECT_EQ(event.place.gpu_uuid, c.uuid) << c.text;
    EXPECT_EQ(event.place.pci, c.pci) << c.text;
    if (c.index >= 0) EXPECT_EQ(event.place.gpu_index, c.index) << c.text;
  }
}

TEST(XidReport, NoFaultOrNoReport) {
  const std::string_view lines[] = {
      R"(DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57"} 0)",
      R"(DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57"} 43)",  // a program's, some day
      R"(DCGM_EXP_XID_ERRORS_COUNT{gpu="0",xid="79"} 0)",
      "# HELP DCGM_FI_DEV_XID_ERRORS Value of the last XID error encountered.",
      "Xid=13 on Device=GPU-4be1a3d2-77c0-9a15-6e3f-21d40a9b8c57, skipped",
      "XidCriticalError: Xid=79 on Device=",
      "XID 79(GPU has fallen",
      "DCGM_FI_DEV_XID_ERRORS{gpu=\"2\",UUID=\"GPU-4be1",
      "Detected XID  for GPU 3",
      "ignoring NvidiaXIDError",
  };
  for (auto text : lines) EXPECT_THAT(parse(text).events, IsEmpty()) << text;
}

}  // namespace
}  // namespace gpm::parsers::monitor
