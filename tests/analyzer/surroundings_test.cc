// SPDX-License-Identifier: Apache-2.0
//
// What else happened: events that no signal points at, on the timeline beside those that one does.
#include "analyzer/compose/surroundings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/compose/inventory.h"
#include "analyzer/compose/platforms.h"
#include "analyzer/scan/scanner.h"

namespace gpm::compose {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t signal_at = 1773454629LL * second_ns;  // 2026-03-14T02:17:09Z
constexpr kb::Signal lost{.id = "kernel.xid.79", .title = {"Xid 79", "Xid 79"}, .role = kb::Role::candidate, .pattern = "Xid"};

class SurroundingsTest : public testing::Test {
 protected:
  void document(std::string_view path, std::string_view text) {
    scanner.begin(path);
    scanner.data(text);
    scanner.end("ok", "");
  }
  // "time title ×count source" of what was added to a timeline with one signal.
  std::vector<std::string> added(const std::string& language = "en") {
    finish();
    result.language = language;
    report::Moment signal;
    signal.kind = lost.id;
    signal.utc_ns = signal_at;
    signal.evidence_of = 1;
    result.timeline.push_back(signal);
    add_surroundings(store, findings, result);
    std::vector<std::string> list;
    for (const auto& m : result.timeline)
      if (m.kind != lost.id) list.push_back((m.time.empty() ? "-" : m.time.substr(11, 8)) + " " + m.title + " ×" + std::to_string(m.count) + " " + m.source);
    return list;
  }

  void finish() {
    if (!finished) store.finish("h");
    finished = true;
  }

  bool finished = false;
  kb::Knowledge knowledge{};
  store::Store store{"b", true};
  scan::Scanner scanner{knowledge, store};
  signals::Findings findings;
  report::Result result;
};

constexpr std::string_view events =
    "LAST SEEN   TYPE      REASON             OBJECT        MESSAGE\n"
    "20h         Warning   Evicted            pod/rerank    The node was low on resource: ephemeral-storage.\n"
    "19h         Warning   BackOff            pod/trainer   Back-off restarting failed container trainer in pod trainer_ml\n"
    "19h         Warning   BackOff            pod/trainer   Back-off restarting failed container sidecar in pod trainer_ml\n"
    "18h         Normal    Pulled             pod/trainer   Container image \"a\" already present on machine\n";

TEST_F(SurroundingsTest, WarningsOfKubernetesAreThereEvenWithoutATime) {
  document("events.txt", events);
  EXPECT_THAT(added(), ElementsAre("- Kubernetes: Evicted pod/rerank ×1 platform", "- Kubernetes: BackOff pod/trainer ×2 platform"));
}

TEST_F(SurroundingsTest, WhatASignalObservesIsNotThereTwice) {
  document("events.txt", events);
  finish();
  store::Statement s(store.database().get(), "SELECT document_id FROM events LIMIT 1");
  ASSERT_TRUE(s.step());
  auto& present = findings.present["kernel.xid.79"];
  present.signal = &lost;
  present.observations.emplace_back().document_id = s.integer(0);
  present.observations.back().line = 2;
  EXPECT_THAT(added(), ElementsAre("- Kubernetes: BackOff pod/trainer ×2 platform"));
}

TEST_F(SurroundingsTest, TheBootAndADriverLoadedLaterAreThereAndOldCrashesAreNot) {
  document("kern.log",
           "2026-03-13T20:00:00+00:00 gpu07 kernel: [    0.000000] Linux version 5.15.0-91-generic (buildd@host) #101-Ubuntu SMP\n"
           "2026-03-13T20:00:09+00:00 gpu07 kernel: [    9.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.86.10  Sat Aug 19 01:15:15 UTC 2023\n"
           "2026-03-13T22:00:09+00:00 gpu07 kernel: [ 7209.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n"
           "2026-03-10T20:00:09+00:00 gpu07 kernel: [    9.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.54.03  Sat Aug 19 01:15:15 UTC 2023\n"
           "2026-03-13T21:00:09+00:00 gpu07 kernel: python[77]: segfault at 0 ip 00007f00 sp 00007ffe error 4 in libc.so.6[7f00+1000]\n"
           "2026-03-14T02:17:00+00:00 gpu07 kernel: python[78]: segfault at 0 ip 00007f00 sp 00007ffe error 4 in libc.so.6[7f00+1000]\n");
  EXPECT_THAT(added(), ElementsAre("20:00:00 The host booted ×1 kernel", "22:00:09 The NVIDIA driver 535.104.05 was loaded ×1 kernel", "02:17:00 A segmentation fault ×1 kernel"));
}

TEST_F(SurroundingsTest, TheyAreOrderedAmongTheSignalsAndNeverEvidence) {
  document("kern.log", "2026-03-14T02:17:00+00:00 gpu07 kernel: python[78]: segfault at 0 ip 00007f00 sp 00007ffe error 4 in libc.so.6[7f00+1000]\n"
                       "2026-03-14T02:18:00+00:00 gpu07 kernel: python[79]: segfault at 8 ip 00007f00 sp 00007ffe error 4 in libm.so.6[7f00+1000]\n");
  document("other.log", "2026-03-14T02:19:00+00:00 gpu07 kernel: python[79]: segfault at 8 ip 00007f00 sp 00007ffe error 4 in libm.so.6[7f00+1000]\n");
  EXPECT_THAT(added("zh"), ElementsAre("02:17:00 段错误 ×2 kernel", "02:19:00 段错误 ×1 kernel"));
  ASSERT_EQ(result.timeline.size(), 3u);
  EXPECT_EQ(result.timeline[1].kind, "kernel.xid.79");
  EXPECT_EQ(result.timeline[0].evidence_of, 0);
  EXPECT_EQ(result.timeline[0].last_utc_ns, signal_at + 51 * second_ns);
}

TEST_F(SurroundingsTest, ThereAreNoneBesideNothing) {
  document("events.txt", events);
  store.finish("h");
  result.language = "en";
  add_surroundings(store, findings, result);
  EXPECT_THAT(result.timeline, IsEmpty());
}

TEST_F(SurroundingsTest, TheyAreFewHoweverManyThereAre) {
  std::string many = "LAST SEEN   TYPE      REASON    OBJECT      MESSAGE\n";
  for (int i = 0; i < 1500; ++i) many += "1h          Warning   BackOff   pod/p" + std::to_string(i) + "    Back-off restarting failed container\n";
  document("events.txt", many);
  EXPECT_EQ(added().size(), surrounding_moments);
  EXPECT_EQ(result.timeline_omitted, 1400u);
}

// Platforms.

report::Cause with_fixes() {
  report::Cause cause;
  for (const char* where : {"any", "bare-metal", "docker", "kubernetes", "slurm"}) cause.fixes.emplace_back().where = where;
  return cause;
}

std::vector<std::string> elsewhere(const report::Result& result) {
  std::vector<std::string> list;
  for (const auto& fix : result.causes[0].fixes)
    if (fix.elsewhere) list.push_back(fix.where);
  return list;
}

TEST_F(SurroundingsTest, FixesForPlatformsThatTheBundleDoesNotShowAreForElsewhere) {
  document("events.txt", events);
  store.finish("h");
  add_inventory(store, {}, result);
  result.causes.push_back(with_fixes());
  mark_fixes_for_elsewhere(store, result);
  EXPECT_THAT(elsewhere(result), ElementsAre("docker", "slurm"));
}

TEST_F(SurroundingsTest, ABundleWithoutAnyPlatformLeavesAllFixes) {
  document("train.log", "RuntimeError: CUDA error: out of memory\n");
  store.finish("h");
  add_inventory(store, {}, result);
  result.causes.push_back(with_fixes());
  mark_fixes_for_elsewhere(store, result);
  EXPECT_THAT(elsewhere(result), IsEmpty());
}

}  // namespace
}  // namespace gpm::compose
