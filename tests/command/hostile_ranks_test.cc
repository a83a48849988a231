// SPDX-License-Identifier: Apache-2.0
//
// Jobs whose logs state numbers that cannot be: whatever they say, memory and time stay bounded and the report comes out.
#include <fmt/format.h>

#include "tests/command/run_command.h"
#include "tests/parsers/torch/pickle_writer.h"

namespace gpm::test {
namespace {

using std::string_literals::operator""s;
namespace p = pickle;

// A run that takes longer has met something quadratic.
constexpr int longest_s = 120;
const std::vector<std::string> limited = {"timeout", std::to_string(longest_s)};

Ran analyzed(const std::string& input) {
  auto ran = analyze_json(input, {.before = limited});
  EXPECT_EQ(ran.status, 0) << ran.err;
  expect_bounded(ran);
  return ran;
}

std::string init_line(long host, long pid, const std::string& rank, const std::string& nranks, long communicator) {
  return fmt::format("n{}:{}:{} [0] NCCL INFO ncclCommInitRank comm 0x55d{:x} rank {} nranks {} cudaDev 0 nvmlDev 0 busId 1a000 commId 0x{:x} - Init START\n", host, pid, pid, communicator, rank,
                     nranks, communicator);
}

TEST(HostileRanks, NumbersThatAreNoRanks) {
  const std::vector<std::string> numbers = {"2147483647", "2147483648", "4294967296", "9223372036854775807", "18446744073709551616", "-1", "-2147483649", "1e9", ""};
  bundle::TemporaryFolder folder;
  std::string text;
  for (const auto& rank : numbers)
    for (const auto& nranks : numbers) {
      text += init_line(1, 7, rank, nranks, 1);
      text += fmt::format("n1:7:7 [0] NCCL INFO Channel 00/0 : {}[0] -> {}[1] via P2P/CUMEM\n", rank, nranks);
      text += fmt::format("n1:7:7 [0] init.cc:904 NCCL WARN Duplicate GPU detected : rank {} and rank {} both on CUDA device 1a000\n", rank, nranks);
      text += fmt::format("{}: [rank{}]:[E1103 08:11:02.1 ProcessGroupNCCL.cpp:607] [Rank {}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum={}, OpType=ALLREDUCE, NumelIn={}, "
                          "NumelOut=1, Timeout(ms)=1) ran for 2 milliseconds before timing out.\n", rank, nranks, rank, nranks, rank);
      text += fmt::format("  Rank {} has launched up to operation {} -- GPU 7 managed by process 9 on node n1\n", rank, nranks);
    }
  folder.put("b/job.log", text);
  const auto report = analyzed(folder / "b").json();
  EXPECT_NE(report["notes"].dump().find("impossible rank or number of ranks"), std::string::npos);
}

// A communicator of two thousand million is not allocated for, and those who are absent are not counted one by one.
TEST(HostileRanks, RanksBeyondTheCommunicator) {
  bundle::TemporaryFolder folder;
  std::string text;
  for (long i = 0; i < 20'000; ++i) text += init_line(1, 7, std::to_string(i), "8", 1);
  for (long i = 0; i < 1'000; ++i) text += init_line(i, 7, std::to_string(i * 900), "1000000", 2);
  folder.put("b/job.log", text);
  const auto report = analyzed(folder / "b").json();
  ASSERT_FALSE(report["communicators"].empty());
  for (const auto& communicator : report["communicators"]) EXPECT_LE(communicator.dump().size(), 1u << 20);
}

TEST(HostileRanks, AMillionCommunicators) {
  bundle::TemporaryFolder folder;
  std::string text;
  const long many = sanitized ? 50'000 : 1'000'000;
  for (long i = 0; i < many; ++i) text += init_line(i % 9, i % 30'000 + 1, "0", "1000000", i);
  text += "RuntimeError: CUDA error: an illegal memory access was encountered\n";
  folder.put("b/job.log", text);
  const auto report = analyzed(folder / "b").json();
  EXPECT_NE(report["notes"].dump().find("more NCCL processes or communicators than are followed"), std::string::npos);
  EXPECT_EQ(report["causes"][0]["id"], "app-illegal-memory-access") << report["causes"].dump().substr(0, 400);
}

TEST(HostileRanks, AMillionRanksOfOneCommunicator) {
  bundle::TemporaryFolder folder;
  std::string text;
  const long many = sanitized ? 50'000 : 1'000'000;
  for (long i = 0; i < many; ++i) text += init_line(i / 8, i % 8 + 1, std::to_string(i), "1000000", 1);
  folder.put("b/job.log", text);
  analyzed(folder / "b");
}

TEST(HostileRanks, TasksAndFilesWithoutEnd) {
  bundle::TemporaryFolder folder;
  std::string text;
  for (long i = 0; i < 200'000; ++i) text += fmt::format("{}: Traceback (most recent call last):\n{}: KeyError: 'x{}'\n", i, i, i);
  folder.put("b/job.out", text);
  for (long i = 0; i < 3'000; ++i) folder.put(fmt::format("b/logs/rank{}.log", i * 333), fmt::format("KeyError: 'x'\nValueError: {}\n", i));
  folder.put("b/logs/rank99999999999999999999.log", "KeyError: 'x'\n");
  analyzed(folder / "b");
}

// All ranks of a large job in one file: each says that it timed out, and none is left out.
TEST(HostileRanks, FourThousandRanksThatTimeOut) {
  bundle::TemporaryFolder folder;
  std::string text;
  constexpr int late = 2777, ranks = 4096;
  for (int rank = 0; rank < ranks; ++rank) {
    if (rank == late)
      text += fmt::format("[rank{0}]:[E1103 08:11:03.200000001 ProcessGroupNCCL.cpp:1746] [PG ID 0 PG GUID 0(default_pg) Rank {0}] Received a dump signal due to a collective timeout from  rank 3 and we will "
                          "try our best to dump the debug info. Last enqueued NCCL work: 30, last completed NCCL work: 30.\n", rank);
    else
      text += fmt::format("[rank{0}]:[E1103 08:11:02.100000001 ProcessGroupNCCL.cpp:632] [Rank {0}] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=31, OpType=ALLREDUCE, NumelIn=4, "
                          "NumelOut=4, Timeout(ms)=600000) ran for 600023 milliseconds before timing out.\n"
                          "[rank{0}]:[E1103 08:11:02.100100001 ProcessGroupNCCL.cpp:2271] [PG ID 0 PG GUID 0(default_pg) Rank {0}]  failure detected by watchdog at work sequence id: 31 PG status: "
                          "last enqueued work: 31, last completed work: 30\n", rank);
  }
  folder.put("b/job.log", text);
  const auto report = analyzed(folder / "b").json();
  ASSERT_FALSE(report["causes"].empty());
  EXPECT_EQ(report["causes"][0]["id"], "straggler-or-slow-rank");
  EXPECT_EQ(report["causes"][0]["where"]["ranks"], nlohmann::json::array({late}));
  EXPECT_EQ(report["notes"].dump().find("interrupted"), std::string::npos) << report["notes"].dump();
}

std::vector<p::Group> groups(long many) {
  std::vector<p::Group> all;
  for (long i = 0; i < many; ++i) all.push_back({std::to_string(i), "pg" + std::to_string(i), "[0, 1]"});
  return all;
}

TEST(HostileRanks, FlightRecorderOfAMillionRanksGroupsAndEntries) {
  bundle::TemporaryFolder folder;
  std::string everybody = "[0";
  for (long i = 1; i < 1'000'000; ++i) everybody += ", " + std::to_string(i);
  everybody += "]";
  folder.put("b/nccl_trace_rank_0", p::dump({{"0", "default_pg", everybody}}, {{.record = 0, .seq = 41, .state = "started"}}));
  folder.put("b/nccl_trace_rank_1", p::dump(groups(100'000), {{.record = 0, .seq = 41, .state = "started"}}));
  std::vector<p::Collective> entries;
  for (int i = 0; i < 20'000; ++i) entries.push_back({.record = i, .seq = i, .state = "started"});
  folder.put("b/nccl_trace_rank_2", p::dump({{"0", "default_pg", "[0, 1, 2]"}}, entries));
  analyzed(folder / "b");
}

TEST(HostileRanks, FlightRecorderJsonWithNumbersThatAreNone) {
  bundle::TemporaryFolder folder;
  int rank = 0;
  for (const std::string number : {"9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e300", "-1", "null", "\"9\""})
    folder.put(fmt::format("b/nccl_trace_rank_{}.json", rank++),
               fmt::format(R"({{"version":"2.10","pg_config":{{"0":{{"name":"0","desc":"default_pg","ranks":"[0, 1, {0}]"}}}},"pg_status":{{"0":{{"last_enqueued_collective":{0},"last_started_collective":{0},)"
                           R"("last_completed_collective":{0}}}}},"entries":[{{"record_id":{0},"pg_id":{0},"process_group":["0","default_pg"],"collective_seq_id":{0},"p2p_seq_id":{0},"op_id":{0},)"
                           R"("profiling_name":"nccl:all_reduce","time_created_ns":{0},"input_sizes":[[{0}]],"input_dtypes":["Float"],"output_sizes":[[{0}]],"output_dtypes":["Float"],"state":"scheduled",)"
                           R"("timeout_ms":{0},"is_p2p":false}}]}})", number));
  folder.put("b/rank0.log", "[rank0]:[E1103 08:11:02.1 ProcessGroupNCCL.cpp:607] [Rank 0] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=9223372036854775807, OpType=ALLREDUCE, NumelIn=4, "
                             "NumelOut=4, Timeout(ms)=600000) ran for 600023 milliseconds before timing out.\n");
  analyzed(folder / "b");
}

}  // namespace
}  // namespace gpm::test
