// SPDX-License-Identifier: Apache-2.0
//
// The terminal view, for somebody who has been woken up: the verdict in one sentence, then each cause with what to look
// at and what to type. Nothing scrolls for pages: evidence and lists are cut, and the last line says where the rest is.
#include <algorithm>
#include <ostream>
#include <string>

#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/views.h"
#include "analyzer/report/words.h"

namespace gpm::report {
namespace {

constexpr std::size_t evidence_for_shown = 6, evidence_against_shown = 4, quoted_lines = 3;
constexpr std::size_t fixes_shown = 5, places_shown = 6, others_shown = 7, damaged_shown = 8, missing_shown = 5, rank_groups_shown = 12, reasons_shown = 2;
constexpr double worth_pages = 0.1;  // what a cause that nobody asked for must reach to be shown in full

enum class Colour { none, bold, dim, red, yellow, green, cyan };

const char* sgr(Colour colour) {
  switch (colour) {
    case Colour::none: return "";
    case Colour::bold: return "\x1b[1m";
    case Colour::dim: return "\x1b[2m";
    case Colour::red: return "\x1b[1;31m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::green: return "\x1b[32m";
    case Colour::cyan: return "\x1b[36m";
  }
  return "";
}

Colour colour_of_risk(std::string_view risk) {
  return risk == "safe" ? Colour::green : risk == "hardware" || risk == "restarts-node" ? Colour::red : Colour::yellow;
}

class TerminalPage {
 public:
  TerminalPage(const Result& result, const TerminalStyle& style, std::ostream& out)
      : result_(result),
        style_(style),
        words_(result.language),
        columns_(static_cast<std::size_t>(std::clamp(style.columns, 40, 160))),
        out_(out) {}

  void write() {
    write_verdict();
    const auto top = static_cast<std::size_t>(std::max(style_.top, 1));
    std::vector<const Cause*> others;
    for (std::size_t i = 0; i < result_.causes.size(); ++i) {
      const auto& cause = result_.causes[i];
      if (i < top && (style_.top_asked || i == 0 || cause.confidence >= worth_pages))
        write_cause(cause);
      else
        others.push_back(&cause);
    }
    write_others(others);
    write_ranks();
    write_missing();
    write_damaged();
    out_ << '\n';
    if (const auto redaction = redaction_phrase(words_, result_); !redaction.empty()) paragraph(0, "", Colour::none, redaction, Colour::dim);
    out_ << paint(cut(words_("last-line"), columns_), Colour::dim) << '\n';
  }

 private:
  std::string paint(const std::string& text, Colour colour) const {
    return !style_.colour || colour == Colour::none || text.empty() ? text : sgr(colour) + text + "\x1b[0m";
  }

  // A paragraph behind a label or bullet; its further lines stand under its first, or under the label where that leaves
  // no room.
  void paragraph(std::size_t indent, const std::string& head, Colour head_colour, std::string_view text,
                 Colour colour = Colour::none) {
    constexpr std::size_t room = 20;
    std::size_t hang = indent + width_of(head);
    bool beside = hang + room <= columns_;
    if (!beside) {
      for (const auto& line : wrap(head, columns_ - indent))
        out_ << std::string(indent, ' ') << paint(line, head_colour) << '\n';
      hang = indent + 2;
      if (text.empty()) return;
    }
    for (const auto& line : wrap(inert(text), columns_ - hang)) {
      out_ << (beside ? std::string(indent, ' ') + paint(head, head_colour) : std::string(hang, ' '))
           << paint(line, colour) << '\n';
      beside = false;
    }
  }
  void heading(std::size_t indent, std::string_view text) {
    out_ << '\n' << std::string(indent, ' ') << paint(cut(text, columns_ - indent), Colour::bold) << '\n';
  }
  // Commands are never broken: they are there to be copied.
  void command(std::size_t indent, const std::string& text) {
    out_ << std::string(indent, ' ') << paint("$ ", Colour::dim) << paint(inert(text), Colour::cyan) << '\n';
  }

  // So are addresses.
  void reference(std::size_t indent, const std::string& url, Colour colour) {
    if (!is_plain_link(url)) return paragraph(indent, "", Colour::none, url, colour);
    out_ << std::string(indent, ' ') << paint(url, colour) << '\n';
  }

  void write_verdict() {
    const auto& verdict = result_.verdict;
    const Colour colour = verdict.status == "fault-found" ? Colour::red
                          : verdict.status == "undecided" ? Colour::yellow
                                                          : Colour::green;
    out_ << paint(cut("gpu-postmortem " + inert(result_.tool_version) + " · " + inert(result_.bundle_name), columns_),
                  Colour::dim)
         << "\n\n";
    paragraph(0, words_.of("verdict", verdict.status) + words_.colon(), colour, verdict.summary, Colour::bold);
    const auto hardware = std::string(words_("hardware")) + words_.colon() + words_.of("hardware", verdict.hardware);
    const auto why = verdict.why.empty() ? hardware : hardware + words_.stop() + verdict.why;
    paragraph(0, "", Colour::none, why);
    if (const auto first = first_sign(words_, result_))
      paragraph(0, "", Colour::none,
                std::string(words_("first-sign")) + words_.colon() + first->time + words_.in_brackets(first->source) + words_.comma() + first->title);
    if (const auto versions = versions_phrase(words_, result_); !versions.empty())
      paragraph(0, "", Colour::none, std::string(words_("versions")) + words_.colon() + versions);
    paragraph(0, "", Colour::none,
              documents_read(words_, result_),
              Colour::dim);
  }

  void write_cause(const Cause& cause) {
    out_ << '\n' << paint(rule(), Colour::dim) << '\n';
    paragraph(0, std::to_string(cause.rank) + "  ", Colour::bold, cause.title, Colour::bold);
    auto line = inert(cause.id) + " · " + std::string(confidence_words(words_, cause.confidence)) + words_.comma() +
                percent(cause.confidence);
    if (has_several_incidents()) line += " · " + words_.with("incident-n", {std::to_string(cause.incident)});
    paragraph(3, "", Colour::none, line, Colour::cyan);
    for (const auto& where : where_phrases(words_, cause.where, places_shown)) {
      auto label = where.label;
      for (const auto& item : where.items.empty() ? std::vector<std::string>{where.text} : where.items) {
        paragraph(3, padded(label, 11) + " ", Colour::dim, item);
        label.clear();
      }
    }
    if (!cause.explanation.empty()) {
      out_ << '\n';
      paragraph(3, "", Colour::none, cause.explanation);
    }
    if (!cause.why_not.empty()) {
      heading(3, words_("why-not"));
      paragraph(3, "", Colour::none, cause.why_not);
    }
    write_evidence(cause, false);
    write_evidence(cause, true);
    write_fixes(cause);
    if (style_.explain_ranking && !cause.sum.empty()) {
      heading(3, words_("ranking-sum"));
      for (const auto& term : cause.sum) paragraph(3, "", Colour::none, term);
    }
    if (!cause.references.empty()) {
      heading(3, words_("references"));
      for (const auto& url : cause.references) reference(3, url, Colour::none);
    }
  }

  std::string rule() const {
    std::string line;
    for (std::size_t i = 0; i < columns_; ++i) line += "─";
    return line;
  }
  bool has_several_incidents() const {
    return std::any_of(result_.causes.begin(), result_.causes.end(),
                       [&](const Cause& c) { return c.incident != result_.causes.front().incident; });
  }

  void write_evidence(const Cause& cause, bool against) {
    const auto shown = leading_evidence(cause, against, against ? evidence_against_shown : evidence_for_shown);
    const auto all = static_cast<std::size_t>(std::count_if(cause.evidence.begin(), cause.evidence.end(), [&](const Evidence& e) { return e.against == against; }));
    heading(3, words_(against ? "against" : "evidence-for"));
    const Evidence* before = nullptr;
    for (const auto* evidence : shown) {
      if (before == nullptr || before->signal != evidence->signal)
        paragraph(3, against ? "- " : "+ ", against ? Colour::yellow : Colour::green,
                  evidence->signal_title.empty() ? evidence->signal : evidence->signal_title);
      before = evidence;
      write_quote(*evidence);
    }
    if (all > shown.size()) paragraph(5, "", Colour::none, words_.with("evidence-more", {grouped(all - shown.size())}), Colour::dim);
    if (shown.empty() && against) paragraph(3, "", Colour::none, words_("against-none"), Colour::dim);
  }

  void write_quote(const Evidence& evidence) {
    auto source = at(evidence.document, evidence.line);
    const auto text = inert(evidence.text);
    const auto room = columns_ - 5;
    if (width_of(source) + 2 + width_of(text) <= room) {
      out_ << "     " << paint(source, Colour::cyan) << "  " << text << '\n';
    } else {
      for (const auto& line : fold(source, room, quoted_lines)) out_ << "     " << paint(line, Colour::cyan) << '\n';
      for (const auto& line : fold(text, room - 2, quoted_lines)) out_ << "       " << line << '\n';
    }
    auto about = time_phrase(words_, evidence.time, "", evidence.time_precision_ms);
    const auto caveat = time_caveat(words_, evidence.time_from);
    if (!caveat.empty()) about += (about.empty() ? "" : words_.comma()) + caveat;
    if (evidence.count > 1)
      about += (about.empty() ? "" : " · ") + words_.with("count-lines", {grouped(evidence.count)});
    if (!about.empty()) paragraph(7, "", Colour::none, about, Colour::dim);
  }

  void write_fixes(const Cause& cause) {
    if (cause.fixes.empty()) return;
    std::size_t number = 0;
    for (const bool workaround : {false, true}) {
      bool first = true;
      for (const auto& fix : cause.fixes) {
        if ((fix.kind == "workaround") != workaround || number == fixes_shown || fix.elsewhere) continue;
        if (first) heading(3, words_(workaround ? "workaround" : "fix"));
        first = false;
        write_fix(++number, fix);
      }
    }
    const auto elsewhere = static_cast<std::size_t>(std::count_if(cause.fixes.begin(), cause.fixes.end(), [](const Fix& f) { return f.elsewhere; }));
    if (const auto left = cause.fixes.size() - elsewhere - number; left > 0)
      paragraph(3, "", Colour::none, words_.with("fix-more", {grouped(left)}), Colour::dim);
    if (elsewhere > 0) paragraph(3, "", Colour::none, words_.with("fix-elsewhere-n", {grouped(elsewhere)}), Colour::dim);
  }

  void write_fix(std::size_t number, const Fix& fix) {
    paragraph(3, std::to_string(number) + ". ", Colour::bold,
              fix.act + (platform_phrase(words_, fix).empty() ? "" : words_.in_brackets(platform_phrase(words_, fix))));
    const auto risk = "[" + inert(words_.of("risk", fix.risk)) + "]";
    paragraph(6, fix.risk_note.empty() ? risk : risk + " ", colour_of_risk(fix.risk), fix.risk_note, Colour::dim);
    for (const auto& text : fix.commands) command(6, text);
    for (const auto& check : fix.verify) {
      paragraph(6, std::string(words_("check")) + words_.colon(), Colour::dim, check.look);
      if (!check.command.empty()) command(6, check.command);
    }
    for (const auto& url : fix.references) reference(6, url, Colour::dim);
  }

  void write_others(const std::vector<const Cause*>& others) {
    if (others.empty()) return;
    out_ << '\n' << paint(rule(), Colour::dim);
    heading(0, words_("also-possible"));
    for (std::size_t i = 0; i < others.size() && i < others_shown; ++i) {
      const auto& cause = *others[i];
      paragraph(0, padded(std::to_string(cause.rank), 3) + padded(percent(cause.confidence), 5), Colour::none,
                cause.title + words_.in_brackets(cause.id));
      if (i < reasons_shown && !cause.why_not.empty()) paragraph(8, "", Colour::none, cause.why_not, Colour::dim);
    }
    if (others.size() > others_shown)
      paragraph(8, "", Colour::none, words_.with("list-more", {grouped(others.size() - others_shown)}), Colour::dim);
  }

  // Of the first communicator that was not set up: who is where.
  void write_ranks() {
    if (result_.communicators.empty()) return;
    const auto& c = result_.communicators.front();
    if (c.state != "stuck" && c.state != "incomplete") return;
    out_ << '\n' << paint(rule(), Colour::dim);
    const auto seen = grouped(c.ranks.size());
    heading(0, words_.with("ranks-of", {inert(c.id)}) + words_.colon() +
                   (c.nranks ? words_.with("communicator-size", {seen, std::to_string(*c.nranks)}) : words_.with("communicator-seen", {seen})));
    for (std::size_t i = 0; i < c.groups.size() && i < rank_groups_shown; ++i) {
      const auto& group = c.groups[i];
      auto text = rank_state_phrase(words_, group);
      if (const auto place = rank_place_phrase(group); !place.empty()) text += " · " + place;
      const bool fault = group.state == "never-seen" || group.state == "stopped" || group.state == "aborted";
      paragraph(0, words_.with("ranks-n", {inert(group.ranks)}) + words_.colon(), fault ? Colour::red : Colour::none, text);
      if (!group.document.empty()) paragraph(2, "", Colour::none, cut(at(group.document, group.line), columns_ - 2), Colour::cyan);
    }
    if (c.groups.size() > rank_groups_shown)
      paragraph(2, "", Colour::none, words_.with("list-more", {grouped(c.groups.size() - rank_groups_shown)}), Colour::dim);
  }

  void write_missing() {
    if (result_.missing.empty()) return;
    out_ << '\n' << paint(rule(), Colour::dim);
    heading(0, words_("collect-next"));
    for (std::size_t i = 0; i < result_.missing.size() && i < missing_shown; ++i) {
      const auto& missing = result_.missing[i];
      paragraph(0, "• ", Colour::none, missing.artefact + (missing.why.empty() ? "" : words_.colon() + missing.why));
      if (!missing.command.empty()) command(2, missing.command);
    }
    if (result_.missing.size() > missing_shown)
      paragraph(2, "", Colour::none, words_.with("list-more", {grouped(result_.missing.size() - missing_shown)}),
                Colour::dim);
  }

  void write_damaged() {
    const auto bad = bad_documents(result_);
    if (bad.empty() && result_.notes.empty()) return;
    if (!bad.empty()) heading(0, words_("documents-bad"));
    for (std::size_t i = 0; i < bad.size() && i < damaged_shown; ++i) {
      const auto& note = bad[i]->note;
      out_ << "• " << paint(cut(inert(bad[i]->path), columns_ - 2), Colour::cyan) << '\n';
      paragraph(2, status_phrase(words_, bad[i]->status), Colour::yellow, note.empty() ? "" : words_.comma() + note);
    }
    if (bad.size() > damaged_shown)
      paragraph(2, "", Colour::none, words_.with("damaged-more", {grouped(bad.size() - damaged_shown)}), Colour::dim);
    if (!result_.notes.empty()) heading(0, words_("notes"));
    for (std::size_t i = 0; i < result_.notes.size() && i < damaged_shown; ++i) {
      const auto& note = result_.notes[i];
      paragraph(0, "• ", Colour::none, cut_bytes(at(note.document, note.line) + words_.colon() + note.reason, 600));
    }
    if (result_.notes.size() > damaged_shown)
      paragraph(2, "", Colour::none, words_.with("damaged-more", {grouped(result_.notes.size() - damaged_shown)}),
                Colour::dim);
    if (result_.notes_omitted > 0)
      paragraph(2, "", Colour::none, words_.with("notes-omitted", {grouped(result_.notes_omitted)}), Colour::dim);
  }

  const Result& result_;
  const TerminalStyle& style_;
  const Words words_;
  const std::size_t columns_;
  std::ostream& out_;
};

}  // namespace

void write_terminal(const Result& result, const TerminalStyle& style, std::ostream& out) {
  TerminalPage(result, style, out).write();
}

}  // namespace gpm::report
