// SPDX-License-Identifier: Apache-2.0
//
// Gates: the literals that decide which lines anybody looks at. All gates of all parsers and of the knowledge base are
// searched for in one pass over the bytes (Hyperscan, ASCII case ignored), so that a byte costs the same whatever the
// number of parsers and rules.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct hs_database;
struct hs_scratch;

namespace gpm::scan {

struct GateHit {
  std::uint32_t gate;  // index into the list of gates
  std::uint32_t end;   // offset behind the hit's last byte
};

class Gates {
 public:
  // Literals may repeat and differ in case; throws std::runtime_error where Hyperscan refuses them (a defect of ours).
  explicit Gates(const std::vector<std::string>& literals);
  ~Gates();
  Gates(const Gates&) = delete;
  Gates& operator=(const Gates&) = delete;

  // All hits in `block` (below 4 GiB), ordered by end.
  void find(std::string_view block, std::vector<GateHit>& hits) const;

 private:
  hs_database* database_ = nullptr;
  hs_scratch* scratch_ = nullptr;
};

}  // namespace gpm::scan
