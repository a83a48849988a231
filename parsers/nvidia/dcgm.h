// SPDX-License-Identifier: Apache-2.0
//
// DCGM: metrics of dcgm-exporter, `dcgmi diag`, `dcgmi health`.
//
//   DCGM_FI_DEV_XID_ERRORS{gpu="0",UUID="GPU-41b66cd0-6b13-c658-36b4-99e3bec40694",Hostname="nvl3-08",err_code="45"} 45
//
//   | Diagnostic                | Result                                         |   dcgmi diag -r 3
//   |-----  Integration  -------+------------------------------------------------|
//   | PCIe                      | Fail - GPU: 3                                  |
//   | Warning                   | GPU 3Error using ECC memory ...                |
//   | GPU Memory                | Pass - All                                     |
//
//   {"DCGM Diagnostic": {"test_categories": [{"category": "Hardware", "tests": [{"name": "memory",     dcgmi diag -j
//     "results": [{"gpu_id": "0", "status": "FAIL", "warnings": [{"warning": "...", "error_id": 42}]}]}]}]}}
//
//   | Overall Health            | Failure                                                  |        dcgmi health -c
//   |    -> Errors              |                                                          |
//   |       -> NVLink system    | Failure                                                  |
//   |                           | GPU 0's NvLink link 2 is currently down ...              |
//
// Gives Gpu; snapshots dcgm.<field in lower case without DCGM_FI_> placed on the GPU (its UUID, index and host are in the labels);
// events dcgm.diag (attributes test, result = pass, fail, skip, warn; gpus, message) and dcgm.health (system, state,
// message). The value of DCGM_FI_DEV_XID_ERRORS is the last Xid since the exporter started: no event of its own.
#pragma once

#include <string>

#include "parsers/nvidia_smi/reporter.h"
#include "parsers/parser.h"

namespace gpm::nvidia {

class DcgmMetrics : public parsers::LineParser {
 public:
  std::string_view format() const override { return "dcgm-metrics"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  nvidia_smi::Reporter reporter_;
};

class DcgmTables : public parsers::LineParser {
 public:
  std::string_view format() const override { return "dcgm-diag"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override { close(sink); }

 private:
  enum class Table { none, diag, health };
  void close(facts::Sink& sink);

  Table table_ = Table::none;
  facts::Event row_;  // held until its message is known
  bool held_ = false;
  int foreign_lines_ = 0, facts_left_ = 5000;
};

class DcgmDiagJson : public parsers::TreeParser {
 public:
  std::string_view format() const override { return "dcgm-diag"; }
  bool sniff(std::string_view head, std::string_view path) const override;
  bool reads_parts() const override { return true; }
  bool parse(std::string_view document, facts::Sink& sink) override;
};

}  // namespace gpm::nvidia
