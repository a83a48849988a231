// SPDX-License-Identifier: Apache-2.0
// Archives that are cut, broken, locked or lie: what can be read is used, and what is wrong is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bundle/packing.h"

namespace gpm::bundle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Document without_note(Document document) {
  document.note.clear();
  return document;
}

TEST(Gzip, CutAnywhereKeepsWhatStandsBefore) {
  const std::string text = noise(700) + std::string(5000, 'a') + noise(700);
  const std::string packed = gzip(text);
  std::size_t most = 0;
  for (std::size_t cut = 3; cut < packed.size(); ++cut) {
    const auto documents = documents_in(packed.substr(0, cut), "log.gz");
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(documents[0].status, "truncated") << cut;
    EXPECT_TRUE(text.starts_with(documents[0].bytes)) << cut;
    EXPECT_GE(documents[0].bytes.size(), most) << cut;
    most = documents[0].bytes.size();
  }
  EXPECT_EQ(most, text.size());  // only the trailer is missing
}

TEST(Gzip, CutLateKeepsMegabytes) {
  const std::string text = noise(3'000'000);
  const std::string packed = gzip(text);
  const auto documents = documents_in(packed.substr(0, packed.size() / 2));
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].status, "truncated");
  EXPECT_TRUE(text.starts_with(documents[0].bytes));
  EXPECT_GT(documents[0].bytes.size(), text.size() * 49 / 100);
}

TEST(Gzip, AWrongChecksumIsDamage) {
  std::string packed = gzip("NVRM: Xid 79\n");
  packed[packed.size() - 8] ^= 1;
  const auto documents = documents_in(packed, "dmesg.gz");
  EXPECT_THAT(documents, ElementsAre(Document{"dmesg.gz", "NVRM: Xid 79\n", "damaged", ""}));
  EXPECT_THAT(documents[0].note, HasSubstr("checksum"));
}

TEST(Gzip, BrokenInTheMiddleKeepsTheStart) {
  const std::string text = noise(2'000'000);
  std::string packed = gzip(text);
  packed.replace(packed.size() / 2, 64, std::string(64, '\xff'));
  const auto documents = documents_in(packed);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].status, "damaged");
  EXPECT_TRUE(text.starts_with(documents[0].bytes.substr(0, 900'000)));
  EXPECT_GT(documents[0].bytes.size(), 900'000u);
}

TEST(Gzip, ThousandsOfMembersAreOneFile) {
  std::string packed;
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    const std::string line = std::to_string(i) + "\n";
    packed += i < 3 ? gzip(line) : gzip("");
    if (i < 3) text += line;
  }
  EXPECT_THAT(documents_in(packed + gzip("end\n")), ElementsAre(Document{"input", text + "end\n", "ok", ""}));
}

TEST(Gzip, WhatFollowsTheLastMemberIsIgnored) {
  for (const std::string& tail :
       {std::string("garbage"), std::string(100'000, '\0'), std::string("\0\0\0x", 4), std::string("\x1f\x8b", 2)}) {
    EXPECT_THAT(documents_in(gzip("text\n") + tail), ElementsAre(Document{"input", "text\n", "ok", ""}));
  }
}

TEST(Gzip, PaddingBetweenMembersIsPassedOver) {
  EXPECT_THAT(documents_in(gzip("one\n") + std::string(300'000, '\0') + gzip("two\n")),
              ElementsAre(Document{"input", "one\ntwo\n", "ok", ""}));
}

TEST(Gzip, BytesThatOnlyBeginLikeGzipAreReadAsTheyAre) {
  std::string bytes("\x1f\x8b\x08\0\0\0\0\0\0\3", 10);
  bytes += "\xff\xff\xff no deflate at all, but a line\n";
  EXPECT_THAT(documents_in(bytes), ElementsAre(Document{"input", bytes, "damaged", ""}));
}

class OtherFilter : public ::testing::TestWithParam<const char*> {};
TEST_P(OtherFilter, CutIsTruncated) {
  const std::string text = noise(2'500'000);
  const std::string packed = pack(text, GetParam());
  const auto documents = documents_in(packed.substr(0, packed.size() / 2));
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].status, "truncated");
  EXPECT_TRUE(text.starts_with(documents[0].bytes));
  EXPECT_GT(documents[0].bytes.size(), 800'000u);
}
TEST_P(OtherFilter, BrokenIsDamaged) {
  const std::string text = noise(2'500'000);
  std::string packed = pack(text, GetParam());
  packed.replace(packed.size() * 3 / 4, 64, std::string(300'000, '\xff'));
  const auto documents = documents_in(packed);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].status, "damaged") << documents[0].note;
  EXPECT_TRUE(text.starts_with(documents[0].bytes.substr(0, 800'000)));
}
TEST_P(OtherFilter, BrokenAtOnceIsReadAsItIs) {
  std::string packed = pack(noise(1000), GetParam());
  if (GetParam() == std::string("zstd")) packed[4] |= 8;  // a reserved bit of its header
  packed.replace(14, packed.size() - 14, std::string(500, 'x'));
  EXPECT_THAT(documents_in(packed), ElementsAre(Document{"input", packed, "damaged", ""}));
}
INSTANTIATE_TEST_SUITE_P(Filters, OtherFilter, ::testing::Values("xz", "zstd", "bzip2"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Tar, CutInAFileKeepsItsStartAndTheFilesBefore) {
  const std::string log = noise(5000);
  const std::string cut = tar({{"a", "first\n"}, {"b", log}, {"c", "never seen\n"}}).substr(0, 512 + 512 + 512 + 1000);
  EXPECT_THAT(documents_in(cut, "x.tar"),
              ElementsAre(Document{"a", "first\n", "ok", ""}, Document{"b", log.substr(0, 1000), "truncated", ""},
                          Document{"x.tar", "", "truncated", ""}));
}

TEST(Tar, CutInItsGzipKeepsItsStartAndTheFilesBefore) {
  const std::string log = noise(600'000);
  const std::string packed = gzip(tar({{"a", "first\n"}, {"b", log}}));
  const auto documents = documents_in(packed.substr(0, packed.size() / 2), "x.tgz");
  ASSERT_EQ(documents.size(), 3u);
  EXPECT_EQ(documents[0], (Document{"a", "first\n", "ok", ""}));
  EXPECT_EQ(documents[1].status, "truncated");
  EXPECT_TRUE(log.starts_with(documents[1].bytes));
  EXPECT_GT(documents[1].bytes.size(), 280'000u);
  EXPECT_EQ(documents[2], (Document{"x.tgz", "", "truncated", ""}));
  EXPECT_THAT(documents[2].note, HasSubstr("gzip"));
}

TEST(Tar, AWrongChecksumOfItsGzipIsSeenBehindTheLastFile) {
  std::string packed = gzip(tar({{"a", "first\n"}}));
  packed[packed.size() - 8] ^= 1;
  EXPECT_THAT(documents_in(packed, "x.tgz"),
              ElementsAre(Document{"a", "first\n", "ok", ""}, Document{"x.tgz", "", "damaged", ""}));
}

TEST(Tar, DamageOfAnInnerArchiveBearsItsOwnPath) {
  const std::string inner = tar({{"log", noise(2000)}}).substr(0, 1000);
  const auto documents = documents_in(tar({{"host1/sos.tar", inner}, {"after", "whole\n"}}), "x.tar");
  EXPECT_THAT(documents,
              ElementsAre(Document{"host1/sos.tar/log", noise(2000).substr(0, 488), "truncated", ""},
                          Document{"host1/sos.tar", "", "truncated", ""}, Document{"after", "whole\n", "ok", ""}));
}

TEST(Tar, ABrokenHeaderIsPassedOver) {
  std::string bytes = tar({{"a", "first\n"}, {"b", "lost\n"}, {"c", "third\n"}});
  bytes[1024 + 10] ^= 1;  // in the name of b
  EXPECT_THAT(documents_in(bytes, "x.tar"),
              ElementsAre(Document{"a", "first\n", "ok", ""}, Document{"c", "third\n", "ok", ""},
                          Document{"x.tar", "", "damaged", ""}));
}

TEST(Tar, ABrokenFirstHeaderLeavesTheBytesToBeRead) {
  std::string bytes = tar({{"a", "NVRM: Xid 79\n"}});
  bytes[10] ^= 1;
  EXPECT_THAT(documents_in(bytes, "x.tar"), ElementsAre(Document{"x.tar", bytes, "damaged", ""}));
}

TEST(Tar, PathsThatLeadOutAreOnlyNames) {
  EXPECT_THAT(documents_in(tar({{"../../etc/passwd", "a\n"}, {"/etc/shadow", "b\n"}, {"./x//y/.", "c\n"}})),
              ElementsAre(Document{"../../etc/passwd", "a\n", "ok", ""}, Document{"etc/shadow", "b\n", "ok", ""},
                          Document{"x/y", "c\n", "ok", ""}));
}

TEST(Tar, LinksAndDevicesAreNamedNotFollowed) {
  const auto documents = documents_in(tar({{"log", "text\n"},
                                           {"soft", "", AE_IFLNK, "/etc/passwd"},
                                           {"hard", "", AE_IFREG, "log"},
                                           {"pipe", "", AE_IFIFO},
                                           {"disk", "", AE_IFBLK},
                                           {"tty", "", AE_IFCHR},
                                           {"folder", "", AE_IFDIR}}));
  EXPECT_THAT(documents,
              ElementsAre(Document{"log", "text\n", "ok", ""}, Document{"soft", "", "skipped:link", ""},
                          Document{"hard", "", "skipped:link", ""}, Document{"pipe", "", "skipped:special", ""},
                          Document{"disk", "", "skipped:special", ""}, Document{"tty", "", "skipped:special", ""}));
  EXPECT_THAT(documents[1].note, HasSubstr("/etc/passwd"));
  EXPECT_THAT(documents[2].note, HasSubstr("log"));
}

TEST(Tar, ControlCharactersOfALinkDoNotReachTheNote) {
  const auto documents = documents_in(tar({{"soft", "", AE_IFLNK, "a\x1b[31m\nb"}}));
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_THAT(documents[0].note, HasSubstr("a?[31m?b"));
}

TEST(Tar, ASparseMapThatWouldFillMemoryIsRefused) {
  // An old GNU sparse header whose extensions never end: 21 pieces in each 512 bytes.
  std::string block = tar({{"sparse", "x"}}).substr(0, 512);
  block[156] = 'S';
  block.replace(124, 12, octal(1 << 30));
  block.replace(257, 8, std::string("ustar  \0", 8));
  block.replace(345, 155, std::string(155, '\0'));
  for (int i = 0; i < 4; ++i) block.replace(386 + i * 24, 24, octal(i) + octal(1));
  block[482] = 1;
  block.replace(483, 12, octal(1 << 30));
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  block.replace(148, 7, octal(sum).substr(5));
  std::string more;
  for (int i = 0; i < 21; ++i) more += octal(i) + octal(1);
  more += '\1';
  more.resize(512);
  std::string bytes = tar({{"a", "first\n"}}).substr(0, 1024) + block;
  for (int i = 0; i < 20'000; ++i) bytes += more;
  const auto documents = documents_in(bytes, "x.tar");
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0], (Document{"a", "first\n", "ok", ""}));
  EXPECT_EQ(without_note(documents[1]), (Document{"x.tar", "", "damaged", ""}));
  EXPECT_THAT(documents[1].note, HasSubstr("too long"));
}

TEST(Zip, CutKeepsWhatStandsBefore) {
  const std::string log = noise(100'000);
  const std::string bytes = zip({{"a", "first\n"}, {"b", log}});
  const auto documents = documents_in(bytes.substr(0, bytes.size() / 2), "x.zip");
  ASSERT_EQ(documents.size(), 3u);
  EXPECT_EQ(documents[0], (Document{"a", "first\n", "ok", ""}));
  EXPECT_EQ(documents[1].path, "b");
  EXPECT_EQ(documents[1].status, "truncated");
  EXPECT_TRUE(log.starts_with(documents[1].bytes));
  EXPECT_GT(documents[1].bytes.size(), 40'000u);
  EXPECT_EQ(documents[2], (Document{"x.zip", "", "truncated", ""}));
}

TEST(Zip, AWrongChecksumDamagesOneFile) {
  std::string bytes = zip({{"a", "first\n"}, {"b", "second\n"}}, "zip:compression=store");
  bytes[bytes.find("first\n")] = 'F';
  EXPECT_THAT(documents_in(bytes),
              ElementsAre(Document{"a", "First\n", "damaged", ""}, Document{"b", "second\n", "ok", ""}));
}

TEST(Zip, EncryptedFilesAreSaidToBe) {
  ArchiveWriter writer;
  archive_write_set_format_zip(writer.get());
  ASSERT_EQ(archive_write_set_options(writer.get(), "zip:encryption=zipcrypt"), ARCHIVE_OK);
  ASSERT_EQ(archive_write_set_passphrase(writer.get(), "secret"), ARCHIVE_OK);
  EXPECT_THAT(documents_in(writer.write({{"dmesg", "NVRM: Xid 79\n"}})),
              ElementsAre(Document{"dmesg", "", "encrypted", ""}));
}

TEST(Zip, LinksAreNamedNotFollowed) {
  const auto documents = documents_in(zip({{"soft", "", AE_IFLNK, "../../etc/passwd"}, {"a", "first\n"}}));
  EXPECT_THAT(documents, ElementsAre(Document{"soft", "", "skipped:link", ""}, Document{"a", "first\n", "ok", ""}));
  EXPECT_THAT(documents[0].note, HasSubstr("../../etc/passwd"));
}

TEST(Zip, TextBehindItsMarkIsReadAsItIs) {
  const std::string bytes = "PK\3\4 is how a zip begins\nNVRM: Xid 79\n";
  EXPECT_THAT(documents_in(bytes), ElementsAre(Document{"input", bytes, "damaged", ""}));
}

}  // namespace
}  // namespace gpm::bundle
