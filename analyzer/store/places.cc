// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace gpm::store {
namespace {

// The names of one GPU in a row of facts; empty or nothing where it does not say.
struct RowNames {
  std::string pci, uuid;
  std::optional<std::int64_t> index;
  bool operator==(const RowNames&) const = default;
};

// The table of GPUs by each of their names.
class GpuTable {
 public:
  explicit GpuTable(const std::vector<KnownGpu>& gpus) {
    for (const auto& gpu : gpus) {
      by_pci_.emplace(Named{gpu.host, gpu.pci}, &gpu);
      by_uuid_.emplace(Named{gpu.host, gpu.uuid}, &gpu);
      if (!gpu.index) continue;
      const auto [entry, is_new] = by_index_.emplace(std::pair(std::string_view(gpu.host), std::int64_t{*gpu.index}), &gpu);
      if (!is_new) entry->second = nullptr;  // several of one number: none is meant
    }
  }

  void complete(std::string_view host, RowNames& row) const {
    // A UUID names its GPU whatever index stands beside it.
    if (!row.uuid.empty() && row.pci.empty())
      if (const auto* gpu = find(by_uuid_, Named{host, row.uuid})) row.pci = gpu->pci;
    if (row.pci.empty() && row.uuid.empty() && row.index)
      if (const auto* gpu = find(by_index_, std::pair(host, *row.index))) {
        row.pci = gpu->pci;
        if (row.pci.empty()) row.uuid = gpu->uuid;
      }
    const auto* const by_name = !row.pci.empty() ? find(by_pci_, Named{host, row.pci}) : !row.uuid.empty() ? find(by_uuid_, Named{host, row.uuid}) : nullptr;
    if (by_name == nullptr) return;
    if (!row.index) row.index = by_name->index;
    if (row.uuid.empty()) row.uuid = by_name->uuid;
  }

 private:
  using Named = std::pair<std::string_view, std::string_view>;  // host, name

  template <typename Table, typename Key>
  static const KnownGpu* find(const Table& table, const Key& key) {
    const auto found = table.find(key);
    return found == table.end() ? nullptr : found->second;
  }

  std::map<Named, const KnownGpu*> by_pci_, by_uuid_;
  std::map<std::pair<std::string_view, std::int64_t>, const KnownGpu*> by_index_;
};

// The indices of GPUs in some lines of a document mean what the lines say, and not what the host's do.
class OwnIndices {
 public:
  OwnIndices(Database& db, const std::vector<OwnIndex>& own) : db_(db), any_(!own.empty()) {
    if (!any_) return;
    db_.run("CREATE TEMP TABLE own_index(document_id INTEGER, gpu_index INTEGER, first_line INTEGER, last_line INTEGER, pci TEXT, gpu_uuid TEXT)");
    Statement insert(db_.get(), "INSERT INTO temp.own_index VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    for (const auto& entry : own)
      insert.bind(1, entry.document).bind(2, static_cast<std::int64_t>(entry.index)).bind(3, static_cast<std::int64_t>(entry.first_line))
          .bind(4, static_cast<std::int64_t>(entry.last_line)).bind(5, std::string_view(entry.pci)).bind(6, std::string_view(entry.uuid)).run();
    db_.run("CREATE INDEX temp.own_index_key ON own_index(document_id, gpu_index)");
  }

  void resolve(std::string_view table) const {
    if (!any_) return;
    db_.run(fmt::format("UPDATE {t} SET gpu_index = NULL, pci = CASE {t}.pci WHEN '' THEN o.pci ELSE {t}.pci END,"
                        " gpu_uuid = CASE {t}.gpu_uuid WHEN '' THEN o.gpu_uuid ELSE {t}.gpu_uuid END FROM temp.own_index o"
                        " WHERE o.document_id = {t}.document_id AND o.gpu_index = {t}.gpu_index AND {t}.line BETWEEN o.first_line AND o.last_line",
                        fmt::arg("t", table))
                .c_str());
  }

  void end() const {
    if (any_) db_.run("DROP TABLE temp.own_index");
  }

 private:
  Database& db_;
  const bool any_;
};

bool names_gpus(std::string_view table) { return table != "settings"; }

}  // namespace

void complete_places(Database& db, const Tables& tables, const HostOfDocument& hosts, const GpuNames& names) {
  const OwnIndices own(db, names.own);
  const GpuTable gpus(names.gpus);
  // The functions take host, document_id, pci, gpu_uuid, gpu_index of a row.
  const auto host_in = [&hosts](const SqlCall& call) {
    const auto host = call.text(0);
    if (!host.empty()) return host;
    const auto found = hosts.find(call.integer(1));
    return found == hosts.end() ? host : std::string_view(found->second);
  };
  const auto names_in = [](const SqlCall& call) { return RowNames{std::string(call.text(2)), std::string(call.text(3)), call.maybe_integer(4)}; };
  const auto completed = [&](const SqlCall& call) {
    auto row = names_in(call);
    gpus.complete(host_in(call), row);
    return row;
  };
  const SqlFunction host(db, "gpm_host", 2, [&](SqlCall& call) { call.give(host_in(call)); });
  const SqlFunction completes(db, "gpm_completes", 5, [&](SqlCall& call) { call.give(std::optional<std::int64_t>(completed(call) != names_in(call))); });
  const SqlFunction pci(db, "gpm_pci", 5, [&](SqlCall& call) { call.give(completed(call).pci); });
  const SqlFunction uuid(db, "gpm_uuid", 5, [&](SqlCall& call) { call.give(completed(call).uuid); });
  const SqlFunction index(db, "gpm_index", 5, [&](SqlCall& call) { call.give(completed(call).index); });
  for (const auto table : tables) {
    // One pass and no subquery: to find and to write a row costs more than all that is written.
    std::string change = "host = gpm_host(host, document_id)", where = "(host = '' AND gpm_host(host, document_id) <> '')";
    if (names_gpus(table)) own.resolve(table);
    if (names_gpus(table) && !names.gpus.empty()) {
      constexpr std::string_view row = "(host, document_id, pci, gpu_uuid, gpu_index)";
      change += fmt::format(", pci = gpm_pci{0}, gpu_uuid = gpm_uuid{0}, gpu_index = gpm_index{0}", row);
      where += fmt::format(" OR ((pci = '' OR gpu_uuid = '' OR gpu_index IS NULL) AND (pci <> '' OR gpu_uuid <> '' OR gpu_index IS NOT NULL) AND gpm_completes{})", row);
    } else if (hosts.empty()) {
      continue;
    }
    db.run(fmt::format("UPDATE {} SET {} WHERE {}", table, change, where).c_str());
  }
  own.end();
}

}  // namespace gpm::store
