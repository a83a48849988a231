// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/nvlink5.h"

#include <algorithm>
#include <string>

#include "parsers/text/fields.h"

namespace gpm::explain {
namespace {

bool has_status(const kb::LinkDecode& row, std::uint32_t status) {
  return row.statuses.empty() || std::find(row.statuses.begin(), row.statuses.end(), status) != row.statuses.end();
}

bool same_unit(std::string_view a, std::string_view b) { return text::lower(a) == text::lower(b); }

// One row in one layout; nothing where it does not match.
std::optional<DecodedLink> match(const kb::LinkDecode& row, int layout, const LinkError& error) {
  const auto mask = layout == 1 ? row.mask_v1 : row.mask_v2, value = layout == 1 ? row.value_v1 : row.value_v2;
  const auto promoted_mask = layout == 1 ? row.promoted_mask_v1 : row.promoted_mask_v2;
  const auto promoted_value = layout == 1 ? row.promoted_value_v1 : row.promoted_value_v2;
  const bool promoted =
      !row.promoted.empty() && promoted_mask != 0 && (error.intr_info & promoted_mask) == promoted_value;
  if (row.xid != error.xid || !has_status(row, error.error_status)) return std::nullopt;
  if (!promoted && (error.intr_info & mask) != value) return std::nullopt;
  return DecodedLink{&row, layout, same_unit(layout == 1 ? row.unit_v1 : row.unit_v2, error.unit), promoted, std::nullopt};
}

// Bits 25 to 20 of a link that went down, in whichever layout the unit's code says so.
std::optional<DecodedLink> went_down(const LinkError& error) {
  if (error.xid != 149) return std::nullopt;
  constexpr std::uint32_t unit_mask_v1 = 0x3ff, down_v1 = 0x1c6, unit_mask_v2 = 0x7f, down_v2 = 0x11;
  DecodedLink decoded;
  decoded.down_reason = static_cast<int>((error.intr_info >> 20) & 0x3f);
  if ((error.intr_info & unit_mask_v1) == down_v1) {
    decoded.layout = 1;
  } else if ((error.intr_info & unit_mask_v2) == down_v2) {
    decoded.layout = 2;
  } else {
    return std::nullopt;
  }
  decoded.unit_agrees = same_unit(error.unit, decoded.layout == 1 ? "NETIR_LINK_EVT" : "NETIR_LINK_DOWN");
  return decoded;
}

}  // namespace

std::optional<DecodedLink> decode(const kb::Knowledge& knowledge, const LinkError& error) {
  std::optional<DecodedLink> best;
  for (const int layout : {2, 1})
    for (const auto& row : knowledge.link_decodes)
      if (auto decoded = match(row, layout, error))
        if (!best || (decoded->unit_agrees && !best->unit_agrees)) best = decoded;
  if (auto down = went_down(error)) {
    if (!best) return down;
    if (best->layout == down->layout) best->down_reason = down->down_reason;
  }
  return best;
}

}  // namespace gpm::explain
