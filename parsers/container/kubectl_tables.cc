// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/kubectl_tables.h"

#include <algorithm>
#include <array>

#include "parsers/text/fields.h"
#include "parsers/text/line.h"

namespace gpm::container {
namespace {

// Words of a row; "7 (2m1s ago)" is one.
std::vector<std::string> cells_of(std::string_view raw) {
  std::vector<std::string> cells;
  bool open = false;
  for (auto word : text::words(raw.substr(0, 4096))) {
    if ((open || word.starts_with("(")) && !cells.empty()) {
      cells.back() += " " + std::string(word);
      open = !word.ends_with(")");
    } else {
      cells.emplace_back(word);
    }
  }
  return cells;
}

bool is_ratio(std::string_view text) {  // 0/1
  const auto parts = text::split(text, '/');
  return parts.size() == 2 && text::integer(parts[0]) && text::integer(parts[1]);
}

// A DNS name as Kubernetes allows for objects.
bool is_object_name(std::string_view text) {
  return !text.empty() && text.size() <= 253 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
}

facts::Event kubernetes_event(std::string_view type, std::string_view reason, std::string_view object,
                              std::string_view message) {
  facts::Event event;
  event.kind = "kubernetes.event";
  event.attributes = {{"type", std::string(type)}, {"reason", std::string(reason)},
                      {"object", std::string(object)}, {"message", std::string(message)}};
  if (object.starts_with("pod/")) event.place.pod = object.substr(4);
  if (object.starts_with("node/")) event.place.host = text::short_host(object.substr(5));
  return event;
}

// The text from a given word on.
std::string_view from_word(std::string_view raw, std::string_view word) {
  return text::trim(raw.substr(static_cast<std::size_t>(word.data() - raw.data())));
}

}  // namespace

std::optional<facts::Event> described_event(std::string_view row, std::string_view object) {
  const auto words = text::words(row);
  if (words.size() < 5 || (words[0] != "Normal" && words[0] != "Warning")) return std::nullopt;
  // Age is one word, or "2m (x10 over 5m)".
  std::size_t i = 3;
  if (words[i].starts_with("(")) {
    while (i < words.size() && !words[i].ends_with(")")) ++i;
    ++i;
  }
  if (i + 1 >= words.size()) return std::nullopt;
  auto event = kubernetes_event(words[0], words[1], object, from_word(row, words[i + 1]));
  event.attributes["age"] = text::trim(row.substr(static_cast<std::size_t>(words[2].data() - row.data()),
                                                  static_cast<std::size_t>(words[i].data() - words[2].data())));
  return event;
}

std::span<const std::string_view> KubectlTables::gates() const {
  static constexpr std::array<std::string_view, 3> gates = {"RESTARTS", "LAST SEEN", "ROLES"};
  return gates;
}

bool KubectlTables::header(std::string_view raw) {
  const auto words = text::words(raw.substr(0, 1024));
  const auto has = [&](std::string_view name) { return std::find(words.begin(), words.end(), name) != words.end(); };
  auto table = Table::none;
  if (has("NAME") && has("READY") && has("STATUS") && has("RESTARTS")) table = Table::pods;
  if (has("NAME") && has("STATUS") && has("ROLES") && has("VERSION")) table = Table::nodes;
  if (has("LAST") && has("TYPE") && has("REASON") && has("OBJECT")) table = Table::events;
  if (table == Table::none) return false;
  table_ = table;
  columns_.assign(words.begin(), words.end());
  return true;
}

parsers::Want KubectlTables::line(const text::Line& line, facts::Sink& sink) {
  if (header(line.raw)) return parsers::Want::next;
  if (table_ == Table::none) return parsers::Want::gated;
  auto event = row(line.raw);
  if (!event || facts_left_ == 0) {
    table_ = Table::none;
    return parsers::Want::gated;
  }
  --facts_left_;
  event->at = text::origin(line);
  sink.add(std::move(*event));
  return parsers::Want::next;
}

std::optional<facts::Event> KubectlTables::row(std::string_view raw) const {
  raw = raw.substr(0, 16'384);
  if (table_ == Table::events) {
    const auto words = text::words(raw);
    const auto type = std::find_if(words.begin(), words.end(), [](auto w) { return w == "Normal" || w == "Warning"; });
    if (words.end() - type < 4 || type - words.begin() > 6) return std::nullopt;
    const bool wide = std::find(columns_.begin(), columns_.end(), "SUBOBJECT") != columns_.end();
    if (text::contains(type[2], "/") && !wide) return kubernetes_event(*type, type[1], type[2], from_word(raw, type[3]));
    // -o wide puts SUBOBJECT (often empty) and SOURCE before the message, and columns after it: all of it is kept.
    if (text::contains(type[2], "/")) return kubernetes_event(*type, type[1], type[2], from_word(raw, type[3]));
    return std::nullopt;
  }
  const auto cells = cells_of(raw);
  const auto cell = [&](std::string_view column) -> std::string_view {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    return found != columns_.end() && index < cells.size() ? std::string_view(cells[index]) : std::string_view();
  };
  facts::Event event;
  if (!is_object_name(cell("NAME")) || cell("STATUS").empty()) return std::nullopt;
  event.attributes["status"] = cell("STATUS");
  if (table_ == Table::nodes) {
    event.kind = "kubernetes.node_status";
    event.place.host = text::short_host(cell("NAME"));
    event.attributes["version"] = cell("VERSION");
    return event;
  }
  if (!is_ratio(cell("READY"))) return std::nullopt;
  event.kind = "kubernetes.pod_status";
  event.place.pod = cell("NAME");
  event.attributes["ready"] = cell("READY");
  event.attributes["restarts"] = cell("RESTARTS").substr(0, cell("RESTARTS").find(' '));
  if (const auto name = cell("NAMESPACE"); !name.empty()) event.attributes["namespace"] = name;
  if (const auto node = cell("NODE"); is_object_name(node)) event.place.host = text::short_host(node);
  return event;
}

}  // namespace gpm::container
