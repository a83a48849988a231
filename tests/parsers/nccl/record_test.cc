// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/record.h"

#include <gtest/gtest.h>

namespace gpm::parsers::nccl {
namespace {

std::vector<Record> read(std::string_view line) { return RecordReader().read(line); }

TEST(NcclRecord, InfoHasAddressAndDevice) {
  const auto records = read("gpu-node01:713:800 [0] NCCL INFO [Proxy Service] Device 0 CPU core 16");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].host, "gpu-node01");
  EXPECT_EQ(records[0].pid, 713);
  EXPECT_EQ(records[0].tid, 800);
  EXPECT_EQ(records[0].dev, 0);
  EXPECT_EQ(records[0].text, "[Proxy Service] Device 0 CPU core 16");
}

TEST(NcclRecord, WarnOf230NamesTheFunction) {
  const auto records = read("n1:1:2 [3] transport/net_ib.cc:99 (ncclIbTest) NCCL WARN NET/IB: Got completion");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].level, Level::warn);
  EXPECT_EQ(records[0].location, "transport/net_ib.cc:99");
  EXPECT_EQ(records[0].text, "NET/IB: Got completion");
}

TEST(NcclRecord, StampOf226IsReadAsLocalTime) {
  const auto records = read("[2025-09-01 12:00:01] n1:1:2 [3] init.cc:99 NCCL WARN text");
  ASSERT_EQ(records.size(), 1u);
  const auto time = read_stamp(records[0].stamp);
  EXPECT_EQ(time.utc_ns, 1756728001'000000000);
  EXPECT_EQ(time.from, facts::TimeFrom::assumed_utc);
}

TEST(NcclRecord, StampThatIsNoDateGivesNoTime) {
  for (auto stamp : {"2025-13-01 12:00:01", "2025-02-31 12:00:01", "9999-01-01 12:00:01", "2025", ""})
    EXPECT_FALSE(read_stamp(stamp).utc_ns) << stamp;
}

TEST(NcclRecord, GluedRecordsAreTwo) {
  RecordReader reader;
  reader.read("gpu-a:81:93 [1] NCCL INFO Using network IB");
  const auto records =
      reader.read("gpu-a:80:90 [0] NCCL INFO Connected all ringsgpu-a:81:93 [1] NCCL INFO Connected all trees");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].text, "Connected all rings");
  EXPECT_EQ(records[1].host, "gpu-a");
  EXPECT_EQ(records[1].pid, 81);
}

TEST(NcclRecord, TailOfACutRecordInFront) {
  RecordReader reader;
  reader.read("gpu-a:81:93 [1] NCCL INFO Using network IB");
  const auto records = reader.read("nected all gpu-a:81:93 [1] NCCL INFO Connected all trees");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].host, "gpu-a");
}

TEST(NcclRecord, LauncherPrefixIsNotPartOfTheHost) {
  const auto records = read("[default0]:gpu-node03:594:594 [0] NCCL INFO cudaDriverVersion 13000");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].host, "gpu-node03");
}

TEST(NcclRecord, CallHasNoDevice) {
  const auto records = read("n1:1:2 NCCL CALL ncclCommDestroy");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].dev);
}

TEST(NcclRecord, TalkAboutNcclIsNoRecord) {
  for (auto line : {"run with NCCL INFO for details", "set NCCL WARN level", "a:b:c [0] NCCL INFO x",
                    "n1:1:2 [0] NCCL TRACE x", "n1:1:99999999999999999999 [0] NCCL INFO x", "NCCL INFO",
                    ":1:2 [0] NCCL INFO x", "n1:1:2 [0] NCCL INFORMATION"})
    EXPECT_TRUE(read(line).empty()) << line;
}

TEST(NcclRecord, LongGarbageIsReadInLinearTime) {
  std::string line;
  for (int i = 0; i < 20000; ++i) line += "NCCL INFO NCCL WARN ::: [[ ";
  EXPECT_TRUE(read(line).empty());
  std::string glued;
  for (int i = 0; i < 20000; ++i) glued += "h:1:2 [0] NCCL INFO x";
  EXPECT_EQ(read(glued).size(), 20000u);
}

}  // namespace
}  // namespace gpm::parsers::nccl
