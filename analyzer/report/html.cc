// SPDX-License-Identifier: Apache-2.0
//
// The HTML page: what the template (page.mustache.html) asks for, taken from the result. Every text passes inert() here
// and the template's own escaping there; nothing but the style sheet, which is ours, is put in unescaped.
#include <algorithm>
#include <kainjow/mustache.hpp>
#include <ostream>
#include <string>

#include "analyzer/report/inert.h"
#include "analyzer/report/page.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/views.h"
#include "analyzer/report/words.h"

namespace gpm::report {
namespace {

using kainjow::mustache::data;

constexpr std::size_t evidence_open = 6, rows_open = 15, places_shown = 24, rank_groups_shown = 12;

data list() { return data(data::type::list); }

// An empty text is "false" to the template: kainjow takes an empty string for true, and a missing key for the one
// outside.
data text(std::string_view value) { return value.empty() ? data(false) : data(inert(value)); }

template <typename Items, typename Make>
data list_of(const Items& items, Make make) {
  auto rows = list();
  for (const auto& item : items) rows.push_back(make(item));
  return rows;
}

// Rows in one open part and, behind it, one that is folded; so no long table stands between two sections.
data in_parts(const Words& words, const data& rows, std::size_t open, std::string_view region) {
  auto parts = list();
  const auto& all = rows.list_value();
  for (std::size_t from = 0; from < all.size();) {
    const auto size = from == 0 ? std::min(open, all.size()) : all.size() - from;
    data part;
    part["folded"] = from == 0 ? data(false) : data(words.with("list-more", {grouped(size)}));
    part["region"] = data(std::string(region) + (from == 0 ? "" : " 2"));  // landmarks need names of their own
    part["rows"] = list();
    for (std::size_t i = from; i < from + size; ++i) part["rows"].push_back(all[i]);
    parts.push_back(part);
    from += size;
  }
  return parts;
}

std::string class_of_risk(std::string_view risk) {
  for (const std::string_view known : {"safe", "restarts-job", "restarts-node", "hardware"})
    if (risk == known) return "risk-" + std::string(known);
  return "risk-other";
}

class Page {
 public:
  explicit Page(const Result& result) : result_(result), words_(result.language) {}

  data fill() const {
    data page;
    add_head(page);
    add_answers(page);
    auto causes = list();
    for (std::size_t i = 0; i < result_.causes.size(); ++i) causes.push_back(cause(i));
    page["causes"] = std::move(causes);
    add_collect(page);
    add_timeline(page);
    add_places(page);
    add_communicators(page);
    add_documents(page);
    return page;
  }

 private:
  void add_head(data& page) const {
    page["lang"] = data(std::string(words_.tag()));
    page["css"] = data(std::string(embedded::page_css));
    page["css_sha256"] = data(std::string(embedded::page_css_sha256));
    page["version"] = text(result_.tool_version);
    page["colon"] = data(words_.colon());
    page["bundle"] = text(result_.bundle_name);
    page["documents_read"] =
        data(documents_read(words_, result_));
    page["made_by"] =
        text(result_.knowledge_date.empty() ? words_.with("tool-plain", {result_.tool_version})
                                            : words_.with("tool", {result_.tool_version, result_.knowledge_date}));
    page["generated"] = text(result_.generated);
    page["redaction"] = text(redaction_phrase(words_, result_));
    data table;
    for (const auto& word : all_words()) table[std::string(word.id)] = data(std::string(words_(word.id)));
    page["t"] = std::move(table);
  }

  void add_answers(data& page) const {
    const auto& verdict = result_.verdict;
    page["verdict_status"] = text(words_.of("verdict", verdict.status));
    page["verdict_summary"] = text(verdict.summary);
    page["verdict_class"] = data(verdict.status == "fault-found" ? "fault"
                                 : verdict.status == "undecided" ? "undecided"
                                                                 : "clear");
    page["hardware_answer"] = text(words_.of("hardware-answer", verdict.hardware));
    page["hardware_class"] = data(verdict.hardware == "suspect"   ? "suspect"
                                  : verdict.hardware == "cleared" ? "cleared"
                                                                  : "unknown");
    page["hardware_why"] = text(verdict.why);
    for (const auto* key : {"top", "first_fix", "first_collect"}) page[key] = data(false);
    if (!result_.causes.empty()) {
      page["top"] = answer(result_.causes[0]);
      if (const auto& fixes = result_.causes[0].fixes; !fixes.empty()) page["first_fix"] = fix(fixes[first_fix(fixes)]);
    }
    page["runner_up"] = data(false);
    if (const auto* next = result_.causes.empty() ? nullptr : runner_up(result_)) page["runner_up"] = answer(*next);
    page["other_faults"] = list_of(other_faults(result_), [&](const Cause* cause) { return answer(*cause); });
    page["has_other_faults"] = data(page["other_faults"].is_non_empty_list());
    if (verdict.status == "undecided" && !result_.missing.empty()) page["first_collect"] = missing(result_.missing[0]);
  }

  static std::size_t first_fix(const std::vector<Fix>& fixes) {
    for (std::size_t i = 0; i < fixes.size(); ++i)
      if (fixes[i].kind != "workaround") return i;
    return 0;
  }

  // What cards and headings say of a cause.
  data answer(const Cause& cause) const {
    data d;
    d["number"] = data(std::to_string(&cause - result_.causes.data() + 1));
    d["id"] = text(cause.id);
    d["title"] = text(cause.title);
    d["percent"] = data(percent(cause.confidence));
    d["share"] =
        data(std::to_string(static_cast<int>(cause.confidence > 0 ? std::min(cause.confidence, 1.0) * 100 : 0)));
    d["sure"] = data(std::string(confidence_words(words_, cause.confidence)));
    d["where"] = list_of(where_phrases(words_, cause.where, places_shown), [](const Labelled& where) {
      data row;
      row["label"] = text(where.label);
      row["text"] = text(where.text);
      return row;
    });
    d["has_where"] = data(d["where"].is_non_empty_list());
    return d;
  }

  data cause(std::size_t i) const {
    const auto& cause = result_.causes[i];
    auto d = answer(cause);
    d["rank"] = data(std::to_string(cause.rank));
    const auto others = other_faults(result_);
    d["open"] = data(i == 0 || std::find(others.begin(), others.end(), &cause) != others.end());
    d["incident"] = text(others.empty() ? "" : words_.with("incident-n", {std::to_string(cause.incident)}));
    d["explanation"] = text(cause.explanation);
    d["why_not"] = text(cause.why_not);
    d["sides"] = list();
    for (const bool against : {false, true}) {
      auto one = side(cause, against);
      // "Nothing speaks against it" is worth a line; nothing for it is not.
      if (against || one["groups"].is_non_empty_list()) d["sides"].push_back(one);
    }
    d["fix_groups"] = list();
    for (const bool workaround : {false, true}) {
      auto fixes = list();
      for (const auto& one : cause.fixes)
        if ((one.kind == "workaround") == workaround) fixes.push_back(fix(one));
      if (fixes.is_empty_list()) continue;
      data group;
      group["group_title"] = data(std::string(words_(workaround ? "workaround" : "fix")));
      group["fixes"] = std::move(fixes);
      d["fix_groups"].push_back(group);
    }
    d["explains"] = list_of(cause.explains, [](const std::string& signal) { return data("signal", text(signal)); });
    d["has_explains"] = data(!cause.explains.empty());
    add_references(d, cause.references);
    return d;
  }

  data side(const Cause& cause, bool against) const {
    auto quotes = list();
    for (const auto& evidence : cause.evidence)
      if (evidence.against == against) quotes.push_back(quote(evidence));
    data d;
    d["side"] = data(against ? "against" : "for");
    d["side_title"] = data(std::string(words_(against ? "against" : "evidence-for")));
    d["groups"] = list();
    auto parts = in_parts(words_, quotes, evidence_open, "");
    for (const auto& part : parts.list_value()) {
      data group;
      group["folded"] = data(*part.get("folded"));
      group["quotes"] = data(*part.get("rows"));
      d["groups"].push_back(group);
    }
    return d;
  }

  data quote(const Evidence& evidence) const {
    data d;
    d["signal"] = text(evidence.signal_title.empty() ? evidence.signal : evidence.signal_title);
    d["text"] = text(evidence.text);
    d["source"] = text(at(evidence.document, evidence.line));
    d["time"] = text(time_phrase(words_, evidence.time, "", evidence.time_precision_ms));
    d["iso"] = text(evidence.time);
    d["caveat"] = text(time_caveat(words_, evidence.time_from));
    d["count"] = text(count_phrase(evidence.count));
    return d;
  }

  std::string count_phrase(std::uint64_t count) const {
    return count > 1 ? words_.with("count-lines", {grouped(count)}) : "";
  }

  data fix(const Fix& fix) const {
    data d;
    d["act"] = text(fix.act);
    d["risk"] = text(words_.of("risk", fix.risk));
    d["risk_class"] = data(class_of_risk(fix.risk));
    d["risk_note"] = text(fix.risk_note);
    d["platform"] = text(fix.where == "any" ? "" : fix.where);
    d["commands"] = list_of(fix.commands, [](const std::string& command) { return data("command", text(command)); });
    d["verify"] = list_of(fix.verify, [](const Check& check) {
      data row;
      row["look"] = text(check.look);
      row["command"] = text(check.command);
      return row;
    });
    d["has_verify"] = data(!fix.verify.empty());
    add_references(d, fix.references);
    return d;
  }

  static void add_references(data& d, const std::vector<std::string>& references) {
    d["has_references"] = data(!references.empty());
    d["references"] = list_of(references, [](const std::string& url) {
      data row;
      row["url"] = text(url);
      row["href"] = is_plain_link(url) ? data(url) : data(false);
      return row;
    });
  }

  static data missing(const Missing& missing) {
    data d;
    d["artefact"] = text(missing.artefact);
    d["command"] = text(missing.command);
    d["why"] = text(missing.why);
    return d;
  }

  void add_collect(data& page) const {
    page["missing"] = list_of(result_.missing, missing);
    page["has_missing"] = data(!result_.missing.empty());
  }

  void add_timeline(data& page) const {
    page["timeline"] = data(!result_.timeline.empty());
    const auto rows = list_of(result_.timeline, [&](const Moment& moment) {
      data d;
      const auto time = time_phrase(words_, moment.time, moment.boot_time, moment.time_precision_ms);
      d["time"] = text(time.empty() ? words_("time-unknown") : time);
      d["caveat"] = text(time_caveat(words_, moment.time_from));
      d["host"] = text(moment.host);
      d["title"] = text(moment.title.empty() ? moment.kind : moment.title);
      d["text"] = text(moment.text);
      d["source"] = text(at(moment.document, moment.line));
      d["count"] = text(count_phrase(moment.count));
      return d;
    });
    page["timeline_parts"] = in_parts(words_, rows, rows_open, words_("timeline-caption"));
    page["timeline_omitted"] =
        text(result_.timeline_omitted == 0 ? "" : words_.with("omitted-moments", {grouped(result_.timeline_omitted)}));
  }

  void add_places(data& page) const {
    page["has_hosts"] = data(!result_.hosts.empty());
    page["has_places"] = data(!result_.hosts.empty() || !result_.gpus.empty());
    page["hosts"] = list_of(result_.hosts, [](const Host& host) {
      data d;
      d["host"] = text(host.name);
      d["facts"] = list_of(host.facts, [](const auto& fact) {
        data row;
        row["key"] = text(fact.first);
        row["value"] = text(fact.second);
        return row;
      });
      return d;
    });
    const auto gpus = list_of(result_.gpus, [](const Gpu& gpu) {
      data d;
      d["host"] = text(gpu.host);
      d["index"] = text(gpu.index ? std::to_string(*gpu.index) : "");
      d["pci"] = text(gpu.pci);
      d["uuid"] = text(gpu.uuid);
      d["serial"] = text(gpu.serial);
      d["model"] = text(gpu.name);
      return d;
    });
    page["gpu_parts"] = in_parts(words_, gpus, rows_open, words_("gpu-caption"));
  }

  void add_communicators(data& page) const {
    page["has_communicators"] = data(!result_.communicators.empty());
    page["communicators"] = list_of(result_.communicators, [&](const Communicator& communicator) {
      data d;
      const auto seen = grouped(communicator.ranks.size());
      d["id"] = text(communicator.id);
      d["region"] = text(words_.with("communicator-n", {communicator.id}));
      d["open"] = data(&communicator == &result_.communicators.front() && (communicator.ranks.size() <= rows_open || communicator.state == "stuck" || communicator.state == "incomplete"));
      d["size"] =
          data(communicator.nranks ? words_.with("communicator-size", {seen, std::to_string(*communicator.nranks)})
                                   : words_.with("communicator-seen", {seen}));
      d["has_groups"] = data(!communicator.groups.empty());
      const auto& groups = communicator.groups;
      const std::vector<RankGroup> shown(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(std::min(groups.size(), rank_groups_shown)));
      d["groups"] = list_of(shown, [&](const RankGroup& group) {
        data row;
        row["ranks"] = text(group.ranks);
        row["state"] = text(rank_state_phrase(words_, group));
        row["place"] = text(rank_place_phrase(group));
        row["source"] = text(at(group.document, group.line));
        return row;
      });
      d["groups_more"] = data(groups.size() > shown.size() ? words_.with("list-more", {grouped(groups.size() - shown.size())}) : std::string());
      d["ranks"] = list_of(communicator.ranks, [](const CommunicatorRank& rank) {
        data row;
        row["rank"] = data(std::to_string(rank.rank));
        row["host"] = text(rank.host);
        row["gpu"] = text((rank.gpu_index ? std::to_string(*rank.gpu_index) + " " : "") + rank.pci);
        row["phase"] = text(rank.phase);
        row["source"] = text(at(rank.document, rank.line));
        return row;
      });
      return d;
    });
  }

  data document(const Document& document) const {
    data d;
    d["path"] = text(document.path);
    d["format"] = text(document.format);
    d["status"] = text(status_phrase(words_, document.status));
    d["note"] = text(document.note);
    d["host"] = text(document.host);
    d["size"] = data(size_in_units(document.bytes));
    d["lines"] = data(grouped(document.lines));
    d["facts"] = data(grouped(document.facts));
    return d;
  }

  void add_documents(data& page) const {
    page["documents"] = list_of(result_.documents, [&](const Document& one) { return document(one); });
    const auto bad = list_of(bad_documents(result_), [&](const Document* one) { return document(*one); });
    page["has_bad"] = data(bad.is_non_empty_list());
    page["bad_parts"] = in_parts(words_, bad, rows_open, words_("documents-bad"));
    page["documents_omitted"] = text(
        result_.documents_omitted == 0 ? "" : words_.with("documents-omitted", {grouped(result_.documents_omitted)}));

    const auto notes = list_of(result_.notes, [](const ParseNote& note) {
      data d;
      d["source"] = text(at(note.document, note.line));
      d["reason"] = text(note.reason);
      return d;
    });
    page["note_parts"] = in_parts(words_, notes, notes.list_value().size(), words_("notes"));
    page["total"] = data(grouped(result_.notes.size() + result_.notes_omitted));
    page["omitted"] =
        text(result_.notes_omitted == 0 ? "" : words_.with("notes-omitted", {grouped(result_.notes_omitted)}));

    auto unusual = in_parts(words_,
                            list_of(result_.unusual_lines,
                                    [&](const UnusualLine& line) {
                                      data d;
                                      d["source"] = text(at(line.document, line.line));
                                      d["text"] = text(line.text);
                                      d["count"] = text(count_phrase(line.count));
                                      return d;
                                    }),
                            result_.unusual_lines.size(), words_("unusual"));
    page["unusual_parts"] = list_of(unusual.list_value(), [&](data part) {
      part["total"] = data(grouped(result_.unusual_lines.size()));
      return part;
    });
  }

  const Result& result_;
  const Words words_;
};

}  // namespace

void write_html(const Result& result, std::ostream& out) {
  kainjow::mustache::mustache page{std::string(embedded::page_template)};
  page.render(Page(result).fill(), out);
}

}  // namespace gpm::report
