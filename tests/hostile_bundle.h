// SPDX-License-Identifier: Apache-2.0
//
// A bundle with an attack of hostile_strings.h wherever a bundle can name something: log lines, processes, hosts, files,
// pods, containers, images, labels, variables and their values.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bundle/packing.h"
#include "tests/hostile_strings.h"

namespace gpm::test {

// Its own name is an attack, too.
inline constexpr const char* hostile_bundle_name = "<img src=x onerror=window.owned=1>$(touch owned);a\"b'{{css}}.tar";

// As the name of a file in an archive: no NUL and no folder of its own.
inline std::string as_file_name(std::string text) {
  std::replace(text.begin(), text.end(), '\0', '0');
  std::replace(text.begin(), text.end(), '/', '|');
  return text.substr(0, 200);
}

inline std::string in_one_word(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
  return text.substr(0, 400);
}

// A string of JSON, and so one of YAML.
inline std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

inline std::string hostile_pod(const std::string& x) {
  const auto q = quoted(x);
  return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + q + "\n  namespace: " + q + "\n  labels:\n    " + quoted(x.substr(0, 900)) + ": " + q +
         "\nspec:\n  nodeName: " + q + "\n  containers:\n  - name: " + q + "\n    image: " + q + "\n    command: [" + q + ", " + q +
         "]\n    env:\n    - name: " + q + "\n      value: " + q + "\n    - name: NCCL_SOCKET_IFNAME\n      value: " + q +
         "\n    - name: NCCL_P2P_DISABLE\n      value: " + q + "\n    resources: {limits: {nvidia.com/gpu: " + q + "}}\n";
}

inline std::vector<bundle::Entry> hostile_bundle() {
  std::vector<bundle::Entry> entries;
  std::string dmesg =
      "[    0.000000] Linux version 6.8.0-60-generic (buildd@lcy02-amd64-054)\n"
      "[   10.000000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\n";
  std::string syslog, journal, processes;
  auto inspect = nlohmann::json::array();
  int n = 0;
  for (const auto& [name, x] : attacks()) {
    ++n;
    const auto second = std::to_string(100 + n), pid = std::to_string(4000 + n), word = in_one_word(x);
    dmesg += "[  " + second + ".000000] NVRM: Xid (PCI:0000:5d:00): 31, pid=" + pid + ", name=" + x + ", Ch 00000008, intr 00000000. MMU Fault: ENGINE GRAPHICS " + x + "\n";
    dmesg += "[  " + second + ".100000] Out of memory: Killed process " + pid + " (" + x + ") total-vm:1kB, anon-rss:1kB\n";
    syslog += "Mar 14 02:17:09 " + word + " kernel: [  " + second + ".000000] NVRM: Xid (PCI:0000:5e:00): 79, pid=" + pid + ", name=" + word + ", GPU has fallen off the bus.\n";
    journal += "{\"__REALTIME_TIMESTAMP\": \"17738" + std::to_string(10000000000 + n) + "\", \"_HOSTNAME\": " + quoted(x) + ", \"SYSLOG_IDENTIFIER\": " + quoted(x) + ", \"MESSAGE\": " +
               quoted("NVRM: Xid (PCI:0000:5f:00): 13, pid=1, name=" + x + ", Graphics Exception") + "}\n";
    processes += "|    0   N/A  N/A      " + pid + "      C   " + x + "      1024MiB |\n";
    inspect.push_back({{"Name", "/" + x}, {"Image", x}, {"State", {{"Status", x}, {"ExitCode", 137}, {"OOMKilled", true}}}, {"Config", {{"Hostname", x}, {"Image", x}, {"Env", {x + "=" + x, "HF_TOKEN=" + x}}, {"Cmd", {x}}}}, {"HostConfig", {{"ShmSize", 67108864}, {"NetworkMode", x}}}});
    entries.push_back({"logs/" + as_file_name(x) + "/" + as_file_name(x) + ".log",
                       "RuntimeError: CUDA error: an illegal memory access was encountered " + x + "\n" + word + ":81:93 [0] NCCL WARN " + x + "\n" + word + ":" + pid + ":" + pid +
                           " [0] NCCL INFO ncclCommInitRank comm 0x55d5a02f3a10 rank " + std::to_string(n) + " nranks 400 cudaDev 0 nvmlDev 0 busId 1000 commId 0x9a1f23cc81e0b7d4 - Init START\n" +
                           "2026-03-14 02:17:09 ERROR " + x + " failed\n"});
    entries.push_back({"pods/" + name + ".yaml", hostile_pod(x)});
  }
  entries.push_back({"dmesg.txt", dmesg});
  entries.push_back({"syslog", syslog});
  entries.push_back({"journal.json", journal});
  entries.push_back({"nvidia-smi.txt",
                     "+---------------------------------------------------------------------------------------+\n| Processes:                                                                            |\n"
                     "|  GPU   GI   CI        PID   Type   Process name                            GPU Memory |\n|        ID   ID                                                             Usage      |\n"
                     "|=======================================================================================|\n" + processes +
                     "+---------------------------------------------------------------------------------------+\n"});
  entries.push_back({"inspect.json", inspect.dump(1, ' ', true, nlohmann::json::error_handler_t::replace)});
  return entries;
}

}  // namespace gpm::test
