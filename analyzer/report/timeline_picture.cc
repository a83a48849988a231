// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "analyzer/report/columns.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/pictures.h"
#include "analyzer/report/svg.h"
#include "analyzer/report/time_axis.h"

namespace gpm::report {
namespace {

constexpr double width = 1080, gutter = 250, right = 14, head = 66, row_height = 24, lane_gap = 8, legend_height = 44;
constexpr double label_half = 40, column_width = 7.5;  // of a tick's label; of bold text, at most
constexpr double apart = 11, apart_with_count = 40;  // how close marks may stand
constexpr std::size_t lanes_shown = 20, title_bytes = 90;
constexpr std::array<std::string_view, 5> sources = {"kernel", "nccl", "application", "platform", "host"};

enum class Part { first, evidence, follows, other };

Part part_of(const Moment& m) {
  if (m.first) return Part::first;
  if (m.evidence_of == 1) return Part::evidence;
  return m.follows_from != 0 ? Part::follows : m.evidence_of != 0 ? Part::evidence : Part::other;
}

std::string_view css_of(Part part) {
  switch (part) {
    case Part::first: return "mark first";
    case Part::evidence: return "mark for";
    case Part::follows: return "mark follows";
    default: return "mark";
  }
}

// A stamp that other lines or an assumption had to complete.
bool uncertain(const Moment& m) { return !m.time_from.empty() && m.time_from != "stated"; }

std::size_t row_of(const std::string& source) {
  const auto at = std::find(sources.begin(), sources.end(), source);
  return at == sources.end() ? sources.size() - 1 : static_cast<std::size_t>(at - sources.begin());
}

struct Mark {
  double x = 0, to_x = 0, whisker = 0;
  std::uint64_t count = 0;
  Part part = Part::other;
  bool unsure = false;
  const Moment* moment = nullptr;  // the first that counts most
};

struct Row {
  std::vector<const Moment*> moments;
  std::vector<Mark> marks;
  double y = 0;
};

struct Lane {
  std::string label;
  std::map<std::size_t, Row> rows;  // by place in `sources`
};

class Drawing {
 public:
  Drawing(const Words& words, const Result& result, std::size_t marks) : words_(words), result_(result), most_marks_(marks) {}

  std::string draw(std::string_view id) {
    std::vector<std::int64_t> times;
    for (const auto& m : result_.timeline) {
      if (!m.utc_ns) continue;
      times.push_back(*m.utc_ns);
      if (m.last_utc_ns) times.push_back(std::max(*m.last_utc_ns, *m.utc_ns));
      if (m.first) first_ = &m;
    }
    if (times.empty()) return {};
    const TimeAxis axis(times, gutter, width - gutter - right);
    make_lanes();
    // Where there are too many marks, neighbours further apart become one.
    for (double scale = 1;; scale *= 2)
      if (place_marks(axis, scale) <= most_marks_ || scale > width) break;
    const double bottom = lay_out();
    Svg svg(width, bottom + legend_height, id, words_("timeline"), description());
    draw_ground(svg, axis, bottom);
    draw_lanes(svg);
    draw_ties(svg, axis);
    for (const auto& lane : lanes_)
      for (const auto& [source, row] : lane.rows)
        for (const auto& mark : row.marks) draw_mark(svg, mark, source, row.y);
    draw_legend(svg, bottom);
    return svg.take();
  }

 private:
  // Lanes by name, that of the first failure first; where there are too many, the rest shares one.
  void make_lanes() {
    std::map<std::string, std::vector<const Moment*>> by_host;
    for (const auto& m : result_.timeline)
      if (m.utc_ns) by_host[m.host].push_back(&m);
    std::vector<std::pair<std::string, std::vector<const Moment*>>> ordered(by_host.begin(), by_host.end());
    std::stable_sort(ordered.begin(), ordered.end(), [&](const auto& a, const auto& b) { return weight(a.second, a.first) < weight(b.second, b.first); });
    for (auto& [host, moments] : ordered) {
      if (lanes_.size() < lanes_shown || ordered.size() == lanes_shown + 1)
        lanes_.push_back({host.empty() ? std::string(words_("host-unnamed")) : host, {}});
      else if (lanes_.size() == lanes_shown)
        lanes_.push_back({words_.with("hosts-more", {grouped(ordered.size() - lanes_shown)}), {}});
      for (const auto* m : moments) lanes_.back().rows[row_of(m->source)].moments.push_back(m);
    }
  }

  static int weight(const std::vector<const Moment*>& moments, const std::string& host) {
    int best = 3;
    for (const auto* m : moments) best = std::min(best, static_cast<int>(part_of(*m)));
    return 2 * best + host.empty();
  }

  std::size_t place_marks(const TimeAxis& axis, double scale) {
    std::size_t total = 0;
    for (auto& lane : lanes_)
      for (auto& [source, row] : lane.rows) {
        std::stable_sort(row.moments.begin(), row.moments.end(), [](const auto* a, const auto* b) { return *a->utc_ns < *b->utc_ns; });
        row.marks.clear();
        for (const auto* m : row.moments) add_mark(row, axis, *m, scale);
        total += row.marks.size();
      }
    return total;
  }

  static void add_mark(Row& row, const TimeAxis& axis, const Moment& m, double scale) {
    const double x = axis.x_of(*m.utc_ns), to = m.last_utc_ns ? axis.x_of(std::max(*m.last_utc_ns, *m.utc_ns)) : x;
    const auto part = part_of(m);
    if (!row.marks.empty()) {
      auto& before = row.marks.back();
      if (x - before.x < scale * (before.count > 1 ? apart_with_count : apart)) {
        before.count += m.count;
        before.to_x = std::max(before.to_x, to);
        before.unsure |= uncertain(m);
        if (part < before.part) {
          before.part = part;
          before.moment = &m;
        }
        return;
      }
    }
    row.marks.push_back({x, to, axis.pixels(1e6 * static_cast<double>(m.time_precision_ms), *m.utc_ns), m.count, part, uncertain(m), &m});
  }

  double lay_out() {
    double y = head;
    for (auto& lane : lanes_) {
      for (auto& [source, row] : lane.rows) {
        row.y = y + row_height / 2;
        y += row_height;
      }
      y += lane_gap;
    }
    return y;
  }

  std::string description() const {
    const auto text = words_.with("timeline-desc", {grouped(result_.timeline.size()), grouped(lanes_.size())});
    return first_ == nullptr ? text : text + words_.stop() + words_.with("timeline-first", {first_->time, first_->title}) + words_.stop();
  }

  void draw_ground(Svg& svg, const TimeAxis& axis, double bottom) const {
    if (first_ != nullptr) {
      const double x = axis.x_of(*first_->utc_ns);
      svg.rect(x, head - 6, width - right - x, bottom - head, "after");
    }
    const auto& segments = axis.segments();
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const auto& s = segments[i];
      svg.line(s.x, head - 6, s.x + s.width, head - 6, "axis");
      if (i > 0) {
        const double from = segments[i - 1].x + segments[i - 1].width;
        svg.rect(from, head - 6, s.x - from, bottom - head, "gap").text((from + s.x) / 2, head - 10, "mid soft", "⋯");
      }
    }
    for (const auto& tick : axis.ticks(92)) {
      const bool at_edge = tick.x > width - label_half;  // the label would be cut
      const double x = at_edge ? width : tick.x;
      svg.line(tick.x, head - 10, tick.x, bottom - lane_gap, "grid").text(x, head - 14, at_edge ? "end tick" : "mid tick", tick.label);
      if (!tick.date.empty()) svg.text(x, head - 28, at_edge ? "end soft tick" : "mid soft tick", tick.date);
    }
    if (first_ == nullptr) return;
    const double x = axis.x_of(*first_->utc_ns);
    const bool to_left = x > width * 0.62;
    svg.line(x, 4, x, 20, "failure").line(x, head - 10, x, bottom - lane_gap, "failure");
    const auto room = static_cast<std::size_t>((to_left ? x : width - x) / column_width) - 2;
    svg.text(to_left ? x - 6 : x + 6, 14, to_left ? "end bad" : "bad", cut(words_.with("timeline-first", {clock_of(*first_->utc_ns), first_->title}), std::min<std::size_t>(room, 70)));
  }

  void draw_lanes(Svg& svg) const {
    for (const auto& lane : lanes_) {
      const double top = lane.rows.begin()->second.y - row_height / 2, end = lane.rows.rbegin()->second.y + row_height / 2;
      svg.line(0, end + lane_gap / 2, width - right, end + lane_gap / 2, "grid");
      svg.begin("lane", lane.label).text(0, top + 16, "name", cut(lane.label, 21)).end();
      for (const auto& [source, row] : lane.rows) svg.text(gutter - 12, row.y + 4, "end soft", words_.of("source", sources[source]));
    }
  }

  // From the first failure to the first consequence in each row.
  void draw_ties(Svg& svg, const TimeAxis& axis) const {
    if (first_ == nullptr) return;
    const double x = axis.x_of(*first_->utc_ns);
    double y = 0;
    for (const auto& lane : lanes_)
      for (const auto& [source, row] : lane.rows)
        for (const auto& mark : row.marks)
          if (mark.part == Part::first) y = row.y;
    for (const auto& lane : lanes_)
      for (const auto& [source, row] : lane.rows) {
        const auto next = std::find_if(row.marks.begin(), row.marks.end(), [&](const Mark& m) { return m.part == Part::follows && m.x >= x; });
        if (next == row.marks.end()) continue;
        svg.path("M" + number(x) + " " + number(y) + "C" + number((x + next->x) / 2) + " " + number(y) + " " + number((x + next->x) / 2) + " " +
                     number(row.y) + " " + number(next->x) + " " + number(row.y),
                 "tie");
      }
  }

  void draw_mark(Svg& svg, const Mark& mark, std::size_t source, double y) const {
    const auto& m = *mark.moment;
    auto title = time_phrase(words_, m.time, "", m.time_precision_ms) + " " + cut_bytes(m.title.empty() ? m.kind : m.title, title_bytes);
    if (mark.count > 1) title += " ×" + grouped(mark.count);
    if (mark.unsure) title += words_.in_brackets(time_caveat(words_, m.time_from));
    svg.begin(std::string(css_of(mark.part)) + (mark.unsure ? " unsure" : ""), title);
    if (mark.to_x > mark.x + 1) svg.line(mark.x, y + 9, mark.to_x, y + 9, "span");
    if (mark.whisker > 6) svg.line(std::max(mark.x - mark.whisker, gutter), y + 8, std::min(mark.x + mark.whisker, width - right), y + 8, "whisker");
    shape(svg, source, mark.x, y);
    svg.end();
    if (mark.count > 1) svg.text(mark.x + 8, y + 4, "count", "×" + short_count(mark.count));
  }

  static std::string short_count(std::uint64_t count) {
    return count < 10'000 ? std::to_string(count) : count < 10'000'000 ? std::to_string(count / 1000) + "k" : std::to_string(count / 1'000'000) + "M";
  }

  static void shape(Svg& svg, std::size_t source, double x, double y) {
    const auto at = [&](double dx, double dy) { return number(x + dx) + " " + number(y + dy); };
    switch (source) {
      case 0: svg.circle(x, y, 5, "shape"); break;
      case 1: svg.path("M" + at(-4.5, -4.5) + "h9v9h-9z", "shape"); break;
      case 2: svg.path("M" + at(0, -5.5) + "L" + at(5.5, 4.5) + "L" + at(-5.5, 4.5) + "z", "shape"); break;
      case 3: svg.path("M" + at(0, -6) + "L" + at(6, 0) + "L" + at(0, 6) + "L" + at(-6, 0) + "z", "shape"); break;
      default: svg.path("M" + at(-2.5, -5.5) + "h5v11h-5z", "shape");
    }
  }

  void draw_legend(Svg& svg, double bottom) const {
    double x = gutter;
    const double y = bottom + 24;
    const auto label = [&](const std::string& text) {
      svg.text(x + 10, y + 4, "soft", text);
      x += 34 + 6.6 * static_cast<double>(width_of(text));
    };
    std::set<Part> parts;
    bool unsure = false;
    for (const auto& lane : lanes_)
      for (const auto& [source, row] : lane.rows)
        for (const auto& mark : row.marks) {
          parts.insert(mark.part);
          unsure |= mark.unsure;
        }
    constexpr std::array<std::string_view, 4> names = {"first", "for", "follows", "other"};
    for (const auto part : parts) {
      svg.begin(css_of(part)).circle(x, y, 5, "shape").end();
      label(words_.of("mark", names[static_cast<std::size_t>(part)]));
    }
    if (unsure) {
      svg.begin("mark unsure").circle(x, y, 5, "shape").end();
      label(std::string(words_("mark-unsure")));
    }
  }

  const Words& words_;
  const Result& result_;
  std::size_t most_marks_;
  const Moment* first_ = nullptr;
  std::vector<Lane> lanes_;
};

}  // namespace

std::string timeline_picture(const Words& words, const Result& result, std::string_view id, std::size_t marks) {
  return Drawing(words, result, marks).draw(id);
}

}  // namespace gpm::report
