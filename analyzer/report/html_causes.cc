// SPDX-License-Identifier: Apache-2.0
//
// The ranked causes with their evidence and fixes, and what to collect next.
#include "analyzer/report/collect_script.h"
#include "analyzer/report/html_sheet.h"

namespace gpm::report::html {
namespace {

constexpr std::size_t evidence_open = 6, quote_most = 1000, context_most = 300, leaders = 3;

std::string class_of_risk(std::string_view risk) {
  for (const std::string_view known : {"safe", "restarts-job", "restarts-node", "hardware"})
    if (risk == known) return "risk-" + std::string(known);
  return "risk-other";
}

void add_references(data& d, const std::vector<std::string>& references) {
  d["has_references"] = data(!references.empty());
  d["references"] = list_of(references, [](const std::string& url) {
    data row;
    row["url"] = text(url);
    row["href"] = is_plain_link(url) ? data(url) : data(false);
    return row;
  });
}

// The line in three parts, the middle one marked. What matched is looked for in the line as it is shown.
void add_marked(const Sheet& sheet, const Evidence& evidence, data& d) {
  const auto shown = sheet.quote(evidence.text, quote_most);
  const auto match = inert(evidence.match);
  const auto at = match.empty() || match.size() == shown.size() ? std::string::npos : shown.find(match);
  const bool marked = at != std::string::npos;
  const auto part = [](std::string value) { return value.empty() ? data(false) : data(std::move(value)); };
  d["before"] = part(marked ? shown.substr(0, at) : shown);
  d["mark"] = part(marked ? match : "");
  d["after"] = part(marked ? shown.substr(at + match.size()) : "");
}

data quote(const Sheet& sheet, const Evidence& evidence, bool with_context) {
  data d;
  add_marked(sheet, evidence, d);
  d["source"] = text(source_of(evidence.document, evidence.line));
  d["time"] = text(time_phrase(sheet.words, evidence.time, "", evidence.time_precision_ms));
  d["iso"] = text(evidence.time);
  const auto caveat = time_caveat(sheet.words, evidence.time_from);
  d["caveat"] = text(caveat.empty() ? "" : sheet.words.in_brackets(caveat));
  d["count"] = text(count_phrase(sheet.words, evidence.count));
  d["context"] = list();
  if (with_context && sheet.quote_bytes_left > 0) {
    bool own = false;
    const auto row = [&](std::uint64_t line, data shown, bool quoted) {
      data r;
      r["number"] = data(std::to_string(line));
      r["line"] = std::move(shown);
      r["quoted"] = data(quoted);
      append(d["context"], std::move(r));
    };
    for (const auto& near : evidence.context) {
      if (!own && near.line > evidence.line) {
        row(evidence.line, data("…"), true);
        own = true;
      }
      row(near.line, text(sheet.quote(near.text, context_most)), false);
    }
    if (!own && !evidence.context.empty()) row(evidence.line, data("…"), true);
  }
  d["has_context"] = data(d["context"].is_non_empty_list());
  return d;
}

// Quotes of one signal stand under one title; those after the first few are folded.
data side(const Sheet& sheet, const Cause& cause, bool against) {
  const bool leads = static_cast<std::size_t>(&cause - sheet.result.causes.data()) < leaders;
  data d;
  d["side"] = data(against ? "against" : "for");
  d["side_title"] = data(std::string(sheet.words(against ? "against" : "evidence-for")));
  auto quotes = leading_evidence(cause, against, evidence_open);
  const auto open = quotes.size();
  for (const auto& evidence : cause.evidence)
    if (evidence.against == against && !std::binary_search(quotes.begin(), quotes.begin() + static_cast<std::ptrdiff_t>(open), &evidence)) quotes.push_back(&evidence);
  const auto shown = std::min(quotes.size(), leads ? sheet.limits.evidence_of_leaders : sheet.limits.evidence_of_cause);
  d["parts"] = list();
  for (std::size_t from = 0; from < shown;) {
    const auto end = from == 0 ? std::min(open, shown) : shown;
    data part;
    part["folded"] = from == 0 ? data(false) : data(sheet.words.with("list-more", {grouped(shown - from)}));
    part["groups"] = list();
    while (from < end) {
      data group;
      const auto& signal = quotes[from]->signal;
      group["signal"] = text(quotes[from]->signal_title.empty() ? signal : quotes[from]->signal_title);
      group["quotes"] = list();
      for (; from < end && quotes[from]->signal == signal; ++from) append(group["quotes"], quote(sheet, *quotes[from], leads));
      append(part["groups"], std::move(group));
    }
    append(d["parts"], std::move(part));
  }
  d["more"] = omitted(sheet.words, quotes.size(), shown);
  return d;
}

// Numbered through: what ends the cause, what helps meanwhile, and what is for platforms that the bundle does not come from.
data fix_groups(const Sheet& sheet, const Cause& cause) {
  auto groups = list();
  std::size_t number = 1;
  const auto add = [&](std::string_view title, auto wanted, bool folded) {
    data group;
    group["group_title"] = data(std::string(sheet.words(title)));
    group["folded"] = data(folded);
    group["from"] = number == 1 ? data(false) : data(std::to_string(number));
    group["fixes"] = list();
    for (const auto& one : cause.fixes) {
      if (!wanted(one)) continue;
      append(group["fixes"], fix(sheet, one));
      ++number;
    }
    if (group["fixes"].is_non_empty_list()) append(groups, std::move(group));
  };
  add("fix", [](const Fix& f) { return !f.elsewhere && f.kind != "workaround"; }, false);
  add("workaround", [](const Fix& f) { return !f.elsewhere && f.kind == "workaround"; }, false);
  add("fix-elsewhere", [](const Fix& f) { return f.elsewhere; }, true);
  return groups;
}

data cause_card(const Sheet& sheet, const Cause& cause, const std::vector<const Cause*>& others) {
  auto d = answer(sheet, cause);
  d["rank"] = data(std::to_string(cause.rank));
  d["open"] = data(&cause == &sheet.result.causes.front() || std::find(others.begin(), others.end(), &cause) != others.end());
  d["incident"] = text(others.empty() ? "" : sheet.words.with("incident-n", {std::to_string(cause.incident)}));
  d["explanation"] = text(cause.explanation);
  d["sides"] = list();
  for (const bool against : {false, true}) {
    auto one = side(sheet, cause, against);
    // "Nothing speaks against it" is worth a line; nothing for it is not.
    if (against || one["parts"].is_non_empty_list()) append(d["sides"], std::move(one));
  }
  d["fix_groups"] = fix_groups(sheet, cause);
  d["explains"] = list();
  for (std::size_t i = 0; i < cause.explains.size(); ++i) {
    const bool titled = i < cause.explains_titles.size() && !cause.explains_titles[i].empty();
    data row;
    row["title"] = text(titled ? cause.explains_titles[i] : cause.explains[i]);
    row["signal"] = text(titled ? cause.explains[i] : "");
    append(d["explains"], std::move(row));
  }
  d["has_explains"] = data(!cause.explains.empty());
  add_references(d, cause.references);
  return d;
}

}  // namespace

data fix(const Sheet& sheet, const Fix& fix) {
  data d;
  d["act"] = text(fix.act);
  d["risk"] = text(sheet.words.of("risk", fix.risk));
  d["risk_class"] = data(class_of_risk(fix.risk));
  d["risk_note"] = text(fix.risk_note);
  d["platform"] = text(platform_phrase(sheet.words, fix));
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

data missing(const Missing& missing) {
  data d;
  d["artefact"] = text(missing.artefact);
  d["command"] = text(missing.command);
  d["why"] = text(missing.why);
  return d;
}

void add_causes(const Sheet& sheet, data& page) {
  const auto others = other_faults(sheet.result);
  page["causes"] = first_of(sheet.result.causes, sheet.limits.causes, [&](const Cause& cause) { return cause_card(sheet, cause, others); });
  page["causes_more"] = omitted(sheet.words, sheet.result.causes.size(), sheet.limits.causes);
}

void add_collect(const Sheet& sheet, data& page) {
  page["missing"] = list_of(sheet.result.missing, missing);
  page["has_missing"] = data(!sheet.result.missing.empty());
  const auto script = collect_script(sheet.words, sheet.result);
  page["script"] = script.empty() ? data(false) : data(script);
}

}  // namespace gpm::report::html
