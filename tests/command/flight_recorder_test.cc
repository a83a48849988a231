// SPDX-License-Identifier: Apache-2.0
//
// Bundles that hold the flight recorder's dumps of a job, as a user hands them in.
#include "tests/command/run_command.h"
#include "tests/parsers/torch/pickle_writer.h"

namespace gpm::test {
namespace {

using std::string_literals::operator""s;
namespace p = pickle;

const std::vector<p::Group> world = {{"0", "default_pg", "[0, 1, 2, 3, 4, 5, 6, 7]"}};

std::string waiting(const std::string& operation = "all_reduce") {
  return p::dump(world, {{.record = 0, .seq = 41}, {.record = 1, .seq = 42, .operation = operation, .state = "started"}});
}

nlohmann::json first_cause(const nlohmann::json& report) {
  return report["causes"].empty() ? nlohmann::json{} : report["causes"][0];
}

TEST(FlightRecorderBundle, NamesTheRankThatNeverCame) {
  bundle::TemporaryFolder folder;
  for (int rank = 0; rank < 8; ++rank)
    folder.put("b/fr/nccl_trace_rank_" + std::to_string(rank), rank == 5 ? p::dump(world, {{.record = 0, .seq = 41}}) : waiting());
  const auto report = analyze_json(folder / "b").json();
  const auto cause = first_cause(report);
  EXPECT_EQ(cause["id"], "straggler-or-slow-rank");
  EXPECT_EQ(cause["where"]["ranks"], nlohmann::json::array({5}));
  EXPECT_EQ(document(report, "fr/nccl_trace_rank_5")["format"], "flight-recorder");
  const auto evidence = cause["evidence"].dump();
  EXPECT_NE(evidence.find("rank 5, process group 0 (default_pg) of ranks 0-7"), std::string::npos) << evidence;
}

TEST(FlightRecorderBundle, NamesTheRankThatIssuedSomethingElse) {
  bundle::TemporaryFolder folder;
  for (int rank = 0; rank < 8; ++rank)
    folder.put("b/dump_" + std::to_string(rank) + ".pkl", waiting(rank == 3 ? "broadcast" : "all_reduce"));
  const auto cause = first_cause(analyze_json(folder / "b").json());
  EXPECT_EQ(cause["id"], "collective-mismatch");
  EXPECT_EQ(cause["where"]["ranks"], nlohmann::json::array({3}));
}

// Everybody waits: that names nobody.
TEST(FlightRecorderBundle, BlamesNobodyWhereAllWait) {
  bundle::TemporaryFolder folder;
  for (int rank = 0; rank < 8; ++rank) folder.put("b/nccl_trace_rank_" + std::to_string(rank), waiting());
  const auto report = analyze_json(folder / "b").json();
  for (const auto& cause : report["causes"]) {
    EXPECT_NE(cause["id"], "straggler-or-slow-rank");
    EXPECT_NE(cause["id"], "collective-mismatch");
    EXPECT_TRUE(cause["where"]["ranks"].empty()) << cause.dump();
  }
  EXPECT_NE(report["verdict"]["status"], "no-fault-found");
}

// Dumped at the end of a good run.
TEST(FlightRecorderBundle, ARunThatEndedWell) {
  bundle::TemporaryFolder folder;
  for (int rank = 0; rank < 8; ++rank)
    folder.put("b/nccl_trace_rank_" + std::to_string(rank), p::dump(world, {{.record = 0, .seq = 41}}));
  EXPECT_TRUE(analyze_json(folder / "b").json()["causes"].empty());
}

TEST(FlightRecorderBundle, HostilePicklesAreNamedAndBounded) {
  bundle::TemporaryFolder folder;
  folder.put("b/nccl_trace_rank_0", "\x80\2cposix\nsystem\nX\x10\0\0\0touch /tmp/pwnedx\x85R."s);
  folder.put("b/nccl_trace_rank_1", "\x80\2}(X\x9\0\0\0pg_config"s + std::string(15 << 20, '}'));
  folder.put("b/nccl_trace_rank_2", "\x80\2}(X\x9\0\0\0pg_config"s + std::string(15 << 20, '('));
  std::string memo = "\x80\2}(X\x9\0\0\0pg_config]q\0"s;
  while (memo.size() < (15u << 20)) memo += "h\0"s;
  folder.put("b/nccl_trace_rank_3", memo);
  folder.put("b/nccl_trace_rank_4", "\x80\2}(X\x9\0\0\0pg_config"s + std::string(20 << 20, '}'));
  const auto ran = analyze_json(folder / "b");
  EXPECT_EQ(ran.status, 0) << ran.err;
  expect_bounded(ran);
  const auto notes = ran.json()["notes"].dump();
  for (auto part : {"opcode GLOBAL (0x63) at byte 2", "too many values", "too many open collections", "ends in the middle",
                    "too large to be read as a whole"})
    EXPECT_NE(notes.find(part), std::string::npos) << part << " in " << notes;
}

}  // namespace
}  // namespace gpm::test
