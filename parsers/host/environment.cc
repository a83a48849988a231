// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/environment.h"

#include <algorithm>
#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/host/prompt.h"
#include "parsers/text/fields.h"


namespace gpm::parsers::host {
namespace {

constexpr int block_lines_min = 5;
constexpr int settings_max = 20'000;
constexpr std::size_t value_bytes_max = 8192;

bool is_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// Length of a variable's name at the start of `text` if '=' follows it, else 0.
std::size_t name_size(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && end < 128 && is_name(text[end])) ++end;
  if (end == 0 || end >= text.size() || text[end] != '=' || (text[0] >= '0' && text[0] <= '9')) return 0;
  return end;
}

bool concerns_gpus(std::string_view name) {
  static constexpr std::array<std::string_view, 25> prefixes = {
      "NCCL_", "CUDA_",         "NVIDIA_", "UCX_",       "VLLM_", "TORCH_",  "PYTORCH_", "HIP_",  "ROCR_",
      "OMP_",  "TORCHELASTIC_", "TRITON_", "SGLANG_",    "RAY_",  "NVTE_",   "NVSHMEM_", "OMPI_", "SLURM_",
      "GLOO_", "TF_",           "XLA_",    "DEEPSPEED_", "HF_",   "TRTLLM_", "RCCL_"};
  static constexpr std::array<std::string_view, 9> names = {
      "MASTER_ADDR",     "MASTER_PORT", "WORLD_SIZE",      "RANK", "LOCAL_RANK", "NODE_RANK",
      "LD_LIBRARY_PATH", "LD_PRELOAD",  "LOCAL_WORLD_SIZE"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return name.starts_with(prefix); }) ||
         std::find(names.begin(), names.end(), name) != names.end();
}

// What an environment holds besides: lower case is key=value of some log or table, but for the proxies.
bool environment_like(std::string_view name) {
  const bool upper = std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return upper || name.ends_with("_proxy");
}

// The value at the start of `text` as a shell reads it: up to a blank or ';', or between quotes.
std::string_view shell_value(std::string_view text, std::size_t& size) {
  if (!text.empty() && (text[0] == '"' || text[0] == '\'')) {
    const auto close = text.find(text[0], 1);
    if (close != std::string_view::npos) {
      size = close + 1;
      return text.substr(1, close - 1);
    }
  }
  size = std::min(text.find_first_of(" \t;&|"), text.size());
  return text.substr(0, size);
}

std::string_view unquoted(std::string_view value) {
  if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
    return value.substr(1, value.size() - 2);
  return value;
}

}  // namespace

std::span<const std::string_view> EnvironmentParser::gates() const {
  static constexpr std::array<std::string_view, 36> literals = {"NCCL_",
                                                                "CUDA_",
                                                                "NVIDIA_",
                                                                "UCX_",
                                                                "VLLM_",
                                                                "TORCH_",
                                                                "PYTORCH_",
                                                                "HIP_",
                                                                "ROCR_",
                                                                "OMP_",
                                                                "TORCHELASTIC_",
                                                                "TRITON_",
                                                                "SGLANG_",
                                                                "RAY_",
                                                                "NVTE_",
                                                                "NVSHMEM_",
                                                                "OMPI_",
                                                                "SLURM_",
                                                                "GLOO_",
                                                                "DEEPSPEED_",
                                                                "HF_",
                                                                "TRTLLM_",
                                                                "XLA_",
                                                                "RCCL_",
                                                                "MASTER_ADDR=",
                                                                "MASTER_PORT=",
                                                                "WORLD_SIZE=",
                                                                "RANK=",
                                                                "LD_LIBRARY_PATH=",
                                                                "LD_PRELOAD=",
                                                                "PATH=",
                                                                "HOME=",
                                                                "PWD=",
                                                                "HOSTNAME=",
                                                                "SHELL=",
                                                                "USER="};
  return literals;
}

void EnvironmentParser::add(facts::Setting setting, facts::Sink& sink) {
  if (given_ >= settings_max) return;
  ++given_;
  sink.add(std::move(setting));
}

void EnvironmentParser::close_block(facts::Sink& sink) {
  if (block_lines_ >= block_lines_min)
    for (auto& setting : held_) add(std::move(setting), sink);
  held_.clear();
  block_lines_ = 0;
}

// Assignments before a command, and mpirun's -x: only variables that concern GPUs.
bool EnvironmentParser::read_launch(const text::Line& line, std::string_view text, facts::Sink& sink) {
  bool found = false, exported = false;
  while (!(text = text::trim(text)).empty()) {
    if (text.starts_with("-x ")) {
      exported = true;
      text.remove_prefix(3);
      continue;
    }
    const auto size = name_size(text);
    if (size == 0) {
      // Only mpirun's -x may stand behind the program's name.
      const auto next = text.find(" -x ");
      if (next == std::string_view::npos) return found;
      text.remove_prefix(next + 1);
      continue;
    }
    const auto name = text.substr(0, size);
    std::size_t value_size = 0;
    const auto value = shell_value(text.substr(size + 1), value_size);
    if (concerns_gpus(name)) {
      if (value.ends_with(',')) return found;  // "LOCAL_RANK=0, WORLD_SIZE=2": a program's words
      add(setting_of(line, "env", name, value.substr(0, value_bytes_max)), sink);
      found = true;
    } else if (!exported && !found) {
      return false;
    }
    text.remove_prefix(std::min(text.size(), size + 1 + value_size));
    if (text.starts_with(';') || text.starts_with('&') || text.starts_with('|')) return found;
  }
  return found;
}

Want EnvironmentParser::line(const text::Line& line, facts::Sink& sink) {
  auto text = without_prompt(text::trim(line.message));
  bool shell = text.size() != text::trim(line.message).size();
  for (const std::string_view word : {"export ", "declare -x ", "ENV "})
    if (text.starts_with(word)) {
      text = text::trim(text.substr(word.size()));
      shell = true;
    }
  const auto size = name_size(text);
  if (size == 0) {
    const bool launch = text::contains(text, " -x ") || text.starts_with("-x ");
    if (launch) read_launch(line, text, sink);
    close_block(sink);
    return Want::gated;
  }
  const auto name = text.substr(0, size);
  const auto value = text.substr(size + 1);
  if (!environment_like(name)) {
    close_block(sink);
    return Want::gated;
  }
  ++block_lines_;
  if (concerns_gpus(name)) {
    // In a dump the value is the rest of the line; before a command it ends at the blank. No GPU variable holds blanks.
    if (shell || value.find(' ') != std::string_view::npos) {
      read_launch(line, text, sink);
    } else {
      add(setting_of(line, "env", name, unquoted(value).substr(0, value_bytes_max)), sink);
    }
  } else if (block_lines_ > block_lines_min && held_.empty()) {
    add(setting_of(line, "env", name, unquoted(value).substr(0, value_bytes_max)), sink);
  } else {
    held_.push_back(setting_of(line, "env", name, unquoted(value).substr(0, value_bytes_max)));
    if (block_lines_ >= block_lines_min) {
      for (auto& held : held_) add(std::move(held), sink);
      held_.clear();
    }
  }
  return Want::next;
}

void EnvironmentParser::end(facts::Sink& sink) { close_block(sink); }

}  // namespace gpm::parsers::host
