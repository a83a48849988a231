// SPDX-License-Identifier: Apache-2.0
#include "parsers/app/app_parser.h"

#include <array>

#include "parsers/app/ending.h"
#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::app {
namespace {

struct Step {
  std::string_view text, framework, step;
};

// The first that a line contains decides.
constexpr Step steps[] = {
    {"Initializing an LLM engine", "vllm", "engine-start"},
    {"Initializing a V1 LLM engine", "vllm", "engine-start"},
    {"distributed_init_method=", "vllm", "nccl-init"},
    {"vLLM is using nccl==", "vllm", "nccl-init"},
    {"is assigned as DP rank", "vllm", "nccl-init-end"},
    {"Starting to load model", "vllm", "model-load-begin"},
    {"Loading model weights took", "vllm", "model-load-end"},
    {"Model loading took", "vllm", "model-load-end"},
    {"GPU KV cache size:", "vllm", "kv-cache"},
    {"# GPU blocks:", "vllm", "kv-cache"},
    {"Capturing the model for CUDA graphs", "vllm", "cuda-graph-capture-begin"},
    {"Capturing cudagraphs for", "vllm", "cuda-graph-capture-begin"},
    {"Graph capturing finished", "vllm", "cuda-graph-capture"},
    {"server_args=ServerArgs(", "sglang", "engine-start"},
    {"Init torch distributed begin", "sglang", "nccl-init"},
    {"sglang is using nccl==", "sglang", "nccl-init"},
    {"Init torch distributed ends", "sglang", "nccl-init-end"},
    {"Load weight begin", "sglang", "model-load-begin"},
    {"Load weight end", "sglang", "model-load-end"},
    {"KV Cache is allocated", "sglang", "kv-cache"},
    {"Capture cuda graph begin", "sglang", "cuda-graph-capture-begin"},
    {"Capture cuda graph end", "sglang", "cuda-graph-capture"},
    {"The server is fired up and ready to roll", "sglang", "server-ready"},
    {"Application startup complete", "uvicorn", "server-ready"},
    {"Enter launch_builtin_model", "xinference", "model-load-begin"},
    {"Leave launch_builtin_model", "xinference", "model-load-end"},
    {"Starting GPUStack", "gpustack", "engine-start"},
    {"Initializing TorchBackend in DeepSpeed", "deepspeed", "nccl-init"},
    {"DeepSpeed info: version=", "deepspeed", "engine-start"},
    {"> initializing torch distributed", "megatron", "nccl-init"},
    {"time to initialize megatron", "megatron", "nccl-init-end"},
    {"Starting elastic_operator with launch configs", "torchrun", "engine-start"},
    {"Rendezvous complete for workers", "torchrun", "rendezvous"},
    {"Initializing distributed: GLOBAL_RANK:", "lightning", "nccl-init"},
    {"All distributed processes registered", "lightning", "nccl-init-end"},
    {"***** Running training *****", "transformers", "training-begin"},
    {"{'loss': ", "transformers", "training-step"},
    {"| consumed samples:", "megatron", "training-step"},
    {"skipped=", "deepspeed", "training-step"},
};

using text::piece;
using text::view;

void add_numbers(std::string_view message, facts::Event& event) {
  static const text::Regex nccl(R"(is using nccl==([\w.+-]{1,40}))", RE2::Latin1);
  static const text::Regex world(R"(world_size=(\d{1,7}) rank=(\d{1,7}))", RE2::Latin1);
  static const text::Regex member(R"(GLOBAL_RANK: (\d{1,7}), MEMBER: \d{1,7}/(\d{1,7}))", RE2::Latin1);
  static const text::Regex iteration(R"(iteration\s+(\d{1,12})/|step=(\d{1,12}), skipped=)", RE2::Latin1);
  static const text::Regex epoch(R"('epoch': (\d{1,9}\.\d{1,9}))", RE2::Latin1);  // the Hugging Face Trainer's log dictionary
  re2::StringPiece a, b;
  const auto rank = [&](re2::StringPiece text) {
    const auto number = text::integer(view(text));
    if (number && !event.place.rank) event.place.rank = static_cast<int>(*number);
  };
  if (text::Regex::PartialMatch(piece(message), nccl, &a)) {
    event.attributes["nccl_version"] = std::string(view(a));
  } else if (text::Regex::PartialMatch(piece(message), world, &a, &b)) {
    event.attributes["world_size"] = std::string(view(a));
    rank(b);
  } else if (text::Regex::PartialMatch(piece(message), member, &a, &b)) {
    event.attributes["world_size"] = std::string(view(b));
    rank(a);
  } else if (text::Regex::PartialMatch(piece(message), iteration, &a, &b)) {
    event.attributes["iteration"] = std::string(view(a.empty() ? b : a));
  } else if (text::Regex::PartialMatch(piece(message), epoch, &a)) {
    event.attributes["epoch"] = std::string(view(a));
  }
}

}  // namespace

std::span<const std::string_view> AppParser::gates() const {
  static constexpr std::array<std::string_view, 49> literals = {"LLM engine",
                                                                "is using nccl",
                                                                "distributed_init_method",
                                                                "is assigned as DP",
                                                                "load model",
                                                                "weights took",
                                                                "loading took",
                                                                "KV cache size",
                                                                "KV Cache is allocated",
                                                                "# GPU blocks",
                                                                "CUDA graph",
                                                                "cudagraphs for",
                                                                "Graph capturing",
                                                                "ServerArgs(",
                                                                "torch distributed",
                                                                "Load weight",
                                                                "fired up and",
                                                                "startup complete",
                                                                "launch_builtin_model",
                                                                "Starting GPUStack",
                                                                "TorchBackend",
                                                                "DeepSpeed info",
                                                                "initialize megatron",
                                                                "elastic_operator",
                                                                "Rendezvous complete",
                                                                "GLOBAL_RANK",
                                                                "processes registered",
                                                                "Running training",
                                                                "consumed samples",
                                                                "{'loss': ",
                                                                "skipped=",
                                                                "Bus error",
                                                                "Segmentation fault",
                                                                "Segfault enc",
                                                                "Killed",
                                                                "core dumped",
                                                                "exited with",
                                                                "exit code",
                                                                "exit status",
                                                                "return code",
                                                                "exited status",
                                                                "Aborted",
                                                                " signal",
                                                                "oom_kill",
                                                                "oom-kill",
                                                                "CANCELLED AT",
                                                                "died unexpectedly",
                                                                "Failed core proc",
                                                                "terminate called"};
  return literals;
}

std::span<const std::string_view> AppParser::sampled_gates() const {
  static constexpr std::array<std::string_view, 3> literals = {"consumed samples", "{'loss': ", "skipped="};
  return literals;
}

bool AppParser::milestone(const text::Line& line, facts::Sink& sink) {
  for (const auto& step : steps) {
    if (!text::contains(line.message, step.text)) continue;
    auto event = event_of(line, "app.milestone");
    event.attributes = {{"framework", std::string(step.framework)}, {"step", std::string(step.step)}};
    add_numbers(line.message, event);
    if (step.step != "training-step") {
      sink.add(std::move(event));
    } else if (event.attributes.contains("iteration") || event.attributes.contains("epoch")) {
      if (first_training_step_told_) {
        last_training_step_ = std::move(event);
      } else {
        first_training_step_told_ = true;
        sink.add(std::move(event));
      }
    }
    return true;
  }
  return false;
}

Want AppParser::line(const text::Line& line, facts::Sink& sink) {
  if (milestone(line, sink)) return Want::gated;
  if (auto signal = read_signal(line))
    sink.add(std::move(*signal));
  else if (auto exit = read_exit(line))
    sink.add(std::move(*exit));
  return Want::gated;
}

void AppParser::end(facts::Sink& sink) {
  if (last_training_step_) sink.add(std::move(*last_training_step_));
  last_training_step_.reset();
}

}  // namespace gpm::parsers::app
