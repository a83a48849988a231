// SPDX-License-Identifier: Apache-2.0
#include "tests/report/fixtures.h"

namespace gpm::report {

Result huge_result(const std::string& language) {
  auto r = full_result(language);
  const std::string line(4096, 'x'), path = "bundle.tar.gz/" + std::string(200, 'd') + "/";
  auto moment = r.timeline[0];
  r.timeline.clear();
  for (int i = 0; i < 10'000; ++i) {
    moment.host = "node" + std::to_string(i % 512);
    moment.document = path + std::to_string(i);
    moment.text = line;
    moment.utc_ns = 1773454629078000000 + i * 1'000'000'000LL;
    moment.first = i == 0;
    moment.source = i % 3 == 0 ? "kernel" : i % 3 == 1 ? "nccl" : "application";
    r.timeline.push_back(moment);
  }
  for (auto& cause : r.causes)
    for (int i = 0; i < 100; ++i) {
      auto e = full_result(language).causes[0].evidence[0];
      e.document = path;
      e.text = line;
      for (std::uint64_t n = 1; n <= 8; ++n) e.context.push_back({1900 + n, line.substr(0, 500)});
      cause.evidence.push_back(e);
    }
  while (r.causes.size() < 40) r.causes.push_back(r.causes.back());
  r.gpus.clear();
  for (int i = 0; i < 64; ++i) {
    Gpu gpu{"node" + std::to_string(i / 8), i % 8, "0000:d1:00.0", "GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a" + std::to_string(10 + i), std::to_string(1650924004321 + i), "NVIDIA H100"};
    for (int k = 0; k < 48; ++k) gpu.readings.push_back({"gpu.ecc_uncorrectable_volatile", "dram" + std::to_string(k), std::to_string(i * 100 + k), "counted", path, 7});
    r.gpus.push_back(gpu);
  }
  r.hosts.clear();
  for (int i = 0; i < 512; ++i) r.hosts.push_back({"node" + std::to_string(i), {{"driver_version", "580." + std::to_string(i)}, {"kernel", std::string(60, 'k')}, {"os", "Ubuntu 22.04"}}});
  r.communicators.resize(1);
  auto& job = r.communicators[0];
  job.nranks = 4096;
  job.ranks.clear();
  job.absent.clear();
  for (int i = 0; i < 4096; ++i) job.ranks.push_back({i, "node" + std::to_string(i / 8), i * 7919 % 13 < 3 ? "network" : "joined", "rank.log", i % 8, "0000:d1:00.0", 1});
  r.communicators.resize(24, Communicator(job));
  r.documents.clear();
  for (int i = 0; i < 10'000; ++i) r.documents.push_back({path + std::to_string(i), "dmesg", i % 2 ? "ok" : "truncated", "the stream ends early", 4096, 60, 12, "node1"});
  while (r.topologies.size() < 64) r.topologies.push_back(r.topologies[0]);
  for (auto& t : r.topologies) {
    t.devices.clear();
    t.links.clear();
    for (int i = 0; i < 24; ++i) t.devices.push_back({"GPU" + std::to_string(i), "gpu", i, "0000:d1:00.0", "", std::to_string(i / 12), "0-31"});
    for (std::size_t a = 0; a < 24; ++a)
      for (std::size_t b = a + 1; b < 24; ++b) t.links.push_back({a, b, a % 2 ? "NV18" : "PIX"});
  }
  while (r.usage.size() < 64) r.usage.push_back(r.usage[0]);
  for (auto& u : r.usage)
    for (int i = 0; i < 8; ++i) u.gpus.push_back({i, "", 70000, 80000, 50, std::vector<ProcessMemory>(8, {std::string(200, 'p'), 4711, 8000})});
  while (r.settings.size() < 200) r.settings.push_back({"env", std::string(200, 's'), "NCCL_X", std::string(4000, 'v'), "node1", path, 1, 1, "", "", false});
  while (r.notes.size() < 200) r.notes.push_back({path, 1, line});
  return r;
}

}  // namespace gpm::report
