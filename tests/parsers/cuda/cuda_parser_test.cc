// SPDX-License-Identifier: Apache-2.0
#include "parsers/cuda/cuda_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "parsers/cuda/error_table.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::cuda {
namespace {

using ::testing::IsEmpty;

test::RecordingSink parse(std::string_view text) { return test::parse<CudaParser>(text); }

TEST(CudaError, EveryProgramsWords) {
  const std::pair<std::string_view, int> lines[] = {
      {"RuntimeError: CUDA error: an illegal memory access was encountered", 700},
      {"torch.AcceleratorError: CUDA error: uncorrectable NVLink error detected during the execution", 220},
      {"RuntimeError: cuda runtime error (46) : all CUDA-capable devices are busy or unavailable at /pytorch/x.cu:25",
       46},
      {"oob: cudaErrorIllegalAddress (700): an illegal memory access was encountered", 700},
      {"_catboost.CatboostError: catboost/cuda/cuda_lib/cuda_base.h:272: CUDA error 35: CUDA driver version is "
       "insufficient for CUDA runtime version",
       35},
      {"h:8231:8231 [0] enqueue.cc:1556 NCCL WARN Cuda failure 1 'invalid argument'", 1},
      {"h:8231:8231 [0] enqueue.cc:1556 NCCL WARN Cuda failure 'system not yet initialized'", 802},
      {"E external/xla/cuda_driver.cc:268] failed call to cuInit: CUDA_ERROR_UNKNOWN: unknown error", 999},
      {"numba.cuda.cudadrv.driver.CudaAPIError: [700] Call to cuMemcpyDtoH results in CUDA_ERROR_ILLEGAL_ADDRESS", 700},
      {"numba.cuda.cudadrv.driver.CudaAPIError: [222] Call to cuLinkAddData results in UNKNOWN_CUDA_ERROR", 222},
      {"Failed: Cuda error /workspace/csrc/custom_all_reduce.cuh:364 'invalid argument'", 1},
      {"[TensorRT-LLM][ERROR] CUDA runtime error in cudaDeviceEnablePeerAccess(device, 0): peer access is not "
       "supported between these two devices",
       217},
      {"CUDA driver error: CUDA_ERROR_NOT_SUPPORTED. operation not supported", 801},
      {"RuntimeError: Unexpected error from cudaGetDeviceCount(). Did you run some cuda functions? Error 802: system "
       "not yet initialized",
       802},
      {"RuntimeError: No CUDA GPUs are available", 100},
      {"CUDA failure 700: an illegal memory access was encountered ; GPU=0 ; hostname=x", 700},
      {"h: Test CUDA failure common.cu:892 'out of memory'", 2},
      {"Check failed: CUDA_SUCCESS == dynload::cuCtxSetCurrent(context) (0 vs. 216)", 216},
      {"CUDA error: the provided PTX was compiled with an unsupported toolchain.", 222},
      {"ggml_cuda_init: failed to initialize CUDA: system not yet initialized", 802},
      {"cuda driver library init failure: 803", 803},
      {"RuntimeError: Triton Error [CUDA]: device kernel image is invalid", 200},
  };
  for (const auto& [text, code] : lines) {
    const auto sink = parse(text);
    ASSERT_EQ(sink.of_kind("cuda.error").size(), 1u) << text;
    EXPECT_EQ(sink.events[0].code, code) << text;
  }
}

TEST(CudaOutOfMemory, OtherAllocatorsWords) {
  struct Case {
    std::string_view text, allocator, tried_mib;
  };
  const Case cases[] = {
      {"ggml_backend_cuda_buffer_type_alloc_buffer: allocating 8192.00 MiB on device 1: cudaMalloc failed: out of memory",
       "ggml", "8192"},
      {"ggml_gallocr_reserve_n: failed to allocate CUDA0 buffer of size 1048576", "ggml", "1"},
      {"llama_model_load: error loading model: unable to allocate CUDA0 buffer", "ggml", ""},
      {"jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 2097152 bytes.",
       "xla", "2"},
      {"jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 3.50GiB.", "xla",
       "3584"},
      {"[E] [TRT] Requested amount of GPU memory (4194304 bytes) could not be allocated.", "tensorrt", "4"},
      {"MemoryError: std::bad_alloc: out_of_memory: RMM failure at:/x/pool_memory_resource.hpp:254: Maximum pool size "
       "exceeded",
       "rmm", ""},
      {"System is out of GPU and shared host memory", "cycles", ""},
      {"bfc_arena.cc:376 AllocateRawInternal Failed to allocate memory for requested buffer of size 1048576",
       "onnxruntime", "1"},
      {"Check failed: error == cudaSuccess (2 vs. 0)  out of memory", "caffe", ""},
  };
  for (const auto& c : cases) {
    const auto events = parse(c.text).of_kind("cuda.oom");
    ASSERT_EQ(events.size(), 1u) << c.text;
    EXPECT_EQ(events[0].attributes.at("allocator"), c.allocator) << c.text;
    const auto tried = events[0].attributes.find("tried_mib");
    EXPECT_EQ(tried == events[0].attributes.end() ? "" : tried->second, c.tried_mib) << c.text;
  }
}

TEST(CudaOutOfMemory, WordsOfOtherThings) {
  const std::string_view lines[] = {
      "INFO RESOURCE_EXHAUSTED: Quota exceeded for aiplatform.googleapis.com",
      "failed to allocate CUDA context slot in the scheduler",
      "docs: how to change Maximum pool size exceeded errors",
      "java.lang.OutOfMemoryError: Java heap space",
  };
  for (auto text : lines) EXPECT_THAT(parse(text).of_kind("cuda.oom"), IsEmpty()) << text;
}

TEST(CudaError, LibraryStatusHasANameAndNoCode) {
  const auto sink =
      parse("RuntimeError: CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`\n");
  EXPECT_FALSE(sink.events.at(0).code);
  EXPECT_EQ(sink.events[0].attributes.at("name"), "CUBLAS_STATUS_NOT_INITIALIZED");
}

TEST(CudaError, UnknownTextIsKeptAsPrinted) {
  const auto sink = parse("CUDA error: a failure of the next release\n");
  EXPECT_FALSE(sink.events.at(0).code);
  EXPECT_EQ(sink.events[0].attributes.at("message"), "a failure of the next release");
}

TEST(CudaNearMiss, AdviceAndSourceAreNoErrors) {
  for (auto text :
       {"CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be "
        "incorrect.",
        "For debugging consider passing CUDA_LAUNCH_BLOCKING=1",
        "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions.",
        "Search for `cudaErrorIllegalAddress' in https://docs.nvidia.com/cuda/ for more information.",
        "1  0x7f void tensorrt_llm::common::check<cudaError>(cudaError, char const*, char const*, int) + 110",
        "CUDA graphs can take additional 1~3 GiB memory per GPU. If you are running out of memory, consider decreasing "
        "it.",
        "NCCL error: unhandled cuda error (run with NCCL_DEBUG=INFO for details)",
        "    raise RuntimeError(\"CUDA error: {}\".format(e))", "java.lang.OutOfMemoryError: Java heap space",
        "returned CUDA_SUCCESS", "ray.exceptions.OutOfMemoryError: Task was killed",
        "Out of memory: Killed process 71 (python)", "CUBLAS_STATUS_SUCCESS"})
    EXPECT_THAT(parse(text).events, IsEmpty()) << text;
}

TEST(CudaOom, PyTorch25WithAnotherProcess) {
  const auto sink = parse(
      "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 18.63 GiB. GPU 0 has a total capacity of 79.18 "
      "GiB of which 1.49 GiB is "
      "free. Process 2266 has 77.17 GiB memory in use. Including non-PyTorch memory, this process has 518.00 MiB "
      "memory in use. Of the "
      "allocated memory 0 bytes is allocated by PyTorch, and 0 bytes is reserved by PyTorch but unallocated.\n");
  ASSERT_EQ(sink.of_kind("cuda.oom").size(), 1u);
  const auto& a = sink.events[0].attributes;
  EXPECT_EQ(a.at("tried_mib"), "19077.12");
  EXPECT_EQ(a.at("gpu_total_mib"), "81080.32");
  EXPECT_EQ(a.at("gpu_free_mib"), "1525.76");
  EXPECT_EQ(a.at("this_process_mib"), "518");
  EXPECT_EQ(a.at("other_process_pid"), "2266");
  EXPECT_EQ(a.at("other_process_mib"), "79022.08");
}

TEST(CudaOom, OfOtherProcessesTheBiggest) {
  const auto sink = parse(
      "CUDA out of memory. Tried to allocate 1.00 GiB. GPU 0 has a total capacty of 79.18 GiB of which 1 MiB is free. "
      "Process 1 has 3.00 GiB memory in use. Process 2 has 70.00 GiB memory in use. Process 3 has 1.00 GiB memory in "
      "use.\n");
  EXPECT_EQ(sink.events.at(0).attributes.at("other_process_pid"), "2");
  EXPECT_EQ(sink.events[0].attributes.at("gpu_total_mib"), "81080.32");  // "capacty" of 2.1
}

TEST(CudaOom, PyTorch1) {
  const auto sink = parse(
      "RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 3; 10.76 GiB total capacity; 9.70 GiB "
      "already allocated; 12.56 MiB free; 9.75 GiB reserved in total by PyTorch)\n");
  const auto& a = sink.events.at(0).attributes;
  EXPECT_EQ(a.at("tried_mib"), "20");
  EXPECT_EQ(a.at("gpu_total_mib"), "11018.24");
  EXPECT_EQ(a.at("gpu_free_mib"), "12.56");
  EXPECT_EQ(a.at("reserved_mib"), "9984");
  EXPECT_EQ(a.at("device"), "3");
}

TEST(CudaOom, LlamaCpp) {
  const auto sink = parse(
      "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 5120.00 MiB on device 1: cudaMalloc failed: out of "
      "memory\n");
  EXPECT_EQ(sink.of_kind("cuda.oom").at(0).attributes.at("tried_mib"), "5120");
  EXPECT_EQ(sink.events[0].attributes.at("device"), "1");
}

TEST(CudaOom, TensorFlowAndJax) {
  EXPECT_EQ(parse("failed to allocate 10.76G (11553734656 bytes) from device: CUDA_ERROR_OUT_OF_MEMORY: out of memory")
                .of_kind("cuda.oom")
                .at(0)
                .attributes.at("tried_mib"),
            "11018.5");
  EXPECT_EQ(parse("XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes.")
                .of_kind("cuda.oom")
                .at(0)
                .attributes.at("tried_mib"),
            "8192");
}

TEST(CudaOom, HostileNumbersGiveNoSize) {
  const auto sink = parse(
      "CUDA out of memory. Tried to allocate ..... GiB. GPU 99999999999 has a total capacity of 1e999 GiB of which -5 "
      "MiB is free.\n");
  ASSERT_EQ(sink.of_kind("cuda.oom").size(), 1u);
  EXPECT_FALSE(sink.events[0].attributes.contains("tried_mib"));
}

TEST(CudaTable, EveryTextFindsItsOwnError) {
  for (const auto& error : all_errors()) {
    const auto* found = by_text(error.text);
    ASSERT_NE(found, nullptr) << error.text;
    EXPECT_EQ(found->text, error.text);
    EXPECT_EQ(by_code(error.code), &error);
    if (!error.runtime.empty()) {
      EXPECT_EQ(by_symbol(error.runtime), &error);
    }
    if (!error.driver.empty()) {
      EXPECT_EQ(by_symbol(error.driver), &error);
    }
  }
}

TEST(CudaHostile, LongLineIsReadInLinearTime) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "CUDA error in in in :: cudaError CUDA_ERROR_ out of memory ";
  parse(text);
}

TEST(CudaParser, NoErrorIsNone) {
  const auto sink = test::parse<CudaParser>("CUDA error checking is on\ncuda runtime 12.4 was found, no error\ncudaSuccess\nset CUDA_LAUNCH_BLOCKING=1 to debug\n");
  EXPECT_TRUE(sink.events.empty());
}

}  // namespace
}  // namespace gpm::parsers::cuda
