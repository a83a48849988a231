// SPDX-License-Identifier: Apache-2.0
//
// Sub-codes of Xid 144 to 150. The words of the first two are from logs, the others are made from NVIDIA's table.
#include "analyzer/explain/nvlink5.h"

#include <gmock/gmock.h>

#include <sstream>

#include "analyzer/explain/explain.h"

namespace gpm::explain {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::optional<DecodedLink> decoded(std::int64_t xid, std::string_view unit, std::uint32_t info, std::uint32_t status) {
  return decode(kb::embedded(), {xid, unit, info, status});
}

std::string told(const std::string& line, const std::string& language = "en") {
  std::ostringstream out;
  std::string unknown;
  EXPECT_TRUE(explain({line}, kb::embedded(), {.language = language, .columns = 160}, out, unknown));
  return out.str();
}

TEST(Nvlink5, ALostAnswerInTheOldLayout) {
  const auto link = decoded(145, "RLW_SRC_TRACK", 0x040988e2, 0x8);
  ASSERT_TRUE(link && link->row);
  EXPECT_EQ(link->layout, 1);
  EXPECT_TRUE(link->unit_agrees);
  EXPECT_EQ(link->immediate(), "XID_154_EVAL");
  EXPECT_EQ(link->row->severity, "non-fatal");
}

TEST(Nvlink5, ALinkThatWentDownWithItsReason) {
  const auto link = decoded(149, "NETIR_LINK_EVT", 0x004505c6, 0);
  ASSERT_TRUE(link && link->row);
  EXPECT_EQ(link->layout, 1);
  EXPECT_EQ(link->down_reason, 4);
  EXPECT_EQ(link->row->investigate, "INVESTIGATE_LINK_SI");
}

TEST(Nvlink5, TheSameInTheNewLayout) {
  const auto link = decoded(149, "NETIR_LINK_DOWN", 0x02100011, 0x7);
  ASSERT_TRUE(link && link->row);
  EXPECT_EQ(link->layout, 2);
  EXPECT_EQ(link->down_reason, 33);
  EXPECT_EQ(link->row->investigate, "INVESTIGATE_PEER_DEVICE");
}

TEST(Nvlink5, AReasonWithoutARowIsStillNamed) {
  const auto link = decoded(149, "NETIR_LINK_EVT", (23u << 20) | 0x1c6, 0);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->row, nullptr);
  EXPECT_EQ(link->down_reason, 23);
}

TEST(Nvlink5, AFaultThatWasPromotedToFatal) {
  const auto old_layout = decoded(145, "RLW_RXPIPE", 0x000004c2, 0x2), new_layout = decoded(145, "RLW_RXPIPE", 0x00000086, 0x2);
  for (const auto& link : {old_layout, new_layout}) {
    ASSERT_TRUE(link && link->row);
    EXPECT_TRUE(link->promoted);
    EXPECT_EQ(link->immediate(), "RESET_GPU");
  }
  EXPECT_EQ(old_layout->layout, 1);
  EXPECT_EQ(new_layout->layout, 2);
  EXPECT_EQ(decoded(145, "RLW_RXPIPE", 0x00000006, 0x2)->immediate(), "IGNORE");
}

TEST(Nvlink5, ThePrintedUnitDecidesBetweenUnitsOfEqualWords) {
  EXPECT_EQ(decoded(150, "MSE degraded", 0, 0)->unit(), "MSE Degraded");
  EXPECT_EQ(decoded(150, "MSE_WATCHDOG", 0, 0)->unit(), "MSE_WATCHDOG");
}

TEST(Nvlink5, AnUnknownUnitIsDecodedByItsWordsAloneAndSaidSo) {
  const auto link = decoded(145, "RLW_NEW_NAME", 0x000000e2, 0x8);
  ASSERT_TRUE(link && link->row);
  EXPECT_FALSE(link->unit_agrees);
  EXPECT_THAT(told("NVRM: Xid (PCI:0008:01:00): 145, RLW_NEW_NAME Nonfatal XC1 i0 Link 12 (0x000000e2 0x00000008 0x0 0x0 0x0 0x0)"),
              HasSubstr("by the words alone"));
}

TEST(Nvlink5, OtherStatusesAndOtherXidsMatchNothing) {
  EXPECT_FALSE(decoded(145, "RLW_SRC_TRACK", 0x000000e2, 0x3));
  EXPECT_FALSE(decoded(144, "RLW_SRC_TRACK", 0x000000e2, 0x8));
  EXPECT_FALSE(decoded(79, "", 0, 0));
  EXPECT_FALSE(decoded(145, "RLW_SRC_TRACK", 0xffffffff, 0xffffffff));
}

TEST(Nvlink5, EveryRowOfTheTableIsFoundByItsOwnWords) {
  for (const auto& row : kb::embedded().link_decodes) {
    const auto status = row.statuses.empty() ? 0u : row.statuses[0];
    const auto v1 = decoded(row.xid, row.unit_v1, row.value_v1, status), v2 = decoded(row.xid, row.unit_v2, row.value_v2, status);
    for (const auto& link : {v1, v2}) {
      ASSERT_TRUE(link && link->row) << row.id;
      EXPECT_TRUE(link->unit_agrees) << row.id;
      EXPECT_EQ(link->immediate(), row.immediate) << row.id;
      EXPECT_EQ(link->row->investigate, row.investigate) << row.id;
    }
  }
}

TEST(Nvlink5, APastedLineIsDecodedInBothLanguages) {
  const std::string line = "NVRM: Xid (PCI:0008:01:00): 149, NETIR_LINK_EVT  Fatal   XC0 i0 Link 08 (0x004505c6 0x00000000 0x0 0x0 0x0 0x0)";
  EXPECT_THAT(told(line), AllOf(HasSubstr("Sub-code"), HasSubstr("drivers before R575"), HasSubstr("fatal for the link"),
                                HasSubstr("RESET_GPU: Drain"), HasSubstr("4: alignment lost")));
  EXPECT_THAT(told(line, "zh"), AllOf(HasSubstr("子码"), HasSubstr("4：丢失对齐")));
}

TEST(Nvlink5, WordsThatFitNothingAreNotGuessed) {
  EXPECT_THAT(told("NVRM: Xid (PCI:0008:01:00): 146, TLW_RX Fatal XC0 i0 Link 03 (0x0000007f 0x00000004 0x0 0x0 0x0 0x0)"),
              HasSubstr("fit no row of NVIDIA's table"));
}

}  // namespace
}  // namespace gpm::explain
