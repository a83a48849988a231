// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/pictures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <regex>

#include "analyzer/report/svg.h"
#include "analyzer/report/time_axis.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const Words english("en");
constexpr std::int64_t second = 1'000'000'000, start = 1773454629 * second;  // 2026-03-14T02:17:09Z

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

Moment moment(const std::string& host, const std::string& source, std::int64_t after_s, const std::string& title = "Event") {
  Moment m;
  m.host = host;
  m.source = source;
  m.utc_ns = start + after_s * second;
  m.time = "2026-03-14T02:17:09Z";
  m.time_from = "stated";
  m.kind = m.title = title;
  return m;
}

std::string timeline(const std::vector<Moment>& moments, std::size_t marks = 600) {
  Result result;
  result.timeline = moments;
  return timeline_picture(english, result, "t", marks);
}

TEST(TimelinePicture, HostsAreLanesWithARowForEachSource) {
  const auto svg = timeline({moment("n1", "kernel", 0), moment("n1", "nccl", 60), moment("n2", "application", 120)});
  EXPECT_EQ(count(svg, "class=\"lane\""), 2u);
  EXPECT_THAT(svg, HasSubstr(">n1</text>"));
  for (const char* source : {">kernel<", ">NCCL<", ">application<"}) EXPECT_EQ(count(svg, source), 1u) << source;
  EXPECT_EQ(count(svg, "<g class=\"mark\">"), 4u) << "and in the legend";
}

TEST(TimelinePicture, TheFirstSignIsMarkedAndWhatFollowsIsTiedToIt) {
  auto first = moment("n1", "kernel", 0, "Xid 79");
  first.first = true;
  first.evidence_of = 1;
  auto later = moment("n2", "application", 600);
  later.follows_from = 1;
  const auto svg = timeline({first, later});
  EXPECT_THAT(svg, HasSubstr("First sign 02:17:09: Xid 79</text>"));
  EXPECT_EQ(count(svg, "class=\"failure\""), 2u);
  EXPECT_EQ(count(svg, "class=\"after\""), 1u);
  EXPECT_EQ(count(svg, "class=\"tie\""), 1u);
  EXPECT_EQ(count(svg, "<g class=\"mark follows\">"), 2u) << "one in the row, one in the legend";
}

TEST(TimelinePicture, RepeatsAreOneMarkWithACount) {
  std::vector<Moment> moments = {moment("n1", "kernel", 0)};
  for (int i = 0; i < 50; ++i) moments.push_back(moment("n1", "kernel", 100'000));
  moments.back().count = 13;
  EXPECT_THAT(timeline(moments), HasSubstr(">×62</text>"));
}

TEST(TimelinePicture, AnUncertainTimeIsDashed) {
  auto m = moment("n1", "kernel", 0);
  m.time_from = "inferred-year";
  const auto svg = timeline({m, moment("n2", "kernel", 5)});
  EXPECT_EQ(count(svg, "class=\"mark unsure\""), 2u) << "and in the legend";
  EXPECT_THAT(svg, HasSubstr("year from another line"));
}

TEST(TimelinePicture, WithoutATimeThereIsNoPicture) {
  auto m = moment("n1", "kernel", 0);
  m.utc_ns.reset();
  EXPECT_EQ(timeline({m}), "");
  EXPECT_EQ(timeline({}), "");
}

TEST(TimelinePicture, TenThousandEventsOnAThousandHostsStaySmall) {
  std::vector<Moment> moments;
  for (int i = 0; i < 10'000; ++i) moments.push_back(moment("node" + std::to_string(i % 1000), i % 2 ? "nccl" : "kernel", i, std::string(4096, 'x')));
  const auto svg = timeline(moments);
  EXPECT_LE(count(svg, "<g class=\"mark"), 610u);
  EXPECT_LT(svg.size(), 250'000u);
  EXPECT_THAT(svg, HasSubstr("980 more hosts"));
}

TEST(TimelinePicture, TimesOfAllAgesHarmNothing) {
  auto old = moment("n1", "kernel", 0), far = old;
  old.utc_ns = std::numeric_limits<std::int64_t>::min();
  far.utc_ns = std::numeric_limits<std::int64_t>::max();
  far.time_precision_ms = std::numeric_limits<std::int64_t>::max();
  const auto svg = timeline({old, far, moment("n1", "kernel", 1)});
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
}

TEST(TimeAxis, ALongQuietTimeIsLeftOut) {
  const TimeAxis axis({start, start + 10 * second, start + 300'000 * second, start + 300'010 * second}, 0, 1000);
  ASSERT_EQ(axis.segments().size(), 2u);
  EXPECT_GT(axis.x_of(start + 10 * second) - axis.x_of(start), 300);
  EXPECT_LT(axis.x_of(start + 10 * second), axis.x_of(start + 300'000 * second));
}

TEST(TimeAxis, TicksAreAtRoundTimesAndApart) {
  const TimeAxis axis({start, start + 600 * second}, 0, 1000);
  const auto ticks = axis.ticks(90);
  ASSERT_GT(ticks.size(), 5u);
  EXPECT_EQ(ticks.front().label, "02:17:09");
  EXPECT_EQ(ticks.front().date, "2026-03-14");
  EXPECT_EQ(ticks[1].label.substr(6), "00");
  for (std::size_t i = 1; i < ticks.size(); ++i) EXPECT_GE(ticks[i].x - ticks[i - 1].x, 70);
}

TEST(TimeAxis, BelowAFewSecondsTicksShowMilliseconds) {
  const TimeAxis axis({start, start + second}, 0, 1000);
  EXPECT_EQ(axis.ticks(90).front().label, "02:17:09.000");
}

Topology node() {
  return {"n1",
          "topo.txt",
          2,
          {{"GPU0", "gpu", 0, "0000:17:00.0", "", "0", "0-31"},
           {"GPU1", "gpu", 1, "0000:65:00.0", "", "1", "32-63"},
           {"NIC0", "nic", std::nullopt, "", "mlx5_0", "0", ""},
           {"NIC1", "nic", std::nullopt, "", "mlx5_1", "1", "", "mlx5_1:1 down"}},
          {{0, 1, "NV18"}, {0, 2, "PIX"}, {0, 3, "SYS"}, {1, 2, "SYS"}, {1, 3, "NODE"}}};
}

Result blames(const Gpu& gpu) {
  Result result;
  result.causes.resize(1);
  result.causes[0].where.gpus = {gpu};
  return result;
}

TEST(TopologyPicture, DevicesStandInTheirNumaNodesAndSwitches) {
  const auto svg = topology_picture(english, node(), Faults({}), "x");
  EXPECT_EQ(count(svg, "class=\"node\""), 2u);
  EXPECT_EQ(count(svg, "class=\"switch\""), 1u) << "GPU0 and NIC0 reach each other by one bridge, GPU1 and NIC1 do not";
  EXPECT_EQ(count(svg, "class=\"gpu\""), 2u);
  EXPECT_EQ(count(svg, "class=\"nic\""), 2u);
  EXPECT_THAT(svg, HasSubstr("NUMA node 1, CPU 32-63"));
  EXPECT_THAT(svg, HasSubstr("NVLink between all GPUs: NV18"));
}

TEST(TopologyPicture, TheGpuAtFaultAndThePortThatIsDownAreMarked) {
  const auto faults = Faults(blames({"n1", 1, "0000:65:00.0", "", "", ""}));
  const auto svg = topology_picture(english, node(), faults, "x");
  EXPECT_EQ(count(svg, "class=\"device fault\""), 2u);
  EXPECT_THAT(svg, HasSubstr("<g class=\"device fault\"><title>GPU1, 0000:65:00.0</title>"));
  EXPECT_THAT(svg, HasSubstr("NIC1, mlx5_1, mlx5_1:1 down"));
  EXPECT_THAT(svg, HasSubstr("GPU1 (at fault)")) << "in the description for those who do not see it";
}

TEST(TopologyPicture, PairsOfBridgedGpusAreArcs) {
  auto pairs = node();
  pairs.devices = {{"GPU0", "gpu", 0}, {"GPU1", "gpu", 1}, {"GPU2", "gpu", 2}, {"GPU3", "gpu", 3}};
  pairs.links = {{0, 1, "NV4"}, {2, 3, "NV4"}, {0, 2, "SYS"}, {1, 3, "SYS"}};
  const auto svg = topology_picture(english, pairs, Faults({}), "x");
  EXPECT_EQ(count(svg, "class=\"arc\""), 2u);
  EXPECT_THAT(svg, Not(HasSubstr("between all GPUs")));
}

TEST(TopologyPicture, LinksToDevicesThatAreNotThereHarmNothing) {
  auto odd = node();
  odd.links.push_back({0, 99, "PIX"});
  EXPECT_THAT(topology_picture(english, odd, Faults({}), "x"), HasSubstr("</svg>"));
  EXPECT_EQ(topology_picture(english, {}, Faults({}), "x"), "");
}

Communicator job(int hosts, int per_host) {
  Communicator c;
  c.id = "0xabc";
  c.nranks = hosts * per_host;
  for (int rank = 0; rank < hosts * per_host; ++rank) c.ranks.push_back({rank, "node" + std::to_string(rank / per_host), "network", "log", rank % per_host, "", 1});
  return c;
}

TEST(RanksPicture, HostsThatLookTheSameAreOneRow) {
  const auto svg = ranks_picture(english, job(512, 8), Faults({}), true, "r");
  EXPECT_EQ(count(svg, "class=\"lane\""), 1u);
  EXPECT_THAT(svg, HasSubstr("512 hosts, 4,096 ranks in all"));
  EXPECT_THAT(svg, HasSubstr(">network</text>"));
  EXPECT_LT(svg.size(), 5'000u);
}

TEST(RanksPicture, TheHostOfARankThatNobodySawHasARowOfItsOwn) {
  auto c = job(512, 8);
  c.ranks.erase(c.ranks.begin() + 38);
  c.absent = {{38, "node4"}};
  Result result;
  result.causes.resize(1);
  result.causes[0].where.ranks = {38};
  const auto svg = ranks_picture(english, c, Faults(result), true, "r");
  EXPECT_EQ(count(svg, "class=\"lane\""), 2u);
  EXPECT_THAT(svg, HasSubstr(">never seen</text>"));
  EXPECT_THAT(svg, HasSubstr(">rank 38</text>"));
  EXPECT_EQ(count(svg, "class=\"square fault\""), 1u);
  EXPECT_LT(svg.find(">node4</text>"), svg.find("node0")) << "what is at fault comes first";
}

TEST(RanksPicture, ARankOfASmallerCommunicatorIsNotBlamedForItsNumber) {
  Result result;
  result.causes.resize(1);
  result.causes[0].where.ranks = {1};
  EXPECT_EQ(count(ranks_picture(english, job(1, 4), Faults(result), false, "r"), "square fault"), 0u);
  EXPECT_EQ(count(ranks_picture(english, job(1, 4), Faults(result), true, "r"), "square fault"), 1u);
}

TEST(RanksPicture, HostsThatAllDifferAreCutWithACount) {
  auto c = job(200, 1);
  for (std::size_t i = 0; i < c.ranks.size(); ++i) c.ranks[i].host = "node" + std::to_string(i / 8), c.ranks[i].phase = (i / 8) >> (i % 8) & 1 ? "joined" : "start";
  const auto svg = ranks_picture(english, c, Faults({}), true, "r");
  EXPECT_EQ(count(svg, "class=\"lane\""), 24u);
  EXPECT_THAT(svg, HasSubstr("further rows: 1"));
}

TEST(UsagePicture, ANameStandsOnlyOnABarThatIsWideEnoughForIt) {
  const Usage usage{"n1", "smi", "", 10, {{0, "", 40000, 81920, {}, {{"/usr/lib/xorg/Xorg", 1911, 63}, {"python", 4711, 39000}}}}, true};
  const auto svg = usage_picture(english, usage, Faults({}), "u");
  EXPECT_EQ(count(svg, "on-held"), 1u) << svg;
  EXPECT_EQ(count(svg, ">/usr/lib/xorg/Xorg<"), 0u) << "the display's 63 MiB are not half a pixel wide";
  EXPECT_EQ(count(svg, ">python<"), 1u);
}

TEST(UsagePicture, BarsShowProcessesAndWhatNobodyHolds) {
  const Usage usage{"n1", "smi", "", 10, {{0, "", 76234, 81920, 0, {}}, {1, "", 39512, 81920, 87, {{"python", 4711, 39000}}}}, true};
  const auto svg = usage_picture(english, usage, Faults({}), "u");
  EXPECT_THAT(svg, HasSubstr("76,234 / 81,920"));
  EXPECT_THAT(svg, HasSubstr("python (4711), 39,000 MiB"));
  EXPECT_EQ(count(svg, "class=\"held rest\""), 1u) << "GPU 0; the driver's own 512 MiB on GPU 1 are no riddle";
  EXPECT_THAT(svg, HasSubstr(">87%</text>"));
}

TEST(UsagePicture, WhereProcessesAreNotListedNothingIsSaidOfThem) {
  const Usage usage{"n1", "smi", "", 10, {{0, "", 76234, 81920, {}, {}}}, false};
  EXPECT_EQ(count(usage_picture(english, usage, Faults({}), "u"), "held rest"), 0u);
}

TEST(UsagePicture, OddNumbersHarmNothing) {
  const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const Usage usage{"n1", "smi", "", 10, {{0, "", inf, -1, 1e300, {{"p", 1, nan}, {"q", 2, -5}}}, {1, "", nan, nan, nan, {}}}, true};
  const auto svg = usage_picture(english, usage, Faults({}), "u");
  for (const char* word : {"inf", "nan", "\"-"}) EXPECT_THAT(svg, Not(HasSubstr(word)));
}

TEST(Pictures, HostileNamesAreTextAndHoldNoMarkup) {
  const auto& x = everything_hostile();
  const auto result = result_made_of(x, "en");
  const Faults faults(result);
  for (const auto& svg : {timeline_picture(english, result, "a", 600), topology_picture(english, result.topologies[0], faults, "b"),
                          ranks_picture(english, result.communicators[0], faults, true, "c"), usage_picture(english, result.usage[0], faults, "d")}) {
    ASSERT_THAT(svg, HasSubstr("</svg>"));
    for (const char* markup : {"<script", "<img", "onerror=alert(2)>", "\x1b", "\xe2\x80\xae"}) EXPECT_THAT(svg, Not(HasSubstr(markup)));
    EXPECT_THAT(svg, HasSubstr("&lt;script&gt;"));
  }
}

TEST(Pictures, EachHasATitleAndADescriptionForScreenReaders) {
  const auto result = full_result("zh");
  const Words chinese("zh");
  const Faults faults(result);
  for (const auto& svg : {timeline_picture(chinese, result, "p", 600), topology_picture(chinese, result.topologies[0], faults, "p"),
                          ranks_picture(chinese, result.communicators[0], faults, true, "p"), usage_picture(chinese, result.usage[0], faults, "p")}) {
    EXPECT_EQ(svg.find("<svg role=\"img\" aria-labelledby=\"p-title p-desc\""), 0u);
    const std::regex named("<title id=\"p-title\">[^<]+</title><desc id=\"p-desc\">[^<]+</desc>");
    EXPECT_TRUE(std::regex_search(svg, named));
    EXPECT_THAT(svg, Not(HasSubstr("style=")));
  }
}

TEST(Pictures, EveryClassIsInTheStyleSheet) {
  std::ifstream file(GPM_SOURCE_DIR "/analyzer/report/page.css");
  const std::string css((std::istreambuf_iterator<char>(file)), {});
  const auto result = full_result("en");
  const Faults faults(result);
  const auto all = timeline_picture(english, result, "p", 600) + topology_picture(english, result.topologies[0], faults, "p") +
                   ranks_picture(english, result.communicators[0], faults, true, "p") + usage_picture(english, result.usage[0], faults, "p");
  const std::regex drawn("<(rect|path|circle)[^>]* class=\"([a-z]+)");
  for (std::sregex_iterator at(all.begin(), all.end(), drawn), end; at != end; ++at) EXPECT_TRUE(std::regex_search(css, std::regex("\\." + (*at)[2].str() + "[ ,.:]"))) << (*at)[0];
}

TEST(Number, HasOneDecimalAtMostAndNoLocale) {
  EXPECT_EQ(number(12.34), "12.3");
  EXPECT_EQ(number(-0.26), "-0.3");
  EXPECT_EQ(number(7), "7");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "0");
}

}  // namespace
}  // namespace gpm::report
