// SPDX-License-Identifier: Apache-2.0
//
// Messages of allocators that found no room on the GPU.
//
//   CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 10.76 GiB total capacity; 9.70 GiB already allocated;
//     12.56 MiB free; 9.75 GiB reserved in total by PyTorch) ...                        PyTorch up to 2.0 ("cached" up
//     to 1.4)
//   CUDA out of memory. Tried to allocate 18.63 GiB. GPU 0 has a total capacity of 79.18 GiB of which 1.49 GiB is free.
//     Process 2266 has 77.17 GiB memory in use. Including non-PyTorch memory, this process has 518.00 MiB memory in
//     use. Of the allocated memory 0 bytes is allocated by PyTorch, and 0 bytes is reserved by PyTorch but unallocated.
//     ...
//                                                                                       PyTorch 2.1 ("capacty") and
//                                                                                       later
//   allocating 5120.00 MiB on device 0: cudaMalloc failed: out of memory                llama.cpp, ollama
//   failed to allocate 10.76G (11553734656 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory      TensorFlow,
//   JAX RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes.        JAX OOM when allocating
//   tensor with shape[64,512,512] and type float on /job:...        TensorFlow
#pragma once

#include <optional>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::parsers::cuda {

// Attributes of cuda.oom, sizes in MiB as decimal text; nothing if the message is none of these.
std::optional<facts::Attributes> read_out_of_memory(std::string_view message);

}  // namespace gpm::parsers::cuda
