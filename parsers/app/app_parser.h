// SPDX-License-Identifier: Apache-2.0
//
// What applications and launchers say of their own course: steps of starting up, deaths by signal, exit codes.
//
//   INFO 10-26 23:02:11 llm_engine.py:237] Initializing an LLM engine (v0.6.3.post1) with config: ...
//   INFO 10-26 23:02:16 pynccl.py:63] vLLM is using nccl==2.20.5
//   [2025-04-22 21:28:53 TP0] Init torch distributed begin.
//   bash: line 1: 31337 Bus error               (core dumped) python train.py
//   RuntimeError: DataLoader worker (pid 1234) is killed by signal: Bus error.
//   srun: error: gnode210: task 0: Exited with exit code 1
//   slurmstepd: error: *** STEP 12.0 ON n1 CANCELLED AT 2025-01-01T10:00:00 DUE TO TIME LIMIT ***
//   [ERROR] [launch.py:322:sigkill_handler] [...] exits with return code = -9
//
// Facts: app.milestone (framework, step), app.signal (code = signal), app.exit (code = exit code; `reason` where the
// launcher gives one). Steps, in order: engine-start, rendezvous, nccl-init, nccl-init-end, model-load-begin,
// model-load-end, kv-cache, cuda-graph-capture-begin, cuda-graph-capture, server-ready, training-begin, training-step.
// Of training-step the first and the last of a document are told.
#pragma once

#include <optional>

#include "parsers/parser.h"

namespace gpm::parsers::app {

class AppParser : public LineParser {
 public:
  std::string_view format() const override { return "app"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  std::span<const std::string_view> sampled_gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  bool milestone(const text::Line& line, facts::Sink& sink);

  bool first_training_step_told_ = false;
  std::optional<facts::Event> last_training_step_;
};

}  // namespace gpm::parsers::app
