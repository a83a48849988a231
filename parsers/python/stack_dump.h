// SPDX-License-Identifier: Apache-2.0
//
// Stacks of running processes, taken while they hang: where each thread stands, and in which call of NCCL, PyTorch or CUDA.
//
//   Process 41220: python3 ./python/mscclpp_benchmark/allreduce_bench.py                  py-spy dump, also --native
//   Python v3.10.12 (/usr/bin/python3.10)
//
//   Thread 41220 (idle): "MainThread"
//       poll (libc.so.6)
//       mscclpp::Socket::recv (libmscclpp.so.0.6.0)
//       make_connection (mscclpp/comm.py:112)
//
//   Thread 0x00007f0a1 (most recent call first):                                         faulthandler; Current thread ...
//     File "/srv/torch/distributed/distributed_c10d.py", line 2806 in all_reduce
//
//   Thread 1 (Thread 0x7f8a2c1 (LWP 4242) "python3"):                                     gdb, thread apply all bt
//   #0  0x00007f8a2b in pthread_cond_wait () from /lib/x86_64-linux-gnu/libc.so.6
//   #1  0x00007f8a11 in ncclCommInitRankConfig () from /usr/lib/libnccl.so.2
//
// Gives one process.stack a thread: attributes tool (py-spy, faulthandler, gdb), thread (its name or number), state (idle,
// active, active+gil ...; py-spy), function, file, file_line (the innermost frame), call (the innermost frame that is a call
// of something that can wait, as printed) and call_of (nccl, torch.distributed, cuda, network, lock, file) and frames (how
// many). place.pid is the process, of gdb the thread's LWP. It stands on the thread's line.
#pragma once

#include <optional>
#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::python {

class StackDump : public LineParser {
 public:
  std::string_view format() const override { return "py-spy"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override { close(sink); }

 private:
  enum class Tool { py_spy, faulthandler, gdb };
  struct Frame {
    std::string function, file, file_line;
  };
  bool open(const text::Line& line, facts::Sink& sink);
  std::optional<Frame> frame(std::string_view message) const;
  void take(const Frame& frame, std::string_view text);
  void close(facts::Sink& sink);

  Tool tool_ = Tool::py_spy;
  std::optional<std::int64_t> process_;  // py-spy's "Process 41220:"
  std::optional<facts::Event> thread_;   // being read
  int frames_ = 0, call_rank_ = 0, facts_left_ = 5'000;
};

}  // namespace gpm::parsers::python
