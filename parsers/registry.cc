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
#include "parsers/container/engine_tables.h"
#include "parsers/container/kubectl_describe.h"
#include "parsers/container/kubectl_tables.h"
#include "parsers/container/run_command.h"
#include "parsers/container/spec_text.h"
#include "parsers/app/app_parser.h"
#include "parsers/cuda/cuda_parser.h"
#include "parsers/cuda/p2p_test.h"
#include "parsers/nccl/nccl_parser.h"
#include "parsers/nccl/ras.h"
#include "parsers/python/stack_dump.h"
#include "parsers/python/traceback_parser.h"
#include "parsers/torch/flight_recorder.h"
#include "parsers/torch/torch_parser.h"
#include "parsers/host/capacity.h"
#include "parsers/host/devices.h"
#include "parsers/host/environment.h"
#include "parsers/host/limits.h"
#include "parsers/host/lspci.h"
#include "parsers/host/machine.h"
#include "parsers/host/numactl.h"
#include "parsers/host/processes.h"
#include "parsers/kernel/boot.h"
#include "parsers/kernel/crash.h"
#include "parsers/kernel/iommu.h"
#include "parsers/kernel/module.h"
#include "parsers/kernel/nvrm.h"
#include "parsers/kernel/oom.h"
#include "parsers/kernel/pcie.h"
#include "parsers/kernel/xid.h"
#include "parsers/monitor/xid_report.h"
#include "parsers/rdma/rdma.h"
#include "parsers/ucx/ucx.h"
#include "parsers/nvidia/daemons.h"
#include "parsers/nvidia/dcgm.h"
#include "parsers/nvidia/driver_files.h"
#include "parsers/nvidia/toolkit.h"
#include "parsers/nvidia_smi/mig.h"
#include "parsers/nvidia_smi/monitor.h"
#include "parsers/secrets/private_key.h"
#include "parsers/slurm/slurm.h"
#include "parsers/host/clock.h"
#include "parsers/host/configuration.h"
#include "parsers/host/event_log.h"
#include "parsers/host/firmware_tables.h"
#include "parsers/host/kernel_parameters.h"
#include "parsers/host/interrupts.h"
#include "parsers/host/network.h"
#include "parsers/host/packages.h"
#include "parsers/host/services.h"

namespace gpm::parsers {

LineParsers make_line_parsers() {
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
  parsers.push_back(std::make_unique<kernel::XidParser>());
  parsers.push_back(std::make_unique<kernel::NvrmParser>());
  parsers.push_back(std::make_unique<kernel::ModuleParser>());
  parsers.push_back(std::make_unique<kernel::IommuParser>());
  parsers.push_back(std::make_unique<kernel::PcieParser>());
  parsers.push_back(std::make_unique<kernel::OomParser>());
  parsers.push_back(std::make_unique<kernel::CrashParser>());
  parsers.push_back(std::make_unique<kernel::BootParser>());
  parsers.push_back(std::make_unique<host::NumactlParser>());
  parsers.push_back(std::make_unique<host::EnvironmentParser>());
  parsers.push_back(std::make_unique<host::LspciParser>());
  parsers.push_back(std::make_unique<host::MachineParser>());
  parsers.push_back(std::make_unique<host::LimitsParser>());
  parsers.push_back(std::make_unique<host::CapacityParser>());
  parsers.push_back(std::make_unique<host::DevicesParser>());
  parsers.push_back(std::make_unique<host::ProcessesParser>());
  parsers.push_back(std::make_unique<monitor::XidReport>());
  parsers.push_back(std::make_unique<rdma::RdmaParser>());
  parsers.push_back(std::make_unique<ucx::UcxParser>());
  parsers.push_back(std::make_unique<cuda::P2pTestParser>());
  parsers.push_back(std::make_unique<nvidia_smi::MonitorParser>());
  parsers.push_back(std::make_unique<nvidia_smi::MigParser>());
  parsers.push_back(std::make_unique<nvidia::DriverFiles>());
  parsers.push_back(std::make_unique<nvidia::FabricManagerLog>());
  parsers.push_back(std::make_unique<nvidia::MpsLog>());
  parsers.push_back(std::make_unique<nvidia::PersistencedLog>());
  parsers.push_back(std::make_unique<nvidia::DcgmMetrics>());
  parsers.push_back(std::make_unique<nvidia::DcgmTables>());
  parsers.push_back(std::make_unique<nvidia::ToolkitVersions>());
  parsers.push_back(std::make_unique<nvidia::InstallerLog>());
  parsers.push_back(std::make_unique<host::NetworkParser>());
  parsers.push_back(std::make_unique<host::ClockParser>());
  parsers.push_back(std::make_unique<host::InterruptsParser>());
  parsers.push_back(std::make_unique<host::EventLogParser>());
  parsers.push_back(std::make_unique<host::ServicesParser>());
  parsers.push_back(std::make_unique<host::PackagesParser>());
  parsers.push_back(std::make_unique<host::ConfigurationParser>());
  parsers.push_back(std::make_unique<slurm::RecordsParser>());
  parsers.push_back(std::make_unique<slurm::TablesParser>());
  parsers.push_back(std::make_unique<slurm::DaemonLog>());
  parsers.push_back(std::make_unique<nccl::RasParser>());
  parsers.push_back(std::make_unique<python::StackDump>());
  parsers.push_back(std::make_unique<container::EngineTables>());
  parsers.push_back(std::make_unique<host::KernelParameters>());
  parsers.push_back(std::make_unique<host::FirmwareTables>());
  parsers.push_back(std::make_unique<secrets::PrivateKey>());
  return parsers;
}

std::vector<std::unique_ptr<TreeParser>> make_tree_parsers() {
  std::vector<std::unique_ptr<TreeParser>> parsers;
  parsers.push_back(std::make_unique<nvidia_smi::XmlParser>());
  parsers.push_back(std::make_unique<nvidia::DcgmDiagJson>());
  parsers.push_back(std::make_unique<torch::FlightRecorder>());
  parsers.push_back(std::make_unique<container::SpecJson>());
  return parsers;
}

}  // namespace gpm::parsers
