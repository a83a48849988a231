// SPDX-License-Identifier: Apache-2.0
//
// `nvidia-smi -q -x`: the fields of -q as XML.
//
//   <?xml version="1.0" ?>
//   <!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v13.dtd">
//   <nvidia_smi_log>
//     <timestamp>Sat Nov 21 22:49:32 2026</timestamp>
//     <driver_version>580.159.04</driver_version>
//     <attached_gpus>2</attached_gpus>
//     <gpu id="00000000:00:06.0">
//       <product_name>NVIDIA H100 80GB HBM3</product_name>
//       <ecc_errors><volatile><sram_correctable>0</sram_correctable> ...
//
// DTD v10 to v13 (branches 418 to 595) are the same to this parser: fields that it does not know are skipped. A warning
// of the tool may stand before the header, several logs may follow each other (-l), the last may be cut. Facts as of -q.
#pragma once

#include <string_view>

#include "parsers/parser.h"

namespace gpm::nvidia_smi {

class XmlParser : public parsers::TreeParser {
 public:
  std::string_view format() const override { return "nvidia-smi-xml"; }
  bool reads_parts() const override { return true; }
  bool sniff(std::string_view head, std::string_view path) const override;
  bool parse(std::string_view document, facts::Sink& sink) override;
};

}  // namespace gpm::nvidia_smi
