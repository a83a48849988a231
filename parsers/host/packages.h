// SPDX-License-Identifier: Apache-2.0
//
// Packages that make up a GPU's software, and when they changed: a driver upgraded below a running job is a cause.
//
//   ii  nvidia-driver-570  570.195.03-0ubuntu0.24.04.1  amd64  NVIDIA driver metapackage       dpkg -l
//   nvidia-driver-535.54.03-1.el8.x86_64                                                       rpm -qa
//   nvidia-nccl-cu12                  2.21.5                                                   pip list
//   torch==2.0.1+cu118        [pip3] torch==2.1.2        [conda] torch  2.1.2  pypi_0  pypi     pip freeze, collect_env
//   2026-09-14 02:52:40 upgrade nvidia-dkms-open:amd64 580.159.03-1ubuntu1 610.57.04-1ubuntu1   dpkg.log
//   Start-Date: 2026-07-25  06:38:52                                                            apt's history.log
//   Upgrade: nvidia-dkms-580-server:amd64 (580.159.03-0ubuntu0.24.04.1, 580.173.02-0ubuntu0.24.04.1), libssl3:amd64 (...)
//   MLNX_OFED_LINUX-23.10-2.1.3.1:                                                              ofed_info -s
//   filename: /lib/modules/5.15.0-112-generic/updates/dkms/nvidia-peermem.ko                    modinfo
//   version:        550.54.15
//
// Gives settings of scope package (name without architecture; only names of NVIDIA, CUDA, NCCL, RDMA, containers, frameworks
// and kernels), value = version; scope module_version (module); events host.package_change (action, package, from, to) with
// the log's time. A package that dpkg lists as removed (rc) is none.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class PackagesParser : public LineParser {
 public:
  std::string_view format() const override { return "packages"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool installed(const text::Line& line, facts::Sink& sink);
  bool changed(const text::Line& line, facts::Sink& sink);
  void history(const text::Line& line, std::string_view action, std::string_view list, facts::Sink& sink);

  facts::Time start_;   // of apt's entry
  std::string module_;  // modinfo's
  int facts_left_ = 10'000;
};

}  // namespace gpm::parsers::host
