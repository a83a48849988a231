// SPDX-License-Identifier: Apache-2.0
//
// Which names mean the same GPU.
//
// A GPU is one thing whether it is called 0000:7b:00.0, index 3 of host H, or GPU-5d5b...: nvidia-smi tables tie index and
// address, -q and the kernel tie address and UUID. A UUID is unique, an address on its host; an index only in what one
// nvidia-smi printed, since a container numbers the GPUs that it was given from 0:
//
//   $ nvidia-smi -L                                        $ kubectl exec sglang-decode-7f8b6c9d55-t4qzn -- nvidia-smi -L
//   GPU 0: NVIDIA H20 (UUID: GPU-5e0a91c4-...e400)         GPU 0: NVIDIA H20 (UUID: GPU-5e0a91c4-...e405)
//   ... 8 GPUs                                             GPU 1: NVIDIA H20 (UUID: GPU-5e0a91c4-...e406)
//
// So a listing whose indices another, longer one of the host contradicts has indices of its own, and so has one that names
// UUIDs only and fewer GPUs than the host has; of contradicting listings of one length, none is the host's. A container
// that was given all GPUs contradicts nobody.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "parsers/facts/facts.h"

namespace gpm::store {

struct GpuSeen {
  std::int64_t document = 0;
  facts::Gpu gpu;
};

struct KnownGpu {
  std::string host;
  std::optional<int> index;
  std::string pci, uuid, serial, name;
};

// What an index means in some lines of a document.
struct OwnIndex {
  std::int64_t document = 0;
  std::uint64_t first_line = 0, last_line = 0;
  int index = 0;
  std::string pci, uuid;
};

struct GpuNames {
  std::vector<KnownGpu> gpus;
  std::vector<OwnIndex> own;
};

// `host_of` says whose a GPU is that names no host itself.
GpuNames known_gpus(const std::vector<GpuSeen>& seen, const std::function<std::string(const GpuSeen&)>& host_of);

}  // namespace gpm::store
