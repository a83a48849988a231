// SPDX-License-Identifier: Apache-2.0
//
// Hosts, pods and namespaces by the paths of collectors.
#include "parsers/formats/collections.h"

#include <gmock/gmock.h>

#include "tests/formats/shared_samples.h"

namespace gpm::formats {
namespace {

using test::Scanned;
using testing::ElementsAre;

constexpr std::string_view xid = "[  100.000000] NVRM: Xid (PCI:0000:df:00): 79, pid=3010, name=python, GPU has fallen off the bus.\n";

TEST(Collections, PathsOfEachCollector) {
  EXPECT_EQ(collected_from("mg/nvidia-bug-report_ip-10-42-4-11.log.gz").host, "ip-10-42-4-11");
  EXPECT_EQ(collected_from("mg/gpu_device_usage_worker-3.log").host, "worker-3");
  EXPECT_EQ(collected_from("mg/gpu_operand_pod_nvidia-driver-daemonset-x7k2p.previous.log").pod, "nvidia-driver-daemonset-x7k2p");
  EXPECT_EQ(collected_from("artifacts/n1/20261009-024734/nvidia-bug-report-n1-20261009-024734.log.gz").host, "n1");
  EXPECT_EQ(collected_from("sosreport-gpu-07-2026-10-09-abcdefg/sos_commands/kernel/dmesg").host, "gpu-07");
  EXPECT_EQ(collected_from("x/sosreport-gpu07-2026-10-09-abcdefg.tar.xz/proc/cmdline").host, "gpu07");
  EXPECT_EQ(collected_from("support-bundle-1/host-collectors/ip-10-42-4-11/journald/kernel.txt").host, "ip-10-42-4-11");
  const auto log = collected_from("b/cluster-resources/pods/logs/ml-train/sft-0/pytorch-previous.log");
  EXPECT_EQ(log.name_space + " " + log.pod + " " + log.container, "ml-train sft-0 pytorch");
  EXPECT_EQ(collected_from("b/cluster-resources/events/ml-train.json").name_space, "ml-train");
  const auto dump = collected_from("dump/ml-train/sft-0/logs.txt");
  EXPECT_EQ(dump.name_space + " " + dump.pod, "ml-train sft-0");
  EXPECT_EQ(collected_from("dump/kube-system/pods.json").name_space, "kube-system");
  EXPECT_EQ(collected_from("var/log/pods/ml_sft-0_7f1b4a8e-3d6f-4b0e/worker/0.log").container, "worker");
}

TEST(Collections, OtherPathsNameNobody) {
  for (const char* path : {"nvidia-bug-report.log.gz", "host-collectors/system/node_list.json", "a/b/dmesg.txt", "sosreport/dmesg", "cluster-resources/nodes.json", ""}) {
    const auto found = collected_from(path);
    EXPECT_EQ(found.host + found.pod + found.name_space, "") << path;
  }
}

TEST(Collections, FactsOfAMustGatherBelongToTheNodeOfTheFile) {
  Scanned incident;
  incident.text("mg/nvidia-bug-report_node-a.log.gz", xid).text("mg/nvidia-bug-report_node-b.log.gz", xid).finish();
  EXPECT_THAT(incident.rows("SELECT host, code FROM events WHERE kind = 'kernel.xid' ORDER BY host"), ElementsAre("node-a|79", "node-b|79"));
}

TEST(Collections, SosWithALabelTakesTheNameThatTheTreeStates) {
  Scanned incident;
  incident.text("sosreport-gpu07-case123-2026-10-09-abcdefg/sos_commands/kernel/uname_-a", "Linux gpu07 6.8.0-87-generic #88-Ubuntu SMP x86_64 GNU/Linux\n")
      .text("sosreport-gpu07-case123-2026-10-09-abcdefg/sos_commands/kernel/dmesg", xid)
      .text("sosreport-gpu09-2026-10-09-abcdefg/sos_strings/logs/var.log.kern.log.tailed", xid)
      .finish();
  EXPECT_THAT(incident.rows("SELECT host FROM events WHERE kind = 'kernel.xid' ORDER BY host"), ElementsAre("gpu07", "gpu09"));
}

TEST(Collections, NamespacesAreColumnsOfDocuments) {
  Scanned incident;
  incident.text("b/cluster-resources/pods/logs/ml-train/sft-0/pytorch.log", "CUDA error: an illegal memory access was encountered\n").finish();
  EXPECT_EQ(incident.value("SELECT namespace FROM documents"), "ml-train");
  EXPECT_THAT(incident.rows("SELECT DISTINCT pod, container FROM events"), ElementsAre("sft-0|pytorch"));
}

}  // namespace
}  // namespace gpm::formats
