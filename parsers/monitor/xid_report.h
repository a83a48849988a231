// SPDX-License-Identifier: Apache-2.0
//
// Xids as programs that watch GPUs pass them on, for bundles without a kernel log:
//
//   XidCriticalError: Xid=48 on Device=GPU-8a882692-c3f8-c617-7a19-5724c98e71df, the device will go unhealthy.
//   XidCriticalError: Xid=79 on Device=GPU-8a88..; marking device as unhealthy.           NVIDIA's device plugin
//   Xid=79 on Device=nvidia3, UUID=GPU-0b8e.., SN=16513.., the device will go unhealthy.  Huawei CCE
//   DCGM_FI_DEV_XID_ERRORS{gpu="2",UUID="GPU-5e..",device="nvidia2",...} 79               dcgm-exporter, the last Xid
//   DCGM_EXP_XID_ERRORS_COUNT{gpu="2",UUID="GPU-5e..",...,xid="79"} 1
//   XID 79(GPU has fallen off the bus) detected on PCI:0000:ae:00                         gpud
//   Detected XID 79 for GPU 3                                                             DCGM's policy and diagnosis
//   NvidiaXID79Error                                                                      EKS node monitoring agent
//
// Gives `kernel.xid` with the attribute `reporter`. A metric shows the last Xid of a GPU, whenever that was: codes that
// programs cause (8, 13, 31, 43, 45 ...) are left out of it, and where no GPU address is named, as they say nothing then.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::monitor {

class XidReport : public LineParser {
 public:
  std::string_view format() const override { return "gpu-monitor"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::monitor
