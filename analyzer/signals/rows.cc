// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/rows.h"

#include <algorithm>
#include <limits>

#include "kb/query_needs.h"

namespace gpm::signals {
namespace {

std::optional<int> small(const std::optional<std::int64_t>& value) {
  if (!value || *value < 0 || *value > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*value);
}

}  // namespace

Row::Row(const store::Statement& statement) : s_(statement) {
  for (int i = 0; i < s_.columns(); ++i) columns_.emplace(std::string(s_.column_name(i)), i);
}

Observation Row::observation() const {
  Observation o;
  o.document_id = integer("document_id").value_or(0);
  o.line = static_cast<std::uint64_t>(std::max<std::int64_t>(0, integer("line").value_or(0)));
  o.text = text("text");
  o.place = {text("host"), text("pci"), small(integer("gpu_index")), text("gpu_uuid"), small(integer("rank")),
             text("pod"), text("container"), text("process"), integer("pid")};
  o.utc_ns = integer("utc_ns");
  o.since_boot_ns = integer("since_boot_ns");
  o.last_utc_ns = integer("last_utc_ns");
  o.time_precision_ms = integer("time_precision_ms").value_or(0);
  if (auto from = text("time_from"); !from.empty()) o.time_from = std::move(from);
  o.count = static_cast<std::uint64_t>(std::max<std::int64_t>(1, integer("count").value_or(1)));
  return o;
}

std::optional<std::int64_t> Row::integer(std::string_view name) const {
  const auto found = columns_.find(name);
  return found == columns_.end() ? std::nullopt : s_.maybe_integer(found->second);
}

std::string Row::text(std::string_view name) const {
  const auto found = columns_.find(name);
  return found == columns_.end() ? std::string() : s_.text(found->second);
}

void for_each_row(const JobView& view, std::string_view sql, const std::function<void(const Row&)>& use) {
  if (!view.present().meet(kb::query_needs(sql))) return;
  store::Statement statement(view.store().database().get(), sql);
  std::optional<Row> row;
  for (; statement.step(); use(*row))
    if (!row) row.emplace(statement);
}

}  // namespace gpm::signals
