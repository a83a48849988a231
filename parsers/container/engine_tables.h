// SPDX-License-Identifier: Apache-2.0
//
// The table of `docker ps`, podman and nerdctl, also with -a:
//
//   CONTAINER ID   IMAGE             COMMAND                  CREATED        STATUS                      PORTS      NAMES
//   7d40f1a2b9e3   fak-gpu:014d0fd   "/usr/local/bin/fak …"   6 minutes ago  Up 6 minutes (healthy)                 fak-gpu-fresh
//   c9e1b66d20f4   trainer:1         "python3 train.py"       4 days ago     Exited (137) 3 hours ago               trainer
//
// Facts: container.state as of docker inspect; status (running, exited, restarting, paused, created, dead, removing), health
// (healthy, unhealthy, starting) and image as attributes, the exit code as code. Columns lie below their titles, as cells
// hold blanks and may be empty.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parsers/container/spec.h"
#include "parsers/parser.h"

namespace gpm::container {

class EngineTables final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "docker-ps"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  bool header(std::string_view text);
  std::string_view cell(std::string_view text, std::string_view title) const;

  std::vector<std::pair<std::string, std::size_t>> columns_;  // title and where it begins, in characters
  std::size_t facts_left_ = max_facts;
};

}  // namespace gpm::container
