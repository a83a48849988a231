// SPDX-License-Identifier: Apache-2.0
#include "parsers/cuda/p2p_test.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::cuda {
namespace {

constexpr std::size_t most_gpus = 64;
constexpr double much_slower = 0.6;

}  // namespace

std::span<const std::string_view> P2pTestParser::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"P2P=Enabled", "P2P=Disabled"};
  return literals;
}

bool P2pTestParser::head(std::string_view message) {
  static const text::Regex form(R"((?:(Unidirectional|Bidirectional) )?P2P=(Enabled|Disabled) (Bandwidth|Latency)[^\n]{0,40} ?Matrix)");
  std::string direction, state, what;
  if (!text::Regex::PartialMatch(text::piece(message.substr(0, 256)), form, &direction, &state, &what)) return false;
  table_ = Table();  // clang 14 finds no default constructor for emplace()
  table_->name = what == "Latency" ? what : direction;
  table_->enabled = state == "Enabled";
  events_.clear();
  columns_ = 0;
  return true;
}

bool P2pTestParser::row(const text::Line& line) {
  const auto words = text::words(line.message.substr(0, 2048));
  if (words.empty()) return false;
  if (columns_ == 0) {
    if (words[0] != "D\\D" && words[0] != "GPU" && words[0] != "CPU") return false;
    columns_ = words.size() - 1;
    return columns_ >= 2 && columns_ <= most_gpus;
  }
  const auto gpu = text::integer(words[0]);
  if (!gpu || *gpu != static_cast<std::int64_t>(table_->cells.size()) || words.size() != columns_ + 1) return false;
  std::vector<double> values;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto value = text::leading_number(words[i]);
    if (!value) return false;
    values.push_back(*value);
  }
  table_->cells.push_back(std::move(values));
  events_.push_back(event_of(line, "cuda.p2p_bandwidth"));
  return true;
}

void P2pTestParser::compare(const Table& without, facts::Sink& sink) {
  const bool latency = table_->name == "Latency";
  std::size_t pairs = 0, slower = 0, worst_row = 0, worst_column = 0;
  double worst = -1;
  const std::size_t rows = std::min(table_->cells.size(), without.cells.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < std::min(table_->cells[i].size(), without.cells[i].size()); ++j) {
      if (i == j) continue;
      const double with = table_->cells[i][j], plain = without.cells[i][j];
      ++pairs;
      if (!latency && with < plain * much_slower) ++slower;
      const double badness = latency ? with : plain / std::max(with, 0.001);
      if (badness > worst) {
        worst = badness;
        worst_row = i;
        worst_column = j;
      }
    }
  }
  if (pairs == 0) return;
  facts::Event event = std::move(events_[worst_row]);
  event.attributes["pair"] = fmt::format("{}-{}", worst_row, worst_column);
  const double with = table_->cells[worst_row][worst_column], plain = without.cells[worst_row][worst_column];
  if (latency) {
    event.kind = "cuda.p2p_latency";
    event.attributes["highest_us"] = fmt::format("{:.2f}", with);
    event.attributes["highest_without_us"] = fmt::format("{:.2f}", plain);
  } else {
    event.attributes["direction"] = table_->name == "Unidirectional" ? "unidirectional" : "bidirectional";
    event.attributes["pairs"] = std::to_string(pairs);
    event.attributes["slower_pairs"] = std::to_string(slower);
    event.attributes["lowest"] = fmt::format("{:.2f}", with);
    event.attributes["lowest_without"] = fmt::format("{:.2f}", plain);
  }
  sink.add(std::move(event));
}

void P2pTestParser::close(facts::Sink& sink) {
  if (!table_) return;
  const auto same = std::find_if(without_.begin(), without_.end(), [&](const Table& t) { return t.name == table_->name; });
  if (table_->enabled) {
    if (same != without_.end()) compare(*same, sink);
  } else if (same != without_.end()) {
    *same = std::move(*table_);
  } else {
    without_.push_back(std::move(*table_));
  }
  table_.reset();
  events_.clear();
  columns_ = 0;
}

Want P2pTestParser::line(const text::Line& line, facts::Sink& sink) {
  if (table_ && row(line)) return Want::next;
  close(sink);
  return head(line.message) ? Want::next : Want::gated;
}

}  // namespace gpm::parsers::cuda
