// SPDX-License-Identifier: Apache-2.0
//
// The Markdown view: a comment for a ticket, 60 lines at most. The first cause stands there in full; of the rest,
// what fits. Text of the bundle stands only in code spans and fences that it cannot close; our own text is escaped all
// the same, as it may come from a knowledge base that somebody else wrote, or name a host.
#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/views.h"
#include "analyzer/report/words.h"

namespace gpm::report {
namespace {

constexpr std::size_t max_lines = 60;
constexpr std::size_t quoted_bytes = 400, places_shown = 4;

// How much of the lists is shown; less where the comment would be too long.
struct Shown {
  std::size_t evidence_for = 5, evidence_against = 3, others = 3, missing = 3;
  bool less() {
    if (others == 0) return false;
    if (evidence_for == 1) others = 0;  // only how many they are
    for (auto* limit : {&evidence_for, &evidence_against, &missing, others > 1 ? &others : &missing}) *limit = std::max<std::size_t>(1, *limit - 1);
    return true;
  }
};

using Lines = std::vector<std::string>;

void append(Lines& lines, const Lines& more) { lines.insert(lines.end(), more.begin(), more.end()); }

// `content`: inert lines.
Lines fenced(std::string_view info, const Lines& content, std::string_view indent = "") {
  std::string fence = "```";
  for (const auto& line : content)
    fence = std::max(fence, markdown_fence(line));  // ticks only: the longer is the greater
  Lines lines = {std::string(indent) + fence + std::string(info)};
  for (const auto& line : content) lines.push_back(std::string(indent) + line);
  lines.push_back(std::string(indent) + fence);
  return lines;
}

class Comment {
 public:
  Comment(const Result& result, const Shown& shown) : result_(result), words_(result.language), shown_(shown) {}

  Lines lines() const {
    auto all = head();
    const auto rest = tail();
    if (result_.causes.empty()) {
      append(all, {"", std::string(words_("causes-none"))});
    } else {
      append(all, cause(result_.causes.front()));
      append(all, fixes(result_.causes.front(), max_lines - std::min(max_lines, all.size() + rest.size())));
    }
    append(all, rest);
    return all;
  }

 private:
  std::string bold(std::string_view text) const { return "**" + markdown_text(text) + "**"; }
  std::string labelled(std::string_view word, const std::string& markdown) const {
    return bold(words_(word)) + words_.colon() + markdown;
  }
  std::string sure(const Cause& cause) const {
    return std::string(confidence_words(words_, cause.confidence)) + words_.comma() +
           markdown_text(percent(cause.confidence));
  }

  Lines head() const {
    const auto& verdict = result_.verdict;
    auto hardware = bold(words_.of("hardware", verdict.hardware));
    if (!verdict.why.empty()) hardware += words_.stop() + markdown_text(verdict.why);
    Lines lines = {
        "### " + markdown_text(words_.of("verdict", verdict.status)) + words_.colon() + markdown_text(verdict.summary),
        "", "- " + labelled("hardware", hardware)};
    if (const auto first = first_sign(words_, result_))
      lines.push_back("- " + labelled("first-sign", markdown_text(first->time) + words_.comma() + markdown_text(first->title)) + " " + markdown_code(first->source));
    if (const auto versions = versions_phrase(words_, result_); !versions.empty()) lines.push_back("- " + labelled("versions", markdown_text(versions)));
    lines.push_back("- " + labelled("bundle", markdown_code(result_.bundle_name) + words_.comma() + documents_read(words_, result_)));
    return lines;
  }

  Lines cause(const Cause& cause) const {
    Lines lines = {
        "", "#### " + std::to_string(cause.rank) + "\\. " + markdown_text(cause.title), "",
        markdown_code(cause.id) + " · " + bold(std::string(words_("confidence"))) + words_.colon() + sure(cause)};
    for (const auto& where : where_phrases(words_, cause.where, places_shown))
      lines.back() += " · " + bold(where.label) + words_.colon() + markdown_code(cut_bytes(where.text, quoted_bytes));
    // A paragraph of GitLab that begins with a slash is a command.
    if (!cause.explanation.empty()) append(lines, {"", (cause.explanation.front() == '/' ? "\\" : "") + markdown_text(cause.explanation)});
    append(lines, quotes(cause, false));
    append(lines, quotes(cause, true));
    return lines;
  }

  Lines quotes(const Cause& cause, bool against) const {
    const auto shown = leading_evidence(cause, against, against ? shown_.evidence_against : shown_.evidence_for);
    const auto all = static_cast<std::size_t>(std::count_if(cause.evidence.begin(), cause.evidence.end(), [&](const Evidence& e) { return e.against == against; }));
    if (shown.empty()) return against ? Lines{"", std::string(words_("against-none"))} : Lines{};
    Lines quoted;
    const Evidence* before = nullptr;
    for (const auto* evidence : shown) {
      // What the lines show, as a comment above them.
      if ((before == nullptr || before->signal != evidence->signal) && !evidence->signal_title.empty())
        quoted.push_back("# " + cut_bytes(inert(evidence->signal_title), quoted_bytes));
      before = evidence;
      quoted.push_back(cut_bytes(at(evidence->document, evidence->line), quoted_bytes) + ": " + cut_bytes(inert(evidence->text), quoted_bytes));
    }
    auto title = bold(words_(against ? "against" : "evidence-for"));
    if (all > shown.size()) title += " (" + words_.with("evidence-more", {grouped(all - shown.size())}) + ")";
    Lines lines = {"", title, ""};
    append(lines, fenced("text", quoted));
    return lines;
  }

  // As many fixes as fit, each whole: half a procedure is worse than none. The first stands there in any case.
  Lines fixes(const Cause& cause, std::size_t room) const {
    if (cause.fixes.empty()) return {};
    Lines lines = {"", bold(words_("fix")), ""};
    std::size_t number = 0, left = 0;
    bool full = false;
    for (const bool workaround : {false, true}) {
      for (const auto& fix : cause.fixes) {
        if ((fix.kind == "workaround") != workaround) continue;
        if (fix.elsewhere) {
          ++left;
          continue;
        }
        const auto one = this->fix(number + 1, fix);
        if (number > 0 && (full || lines.size() + one.size() + 1 > room)) {
          ++left;
          full = true;
          continue;
        }
        ++number;
        append(lines, one);
      }
    }
    if (left > 0) lines.push_back("   (" + words_.with("fix-more", {grouped(left)}) + ")");
    return lines;
  }

  Lines fix(std::size_t number, const Fix& fix) const {
    auto first = std::to_string(number) + ". " + markdown_text(fix.act);
    if (const auto platform = platform_phrase(words_, fix); !platform.empty()) first += words_.in_brackets(markdown_text(platform));
    first += " **\\[" + markdown_text(words_.of("risk", fix.risk)) + "\\]**";
    if (fix.kind == "workaround") first += " *" + markdown_text(words_("workaround-short")) + "*";
    if (!fix.risk_note.empty()) first += " " + markdown_text(fix.risk_note);
    Lines lines = {first};
    Lines commands;
    for (const auto& command : fix.commands) commands.push_back(inert(command));
    if (!commands.empty()) append(lines, fenced("sh", commands, "   "));
    for (const auto& check : fix.verify) {
      lines.push_back("   - " + labelled("check", markdown_text(check.look)));
      if (!check.command.empty()) lines.back() += " " + markdown_code(check.command);
    }
    return lines;
  }

  void append_list(Lines& lines, std::string_view word, const std::vector<const Cause*>& causes) const {
    if (!causes.empty()) append(lines, {"", bold(words_(word)), ""});
    for (std::size_t i = 0; i < causes.size() && i < shown_.others; ++i) {
      auto line = "- " + markdown_text(causes[i]->title) +
                  words_.in_brackets(markdown_code(causes[i]->id) + words_.comma() + sure(*causes[i]));
      if (const auto where = where_phrases(words_, causes[i]->where, 2); !where.empty())
        line += " · " + bold(where.front().label) + words_.colon() +
                markdown_code(cut_bytes(where.front().text, quoted_bytes));
      lines.push_back(line);
      if (!causes[i]->why_not.empty()) lines.push_back("  " + labelled("why-not", markdown_text(causes[i]->why_not)));
    }
    if (causes.size() > shown_.others)
      lines.push_back("- " + words_.with("list-more", {grouped(causes.size() - shown_.others)}));
  }

  Lines tail() const {
    Lines lines;
    const auto others = other_faults(result_);
    append_list(lines, "another-fault", others);
    std::vector<const Cause*> rest;
    for (std::size_t i = 1; i < result_.causes.size(); ++i)
      if (std::find(others.begin(), others.end(), &result_.causes[i]) == others.end())
        rest.push_back(&result_.causes[i]);
    append_list(lines, "also-possible", rest);
    if (!result_.missing.empty()) append(lines, {"", bold(words_("collect-next")), ""});
    for (std::size_t i = 0; i < result_.missing.size() && i < shown_.missing; ++i) {
      const auto& missing = result_.missing[i];
      auto line = "- " + markdown_text(missing.artefact);
      if (!missing.command.empty()) line += " " + markdown_code(missing.command);
      if (!missing.why.empty()) line += words_.colon() + markdown_text(missing.why);
      lines.push_back(line);
    }
    const auto bad = bad_documents(result_).size();
    if (bad > 0) append(lines, {"", labelled("documents-bad", grouped(bad))});
    auto about = tool();
    if (const auto redaction = redaction_phrase(words_, result_); !redaction.empty()) about = redaction + words_.stop() + about;
    append(lines, {"", markdown_text(about)});
    return lines;
  }

  std::string tool() const {
    return result_.knowledge_date.empty() ? words_.with("tool-plain", {result_.tool_version})
                                          : words_.with("tool", {result_.tool_version, result_.knowledge_date});
  }

  const Result& result_;
  const Words words_;
  const Shown shown_;
};

}  // namespace

void write_markdown(const Result& result, std::ostream& out) {
  Shown shown;
  auto lines = Comment(result, shown).lines();
  while (lines.size() > max_lines && shown.less()) lines = Comment(result, shown).lines();
  for (const auto& line : lines) out << line << '\n';
}

}  // namespace gpm::report
