// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "parsers/container/spec_text.h"
#include "tests/parsers/container/incident2.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::container {
namespace {

using Row = std::tuple<std::string, std::string, std::string, std::string, std::uint64_t>;

// What was stated, where. The joined command lines may differ: a block of shell text has no bounds once it is flat.
std::set<Row> rows(const test::RecordingSink& sink) {
  std::set<Row> found;
  for (const auto& s : sink.settings)
    if (s.key != "indentation" && s.key != "args") found.insert({s.scope, s.subject, s.key, s.value, s.at.line});
  return found;
}

TEST(FlatYaml, SaysTheSameAsTheIndentedSpecLineByLine) {
  const auto indented = test::parse<SpecText>(test::prefill_and_decode);
  const auto flat = test::parse<SpecText>(test::without_indentation(test::prefill_and_decode));
  EXPECT_EQ(rows(flat), rows(indented));
}

TEST(FlatYaml, EvenWithoutTheDashes) {
  const auto indented = test::parse<SpecText>(test::prefill_and_decode);
  const auto flat = test::parse<SpecText>(test::without_indentation(test::prefill_and_decode, false));
  for (const auto& container : {"prefill", "decode"})
    for (const auto& key : {"gpu_request", "host_ipc", "privileged", "shm_volume", "capability", "arg:disaggregation-mode"})
      EXPECT_EQ(flat.setting("container", key, container), indented.setting("container", key, container)) << key;
}

TEST(FlatYaml, IsMarkedAsSuch) {
  const auto sink = test::parse<SpecText>(test::without_indentation(test::prefill_and_decode));
  EXPECT_EQ(sink.setting("container", "indentation"), "lost");
  ASSERT_FALSE(sink.notes.empty());
  EXPECT_EQ(sink.notes[0].reason, "indentation was lost; read by key and line");
}

TEST(FlatYaml, OutputOfTheNextCommandIsNotSwallowed) {
  const auto text = test::without_indentation(test::prefill_and_decode) +
                    "root@h20:~# ucx_perftest -t tag_bw -m cuda\nprivileged: true\n";
  const auto sink = test::parse<SpecText>(text);
  EXPECT_EQ(sink.setting("container", "privileged", "decode"), "false");
}

TEST(FlatYaml, SidecarsAndKubectlsKeyOrder) {
  const auto sink = test::parse<SpecText>(
      "apiVersion: v1\nkind: Pod\nmetadata:\nname: p\nownerReferences:\n- apiVersion: apps/v1\nkind: ReplicaSet\nname: rs\n"
      "spec:\ncontainers:\n- env:\n- name: NCCL_DEBUG\nvalue: INFO\nimage: train:1\nname: main\nports:\n- containerPort: 80\n"
      "name: http\nresources:\nlimits:\nnvidia.com/gpu: \"8\"\nvolumeMounts:\n- mountPath: /dev/shm\nname: dshm\n"
      "- image: side:1\nname: sidecar\nvolumes:\n- emptyDir:\nmedium: Memory\nname: dshm\nstatus:\ncontainerStatuses:\n"
      "- image: train:1\nname: main\n");
  EXPECT_EQ(sink.setting("container", "image", "main"), "train:1");
  EXPECT_EQ(sink.setting("container", "image", "sidecar"), "side:1");
  EXPECT_EQ(sink.setting("container", "gpu_request", "main"), "8");
  EXPECT_EQ(sink.setting("container", "gpu_request", "sidecar"), "");
  EXPECT_EQ(sink.setting("env", "NCCL_DEBUG", "main"), "INFO");
  EXPECT_EQ(sink.setting("container", "workload", "main"), "Pod/p");
  EXPECT_EQ(sink.setting("container", "shm_volume", "main"), "memory");
}

TEST(FlatYaml, OneLevelLost) {
  const auto sink = test::parse<SpecText>(
      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n  - name: c\n  image: train:1\n"
      "  resources:\n  limits:\n  nvidia.com/gpu: 4\n");
  EXPECT_EQ(sink.setting("container", "gpu_request", "c"), "4");
  EXPECT_EQ(sink.setting("container", "indentation"), "lost");
}

TEST(FlatYaml, TabsAreReadByKeyAndLine) {
  const auto sink = test::parse<SpecText>(
      "apiVersion: v1\nkind: Pod\nmetadata:\n\tname: p\nspec:\n\tcontainers:\n\t- name: c\n\t  image: train:1\n");
  EXPECT_EQ(sink.setting("container", "image", "c"), "train:1");
  EXPECT_EQ(sink.notes.size(), 1u);
}

}  // namespace
}  // namespace gpm::container
