// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/flight_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "parsers/torch/rank_list.h"
#include "tests/parsers/capture.h"
#include "tests/parsers/recording_sink.h"
#include "tests/parsers/torch/pickle_writer.h"

namespace gpm::parsers::torch {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
namespace p = gpm::test::pickle;

test::RecordingSink read(const std::string& document, const std::string& path = "nccl_trace_rank_0") {
  test::RecordingSink sink;
  FlightRecorder parser;
  if (!parser.sniff(std::string_view(document).substr(0, 4096), path)) return sink;
  parser.lies_at(path);
  parser.parse(document, sink);
  return sink;
}

std::string data(const std::string& name) {
  std::ifstream in(GPM_SOURCE_DIR "/tests/parsers/torch/data/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string attribute(const facts::Event& event, const char* key) {
  const auto found = event.attributes.find(key);
  return found == event.attributes.end() ? "(none)" : found->second;
}

std::vector<std::string> of_entries(const test::RecordingSink& sink, const char* key) {
  std::vector<std::string> values;
  for (const auto& e : sink.of_kind("torch.flight_entry")) values.push_back(attribute(e, key));
  return values;
}

// Two H100, rank 1 evaluates on the host, rank 0 waits in its second all_reduce (torch 2.10, NCCL 2.28.9).
TEST(FlightRecorder, ARankThatWaits) {
  const auto sink = read(data("nccl_trace_rank_0"));
  EXPECT_THAT(sink.notes, IsEmpty());
  const auto dumps = sink.of_kind("torch.flight_dump");
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_EQ(dumps[0].place.rank, 0);
  EXPECT_EQ(attribute(dumps[0], "version"), "2.10");
  EXPECT_EQ(attribute(dumps[0], "library_version"), "2.28.9");
  const auto groups = sink.of_kind("torch.flight_group");
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(attribute(groups[0], "group_name"), "default_pg");
  EXPECT_EQ(attribute(groups[0], "ranks"), "0-1");
  EXPECT_EQ(attribute(groups[0], "last_enqueued"), "2");
  EXPECT_EQ(attribute(groups[0], "last_completed"), "1");
  EXPECT_EQ(attribute(groups[0], "pending_seq"), "2");
  EXPECT_THAT(of_entries(sink, "state"), ElementsAre("completed", "scheduled"));
  const auto last = sink.of_kind("torch.flight_entry").back();
  EXPECT_EQ(attribute(last, "op"), "all_reduce");
  EXPECT_EQ(attribute(last, "numel_in"), "4194304");
  EXPECT_EQ(attribute(last, "dtypes_in"), "Float");
  EXPECT_EQ(attribute(last, "frame"), "/opt/train/ranks.py:28 in <module>");
  EXPECT_EQ(last.time.utc_ns, 1'795'301'568'062'230'472);
  EXPECT_EQ(last.at.text,
            "rank 0, process group 0 (default_pg): collective 2 all_reduce, input [[4194304]] Float, output [[4194304]] "
            "Float, scheduled; /opt/train/ranks.py:28 in <module>");
}

TEST(FlightRecorder, TheRankThatIsWaitedFor) {
  const auto group = read(data("nccl_trace_rank_1"), "logs/nccl_trace_rank_1").of_kind("torch.flight_group").at(0);
  EXPECT_EQ(group.place.rank, 1);
  EXPECT_EQ(attribute(group, "last_seq"), "1");
  EXPECT_EQ(attribute(group, "pending"), "0");
  EXPECT_EQ(attribute(group, "pending_seq"), "(none)");
}

// Ranks count their groups each for itself: rank 1's group number 2 is named 3.
TEST(FlightRecorder, StatusOfAGroupThatIsNumberedOtherwise) {
  const auto file = test::shared_file("cases/h100-torchrun-straggler/files/nccl_trace_rank_1");
  if (!file) GTEST_SKIP() << "no shared captures";
  const auto sink = read(*file, "nccl_trace_rank_1");
  const auto groups = sink.of_kind("torch.flight_group");
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(attribute(groups[2], "group"), "3");
  EXPECT_EQ(attribute(groups[2], "ranks"), "1");
  EXPECT_EQ(attribute(groups[2], "last_enqueued"), "31");
  EXPECT_EQ(attribute(groups[2], "last_seq"), "31");
  // Of 93 collectives, 16 of each group are kept where nothing is outstanding.
  EXPECT_EQ(sink.of_kind("torch.flight_entry").size(), 48u);
}

// torch 2.2: seq_id, no process_group, groups by number with lists of ranks, no status.
TEST(FlightRecorder, Version1) {
  const auto entry = [](int seq, const char* state) {
    return p::map({{"record_id", p::number(seq)}, {"pg_id", p::number(0)}, {"seq_id", p::number(seq)}, {"op_id", p::number(seq)},
                   {"profiling_name", p::text("nccl:all_gather")}, {"time_created_ns", p::number(1'700'000'000'000'000'000)},
                   {"input_sizes", p::list({p::list({p::number(3), p::number(4)})})}, {"output_sizes", p::list({})},
                   {"state", p::text(state)}, {"retired", p::boolean(false)}, {"frames", p::list({})}});
  };
  const auto config = "}(K\0"s + p::list({p::number(0), p::number(1), p::number(2)}) + "u";
  const auto sink = read(p::file(p::map({{"entries", p::list({entry(6, "completed"), entry(7, "started")})},
                                         {"version", p::text("1.4")}, {"pg_config", config}})),
                         "/tmp/nccl_trace_rank_2");
  const auto groups = sink.of_kind("torch.flight_group");
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].place.rank, 2);
  EXPECT_EQ(attribute(groups[0], "ranks"), "0-2");
  EXPECT_EQ(attribute(groups[0], "last_enqueued"), "(none)");
  EXPECT_EQ(attribute(groups[0], "pending_seq"), "7");
  EXPECT_THAT(of_entries(sink, "sizes_in"), ElementsAre("[[3, 4]]", "[[3, 4]]"));
  EXPECT_THAT(of_entries(sink, "numel_in"), ElementsAre("12", "12"));
  EXPECT_THAT(of_entries(sink, "dtypes_in"), ElementsAre("(none)", "(none)"));
}

// 2.0: a group has a name, not yet a description; 2.1 numbers collectives and point-to-point apart.
TEST(FlightRecorder, Version2Begins) {
  const auto entry = [](const char* seq_key, const std::string& group) {
    return p::file(p::map({{"version", p::text("2.0")},
                           {"pg_config", p::map({{"4", p::map({{"name", p::text("4")}, {"ranks", p::text("[0, 8, 16]")}})}})},
                           {"entries", p::list({p::map({{"record_id", p::number(0)}, {"process_group", group},
                                                        {seq_key, p::number(5)}, {"profiling_name", p::text("nccl:broadcast")},
                                                        {"state", p::text("scheduled")}})})}}));
  };
  for (const auto& dump : {entry("seq_id", p::text("4")), entry("collective_seq_id", p::pair(p::text("4"), p::text("undefined")))}) {
    const auto sink = read(dump, "trace_8");
    const auto group = sink.of_kind("torch.flight_group").at(0);
    EXPECT_EQ(group.place.rank, 8);
    EXPECT_EQ(attribute(group, "ranks"), "0,8,16");
    EXPECT_EQ(attribute(group, "group_name"), "(none)");
    EXPECT_EQ(attribute(group, "pending_seq"), "5");
    EXPECT_THAT(of_entries(sink, "op"), ElementsAre("broadcast"));
  }
}

// The debug handler's form: keys sorted, numbers of the status as texts, 0 for no time, no frames.
TEST(FlightRecorder, Json) {
  const auto sink = read(R"({"entries":[{"collective_seq_id":9,"input_dtypes":["BFloat16"],"input_sizes":[[8,16]],"is_p2p":false,"op_id":9,
"output_dtypes":["BFloat16"],"output_sizes":[[64,16]],"p2p_seq_id":0,"pg_id":0,"process_group":["0","default_pg"],
"profiling_name":"nccl:_all_gather_base","record_id":8,"retired":false,"state":"started","time_created_ns":1795301567919040717,
"time_discovered_completed_ns":0,"time_discovered_started_ns":1795301567919040999,"timeout_ms":600000}],
"pg_config":{"0":{"desc":"default_pg","name":"0","ranks":"[0, 1, 2, 3, 4, 5, 6, 7]"}},
"pg_status":{"0":{"last_completed_collective":"8","last_enqueued_collective":"9","last_started_collective":"9"}},"version":"2.4"})",
                         "rank3.json");
  EXPECT_THAT(sink.notes, IsEmpty());
  const auto group = sink.of_kind("torch.flight_group").at(0);
  EXPECT_EQ(group.place.rank, 3);
  EXPECT_EQ(attribute(group, "last_completed"), "8");
  EXPECT_EQ(attribute(group, "pending_seq"), "9");
  const auto entry = sink.of_kind("torch.flight_entry").at(0);
  EXPECT_EQ(attribute(entry, "numel_out"), "1024");
  EXPECT_EQ(attribute(entry, "state"), "started");
  EXPECT_EQ(entry.at.line, 1u);
}

TEST(FlightRecorder, JsonThatIsCutOffOrTooDeep) {
  const auto head = R"({"version":"2.4","pg_config":{"0":{"desc":"default_pg","ranks":"[0, 1]"}},"pg_status":)"s;
  const auto cut = read(head + R"({"0":{"last_enq)");
  EXPECT_EQ(cut.of_kind("torch.flight_group").size(), 1u);
  ASSERT_EQ(cut.notes.size(), 1u);
  EXPECT_THAT(cut.notes[0].reason, HasSubstr("ends or is damaged"));
  const auto deep = read(head + std::string(100'000, '['));
  ASSERT_EQ(deep.notes.size(), 1u);
  EXPECT_THAT(deep.notes[0].reason, HasSubstr("nested too deep"));
}

TEST(FlightRecorder, SendAndReceiveNameTheirPeer) {
  const auto sink = read(p::dump({{"5", "pp", "[1, 3]"}}, {{.operation = "recv 1<-0", .state = "scheduled", .group = "5", .p2p = true}}),
                         "nccl_trace_rank_3");
  const auto entry = sink.of_kind("torch.flight_entry").at(0);
  EXPECT_EQ(attribute(entry, "op"), "recv");
  EXPECT_EQ(attribute(entry, "peer"), "1") << "member 0 of the group is rank 1";
  EXPECT_EQ(attribute(entry, "p2p"), "yes");
  const auto group = sink.of_kind("torch.flight_group").at(0);
  EXPECT_EQ(attribute(group, "pending_p2p"), "1");
  EXPECT_EQ(attribute(group, "pending_seq"), "(none)");
}

// Two thousand collectives: those around the first that is not completed.
TEST(FlightRecorder, OnlyWhatMattersIsKept) {
  std::vector<p::Collective> all;
  for (int i = 0; i < 2000; ++i)
    all.push_back({.record = 7000 + i, .seq = 7001 + i, .state = i < 1500 ? "completed" : "scheduled"});
  const auto sink = read(p::dump({{"0", "default_pg", "[0, 1]"}}, all));
  const auto seqs = of_entries(sink, "seq");
  ASSERT_EQ(seqs.size(), 32u);
  EXPECT_EQ(seqs.front(), "8485");
  EXPECT_EQ(seqs[16], "8501");
  const auto group = sink.of_kind("torch.flight_group").at(0);
  EXPECT_EQ(attribute(group, "first_seq"), "7001");
  EXPECT_EQ(attribute(group, "pending"), "500");
  EXPECT_EQ(attribute(sink.of_kind("torch.flight_dump").at(0), "first_record"), "7000");
}

TEST(FlightRecorder, TheRankIsInTheName) {
  EXPECT_EQ(rank_of_name("/tmp/nccl_trace_rank_3"), 3);
  EXPECT_EQ(rank_of_name("dumps/x_dump_12"), 12);
  EXPECT_EQ(rank_of_name("node7_HOST_31"), 31);
  EXPECT_EQ(rank_of_name("nccl_trace_rank_3.json.gz"), 3);
  EXPECT_EQ(rank_of_name("rank5_20260101.pkl"), 5);
  EXPECT_EQ(rank_of_name("trace-rank=7"), 7);
  EXPECT_EQ(rank_of_name("16"), 16);
  EXPECT_EQ(rank_of_name("nccl_trace"), std::nullopt);
  EXPECT_EQ(rank_of_name("rank_"), std::nullopt);
  EXPECT_EQ(rank_of_name("trace_99999999999"), std::nullopt);
}

TEST(FlightRecorder, TheGroupsKnowBetterThanTheName) {
  const std::vector<p::Group> groups = {{"0", "default_pg", "[0, 1, 2, 3]"}, {"6", "tp", "[2, 3]"}, {"7", "dp", "[0, 2]"}};
  const auto copied = read(p::dump(groups, {p::Collective{}}), "nccl_trace_rank_0 (2)");
  EXPECT_EQ(copied.of_kind("torch.flight_dump").at(0).place.rank, 2);
  const auto nameless = read(p::dump(groups, {p::Collective{}}), "dump");
  EXPECT_EQ(nameless.of_kind("torch.flight_dump").at(0).place.rank, 2);
  EXPECT_THAT(nameless.notes, IsEmpty());
  const auto foreign = read(p::dump({{"0", "default_pg", "[0, 1]"}}, {p::Collective{}}), "nccl_trace_rank_9");
  EXPECT_EQ(foreign.of_kind("torch.flight_dump").at(0).place.rank, std::nullopt);
  ASSERT_EQ(foreign.notes.size(), 1u);
  EXPECT_THAT(foreign.notes[0].reason, HasSubstr("not in the dump's process groups"));
}

TEST(FlightRecorder, RanksAsText) {
  EXPECT_EQ(ranks_text(read_ranks("[0, 1, 2, 3, 8, 16, 17]")), "0-3,8,16-17");
  EXPECT_THAT(read_ranks("0-2,9"), ElementsAre(0, 1, 2, 9));
  EXPECT_THAT(read_ranks("[]"), IsEmpty());
  EXPECT_THAT(read_ranks("-1, x, 3-1, 99999999"), IsEmpty());
}

// Somebody's model, and a dump's name on an attack.
TEST(FlightRecorder, OtherPickles) {
  FlightRecorder parser;
  EXPECT_FALSE(parser.sniff("\x80\2ccollections\nOrderedDict\nq\0)R."s, "model.pkl"));
  EXPECT_FALSE(parser.sniff("{\"apiVersion\": \"v1\"}", "nccl_trace_rank_0"));
  const auto attack = read("\x80\2cposix\nsystem\nX\2\0\0\0id\x85R."s);
  EXPECT_THAT(attack.events, IsEmpty());
  ASSERT_EQ(attack.notes.size(), 1u);
  EXPECT_EQ(attack.notes[0].reason,
            "not read: pickle opcode GLOBAL (0x63) at byte 2 is none that a flight recorder's dump has");
}

// What every fact promises holds for whatever the bytes are.
void check(const std::string& document) {
  const auto sink = read(document);
  const auto lines = static_cast<std::uint64_t>(std::count(document.begin(), document.end(), '\n')) + 1;
  EXPECT_LE(sink.events.size(), 1000u);
  for (const auto& e : sink.events) {
    EXPECT_GE(e.at.line, 1u);
    EXPECT_LE(e.at.line, lines);
    EXPECT_LE(e.at.text.size(), text::max_evidence_bytes);
  }
}

TEST(FlightRecorder, CutAtEveryByte) {
  const auto whole = data("nccl_trace_rank_0");
  for (std::size_t size = 0; size < whole.size(); ++size) check(whole.substr(0, size));
}

TEST(FlightRecorder, TenThousandMutations) {
  std::mt19937 random(20'260'101);
  const std::string seeds[] = {data("nccl_trace_rank_0"), data("nccl_trace_rank_1"),
                               p::dump({{"0", "default_pg", "[0, 1]"}, {"1", "pp", "[0, 1]"}},
                                       {{.operation = "send 0->1", .group = "1", .p2p = true}, {.record = 1, .state = "started"}})};
  const auto below = [&](std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); };
  for (int i = 0; i < 10'000; ++i) {
    auto document = seeds[below(3)];
    for (auto edits = 1 + below(8); edits > 0 && document.size() > 8; --edits) {
      const auto at = 2 + below(document.size() - 2);
      switch (below(4)) {
        case 0: document[at] = static_cast<char>(below(256)); break;
        case 1: document.erase(at, 1 + below(16)); break;
        case 2: document.insert(at, document.substr(below(document.size()), 1 + below(64))); break;
        default: document[at] = "}](eu.qrhjXKMJNat\x86\x88\x8a"[below(20)];
      }
    }
    check(document);
  }
}

}  // namespace
}  // namespace gpm::parsers::torch
