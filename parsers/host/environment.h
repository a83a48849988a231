// SPDX-License-Identifier: Apache-2.0
//
// Environment variables, as env, printenv, export -p and shell scripts show them.
//
//   NCCL_DEBUG=INFO                                  env; one variable a line, values may hold blanks
//   declare -x CUDA_VISIBLE_DEVICES="0,1"            export -p
//   export NCCL_P2P_DISABLE=1                        a script or a session
//   NCCL_DEBUG=INFO CUDA_VISIBLE_DEVICES=0 python train.py
//   mpirun -np 2 -x NCCL_DEBUG=INFO -x NCCL_SHM_DISABLE=1 ./all_reduce_perf
//
// Gives settings of scope env. A variable that concerns GPUs (NCCL_*, CUDA_*, ...) counts wherever it stands so; any
// other only in a block of five or more KEY=VALUE lines, as a configuration file looks the same. A block is noticed at
// its first GPU variable or at PATH=, HOME=, PWD=, HOSTNAME=; what stands above that is not given. Comments give
// nothing.
#pragma once

#include <vector>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class EnvironmentParser : public LineParser {
 public:
  std::string_view format() const override { return "env"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  bool read_launch(const text::Line& line, std::string_view text, facts::Sink& sink);
  void add(facts::Setting setting, facts::Sink& sink);
  void close_block(facts::Sink& sink);

  std::vector<facts::Setting> held_;  // other variables of the block, until it is long enough to be an environment
  int block_lines_ = 0;
  int given_ = 0;  // of this document, against documents made of KEY=VALUE lines only
};

}  // namespace gpm::parsers::host
