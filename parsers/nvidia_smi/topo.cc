// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/topo.h"

#include <algorithm>
#include <array>

#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {
namespace {

using parsers::Want;
using re2::StringPiece;
using text::piece;
using text::view;

constexpr std::size_t max_columns = 256;
constexpr std::size_t max_line = 8192;

bool matches(std::string_view text, const text::Regex& pattern) { return text::Regex::FullMatch(piece(text), pattern); }

bool is_gpu(std::string_view name) {
  static const text::Regex pattern(R"(GPU\d{1,3})");
  return matches(name, pattern);
}

bool is_device(std::string_view name) {
  static const text::Regex pattern(R"((?:GPU|NIC)\d{1,3}|[a-z][a-z0-9_]{1,30}\d)");  // mlx5_bond_0, bnxt_re1, hfi1_0
  return matches(name, pattern);
}

bool is_link(std::string_view cell) {
  static const text::Regex pattern(R"(NV\d{1,3}|SYS|NODE|PHB|PXB|PIX|PSB|SOC|C2C|DIS)");
  return matches(cell, pattern);
}

bool is_p2p(std::string_view cell) {
  static const text::Regex pattern("OK|CNS|GNS|TNS|NS|DR|U");
  return matches(cell, pattern);
}

// The row's cells without its name: by tabs where there are any (empty cells count), else by blanks.
std::vector<std::string_view> cells_of(std::string_view message, bool tabbed) {
  std::vector<std::string_view> cells;
  if (tabbed) {
    for (auto part : text::split(message, '\t')) cells.push_back(text::trim(part));
    if (!cells.empty() && cells.front().empty()) cells.erase(cells.begin());  // a paste that is indented by a tab
  } else {
    cells = text::words(message);
  }
  return cells;
}

}  // namespace

std::span<const std::string_view> TopoParser::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {"CPU Affinity", "GPU0\t", "GPU0  ", "NIC Legend:"};
  return literals;
}

Want TopoParser::line(const text::Line& line, facts::Sink& sink) {
  if (line.message.size() > max_line) {
    part_ = Part::outside;
    return Want::gated;
  }
  if (head(line.message)) {
    part_ = Part::matrix;
    return Want::next;
  }
  if (text::trim(line.message) == "NIC Legend:") {
    part_ = Part::nic_legend;
    return Want::next;
  }
  if (part_ == Part::matrix && row(line, sink)) return Want::next;
  if (part_ == Part::nic_legend && (text::trim(line.message).empty() || legend(line, sink))) return Want::next;
  part_ = Part::outside;
  return Want::gated;
}

bool TopoParser::head(std::string_view message) {
  const auto affinity = std::min(message.find("CPU Affinity"), message.find("NUMA Affinity"));
  const auto names = text::words(message.substr(0, affinity));
  if (names.empty() || names.size() > max_columns || !is_gpu(names.front())) return false;
  for (auto name : names)
    if (!is_device(name)) return false;
  // Without affinity columns (-p2p, or cut) one name may be anything; a head is indented or has several GPUs.
  const bool cut = affinity == std::string_view::npos;
  if (cut && indent_of(message) == 0 && (names.size() < 2 || !is_gpu(names[1]))) return false;
  columns_.assign(names.begin(), names.end());
  labels_.clear();
  if (cut) return true;
  const auto rest = message.substr(affinity);
  if (text::contains(rest, "CPU Affinity")) labels_.emplace_back("topo.cpu_affinity");
  if (text::contains(rest, "NUMA Affinity")) labels_.emplace_back("topo.numa_affinity");
  if (text::contains(rest, "GPU NUMA ID")) labels_.emplace_back("topo.gpu_numa_id");
  return true;
}

bool TopoParser::row(const text::Line& line, facts::Sink& sink) {
  const bool tabbed = line.message.find('\t') != std::string_view::npos;
  const auto cells = cells_of(line.message, tabbed);
  if (cells.size() < 2 || !is_device(cells.front())) return false;
  const auto& name = cells.front();
  if (std::find(columns_.begin(), columns_.end(), name) == columns_.end()) return false;
  if (!is_gpu(name)) return true;  // a NIC's row repeats its column
  const auto gpu = text::integer(name.substr(3));
  for (std::size_t i = 0; i < columns_.size() && i + 1 < cells.size(); ++i) {
    const auto cell = cells[i + 1];
    if (is_link(cell)) {
      snapshot(line, "topo.link", columns_[i], cell, static_cast<int>(*gpu), sink);
    } else if (is_p2p(cell)) {
      snapshot(line, "topo.p2p", columns_[i], cell, static_cast<int>(*gpu), sink);
    } else if (cell != "X" && !cell.empty()) {
      return true;  // fewer links than columns: what follows cannot be told apart
    }
  }
  if (cells.size() > columns_.size() + 1)
    affinities(line, static_cast<int>(*gpu), {cells.begin() + static_cast<std::ptrdiff_t>(columns_.size()) + 1, cells.end()}, tabbed, sink);
  return true;
}

void TopoParser::affinities(const text::Line& line, int gpu, const std::vector<std::string_view>& cells, bool tabbed,
                            facts::Sink& sink) {
  // Tabs keep empty cells apart; with blanks a missing cell shows only in the count.
  std::vector<std::string_view> values = cells;
  while (!values.empty() && values.back().empty()) values.pop_back();
  if (!tabbed && values.size() != labels_.size()) {
    if (!values.empty() && !labels_.empty() && values.front().find_first_of("-,") != std::string_view::npos && values.front() != "N/A")
      snapshot(line, labels_.front(), "", values.front(), gpu, sink);
    return;
  }
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    auto value = i < values.size() ? values[i] : std::string_view{};
    // 535 and later write one tab more before the last column.
    if (labels_[i] == "topo.gpu_numa_id" && values.size() > i + 1) value = values.back();
    if (value.empty() || (labels_[i] == "topo.gpu_numa_id" && value == "N/A")) continue;
    snapshot(line, labels_[i], "", value, gpu, sink);
  }
}

bool TopoParser::legend(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(R"(\s*(NIC\d{1,3}): ([A-Za-z0-9_.-]{1,64})\s*)");
  StringPiece nic, device;
  if (!text::Regex::FullMatch(piece(line.message), pattern, &nic, &device)) return false;
  snapshot(line, "topo.nic", view(nic), view(device), std::nullopt, sink);
  return true;
}

void TopoParser::snapshot(const text::Line& line, std::string_view metric, std::string_view subject, std::string_view value,
                          std::optional<int> gpu, facts::Sink& sink) {
  facts::Place place = line.place;
  place.gpu_index = gpu;
  reporter_.add(facts::Snapshot{std::string(metric), std::string(subject), std::nullopt, std::string(value), std::move(place),
                                line.time, text::origin(line)}, sink);
}

}  // namespace gpm::nvidia_smi
