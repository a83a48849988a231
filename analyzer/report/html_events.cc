// SPDX-License-Identifier: Apache-2.0
//
// What happened: the timeline as picture and table, and how far the ranks came.
#include <map>

#include "analyzer/report/html_sheet.h"
#include "analyzer/report/pictures.h"

namespace gpm::report::html {
namespace {

constexpr std::size_t line_most = 400, rank_groups_shown = 12, clockless_shown = 12, pictures_of_ranks = 6;

data moment_row(const Sheet& sheet, const Moment& moment) {
  data d;
  const auto time = time_phrase(sheet.words, moment.time, moment.boot_time, moment.time_precision_ms);
  d["time"] = text(time.empty() ? sheet.words("time-unknown") : time);
  d["caveat"] = text(time_caveat(sheet.words, moment.time_from));
  d["host"] = name(moment.host);
  d["speaker"] = text(moment.source.empty() ? "" : sheet.words.of("source", moment.source));
  d["title"] = text(moment.title.empty() ? moment.kind : moment.title);
  d["role"] = text(moment.first ? sheet.words("mark-first") : "");
  d["follows"] = text(!moment.first && moment.follows_from != 0 && moment.evidence_of != 1 ? sheet.words.with("follows-from-n", {std::to_string(moment.follows_from)}) : "");
  d["text"] = text(sheet.quote(moment.text, line_most));
  d["source"] = text(source_of(moment.document, moment.line));
  d["count"] = text(count_phrase(sheet.words, moment.count));
  return d;
}

// Documents whose moments are not on the axis, with how many and why.
data without_clock(const Sheet& sheet, data& more) {
  std::map<std::string_view, std::pair<std::uint64_t, std::string_view>> documents;
  for (const auto& m : sheet.result.timeline) {
    if (m.utc_ns) continue;
    auto& [count, why] = documents[m.document];
    ++count;
    why = m.time_from.empty() ? std::string_view("none") : std::string_view(m.time_from);
  }
  auto rows = list();
  for (const auto& [path, seen] : documents) {
    if (rows.list_value().size() == clockless_shown) break;
    data row;
    row["path"] = name(path);
    row["why"] = text(sheet.words.with("moments-n", {grouped(seen.first)}) + sheet.words.comma() + sheet.words.of("time-from", seen.second));
    append(rows, std::move(row));
  }
  more = omitted(sheet.words, documents.size(), clockless_shown);
  return rows;
}

data group_row(const Sheet& sheet, const RankGroup& group) {
  data row;
  row["ranks"] = text(group.ranks);
  row["state"] = text(rank_state_phrase(sheet.words, group));
  row["place"] = text(rank_place_phrase(group));
  row["source"] = text(source_of(group.document, group.line));
  return row;
}

data rank_row(const CommunicatorRank& rank) {
  data row;
  row["rank"] = data(std::to_string(rank.rank));
  row["host"] = name(rank.host);
  row["gpu"] = name((rank.gpu_index ? std::to_string(*rank.gpu_index) + " " : "") + rank.pci);
  row["phase"] = name(rank.phase);
  row["source"] = text(source_of(rank.document, rank.line));
  return row;
}

}  // namespace

void add_timeline(const Sheet& sheet, data& page) {
  const auto& result = sheet.result;
  page["timeline"] = data(!result.timeline.empty());
  const auto picture = timeline_picture(sheet.words, result, sheet.prefix + "timeline-picture", sheet.limits.marks);
  page["timeline_picture"] = picture.empty() ? data(false) : data(picture);
  data more;
  auto clockless = without_clock(sheet, more);
  page["has_clockless"] = data(!picture.empty() && clockless.is_non_empty_list());
  page["clockless"] = std::move(clockless);
  page["clockless_more"] = std::move(more);
  auto rows = first_of(result.timeline, sheet.limits.moments, [&](const Moment& moment) { return moment_row(sheet, moment); });
  page["timeline_parts"] = in_parts(sheet, std::move(rows), rows_open, sheet.words("timeline-caption"));
  const auto beyond = result.timeline_omitted + result.timeline.size() - std::min(result.timeline.size(), sheet.limits.moments);
  page["timeline_omitted"] = text(beyond == 0 ? "" : sheet.words.with("omitted-moments", {grouped(beyond)}));
}

void add_communicators(const Sheet& sheet, data& page) {
  const auto& all = sheet.result.communicators;
  page["has_communicators"] = data(!all.empty());
  int largest = 0;
  for (const auto& communicator : all) largest = std::max(largest, communicator.nranks.value_or(0));
  std::size_t number = 0;
  page["communicators"] = first_of(all, sheet.limits.communicators, [&](const Communicator& communicator) {
    data d;
    const auto seen = grouped(communicator.ranks.size());
    const auto picture = number < pictures_of_ranks ? ranks_picture(sheet.words, communicator, sheet.faults, communicator.nranks.value_or(0) == largest,
                                                                    sheet.prefix + "ranks-picture-" + std::to_string(++number))
                                                    : std::string();
    d["id"] = name(communicator.id);
    d["region"] = text(sheet.words.with("communicator-n", {cut_bytes(communicator.id, 100)}));
    d["picture_region"] = text(sheet.words.with("ranks-of", {cut_bytes(communicator.id, 100)}));
    d["groups_region"] = text(sheet.words.with("rank-groups-of", {cut_bytes(communicator.id, 100)}));
    d["picture"] = picture.empty() ? data(false) : data(picture);
    const bool open = &communicator == &all.front() && (communicator.ranks.size() <= rows_open || communicator.state == "stuck" || communicator.state == "incomplete");
    d["open"] = data(open);
    d["size"] = data(communicator.nranks ? sheet.words.with("communicator-size", {seen, std::to_string(*communicator.nranks)})
                                         : sheet.words.with("communicator-seen", {seen}));
    d["groups"] = first_of(communicator.groups, rank_groups_shown, [&](const RankGroup& group) { return group_row(sheet, group); });
    d["has_groups"] = data(d["groups"].is_non_empty_list());
    d["groups_more"] = omitted(sheet.words, communicator.groups.size(), rank_groups_shown);
    // All ranks of a large job are the picture's and the groups'; a table of thousands helps nobody.
    d["ranks"] = first_of(communicator.ranks, sheet.limits.ranks, rank_row);
    d["ranks_more"] = omitted(sheet.words, communicator.ranks.size(), sheet.limits.ranks);
    return d;
  });
  page["communicators_more"] = omitted(sheet.words, all.size(), sheet.limits.communicators);
}

}  // namespace gpm::report::html
