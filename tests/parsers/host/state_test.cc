// SPDX-License-Identifier: Apache-2.0
//
// Network, clock, interrupts, event log, services, packages, configuration.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/host/clock.h"
#include "parsers/host/configuration.h"
#include "parsers/host/event_log.h"
#include "parsers/host/interrupts.h"
#include "parsers/host/network.h"
#include "parsers/host/packages.h"
#include "parsers/host/services.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::host {
namespace {

using test::parse;
using test::RecordingSink;
using testing::IsEmpty;
using testing::SizeIs;

std::string text_of(const RecordingSink& sink, std::string_view metric, std::string_view subject) {
  for (const auto& s : sink.snapshots)
    if (s.metric == metric && s.subject == subject) return s.text;
  return {};
}

TEST(Network, InterfacesWithStateMtuAndAddress) {
  const auto sink = parse<NetworkParser>(R"(1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 9000 qdisc noqueue state UP group default qlen 1000
    link/ether 3c:ec:ef:f6:09:72 brd ff:ff:ff:ff:ff:ff
    inet 10.42.0.11/22 brd 10.42.3.255 scope global bond0
       valid_lft forever preferred_lft forever
3: eno1: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc mq state DOWN group default qlen 1000
)");
  EXPECT_EQ(text_of(sink, "net.state", "bond0"), "up");
  EXPECT_EQ(text_of(sink, "net.mtu", "bond0"), "9000");
  EXPECT_EQ(text_of(sink, "net.address", "bond0"), "10.42.0.11/22");
  EXPECT_EQ(text_of(sink, "net.state", "eno1"), "no-carrier");
  EXPECT_EQ(text_of(sink, "net.address", "lo"), "");
}

TEST(Network, BriefFormRouteEthtoolAndGids) {
  const auto sink = parse<NetworkParser>(
      "bond0            UP             10.30.8.11/24\ndefault via 10.42.0.1 dev bond0 proto static\nSettings for ens1f0:\n\tSpeed: 100000Mb/s\n\tLink detected: yes\n"
      "mlx5_0\t1\t3\t0000:0000:0000:0000:0000:ffff:0ac8:0115\t10.200.1.21  \tv2\teth1\n");
  EXPECT_EQ(text_of(sink, "net.address", "bond0"), "10.30.8.11/24");
  EXPECT_EQ(text_of(sink, "net.default_route", "bond0"), "10.42.0.1");
  EXPECT_EQ(text_of(sink, "net.speed_mbps", "ens1f0"), "100000Mb/s");
  EXPECT_EQ(text_of(sink, "rdma.gid", "mlx5_0:1:3"), "v2 10.200.1.21");
}

TEST(Network, ALogThatNamesAnMtuIsNoInterface) {
  EXPECT_THAT(parse<NetworkParser>("felix: no interfaces matched the MTU pattern\ninterface bond0 > mtu 1500 is small\nservice foo UP   3 days\n").snapshots, IsEmpty());
}

TEST(Clock, UptimeInItsForms) {
  EXPECT_EQ(parse<ClockParser>(" 08:38:19 up 15:34,  1 user,  load average: 6.49, 7.16, 7.32\n").metric("host.uptime_s").at(0).number, 15 * 3600 + 34 * 60);
  EXPECT_EQ(parse<ClockParser>(" 09:12:44 up 1 day,  2:03,  3 users,  load average: 1.02, 0.88, 0.61\n").metric("host.uptime_s").at(0).number, 86400 + 2 * 3600 + 180);
  EXPECT_EQ(parse<ClockParser>(" 02:47:34 up 9 days,  2 users,  load average: 61.02, 60.41, 44.90\n").metric("host.load").at(0).number, 61.02);
  EXPECT_EQ(parse<ClockParser>("top - 09:38:25 up 41 days, 22:10,  2 users,  load average: 12.21, 12.04, 10.88\n").metric("host.uptime_s").at(0).number,
            41 * 86400 + 22 * 3600 + 600);
}

TEST(Clock, ChronySaysHowFarOffTheClockIs) {
  const auto sink = parse<ClockParser>(R"(Reference ID    : 0A2A000A (ntp-1)
Stratum         : 3
System time     : 0.500094732 seconds slow of NTP time
Leap status     : Normal
)");
  EXPECT_EQ(sink.metric("host.clock_offset_s").at(0).number, -0.500094732);
  EXPECT_EQ(sink.metric("host.clock_state").at(0).text, "Normal");
  EXPECT_THAT(parse<ClockParser>("System time     : 0.1 seconds fast of NTP time\nthe load average: high\n").snapshots, IsEmpty());
}

TEST(Interrupts, SumsOverAllCpus) {
  const auto sink = parse<InterruptsParser>(R"(            CPU0       CPU1
  82:          0         12   PCI-MSIX-0000:1b:00.0   0-edge      nvidia
 NMI:        331        330   Non-maskable interrupts
 MCE:          0          2   Machine check exceptions
 ERR:          0
)");
  EXPECT_EQ(text_of(sink, "host.interrupts", "NMI"), "661");
  EXPECT_EQ(text_of(sink, "host.interrupts", "MCE"), "2");
  EXPECT_EQ(text_of(sink, "host.interrupts", "ERR"), "0");
  EXPECT_THAT(parse<InterruptsParser>("[ERROR] MCE: 3\nMCE: hardware error\nERR: no such file\n").snapshots, IsEmpty());
}

TEST(EventLog, EntriesOfIpmitool) {
  const auto sink = parse<EventLogParser>(
      "   1 | 08/30/2026 | 02:47:34 | Power Unit #0x41 | Power off/down | Asserted\n   a | 09/01/26 | 02:47:34 UTC | Critical Interrupt PCIe Err | Bus Fatal Error | "
      "Asserted\n   4 | Pre-Init  |0000000025| Memory #0x53 | Correctable ECC | Asserted\n");
  ASSERT_THAT(sink.events, SizeIs(3));
  EXPECT_EQ(sink.events[0].attributes.at("sensor"), "Power Unit #0x41");
  EXPECT_EQ(sink.events[0].time.utc_ns, 1788058054000000000);
  EXPECT_EQ(sink.events[1].attributes.at("state"), "Bus Fatal Error");
  EXPECT_FALSE(sink.events[2].time.utc_ns);
  EXPECT_THAT(parse<EventLogParser>("  1 | 99/99/2026 | x\na table | Asserted\n").events, IsEmpty());
}

TEST(Services, StateFromStatusAndIsActive) {
  const auto sink = parse<ServicesParser>(
      "● nvidia-fabricmanager.service - NVIDIA fabric manager service\n     Loaded: loaded (/usr/lib/x; enabled)\n     Active: failed (Result: exit-code) since Tue\nUnit "
      "nvidia-imex.service could not be found.\n$ systemctl is-active nvidia-persistenced\nactive\n$ sudo ufw status verbose\nStatus: active\n");
  EXPECT_EQ(sink.setting("service", "nvidia-fabricmanager"), "failed (Result: exit-code)");
  EXPECT_EQ(sink.setting("service", "nvidia-imex"), "not-found");
  EXPECT_EQ(sink.setting("service", "nvidia-persistenced"), "active");
  EXPECT_EQ(sink.setting("service", "firewall"), "active");
  EXPECT_THAT(parse<ServicesParser>("Started foo.service - The foo.\n   Active: maybe\nThe file could not be found.\n").settings, IsEmpty());
}

TEST(Packages, ListsOfFourManagers) {
  const auto sink = parse<PackagesParser>(
      "ii  nvidia-driver-570  570.195.03-0ubuntu0.24.04.1  amd64  NVIDIA driver\nii  libcuda1-390:amd64 390.116-0ubuntu0.16.04.2 amd64 x\nrc  nvidia-utils-470 470.1 "
      "amd64 x\nii  vim 2:9.1 amd64 x\nnvidia-driver-535.54.03-1.el8.x86_64\nnvidia-nccl-cu12                  2.21.5\ntorch==2.0.1+cu118\n[conda] torch                 "
      "    2.1.2                    pypi_0    pypi\nMLNX_OFED_LINUX-23.10-2.1.3.1:\n");
  EXPECT_EQ(sink.setting("package", "nvidia-driver-570"), "570.195.03-0ubuntu0.24.04.1");
  EXPECT_EQ(sink.setting("package", "libcuda1-390"), "390.116-0ubuntu0.16.04.2");
  EXPECT_EQ(sink.setting("package", "nvidia-utils-470"), "");
  EXPECT_EQ(sink.setting("package", "vim"), "");
  EXPECT_EQ(sink.setting("package", "nvidia-driver"), "535.54.03-1.el8");
  EXPECT_EQ(sink.setting("package", "nvidia-nccl-cu12"), "2.21.5");
  EXPECT_EQ(sink.setting("package", "torch"), "2.0.1+cu118");
  EXPECT_EQ(sink.setting("package", "MLNX_OFED_LINUX"), "23.10-2.1.3.1");
}

TEST(Packages, WhatChangedAndWhen) {
  const auto sink = parse<PackagesParser>(
      "2026-09-14 02:52:40 upgrade nvidia-dkms-open:amd64 580.159.03-1ubuntu1 610.57.04-1ubuntu1\nStart-Date: 2026-07-25  06:38:52\nCommandline: "
      "/usr/bin/unattended-upgrade\nInstall: linux-modules-nvidia-580-server-6.8.0-134-generic:amd64 (6.8.0-134.134+2, automatic)\nUpgrade: nvidia-dkms-580-server:amd64 "
      "(580.159.03-0ubuntu0.24.04.1, 580.173.02-0ubuntu0.24.04.1), libssl3t64:amd64 (3.0.13, 3.0.14)\n");
  const auto changes = sink.of_kind("host.package_change");
  ASSERT_THAT(changes, SizeIs(3));
  EXPECT_EQ(changes[0].attributes.at("to"), "610.57.04-1ubuntu1");
  EXPECT_TRUE(changes[0].time.utc_ns);
  EXPECT_EQ(changes[1].attributes.at("to"), "6.8.0-134.134+2");
  EXPECT_EQ(changes[2].attributes.at("from"), "580.159.03-0ubuntu0.24.04.1");
  EXPECT_EQ(changes[2].time.utc_ns, 1784961532000000000);
}

TEST(Packages, ProseAndLogsAreNoPackages) {
  EXPECT_THAT(parse<PackagesParser>("torch is great 2.0\nnvidia-smi -L\nINFO torch 2.10.0+cu130\nloading nvidia-uvm\nUpgrade: nvidia-x:amd64 (1.0\n").settings, IsEmpty());
}

TEST(Packages, ModinfoNamesTheModule) {
  EXPECT_EQ(parse<PackagesParser>("filename:       /lib/modules/5.15.0-112-generic/updates/dkms/nvidia-peermem.ko\nversion:        550.54.15\n")
                .setting("module_version", "nvidia-peermem"),
            "550.54.15");
}

TEST(Configuration, ModprobeLimitsMountsCdi) {
  const auto sink = parse<ConfigurationParser>(
      "options nvidia NVreg_DeviceFileMode=432 NVreg_DeviceFileGID=27\nblacklist nouveau\n* soft memlock unlimited\n10.30.200.5:/vol/models on /mnt/nas type nfs4 "
      "(ro,relatime,vers=4.1)\ntmpfs on /dev/shm type tmpfs (rw,size=65536k)\ntmpfs on /run type tmpfs (rw)\ncdiVersion: 0.5.0\n");
  EXPECT_EQ(sink.setting("modprobe", "NVreg_DeviceFileGID", "nvidia"), "27");
  EXPECT_EQ(sink.setting("modprobe", "blacklist", "nouveau"), "yes");
  EXPECT_EQ(sink.setting("limits_conf", "soft memlock", "*"), "unlimited");
  EXPECT_EQ(sink.setting("mount", "/mnt/nas"), "nfs4 10.30.200.5:/vol/models ro,relatime,vers=4.1");
  EXPECT_EQ(sink.setting("mount", "/run"), "");
  EXPECT_EQ(sink.setting("host", "cdi_spec_version"), "0.5.0");
  EXPECT_THAT(parse<ConfigurationParser>("the blacklist is long\nno options nvidia here\n").settings, IsEmpty());
}

}  // namespace
}  // namespace gpm::parsers::host
