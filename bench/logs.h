// SPDX-License-Identifier: Apache-2.0
//
// Logs as a node of a GPU cluster writes them, made up line by line: kernel ring buffer, syslog, an inference server, a
// trainer, NCCL's INFO chatter, base64 ballast. The same seed gives the same bytes.
//
// An interesting line is one that becomes a fact by itself: an Xid, a CUDA error, an NCCL warning, a killed process. They
// come at random places, so many in a million lines.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace gpm::bench {

enum class Mix { dmesg, syslog, nccl, vllm, trainer, mixed };

class LogWriter {
 public:
  LogWriter(Mix mix, std::uint64_t interesting_per_million, std::uint64_t seed = 1);

  // Appends the next line with its line end.
  void line(std::string& out);

 private:
  void interesting(std::string& out);
  void chatter(Mix mix, std::string& out);
  std::uint64_t number(std::uint64_t below) { return random_() % below; }

  Mix mix_;
  std::uint64_t per_million_;
  std::mt19937_64 random_;
  std::uint64_t lines_ = 0;
  double uptime_s_ = 1200;
};

}  // namespace gpm::bench
