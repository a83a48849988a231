// SPDX-License-Identifier: Apache-2.0
//
// Container specs in text: YAML files and JSON dumps, whole or pasted after a prompt, a heading or a code fence.
//
//   $ kubectl get pod prefill-0 -o yaml
//   apiVersion: v1
//   kind: Pod
//   metadata:
//     name: prefill-0
//   spec:
//     containers:
//     - name: vllm
//       resources: {limits: {nvidia.com/gpu: "8"}}
//   $ docker inspect vllm-mistral --format '{{json .HostConfig}}' | jq .
//   {
//     "IpcMode": "private",
//     "ShmSize": 67108864
//   }
//
// Read: Kubernetes objects, docker compose, docker inspect. Facts: see documents.h. YAML that lost its indentation gets a
// note and the setting container.indentation=lost, and is read by key and line.
#pragma once

#include <cstdint>
#include <string>

#include "parsers/container/spec.h"
#include "parsers/parser.h"

namespace gpm::container {

// Collects a block of YAML or JSON line by line, and reads it when it ends.
class SpecText final : public parsers::LineParser {
 public:
  std::string_view format() const override { return "container-spec"; }
  std::span<const std::string_view> gates() const override;
  parsers::Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  enum class State { idle, inspected, yaml, json };

  bool start(std::string_view raw, std::uint64_t number);
  bool start_json(std::string_view raw, std::string_view trimmed);
  bool continues_yaml(std::string_view raw);
  bool continues_json(std::string_view raw) const;
  void append(std::string_view raw, std::uint64_t number);
  void scan_json(std::string_view bytes);
  void overflow(facts::Sink& sink);
  void finish(facts::Sink& sink);

  State state_ = State::idle;
  std::string block_;
  std::uint64_t first_line_ = 0, last_line_ = 0;
  std::size_t facts_left_ = max_facts;

  // YAML
  std::size_t start_indent_ = 0, opener_indent_ = 0, last_item_ = 0;
  bool after_opener_ = false, decided_ = false, flat_ = false;
  int foreign_lines_ = 0;

  // JSON
  int depth_ = 0;
  bool implied_brace_ = false, in_string_ = false, escaped_ = false, closed_ = false;
  std::string inspected_name_;
  int lines_since_inspect_ = 0;
};

// Whole JSON documents of the same kinds, and /etc/docker/daemon.json.
class SpecJson final : public parsers::TreeParser {
 public:
  std::string_view format() const override { return "container-spec"; }
  bool sniff(std::string_view head, std::string_view path) const override;
  bool parse(std::string_view document, facts::Sink& sink) override;
};

}  // namespace gpm::container
