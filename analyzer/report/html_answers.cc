// SPDX-License-Identifier: Apache-2.0
//
// The top of the page: the verdict, where, how sure, what to do first, and what it is not.
#include "analyzer/report/html_sheet.h"

namespace gpm::report::html {
namespace {

constexpr std::size_t gpus_at_top = 3, gpus_shown = 16, names_shown = 24, alternatives_shown = 3;

const Fix* first_workaround(const std::vector<Fix>& fixes) {
  const auto at = std::find_if(fixes.begin(), fixes.end(), [](const Fix& f) { return f.kind == "workaround" && !f.elsewhere; });
  return at == fixes.end() ? nullptr : &*at;
}

const Fix* first_fix(const std::vector<Fix>& fixes) {
  const auto cure = std::find_if(fixes.begin(), fixes.end(), [](const Fix& f) { return f.kind != "workaround" && !f.elsewhere; });
  return cure != fixes.end() ? &*cure : fixes.empty() ? nullptr : &fixes.front();
}

// A sentence in pieces, so that no name of a host in it is broken at its hyphens.
data with_names(const std::string& sentence, const Result& result) {
  auto pieces = list();
  const auto add = [&](std::string_view piece, bool name) {
    if (piece.empty()) return;
    data d;
    d["name"] = data(name);
    d["text"] = text(piece);
    append(pieces, std::move(d));
  };
  std::string_view rest = sentence;
  while (!rest.empty() && !result.causes.empty()) {
    std::size_t at = std::string_view::npos, size = 0;
    for (const auto& host : result.causes.front().where.hosts) {
      if (host.empty()) continue;
      if (const auto found = rest.find(host); found < at || (found == at && host.size() > size)) at = found, size = host.size();
    }
    if (at == std::string_view::npos || pieces.list_value().size() > 16) break;
    // A short word before the name ("；位于主机 ") stays with it: Chinese may be broken between any two characters.
    constexpr std::size_t widest = 26;
    const auto stop = std::max(rest.substr(0, at).rfind("；") + 1, rest.substr(0, at).rfind("，") + 1);
    auto from = stop == 0 ? at : stop - 1 + std::string_view("，").size();
    if (width_of(rest.substr(from, at + size - from)) > widest) from = at;
    add(rest.substr(0, from), false);
    add(rest.substr(from, at + size - from), true);
    rest.remove_prefix(at + size);
  }
  add(rest, false);
  return pieces;
}

bool one_host_with_indices(const std::vector<Gpu>& gpus) {
  return std::all_of(gpus.begin(), gpus.end(), [&](const Gpu& g) { return g.index && g.host == gpus.front().host; });
}

// A line for each GPU and for each other kind of place: label, name, and what identifies it. In brief a GPU is told by where it
// sits; who may have to take the card out wants its UUID and serial, too.
data places(const Sheet& sheet, const Where& where, std::size_t gpus, bool brief) {
  auto rows = list();
  const auto add = [&](std::string_view label, std::string_view value, const std::string& more = {}) {
    data row;
    row["label"] = text(label);
    row["text"] = text(value);
    row["more"] = text(more);
    append(rows, std::move(row));
  };
  auto others = where;
  others.gpus.clear();
  const auto phrases = where_phrases(sheet.words, others, names_shown);
  const auto hosts = std::string(sheet.words("where-hosts"));
  for (const auto& phrase : phrases)
    if (phrase.label == hosts) add(phrase.label, phrase.text);
  // Many of one host in one row.
  const bool joined = brief && where.gpus.size() > gpus && one_host_with_indices(where.gpus);
  if (joined) {
    std::vector<int> indices;
    for (const auto& gpu : where.gpus) indices.push_back(*gpu.index);
    const auto& model = where.gpus.front().name;
    const bool alike = std::all_of(where.gpus.begin(), where.gpus.end(), [&](const Gpu& g) { return g.name == model; });
    add("GPU", ranges(indices), alike ? cut_bytes(model, 64) : std::string());
  }
  for (std::size_t i = 0; i < where.gpus.size() && i < gpus && !joined; ++i) {
    const auto& gpu = where.gpus[i];
    std::string more;
    for (const auto* part : {&gpu.pci, &gpu.uuid, &gpu.serial, &gpu.name}) {
      if (part->empty() || (brief && (part == &gpu.uuid || part == &gpu.serial))) continue;
      more += (more.empty() ? "" : " · ") + (part == &gpu.serial ? sheet.words.with("serial-n", {cut_bytes(*part, 64)}) : cut_bytes(*part, 64));
    }
    const bool elsewhere = !gpu.host.empty() && std::find(where.hosts.begin(), where.hosts.end(), gpu.host) == where.hosts.end();
    const bool named = where.hosts.size() > 1 || elsewhere;
    add("GPU", (gpu.index ? std::to_string(*gpu.index) : std::string("–")) + (named && !gpu.host.empty() ? " @ " + cut_bytes(gpu.host, 64) : ""), more);
  }
  if (where.gpus.size() > gpus && !joined) add("GPU", sheet.words.with("list-more", {grouped(where.gpus.size() - gpus)}));
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
  d["where"] = places(sheet, cause.where, gpus_shown, false);
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
  for (const auto* key : {"top", "first_fix", "meanwhile", "first_collect", "first_sign"}) page[key] = data(false);
  page["summary"] = with_names(verdict.summary, result);
  if (const auto sign = first_sign(sheet.words, result)) {
    data d;
    d["time"] = text(sign->time);
    d["caveat"] = text(sign->caveat.empty() ? "" : sheet.words.in_brackets(sign->caveat));
    d["title"] = text(sign->title);
    d["source"] = text(sign->source);
    page["first_sign"] = std::move(d);
  }
  page["versions"] = text(versions_phrase(sheet.words, result));
  page["alternatives"] = list();
  if (!result.causes.empty()) {
    const auto& top = result.causes.front();
    auto card = answer(sheet, top);
    card["where"] = places(sheet, top.where, gpus_at_top, verdict.hardware != "suspect");
    page["top"] = std::move(card);
    const auto* first = first_fix(top.fixes);
    if (first != nullptr) page["first_fix"] = fix(sheet, *first);
    if (const auto* meanwhile = first_workaround(top.fixes); meanwhile != nullptr && meanwhile != first) page["meanwhile"] = fix(sheet, *meanwhile);
    std::size_t shown = 0;
    for (const auto& cause : result.causes)
      if (&cause != &top && cause.incident == top.incident && shown++ < alternatives_shown) append(page["alternatives"], answer(sheet, cause));
    page["other_faults"] = list_of(other_faults(result), [&](const Cause* cause) { return answer(sheet, *cause); });
  } else {
    page["other_faults"] = list();
  }
  page["has_alternatives"] = data(page["alternatives"].is_non_empty_list());
  page["has_other_faults"] = data(page["other_faults"].is_non_empty_list());
  if (verdict.status == "undecided" && !result.missing.empty()) page["first_collect"] = missing(result.missing[0]);
}

}  // namespace gpm::report::html
