// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/kernel_parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::host {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

TEST(KernelParameters, ThoseThatDecide) {
  const auto sink = parse<KernelParameters>(
      "abi.vsyscall32 = 1\nkernel.pid_max = 4194304\nvm.overcommit_memory = 2\nnet.ipv4.ip_local_port_range = 50000\t51000\n"
      "net.ipv4.conf.eth0.rp_filter = 1\nkernel.random.uuid = 0f\n");
  EXPECT_EQ(sink.setting("sysctl", "kernel.pid_max"), "4194304");
  EXPECT_EQ(sink.setting("sysctl", "vm.overcommit_memory"), "2");
  EXPECT_EQ(sink.setting("sysctl", "net.ipv4.ip_local_port_range"), "50000\t51000");
  EXPECT_EQ(sink.setting("sysctl", "net.ipv4.conf.eth0.rp_filter"), "1");
  EXPECT_THAT(sink.settings, SizeIs(4));
}

TEST(KernelParameters, SysctlConfAndProcFiles) {
  const auto sink = parse<KernelParameters>("vm.max_map_count=262144\n#vm.swappiness = 10\n/proc/sys/kernel/numa_balancing:1\n");
  EXPECT_EQ(sink.setting("sysctl", "vm.max_map_count"), "262144");
  EXPECT_EQ(sink.setting("sysctl", "kernel.numa_balancing"), "1");
  EXPECT_THAT(sink.settings, SizeIs(2));
}

TEST(KernelParameters, AdviceAndErrorsAreNoSettings) {
  EXPECT_THAT(parse<KernelParameters>("run sysctl -w kernel.pid_max = 1\nsysctl: permission denied on key 'fs.protected_fifos'\nvm.overcommit_memory =\nset kernel.numa_balancing to 0\n").settings, IsEmpty());
}

}  // namespace
}  // namespace gpm::parsers::host
