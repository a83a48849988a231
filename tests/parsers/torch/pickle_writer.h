// SPDX-License-Identifier: Apache-2.0
//
// Pickles for tests, written opcode by opcode: values as PyTorch writes them (protocol 2), and whole dumps of a rank.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gpm::test::pickle {

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

inline std::string text(std::string_view value) { return "X" + little_endian(value.size(), 4) + std::string(value); }
inline std::string number(std::int64_t value) { return "\x8a\x08" + little_endian(static_cast<std::uint64_t>(value), 8); }
inline std::string boolean(bool value) { return value ? "\x88" : "\x89"; }
inline std::string none() { return "N"; }

inline std::string list(const std::vector<std::string>& items) {
  std::string out = "](";
  for (const auto& item : items) out += item;
  return out + "e";
}
inline std::string pair(const std::string& a, const std::string& b) { return a + b + "\x86"; }

using Fields = std::vector<std::pair<std::string, std::string>>;  // name, pickled value
inline std::string map(const Fields& fields) {
  std::string out = "}(";
  for (const auto& [name, value] : fields) out += text(name) + value;
  return out + "u";
}
inline std::string file(const std::string& value) { return "\x80\x02" + value + "."; }

// One collective as version 2.10 writes it.
struct Collective {
  int record = 0, seq = 1;
  std::string operation = "all_reduce";
  int elements = 4096;
  std::string state = "completed";
  std::string group = "0", description = "default_pg", type = "Float";
  bool p2p = false;
};
inline std::string entry(const Collective& c) {
  return map({{"frames", list({map({{"name", text("all_reduce")},
                                    {"filename", text("/opt/venv/lib/python3.12/site-packages/torch/distributed/distributed_c10d.py")},
                                    {"line", number(3068)}}),
                               map({{"name", text("step")}, {"filename", text("/opt/train/step.py")}, {"line", number(88)}})})},
              {"record_id", number(c.record)},
              {"pg_id", number(0)},
              {"process_group", pair(text(c.group), text(c.description))},
              {"collective_seq_id", number(c.p2p ? 0 : c.seq)},
              {"p2p_seq_id", number(c.p2p ? c.seq : 0)},
              {"op_id", number(c.seq)},
              {"profiling_name", text("nccl:" + c.operation)},
              {"time_created_ns", number(1'795'301'567'000'000'000 + c.record * 1'000'000ll)},
              {"input_sizes", list({list({number(c.elements)})})},
              {"input_dtypes", list({text(c.type)})},
              {"output_sizes", list({list({number(c.elements)})})},
              {"output_dtypes", list({text(c.type)})},
              {"state", text(c.state)},
              {"time_discovered_started_ns", none()},
              {"time_discovered_completed_ns", none()},
              {"retired", boolean(c.state == "completed")},
              {"timeout_ms", number(600'000)},
              {"is_p2p", boolean(c.p2p)}});
}

struct Group {
  std::string name, description, ranks;  // "0", "default_pg", "[0, 1]"
};
inline std::string dump(const std::vector<Group>& groups, const std::vector<Collective>& collectives) {
  Fields config;
  for (const auto& g : groups)
    config.push_back({g.name, map({{"name", text(g.name)}, {"desc", text(g.description)}, {"ranks", text(g.ranks)}})});
  std::vector<std::string> entries;
  for (const auto& c : collectives) entries.push_back(entry(c));
  return file(map({{"version", text("2.10")}, {"pg_config", map(config)}, {"entries", list(entries)}}));
}

}  // namespace gpm::test::pickle
