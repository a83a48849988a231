// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "parsers/container/kubectl_describe.h"
#include "parsers/container/kubectl_tables.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::container {
namespace {

constexpr std::string_view describe_pod = R"(Name:             trainer-0
Namespace:        ml
Priority:         0
Node:             gpu-node-1.cluster.local/10.0.0.5
Start Time:       Tue, 15 Oct 2024 02:00:00 +0000
Containers:
  worker:
    Container ID:  containerd://5a3ab1
    Image:         nvcr.io/nvidia/pytorch:24.05-py3
    Command:
      torchrun
      --nproc-per-node=8
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Finished:     Tue, 15 Oct 2024 02:11:44 +0000
    Ready:          False
    Limits:
      memory:          64Gi
      nvidia.com/gpu:  8
    Requests:
      memory:          32Gi
      nvidia.com/gpu:  8
    Environment:
      NCCL_DEBUG:  INFO
      TOKEN:       <set to the key 'token' in secret 's'>  Optional: false
    Mounts:
      /dev/shm from dshm (rw)
Conditions:
  Type              Status
  Ready             False
Volumes:
  dshm:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:     Memory
    SizeLimit:  32Gi
QoS Class:                   Burstable
Events:
  Type     Reason     Age                From     Message
  ----     ------     ----               ----     -------
  Warning  BackOff    2m (x10 over 5m)   kubelet  Back-off restarting failed container worker
$ exit
  Warning  Unrelated  2m                 kubelet  text of something else
)";

TEST(DescribeNode, QuotedFromItsResourcesOn) {
  const auto sink = test::parse<KubectlDescribe>(R"(Capacity:
  cpu:                         4
  nvidia.com/gpu:              0
Allocatable:
  nvidia.com/gpu:              0
)");
  EXPECT_EQ(sink.setting("node", "capacity:nvidia.com/gpu", ""), "0");
  EXPECT_EQ(sink.setting("node", "allocatable:nvidia.com/gpu", ""), "0");
}

TEST(DescribeNode, QuotedWithoutItsRoles) {
  const auto sink = test::parse<KubectlDescribe>(R"(Name:               gpu-4
Labels:             a.example/one=1
                    b.example/two=2
                    nvidia.com/gpu.present=true
Capacity:
  nvidia.com/gpu:   8
)");
  EXPECT_EQ(sink.setting("node", "capacity:nvidia.com/gpu", "gpu-4"), "8");
}

TEST(DescribeNode, AVolumesCapacityIsNoNodes) {
  const auto sink = test::parse<KubectlDescribe>("Name:            pv0003\nCapacity:        5Gi\n  nvidia.com/gpu: 8\n");
  EXPECT_EQ(sink.setting("node", "capacity:nvidia.com/gpu", "pv0003"), "");
}

TEST(DescribePod, SpecOfTheContainer) {
  const auto sink = test::parse<KubectlDescribe>(describe_pod);
  const auto get = [&](std::string_view key) { return sink.setting("container", key, "worker"); };
  EXPECT_EQ(get("image"), "nvcr.io/nvidia/pytorch:24.05-py3");
  EXPECT_EQ(get("gpu_request"), "8");
  EXPECT_EQ(get("memory_limit_bytes"), "68719476736");
  EXPECT_EQ(get("shm_volume"), "memory:32Gi");
  EXPECT_EQ(get("command"), "torchrun --nproc-per-node=8");
  EXPECT_EQ(get("arg:nproc-per-node"), "8");
  EXPECT_EQ(sink.setting("env", "NCCL_DEBUG", "worker"), "INFO");
  EXPECT_EQ(sink.setting("env", "TOKEN", "worker"), "");
  EXPECT_EQ(get("host_ipc"), "");  // describe does not show it
}

TEST(DescribePod, LastStateAndEvents) {
  const auto sink = test::parse<KubectlDescribe>(describe_pod);
  const auto ended = sink.of_kind("container.terminated");
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].code, 137);
  EXPECT_EQ(ended[0].attributes.at("reason"), "OOMKilled");
  EXPECT_EQ(ended[0].attributes.at("state"), "last");
  EXPECT_EQ(ended[0].at.line, 16u);
  EXPECT_EQ(ended[0].place.pod, "trainer-0");
  EXPECT_EQ(ended[0].place.host, "gpu-node-1");
  EXPECT_EQ(ended[0].place.container, "worker");
  EXPECT_EQ(sink.of_kind("container.waiting").size(), 1u);
  const auto events = sink.of_kind("kubernetes.event");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].attributes.at("reason"), "BackOff");
  EXPECT_EQ(events[0].attributes.at("age"), "2m (x10 over 5m)");
  EXPECT_EQ(events[0].attributes.at("message"), "Back-off restarting failed container worker");
}

TEST(DescribeNode, GpusThatCanBeAllocated) {
  const auto sink = test::parse<KubectlDescribe>(
      "Name:               gpu\nRoles:              master\nConditions:\n  Type             Status  LastHeartbeatTime\n"
      "  Ready            True    Wed, 28 Feb 2018 18:09:44 +0000   KubeletReady   kubelet is ready\n"
      "Capacity:\n nvidia.com/gpu:  1\nAllocatable:\n nvidia.com/gpu:  0\n");
  EXPECT_EQ(sink.setting("node", "capacity:nvidia.com/gpu", "gpu"), "1");
  EXPECT_EQ(sink.setting("node", "allocatable:nvidia.com/gpu", "gpu"), "0");
  EXPECT_EQ(sink.setting("node", "condition:Ready", "gpu"), "True");
}

TEST(Describe, OtherThingsWithANameAreLeftAlone) {
  const auto sink = test::parse<KubectlDescribe>(
      "Name: Tesla V100\nMemory: 16 GB\nImage: x\nLimits:\n  nvidia.com/gpu: 8\nName:   svc\nNamespace:  ml\nType: ClusterIP\n"
      "Events:\n  Warning  Sync  2m  ctl  something failed\n");
  EXPECT_TRUE(sink.settings.empty());
  ASSERT_EQ(sink.events.size(), 1u);
  EXPECT_EQ(sink.events[0].place.pod, "");
}

TEST(GetPods, RowsUntilTheTableEnds) {
  const auto sink = test::parse<KubectlTables>(
      "$ kubectl get po -A -o wide\n"
      "NAMESPACE      NAME            READY   STATUS                  RESTARTS      AGE   IP       NODE       NOMINATED NODE\n"
      "gpu-operator   validator-7l5   0/1     Init:CrashLoopBackOff   7 (2m1s ago)  13m   10.0.1.2 gpu07.lan  <none>\n"
      "ml             trainer-0       1/1     Running                 0             15m   10.0.1.3 gpu08      <none>\n"
      "trainer-9       1/1     Running                 0\n");
  const auto pods = sink.of_kind("kubernetes.pod_status");
  ASSERT_EQ(pods.size(), 2u);
  EXPECT_EQ(pods[0].place.pod, "validator-7l5");
  EXPECT_EQ(pods[0].place.host, "gpu07");
  EXPECT_EQ(pods[0].attributes.at("status"), "Init:CrashLoopBackOff");
  EXPECT_EQ(pods[0].attributes.at("restarts"), "7");
  EXPECT_EQ(pods[0].attributes.at("namespace"), "gpu-operator");
}

TEST(GetEvents, ReasonAndMessage) {
  const auto sink = test::parse<KubectlTables>(
      "LAST SEEN          TYPE      REASON             OBJECT          MESSAGE\n"
      "3m20s (x12 over 25m) Warning FailedScheduling   pod/trainer-0   0/1 nodes are available: 1 Insufficient nvidia.com/gpu.\n"
      "5m                 Normal    NodeNotReady       node/gpu07      Node gpu07 status is now: NodeNotReady\n");
  const auto events = sink.of_kind("kubernetes.event");
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].place.pod, "trainer-0");
  EXPECT_EQ(events[0].attributes.at("reason"), "FailedScheduling");
  EXPECT_EQ(events[0].attributes.at("message"), "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.");
  EXPECT_EQ(events[1].place.host, "gpu07");
}

TEST(GetNodes, StatusOfANode) {
  const auto sink = test::parse<KubectlTables>(
      "NAME     STATUS                     ROLES    AGE   VERSION\ngpu07    NotReady,SchedulingDisabled   <none>   12d   v1.33.5\n");
  EXPECT_EQ(sink.of_kind("kubernetes.node_status").at(0).attributes.at("status"), "NotReady,SchedulingDisabled");
}

TEST(KubectlTables, WordsOfATicketAreNoTable) {
  const auto sink = test::parse<KubectlTables>("many RESTARTS of pod-1\nLAST SEEN yesterday\npod-1 0/1 CrashLoopBackOff 7 3m\nROLES are not set\nnode-1 NotReady x 3d v1\n");
  EXPECT_TRUE(sink.events.empty());
}

}  // namespace
}  // namespace gpm::container
