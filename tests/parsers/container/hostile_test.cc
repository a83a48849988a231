// SPDX-License-Identifier: Apache-2.0
//
// Specs that were written to hurt the reader. All must end quickly, within bounds, and without taking what is beside them.
#include <gtest/gtest.h>

#include <chrono>

#include "parsers/container/kubectl_describe.h"
#include "parsers/container/run_command.h"
#include "parsers/container/spec_text.h"
#include "parsers/container/tree.h"
#include "parsers/container/values.h"
#include "tests/parsers/container/incident2.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::container {
namespace {

constexpr std::string_view pod_head = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: c, image: i}\n";

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

TEST(Hostile, YamlAMillionDeep) {
  for (auto part : {"[", "{a: ", "- ", "? ", "[{a: "}) {
    const auto tree = read_yaml("a: " + repeated(part, 1'000'000), 1);
    EXPECT_FALSE(tree.error.empty()) << part;
    const auto second = read_yaml(repeated(part, 1'000'000), 1);
    EXPECT_FALSE(second.error.empty()) << part;
  }
  std::string staircase;
  for (std::size_t i = 0; i < 2000; ++i) staircase += std::string(i, ' ') + "a:\n";
  EXPECT_TRUE(yaml_nests_too_deep(staircase));
}

TEST(Hostile, JsonAMillionDeep) {
  for (auto part : {"[", "{\"a\":", "[{\"a\":"}) {
    const auto tree = read_json(repeated(part, 1'000'000), 1);
    EXPECT_NE(tree.error.find("deep"), std::string::npos) << part;
  }
}

TEST(Hostile, DeepAnnotationsInABlockScalarAreOnlyText) {
  EXPECT_FALSE(yaml_nests_too_deep("a:\n  b: |\n    " + repeated("[", 1000) + "\n  c: plain [[[[ text\n"));
  std::string script = "a:\n  b: |\n";
  for (std::size_t i = 0; i < 100; ++i) script += std::string(4 + i, ' ') + "x\n";
  EXPECT_FALSE(yaml_nests_too_deep(script));
}

TEST(Hostile, AliasBombIsRefusedAndWhatStoodBeforeIsKept) {
  std::string text(pod_head);
  text += "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const auto name = std::to_string(i), previous = "*a" + std::to_string(i - 1);
    text += "a" + name + ": &a" + name + " [" + previous;
    for (int j = 1; j < 10; ++j) text += ", " + previous;
    text += "]\n";
  }
  const auto sink = test::parse<SpecText>(text);
  EXPECT_EQ(sink.setting("container", "image", "c"), "i");
  EXPECT_LT(sink.settings.size(), 100u);
}

TEST(Hostile, AliasToItself) {
  const auto tree = read_yaml("a: &a\n  b: *a\n", 1);
  EXPECT_TRUE(tree.root["a"]["b"].kind == Node::Kind::null);
}

TEST(Hostile, WrongTypesEverywhere) {
  const auto sink = test::parse<SpecText>(
      "apiVersion: v1\nkind: [Pod]\nmetadata: 7\nspec:\n  hostIPC: {a: b}\n  nodeSelector: x\n  volumes: {a: b}\n"
      "  initContainers: 3\n  containers:\n  - name: [x]\n    image: {a: b}\n    env: {A: B}\n    args: 5\n    command: {a: b}\n"
      "    resources: [1]\n    securityContext: yes\n    volumeMounts: [a, {mountPath: [1]}]\n  - 4\n  - [5]\n"
      "status: {containerStatuses: [1, {state: 2, lastState: {terminated: {exitCode: [1]}}}]}\n");
  for (const auto& s : sink.settings) EXPECT_LE(s.value.size(), 4096u);
  SpecJson parser;
  test::RecordingSink json;
  for (auto text : {"[]", "{}", "null", "3", "[[[{\"HostConfig\": 3}]]]", "[{\"HostConfig\": [], \"State\": 4, \"Name\": {}}]",
                    "[{\"HostConfig\": {\"ShmSize\": \"x\", \"Memory\": 1e400, \"DeviceRequests\": [1]}, \"Config\": 2}]",
                    "{\"services\": {\"a\": {\"image\": [], \"deploy\": 3, \"gpus\": [[]], \"ulimits\": {\"memlock\": []}}}}"})
    parser.parse(text, json);
  SUCCEED();
}

TEST(Hostile, TruncatedAnywhereNeverFails) {
  const std::string text(test::prefill_and_decode);
  const auto flat = test::without_indentation(text);
  for (std::size_t size = 0; size < text.size(); size += 7) test::parse<SpecText>(text.substr(0, size));
  for (std::size_t size = 0; size < flat.size(); size += 7) test::parse<SpecText>(flat.substr(0, size));
  SUCCEED();
}

TEST(Hostile, HugeScalarsAreCut) {
  const auto sink = test::parse<SpecText>(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: c\n    image: " +
      std::string(3 << 20, 'x') + "\n    args: [\"" + std::string(1 << 19, 'y') + "\"]\n");
  EXPECT_EQ(sink.setting("container", "image", "c").size(), 4096u);
  for (const auto& s : sink.settings) EXPECT_LE(s.at.text.size(), 4096u);
}

TEST(Hostile, OneLineOfManyContainersDoesNotMultiplyItself) {
  std::string text = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[";
  for (int i = 0; i < 50'000; ++i) text += std::string(i ? "," : "") + "{\"name\":\"c\",\"image\":\"i\"}";
  text += "]}}";
  SpecJson parser;
  test::RecordingSink sink;
  EXPECT_TRUE(parser.parse(text, sink));
  EXPECT_LE(sink.settings.size(), max_facts);
  EXPECT_EQ(sink.notes.size(), 1u);
  EXPECT_LE(sink.settings.back().at.text.size(), 512u);
}

TEST(Hostile, DuplicateKeysTakeTheLast) {
  const auto sink = test::parse<SpecText>(
      "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  hostIPC: true\n  hostIPC: false\n  containers:\n"
      "  - {name: c, image: a, image: b}\n");
  EXPECT_EQ(sink.setting("container", "host_ipc", "c"), "false");
  EXPECT_EQ(sink.setting("container", "image", "c"), "b");
}

TEST(Hostile, ALongListIsReadItemByItem) {
  std::string text = "apiVersion: v1\nkind: List\nitems:\n";
  const std::string padding(20'000, 'x');
  const int pods = 500;  // 10 MiB
  for (int i = 0; i < pods; ++i)
    text += "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: pod-" + std::to_string(i) + "\n    annotations: {a: " + padding +
            "}\n  spec:\n    containers:\n    - name: c\n      image: i\n";
  const auto sink = test::parse<SpecText>(text);
  int images = 0;
  std::uint64_t last_line = 0;
  for (const auto& s : sink.settings)
    if (s.key == "image") {
      ++images;
      last_line = s.at.line;
    }
  EXPECT_EQ(images, pods);
  EXPECT_EQ(last_line, 3u + 9u * pods);
}

TEST(Hostile, EndlessCommandLine) {
  const auto sink = test::parse<RunCommand>("docker run -it " + repeated("-e A=B \\\n", 100'000) + " img:1\n");
  EXPECT_LT(sink.settings.size(), 10'000u);
  test::parse<RunCommand>("docker run --gpus all img:1 '" + std::string(1 << 20, '\\') + "\n");
  test::parse<RunCommand>(repeated("docker run ", 100'000) + "\n");
}

TEST(Values, Sizes) {
  EXPECT_EQ(kubernetes_bytes("64Gi"), 68719476736);
  EXPECT_EQ(kubernetes_bytes("2G"), 2000000000);
  EXPECT_EQ(kubernetes_bytes("1e9"), 1000000000);
  EXPECT_EQ(kubernetes_bytes("9999999999999999Ti"), std::nullopt);
  EXPECT_EQ(kubernetes_bytes("-5"), -5);
  EXPECT_EQ(kubernetes_bytes("lots"), std::nullopt);
  EXPECT_EQ(docker_bytes("1.5GB"), 1610612736);
  EXPECT_EQ(docker_bytes("65536k"), 67108864);
  EXPECT_EQ(docker_bytes("16gib"), 17179869184);
  EXPECT_EQ(docker_bytes(""), std::nullopt);
  EXPECT_EQ(docker_bytes("g"), std::nullopt);
}

TEST(Values, Times) {
  EXPECT_EQ(rfc3339_ns("2024-10-15T02:11:44+08:00"), 1728929504000000000);
  EXPECT_EQ(rfc3339_ns("0001-01-01T00:00:00Z"), std::nullopt);
  EXPECT_EQ(rfc3339_ns("2024-02-30T00:00:00Z"), std::nullopt);
  EXPECT_EQ(rfc3339_ns("2024-10-15T02:11:44"), std::nullopt);
}

}  // namespace
}  // namespace gpm::container
