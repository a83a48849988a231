// SPDX-License-Identifier: Apache-2.0
//
// UCX: what ucx_perftest measured, which way messages take, and what the library complains about.
//
//   $ ucx_perftest -t tag_bw -m cuda 10.0.0.1                    the command, where it stands there
//   | Test:         tag match bandwidth                  |       its header
//   | Send memory:  cuda                                 |
//   Final:      10      7.122 261054.587 261054.587      365.32     365.32           4           4
//     (iterations; percentile, average, overall in usec; average and overall bandwidth in MB/s; message rates)
//
//   [1713.1] [gpu07:99 :0] proto.c:11 UCX INFO | perftest inter-node cfg#2 | tagged message by
//   ucp_tag_send*(fast-completion) from cuda | [1713.1] [gpu07:99 :0] proto.c:11 UCX INFO |               8193..inf |
//   (?) rendezvous copy | software emulation          | [1713.1] [gpu07:99 :0] cuda_ipc_md.c:162 UCX ERROR
//   cuIpcGetMemHandle failed
//
// Gives `ucx.bandwidth` (test, memory, average_mbps, overall_mbps, average_us, message_size; code = iterations),
// `ucx.protocol` (operation, sizes, protocol, transport: UCX_PROTO_INFO=y), `ucx.lanes` (ep_cfg lines), `ucx.error`
// (WARN and ERROR). A cuda_ipc lane that is listed is no proof that payload took it; "software emulation" is one that
// it did not.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::ucx {

class UcxParser : public LineParser {
 public:
  std::string_view format() const override { return "ucx"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  void read_command(std::string_view message);
  bool read_header(std::string_view message);
  bool read_result(const text::Line& line, facts::Sink& sink);
  bool read_protocol(const text::Line& line, std::string_view table_row, facts::Sink& sink);
  void read_log(const text::Line& line, facts::Sink& sink);

  std::string test_, memory_, message_size_;  // of the run whose result comes next
  std::string operation_;                     // of the protocol table being read
};

}  // namespace gpm::parsers::ucx
