// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/communicator_line.h"

#include "parsers/text/fields.h"

namespace gpm::parsers::nccl {
namespace {

using facts::RankPhase;

// A record of up to 2.28 is cut at 1024 bytes without a mark; a list that comes near that may be incomplete.
constexpr std::size_t max_whole_list_bytes = 900;

// Takes the next blank-separated word off `text`.
std::string_view take_word(std::string_view& text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

bool read_stage(std::string_view text, Stage& stage) {
  if (text.ends_with("Init START"))
    stage = Stage::init_start;
  else if (text.ends_with("Init COMPLETE"))
    stage = Stage::init_complete;
  else if (text.ends_with("Destroy COMPLETE"))
    stage = Stage::destroyed;
  else if (text.ends_with("Abort COMPLETE") || text.ends_with("Abort START"))
    stage = Stage::aborted;
  else if (text::contains(text, " nRanks ") && text::contains(text, " nNodes "))
    stage = Stage::graphs_exchanged;
  else
    return false;
  return true;
}

// "7[7]", "3[50000]", "3" -> 7, 3, 3
std::optional<std::int64_t> rank_number(std::string_view word) {
  const auto rank = text::integer(word.substr(0, word.find('[')));
  return rank && *rank >= 0 && *rank < max_ranks ? rank : std::nullopt;
}

std::string_view transport_kind(std::string_view transport) {
  if (transport.starts_with("P2P")) return "p2p";
  if (transport.starts_with("SHM") || transport.starts_with("direct shared memory")) return "shm";
  if (transport.starts_with("NET/IB")) return "net-ib";
  if (transport.starts_with("NET/Socket")) return "net-socket";
  if (transport.starts_with("NET/") || transport.starts_with("COLLNET/")) return "net-other";
  return {};
}

// "Channel 00/24 : 0 1 2 3" and the same without "/24": the ranks of a ring in order.
bool read_ring_plan(std::string_view text, PhaseLine& line) {
  if (!text.starts_with("Channel ") && !text.starts_with("Ring ")) return false;
  const auto colon = text.find(" : ");
  if (colon == std::string_view::npos || text::contains(text, " via ")) return false;
  auto rest = text.substr(colon + 3);
  const bool whole = text.size() < max_whole_list_bytes;
  std::int64_t ranks = 0;
  for (auto word = take_word(rest); !word.empty(); word = take_word(rest), ++ranks)
    if (!rank_number(word)) return false;
  if (ranks == 0) return false;
  line.phase = RankPhase::channels;
  line.rank = 0;
  if (whole) line.nranks = ranks;
  return true;
}

// "Trees [0] 1/-1/-1->0->-1 ..." and 2.5's "1/-1/-1->0->-1|-1->0->1/-1/-1"
bool read_trees(std::string_view text, PhaseLine& line) {
  if (!text.starts_with("Trees [")) return false;
  line.phase = RankPhase::channels;
  const auto first = text.find("->");
  if (first == std::string_view::npos) return true;
  const auto second = text.find("->", first + 2);
  if (second != std::string_view::npos) line.rank = rank_number(text.substr(first + 2, second - first - 2));
  return true;
}

struct Opening {
  std::string_view text;
  RankPhase phase;
  bool of_process = false;
  bool only_in_init = true;
};

// Texts by how they open; versions in reference form are those that print them.
constexpr Opening openings[] = {
    {"Bootstrap : Using", RankPhase::bootstrap, true},  // up to 2.23
    {"Bootstrap: Using", RankPhase::bootstrap, true},   // 2.24 and later
    {"Using network ", RankPhase::network},
    {"Bootstrap timings ", RankPhase::joined},  // 2.23 and later: all ranks have met
    {"MNNVL busId ", RankPhase::topology},
    {"Setting affinity for GPU ", RankPhase::topology},  // up to 2.27
    {"ncclTopoGetCpuAffinity: ", RankPhase::topology},   // 2.28 and later
    {"NVLS multicast support ", RankPhase::topology},
    {"P2P is disabled between ", RankPhase::topology},
    {"=== System : ", RankPhase::topology},
    {"Pattern ", RankPhase::topology},
    {"P2P Chunksize set to ", RankPhase::channels},
    {"Check P2P Type ", RankPhase::channels},
    {"[Proxy Service", RankPhase::channels},
    {"Connected all rings", RankPhase::connected, false, false},
    {"Connected all trees", RankPhase::connected, false, false},
    {"Connected binomial trees", RankPhase::connected, false, false},
    {"Connected NVLS tree", RankPhase::connected, false, false},
    {"Connected collnet", RankPhase::connected, false, false},
    {"Connected Collnet", RankPhase::connected, false, false},
};

}  // namespace

std::optional<CommunicatorLine> read_communicator_line(std::string_view text) {
  CommunicatorLine line;
  if (!read_stage(text, line.stage)) return std::nullopt;
  if (text.starts_with("[Rank ")) {
    const auto end = text.find("] ");
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 2);
  }
  auto word = take_word(text);
  if (word != "comm") {
    line.function = word;
    word = take_word(text);
  }
  if (word != "comm") return std::nullopt;
  line.pointer = take_word(text);
  if (!line.pointer.starts_with("0x") || line.pointer.size() > 18 || !text::hexadecimal(line.pointer))
    return std::nullopt;
  for (int pair = 0; pair < 16; ++pair) {
    const auto key = take_word(text);
    if (key.empty() || key == "-" || key == "Init") break;
    auto value = take_word(text);
    const bool last = value.size() > 1 && value.ends_with('-');  // "key 0- Init START" of 2.23 and later
    if (last) value.remove_suffix(1);
    if (key == "rank")
      line.rank = text::integer(value);
    else if (key == "nranks" || key == "nRanks")
      line.nranks = text::integer(value);
    else if (key == "cudaDev")
      line.cuda_dev = text::integer(value);
    else if (key == "nvmlDev")
      line.nvml_dev = text::integer(value);
    else if (key == "busId")
      line.bus_id = value;
    else if (key == "commId")
      line.comm_id = value;
    else if (key == "parent")
      line.parent = value;
    else if (key == "color")
      line.color = text::integer(value);
    else if (key == "splitCount" || key == "childCount")
      line.split_count = text::integer(value);
    if (last) break;
  }
  return line;
}

std::optional<CollectiveLine> read_collective_line(std::string_view text) {
  const auto colon = text.find(": opCount ");
  if (colon == std::string_view::npos || colon == 0 || colon > 32) return std::nullopt;
  CollectiveLine line;
  line.operation = text.substr(0, colon);
  text.remove_prefix(colon + 2);
  for (int pair = 0; pair < 16; ++pair) {
    const auto key = take_word(text), value = take_word(text);
    if (key == "opCount")
      line.op_count = text::hexadecimal(value);
    else if (key == "count")
      line.count = value;
    else if (key == "datatype")
      line.datatype = value;
    else if (key == "comm") {
      line.pointer = value;
      break;
    }
  }
  if (!line.op_count || !line.pointer.starts_with("0x")) return std::nullopt;
  return line;
}

std::optional<TransportLine> read_transport_line(std::string_view text) {
  if (!text.starts_with("Channel ") && !text.starts_with("Ring ")) return std::nullopt;
  const auto via = text.find(" via ");
  if (via == std::string_view::npos) return std::nullopt;
  TransportLine line;
  line.transport = text.substr(via + 5);
  // RCCL appends " comm 0x... nRanks N ..."; blanks within a transport's name are few ("NET/AWS Libfabric/0").
  if (const auto comm = line.transport.find(" comm "); comm != std::string_view::npos)
    line.transport = line.transport.substr(0, comm);
  line.kind = transport_kind(line.transport);
  if (line.kind.empty()) return std::nullopt;
  auto rest = text.substr(0, via);
  take_word(rest);
  line.channel = take_word(rest);
  if (take_word(rest) != ":") return std::nullopt;
  const auto from = rank_number(take_word(rest));
  if (take_word(rest) != "->") return std::nullopt;
  const auto to = rank_number(take_word(rest));
  if (!from || !to) return std::nullopt;
  line.from = *from;
  line.to = *to;
  const auto direction = take_word(rest);
  if (direction == "[send]") line.direction = "send";
  if (direction == "[receive]") line.direction = "receive";
  line.printed_by = line.direction == "receive" ? line.to : line.from;
  return line;
}

std::optional<PhaseLine> read_phase_line(std::string_view text) {
  PhaseLine line;
  if (read_trees(text, line) || read_ring_plan(text, line)) return line;
  if (const auto via = read_transport_line(text)) {
    line.phase = RankPhase::connecting;
    line.only_in_init = false;
    line.rank = via->printed_by;
    return line;
  }
  for (const auto& opening : openings) {
    if (!text.starts_with(opening.text)) continue;
    line.phase = opening.phase;
    line.of_process = opening.of_process;
    line.only_in_init = opening.only_in_init;
    return line;
  }
  return std::nullopt;
}

}  // namespace gpm::parsers::nccl
