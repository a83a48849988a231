// SPDX-License-Identifier: Apache-2.0
#include "parsers/registry.h"

#include "parsers/nvidia_smi/csv.h"
#include "parsers/nvidia_smi/error.h"
#include "parsers/nvidia_smi/list.h"
#include "parsers/nvidia_smi/nvlink.h"
#include "parsers/nvidia_smi/query.h"
#include "parsers/nvidia_smi/table.h"
#include "parsers/nvidia_smi/topo.h"
#include "parsers/nvidia_smi/xml.h"
#include "parsers/container/engine_config.h"
#include "parsers/container/kubectl_describe.h"
#include "parsers/container/kubectl_tables.h"
#include "parsers/container/run_command.h"
#include "parsers/container/spec_text.h"
#include "parsers/app/app_parser.h"
#include "parsers/cuda/cuda_parser.h"
#include "parsers/nccl/nccl_parser.h"
#include "parsers/python/traceback_parser.h"
#include "parsers/torch/torch_parser.h"

namespace gpm::parsers {

std::vector<std::unique_ptr<LineParser>> make_line_parsers() {
  std::vector<std::unique_ptr<LineParser>> parsers;
  parsers.push_back(std::make_unique<nvidia_smi::TableParser>());
  parsers.push_back(std::make_unique<nvidia_smi::QueryParser>());
  parsers.push_back(std::make_unique<nvidia_smi::TopoParser>());
  parsers.push_back(std::make_unique<nvidia_smi::ListParser>());
  parsers.push_back(std::make_unique<nvidia_smi::CsvParser>());
  parsers.push_back(std::make_unique<nvidia_smi::NvlinkParser>());
  parsers.push_back(std::make_unique<nvidia_smi::ErrorParser>());
  parsers.push_back(std::make_unique<container::SpecText>());
  parsers.push_back(std::make_unique<container::RunCommand>());
  parsers.push_back(std::make_unique<container::KubectlDescribe>());
  parsers.push_back(std::make_unique<container::KubectlTables>());
  parsers.push_back(std::make_unique<container::EngineConfig>());
  parsers.push_back(std::make_unique<container::SbatchOptions>());
  parsers.push_back(std::make_unique<nccl::NcclParser>());
  parsers.push_back(std::make_unique<torch::TorchParser>());
  parsers.push_back(std::make_unique<cuda::CudaParser>());
  parsers.push_back(std::make_unique<python::TracebackParser>());
  parsers.push_back(std::make_unique<app::AppParser>());
  return parsers;
}

std::vector<std::unique_ptr<TreeParser>> make_tree_parsers() {
  std::vector<std::unique_ptr<TreeParser>> parsers;
  parsers.push_back(std::make_unique<nvidia_smi::XmlParser>());
  parsers.push_back(std::make_unique<container::SpecJson>());
  return parsers;
}

}  // namespace gpm::parsers
