// SPDX-License-Identifier: Apache-2.0
//
// Command lines that start a container, anywhere in text: shell history, scripts, tickets.
//
//   $ sudo docker run -d --gpus all --name vllm-mistral --ipc=host -e NCCL_DEBUG=INFO vllm/vllm-openai:v0.2.2 --model x
//   podman run --runtime=nvidia --ulimit memlock=-1 nvcr.io/nvidia/pytorch:24.01-py3 python3 train.py
//
// On one line, or on several that end in a backslash.
//
// docker, podman, nerdctl, nvidia-docker with `run` or `create`. Facts: settings container.* and env.*; subject = --name,
// else the image. Where neither --shm-size nor --ipc says otherwise /dev/shm is 64 MiB, and that is stated as
// shm_size_bytes=67108864 with shm_size_source=default. Words are split as a shell would; nothing is expanded.
#pragma once

#include <cstdint>
#include <string>

#include "parsers/container/spec.h"
#include "parsers/parser.h"

namespace gpm::container {

class RunCommand final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "container-command"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  void finish(facts::Sink& sink);

  std::string command_;  // from `docker` on, lines joined by '\n'
  std::uint64_t first_line_ = 0;
  std::size_t lines_ = 0;
  std::size_t facts_left_ = max_facts;
};

}  // namespace gpm::container
