// SPDX-License-Identifier: Apache-2.0
//
// Python tracebacks, plain, of several ranks interleaved, behind a logger's prefix, chained, in pytest's margin or in
// rich's frame.
//
//   [rank0]: Traceback (most recent call last):
//   [rank0]:   File "/home/user/D-FINE/train.py", line 85, in <module>
//   [rank0]:     main(args)
//   [rank0]:            ^^^^^^^^^^
//   [rank0]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 8.38 GiB. ...
//
// Fact: python.exception at the line that names the exception, with the innermost frame. `chained` is "context" (During
// handling of the above exception ...) or "cause" (The above exception was the direct cause ...): then the exception
// before it came first.
//
// Lines are told apart by the rank, process and container that the wrapper names; at most 64 blocks are open at a time
// and each keeps only its innermost frame.
#pragma once

#include <map>
#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::python {

class TracebackParser : public LineParser {
 public:
  std::string_view format() const override { return "python"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  struct Block {
    std::string file, function, file_line, chained;
    std::size_t indent = 0;
    bool has_frame = false;
    bool framed = false;  // rich's box
    int patience = 0;
  };

  bool inside(Block& block, const text::Line& line, facts::Sink& sink);

  std::map<std::string, Block> blocks_;
  std::map<std::string, std::string> chained_;  // stream -> how its next traceback follows from the last one
};

}  // namespace gpm::parsers::python
