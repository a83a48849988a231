// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/content_hash.h"

#include <algorithm>
#include <cstring>

namespace gpm::scan {
namespace {

// FNV-1a over 8 bytes at a time, with its high bits brought down.
std::uint64_t mixed(std::uint64_t sum, std::uint64_t word) {
  sum = (sum ^ word) * 0x100000001b3ull;
  return sum ^ sum >> 29;
}

}  // namespace

void ContentHash::mix(const char* bytes) {
  for (auto& sum : sums_) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    bytes += sizeof word;
    sum = mixed(sum, word);
  }
}

void ContentHash::add(std::string_view bytes) {
  const auto held = static_cast<std::size_t>(bytes_ % step);
  bytes_ += bytes.size();
  if (held > 0) {
    const auto part = std::min(step - held, bytes.size());
    std::copy_n(bytes.data(), part, rest_.data() + held);
    bytes.remove_prefix(part);
    if (held + part < step) return;
    mix(rest_.data());
  }
  for (; bytes.size() >= step; bytes.remove_prefix(step)) mix(bytes.data());
  std::copy_n(bytes.data(), bytes.size(), rest_.data());
}

std::uint64_t ContentHash::value() const {
  std::uint64_t value = mixed(0, bytes_);
  for (const auto sum : sums_) value = mixed(value, sum);
  for (std::size_t i = 0; i < bytes_ % step; ++i) value = mixed(value, static_cast<unsigned char>(rest_[i]));
  return value;
}

}  // namespace gpm::scan
