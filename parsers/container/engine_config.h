// SPDX-License-Identifier: Apache-2.0
//
// What runs containers on the host, from configuration files and `docker info`; one line is one setting of scope host:
//
//   default_runtime_name = "nvidia"        /etc/containerd/config.toml       containerd_default_runtime
//   [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]         containerd_runtime = nvidia
//   SystemdCgroup = true                   /etc/containerd/config.toml       containerd_systemd_cgroup
//   default_runtime = "nvidia"             CRI-O drop-in                     crio_default_runtime
//   no-cgroups = true                      nvidia-container-runtime          nvidia_container_no_cgroups
//    Default Runtime: runc                 docker info                       docker_default_runtime
//    Runtimes: nvidia runc                 docker info                       docker_runtime (one row each)
//    Cgroup Driver: systemd                docker info                       docker_cgroup_driver
//   "default-runtime": "nvidia",           daemon.json within other text     docker_default_runtime
//
// SbatchOptions: options of a batch script, one setting of scope slurm each.
//
//   #SBATCH --gpus-per-node=8
//   #SBATCH --mem=0
#pragma once

#include "parsers/container/spec.h"
#include "parsers/parser.h"

namespace gpm::container {

class EngineConfig final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "container-engine"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  std::size_t facts_left_ = 10'000;
};

// Options of a Slurm batch script, one setting of scope slurm each; short options are given by their long names:
//
//   #SBATCH --gpus-per-node=8        gpus-per-node = 8
//   #SBATCH -N 2 --exclusive         nodes = 2, exclusive = true
class SbatchOptions final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "sbatch"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  std::size_t facts_left_ = 10'000;
};

}  // namespace gpm::container
