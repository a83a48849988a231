// SPDX-License-Identifier: Apache-2.0
// Bombs and floods: each limit ends what it must, says its name, and keeps what was read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include "tests/bundle/packing.h"

namespace gpm::bundle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Limits, ADocumentIsCutAndTheNextOnesAreRead) {
  Limits limits;
  limits.document_bytes = 10;
  EXPECT_THAT(documents_in(tar({{"a", "0123456789abc"}, {"b", "0123456789"}, {"c", "x"}}), "x", limits),
              ElementsAre(Document{"a", "0123456789", "limit:document-bytes", ""},
                          Document{"b", "0123456789", "ok", ""}, Document{"c", "x", "ok", ""}));
}

TEST(Limits, TotalBytesEndTheReading) {
  Limits limits;
  limits.total_bytes = 15;
  EXPECT_THAT(documents_in(zip({{"a", "0123456789"}, {"b", "0123456789"}, {"c", "x"}}), "x", limits),
              ElementsAre(Document{"a", "0123456789", "ok", ""}, Document{"b", "01234", "limit:total-bytes", ""}));
}

TEST(Limits, TotalBytesCountOverAllInputs) {
  Limits limits;
  limits.total_bytes = 15;
  Recorder recorder;
  Usage usage;
  read_bytes("0123456789", "first", limits, usage, recorder);
  read_bytes("0123456789", "second", limits, usage, recorder);
  read_bytes("0123456789", "third", limits, usage, recorder);
  EXPECT_THAT(recorder.documents, ElementsAre(Document{"first", "0123456789", "ok", ""},
                                              Document{"second", "01234", "limit:total-bytes", ""},
                                              Document{"third", "", "limit:total-bytes", ""}));
  EXPECT_EQ(usage.total_bytes, 15u);
}

TEST(Limits, TotalBytesWithinAnInnerArchiveEndTheOuterOneToo) {
  Limits limits;
  limits.total_bytes = 5;
  EXPECT_THAT(documents_in(tar({{"in.tgz", gzip(tar({{"a", "0123456789"}, {"b", "x"}}))}, {"c", "x"}}), "x", limits),
              ElementsAre(Document{"in.tgz/a", "01234", "limit:total-bytes", ""}));
}

TEST(Limits, DocumentsEndTheReading) {
  Limits limits;
  limits.documents = 2;
  EXPECT_THAT(documents_in(tar({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}), "x", limits),
              ElementsAre(Document{"a", "1", "ok", ""}, Document{"b", "2", "ok", ""},
                          Document{"c", "", "limit:documents", ""}));
}

TEST(Limits, AsManyDocumentsAsAllowedAreFine) {
  Limits limits;
  limits.documents = 2;
  EXPECT_THAT(documents_in(tar({{"a", "1"}, {"b", "2"}}), "x", limits),
              ElementsAre(Document{"a", "1", "ok", ""}, Document{"b", "2", "ok", ""}));
}

std::string nested(int archives) {
  std::string bytes = "deep\n";
  for (int i = 0; i < archives; ++i) bytes = gzip(tar({{"t", bytes}}));
  return bytes;
}

TEST(Limits, SixArchivesWithinTheOutermostOneAreOpened) {
  EXPECT_THAT(documents_in(nested(7)), ElementsAre(Document{"t/t/t/t/t/t/t", "deep\n", "ok", ""}));
}

TEST(Limits, TheSeventhIsNot) {
  const auto documents = documents_in(tar({{"deep.tgz", nested(7)}, {"after", "x"}}));
  EXPECT_THAT(documents,
              ElementsAre(Document{"deep.tgz/t/t/t/t/t/t", "", "limit:depth", ""}, Document{"after", "x", "ok", ""}));
}

TEST(Limits, GzipsInGzipsCountAsWell) {
  std::string bytes = "deep\n";
  for (int i = 0; i < 7; ++i) bytes = gzip(bytes);
  EXPECT_THAT(documents_in(bytes), ElementsAre(Document{"input", "deep\n", "ok", ""}));
  EXPECT_THAT(documents_in(gzip(bytes)), ElementsAre(Document{"input", "", "limit:depth", ""}));
}

Limits small_ratio() {
  Limits limits;
  limits.ratio_from_bytes = 4 << 20;
  return limits;
}

class Bomb : public ::testing::TestWithParam<const char*> {};
TEST_P(Bomb, IsStopped) {
  Recorder recorder;
  Usage usage;
  read_bytes(pack(std::string(100 << 20, '\0'), GetParam()), "bomb", small_ratio(), usage, recorder);
  ASSERT_EQ(recorder.documents.size(), 1u);
  EXPECT_EQ(recorder.documents[0].status, "limit:ratio");
  EXPECT_GT(recorder.sizes[0], std::size_t{4} << 20);
  EXPECT_LT(recorder.sizes[0], std::size_t{6} << 20);
}
INSTANTIATE_TEST_SUITE_P(Filters, Bomb, ::testing::Values("gzip", "xz", "zstd", "bzip2"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Limits, ABombInATarGzEndsTheTar) {
  const auto documents = documents_in(
      gzip(tar({{"log", "text\n"}, {"bomb", std::string(50 << 20, '\0')}, {"after", "x"}})), "x", small_ratio());
  ASSERT_EQ(documents.size(), 3u);
  EXPECT_EQ(documents[0], (Document{"log", "text\n", "ok", ""}));
  EXPECT_EQ(documents[1].status, "limit:ratio");
  EXPECT_EQ(documents[2], (Document{"x", "", "limit:ratio", ""}));
}

TEST(Limits, ABombInAZipIsStoppedAndTheNextFileIsRead) {
  Recorder recorder;
  Usage usage;
  read_bytes(zip({{"log", "text\n"}, {"bomb", std::string(50 << 20, '\0')}, {"after", "x"}}), "x", small_ratio(), usage,
             recorder);
  ASSERT_EQ(recorder.documents.size(), 3u);
  EXPECT_EQ(recorder.documents[0], (Document{"log", "text\n", "ok", ""}));
  EXPECT_EQ(recorder.documents[1].status, "limit:ratio");
  EXPECT_LT(recorder.sizes[1], std::size_t{6} << 20);
  EXPECT_EQ(recorder.documents[2], (Document{"after", "x", "ok", ""}));
}

TEST(Limits, ManySmallBombsInAZipAreOneBomb) {
  std::vector<Entry> entries;
  for (int i = 0; i < 20; ++i) entries.push_back({std::to_string(i), std::string(1 << 20, '\0')});
  const auto documents = documents_in(zip(entries), "x", small_ratio());
  EXPECT_LT(documents.size(), 15u);
  EXPECT_EQ(documents.back().status, "limit:ratio");
}

TEST(Limits, ALogThatPacksWellIsNoBomb) {
  std::string log;
  while (log.size() < (8 << 20)) log += "ib0: link is up " + std::to_string(log.size() * 2654435761u) + "\n";
  const auto documents = documents_in(gzip(log), "x", small_ratio());
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].status, "ok");
}

// The real limits: 10 MB of gzip that would be 10 GB.
TEST(Limits, TenGigabytesOfZerosStopAfterTheFirst) {
  std::string packed;
  const std::string megabytes = gzip(std::string(64 << 20, '\0'));
  for (int i = 0; i < 160; ++i) packed += megabytes;
  Recorder recorder;
  Usage usage;
  read_bytes(packed, "bomb", {}, usage, recorder);
  ASSERT_EQ(recorder.documents.size(), 1u);
  EXPECT_EQ(recorder.documents[0].status, "limit:ratio");
  EXPECT_THAT(recorder.documents[0].note, HasSubstr("500 times"));
  EXPECT_LT(usage.total_bytes, (std::uint64_t{1} << 30) + (1 << 20));
}

TEST(Limits, ManyTinyFilesTakeNoMemory) {
  class Counter final : public DocumentSink {
   public:
    void begin(std::string_view) override { ++documents; }
    void data(std::string_view) override {}
    void end(std::string_view status, std::string_view) override { good += status == "ok"; }
    std::size_t documents = 0;
    std::size_t good = 0;
  };
  const std::string one = tar({{"log", "x"}}).substr(0, 1024);
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += one;
  const std::string packed = gzip(bytes);
  bytes = {};
  Counter warm_up;
  Usage usage;
  read_bytes(packed.substr(0, 10'000), "x", {}, usage, warm_up);
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  Counter counter;
  Limits limits;
  limits.ratio = 5000;  // the same file again and again packs too well
  read_bytes(packed, "x", limits, usage, counter);
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(counter.documents, 200'000u);
  EXPECT_EQ(counter.good, 200'000u);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 20'000);  // KiB
}

}  // namespace
}  // namespace gpm::bundle
