// SPDX-License-Identifier: Apache-2.0
//
// A node of four GPUs, a to d, and what nvidia-smi prints in containers of that node.
#include "analyzer/store/gpu_identity.h"

#include <gtest/gtest.h>

#include "analyzer/store/store.h"
#include "tests/analyzer/filled_store.h"

namespace gpm::store {
namespace {

std::string uuid(char gpu) { return std::string("GPU-5e0a91c4-7d2b-4c36-b8f0-90a1c2d3e40") + gpu; }
std::string pci(char gpu) { return std::string("0000:") + gpu + "0:00.0"; }

// nvidia-smi -L of these GPUs, from line `line` on.
void list(test::FilledStore& store, std::string_view gpus, std::uint64_t line = 1) {
  for (int i = 0; i < static_cast<int>(gpus.size()); ++i)
    store.add(facts::Gpu{{.gpu_index = i, .gpu_uuid = uuid(gpus[static_cast<std::size_t>(i)])}, "NVIDIA H20", "", {line++, ""}});
}

// The table of nvidia-smi.
void table(test::FilledStore& store, std::string_view gpus) {
  for (int i = 0; i < static_cast<int>(gpus.size()); ++i)
    store.add(facts::Gpu{{.pci = pci(gpus[static_cast<std::size_t>(i)]), .gpu_index = i}, "NVIDIA H20", "", {static_cast<std::uint64_t>(10 + i), ""}});
}

void memory_of(test::FilledStore& store, int index, std::uint64_t line) {
  facts::Snapshot used;
  used.metric = "gpu.memory_used_mib";
  used.place.gpu_index = index;
  used.number = 100;
  used.text = "100 MiB at line " + std::to_string(line);
  used.at = {line, "GPU " + std::to_string(index)};
  store.add(std::move(used));
}

void end(test::FilledStore& store, std::string path) {
  DocumentRow row;
  row.path = std::move(path);
  row.format = "nvidia-smi";
  row.status = "ok";
  store.end_document(row);
}

void node(test::FilledStore& store, std::string_view gpus = "abcd") {
  store.begin_document();
  store.document_host("n1");
  list(store, gpus);
  end(store, "node/nvidia-smi-L.txt");
}

std::string rows(test::FilledStore& store, const char* sql) {
  Statement s(store.database().get(), sql);
  std::string all;
  while (s.step()) all += (all.empty() ? "" : " ") + s.text(0);
  return all;
}

// "0a 1b": index and letter of every GPU, "-" where no index is known.
std::string gpus(test::FilledStore& store) {
  return rows(store, "SELECT coalesce(gpu_index, '-') || CASE gpu_uuid WHEN '' THEN substr(pci, 6, 1) ELSE substr(gpu_uuid, -1) END AS name FROM gpus ORDER BY name");
}

TEST(GpuIdentity, APodNumbersItsGpusFromZero) {
  test::FilledStore store("b", true);
  store.begin_document();
  list(store, "cd", 2);  // $ kubectl exec ... -- nvidia-smi -L
  memory_of(store, 0, 9);
  end(store, "a-pod.txt");
  node(store);
  store.finish("h");
  EXPECT_EQ(gpus(store), "0a 1b 2c 3d");
  EXPECT_EQ(rows(store, "SELECT gpu_index || substr(gpu_uuid, -1) FROM snapshots"), "2c");
}

TEST(GpuIdentity, AContainerWithAllGpusHasTheHostsIndices) {
  test::FilledStore store("b", true);
  node(store);
  store.begin_document();
  list(store, "abcd");
  memory_of(store, 3, 9);
  end(store, "container.txt");
  store.finish("h");
  EXPECT_EQ(gpus(store), "0a 1b 2c 3d");
  EXPECT_EQ(rows(store, "SELECT gpu_index || substr(gpu_uuid, -1) FROM snapshots"), "3d");
}

TEST(GpuIdentity, AContainerWithTheFirstGpusContradictsNobody) {
  test::FilledStore store("b", true);
  node(store);
  store.begin_document();
  list(store, "ab");
  memory_of(store, 1, 9);
  end(store, "container.txt");
  store.finish("h");
  EXPECT_EQ(gpus(store), "0a 1b 2c 3d");
  EXPECT_EQ(rows(store, "SELECT gpu_index || substr(gpu_uuid, -1) FROM snapshots"), "1b");
}

TEST(GpuIdentity, BothStandInOneTerminalSession) {
  test::FilledStore store("b", true);
  store.begin_document();
  store.document_host("n1");
  list(store, "abcd", 2);
  memory_of(store, 0, 8);
  list(store, "dc", 22);
  memory_of(store, 0, 28);
  end(store, "ticket.txt");
  store.finish("h");
  EXPECT_EQ(gpus(store), "0a 1b 2c 3d");
  EXPECT_EQ(rows(store, "SELECT gpu_index || substr(gpu_uuid, -1) FROM snapshots ORDER BY line"), "0a 3d");
}

TEST(GpuIdentity, UuidsOfAPodAreNotTheHostsFirstAddresses) {
  test::FilledStore store("b", true);
  store.begin_document();
  store.document_host("n1");
  table(store, "abcd");
  end(store, "node/nvidia-smi.txt");
  store.begin_document();
  list(store, "cd");
  memory_of(store, 0, 9);
  end(store, "pod.txt");
  store.finish("h");
  EXPECT_EQ(gpus(store), "0a 1b 2c 3d");
  EXPECT_EQ(rows(store, "SELECT count(*) FROM gpus WHERE gpu_uuid <> ''"), "0");
  EXPECT_EQ(rows(store, "SELECT coalesce(gpu_index, '-') || pci || substr(gpu_uuid, -1) FROM snapshots"), "-c");
}

TEST(GpuIdentity, UuidsOfAllGpusAreTheHostsAddresses) {
  test::FilledStore store("b", true);
  store.begin_document();
  store.document_host("n1");
  table(store, "abcd");
  list(store, "abcd", 30);
  end(store, "node/nvidia-smi.txt");
  store.finish("h");
  EXPECT_EQ(rows(store, "SELECT gpu_index || substr(pci, 6, 1) || substr(gpu_uuid, -1) FROM gpus ORDER BY 1"), "0aa 1bb 2cc 3dd");
}

TEST(GpuIdentity, OfTwoPodsNeitherHasTheHostsIndices) {
  test::FilledStore store("b", true);
  for (const char* of : {"ab", "cd"}) {
    store.begin_document();
    store.document_host("n1");
    list(store, of);
    end(store, std::string(of) + ".txt");
  }
  store.finish("h");
  EXPECT_EQ(gpus(store), "-a -b -c -d");
}

TEST(GpuIdentity, TwoHostsMayHaveOneIndexEach) {
  test::FilledStore store("b", true);
  node(store);
  store.begin_document();
  store.document_host("n2");
  list(store, "ef");
  end(store, "n2/nvidia-smi-L.txt");
  store.finish("h");
  EXPECT_EQ(gpus(store), "0a 0e 1b 1f 2c 3d");
}

TEST(GpuIdentity, OneGpuAskedForByIndexIsNoContainer) {
  test::FilledStore store("b", true);
  node(store);
  store.begin_document();
  store.add(facts::Gpu{{.pci = pci('d'), .gpu_index = 3, .gpu_uuid = uuid('d')}, "NVIDIA H20", "", {1, ""}});  // nvidia-smi -q -i 3
  end(store, "q.txt");
  store.finish("h");
  EXPECT_EQ(rows(store, "SELECT gpu_index || pci FROM gpus WHERE pci <> ''"), "30000:d0:00.0");
}

}  // namespace
}  // namespace gpm::store
