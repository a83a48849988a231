// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/timeline.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <unordered_map>

#include "parsers/text/timestamp.h"

namespace gpm::store {
namespace {

using facts::TimeFrom;

constexpr std::int64_t ms = 1'000'000, second_ns = 1000 * ms, minute_ns = 60 * second_ns, day_ns = 86'400 * second_ns;
constexpr std::int64_t before_ns = 30 * day_ns, long_before_ns = 180 * day_ns, after_ns = 30 * day_ns;
constexpr std::int64_t settled_ns = 120 * second_ns;  // after it log daemons read the kernel's messages as they come
constexpr std::int64_t telling_ns = 5 * second_ns;    // before it boots are alike to the microsecond
constexpr std::int64_t drift = 10'000;                // one in so many: the kernel's clock against true time
constexpr std::size_t most_anchors = 256, most_alike = 16, most_dates = 64;

bool zoned(TimeFrom from) { return from == TimeFrom::stated || from == TimeFrom::inferred_zone || from == TimeFrom::inferred_year_and_zone; }

// Days since 1970 -> 1 Monday .. 7 Sunday; 1970-01-01 was a Thursday.
int weekday_of(std::int64_t utc_ns) { return static_cast<int>((utc_ns / day_ns + 3) % 7) + 1; }

int year_of(std::int64_t utc_ns) { return 1970 + static_cast<int>(utc_ns / day_ns * 400 / 146'097); }

// The moment in `year`; nothing for Feb 29 in other than leap years.
std::optional<std::int64_t> in_year(int year, std::int64_t in_year_ns) {
  const auto start = text::utc_ns(year, 1, 1, 0, 0, 0, 0), next = text::utc_ns(year + 1, 1, 1, 0, 0, 0, 0);
  if (!start || !next) return std::nullopt;
  constexpr std::int64_t leap_day = 59 * day_ns;  // Feb 29 of the year 2000
  const bool leap = *next - *start == 366 * day_ns;
  if (!leap && in_year_ns >= leap_day && in_year_ns < leap_day + day_ns) return std::nullopt;
  return *start + in_year_ns - (!leap && in_year_ns >= leap_day ? day_ns : 0);
}

std::optional<std::int64_t> only_year(const facts::Time& time, std::int64_t from, std::int64_t to) {
  std::optional<std::int64_t> found;
  for (int year = year_of(from) - 1; year <= year_of(to) + 1; ++year) {
    const auto at = in_year(year, *time.in_year_ns);
    if (!at || *at < from || *at > to || (time.weekday != 0 && weekday_of(*at) != time.weekday)) continue;
    if (found) return std::nullopt;
    found = at;
  }
  return found;
}

// /var/log/dmesg.0 and dmesg.1.gz are of earlier boots.
bool of_earlier_boot(const std::string& path) {
  const auto name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
  return name.starts_with("dmesg.") && name.size() > 6 && name[6] >= '0' && name[6] <= '9';
}

std::tuple<std::int64_t, std::int64_t, int, std::int64_t> order_of(const Anchor& a) {
  return {a.since_boot_ns, *a.wall.utc_ns, static_cast<int>(a.wall.from), a.wall.precision_ms};
}

}  // namespace

void Timeline::Range::add(const Range& other) {
  if (other.from) from = std::min(from.value_or(*other.from), *other.from);
  if (other.to) to = std::max(to.value_or(*other.to), *other.to);
}

Timeline::Timeline(std::vector<Document> documents) : documents_(std::move(documents)), zone_(documents_.size()) {
  std::sort(documents_.begin(), documents_.end(), [](const Document& a, const Document& b) {
    return std::tie(a.path, a.clocks.document) < std::tie(b.path, b.clocks.document);
  });
  std::map<std::string, std::set<int>> zones;
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    const auto& d = documents_[i];
    const Range range{d.clocks.dated_from, d.clocks.dated_to};
    by_id_[d.clocks.document] = i;
    host_range_[d.host].add(range);
    bundle_range_.add(range);
    if (!d.clocks.measured_zones_differ) zone_[i] = d.clocks.measured_zone_minutes;
    if (d.clocks.zone_minutes) zones[d.host].insert(*d.clocks.zone_minutes);
    if (d.clocks.zones_differ) zones[d.host].insert({-10'000, 10'000});
    first_node_.push_back(nodes_.size());
    for (const auto& boot : d.clocks.boots) nodes_.push_back({i, nodes_.size(), &boot});
  }
  for (const auto& [host, all] : zones)
    if (all.size() == 1) host_zone_[host] = *all.begin();
  join_equal_messages();
  collect_anchors();
  match_wall_clocks();
  use_running_kernel();
  settle_anchors();
  find_newest_boots();
}

std::size_t Timeline::root(std::size_t node) {
  while (nodes_[node].parent != node) node = nodes_[node].parent = nodes_[nodes_[node].parent].parent;
  return node;
}

// The smaller index becomes the root: documents are ordered by path.
void Timeline::join_equal_messages() {
  std::map<std::pair<std::uint64_t, std::int64_t>, std::size_t> seen;
  for (std::size_t d = 0; d < documents_.size(); ++d)
    for (const auto& landmark : documents_[d].clocks.landmarks) {
      if (!landmark.time.since_boot_ns || *landmark.time.since_boot_ns < telling_ns) continue;
      const auto node = node_of(d, landmark.line);
      if (!node) continue;
      // Microseconds are what all readers of the kernel's log print.
      const auto [entry, is_new] = seen.try_emplace({landmark.message, *landmark.time.since_boot_ns / 1000}, *node);
      if (is_new) continue;
      const auto a = root(entry->second), b = root(*node);
      nodes_[std::max(a, b)].parent = std::min(a, b);
    }
  for (std::size_t n = 0; n < nodes_.size(); ++n) nodes_[n].parent = root(n);
}

void Timeline::collect_anchors() {
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    for (auto anchor : nodes_[n].boot->anchors) {
      anchor.wall = on_wall(nodes_[n].document, anchor.wall);
      if (anchor.wall.utc_ns) anchors_[nodes_[n].parent].push_back(anchor);
    }
}

void Timeline::match_wall_clocks() {
  struct Known {
    std::size_t node;
    std::int64_t since_boot_ns;
  };
  std::unordered_map<std::uint64_t, std::vector<Known>> known;
  for (std::size_t d = 0; d < documents_.size(); ++d)
    for (const auto& landmark : documents_[d].clocks.landmarks)
      if (landmark.time.since_boot_ns)
        if (const auto node = node_of(d, landmark.line)) {
          auto& list = known[landmark.message];
          const Known one{nodes_[*node].parent, *landmark.time.since_boot_ns};
          const auto same = [&](const Known& k) { return k.node == one.node && k.since_boot_ns / 1000 == one.since_boot_ns / 1000; };
          if (list.size() < most_alike && std::none_of(list.begin(), list.end(), same)) list.push_back(one);
        }
  if (known.empty()) return;
  for (std::size_t d = 0; d < documents_.size(); ++d) {
    std::unordered_map<std::uint64_t, int> times;
    for (const auto& landmark : documents_[d].clocks.landmarks) ++times[landmark.message];
    std::map<std::size_t, std::vector<Pair>> pairs;
    for (const auto& landmark : documents_[d].clocks.landmarks) {
      const auto found = known.find(landmark.message);
      if (landmark.time.since_boot_ns || times[landmark.message] > 1 || found == known.end()) continue;
      for (const auto& k : found->second) {
        const auto& other = documents_[nodes_[k.node].document].host;
        if (!other.empty() && !documents_[d].host.empty() && other != documents_[d].host) continue;
        const auto once = std::count_if(found->second.begin(), found->second.end(), [&](const Known& o) { return o.node == k.node; }) == 1;
        if (once) pairs[k.node].push_back({k.since_boot_ns, landmark.time, landmark.ring_buffer});
      }
    }
    // A wall-clock log of the ring buffer is of one boot: the one that it shares most with.
    std::size_t most = 0;
    for (const auto& [node, list] : pairs) most = std::max(most, list.size());
    for (auto& [node, list] : pairs)
      if (!list.front().ring_buffer || list.size() == most) use_pairs(d, node, std::move(list));
  }
}

// Pairs of one boot and one wall-clock document: where they agree on when the boot was, they anchor it.
void Timeline::use_pairs(std::size_t document, std::size_t node, std::vector<Pair> pairs) {
  const auto late = [](const Pair& p) { return p.since_boot_ns >= settled_ns; };
  const auto all_of_boot = pairs.front().ring_buffer && pairs.size() >= 5 && pairs.size() * 10 >= documents_[document].clocks.landmarks.size() * 9;
  if (!all_of_boot) std::erase_if(pairs, [&](const Pair& p) { return !late(p); });
  std::int64_t earliest = 0, latest = 0, from = 0, to = 0, precision = 0;
  bool any = false;
  for (auto& pair : pairs) {
    pair.wall = on_wall(document, pair.wall);
    if (!pair.wall.utc_ns) return;
    // A stamp is cut to its precision: the moment lies within it.
    const auto boot = *pair.wall.utc_ns - pair.since_boot_ns, width = std::max<std::int64_t>(pair.wall.precision_ms, 1) * ms;
    earliest = any ? std::min(earliest, boot) : boot;
    latest = any ? std::max(latest, boot) : boot;
    from = any ? std::max(from, boot) : boot;
    to = any ? std::min(to, boot + width) : boot + width;
    precision = std::max(precision, width);
    any = true;
  }
  if (!any || latest - earliest > 5 * second_ns + precision) return;
  // Whoever reads the kernel's log late writes a late stamp: the earliest one is nearest.
  const auto moment = from < to ? (from + to) / 2 : earliest + precision / 2;
  const auto half = from < to ? (to - from) / 2 : (latest - earliest + precision) / 2;
  const auto& last = *std::max_element(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.since_boot_ns < b.since_boot_ns; });
  auto wall = last.wall;
  if (const auto known = boot_moment(node); known && known->zoned && !zoned(wall.from)) {
    const auto step = 15 * minute_ns, ahead = moment - known->utc_ns;
    const auto steps = (ahead + (ahead < 0 ? -step / 2 : step / 2)) / step;
    if (std::abs(ahead - steps * step) <= 2 * minute_ns && std::abs(steps) <= 14 * 4 && !zone_[document]) zone_[document] = static_cast<int>(steps) * 15;
    return;
  }
  wall.utc_ns = moment + last.since_boot_ns;
  wall.precision_ms = (half + ms - 1) / ms;
  anchors_[node].push_back({last.since_boot_ns, wall});
}

// When the running kernel of each host was started, as its btime, who -b and uptime say; uptime needs a date of the same
// half hour.
std::map<std::string, std::vector<Timeline::Moment>> Timeline::boot_moments() const {
  std::map<std::string, std::vector<Moment>> moments;
  std::map<std::string, std::vector<std::size_t>> with_date;
  for (std::size_t d = 0; d < documents_.size(); ++d) {
    const auto& first = documents_[d].clocks.first;
    auto& list = with_date[documents_[d].host];
    if (first && first->utc_ns && first->host_zone && list.size() < most_dates) list.push_back(d);
  }
  for (std::size_t d = 0; d < documents_.size(); ++d) {
    const auto& clocks = documents_[d].clocks;
    auto& list = moments[documents_[d].host];
    if (list.size() >= most_anchors) continue;
    for (const auto& since : clocks.running_since)
      if (const auto wall = on_wall(d, since.at); wall.utc_ns) list.push_back({*wall.utc_ns, since.precision_ms, zoned(wall.from)});
    for (const auto& uptime : clocks.uptimes)
      for (const auto other : with_date[documents_[d].host]) {
        const auto& first = *documents_[other].clocks.first;
        const auto wall = on_wall(other, first);
        const auto local = *first.utc_ns + first.zone_minutes.value_or(0) * minute_ns;
        const auto clock = local / day_ns * day_ns + uptime.clock_s * second_ns;
        if (std::abs(clock - local) > 30 * minute_ns) continue;
        list.push_back({*wall.utc_ns + (clock - local) - uptime.up_s * second_ns, 60'000, zoned(wall.from)});
      }
  }
  for (auto& [host, list] : moments)
    std::sort(list.begin(), list.end(), [](const Moment& a, const Moment& b) {
      return std::tuple(!a.zoned, a.precision_ms, a.utc_ns) < std::tuple(!b.zoned, b.precision_ms, b.utc_ns);
    });
  return moments;
}

// What a plain dmesg shows is the running kernel's boot.
void Timeline::use_running_kernel() {
  std::map<std::string, Moment> running;
  for (const auto& [host, list] : boot_moments()) {
    if (list.empty()) continue;
    const auto& best = list.front();
    const auto differs = [&](const Moment& m) { return m.zoned == best.zoned && std::abs(m.utc_ns - best.utc_ns) > 3 * minute_ns; };
    if (std::none_of(list.begin(), list.end(), differs)) running.emplace(host, best);
  }
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const auto& document = documents_[nodes_[n].document];
    const auto found = running.find(document.host);
    const bool last = n + 1 == nodes_.size() || nodes_[n + 1].document != nodes_[n].document;
    if (found == running.end() || !last || nodes_[n].boot->with_wall || of_earlier_boot(document.path)) continue;
    if (anchors_.count(nodes_[n].parent) > 0) continue;
    facts::Time wall;
    wall.utc_ns = found->second.utc_ns;
    wall.precision_ms = found->second.precision_ms;
    wall.from = found->second.zoned ? TimeFrom::stated : TimeFrom::assumed_utc;
    anchors_[nodes_[n].parent].push_back({0, wall});
  }
}

// The kernel's clock never steps, the wall clock does: where a later line puts the boot earlier, the wall clock had been ahead
// before (a board whose own clock is wrong until NTP corrects it), and the later line counts. That it falls behind is no
// error: the kernel's clock stands still while a machine sleeps.
void Timeline::settle_anchors() {
  for (auto& [node, list] : anchors_) {
    std::sort(list.begin(), list.end(), [](const Anchor& a, const Anchor& b) { return order_of(a) < order_of(b); });
    std::vector<Anchor> kept;
    std::array<std::optional<std::int64_t>, 2> earliest;  // moment of boot that later lines give, without and with zone
    for (auto a = list.rbegin(); a != list.rend(); ++a) {
      const auto moment = *a->wall.utc_ns - a->since_boot_ns;
      auto& known = earliest[zoned(a->wall.from) ? 1 : 0];
      const auto tolerance = minute_ns + a->wall.precision_ms * ms + list.back().since_boot_ns / drift;
      if (known && moment > *known + tolerance) continue;
      known = std::min(known.value_or(moment), moment);
      if (kept.size() < most_anchors) kept.push_back(*a);
    }
    list = std::move(kept);
  }
}

void Timeline::find_newest_boots() {
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    if (const auto moment = boot_moment(n)) {
      const auto [entry, is_new] = newest_boot_.try_emplace(documents_[nodes_[n].document].host, moment->utc_ns);
      if (!is_new) entry->second = std::max(entry->second, moment->utc_ns);
    }
}

std::optional<int> Timeline::zone_of(std::size_t document) const {
  if (zone_[document]) return zone_[document];
  const auto found = host_zone_.find(documents_[document].host);
  return found == host_zone_.end() ? std::nullopt : found->second;
}

std::optional<std::int64_t> Timeline::with_year(std::size_t document, const facts::Time& time) const {
  if (!time.in_year_ns) return std::nullopt;
  const auto& clocks = documents_[document].clocks;
  const auto host = host_range_.find(documents_[document].host);
  const Range own{clocks.dated_from, clocks.dated_to};
  const Range* range = own.to ? &own : !documents_[document].host.empty() && host->second.to ? &host->second : &bundle_range_;
  if (!range->to) return std::nullopt;
  if (const auto at = only_year(time, *range->from - before_ns, *range->to + after_ns)) return at;
  return only_year(time, *range->to - long_before_ns, *range->to + after_ns);
}

// The wall clock that the line states, completed; the kernel's clock is not looked at.
facts::Time Timeline::on_wall(std::size_t document, const facts::Time& time) const {
  auto result = time;
  const bool yearless = time.from == TimeFrom::yearless;
  if (yearless) result.utc_ns = with_year(document, time);
  if (!result.utc_ns || (!yearless && time.from != TimeFrom::assumed_utc)) return result;
  const auto zone = time.host_zone ? zone_of(document) : std::nullopt;
  if (zone) *result.utc_ns -= *zone * minute_ns;
  if (yearless)
    result.from = zone ? TimeFrom::inferred_year_and_zone : TimeFrom::inferred_year;
  else if (zone)
    result.from = TimeFrom::inferred_zone;
  return result;
}

// By the nearest anchor; one with a zone before one without.
std::optional<facts::Time> Timeline::anchored(std::size_t node, std::int64_t since_boot_ns) const {
  const auto found = anchors_.find(nodes_[node].parent);
  if (found == anchors_.end()) return std::nullopt;
  const Anchor* best = nullptr;
  const auto off_ms = [&](const Anchor& a) { return a.wall.precision_ms + std::abs(since_boot_ns - a.since_boot_ns) / drift / ms; };
  for (const auto& a : found->second)
    if (!best || std::tuple(!zoned(a.wall.from), off_ms(a)) < std::tuple(!zoned(best->wall.from), off_ms(*best))) best = &a;
  if (!best) return std::nullopt;
  facts::Time time;
  time.utc_ns = *best->wall.utc_ns + since_boot_ns - best->since_boot_ns;
  time.since_boot_ns = since_boot_ns;
  time.precision_ms = off_ms(*best);
  time.from = zoned(best->wall.from) ? TimeFrom::anchored_boot : TimeFrom::anchored_boot_assumed_utc;
  return time;
}

std::optional<Timeline::Moment> Timeline::boot_moment(std::size_t node) const {
  const auto at = anchored(node, nodes_[node].boot->last_ns);
  if (!at) return std::nullopt;
  return Moment{*at->utc_ns - *at->since_boot_ns, at->precision_ms, at->from == TimeFrom::anchored_boot};
}

std::optional<std::size_t> Timeline::node_of(std::size_t document, std::uint64_t line) const {
  const auto* boot = documents_[document].clocks.boot_of(line);
  if (!boot) return std::nullopt;
  return first_node_[document] + static_cast<std::size_t>(boot - documents_[document].clocks.boots.data());
}

facts::Time Timeline::resolve(std::int64_t document, std::uint64_t line, const facts::Time& time) const {
  const auto found = by_id_.find(document);
  if (found == by_id_.end()) return time;
  auto result = on_wall(found->second, time);
  if (result.utc_ns || !time.since_boot_ns) return result;
  const auto node = node_of(found->second, line);
  if (!node) return time;
  return anchored(*node, *time.since_boot_ns).value_or(time);
}

std::optional<std::int64_t> Timeline::not_before(std::int64_t document, std::uint64_t line, const std::optional<std::int64_t>& since_boot_ns) const {
  const auto found = by_id_.find(document);
  if (found == by_id_.end()) return std::nullopt;
  const auto& d = documents_[found->second];
  auto bound = d.clocks.dated_from;
  if (d.clocks.first)
    if (const auto first = on_wall(found->second, *d.clocks.first).utc_ns) bound = std::min(bound.value_or(*first), *first);
  const auto node = since_boot_ns ? node_of(found->second, line) : std::nullopt;
  if (node && !nodes_[*node].boot->with_wall && !of_earlier_boot(d.path))
    if (const auto newest = newest_boot_.find(d.host); newest != newest_boot_.end())
      bound = std::max(bound.value_or(newest->second), newest->second + *since_boot_ns);
  return bound;
}

std::optional<std::pair<std::int64_t, std::int64_t>> Timeline::dated(std::int64_t document) const {
  const auto found = by_id_.find(document);
  if (found == by_id_.end()) return std::nullopt;
  const auto& clocks = documents_[found->second].clocks;
  if (!clocks.dated_from || !clocks.dated_to) return std::nullopt;
  return std::pair(*clocks.dated_from, *clocks.dated_to);
}

}  // namespace gpm::store
