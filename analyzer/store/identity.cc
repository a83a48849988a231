// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "analyzer/store/gpu_identity.h"
#include "analyzer/store/places.h"
#include "parsers/formats/collections.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::store {
namespace {

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

// The folder that all paths share.
std::string common_folder(const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  auto folder = folder_of(paths.front());
  for (const auto& path : paths)
    while (!folder.empty() && !path.starts_with(folder + "/")) folder = folder_of(folder);
  return folder;
}

// The host that all named documents of each folder (and its subfolders) agree on; '' where they differ. The bundle's own
// folder `top` has only the host of what lies directly in it: beside the folder of one host lie the files of others.
std::map<std::string, std::string> host_of_folders(const std::vector<std::pair<std::string, std::string>>& named, const std::string& top) {
  std::map<std::string, std::string> hosts;
  for (const auto& [path, host] : named) {
    auto folder = folder_of(path);
    for (;;) {
      const auto [entry, is_new] = hosts.emplace(folder, host);
      if (!is_new && entry->second != host) entry->second.clear();
      if (folder.empty() || folder == top || folder_of(folder) == top) break;
      folder = folder_of(folder);
    }
  }
  return hosts;
}

// The host of the nearest folder that has one; '' where that folder's documents name several.
std::string nearest(const std::map<std::string, std::string>& folders, const std::string& path) {
  auto folder = folder_of(path);
  for (;;) {
    if (const auto found = folders.find(folder); found != folders.end()) return found->second;
    if (folder.empty()) return {};
    folder = folder_of(folder);
  }
}

bool has_folder(const std::string& path, const std::string& name) {
  return path.starts_with(name + "/") || path.find("/" + name + "/") != std::string::npos;
}

constexpr std::size_t max_path_parts = 24, max_host_bytes = 64;

using Names = std::set<std::string, std::less<>>;

// "gpu-007" -> "gpu-###"; empty where it has no digit.
std::string digits_masked(std::string_view name) {
  std::string mask(name);
  bool any = false;
  for (char& c : mask)
    if (c >= '0' && c <= '9') {
      c = '#';
      any = true;
    }
  return any ? mask : std::string();
}

// The host that a path names: the longest run of the words of one of its parts ("dmesg/gpu-07.kern.log") that is a host of
// the bundle, else one that is spelled like them but for its digits; '' where there is none, or several.
std::string host_in_path(const std::string& path, const Names& hosts, const Names& masks) {
  std::string exact, alike;
  bool several = false, several_alike = false;
  const auto take = [](std::string& found, bool& more, std::string_view word) {
    if (word.size() < found.size() || word == found) return;
    more = word.size() == found.size();
    found = word;
  };
  for (const auto part : text::split(path, '/')) {
    std::vector<std::size_t> begins{0}, ends;
    for (std::size_t i = 0; i < part.size() && begins.size() < max_path_parts; ++i)
      if (std::string_view("._-+@").find(part[i]) != std::string_view::npos) {
        ends.push_back(i);
        begins.push_back(i + 1);
      }
    ends.push_back(part.size());
    for (const auto begin : begins)
      for (const auto end : ends) {
        if (end <= begin || end - begin > max_host_bytes) continue;
        const auto word = part.substr(begin, end - begin);
        if (hosts.contains(word)) take(exact, several, word);
        if (const auto mask = digits_masked(word); !mask.empty() && masks.contains(mask)) take(alike, several_alike, word);
      }
  }
  if (!exact.empty()) return several ? std::string() : exact;
  return several_alike ? std::string() : alike;
}

// Whose kernel log this is by its file's name: "gpu-07.dmesg.txt", "dmesg_node12.log"; '' where the name says anything else.
std::string host_of_kernel_log(const std::string& path) {
  static constexpr std::array<std::string_view, 9> log_words = {"dmesg", "kern", "kernel", "syslog", "journal", "log", "txt", "out", "gz"};
  std::string host;
  bool kernel = false;
  for (auto part : text::split(std::string_view(path).substr(path.rfind('/') + 1), '.'))
    for (auto word : text::split(part, '_')) {
      if (word.starts_with("dmesg-")) kernel = true, word.remove_prefix(6);
      if (word.ends_with("-dmesg")) kernel = true, word.remove_suffix(6);
      kernel |= word == "dmesg" || word == "kern" || word == "kernel";
      if (std::find(log_words.begin(), log_words.end(), word) != log_words.end()) continue;
      if (!host.empty()) return {};
      host = word;
    }
  // Machines are counted: two digits and letters before them; "xid79" and "boot01" are no machines.
  const auto number = host.find_first_of("0123456789");
  const bool counted = number >= 2 && number != std::string::npos && host.size() >= number + 2 && text::is_digit(host.back());
  return kernel && counted && !host.starts_with("xid") && !host.starts_with("boot") && !host.starts_with("rank") ? host : std::string();
}

// The hosts that each document's own lines name.
using HostsInLines = std::map<std::int64_t, Names>;

HostsInLines hosts_in_lines(Database& db, const Tables& tables) {
  HostsInLines named;
  for (const auto table : tables) {
    Statement s(db.get(), fmt::format("SELECT DISTINCT document_id, host FROM {} WHERE host <> ''", table));
    while (s.step()) named[s.integer(0)].insert(s.text(1));
  }
  return named;
}

HostOfDocument resolve_hosts(Database& db, const HostsInLines& in_lines) {
  std::vector<std::pair<std::int64_t, std::string>> unnamed;
  std::vector<std::pair<std::string, std::string>> named;
  std::vector<std::string> paths;
  HostOfDocument result;
  Names hosts;  // that the bundle names, on whatever line
  for (const auto& [id, names] : in_lines) hosts.insert(names.begin(), names.end());
  Statement select(db.get(), "SELECT id, path, host FROM documents ORDER BY path, id");
  while (select.step()) {
    const auto host = select.text(2);
    paths.push_back(select.text(1));
    if (host.empty()) {
      unnamed.emplace_back(select.integer(0), select.text(1));
    } else {
      named.emplace_back(select.text(1), host);
      result[select.integer(0)] = host;
      hosts.insert(host);
    }
  }
  const auto only = hosts.size() == 1 ? *hosts.begin() : std::string();
  std::erase_if(hosts, [](const auto& host) { return host.size() < 2 || host == "localhost"; });
  const bool nameless = only.empty() && hosts.empty();
  std::map<std::int64_t, std::string> by_path;
  if (only.empty() && hosts.size() > 1) {
    Names masks;
    for (const auto& host : hosts)
      if (auto mask = digits_masked(host); mask.find_first_not_of('#') != std::string::npos) masks.insert(std::move(mask));
    for (const auto& [id, path] : unnamed)
      if (auto host = host_in_path(path, hosts, masks); !host.empty()) {
        named.emplace_back(path, host);
        by_path[id] = std::move(host);
      }
  }
  const auto folders = host_of_folders(named, common_folder(paths));
  // A folder of the host's name says that what lies beside it is another's.
  const bool has_own_folder = !only.empty() && std::any_of(paths.begin(), paths.end(), [&](const auto& path) { return has_folder(path, only); });
  // The log of a job that ran elsewhere may lie among the files of a host.
  const auto of_folder = [&](std::int64_t id, const std::string& path) {
    auto host = nearest(folders, path);
    const auto own = in_lines.find(id);
    return own == in_lines.end() || own->second.contains(host) ? host : std::string();
  };
  Statement update(db.get(), "UPDATE documents SET host = ? WHERE id = ?");
  for (const auto& [id, path] : unnamed) {
    const auto stated = by_path.find(id);
    const bool of_another = only.empty() || (has_own_folder && !has_folder(path, only));
    auto host = !of_another ? only : stated != by_path.end() ? stated->second : of_folder(id, path);
    // A collector's path names the node; sos puts a label behind the name, so a host that is its beginning knows better.
    const auto said = formats::collected_from(path).host;
    if (!said.empty() && (host.empty() || !said.starts_with(host + "-"))) host = said;
    if (host.empty() && nameless) host = host_of_kernel_log(path);
    if (host.empty()) continue;
    result[id] = host;
    update.bind(1, std::string_view(host)).bind(2, id).run();
  }
  return result;
}

bool any(Database& db, const std::string& condition) { return Statement(db.get(), "SELECT 1 FROM " + condition + " LIMIT 1").step(); }

// A container's host name is its pod's name: what NCCL and loggers there take for a host is a pod.
void tell_pods_from_hosts(Database& db, const Tables& tables) {
  Statement select(db.get(), "SELECT id, path FROM documents");
  std::vector<std::pair<std::int64_t, formats::Collected>> pods;
  while (select.step())
    if (auto from = formats::collected_from(select.text(1)); !from.pod.empty() || !from.name_space.empty())
      pods.emplace_back(select.integer(0), std::move(from));
  if (!pods.empty()) {
    for (const auto table : tables) {
      Statement update(db.get(), fmt::format("UPDATE {} SET pod = ?1, container = CASE container WHEN '' THEN ?3 ELSE container END WHERE document_id = ?2 AND pod = ''", table));
      for (const auto& [document, from] : pods)
        if (!from.pod.empty()) update.bind(1, std::string_view(from.pod)).bind(2, document).bind(3, std::string_view(from.container)).run();
    }
    Statement name_space(db.get(), "UPDATE documents SET namespace = ?1 WHERE id = ?2");
    for (const auto& [document, from] : pods)
      if (!from.name_space.empty()) name_space.bind(1, std::string_view(from.name_space)).bind(2, document).run();
  }
  if (!any(db, "events WHERE pod <> ''") && !any(db, "settings WHERE pod <> ''")) return;
  db.run("CREATE TEMP TABLE pods AS SELECT pod FROM events WHERE pod <> '' UNION SELECT pod FROM settings WHERE pod <> ''");
  for (const auto table : tables)
    db.run(fmt::format("UPDATE {} SET pod = host, host = '' WHERE host <> '' AND host IN (SELECT pod FROM temp.pods)", table).c_str());
  db.run("UPDATE documents SET host = '' WHERE host IN (SELECT pod FROM temp.pods); DROP TABLE temp.pods");
}

void write_gpus(Database& db, const std::vector<KnownGpu>& gpus) {
  if (gpus.empty()) return;
  Statement insert(db.get(), "INSERT INTO gpus(incident_id, host, gpu_index, pci, gpu_uuid, serial, name) VALUES (1,?,?,?,?,?,?)");
  for (const auto& gpu : gpus)
    insert.bind(1, std::string_view(gpu.host)).bind(2, gpu.index).bind(3, std::string_view(gpu.pci)).bind(4, std::string_view(gpu.uuid))
        .bind(5, std::string_view(gpu.serial)).bind(6, std::string_view(gpu.name)).run();
}

void write_hosts(Database& db, const HostOfDocument& of_documents, const HostsInLines& in_lines, const std::vector<KnownGpu>& gpus) {
  Names hosts;
  for (const auto& [id, host] : of_documents) hosts.insert(host);
  for (const auto& [id, names] : in_lines) hosts.insert(names.begin(), names.end());
  for (const auto& gpu : gpus)
    if (!gpu.host.empty()) hosts.insert(gpu.host);
  if (hosts.empty()) return;
  Statement insert(db.get(), "INSERT OR IGNORE INTO hosts(incident_id, name) VALUES (1, ?)");
  for (const auto& host : hosts) insert.bind(1, std::string_view(host)).run();
}

}  // namespace

void resolve_identities(Database& db, const std::vector<GpuSeen>& gpus) {
  // To prepare a statement costs more than to run it on a small bundle.
  const bool any_ranks = any(db, "ranks");
  const auto tables = any_ranks ? Tables{"events", "settings", "snapshots", "ranks"} : Tables{"events", "settings", "snapshots"};
  tell_pods_from_hosts(db, tables);
  const auto in_lines = hosts_in_lines(db, tables);
  const auto hosts = resolve_hosts(db, in_lines);
  const auto names = known_gpus(gpus, [&](const GpuSeen& seen) {
    const auto found = hosts.find(seen.document);
    return found == hosts.end() ? std::string() : found->second;
  });
  complete_places(db, tables, hosts, names);
  write_gpus(db, names.gpus);
  write_hosts(db, hosts, in_lines, names.gpus);

  // NCCL's lines name host and process; which rank that is, the process says in other lines. The kernel names the process
  // that it kills. A process that holds several ranks is none of them.
  if (any_ranks) db.run(
      "CREATE TEMP TABLE rank_of_process AS SELECT host, pod, pid, min(rank) AS rank FROM (SELECT r.host, r.pod, r.pid, r.rank, c.nranks, "
      "max(coalesce(c.nranks, 0)) OVER (PARTITION BY r.host, r.pod, r.pid) AS most FROM ranks r JOIN communicators c ON c.id = r.communicator_id "
      "WHERE r.pid IS NOT NULL) WHERE coalesce(nranks, 0) = most GROUP BY host, pod, pid HAVING count(DISTINCT rank) = 1;"
      "CREATE INDEX temp.rank_of_process_key ON rank_of_process(pid, host, pod);"
      "UPDATE events SET rank = (SELECT r.rank FROM temp.rank_of_process r WHERE r.pid = events.pid AND r.host = events.host AND "
      "r.pod = events.pod) WHERE rank IS NULL AND pid IS NOT NULL AND (kind LIKE 'nccl.%' OR kind LIKE 'line.%' OR kind IN ('kernel.oom_kill', 'process.stack'));"
      "DROP TABLE temp.rank_of_process");
}

}  // namespace gpm::store
