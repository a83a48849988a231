// SPDX-License-Identifier: Apache-2.0
#include "parsers/cuda/out_of_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::cuda {
namespace {

// The message stands near its opening words; what is far behind them is something else.
constexpr std::size_t max_message_bytes = 2048;

using text::piece;
using text::view;

std::optional<double> mib(std::string_view number, std::string_view unit) {
  const auto value = text::leading_number(number);
  if (!value || *value < 0 || *value > 1e18) return std::nullopt;
  if (unit == "bytes" || unit == "B") return *value / (1024.0 * 1024.0);
  if (unit.starts_with('K')) return *value / 1024.0;
  if (unit.starts_with('M')) return *value;
  if (unit.starts_with('G')) return *value * 1024.0;
  if (unit.starts_with('T')) return *value * 1024.0 * 1024.0;
  return std::nullopt;
}

std::string written(double value) {
  auto text = fmt::format("{:.2f}", value);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

#define GPM_SIZE R"(([0-9.]{1,20}) ?(bytes|B|[KMGT]i?B))"

// Of several other processes the one that holds most.
void put_other_process(std::string_view message, facts::Attributes& attributes) {
  static const text::Regex pattern(R"(\bProcess (\d{1,10}) has )" GPM_SIZE " memory in use", RE2::Latin1);
  re2::StringPiece rest = piece(message), pid, number, unit;
  double most = -1;
  while (text::Regex::FindAndConsume(&rest, pattern, &pid, &number, &unit)) {
    const auto size = mib(view(number), view(unit));
    if (!size || *size <= most) continue;
    most = *size;
    attributes["other_process_pid"] = std::string(view(pid));
    attributes["other_process_mib"] = written(*size);
  }
}

struct Size {
  std::string_view before, number, unit, behind;  // what stands before it and behind it in the message
};

// One pattern for all: to compile one for each wording takes longer than all else that is done for the message.
std::vector<Size> sizes_in(std::string_view message) {
  static const text::Regex pattern(GPM_SIZE, RE2::Latin1);
  std::vector<Size> sizes;
  re2::StringPiece rest = piece(message), number, unit;
  while (text::Regex::FindAndConsume(&rest, pattern, &number, &unit)) {
    const auto begin = static_cast<std::size_t>(number.data() - message.data());
    sizes.push_back({message.substr(0, begin), view(number), view(unit), message.substr(message.size() - rest.size())});
  }
  return sizes;
}

facts::Attributes read_pytorch(std::string_view message) {
  static const text::Regex device(R"(\bGPU (\d{1,4})\b)", RE2::Latin1);
  facts::Attributes attributes{{"allocator", "pytorch"}};
  const auto sizes = sizes_in(message);
  const auto put = [&](const char* key, auto is_it) {
    const auto found = std::find_if(sizes.begin(), sizes.end(), is_it);
    if (found == sizes.end()) return;
    if (const auto size = mib(found->number, found->unit)) attributes[key] = written(*size);
  };
  put("tried_mib", [](const Size& s) {
    constexpr std::string_view words = "tried to allocate ";
    return s.before.size() >= words.size() && text::lower(s.before.substr(s.before.size() - words.size())) == words;
  });
  put("gpu_total_mib", [](const Size& s) { return s.behind.starts_with(" total capacity"); });
  put("gpu_total_mib", [](const Size& s) { return s.before.ends_with("total capacity of ") || s.before.ends_with("total capacty of "); });
  put("gpu_free_mib", [](const Size& s) { return s.behind.starts_with(" free") || s.behind.starts_with(" is free"); });
  put("this_process_mib", [](const Size& s) { return s.before.ends_with("this process has ") && s.behind.starts_with(" memory in use"); });
  put("allocated_mib", [](const Size& s) { return s.behind.starts_with(" already allocated"); });
  put("allocated_mib", [](const Size& s) { return s.before.ends_with("Of the allocated memory ") && s.behind.starts_with(" is allocated by PyTorch"); });
  put("reserved_mib", [](const Size& s) { return s.behind.starts_with(" reserved in total by PyTorch") || s.behind.starts_with(" cached"); });
  put("reserved_unallocated_mib", [](const Size& s) { return s.behind.starts_with(" is reserved by PyTorch but unallocated"); });
  put_other_process(message, attributes);
  re2::StringPiece index;
  if (text::Regex::PartialMatch(piece(message), device, &index)) attributes["device"] = std::string(view(index));
  return attributes;
}

// What an allocator other than PyTorch's says where it gets no GPU memory; groups: number and unit (either may be
// absent), device.
struct Wording {
  const char* allocator;
  text::Regex pattern;
};

const std::array<Wording, 23>& wordings() {
  static const std::array<Wording, 23> all = {{
      {"ggml", {"(?:allocating " GPM_SIZE R"( on device (\d{1,4}): )?cudaMalloc(?:Async)? failed: out of memory)",
                RE2::Latin1}},
      {"ggml", {R"(failed to allocate CUDA\d{0,4} buffer of size (\d{1,18}))", RE2::Latin1}},
      {"ggml", {R"(unable to allocate CUDA\d{0,4} buffer)", RE2::Latin1}},
      {"xla", {R"(failed to allocate [0-9.]{1,20}\w{0,4} \((\d{1,18}) bytes\) from device: CUDA_ERROR_OUT_OF_MEMORY)",
               RE2::Latin1}},
      {"xla", {R"(RESOURCE_EXHAUSTED: Out of memory (?:while trying to allocate|allocating) (\d{1,18}) bytes)",
               RE2::Latin1}},
      {"xla", {"RESOURCE_EXHAUSTED: (?:Out of memory (?:while trying to allocate|allocating)|Failed to allocate request "
               "for) " GPM_SIZE, RE2::Latin1}},
      {"tensorflow", {"OOM when allocating tensor with shape", RE2::Latin1}},
      {"tensorrt", {R"(Error Code \d{1,3}: Cuda Runtime \(out of memory\)|Requested amount of GPU memory \((\d{1,18}) )"
                    R"(bytes\) could not be allocated)", RE2::Latin1}},
      {"rmm", {R"(std::bad_alloc: (?:out_of_memory: )?RMM failure at.{1,200}Maximum pool size exceeded(?: \(failed to )"
               R"(allocate ([0-9.]{1,20}) ?([KMGT]i?B)\))?)", RE2::Latin1}},
      {"catboost", {"catboost/cuda/.{1,200}Out of memory\\. Requested " GPM_SIZE, RE2::Latin1}},
      {"cycles", {R"(Out of memory in (?:cuMem\w{1,30}|CUDA queue|cuArray\w{1,30}|OptiX)|System is out of GPU (?:and shared )"
                  R"(host )?memory)", RE2::Latin1}},
      {"onnxruntime", {R"(bfc_arena\.cc.{1,200}Failed to allocate memory for requested buffer of size (\d{1,18}))",
                       RE2::Latin1}},
      {"caffe", {R"(Check failed: error == cudaSuccess \(2 vs\. 0\) {1,3}out of memory)", RE2::Latin1}},
      {"ggml", {R"(CUDA error 2 at \S{1,200}: out of memory)", RE2::Latin1}},
      {"onnxruntime", {R"(BFCArena::.{1,200}Failed to allocate memory for requested buffer of size (\d{1,18}))", RE2::Latin1}},
      {"paddle", {"Out of memory error on GPU \\d{1,4}\\. Cannot allocate " GPM_SIZE " memory on GPU", RE2::Latin1}},
      {"julia", {"Out of GPU memory trying to allocate " GPM_SIZE, RE2::Latin1}},
      {"mxnet", {R"(cudaMalloc retry failed: out of memory)", RE2::Latin1}},
      {"amber", {R"(cudaMalloc GpuBuffer::\w{1,40} failed:? out of memory)", RE2::Latin1}},
      {"namd", {R"(FATAL ERROR: CUDA error .{1,300} on Pe \d{1,6}.{0,80}: out of memory)", RE2::Latin1}},
      {"lammps", {R"(ERROR: Insufficient memory on accelerator)", RE2::Latin1}},
      {"hashcat", {R"(\bcuMemAlloc\w{0,12}\(\): (?:2\b|out of memory))", RE2::Latin1}},
      {"ctranslate2", {R"(CUDA failed with error out of memory)", RE2::Latin1}},
  }};
  return all;
}

std::optional<facts::Attributes> read_wording(std::string_view message) {
  for (const auto& wording : wordings()) {
    re2::StringPiece number, unit, device;
    const auto* const pattern = wording.pattern.needed_for(message);
    if (pattern == nullptr) continue;
    const int groups = pattern->NumberOfCapturingGroups();
    const bool found = groups == 0   ? RE2::PartialMatch(piece(message), *pattern)
                       : groups == 1 ? RE2::PartialMatch(piece(message), *pattern, &number)
                       : groups == 2 ? RE2::PartialMatch(piece(message), *pattern, &number, &unit)
                                     : RE2::PartialMatch(piece(message), *pattern, &number, &unit, &device);
    if (!found) continue;
    facts::Attributes attributes{{"allocator", wording.allocator}};
    if (const auto size = mib(view(number), groups == 1 ? "bytes" : view(unit)); size && !number.empty())
      attributes["tried_mib"] = written(*size);
    if (!device.empty()) attributes["device"] = std::string(view(device));
    return attributes;
  }
  return std::nullopt;
}

}  // namespace

std::optional<facts::Attributes> read_out_of_memory(std::string_view message) {
  const auto open = message.find("CUDA out of memory");
  if (open != std::string_view::npos) return read_pytorch(message.substr(open, max_message_bytes));
  if (const auto bare = message.find("OutOfMemoryError: "); bare != std::string_view::npos) {
    // Also Java's java.lang.OutOfMemoryError, which is host memory.
    static const text::Regex pattern(R"((?:torch\.(?:cuda\.)?|cupy\.cuda\.memory\.|^)OutOfMemoryError: )", RE2::Latin1);
    if (text::Regex::PartialMatch(piece(message), pattern)) return read_pytorch(message.substr(bare, max_message_bytes));
  }
  return read_wording(message.substr(0, max_message_bytes));
}

#undef GPM_SIZE

}  // namespace gpm::parsers::cuda
