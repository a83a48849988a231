// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "parsers/container/spec_text.h"
#include "tests/parsers/container/incident2.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::container {
namespace {

using test::RecordingSink;

RecordingSink read(std::string_view text) { return test::parse<SpecText>(text); }

const facts::Setting* find(const RecordingSink& sink, std::string_view key, std::string_view subject = {}) {
  for (const auto& s : sink.settings)
    if (s.key == key && (subject.empty() || s.subject == subject)) return &s;
  return nullptr;
}

RecordingSink read_json_document(std::string_view text) {
  RecordingSink sink;
  SpecJson parser;
  EXPECT_TRUE(parser.sniff(text.substr(0, 4096), "dump.json"));
  EXPECT_TRUE(parser.parse(text, sink));
  return sink;
}

TEST(KubernetesYaml, PrefillAndDecodeDifferInHostIpcOnly) {
  const auto sink = read(test::prefill_and_decode);
  EXPECT_EQ(sink.setting("container", "host_ipc", "prefill"), "false");
  EXPECT_EQ(sink.setting("container", "host_ipc", "decode"), "true");
  for (auto container : {"prefill", "decode"}) {
    EXPECT_EQ(sink.setting("container", "gpu_request", container), "2");
    EXPECT_EQ(sink.setting("container", "privileged", container), "false");
    EXPECT_EQ(sink.setting("container", "host_pid", container), "false");
    EXPECT_EQ(sink.setting("container", "share_process_namespace", container), "false");
    EXPECT_EQ(sink.setting("container", "capability", container), "IPC_LOCK");
    EXPECT_EQ(sink.setting("container", "arg:tensor-parallel-size", container), "2");
    EXPECT_EQ(sink.setting("env", "UCX_TLS", container), "cuda_ipc,cuda_copy,rc,tcp");
  }
  EXPECT_EQ(sink.setting("container", "shm_volume", "prefill"), "memory:32Gi");
  EXPECT_EQ(sink.setting("container", "shm_volume", "decode"), "none");
  EXPECT_EQ(sink.setting("container", "arg:disaggregation-mode", "prefill"), "prefill");
  EXPECT_EQ(sink.setting("container", "arg:disaggregation-mode", "decode"), "decode");
  EXPECT_EQ(sink.setting("container", "workload", "decode"), "Deployment/sglang-decode");
  EXPECT_EQ(sink.setting("container", "memory_limit_bytes", "prefill"), "68719476736");
  EXPECT_EQ(sink.setting("container", "indentation"), "");
  EXPECT_TRUE(sink.notes.empty());
}

TEST(KubernetesYaml, EverySettingStandsOnTheLineOfItsKey) {
  const auto sink = read(test::prefill_and_decode);
  EXPECT_EQ(find(sink, "gpu_request", "prefill")->at.text, "            nvidia.com/gpu: \"2\"");
  EXPECT_EQ(find(sink, "gpu_request", "prefill")->at.line, 42u);
  EXPECT_EQ(find(sink, "host_ipc", "decode")->at.text, "      hostIPC: true");
  EXPECT_EQ(find(sink, "host_ipc", "prefill")->at.text, "      - name: prefill");
  EXPECT_EQ(find(sink, "shm_volume", "prefill")->at.text, "          mountPath: /dev/shm");
  EXPECT_EQ(find(sink, "arg:tensor-parallel-size", "prefill")->at.text, "        - --tp");
  // Within a block of shell text too.
  EXPECT_EQ(find(sink, "arg:model-path", "decode")->at.text, "          --model-path /models/Qwen3-32B \\");
}

TEST(KubernetesYaml, PastedAfterAPromptEndsAtTheNextOne) {
  const auto sink = read(
      "Pod as running:\n"
      "$ kubectl get pod trainer-0 -o yaml\n"
      "apiVersion: v1\n"
      "kind: Pod\n"
      "metadata:\n"
      "  name: trainer-0\n"
      "spec:\n"
      "  nodeName: gpu07.rack3.example\n"
      "  containers:\n"
      "  - image: pytorch:2.4\n"
      "    name: worker\n"
      "$ kubectl get nodes\n"
      "containers: are listed above\n");
  ASSERT_NE(find(sink, "image"), nullptr);
  EXPECT_EQ(find(sink, "image")->at.line, 10u);
  EXPECT_EQ(find(sink, "image")->place.pod, "trainer-0");
  EXPECT_EQ(find(sink, "image")->place.host, "gpu07");
  EXPECT_EQ(find(sink, "image")->place.container, "worker");
  EXPECT_TRUE(sink.notes.empty());
}

TEST(KubernetesYaml, StatesOfContainersBecomeEvents) {
  const auto sink = read(R"(apiVersion: v1
kind: Pod
metadata:
  name: train-0
spec:
  nodeName: gpu07
  containers:
  - name: worker
    image: train:1
status:
  phase: Running
  containerStatuses:
  - name: worker
    restartCount: 3
    state:
      waiting:
        reason: CrashLoopBackOff
        message: back-off 40s restarting failed container
    lastState:
      terminated:
        exitCode: 137
        reason: OOMKilled
        finishedAt: "2026-09-30T13:21:49Z"
)");
  const auto ended = sink.of_kind("container.terminated");
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].code, 137);
  EXPECT_EQ(ended[0].attributes.at("reason"), "OOMKilled");
  EXPECT_EQ(ended[0].attributes.at("state"), "last");
  EXPECT_EQ(ended[0].attributes.at("restarts"), "3");
  EXPECT_EQ(ended[0].place.pod, "train-0");
  EXPECT_EQ(ended[0].place.host, "gpu07");
  EXPECT_EQ(ended[0].at.text, "        reason: OOMKilled");
  EXPECT_EQ(ended[0].time.utc_ns, 1790774509000000000);
  EXPECT_EQ(sink.of_kind("container.waiting").at(0).attributes.at("reason"), "CrashLoopBackOff");
}

TEST(KubernetesYaml, ListsInitContainersHostShmAndMig) {
  const auto sink = read(R"(apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: pod-a-0}
  spec:
    hostPID: true
    shareProcessNamespace: true
    runtimeClassName: nvidia
    nodeSelector: {gpu: h20}
    initContainers:
    - {name: fetch, image: alpine}
    containers:
    - name: worker
      image: pytorch
      securityContext: {privileged: true}
      resources:
        limits: {nvidia.com/mig-1g.10gb: 1}
      volumeMounts:
      - {name: dshm, mountPath: /dev/shm/}
    volumes:
    - name: dshm
      hostPath: {path: /dev/shm}
- apiVersion: v1
  kind: Pod
  metadata: {name: pod-b-0}
  spec:
    containers:
    - {name: worker, image: pytorch}
)");
  EXPECT_EQ(sink.setting("container", "host_pid", "worker"), "true");
  EXPECT_EQ(sink.setting("container", "share_process_namespace", "worker"), "true");
  EXPECT_EQ(sink.setting("container", "runtime_class", "worker"), "nvidia");
  EXPECT_EQ(sink.setting("container", "node_selector:gpu", "worker"), "h20");
  EXPECT_EQ(sink.setting("container", "privileged", "worker"), "true");
  EXPECT_EQ(sink.setting("container", "nvidia.com/mig-1g.10gb", "worker"), "1");
  EXPECT_EQ(sink.setting("container", "shm_volume", "worker"), "hostpath:/dev/shm");
  EXPECT_EQ(sink.setting("container", "init_container", "fetch"), "true");
  EXPECT_EQ(sink.setting("container", "privileged", "fetch"), "");  // nothing is asked of init containers
  EXPECT_EQ(sink.settings.back().place.pod, "pod-b-0");
}

TEST(KubernetesYaml, CustomResourcesKeepTheReplicasOfTheirRole) {
  const auto sink = read(R"(apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata:
  name: sft-8b
spec:
  pytorchReplicaSpecs:
    Master:
      replicas: 1
      template:
        spec:
          containers:
          - name: master
            image: sft
    Worker:
      replicas: 3
      template:
        spec:
          containers:
          - name: worker
            image: sft
)");
  EXPECT_EQ(sink.setting("container", "replicas", "master"), "1");
  EXPECT_EQ(sink.setting("container", "replicas", "worker"), "3");
  EXPECT_EQ(sink.setting("container", "workload", "worker"), "PyTorchJob/sft-8b");
  EXPECT_EQ(find(sink, "image")->place.pod, "");  // a job's name is no pod's
}

TEST(KubernetesJson, AWholeDumpWithNodesPodsAndEvents) {
  const auto sink = read_json_document(R"({
  "kind": "List",
  "apiVersion": "v1",
  "items": [
    {"metadata": {"name": "gpu07", "labels": {"nvidia.com/gpu.product": "NVIDIA-H100"}},
     "status": {"allocatable": {"nvidia.com/gpu": "7"},
                "capacity": {"nvidia.com/gpu": 8},
                "conditions": [{"type": "Ready", "status": "False"}]}},
    {"kind": "Pod", "metadata": {"name": "trainer-0"},
     "spec": {"hostIPC": true, "nodeName": "gpu07",
              "containers": [{
                "name": "worker",
                "image": "sft",
                "resources": {"limits": {
                  "nvidia.com/gpu": 8
                }}}]}},
    {"kind": "Event", "metadata": {"name": "x"}, "involvedObject": {"kind": "Pod", "name": "trainer-0"},
     "reason": "BackOff",
     "message": "Back-off restarting failed container", "type": "Warning", "count": 21}
  ]
})");
  EXPECT_EQ(sink.setting("node", "allocatable:nvidia.com/gpu", "gpu07"), "7");
  EXPECT_EQ(sink.setting("node", "capacity:nvidia.com/gpu", "gpu07"), "8");
  EXPECT_EQ(sink.setting("node", "condition:Ready", "gpu07"), "False");
  EXPECT_EQ(sink.setting("container", "host_ipc", "worker"), "true");
  EXPECT_EQ(find(sink, "gpu_request", "worker")->at.line, 15u);
  const auto event = sink.of_kind("kubernetes.event").at(0);
  EXPECT_EQ(event.place.pod, "trainer-0");
  EXPECT_EQ(event.attributes.at("reason"), "BackOff");
  EXPECT_EQ(event.attributes.at("count"), "21");
  EXPECT_EQ(event.at.line, 19u);
}

TEST(KubernetesJson, PastedWithoutItsFirstBraceInView) {
  const auto sink = read(
      "$ kubectl get pod p -o json\n{\n    \"apiVersion\": \"v1\",\n    \"kind\": \"Pod\",\n"
      "    \"metadata\": {\"name\": \"p\"},\n    \"spec\": {\"containers\": [{\"name\": \"c\",\n"
      "        \"image\": \"i\"}]}\n}\n$ echo done\n");
  ASSERT_NE(find(sink, "image"), nullptr);
  EXPECT_EQ(find(sink, "image")->at.line, 7u);
  EXPECT_EQ(find(sink, "image")->place.pod, "p");
}

TEST(KubernetesText, NearMissesGiveNothing) {
  for (auto text : {"kind: of slow today\n", "the spec: says otherwise\n", "containers: 3 running\n",
                    "apiVersion: v1\nkind: ConfigMap\ndata:\n  containers: \"none\"\n",
                    "services: docker, kubelet\n", "I0930 \"apiVersion\" not found\n",
                    "services:\n  nginx:\n    port: 80\n"})
    EXPECT_EQ(read(text).settings.size(), 0u) << text;
}

TEST(KubernetesYaml, ADamagedDocumentCostsNoOther) {
  const auto sink = read(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: c1\n    image: i\n"
      "   - broken: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec:\n  containers:\n  - name: c2\n    image: i\n");
  EXPECT_EQ(sink.setting("container", "image", "c1"), "i");
  EXPECT_EQ(sink.setting("container", "image", "c2"), "i");
  EXPECT_EQ(sink.notes.size(), 1u);
}

TEST(KubernetesYaml, NoBreakSpacesFromAWebPageAreIndentation) {
  std::string text(test::prefill_and_decode);
  std::string pasted;
  for (char c : text) pasted += c == ' ' ? std::string("\xC2\xA0") : std::string(1, c);
  const auto sink = read(pasted);
  EXPECT_EQ(sink.setting("container", "gpu_request", "decode"), "2");
}

}  // namespace
}  // namespace gpm::container
