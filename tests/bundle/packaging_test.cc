// SPDX-License-Identifier: Apache-2.0
// However the same files are packed, the same documents come out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/bundle/packing.h"

namespace gpm::bundle {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kXid = "NVRM: Xid (PCI:0000:3b:00): 79, pid=1, GPU has fallen off the bus.\n";
const std::string kSmi = "| NVIDIA-SMI 580.65.06 |\n";

const std::vector<Entry> kFiles = {{"host1/dmesg", kXid}, {"host1/empty", ""}, {"host2/nvidia-smi.txt", kSmi}};
const std::vector<Document> kDocuments = {
    {"host1/dmesg", kXid, "ok", ""}, {"host1/empty", "", "ok", ""}, {"host2/nvidia-smi.txt", kSmi, "ok", ""}};

TEST(Packaging, Folder) {
  const TemporaryFolder folder;
  for (const Entry& file : kFiles) folder.put(file.path, file.bytes);
  EXPECT_EQ(documents_at(folder.path()), kDocuments);
}

TEST(Packaging, Tar) { EXPECT_EQ(documents_in(tar(kFiles)), kDocuments); }

class PackedTar : public ::testing::TestWithParam<const char*> {};
TEST_P(PackedTar, HoldsTheSameDocuments) { EXPECT_EQ(documents_in(pack(tar(kFiles), GetParam())), kDocuments); }
TEST_P(PackedTar, OneFileKeepsItsName) {
  EXPECT_THAT(documents_in(pack(kXid, GetParam()), "dmesg.packed"),
              ElementsAre(Document{"dmesg.packed", kXid, "ok", ""}));
}
TEST_P(PackedTar, AnEmptyFileIsAnEmptyDocument) {
  EXPECT_THAT(documents_in(pack("", GetParam()), "empty"), ElementsAre(Document{"empty", "", "ok", ""}));
}
TEST_P(PackedTar, MembersInARowAreOneFile) {
  EXPECT_THAT(documents_in(pack(kXid, GetParam()) + pack(kSmi, GetParam()), "log"),
              ElementsAre(Document{"log", kXid + kSmi, "ok", ""}));
}
TEST_P(PackedTar, MegabytesComeWhole) {
  const std::string text = noise(1'500'000);
  EXPECT_THAT(documents_in(pack(text, GetParam()), "big"), ElementsAre(Document{"big", text, "ok", ""}));
}
INSTANTIATE_TEST_SUITE_P(Filters, PackedTar, ::testing::Values("gzip", "xz", "zstd", "bzip2"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Packaging, Zip) { EXPECT_EQ(documents_in(zip(kFiles)), kDocuments); }
TEST(Packaging, ZipWithoutCompression) { EXPECT_EQ(documents_in(zip(kFiles, "zip:compression=store")), kDocuments); }

TEST(Packaging, ZipOnDisk) {
  const TemporaryFolder folder;
  EXPECT_EQ(documents_at(folder.put("x.zip", zip(kFiles))), kDocuments);
}

TEST(Packaging, ZipTooLargeForMemoryWithinATar) {
  const std::string big = noise(9'000'000);
  const auto documents = documents_in(tar({{"big.zip", zip({{"a", big}, {"b", kXid}}, "zip:compression=store")}}));
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0].path, "big.zip/a");
  EXPECT_EQ(documents[1], (Document{"big.zip/b", kXid, "ok", ""}));
}

TEST(Packaging, EmptyZipHoldsNothing) { EXPECT_THAT(documents_in(zip({})), IsEmpty()); }

TEST(Packaging, TextBehindTheMarkOfAnEmptyZipIsNotLost) {
  EXPECT_THAT(documents_in("PK\x05\x06 and then " + kXid),
              ElementsAre(Document{"input", "PK\x05\x06 and then " + kXid, "damaged", ""}));
}

TEST(Packaging, OneFileOnDiskIsNamedWithoutItsFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(documents_at(folder.put("logs/dmesg.txt", kXid)), ElementsAre(Document{"dmesg.txt", kXid, "ok", ""}));
}

TEST(Packaging, OfSeveralInputsEachHasItsPrefix) {
  const TemporaryFolder folder;
  EXPECT_THAT(documents_at(folder.put("x.tgz", gzip(tar({{"dmesg", kXid}}))), {}, "x.tgz"),
              ElementsAre(Document{"x.tgz/dmesg", kXid, "ok", ""}));
  EXPECT_THAT(documents_at(folder.put("dmesg", kXid), {}, "dmesg"), ElementsAre(Document{"dmesg", kXid, "ok", ""}));
}

TEST(Packaging, ArchivesWithinArchivesAreJoinedBySlashes) {
  const std::string inner = gzip(tar({{"host1/dmesg.gz", gzip(kXid)}, {"host1/sos.zip", zip({{"smi", kSmi}})}}));
  EXPECT_THAT(documents_in(zip({{"a.tar.gz", inner}})),
              ElementsAre(Document{"a.tar.gz/host1/dmesg.gz", kXid, "ok", ""},
                          Document{"a.tar.gz/host1/sos.zip/smi", kSmi, "ok", ""}));
}

TEST(Packaging, ArchivesInAFolderAreOpened) {
  const TemporaryFolder folder;
  folder.put("node/a.tar.xz", pack(tar({{"dmesg", kXid}}), "xz"));
  EXPECT_THAT(documents_at(folder.path()), ElementsAre(Document{"node/a.tar.xz/dmesg", kXid, "ok", ""}));
}

TEST(Packaging, TheNameOfAFileDecidesNothing) {
  EXPECT_THAT(documents_in(tar({{"dmesg.gz", kXid}, {"notes.txt", gzip(kSmi)}})),
              ElementsAre(Document{"dmesg.gz", kXid, "ok", ""}, Document{"notes.txt", kSmi, "ok", ""}));
}

TEST(Packaging, NamesAreBytes) {
  // Latin-1, UTF-8 and a name that only a pax header can hold.
  const std::string utf8 = "h\xc3\xb6st/\xe6\x97\xa5\xe5\xbf\x97.log";
  const std::string tall = std::string(200, 'x') + "/" + utf8;
  ArchiveWriter writer;
  archive_write_set_format_gnutar(writer.get());
  EXPECT_THAT(
      documents_in(writer.write({{"h\xf6st", kXid}, {utf8, kXid}, {tall, kXid}})),
      ElementsAre(Document{"h\xf6st", kXid, "ok", ""}, Document{utf8, kXid, "ok", ""}, Document{tall, kXid, "ok", ""}));
}

// A pax header, written by hand: the writer would refuse such names in the C locale.
std::string pax_tar(const std::string& records, const std::string& bytes) {
  const auto header = [](const std::string& name, char type, std::size_t size) {
    std::string block(512, '\0');
    block.replace(0, name.size(), name);
    block.replace(100, 8, std::string("0000644\0", 8));
    block.replace(124, 12, octal(size));
    block[156] = type;
    block.replace(257, 8,
                  std::string("ustar\0"
                              "00",
                              8));
    block.replace(148, 8, "        ");
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    block.replace(148, 7, octal(sum).substr(5));
    return block;
  };
  const auto padded = [](std::string data) {
    data.resize((data.size() + 511) / 512 * 512);
    return data;
  };
  return header("PaxHeader", 'x', records.size()) + padded(records) + header("plain-name", '0', bytes.size()) +
         padded(bytes) + std::string(1024, '\0');
}

TEST(Packaging, PaxNamesAreUtf8WhateverTheLocale) {
  const std::string name = "\xe6\x97\xa5.log";
  EXPECT_THAT(documents_in(pax_tar("16 path=" + name + "\n", kXid)), ElementsAre(Document{name, kXid, "ok", ""}));
}

TEST(Packaging, PaxNamesThatAreNotUtf8StillNameADocument) {
  const auto documents = documents_in(pax_tar("11 path=\xff\xfe\n", kXid));
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].bytes, kXid);
  EXPECT_EQ(documents[0].status, "ok");
}

TEST(Packaging, TextThatOnlyLooksLikeAnArchiveIsADocument) {
  for (const std::string text : {"BZh9 is how bzip2 starts\n", "#mtree\n/etc/passwd type=file\n",
                                 "LRZI\0\6 not unpacked", "PK is short\n", "\x1f\x8b", "ustar\n"}) {
    EXPECT_THAT(documents_in(text), ElementsAre(Document{"input", text, "ok", ""}));
  }
}

TEST(Packaging, ALrzipFileIsNotUnpacked) {
  std::string bytes("LRZI\0\6", 6);
  bytes.resize(600);
  EXPECT_THAT(documents_in(bytes), ElementsAre(Document{"input", bytes, "ok", ""}));
}

TEST(Packaging, AnEmptyInputIsAnEmptyDocument) {
  EXPECT_THAT(documents_in(""), ElementsAre(Document{"input", "", "ok", ""}));
}

TEST(Packaging, TheSameNameTwiceIsTwoDocuments) {
  EXPECT_THAT(documents_in(tar({{"log", "old\n"}, {"log", "new\n"}})),
              ElementsAre(Document{"log", "old\n", "ok", ""}, Document{"log", "new\n", "ok", ""}));
}

TEST(Packaging, UsageCountsWhatWasHandedOver) {
  Recorder recorder;
  Usage usage;
  read_bytes(gzip(tar(kFiles)), "x", {}, usage, recorder);
  EXPECT_EQ(usage.documents, 3u);
  EXPECT_EQ(usage.total_bytes, kXid.size() + kSmi.size());
}

TEST(Packaging, SparseFilesKeepTheirLines) {
  // Old GNU sparse header: 6 bytes at 0, then a hole up to 1 MiB, then 6 bytes.
  std::string block = tar({{"sparse", "line1\nline2\n"}}).substr(0, 512);
  block[156] = 'S';
  block.replace(257, 8, std::string("ustar  \0", 8));
  block.replace(345, 155, std::string(155, '\0'));
  const auto put = [&](std::size_t at, std::size_t value) { block.replace(at, 12, octal(value)); };
  put(386, 0), put(398, 6), put(410, 1 << 20), put(422, 6), put(483, (1 << 20) + 6);
  block.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  block.replace(148, 7, octal(sum).substr(5));
  std::string data = "line1\nline2\n";
  data.resize(512);
  EXPECT_THAT(documents_in(block + data + std::string(1024, '\0')),
              ElementsAre(Document{"sparse", "line1\n" + std::string(512, '\0') + "line2\n", "ok", ""}));
}

}  // namespace
}  // namespace gpm::bundle
