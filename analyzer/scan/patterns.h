// SPDX-License-Identifier: Apache-2.0
//
// The knowledge base's line patterns at work: a line that holds one of a pattern's gates, and then all that the pattern
// requires, meets the pattern itself (RE2, compiled on first use; by several threads at once). A match becomes an event "line.<signal id>" with the
// pattern's named groups as its fields.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kb/model.h"
#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::scan {

class Pattern {
 public:
  explicit Pattern(const kb::Signal& signal);
  ~Pattern();

  const kb::Signal& signal() const { return *signal_; }
  // Adds an event where the message matches; it stands for so many lines.
  void match(const text::Line& line, std::int64_t lines, facts::Sink& sink) const;

 private:
  const kb::Signal* signal_;
  struct Form;
  mutable std::once_flag once_;
  mutable std::unique_ptr<const Form> form_;  // made on first use
};

// An event's fields from the named groups of a match: host, pci, gpu_index, gpu_uuid, rank, pid, process, pod, container and
// code go to their places where they are valid, anything else becomes an attribute.
void set_field(facts::Event& event, const std::string& name, std::string_view value);

}  // namespace gpm::scan
