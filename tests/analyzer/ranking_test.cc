// SPDX-License-Identifier: Apache-2.0
#include "analyzer/ranking/ranking.h"

#include <gtest/gtest.h>

#include <array>

namespace gpm::ranking {
namespace {

using std::string_view_literals::operator""sv;

// A small world: a lost GPU brings a watchdog timeout with it; a timeout nobody explains is a symptom.
constexpr std::array lost_uses = {kb::Use{"xid79", kb::Weight::decisive, "bus"}, kb::Use{"smi.lost", kb::Weight::strong, "bus"}};
constexpr std::array lost_explains = {"timeout"sv};
constexpr std::array timeout_uses = {kb::Use{"timeout", kb::Weight::strong, ""}};
constexpr std::array app_uses = {kb::Use{"xid31", kb::Weight::strong, ""}, kb::Use{"xid79", kb::Weight::rules_out, ""}};
constexpr std::array<kb::Cause, 3> causes = {{
    {.id = "app", .uses = app_uses},
    {.id = "lost", .uses = lost_uses, .explains = lost_explains},
    {.id = "timeout-unexplained", .symptom = true, .uses = timeout_uses},
}};
constexpr kb::Knowledge world = {"", {}, causes, {}};

signals::Findings seen(std::initializer_list<const char*> ids, const char* host = "") {
  static const kb::Signal any{};
  signals::Findings findings;
  for (const char* id : ids) {
    signals::Observation o;
    o.place.host = host;
    findings.present[id] = signals::Present{&any, {o}, 1};
  }
  return findings;
}

std::vector<std::string> order(const std::vector<RankedCause>& ranked) {
  std::vector<std::string> ids;
  for (const auto& r : ranked) ids.emplace_back(r.cause->id);
  return ids;
}

constexpr std::int64_t hour_ns = 3'600'000'000'000;

// A program's fault at hour 0 and a board's at `later`; the fault is bound to a process.
signals::Findings old_and_new(std::int64_t later_hours, std::optional<std::int64_t> pid) {
  auto findings = seen({"xid31", "smi.lost"});
  auto& old = findings.present["xid31"].observations.front();
  old.place.pid = pid;
  old.utc_ns = 0;
  findings.present["smi.lost"].observations.front().utc_ns = later_hours * hour_ns;
  return findings;
}

double confidence_of(const std::vector<RankedCause>& ranked, std::string_view id) {
  for (const auto& r : ranked)
    if (r.cause->id == id) return r.confidence;
  return 0;
}

TEST(Ranking, WhatWasOverTwoDaysBeforeDoesNotLead) {
  EXPECT_LT(confidence_of(rank(world, old_and_new(48, 4242)), "app"), 0.3);
  EXPECT_EQ(order(rank(world, old_and_new(48, 4242))).front(), "lost");
}

TEST(Ranking, AnHourBeforeIsTheSameIncident) {
  EXPECT_NEAR(confidence_of(rank(world, old_and_new(1, 4242)), "app"), confidence_of(rank(world, old_and_new(0, 4242)), "app"), 1e-9);
}

TEST(Ranking, NothingSeenMeansNoCause) { EXPECT_TRUE(rank(world, seen({})).empty()); }

TEST(Ranking, TheCauseBeforeItsSymptom) {
  const auto ranked = rank(world, seen({"xid79", "timeout"}));
  ASSERT_EQ(order(ranked), std::vector<std::string>{"lost"});
  EXPECT_GT(ranked[0].confidence, 0.85);
}

TEST(Ranking, ASymptomStandsWhereNothingExplainsIt) {
  EXPECT_EQ(order(rank(world, seen({"timeout"}))), std::vector<std::string>{"timeout-unexplained"});
}

TEST(Ranking, AConsequenceWithMoreEvidenceIsStillAConsequence) {
  constexpr std::array dead_uses = {kb::Use{"closed", kb::Weight::decisive, ""}, kb::Use{"async", kb::Weight::strong, ""}};
  constexpr std::array origin_explains = {"closed"sv, "async"sv};
  constexpr std::array origin_uses = {kb::Use{"xid79", kb::Weight::decisive, ""}};
  const std::array<kb::Cause, 2> two = {{{.id = "dead-peer", .uses = dead_uses}, {.id = "origin", .uses = origin_uses, .explains = origin_explains}}};
  const auto ranked = rank(kb::Knowledge{"", {}, two, {}}, seen({"xid79", "closed", "async"}));
  EXPECT_EQ(order(ranked), std::vector<std::string>{"origin"});
}

TEST(Ranking, TwoSignsOfOneThingCountOnce) {
  EXPECT_EQ(rank(world, seen({"xid79", "smi.lost"}))[0].score, rank(world, seen({"xid79"}))[0].score);
}

TEST(Ranking, WhatIsRuledOutIsNotListed) {
  EXPECT_EQ(order(rank(world, seen({"xid31", "xid79"}))), std::vector<std::string>{"lost"});
}

TEST(Ranking, ConfidencesOfOneIncidentSumToAtMostOne) {
  double sum = 0;
  for (const auto& r : rank(world, seen({"xid31", "timeout"}))) sum += r.confidence;
  EXPECT_LE(sum, 1.0);
}

// Else the chances differ in their last digit between machines. Fails where a product and its sum are rounded as one.
TEST(Ranking, ArithmeticIsTheSameOnEveryProcessor) {
  volatile double factor = 1 + 0x1p-30, rounded = 1 + 0x1p-29;
  EXPECT_EQ(factor * factor - rounded, 0) << "compiled without -ffp-contract=off";
}

TEST(Ranking, TermsSayWhyTheyDidNotCount) {
  const auto ranked = rank(world, seen({"xid79", "smi.lost"}));
  ASSERT_EQ(ranked[0].terms.size(), 2u);
  EXPECT_EQ(ranked[0].terms[1].reduced, Reduced::family);
}

TEST(Ranking, IndependentFaultsOnOtherHostsAreOtherIncidents) {
  constexpr std::array memory_uses = {kb::Use{"xid48", kb::Weight::decisive, ""}};
  const std::array<kb::Cause, 2> two = {{{.id = "lost", .uses = lost_uses}, {.id = "memory", .uses = memory_uses}}};
  auto findings = seen({"xid79"}, "n1");
  findings.present.merge(seen({"xid48"}, "n2").present);
  const auto ranked = rank(kb::Knowledge{"", {}, two, {}}, findings);
  ASSERT_EQ(ranked.size(), 2u);
  EXPECT_NE(ranked[0].incident, ranked[1].incident);
  EXPECT_GT(ranked[1].confidence, 0.85);
}

}  // namespace
}  // namespace gpm::ranking
