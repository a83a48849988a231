// SPDX-License-Identifier: Apache-2.0
//
// Codes of a knowledge folder: what is read, what is refused, what gets over into the binary.
#include <gmock/gmock.h>

#include "kb/emit.h"
#include "tests/kb/knowledge_folder.h"

namespace gpm::kb {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* codes_file = "codes/xid.yaml";
constexpr const char* buckets_file = "codes/buckets.yaml";
constexpr const char* table_file = "codes/nvlink5.yaml";

using Codes = KnowledgeFolder;

TEST_F(Codes, ACodeComesWithAllItSays) {
  Problems found;
  const LoadedKnowledge loaded = load(folder.string(), found);
  ASSERT_THAT(problems(), IsEmpty());
  ASSERT_EQ(loaded.view().codes.size(), 2u);
  EXPECT_EQ(loaded.view().codes[0].id, "xid.145");
  EXPECT_EQ(loaded.view().codes[0].old_number, 0x91);
  EXPECT_TRUE(loaded.view().codes[0].doubtful);
  const Code& code = loaded.view().codes[1];
  EXPECT_EQ(code.id, "xid.79");
  EXPECT_EQ(code.family, "xid");
  EXPECT_EQ(code.number, 79);
  EXPECT_EQ(code.old_number, std::nullopt);
  EXPECT_THAT(code.names, ElementsAre("GPU_HAS_FALLEN_OFF_THE_BUS"));
  EXPECT_EQ(code.title.zh, "GPU 掉线");
  EXPECT_EQ(code.immediate, "RESET_GPU");
  EXPECT_THAT(code.applies, ElementsAre("A100", "H100"));
  EXPECT_THAT(code.related, ElementsAre("xid.145"));
  EXPECT_EQ(loaded.view().families[0].example, "NVRM: Xid (PCI:0000:5d:00): {code}");
}

TEST_F(Codes, ARowOfTheNvlinkTableComesWithItsWords) {
  Problems found;
  const LoadedKnowledge loaded = load(folder.string(), found);
  ASSERT_EQ(loaded.view().link_decodes.size(), 1u);
  const LinkDecode& row = loaded.view().link_decodes[0];
  EXPECT_EQ(row.xid, 145);
  EXPECT_EQ(row.mask_v1, 0x3f007ffu);
  EXPECT_EQ(row.value_v2, 0x6u);
  EXPECT_THAT(row.statuses, ElementsAre(0x1u, 0xffffffffu));
  EXPECT_EQ(row.promoted, "RESET_GPU");
  EXPECT_EQ(row.promoted_value_v2, 0x86u);
}

TEST_F(Codes, WhatIsCompiledInIsWhatWasWritten) {
  Problems found;
  const LoadedKnowledge loaded = load(good_folder, found);
  EXPECT_EQ(emit(embedded()), emit(loaded.view()));
  EXPECT_EQ(embedded().codes.size(), 2u);
}

TEST_F(Codes, AnUnknownBucket) {
  replace(codes_file, "immediate: RESET_GPU", "immediate: RESET_EVERYTHING");
  EXPECT_THAT(problems(), ElementsAre("codes/xid.yaml:7: xid.79: there is no bucket 'RESET_EVERYTHING' in codes/buckets.yaml"));
}

TEST_F(Codes, ARelatedCodeThatIsNotThere) {
  replace(codes_file, "related: [xid.145]", "related: [xid.146, xid.79]");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("no other code 'xid.146'"), HasSubstr("no other code 'xid.79'")));
}

TEST_F(Codes, ACauseThatIsNotThere) {
  replace(codes_file, "related: [xid.145]", "causes: [gpu-fell-off-bus, bad-luck]");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("there is no cause 'bad-luck'")));
}

TEST_F(Codes, TheSameNumberTwice) {
  replace(codes_file, "code: 145", "code: 79");
  EXPECT_THAT(problems(), Contains(HasSubstr("is there already")));
}

TEST_F(Codes, TheSameNumberWrittenInTwoWays) {
  replace(codes_file, "code: 145", "code: 0x4f");
  replace(codes_file, "    related: [xid.145]\n", "");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is the same number as")));
}

TEST_F(Codes, ANameOfTwoCodes) {
  replace(codes_file, "  - code: 145\n", "  - code: 145\n    names: [GPU_HAS_FALLEN_OFF_THE_BUS]\n");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is the name of xid.145 too")));
}

TEST_F(Codes, AMeaningNeedsAnAction) {
  replace(codes_file, "    act: {en: \"Reboot.\", zh: \"重启。\"}\n", "");
  EXPECT_THAT(problems(), Contains(HasSubstr("act")));
}

TEST_F(Codes, ATextNeedsChinese) {
  replace(codes_file, "zh: \"GPU 不再应答。\"", "zh: \"no answer\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("means: zh holds no Chinese character")));
}

TEST_F(Codes, WordsAreChecked) {
  replace(codes_file, "severity: fatal", "severity: terrible");
  EXPECT_THAT(problems(), Contains(HasSubstr("'terrible' is none of the words allowed here")));
}

TEST_F(Codes, TheFileIsNamedAfterTheFamily) {
  write("codes/other.yaml", read(codes_file));
  std::filesystem::remove(folder / codes_file);
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("must be named after the family: codes/xid.yaml")));
}

TEST_F(Codes, AFamilyInTwoFiles) {
  write("codes/other.yaml", read(codes_file));
  EXPECT_THAT(problems(), Contains(HasSubstr("is there already, at codes/other.yaml")));
}

TEST_F(Codes, AnExampleNeedsSomethingToFillIn) {
  replace(codes_file, ": {code}\"", ": 79\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("holds neither {code} nor {message}")));
}

TEST_F(Codes, ANumberThatIsNone) {
  replace(codes_file, "code: 145", "code: 99999999999999999999");
  EXPECT_THAT(problems(), Contains(HasSubstr("codes[1].code")));
}

TEST_F(Codes, AValueThatItsMaskHides) {
  replace(table_file, "value: \"0xc2\"", "value: \"0x8c2\"");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("nothing matches")));
}

TEST_F(Codes, ARowBehindAnEqualOne) {
  write(table_file, read(table_file) + read(table_file));
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("is never used")));
}

TEST_F(Codes, APromotionNeedsBothLayouts) {
  replace(table_file, "  promoted_v1: {mask: \"0x3f007ff\", value: \"0x4c2\"}\n", "");
  EXPECT_THAT(problems(), Contains(HasSubstr("promoted_v1")));
}

TEST_F(Codes, AFolderOverridesSingleCodesAndKeepsTheOthers) {
  std::filesystem::remove(folder / buckets_file);
  std::filesystem::remove(folder / table_file);
  write(codes_file, "family: xid\ntitle: {en: \"mine\", zh: \"自定义\"}\nreferences: [https://example.org/]\n"
                    "codes:\n  - code: 79\n    title: {en: \"my text\", zh: \"我的文本\"}\n");
  Problems found;
  const LoadedKnowledge merged = merge(embedded(), load(folder.string(), found));
  lint(merged.view(), merged.origins(), {.schema_sql = tables}, found);
  EXPECT_THAT(found, IsEmpty());
  ASSERT_EQ(merged.view().codes.size(), 2u);
  EXPECT_EQ(merged.view().codes[1].title.en, "my text");
  EXPECT_EQ(merged.view().buckets.size(), 2u);
  EXPECT_EQ(merged.view().link_decodes.size(), 1u);
}

}  // namespace
}  // namespace gpm::kb
