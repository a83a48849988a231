// SPDX-License-Identifier: Apache-2.0
//
// What real hosts printed (driver 580, two H100 and two H200). The captures lie outside of the repository; without them
// these tests are skipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "parsers/nvidia_smi/csv.h"
#include "parsers/nvidia_smi/list.h"
#include "parsers/nvidia_smi/nvlink.h"
#include "parsers/nvidia_smi/query.h"
#include "parsers/nvidia_smi/table.h"
#include "parsers/nvidia_smi/topo.h"
#include "parsers/nvidia_smi/xml.h"
#include "tests/parsers/recording_sink.h"

namespace gpm::nvidia_smi {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

std::optional<std::string> capture(const std::string& name) {
  const char* shared = std::getenv("GPM_SHARED");
  std::ifstream file((shared ? std::string(shared) : std::string(GPM_SOURCE_DIR "/../shared")) + "/captures/" + name);
  if (!file) return std::nullopt;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

#define CAPTURE_OR_SKIP(variable, name) \
  const auto variable = capture(name);  \
  if (!variable) GTEST_SKIP() << "no capture " << name << "; set GPM_SHARED"

// Everything that a healthy host says, without values that move between two calls.
std::set<std::string> steady(const test::RecordingSink& sink) {
  std::set<std::string> all;
  for (const auto& s : sink.snapshots) {
    if (s.metric.starts_with("gpu.power") || s.metric.starts_with("gpu.clock_") || s.metric.find("temperature") != std::string::npos) continue;
    all.insert(s.place.pci + " " + s.metric + "(" + s.subject + ")=" + s.text);
  }
  for (const auto& g : sink.gpus) all.insert(g.place.pci + " " + g.name + " " + g.serial + " " + g.place.gpu_uuid);
  for (const auto& e : sink.events) all.insert(e.place.pci + " " + e.kind);
  return all;
}

TEST(Captures, XmlSaysWhatTheTextSays) {
  for (const auto& [text_name, xml_name] : {std::pair{"h100-580/nvidia-smi-q.txt", "h100-580/nvidia-smi-q.xml"},
                                            std::pair{"h200-580/nvidia-smi-q.txt", "h200-580/nvidia-smi-q-x.txt"}}) {
    CAPTURE_OR_SKIP(text, text_name);
    CAPTURE_OR_SKIP(xml, xml_name);
    test::RecordingSink from_xml;
    ASSERT_TRUE(XmlParser().sniff(std::string_view(*xml).substr(0, 4096), xml_name));
    ASSERT_TRUE(XmlParser().parse(*xml, from_xml));
    const auto from_text = parse<QueryParser>(*text);
    EXPECT_EQ(steady(from_text), steady(from_xml)) << text_name;
    EXPECT_GT(steady(from_text).size(), 100u);
    EXPECT_THAT(from_xml.notes, IsEmpty());
  }
}

TEST(Captures, TableOfAHealthyHost) {
  CAPTURE_OR_SKIP(text, "h100-580/nvidia-smi.txt");
  const auto sink = parse<TableParser>(*text);
  EXPECT_THAT(sink.gpus, SizeIs(2));
  EXPECT_THAT(sink.metric("gpu.error_cell"), IsEmpty());
  EXPECT_EQ(sink.setting("host", "cuda_version"), "13.0");
  EXPECT_EQ(sink.metric("gpu.memory_total_mib").at(1).number, 81559);
}

TEST(Captures, TopologyOfTwoGpus) {
  CAPTURE_OR_SKIP(text, "h100-580/nvidia-smi-topo-m.txt");
  const auto sink = parse<TopoParser>(*text);
  ASSERT_THAT(sink.metric("topo.link"), SizeIs(2));
  EXPECT_EQ(sink.metric("topo.link")[0].text, "NV18");
  EXPECT_EQ(sink.metric("topo.numa_affinity").at(1).text, "0");
}

TEST(Captures, EighteenLinksAGpu) {
  CAPTURE_OR_SKIP(speed, "h200-580/nvidia-smi-nvlink-s.txt");
  CAPTURE_OR_SKIP(errors, "h200-580/nvidia-smi-nvlink-e.txt");
  EXPECT_THAT(parse<NvlinkParser>(*speed).metric("nvlink.speed_gbps"), SizeIs(36));
  EXPECT_THAT(parse<NvlinkParser>(*errors).metric("nvlink.crc_errors"), SizeIs(36));
  EXPECT_THAT(parse<ListParser>(*errors).gpus, SizeIs(2));
}

TEST(Captures, CsvOfAHealthyHost) {
  CAPTURE_OR_SKIP(text, "h100-580/nvidia-smi-query-gpu.csv");
  const auto sink = parse<CsvParser>(*text);
  EXPECT_THAT(sink.gpus, SizeIs(2));
  EXPECT_EQ(sink.metric("gpu.pcie_width_current").at(0).number, 16);
}

TEST(Captures, AKernelLogSaysNothingToTheseParsers) {
  CAPTURE_OR_SKIP(text, "h100-580/dmesg-T.txt");
  EXPECT_THAT(parse<TableParser>(*text).snapshots, IsEmpty());
  EXPECT_THAT(parse<QueryParser>(*text).gpus, IsEmpty());
  EXPECT_THAT(parse<CsvParser>(*text).snapshots, IsEmpty());
  EXPECT_THAT(parse<TopoParser>(*text).snapshots, IsEmpty());
}

}  // namespace
}  // namespace gpm::nvidia_smi
