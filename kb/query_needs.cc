// SPDX-License-Identifier: Apache-2.0
#include "kb/query_needs.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "kb/sql_tokens.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::kb {
namespace {

using Facts = std::vector<std::string>;  // of which one must be there
using Needs = std::vector<Facts>;        // all of them; none = not known

constexpr int max_depth = 16;
constexpr std::size_t max_facts = 32;  // of one need

std::string_view table_of(std::string_view column) {
  if (column == "KIND" || column == "CODE") return "EVENTS";
  if (column == "METRIC" || column == "TEXT_VALUE" || column == "NUMBER") return "SNAPSHOTS";
  return column == "SCOPE" || column == "KEY" ? "SETTINGS" : "";
}

// What a row's column must be: kind = 'x', e.metric IN ('x', 'y'), code = 48, number >= 95.
struct Comparison {
  std::string table;    // as the query calls it; empty where it does not say
  std::string column;
  Facts values;         // one of them; of numbers with the operator: ">= 95"
};

// 74, -9; empty = no whole number.
std::string number_of(Stretch s) {
  const bool negative = s.size() == 2 && s[0].is("-");
  if (!negative && s.size() != 1) return {};
  const auto& digits = s[negative];
  return digits.kind == Token::word && text::integer(digits.value) ? (negative ? "-" : "") + digits.value : std::string();
}

std::optional<Comparison> comparison_of(Stretch s) {
  Comparison c;
  if (s.size() > 2 && s[0].kind == Token::word && s[1].is(".")) {
    c.table = s[0].value;
    s = s.from(2);
  }
  if (s.size() < 3 || s[0].kind != Token::word || table_of(s[0].value).empty()) return std::nullopt;
  c.column = s[0].value;
  const bool numeric = c.column == "CODE" || c.column == "NUMBER";
  const bool list = s[1].is("IN") && s[2].is("(") && s.closing(2) + 1 == s.size();
  std::string sign = s[1].value;
  if (s[2].is("=")) sign += '=';
  if (!list && sign != "=" && (c.column != "NUMBER" || (sign != ">" && sign != ">=" && sign != "<" && sign != "<="))) return std::nullopt;
  for (const auto& value : list ? s.from(3, s.size() - 4).split({","}) : std::vector<Stretch>{s.from(1 + sign.size())}) {
    if (numeric) {
      const auto number = number_of(value);
      if (number.empty()) return std::nullopt;
      c.values.push_back(c.column == "CODE" ? number : (list ? "=" : sign) + ' ' + number);
    } else {
      if (value.size() != 1 || value[0].kind != Token::text || value[0].value.find('\n') != std::string::npos) return std::nullopt;
      c.values.push_back(value[0].value);
    }
  }
  return c;
}

// What must hold for one row of a SELECT, and of which tables it comes.
class Row {
 public:
  void add_table(std::string_view name, std::string_view called) { tables_.emplace(called, name); }
  // A column without a table's name may be one of its.
  void add_derived_table() { derived_ = true; }
  void add(Needs needs) { std::move(needs.begin(), needs.end(), std::back_inserter(needs_)); }
  void add(Comparison c) {
    if (is_of_table(c)) comparisons_.push_back(std::move(c));
  }
  // The same row, of which nothing but the comparisons is known yet.
  Row branch() const {
    auto row = *this;
    row.needs_.clear();
    return row;
  }

  Needs needs() const {
    auto all = needs_;
    for (const auto& c : comparisons_) {
      if (c.column == "CODE" || c.column == "TEXT_VALUE" || c.column == "NUMBER") continue;
      const auto before = all.size();
      if (c.column == "KIND") add_products(all, c, "CODE", "code ");
      if (c.column == "METRIC") add_products(all, c, "TEXT_VALUE", "text ");
      if (c.column == "METRIC") add_products(all, c, "NUMBER", "number ");
      if (all.size() > before) continue;
      auto& facts = all.emplace_back();
      for (const auto& value : c.values) facts.push_back(text::lower(c.column) + ' ' + value);
    }
    return all;
  }

 private:
  // Whether the column is the fact's, and not another table's or a name that the query gives.
  bool is_of_table(const Comparison& c) const {
    const auto is_its = [&](const auto& entry) { return entry.second == table_of(c.column); };
    if (c.table.empty()) return !derived_ && std::any_of(tables_.begin(), tables_.end(), is_its);
    const auto found = tables_.find(c.table);
    return found != tables_.end() && is_its(*found);
  }

  // "code K N" for each kind of `c` and each code that the same row is compared with.
  void add_products(Needs& all, const Comparison& c, std::string_view column, std::string_view word) const {
    if (std::any_of(c.values.begin(), c.values.end(), [](const auto& value) { return value.find(' ') != std::string::npos; })) return;
    for (const auto& other : comparisons_) {
      if (other.column != column || other.table != c.table || c.values.size() * other.values.size() > max_facts) continue;
      auto& facts = all.emplace_back();
      for (const auto& value : c.values)
        for (const auto& more : other.values) facts.push_back(std::string(word) + value + ' ' + more);
    }
  }

  std::map<std::string, std::string, std::less<>> tables_;  // name in the query, name
  bool derived_ = false;
  std::vector<Comparison> comparisons_;
  Needs needs_;
};

// The need that spares most: rather of few facts that are rare.
const Facts* best_of(const Needs& needs) {
  const auto rarity = [](const std::string& fact) {
    if (fact.starts_with("scope ")) return 3;
    if (fact.starts_with("rows ")) return 2;
    return fact.starts_with("kind ") || fact.starts_with("metric ") || fact.starts_with("key ") ? 1 : 0;
  };
  const auto cost = [&](const Facts& facts) {
    int worst = 0;
    for (const auto& fact : facts) worst = std::max(worst, rarity(fact));
    return std::pair(worst, facts.size());
  };
  const auto best = std::min_element(needs.begin(), needs.end(), [&](const auto& a, const auto& b) { return cost(a) < cost(b); });
  return best == needs.end() ? nullptr : &*best;
}

// What one of several branches needs.
Needs either(const std::vector<Needs>& branches) {
  if (branches.size() == 1) return branches.front();
  Facts facts;
  for (const auto& needs : branches) {
    const auto* best = best_of(needs);
    if (best == nullptr) return {};
    facts.insert(facts.end(), best->begin(), best->end());
  }
  return facts.size() > max_facts ? Needs() : Needs{facts};
}

// Whether there is a call that is not known to be something else. Those of a SELECT in brackets are its own.
bool calls_an_aggregate(Stretch s) {
  for (std::size_t i = 1; i < s.size(); ++i) {
    if (!s[i].is("(")) continue;
    const auto& before = s[i - 1];
    if (i + 1 < s.size() && s[i + 1].is("SELECT")) i = s.closing(i);
    else if (!before.is("COALESCE") && !before.is("CAST") && !before.is("LOWER") && !before.is("SUBSTR")) return true;
  }
  return false;
}

class Reader {
 public:
  Needs query(Stretch s) {
    if (s.empty() || !s[0].is("WITH")) return compound(s, 0);
    std::vector<std::pair<std::string, Stretch>> named;  // name AS [NOT] [MATERIALIZED] (SELECT ...), ...
    for (std::size_t at = 1;; ++at) {
      const auto name = at, open = next_bracket(s, name), close = s.closing(open);
      if (close >= s.size() || !s[name + 1].is("AS")) return {};
      named.emplace_back(s[name].value, s.from(open + 1, close - open - 1));
      at = close + 1;
      if (at >= s.size() || !s[at].is(",")) {
        s = s.from(at);
        break;
      }
    }
    for (const auto& [name, select] : named) named_[name];  // none of them is a table of the store
    for (const auto& [name, select] : named) named_[name] = compound(select, 0);
    return compound(s, 0);
  }

 private:
  static std::size_t next_bracket(Stretch s, std::size_t at) {
    while (at < s.size() && !s[at].is("(")) ++at;
    return at;
  }

  // SELECTs with UNIONs between.
  Needs compound(Stretch s, int depth) {
    if (depth > max_depth || s.has({"INTERSECT", "EXCEPT", "WITH", "VALUES"})) return {};
    std::vector<Needs> branches;
    for (auto part : s.split({"UNION"})) branches.push_back(select(!part.empty() && part[0].is("ALL") ? part.from(1) : part, depth));
    return either(branches);
  }

  Needs select(Stretch s, int depth) {
    if (s.empty() || !s[0].is("SELECT")) return {};
    const auto from = s.find({"FROM"}), after = s.find({"WHERE", "GROUP", "ORDER", "LIMIT", "HAVING", "WINDOW"});
    if (from >= after) return {};
    const auto where = s.find({"WHERE"}), tail = s.find({"GROUP", "ORDER", "LIMIT", "HAVING", "WINDOW"});
    // An aggregate without groups gives a row for no rows.
    const bool aggregate = calls_an_aggregate(s.from(0, from)) || calls_an_aggregate(s.from(tail)) || s.has({"HAVING"});
    if (aggregate && !s.has({"GROUP"})) return {};
    Row row;
    sources(s.from(from + 1, after - from - 1), row, depth);
    if (where < tail) condition(s.from(where + 1, tail - where - 1), row, depth);
    return row.needs();
  }

  // events e JOIN ranks r ON e.pid = r.pid, (SELECT ...) x
  void sources(Stretch s, Row& row, int depth) {
    const bool all_give_rows = !s.has({"LEFT", "RIGHT", "FULL", "OUTER", "NATURAL"});
    std::vector<Stretch> conditions;
    for (auto part : s.split({",", "JOIN"})) {
      if (!part.empty() && (part.back().is("CROSS") || part.back().is("INNER"))) part = part.from(0, part.size() - 1);
      const auto on = part.find({"ON"});
      if (on < part.size()) conditions.push_back(part.from(on + 1));
      auto needs = source(part.from(0, on), row, depth);
      if (all_give_rows) row.add(std::move(needs));
    }
    if (all_give_rows)
      for (const auto& on : conditions) condition(on, row, depth);
  }

  Needs source(Stretch s, Row& row, int depth) {
    if (!s.empty() && s[0].is("(")) {
      row.add_derived_table();
      const auto close = s.closing(0);
      return close < s.size() ? compound(s.from(1, close - 1), depth + 1) : Needs();
    }
    const bool plain = !s.empty() && s[0].kind == Token::word && (s.size() == 1 || s[1].kind == Token::word);
    const auto named = plain ? named_.find(s[0].value) : named_.end();
    if (!plain || named != named_.end()) {
      row.add_derived_table();
      return named != named_.end() ? named->second : Needs();
    }
    const auto& name = s[0].value;
    const auto alias = s.from(1).find({"AS"}) == 0 ? 2u : 1u;
    row.add_table(name, alias < s.size() ? s[alias].value : name);
    return name == "RANKS" || name == "COMMUNICATORS" || name == "GPUS" ? Needs{{"rows " + text::lower(name)}} : Needs();
  }

  // The parts that AND joins; that of BETWEEN is none.
  static std::vector<Stretch> conjuncts(Stretch s) {
    std::vector<Stretch> parts;
    for (std::size_t begin = 0;;) {
      auto end = s.find({"AND", "BETWEEN"}, begin);
      if (end < s.size() && s[end].is("BETWEEN")) end = s.find({"AND"}, s.find({"AND"}, end) + 1);
      parts.push_back(s.from(begin, end - begin));
      if (end >= s.size()) return parts;
      begin = end + 1;
    }
  }

  void condition(Stretch s, Row& row, int depth) {
    if (depth > max_depth) return;
    while (s.size() > 2 && s[0].is("(") && s.closing(0) + 1 == s.size() && !s[1].is("SELECT")) s = s.from(1, s.size() - 2);
    if (s.has({"OR"})) return alternatives(s, row, depth);
    const auto parts = conjuncts(s);
    if (parts.size() == 1) return single(s, row, depth);
    // Branches know what holds in all of them.
    std::vector<Stretch> later;
    for (const auto& part : parts) {
      if (!part.empty() && part[0].is("(")) later.push_back(part);
      else condition(part, row, depth + 1);
    }
    for (const auto& part : later) condition(part, row, depth + 1);
  }

  void alternatives(Stretch s, Row& row, int depth) {
    std::vector<Needs> branches;
    for (const auto& part : s.split({"OR"})) {
      auto branch = row.branch();
      condition(part, branch, depth + 1);
      branches.push_back(branch.needs());
    }
    row.add(either(branches));
  }

  void single(Stretch s, Row& row, int depth) {
    if (s.has({"NOT"})) return;
    const auto in = s.find({"EXISTS", "IN"});  // each of some rows of another SELECT
    if (in + 2 < s.size() && s[in + 1].is("(") && s[in + 2].is("SELECT") && s.closing(in + 1) + 1 == s.size() && (in == 0 || s[in].is("IN")))
      return row.add(compound(s.from(in + 2, s.size() - in - 3), depth + 1));
    if (auto comparison = comparison_of(s)) row.add(std::move(*comparison));
  }

  std::map<std::string, Needs> named_;  // by WITH
};

}  // namespace

std::vector<std::string> query_needs(std::string_view sql) {
  const auto tokens = sql_tokens(sql);
  if (!tokens) return {};
  auto needs = Reader().query({tokens->data(), tokens->data() + tokens->size()});
  for (auto& facts : needs) {
    std::sort(facts.begin(), facts.end());
    facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  }
  std::sort(needs.begin(), needs.end());
  needs.erase(std::unique(needs.begin(), needs.end()), needs.end());
  std::vector<std::string> lists;
  for (const auto& facts : needs) {
    // Where one of fewer must be there, one of more is.
    const auto is_implied_by = [&](const Facts& others) { return others.size() < facts.size() && std::includes(facts.begin(), facts.end(), others.begin(), others.end()); };
    if (std::any_of(needs.begin(), needs.end(), is_implied_by)) continue;
    auto& lines = lists.emplace_back();
    for (const auto& fact : facts) lines += (lines.empty() ? "" : "\n") + fact;
  }
  return lists;
}

}  // namespace gpm::kb
