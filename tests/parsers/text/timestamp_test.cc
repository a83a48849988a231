// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/timestamp.h"

namespace gpm::text {
namespace {

using facts::TimeFrom;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t nov_20_2024 = 1732060965 * second;  // 2024-11-20T00:02:45Z

TEST(IsoStamp, ReadsZoneAndFraction) {
  const auto stamp = iso_stamp("2024-11-20T00:02:45.123456+00:00 gpu07");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->time.utc_ns, nov_20_2024 + 123'456'000);
  EXPECT_EQ(stamp->time.from, TimeFrom::stated);
  EXPECT_EQ(stamp->time.precision_ms, 0);
  EXPECT_EQ(stamp->size, 32u);
}

TEST(IsoStamp, AppliesTheOffset) {
  EXPECT_EQ(iso_stamp("2024-11-20T08:02:45+0800")->time.utc_ns, nov_20_2024);
  EXPECT_EQ(iso_stamp("2024-11-19T16:32:45-07:30")->time.utc_ns, nov_20_2024);
}

TEST(IsoStamp, WithoutZoneIsAssumedUtc) {
  const auto stamp = iso_stamp("2024-11-20 00:02:45,123 - app");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->time.from, TimeFrom::assumed_utc);
  EXPECT_EQ(stamp->time.utc_ns, nov_20_2024 + 123'000'000);
  EXPECT_EQ(stamp->time.precision_ms, 1);
}

TEST(IsoStamp, WholeSecondsAreCoarse) { EXPECT_EQ(iso_stamp("2024/11/20 00:02:45 msg")->time.precision_ms, 1000); }

TEST(IsoStamp, RefusesWhatIsNoDate) {
  for (const auto* text :
       {"", "2024", "2024-13-01 00:00:00", "2024-02-30T00:00:00Z", "2023-02-29 10:00:00", "2024-11-20 24:00:00",
        "2024-11-20 00:61:00", "2024-11-20", "2024-11-20T00:02", "0000-01-01 00:00:00", "9999-01-01 00:00:00",
        "2024-11/20 00:00:00", "2024-11-20 00:00:00.1234567890", "2024-11-20T00:00:00+99:00"})
    EXPECT_FALSE(iso_stamp(text)) << text;
}

TEST(IsoStamp, KnowsLeapDays) { EXPECT_EQ(iso_stamp("2024-02-29T00:00:00Z")->time.utc_ns, 1709164800 * second); }

TEST(SyslogStamp, IsYearless) {
  const auto stamp = syslog_stamp("Nov 20 00:02:45.123456 gpu07");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->time.from, TimeFrom::yearless);
  EXPECT_FALSE(stamp->time.utc_ns);
  EXPECT_EQ(stamp->size, 22u);
}

TEST(SyslogStamp, TakesBothPaddingsOfTheDay) {
  EXPECT_TRUE(syslog_stamp("Aug  6 20:14:22"));
  EXPECT_TRUE(syslog_stamp("Aug 06 20:14:22"));
  EXPECT_FALSE(syslog_stamp("Aug 32 20:14:22"));
  EXPECT_FALSE(syslog_stamp("Aug 16 20:14"));
}

TEST(AsctimeStamp, HasAYear) { EXPECT_EQ(asctime_stamp("Wed Nov 20 00:02:45 2024]")->time.utc_ns, nov_20_2024); }

TEST(TensorRtStamp, MonthComesFirst) {
  const auto stamp = tensorrt_stamp("11/20/2024-00:02:45] [TRT] [E] 1: [stdArchiveReader.cpp::StdArchiveReader::42]");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->time.utc_ns, nov_20_2024);
  EXPECT_EQ(stamp->time.precision_ms, 1000);
  EXPECT_EQ(stamp->size, 19u);
}

TEST(TensorRtStamp, RefusesOtherDates) {
  for (const char* other : {"20/11/2024-00:02:45", "11/20/2024 00:02:45", "11/20/24-00:02:45", "11/20/2024-00:02", "11/20/2024-24:02:45", "02/30/2024-00:02:45", "11/20/"})
    EXPECT_FALSE(tensorrt_stamp(other)) << other;
}

TEST(GlogStamp, ReadsC10sMonthWithoutZero) {
  EXPECT_TRUE(glog_stamp("602 18:37:01.832146912 ProcessGroupNCCL.cpp:607"));
  EXPECT_TRUE(glog_stamp("1003 18:37:01.832146912 x"));
  EXPECT_FALSE(glog_stamp("1332 18:37:01"));
  EXPECT_FALSE(glog_stamp("20241003 18:37:01"));
}

TEST(BootStamp, CountsNanoseconds) {
  const auto stamp = boot_stamp("    0.603303] NVRM");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->time.since_boot_ns, 603'303'000);
  EXPECT_EQ(stamp->time.from, TimeFrom::since_boot);
  EXPECT_FALSE(boot_stamp("12] x"));
  EXPECT_FALSE(boot_stamp("99999999999.5"));
}

TEST(EpochStamp, OfAFarFutureIsNone) {
  EXPECT_FALSE(epoch_stamp("9732060965.123456 gpu07"));
  EXPECT_TRUE(epoch_stamp("7258118399.999999 gpu07"));
  EXPECT_FALSE(utc_of_seconds(999'999'999));
  EXPECT_FALSE(utc_of_seconds(12'719'584'648));
}

TEST(EpochStamp, IsStated) {
  EXPECT_EQ(epoch_stamp("1732060965.123456 gpu07")->time.utc_ns, nov_20_2024 + 123'456'000);
}

}  // namespace
}  // namespace gpm::text
