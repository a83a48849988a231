// SPDX-License-Identifier: Apache-2.0
//
// Errors of CUDA and its libraries, in whatever program's words.
//
//   RuntimeError: CUDA error: an illegal memory access was encountered                   PyTorch
//   torch.AcceleratorError: CUDA error: uncorrectable NVLink error detected during the execution
//   RuntimeError: cuda runtime error (2) : out of memory at .../THCStorage.cu:66          PyTorch 0.x, 1.x
//   oob: cudaErrorIllegalAddress (700): an illegal memory access was encountered
//   _catboost.CatboostError: catboost/cuda/cuda_lib/cuda_base.h:272: CUDA error 35: CUDA driver version is insufficient
//   ... NCCL WARN Cuda failure 1 'invalid argument'                                       NCCL; "Cuda failure 'text'" to 2.18
//   failed call to cuInit: CUDA_ERROR_UNKNOWN: unknown error                              TensorFlow, JAX
//   [700] Call to cuMemcpyDtoH results in CUDA_ERROR_ILLEGAL_ADDRESS                      numba
//   Failed: Cuda error /workspace/csrc/custom_all_reduce.cuh:364 'resource already mapped'  vLLM
//   RuntimeError: cuDNN error: CUDNN_STATUS_INTERNAL_ERROR
//
// Facts: cuda.error (code where the number, the name or the text gives it; library errors have a name and no code) and
// cuda.oom. Lines of advice that PyTorch prints below any error are skipped: they name errors without reporting one.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::cuda {

class CudaParser : public LineParser {
 public:
  std::string_view format() const override { return "cuda"; }
  std::span<const std::string_view> gates() const override;
  bool reads_alone(std::string_view) const override { return true; }
  Want line(const text::Line& line, facts::Sink& sink) override;
};

}  // namespace gpm::parsers::cuda
