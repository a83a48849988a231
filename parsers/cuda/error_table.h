// SPDX-License-Identifier: Apache-2.0
//
// CUDA's error numbers, their names in the runtime and the driver API, and the texts that cudaGetErrorString and
// cuGetErrorString give (CUDA 12.8 and 13.0; https://docs.nvidia.com/cuda/cuda-runtime-api/group__CUDART__TYPES.html).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gpm::parsers::cuda {

struct Error {
  int code;
  std::string_view runtime;  // cudaErrorIllegalAddress; empty where only the driver has it
  std::string_view driver;   // CUDA_ERROR_ILLEGAL_ADDRESS; empty where only the runtime has it
  std::string_view text;     // without a final full stop

  std::string_view name() const { return runtime.empty() ? driver : runtime; }
};

std::span<const Error> all_errors();
const Error* by_code(std::int64_t code);
const Error* by_symbol(std::string_view symbol);
// The error whose text opens `text`; of several the longest.
const Error* by_text(std::string_view text);

}  // namespace gpm::parsers::cuda
