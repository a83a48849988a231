// SPDX-License-Identifier: Apache-2.0
//
// nvidia-smi's views of one host agree: the table, -q, -q -x, CSV, -L and /proc give the same GPUs. Of each host only the
// files that show all of its GPUs are taken.
#include <gmock/gmock.h>

#include "tests/formats/shared_samples.h"

namespace gpm::test {
namespace {

struct Host {
  const char* folder;
  std::vector<const char*> files;  // each shows all GPUs
  std::size_t gpus;
};

class Views : public testing::TestWithParam<Host> {};

TEST_P(Views, GiveTheSameGpus) {
  const auto& host = GetParam();
  const auto folder = shared_folder() / host.folder;
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no samples at " << folder;
  Scanned together;
  for (const char* file : host.files) {
    Scanned alone;
    alone.file(folder / file).finish();
    EXPECT_EQ(alone.rows("SELECT gpu_uuid, pci FROM gpus").size(), host.gpus) << file;
    together.file(folder / file, file);
  }
  together.finish();
  // A GPU that two views name differently would be two rows here.
  EXPECT_EQ(together.rows("SELECT gpu_uuid, pci FROM gpus").size(), host.gpus);
  EXPECT_THAT(together.rows("SELECT DISTINCT value FROM settings WHERE scope = 'host' AND key = 'driver_version'"), testing::SizeIs(testing::Le(1u)));
  for (const char* metric : {"gpu.memory_total_mib", "gpu.power_limit_w", "gpu.compute_mode", "gpu.persistence_mode", "gpu.mig_mode"})
    EXPECT_THAT(together.rows(std::string("SELECT pci, count(DISTINCT coalesce(number, text_value)) AS n FROM snapshots WHERE metric = '") + metric +
                              "' AND pci <> '' GROUP BY pci HAVING n > 1"),
                testing::IsEmpty())
        << metric;
}

INSTANTIATE_TEST_SUITE_P(
    Shared, Views,
    testing::Values(Host{"captures/h100-580",
                         {"nvidia-smi.txt", "nvidia-smi-q.txt", "nvidia-smi-q.xml", "nvidia-smi-query-gpu.csv", "nvidia-smi-L.txt", "proc-driver-nvidia.txt",
                          "nvidia-smi-nvlink-s.txt"},
                         2},
                    Host{"captures/h200-580", {"nvidia-smi.txt", "nvidia-smi-q.txt", "nvidia-smi-q-x.txt", "nvidia-smi-L.txt"}, 2},
                    Host{"cases/gpu-operator-2781/files", {"nvidia-smi.txt", "nvidia-smi-q-fabric.txt"}, 8},
                    Host{"cases/nvsentinel-1748/files", {"nvidia-smi.txt", "nvidia-smi-q-fabric.txt", "dcgm-exporter-metrics.txt"}, 4},
                    Host{"cases/ogkm-357/files", {"nvidia-smi.txt", "nvidia-smi-q.txt"}, 1},
                    Host{"cases/xgboost-12217/files", {"nvidia-smi.txt", "nvidia-smi-q.txt"}, 1},
                    Host{"cases/vllm-327/files", {"nvidia-smi.txt", "python-check.txt"}, 4},
                    Host{"cases/ddppractice-1/files", {"nvidia-smi.txt", "env.txt"}, 5}),
    [](const auto& info) {
      std::string name = info.param.folder;
      std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
      return name;
    });

}  // namespace
}  // namespace gpm::test
