// SPDX-License-Identifier: Apache-2.0
#include "parsers/registry.h"

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
#include "parsers/ucx/ucx.h"

namespace gpm::parsers {

std::vector<std::unique_ptr<LineParser>> make_line_parsers() {
  std::vector<std::unique_ptr<LineParser>> parsers;
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
  parsers.push_back(std::make_unique<ucx::UcxParser>());
  return parsers;
}

std::vector<std::unique_ptr<TreeParser>> make_tree_parsers() {
  std::vector<std::unique_ptr<TreeParser>> parsers;
  return parsers;
}

}  // namespace gpm::parsers
