// SPDX-License-Identifier: Apache-2.0
//
// The sub-codes of Xid 144 to 150 (NVLink5), from the words that the driver prints:
//
//   145, RLW_SRC_TRACK Nonfatal XC1 i0 Link 12 (0x040988e2 0x00000008 ...)
//        unit                                   intrInfo   error status
//
// The unit's code lies in other bits from driver R575 on, and the line does not say which driver wrote it. Both layouts are
// tried; the one whose unit is the printed one is right. Where none agrees with the print, nothing is claimed but what the
// words alone give, and that is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "kb/model.h"

namespace gpm::explain {

struct LinkError {
  std::int64_t xid = 0;
  std::string_view unit;  // as printed; may be empty
  std::uint32_t intr_info = 0, error_status = 0;
};

struct DecodedLink {
  const kb::LinkDecode* row = nullptr;  // may be missing where only the reason is known
  int layout = 0;                       // 1: before R575, 2: R575 and later
  bool unit_agrees = false;
  bool promoted = false;                // the row's `promoted` bucket holds
  std::optional<int> down_reason;       // number of a link-down code; only Xid 149 of a link that went down

  std::string_view unit() const { return row == nullptr ? std::string_view() : layout == 1 ? row->unit_v1 : row->unit_v2; }
  std::string_view immediate() const { return row == nullptr ? std::string_view() : promoted ? row->promoted : row->immediate; }
};

std::optional<DecodedLink> decode(const kb::Knowledge& knowledge, const LinkError& error);

}  // namespace gpm::explain
