// SPDX-License-Identifier: Apache-2.0
//
// What is this complaint about? The topics of a knowledge base (Signal::topic) over one line.
//
//   Topics topics(knowledge.signals);
//   for (const auto& [signal, points] : topics.of_line(line)) ...
//
// A topic is no proof: "nvidia-container-cli: ... failed" is about the container engine, whatever failed. Making one compiles
// some hundred expressions (ten milliseconds), so it is made only where nothing else has decided.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "kb/model.h"

namespace re2 {
class RE2;
}

namespace gpm::kb {

struct TopicPoints {
  const Signal* topic = nullptr;
  double points = 0;  // more is surer; comparable between lines and topics
};

class Topics {
 public:
  // What the signals view must outlive the topics. Signals without a topic are left out; so are expressions that do not compile.
  explicit Topics(std::span<const Signal> signals);
  ~Topics();
  Topics(const Topics&) = delete;
  Topics& operator=(const Topics&) = delete;

  // The topics that the line speaks of, in the order of the signals. Only the last 600 bytes are looked at: what is said of a
  // failure stands at the end.
  std::vector<TopicPoints> of_line(std::string_view line) const;

 private:
  struct Entry {
    const Signal* topic;
    double weight;
    std::unique_ptr<re2::RE2> says;
  };

  std::vector<Entry> entries_;
};

}  // namespace gpm::kb
