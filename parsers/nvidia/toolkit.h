// SPDX-License-Identifier: Apache-2.0
//
// What installs the driver and builds against it.
//
//   Cuda compilation tools, release 12.4, V12.4.131                                        nvcc --version
//
//   nvidia-installer log file '/var/log/nvidia-installer.log'                              nvidia-installer.log
//   installer version: 590.48.01
//   -> Kernel module load error: No such device
//   ERROR: Unable to load the kernel module 'nvidia.ko'.  This happens most frequently when ...
//   Starting installation of NVIDIA driver version 580.65.06 for Linux kernel version 6.8.0-1029-gke   driver container
//
//   DKMS make.log for nvidia-550.54.14 for kernel 6.8.0-40-generic (x86_64)                DKMS
//   /var/lib/dkms/nvidia/550.54.14/build/nvidia/nv-mmap.c:80:5: error: implicit declaration of function ...
//   make[2]: *** [scripts/Makefile.build:243: .../nv-mmap.o] Error 1
//
//   CUDA Driver Version / Runtime Version          12.2 / 12.1                             deviceQuery
//   Nvidia driver version: 535.104.05      CUDA runtime version: 12.1.105                  collect_env
//   CUDA Driver Version                           : 12.0                                   numba -s
//   CUDA Runtime Version                          : 12.1
//
// Gives settings of scope toolkit: cuda_version (nvcc), cuda_driver_version, cuda_runtime_version; scope installer:
// driver_version, kernel; scope dkms: module, kernel; events installer.error, dkms.error (message).
#pragma once

#include "parsers/parser.h"

namespace gpm::nvidia {

class ToolkitVersions : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvcc"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
};

class InstallerLog : public parsers::LineParser {
 public:
  std::string_view format() const override { return "nvidia-installer"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  void error(const text::Line& line, std::string_view kind, std::string_view message, facts::Sink& sink);
  bool installer_ = false, dkms_ = false;
  int errors_left_ = 200;
};

}  // namespace gpm::nvidia
