// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/why_not.h"

#include <gmock/gmock.h>

#include <array>

namespace gpm::compose {
namespace {

using std::string_view_literals::operator""sv;
using testing::HasSubstr;
using testing::Not;

// A lost GPU brings a watchdog timeout with it; a dead process would show its exit.
constexpr std::array kb_signals = {kb::Signal{.id = "exit", .title = {"a process ended", "进程退出"}},
                                   kb::Signal{.id = "progress", .title = {"all ranks went on", "各 rank 继续运行"}},
                                   kb::Signal{.id = "timeout", .title = {"a watchdog timed out", "看门狗超时"}},
                                   kb::Signal{.id = "xid79", .title = {"Xid 79", "Xid 79"}}};
constexpr std::array dead_uses = {kb::Use{"exit", kb::Weight::decisive, ""}, kb::Use{"timeout", kb::Weight::strong, ""},
                                  kb::Use{"progress", kb::Weight::against, ""}};
constexpr std::array lost_uses = {kb::Use{"xid79", kb::Weight::decisive, ""}};
constexpr std::array lost_explains = {"timeout"sv};
constexpr std::array<kb::Cause, 2> causes = {{{.id = "dead", .title = {"A peer died", "对端进程已退出"}, .uses = dead_uses},
                                              {.id = "lost", .title = {"GPU lost", "GPU 掉线"}, .uses = lost_uses, .explains = lost_explains}}};
const kb::Knowledge world = {.signals = kb_signals, .causes = causes};

std::string why(std::initializer_list<std::string_view> seen, ranking::Reduced timeout, const std::string& language = "en") {
  signals::Findings findings;
  for (auto id : seen) findings.present[std::string(id)] = {};
  ranking::RankedCause first{&causes[1], 1, 3.3, 0.9, {{&lost_uses[0], 4.5}}};
  ranking::RankedCause second{&causes[0], 1, -1.8, 0.03, {{&dead_uses[1], 0, timeout, timeout == ranking::Reduced::explained ? "lost" : ""}}};
  if (findings.find("progress")) second.terms.push_back({&dead_uses[2], -1.6});
  return why_not_first(world, findings, first, second, language);
}

TEST(WhyNotFirst, NamesWhatTheFirstHasAndWhatFollowsFromIt) {
  const auto text = why({"xid79", "timeout"}, ranking::Reduced::explained);
  EXPECT_THAT(text, HasSubstr("\"GPU lost\" has more for it: Xid 79."));
  EXPECT_THAT(text, HasSubstr("follows from \"GPU lost\": a watchdog timed out."));
  EXPECT_THAT(text, HasSubstr("Not seen, and it would decide for it: a process ended."));
  EXPECT_THAT(text, Not(HasSubstr("Against")));
}

TEST(WhyNotFirst, WhatDecidesIsNotMissedWhereItWasSeen) {
  EXPECT_THAT(why({"xid79", "exit"}, ranking::Reduced::no), Not(HasSubstr("Not seen")));
}

TEST(WhyNotFirst, ASignalThatSpeaksForTheFirstAndAgainstThisOneIsNamedOnce) {
  ranking::RankedCause first, second;
  first.cause = &causes[1];
  second.cause = &causes[0];
  first.score = 2;
  first.terms = {{.use = &lost_uses[0], .weight = 4}};
  second.terms = {{.use = &lost_uses[0], .weight = -2}, {.use = &dead_uses[2], .weight = -1}};
  const auto text = why_not_first(world, {}, first, second, "en");
  EXPECT_THAT(text, HasSubstr("has more for it: Xid 79. That speaks against this one. Against it: all ranks went on."));
}

TEST(WhyNotFirst, NamesWhatSpeaksAgainstIt) {
  EXPECT_THAT(why({"xid79", "progress"}, ranking::Reduced::no), HasSubstr("Against it: all ranks went on."));
}

TEST(WhyNotFirst, SaysWhenItWasOverBefore) { EXPECT_THAT(why({"xid79"}, ranking::Reduced::over), HasSubstr("over a day before")); }

TEST(WhyNotFirst, SpeaksChinese) { EXPECT_THAT(why({"xid79"}, ranking::Reduced::explained, "zh"), HasSubstr("“GPU 掉线”的后果：看门狗超时。")); }

}  // namespace
}  // namespace gpm::compose
