// SPDX-License-Identifier: Apache-2.0
//
// What a store is said to hold, and that no query is passed over that would have given rows.
#include "analyzer/signals/present_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "analyzer/scan/scanner.h"
#include "kb/model.h"
#include "kb/query_needs.h"
#include "parsers/bundle/bundle.h"
#include "tests/analyzer/filled_store.h"

namespace gpm::signals {
namespace {

facts::Snapshot reading(const std::string& metric, std::optional<double> number, const std::string& text) {
  facts::Snapshot s;
  s.metric = metric;
  s.number = number;
  s.text = text;
  s.at.line = 1;
  return s;
}

class AStoreOfFourFacts : public testing::Test {
 protected:
  AStoreOfFourFacts() {
    store_.begin_document();
    facts::Event xid;
    xid.kind = "kernel.xid";
    xid.code = 48;
    xid.at.line = 1;
    store_.add(xid);
    store_.add(reading("gpu.temperature_c", 61, "61 C"));
    store_.add(reading("gpu.temperature_c", 84, "84 C"));
    store_.add(reading("gpu.fan", std::nullopt, "N/A"));
    store_.end_document({"dmesg", "dmesg", "ok", "", 1, 1, {}});
    store_.finish("h");
  }
  bool meets(std::vector<std::string> needs) { return PresentFacts(store_).meet(needs); }

  test::FilledStore store_{"b", true};
};

TEST_F(AStoreOfFourFacts, HoldsTheirKindsAndCodes) {
  EXPECT_TRUE(meets({"kind kernel.xid"}));
  EXPECT_TRUE(meets({"code kernel.xid 48"}));
  EXPECT_FALSE(meets({"code kernel.xid 4"}));
  EXPECT_FALSE(meets({"kind kernel.sxid"}));
}

TEST_F(AStoreOfFourFacts, HoldsOneOfEachNeed) {
  EXPECT_TRUE(meets({}));
  EXPECT_TRUE(meets({"kind other\nkind kernel.xid", "metric gpu.fan"}));
  EXPECT_FALSE(meets({"kind other\nkind kernel.xid", "metric other"}));
}

TEST_F(AStoreOfFourFacts, HoldsTextsOfAMetric) {
  EXPECT_TRUE(meets({"text gpu.temperature_c 61 C"}));
  EXPECT_FALSE(meets({"text gpu.fan 61 C"}));
}

TEST_F(AStoreOfFourFacts, HoldsNumbersOfAMetric) {
  EXPECT_TRUE(meets({"number gpu.temperature_c >= 84"}));
  EXPECT_FALSE(meets({"number gpu.temperature_c > 84"}));
  EXPECT_TRUE(meets({"number gpu.temperature_c < 62"}));
  EXPECT_FALSE(meets({"number gpu.temperature_c <= 60"}));
  EXPECT_TRUE(meets({"number gpu.temperature_c = 61"}));
  EXPECT_FALSE(meets({"number gpu.temperature_c = 85"}));
  EXPECT_FALSE(meets({"number gpu.fan > -5"}));
}

TEST_F(AStoreOfFourFacts, HasTablesWithoutRows) {
  EXPECT_FALSE(meets({"rows ranks"}));
  EXPECT_TRUE(meets({"rows something_new"}));
}

// Of real bundles: each query that gives a row has what it needs.
TEST(PresentFacts, NoQueryThatGivesRowsIsPassedOver) {
  std::size_t with_rows = 0, passed_over = 0;
  for (const std::string name : {"h100-own-oom", "h100-rank-never-joined", "a100-xid31-devices-busy"}) {
    store::Store store(name, true);
    scan::Scanner scanner(kb::embedded(), store);
    bundle::Usage usage;
    std::string error;
    ASSERT_EQ(bundle::read(GPM_SOURCE_DIR "/corpus/" + name, "", {}, usage, scanner, error), bundle::ReadResult::read) << error;
    store.finish(scanner.content_hash());
    const PresentFacts present(store);
    for (const auto& signal : kb::embedded().signals) {
      if (signal.query.empty()) continue;
      const bool gives_rows = store::Statement(store.database().get(), signal.query).step();
      const bool met = present.meet(signal.needs);
      EXPECT_TRUE(met || !gives_rows) << name << ": " << signal.id;
      with_rows += gives_rows;
      passed_over += !met;
    }
  }
  EXPECT_GE(with_rows, 30u);
  EXPECT_GE(passed_over, 600u);
}

}  // namespace
}  // namespace gpm::signals
