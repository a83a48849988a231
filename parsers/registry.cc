// SPDX-License-Identifier: Apache-2.0
#include "parsers/registry.h"

#include "parsers/app/app_parser.h"
#include "parsers/cuda/cuda_parser.h"
#include "parsers/nccl/nccl_parser.h"
#include "parsers/python/traceback_parser.h"
#include "parsers/torch/torch_parser.h"

namespace gpm::parsers {

std::vector<std::unique_ptr<LineParser>> make_line_parsers() {
  std::vector<std::unique_ptr<LineParser>> parsers;
  parsers.push_back(std::make_unique<nccl::NcclParser>());
  parsers.push_back(std::make_unique<torch::TorchParser>());
  parsers.push_back(std::make_unique<cuda::CudaParser>());
  parsers.push_back(std::make_unique<python::TracebackParser>());
  parsers.push_back(std::make_unique<app::AppParser>());
  return parsers;
}

std::vector<std::unique_ptr<TreeParser>> make_tree_parsers() {
  std::vector<std::unique_ptr<TreeParser>> parsers;
  return parsers;
}

}  // namespace gpm::parsers
