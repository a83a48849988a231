// SPDX-License-Identifier: Apache-2.0
#include "parsers/cuda/cuda_parser.h"

#include <array>
#include <optional>

#include "parsers/cuda/error_table.h"
#include "parsers/cuda/out_of_memory.h"
#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::cuda {
namespace {

constexpr std::size_t max_text_bytes = 300;

using text::piece;
using text::view;

struct Found {
  std::optional<std::int64_t> code;
  std::string name;     // cudaErrorX, CUBLAS_STATUS_X; empty if not known
  std::string message;  // the error's own text as printed
};

// Help and documentation that name errors.
bool is_advice(std::string_view message) {
  static constexpr std::string_view openings[] = {"CUDA kernel errors might be asynchronously reported",
                                                  "For debugging consider passing CUDA_LAUNCH_BLOCKING",
                                                  "Compile with `TORCH_USE_CUDA_DSA`",
                                                  "Search for `cudaError",
                                                  "Device-side assertion tracking was not enabled",
                                                  "If reserved but unallocated memory is large",
                                                  "#",
                                                  "//"};
  const auto text = text::trim(message);
  for (const auto opening : openings)
    if (text.starts_with(opening)) return true;
  return false;
}

std::string_view shown(std::string_view text) {
  text = text::trim(text);
  if (text.starts_with('\'') || text.starts_with('"')) {
    const auto end = text.find(text.front(), 1);
    text = text.substr(1, end == std::string_view::npos ? end : end - 1);
  }
  return text::trim(text.substr(0, max_text_bytes));
}

Found known(const Error& error, std::string_view message) {
  return {error.code, std::string(error.name()), message.empty() ? std::string(error.text) : std::string(message)};
}

// "cudaErrorIllegalAddress (700): text", "CUDA_ERROR_UNKNOWN: unknown error", "CUDNN_STATUS_INTERNAL_ERROR"
std::optional<Found> read_symbol(std::string_view message) {
  static const text::Regex pattern(
      R"(\b(cudaError[A-Z]\w{2,60}|CUDA_ERROR_[A-Z_]{3,60}|UNKNOWN_CUDA_ERROR|(?:CUBLAS|CUDNN|CUSPARSE|CUSOLVER|CURAND)_STATUS_[A-Z_]{3,60})\b(?:\s?\(\d{1,4}\))?(?:[:.,] ?)?(.*))",
      RE2::Latin1);
  static const text::Regex numba(R"(\[(\d{1,4})\] Call to cu\w+ results in)", RE2::Latin1);
  re2::StringPiece symbol, rest;
  if (!text::Regex::PartialMatch(piece(message), pattern, &symbol, &rest)) return std::nullopt;
  const auto name = view(symbol);
  if (name.ends_with("_SUCCESS")) return std::nullopt;
  if (const auto* error = by_symbol(name)) {
    auto found = known(*error, {});
    found.name = std::string(name);
    return found;
  }
  // Code and comments hold type and enum names; only a name that CUDA has, or one in a library's style, is an error.
  if (name.starts_with("cudaError")) return std::nullopt;
  Found found{{}, std::string(name), std::string(shown(view(rest)))};
  re2::StringPiece number;
  if (text::Regex::PartialMatch(piece(message), numba, &number)) found.code = text::integer(view(number));
  return found;
}

// "CUDA error: text", "Cuda failure 1 'text'", "cuda runtime error (2) : text", "CUDA runtime error in ::cudaMalloc():
// text"
std::optional<Found> read_phrase(std::string_view message) {
  static const text::Regex pattern(
      R"((?i)\bcuda (?:runtime |driver |api |kernel )?(?:failed with )?(?:error|failure)(?: code)?(?:[ =]{1,3}\(?(\d{1,4})\)?)?(?: \S{1,200}:\d{1,7})?(?: in [^:']{0,120}(?:::[^:']{1,120})?)?(?:\s?:\s?|\s')(.+))",
      RE2::Latin1);
  re2::StringPiece number, rest;
  if (!text::Regex::PartialMatch(piece(message), pattern, &number, &rest)) return std::nullopt;
  auto text = shown(view(rest));
  if (const auto quote = text.find('\''); quote != std::string_view::npos && quote > 3) text = text.substr(0, quote);
  if (text.empty() || text.front() == '%' || text.front() == '{' || text.front() == '"' || text.front() == '\\' ||
      text.front() == '<')
    return std::nullopt;  // a format string in source code
  if (const auto* error = by_text(text)) return known(*error, text);
  const auto code = text::integer(view(number));
  if (code && *code == 0) return std::nullopt;
  if (const auto* error = code ? by_code(*code) : nullptr) return known(*error, text);
  return Found{code, {}, std::string(text)};
}

// What PyTorch says where it could not even start.
std::optional<Found> read_start_up(std::string_view message) {
  static const text::Regex count(R"(\bcudaGetDeviceCount\(\).*Error (\d{1,4}): (.+))", RE2::Latin1);
  static const text::Regex bare(
      R"(^\s*(?:\w[\w.]{0,80}: )?(?:CUDA initialization: )?(No CUDA GPUs are available|CUDA unknown error - .*))",
      RE2::Latin1);
  static const text::Regex driver(R"((The NVIDIA driver on your system is too old|Found no NVIDIA driver on your system))",
                          RE2::Latin1);
  static const text::Regex check(R"(Check failed: CUDA_SUCCESS == .* \(0 vs\. (\d{1,4})\))", RE2::Latin1);  // TensorFlow 0.x
  // Where a program that starts its own CUDA (ggml, Ollama) gives the driver's words or number.
  static const text::Regex ggml(R"(ggml_cuda_init: failed to initialize CUDA: (.+))", RE2::Latin1);
  static const text::Regex triton(R"(Triton Error \[CUDA\]: (.+))", RE2::Latin1);
  static const text::Regex library(R"(cuda driver library (?:init failure|failed to initialize): (\d{1,4})\b)", RE2::Latin1);
  re2::StringPiece number, rest;
  if (text::Regex::PartialMatch(piece(message), ggml, &rest) || text::Regex::PartialMatch(piece(message), triton, &rest)) {
    const auto text = shown(view(rest));
    if (const auto* error = by_text(text)) return known(*error, text);
    return Found{{}, {}, std::string(text)};
  }
  if (text::Regex::PartialMatch(piece(message), library, &number)) {
    const auto code = text::integer(view(number));
    if (const auto* error = code ? by_code(*code) : nullptr) return known(*error, {});
    return Found{code, {}, {}};
  }
  if (text::Regex::PartialMatch(piece(message), driver, &rest)) {
    const auto text = view(rest);
    if (text.starts_with("The")) return known(*by_code(35), text);
    return Found{{}, {}, std::string(text)};
  }
  if (text::Regex::PartialMatch(piece(message), check, &number)) {
    const auto code = text::integer(view(number));
    const auto* error = code ? by_code(*code) : nullptr;
    return error != nullptr ? known(*error, {}) : Found{code, {}, {}};
  }
  if (text::Regex::PartialMatch(piece(message), count, &number, &rest)) {
    const auto code = text::integer(view(number));
    auto text = shown(view(rest));
    if (const auto end = text.find(" ("); end != std::string_view::npos) text = text.substr(0, end);
    if (const auto* error = code ? by_code(*code) : nullptr) return known(*error, text);
    return Found{code, {}, std::string(text)};
  }
  if (text::Regex::PartialMatch(piece(message), bare, &rest))
    if (const auto* error = by_text(view(rest))) return known(*error, shown(view(rest)));
  return std::nullopt;
}

}  // namespace

std::span<const std::string_view> CudaParser::gates() const {
  static constexpr std::array<std::string_view, 35> literals = {
      "CUDA error",          "CUDA failure",    "CUDA runtime error", "CUDA driver error",
      "cudaError",           "CUDA_ERROR",      "CUBLAS_STATUS",      "CUDNN_STATUS",
      "CUSPARSE_STATUS",     "CUSOLVER_STATUS", "out of memory",      "OutOfMemoryError",
      "OOM when allocating", "No CUDA GPUs",    "cudaGetDeviceCount", "NVIDIA driver on your system",
      "CUDA_SUCCESS ==",     "ggml_cuda_init: failed", "Triton Error [CUDA]", "cuda driver library",
      "failed to allocate CUDA", "unable to allocate CUDA", "Failed to allocate request for",
      "Requested amount of GPU memory", "Maximum pool size exceeded", "System is out of GPU",
      "Failed to allocate memory for requested buffer", "RESOURCE_EXHAUSTED", "CUDA error 2 at",
      "Out of memory error on GPU", "Out of GPU memory", "Insufficient memory on accelerator", "cuMemAlloc",
      "CUDA failed with error", "CUDA runtime api error"};
  return literals;
}

Want CudaParser::line(const text::Line& line, facts::Sink& sink) {
  const auto message = line.message;
  if (is_advice(message)) return Want::gated;
  if (auto attributes = read_out_of_memory(message)) {
    auto event = event_of(line, "cuda.oom");
    event.attributes = std::move(*attributes);
    sink.add(std::move(event));
    return Want::gated;
  }
  auto found = read_start_up(message);
  if (!found) found = read_symbol(message);
  if (!found) found = read_phrase(message);
  if (!found) return Want::gated;
  auto event = event_of(line, "cuda.error");
  event.code = found->code;
  set_attribute(event, "name", found->name);
  set_attribute(event, "message", found->message);
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::parsers::cuda
