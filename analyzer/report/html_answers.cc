// SPDX-License-Identifier: Apache-2.0
//
// The top of the page: the verdict, where, how sure, what to do first, and what it is not.
#include "analyzer/report/html_sheet.h"

namespace gpm::report::html {
namespace {

constexpr std::size_t gpus_at_top = 3, gpus_shown = 16, names_shown = 24, alternatives_shown = 3;

const Fix* first_fix(const std::vector<Fix>& fixes) {
  const auto cure = std::find_if(fixes.begin(), fixes.end(), [](const Fix& f) { return f.kind != "workaround"; });
  return fixes.empty() ? nullptr : cure == fixes.end() ? &fixes.front() : &*cure;
}

// A line for each GPU and for each other kind of place: label, name, and what identifies it.
data places(const Sheet& sheet, const Where& where, std::size_t gpus) {
  auto rows = list();
  const auto add = [&](std::string_view label, std::string_view value, const std::string& more = {}) {
    data row;
    row["label"] = text(label);
    row["text"] = text(value);
    row["more"] = text(more);
    rows.push_back(row);
  };
  auto others = where;
  others.gpus.clear();
  const auto phrases = where_phrases(sheet.words, others, names_shown);
  const auto hosts = std::string(sheet.words("where-hosts"));
  for (const auto& phrase : phrases)
    if (phrase.label == hosts) add(phrase.label, phrase.text);
  for (std::size_t i = 0; i < where.gpus.size() && i < gpus; ++i) {
    const auto& gpu = where.gpus[i];
    std::string more;
    for (const auto* part : {&gpu.pci, &gpu.uuid, &gpu.serial, &gpu.name}) {
      if (part->empty()) continue;
      more += (more.empty() ? "" : " · ") + (part == &gpu.serial ? sheet.words.with("serial-n", {cut_bytes(*part, 64)}) : cut_bytes(*part, 64));
    }
    const bool elsewhere = !gpu.host.empty() && std::find(where.hosts.begin(), where.hosts.end(), gpu.host) == where.hosts.end();
    const bool named = where.hosts.size() > 1 || elsewhere;
    add("GPU", (gpu.index ? std::to_string(*gpu.index) : std::string("–")) + (named && !gpu.host.empty() ? " @ " + cut_bytes(gpu.host, 64) : ""), more);
  }
  if (where.gpus.size() > gpus) add("GPU", sheet.words.with("list-more", {grouped(where.gpus.size() - gpus)}));
  for (const auto& phrase : phrases)
    if (phrase.label != hosts) add(phrase.label, phrase.text);
  return rows;
}

}  // namespace

data answer(const Sheet& sheet, const Cause& cause) {
  data d;
  d["number"] = data(std::to_string(&cause - sheet.result.causes.data() + 1));
  d["id"] = text(cause.id);
  d["title"] = text(cause.title);
  d["percent"] = data(percent(cause.confidence));
  d["share"] = data(std::to_string(static_cast<int>(cause.confidence > 0 ? std::min(cause.confidence, 1.0) * 100 : 0)));
  d["sure"] = data(std::string(confidence_words(sheet.words, cause.confidence)));
  d["where"] = places(sheet, cause.where, gpus_shown);
  d["has_where"] = data(d["where"].is_non_empty_list());
  d["why_not"] = text(cause.why_not);
  return d;
}

void add_answers(const Sheet& sheet, data& page) {
  const auto& result = sheet.result;
  const auto& verdict = result.verdict;
  page["verdict_status"] = text(sheet.words.of("verdict", verdict.status));
  page["verdict_summary"] = text(verdict.summary);
  page["verdict_class"] = data(verdict.status == "fault-found" ? "fault" : verdict.status == "undecided" ? "undecided" : "clear");
  page["hardware_answer"] = text(sheet.words.of("hardware-answer", verdict.hardware));
  page["hardware_class"] = data(verdict.hardware == "suspect" ? "suspect" : verdict.hardware == "cleared" ? "cleared" : "unknown");
  page["hardware_why"] = text(verdict.why);
  for (const auto* key : {"top", "first_fix", "first_collect"}) page[key] = data(false);
  page["alternatives"] = list();
  if (!result.causes.empty()) {
    const auto& top = result.causes.front();
    auto card = answer(sheet, top);
    card["where"] = places(sheet, top.where, gpus_at_top);
    page["top"] = std::move(card);
    if (const auto* first = first_fix(top.fixes)) page["first_fix"] = fix(sheet, *first);
    std::size_t shown = 0;
    for (const auto& cause : result.causes)
      if (&cause != &top && cause.incident == top.incident && shown++ < alternatives_shown) page["alternatives"].push_back(answer(sheet, cause));
    page["other_faults"] = list_of(other_faults(result), [&](const Cause* cause) { return answer(sheet, *cause); });
  } else {
    page["other_faults"] = list();
  }
  page["has_alternatives"] = data(page["alternatives"].is_non_empty_list());
  page["has_other_faults"] = data(page["other_faults"].is_non_empty_list());
  if (verdict.status == "undecided" && !result.missing.empty()) page["first_collect"] = missing(result.missing[0]);
}

}  // namespace gpm::report::html
