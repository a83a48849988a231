// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/columns.h"

#include <gtest/gtest.h>

namespace gpm::report {
namespace {

using Lines = std::vector<std::string>;

TEST(Width, ChineseTakesTwoColumns) {
  EXPECT_EQ(width_of("GPU 掉线，"), 10u);
  EXPECT_EQ(width_of("e\u0301"), 1u) << "a combining mark takes none";
  EXPECT_EQ(width_of("한글ｶ😀"), 7u) << "halfwidth katakana takes one";
}

TEST(Wrap, BreaksAtBlanks) { EXPECT_EQ(wrap("the GPU  has fallen off", 10), (Lines{"the GPU", "has fallen", "off"})); }
TEST(Wrap, BreaksALongWordAnywhere) {
  EXPECT_EQ(wrap("ab 0123456789abc d", 5), (Lines{"ab", "01234", "56789", "abc d"}));
}
TEST(Wrap, BreaksBetweenChineseCharacters) {
  EXPECT_EQ(wrap("该节点的显卡已掉线", 8), (Lines{"该节点的", "显卡已掉", "线"}));
}
TEST(Wrap, PutsNoClosingPunctuationFirst) {
  EXPECT_EQ(wrap("显卡已掉线，请重启", 10), (Lines{"显卡已掉", "线，请重启"}));
}
TEST(Wrap, PutsNoOpeningBracketLast) { EXPECT_EQ(wrap("显卡掉（线路）", 8), (Lines{"显卡掉", "（线路）"})); }
TEST(Wrap, KeepsLatinWordsInChineseWhole) { EXPECT_EQ(wrap("重置GPU6后重启", 8), (Lines{"重置GPU6", "后重启"})); }
TEST(Wrap, EmptyTextIsOneEmptyLine) { EXPECT_EQ(wrap("", 10), (Lines{""})); }
TEST(Wrap, NoLineIsWiderThanAsked) {
  const std::string text =
      "Xid 79：GPU 已从 PCIe 总线上掉线（该卡），rank 38 卡在驱动内部 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa中";
  for (std::size_t columns = 4; columns < 60; ++columns)
    for (const auto& line : wrap(text, columns)) EXPECT_LE(width_of(line), columns) << line;
}
TEST(Wrap, LongTextTakesLinearTime) { EXPECT_GT(wrap(std::string(1 << 20, 'x'), 80).size(), 13000u); }

TEST(Fold, KeepsTheLayoutOfALine) { EXPECT_EQ(fold("  | 0  N/A |", 6, 9), (Lines{"  | 0 ", " N/A |"})); }
TEST(Fold, BreaksBehindABlankThatIsFarEnoughRight) {
  EXPECT_EQ(fold("Unknown Error here", 9, 9), (Lines{"Unknown ", "Error ", "here"}));
}
TEST(Fold, SaysThatItCut) { EXPECT_EQ(fold("0123456789abcdef", 5, 2), (Lines{"01234", "5678…"})); }
TEST(Fold, DoesNotSplitAWideCharacter) { EXPECT_EQ(fold("a中文", 4, 9), (Lines{"a中", "文"})); }

TEST(Cut, LeavesRoomForTheEllipsis) {
  EXPECT_EQ(cut("12345", 5), "12345");
  EXPECT_EQ(cut("123456", 5), "1234…");
  EXPECT_EQ(cut("中文字", 5), "中文…");
  EXPECT_EQ(cut("中文字", 4), "中…");
}
TEST(CutBytes, CutsBetweenCharacters) { EXPECT_EQ(cut_bytes("a中文", 5), "a中…"); }

TEST(WithoutFoldedBlanks, ChineseKeepsOnlyTheBlanksBesideLatinWords) {
  EXPECT_EQ(without_folded_blanks("独立的 IPC、 通常也独立。 仅设置 hostIPC 不够（ 见 上文）"), "独立的 IPC、通常也独立。仅设置 hostIPC 不够（见上文）");
  EXPECT_EQ(without_folded_blanks("a b  c "), "a b  c ");
}

}  // namespace
}  // namespace gpm::report
