// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "analyzer/report/columns.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/pictures.h"
#include "analyzer/report/svg.h"

namespace gpm::report {
namespace {

constexpr double width = 1080, gutter = 250, head = 34, square = 11, pitch = 14, padding = 8;
constexpr std::size_t rows_shown = 24, hosts_named = 2, squares_shown = 128;

constexpr std::string_view never_seen = "never-seen";
constexpr std::array<std::string_view, 14> phases = {never_seen, "aborted",  "seen",       "bootstrap", "start",    "network",    "joined",
                                                     "topology", "channels", "connecting", "connected", "complete", "collective", "destroyed"};

std::size_t column_of(const std::string& phase) {
  const auto at = std::find(phases.begin(), phases.end(), phase);
  return at == phases.end() ? 2 : static_cast<std::size_t>(at - phases.begin());
}

struct Rank {
  int number;
  std::size_t column;
  bool fault;
};

struct Row {  // hosts whose ranks are at the same phases
  std::vector<std::string> hosts;
  std::vector<Rank> ranks;  // of the first host
  std::uint64_t ranks_total = 0;
  bool fault = false;
  std::size_t least = phases.size();
};

class Grid {
 public:
  Grid(const Words& words, const Communicator& communicator, const Faults& faults, bool of_job)
      : words_(words), communicator_(communicator), faults_(faults), of_job_(of_job) {}

  std::string draw(std::string_view id) {
    if (communicator_.ranks.size() + communicator_.absent.size() < 2) return {};
    make_rows();
    std::set<std::size_t> used;
    for (const auto& row : rows_)
      for (const auto& rank : row.ranks) used.insert(rank.column);
    columns_.assign(used.begin(), used.end());
    cell_ = (width - gutter) / static_cast<double>(columns_.size());
    const auto shown = std::min(rows_.size(), rows_shown);
    double bottom = head;
    for (std::size_t i = 0; i < shown; ++i) bottom += height(rows_[i]);
    const bool more = shown < rows_.size();
    Svg svg(width, bottom + (more ? 28 : 6), id, words_.with("ranks-of", {communicator_.id}), description());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const double x = gutter + static_cast<double>(c) * cell_;
      svg.text(x + 6, head - 12, columns_[c] == 0 ? "bad" : "name", cut(title_of(columns_[c]), static_cast<std::size_t>(cell_ / 7)));
      svg.line(x, head - 4, x, bottom, "grid");
    }
    double y = head;
    for (std::size_t i = 0; i < shown; ++i) y = draw_row(svg, rows_[i], y);
    if (more) svg.text(0, bottom + 18, "soft", words_.with("rows-more", {grouped(rows_.size() - shown)}));
    return svg.take();
  }

 private:
  std::string title_of(std::size_t column) const { return column == 0 ? std::string(words_("rank-state-never-seen")) : std::string(phases[column]); }

  void make_rows() {
    std::map<std::string, std::vector<Rank>> by_host;
    for (const auto& rank : communicator_.ranks) by_host[rank.host].push_back({rank.rank, column_of(rank.phase), at_fault(rank)});
    for (const auto& rank : communicator_.absent) by_host[rank.host].push_back({rank.rank, 0, of_job_ && faults_.rank(rank.rank)});
    std::map<std::vector<std::pair<std::size_t, bool>>, std::size_t> known;
    for (auto& [host, ranks] : by_host) {
      std::stable_sort(ranks.begin(), ranks.end(), [](const Rank& a, const Rank& b) { return a.number < b.number; });
      std::vector<std::pair<std::size_t, bool>> look;
      for (const auto& rank : ranks) look.emplace_back(rank.column, rank.fault);
      const auto [at, fresh] = known.try_emplace(std::move(look), rows_.size());
      if (fresh) rows_.push_back({{}, ranks, 0, false, phases.size()});
      auto& row = rows_[at->second];
      row.hosts.push_back(host);
      row.ranks_total += ranks.size();
      for (const auto& rank : ranks) {
        row.fault |= rank.fault;
        row.least = std::min(row.least, rank.column);
      }
    }
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return std::pair(!a.fault, a.least) < std::pair(!b.fault, b.least); });
  }

  bool at_fault(const CommunicatorRank& rank) const {
    return (of_job_ && faults_.rank(rank.rank)) || faults_.gpu(rank.host, rank.gpu_index, rank.pci, "");
  }

  std::size_t per_line() const { return std::max<std::size_t>(1, static_cast<std::size_t>((cell_ - 12) / pitch)); }

  double height(const Row& row) const {
    std::map<std::size_t, std::size_t> counts;
    for (const auto& rank : row.ranks) ++counts[rank.column];
    std::size_t lines = 2;
    for (const auto& [column, count] : counts)
      if (count <= squares_shown) lines = std::max(lines, (count + per_line() - 1) / per_line());
    return static_cast<double>(lines) * pitch + 2 * padding;
  }

  double draw_row(Svg& svg, const Row& row, double y) const {
    const double end = y + height(row);
    svg.line(0, y, width, y, "grid");
    svg.begin("lane", label(row, row.hosts.size() > 12 ? 12 : row.hosts.size()))
        .text(0, y + padding + 11, row.fault ? "name bad" : "name", cut(label(row, hosts_named), 33))
        .text(0, y + padding + 27, "soft", size_phrase(row))
        .end();
    std::map<std::size_t, std::vector<Rank>> cells;
    for (const auto& rank : row.ranks) cells[rank.column].push_back(rank);
    for (std::size_t c = 0; c < columns_.size(); ++c)
      if (const auto found = cells.find(columns_[c]); found != cells.end())
        draw_cell(svg, found->second, columns_[c], row.hosts.size(), gutter + static_cast<double>(c) * cell_ + 8, y + padding);
    return end;
  }

  std::string label(const Row& row, std::size_t named) const {
    std::string text;
    for (std::size_t i = 0; i < row.hosts.size() && i < named; ++i) {
      if (i > 0) text += ", ";
      text += row.hosts[i].empty() ? std::string(words_("host-unnamed")) : row.hosts[i];
    }
    if (row.hosts.size() > named) text += " +" + grouped(row.hosts.size() - named);
    return text;
  }

  std::string size_phrase(const Row& row) const {
    if (row.hosts.size() > 1) return words_.with("hosts-with-ranks", {grouped(row.hosts.size()), grouped(row.ranks_total)});
    std::vector<int> numbers;
    for (const auto& rank : row.ranks) numbers.push_back(rank.number);
    return cut(words_.with("ranks-n", {ranges(numbers)}), 33);
  }

  void draw_cell(Svg& svg, const std::vector<Rank>& ranks, std::size_t column, std::size_t hosts, double x, double y) const {
    std::vector<int> numbers;
    for (const auto& rank : ranks) numbers.push_back(rank.number);
    svg.begin(column == 0 ? "cell absent" : column >= column_of("complete") ? "cell done" : "cell",
              hosts > 1 ? words_.with("ranks-on-each", {grouped(ranks.size()), grouped(hosts)}) : cut_bytes(words_.with("ranks-n", {ranges(numbers)}), 160));
    if (ranks.size() > squares_shown) {
      svg.text(x, y + 11, "name", words_.with("ranks-count", {grouped(ranks.size())})).end();
      return;
    }
    std::string plain, fault;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      const double sx = x + static_cast<double>(i % per_line()) * pitch, sy = y + static_cast<double>(i / per_line()) * pitch;
      (ranks[i].fault ? fault : plain) += "M" + number(sx) + " " + number(sy) + "h" + number(square) + "v" + number(square) + "h-" + number(square) + "z";
    }
    if (!plain.empty()) svg.path(plain, "square");
    if (!fault.empty()) svg.path(fault, "square fault");
    svg.end();
    const double beside = x + static_cast<double>(std::min(ranks.size(), per_line())) * pitch + 4;
    if (hosts > 1) svg.text(beside, y + 10, "soft", "× " + grouped(hosts));
    const auto faulty = std::find_if(ranks.begin(), ranks.end(), [](const Rank& r) { return r.fault; });
    if (faulty == ranks.end() || hosts > 1 || ranks.size() > per_line()) return;
    std::vector<int> bad;
    for (const auto& rank : ranks)
      if (rank.fault) bad.push_back(rank.number);
    svg.text(beside, y + 10, "bad", cut(bad.size() == 1 ? words_.with("rank-n", {ranges(bad)}) : words_.with("ranks-n", {ranges(bad)}), 24));
  }

  std::string description() const {
    std::string text;
    for (const auto& group : communicator_.groups) {
      if (text.size() > 300) break;
      text += words_.with("ranks-n", {group.ranks}) + words_.colon() + rank_state_phrase(words_, group) + words_.stop();
    }
    return text.empty() ? std::string(words_("communicator-caption")) : text;
  }

  const Words& words_;
  const Communicator& communicator_;
  const Faults& faults_;
  bool of_job_;
  std::vector<Row> rows_;
  std::vector<std::size_t> columns_;
  double cell_ = 0;
};

}  // namespace

std::string ranks_picture(const Words& words, const Communicator& communicator, const Faults& faults, bool of_job, std::string_view id) {
  return Grid(words, communicator, faults, of_job).draw(id);
}

}  // namespace gpm::report
