// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi topo -m` and `nvidia-smi topo -p2p r|w|n|a|p`.
//
//   <tab>GPU0<tab>GPU1<tab>NIC0<tab>CPU Affinity<tab>NUMA Affinity<tab>GPU NUMA ID
//   GPU0<tab> X <tab>NV18<tab>PIX<tab>0-31<tab>0<tab><tab>N/A
//   GPU1<tab>NV18<tab> X <tab>SYS<tab>0-31<tab>0<tab><tab>N/A
//   NIC0<tab>PIX<tab>SYS<tab> X
//
//   NIC Legend:
//
//     NIC0: mlx5_0
//
// Last columns: CPU Affinity to 440, NUMA Affinity from 450, GPU NUMA ID from 535 (one tab more in the rows than in the
// head). NICs are named by device to 510 and numbered from 515. Many branches underline the head with ANSI codes even in
// files. Pastes often have blanks for tabs, or only the first columns. P2P rows hold OK, CNS, GNS, TNS, NS, DR or U.
//
// Facts: snapshots topo.link and topo.p2p (subject = column, gpu_index = row), topo.cpu_affinity, topo.numa_affinity,
// topo.gpu_numa_id, topo.nic (subject NIC0, text mlx5_0).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class TopoParser : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-smi-topo"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool head(std::string_view message);
  bool row(const text::Line& line, facts::Sink& sink);
  bool legend(const text::Line& line, facts::Sink& sink);
  void affinities(const text::Line& line, int gpu, const std::vector<std::string_view>& cells, bool tabbed, facts::Sink& sink);
  void snapshot(const text::Line& line, std::string_view metric, std::string_view subject, std::string_view value,
                std::optional<int> gpu, facts::Sink& sink);

  enum class Part { outside, matrix, nic_legend };
  Reporter reporter_;
  Part part_ = Part::outside;
  std::vector<std::string> columns_;  // GPU0, GPU1, NIC0, mlx5_0 ...
  std::vector<std::string> labels_;   // the affinity metrics that follow
};

}  // namespace gpm::nvidia_smi
