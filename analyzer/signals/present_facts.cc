// SPDX-License-Identifier: Apache-2.0
#include "analyzer/signals/present_facts.h"

#include <fmt/format.h>

#include <array>

#include "parsers/text/fields.h"

namespace gpm::signals {
namespace {

// "number gpu.temperature_c >= 90" -> "number", "gpu.temperature_c >= 90"
std::pair<std::string_view, std::string_view> first_word(std::string_view fact) {
  const auto blank = std::min(fact.find(' '), fact.size());
  return {fact.substr(0, blank), fact.substr(std::min(blank + 1, fact.size()))};
}

}  // namespace

PresentFacts::PresentFacts(store::Store& store) : store_(store) {
  auto* db = store.database().get();
  store::Statement events(db, "SELECT DISTINCT kind, code FROM events");
  while (events.step()) {
    const auto kind = events.text(0);
    present_.insert("kind " + kind);
    if (!events.is_null(1)) present_.insert(fmt::format("code {} {}", kind, events.integer(1)));
  }
  store::Statement snapshots(db, "SELECT DISTINCT metric FROM snapshots");
  while (snapshots.step()) present_.insert("metric " + snapshots.text(0));
  store::Statement settings(db, "SELECT DISTINCT scope, key FROM settings");
  while (settings.step()) {
    present_.insert("scope " + settings.text(0));
    present_.insert("key " + settings.text(1));
  }
}

bool PresentFacts::has(std::string_view fact) const {
  const auto [what, rest] = first_word(fact);
  if (what == "rows") return has_rows(rest);
  if (what != "text" && what != "number") return present_.contains(fact);
  const auto [metric, value] = first_word(rest);
  if (!present_.contains(fmt::format("metric {}", metric))) return false;
  return what == "text" ? has_text(metric, value) : has_number(metric, value);
}

bool PresentFacts::has_one_of(std::string_view need) const {
  for (std::size_t begin = 0; begin <= need.size();) {
    const auto end = std::min(need.find('\n', begin), need.size());
    if (has(need.substr(begin, end - begin))) return true;
    begin = end + 1;
  }
  return false;
}

bool PresentFacts::has_text(std::string_view metric, std::string_view text) const {
  if (!select_text_) select_text_.emplace(store_.database().get(), "SELECT 1 FROM snapshots WHERE metric = ?1 AND text_value = ?2 LIMIT 1");
  const bool found = select_text_->bind(1, metric).bind(2, text).step();
  select_text_->reset();
  return found;
}

// ">= 90"
bool PresentFacts::has_number(std::string_view metric, std::string_view comparison) const {
  auto range = ranges_.find(metric);
  if (range == ranges_.end()) {
    range = ranges_.try_emplace(std::string(metric)).first;
    if (!select_range_) select_range_.emplace(store_.database().get(), "SELECT min(number), max(number) FROM snapshots WHERE metric = ?1");
    if (select_range_->bind(1, metric).step() && !select_range_->is_null(0)) range->second.emplace(select_range_->real(0), select_range_->real(1));
    select_range_->reset();
  }
  if (!range->second) return false;
  const auto [least, most] = *range->second;
  const auto [sign, digits] = first_word(comparison);
  const auto number = text::integer(digits);
  if (!number) return true;
  const auto value = static_cast<double>(*number);
  if (sign == ">") return most > value;
  if (sign == ">=") return most >= value;
  if (sign == "<") return least < value;
  if (sign == "<=") return least <= value;
  return least <= value && value <= most;
}

bool PresentFacts::has_rows(std::string_view table) const {
  static constexpr std::array<std::string_view, 3> known = {"ranks", "communicators", "gpus"};
  if (std::find(known.begin(), known.end(), table) == known.end()) return true;
  auto found = tables_.find(table);
  if (found == tables_.end())
    found = tables_.emplace(table, store::Statement(store_.database().get(), fmt::format("SELECT 1 FROM {} LIMIT 1", table)).step()).first;
  return found->second;
}

}  // namespace gpm::signals
