// SPDX-License-Identifier: Apache-2.0
#include "kb/lint.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "kb/lint_codes.h"
#include "kb/lint_lines.h"
#include "kb/lint_patterns.h"
#include "kb/lint_queries.h"
#include "kb/lint_texts.h"
#include "kb/lint_topics.h"

namespace gpm::kb {
namespace {

template <typename Entry>
const Entry* find(std::span<const Entry> entries, std::string_view id) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), id, [](const Entry& a, std::string_view b) { return a.id < b; });
  return found != entries.end() && found->id == id ? &*found : nullptr;
}

// Collects the findings of one entry under its place.
class Findings {
 public:
  Findings(const Origins::Places& places, std::string_view id, Problems& problems) : id_(id), problems_(problems) {
    if (const auto found = places.find(id); found != places.end()) {
      place_ = found->second;
    } else {
      place_.file = "(built in)";
    }
  }

  const std::string& file() const { return place_.file; }

  void say(std::string reason) {
    add(problems_, {.file = place_.file, .line = place_.line, .id = std::string(id_), .reason = std::move(reason)});
  }
  void say(const std::string& where, const std::vector<std::string>& reasons) {
    for (const std::string& reason : reasons) {
      say(where + ": " + reason);
    }
  }

 private:
  std::string_view id_;
  Problems& problems_;
  Place place_;
};

class Linter {
 public:
  Linter(const Knowledge& knowledge, const Origins& origins, const LintOptions& options, Problems& problems)
      : knowledge_(knowledge), origins_(origins), problems_(problems), topics_(knowledge.signals) {
    if (!options.schema_sql.empty()) {
      queries_ = std::make_unique<QueryChecker>(options.schema_sql);
      if (!queries_->error().empty()) {
        add(problems_, {.reason = "the SQL schema cannot be used: " + queries_->error()});
        queries_.reset();
      }
    }
  }

  void run() {
    for (const Signal& signal : knowledge_.signals) {
      lint_signal(signal);
    }
    lint_cycles();
    for (const Cause& cause : knowledge_.causes) {
      lint_cause(cause);
    }
    for (const Artefact& artefact : knowledge_.artefacts) {
      Findings findings(origins_.artefacts, artefact.id, problems_);
      findings.say("what", text_findings(artefact.what));
      findings.say("command", command_findings(artefact.command));
    }
    lint_codes(knowledge_, origins_, problems_);
    lint_lines(knowledge_, origins_, problems_);
  }

 private:
  void need_signal(Findings& findings, std::string_view where, std::string_view id) {
    if (find(knowledge_.signals.all(), id) == nullptr) {
      findings.say(std::string(where) + ": there is no signal " + quote(id));
    }
  }

  void lint_signal(const Signal& signal) {
    Findings findings(origins_.signals, signal.id, problems_);
    findings.say("title", text_findings(signal.title));
    const bool combined = !signal.all.empty() || !signal.any.empty() || !signal.none.empty();
    if (!signal.pattern.empty() + !signal.query.empty() + !signal.computed.empty() + combined + !signal.topic.empty() != 1) {
      findings.say("needs exactly one of pattern, query, computed, when and topic");
    }
    if (!signal.pattern.empty()) {
      for (const std::string& reason : pattern_findings(signal)) {
        findings.say(reason);
      }
    }
    if (!signal.topic.empty()) {
      for (const std::string& reason : topic_findings(signal, topics_)) {
        findings.say(reason);
      }
    }
    if (!signal.query.empty() && queries_ != nullptr) {
      if (const auto reason = queries_->finding(signal.query)) {
        findings.say(*reason);
      }
    }
    if (combined && signal.all.empty() && signal.any.empty()) {
      findings.say("when: needs all or any, since absence alone has no evidence to show");
    }
    for (const auto parts : {signal.all, signal.any, signal.none}) {
      for (const std::string_view part : parts) {
        need_signal(findings, "when", part);
      }
    }
  }

  // Takes away signals whose parts are all taken away, until none is left or what is left hangs on a cycle.
  void lint_cycles() {
    const std::size_t count = knowledge_.signals.size();
    std::vector<std::vector<std::size_t>> wholes(count);  // by part
    std::vector<std::vector<std::size_t>> parts(count);   // by whole
    for (std::size_t whole = 0; whole < count; ++whole) {
      const Signal& signal = knowledge_.signals[whole];
      for (const auto list : {signal.all, signal.any, signal.none}) {
        for (const std::string_view id : list) {
          if (const Signal* part = find(knowledge_.signals.all(), id)) {
            const auto index = static_cast<std::size_t>(part - knowledge_.signals.data());
            wholes[index].push_back(whole);
            parts[whole].push_back(index);
          }
        }
      }
    }
    std::vector<std::size_t> left(count);
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < count; ++i) {
      left[i] = parts[i].size();
      if (left[i] == 0) {
        ready.push_back(i);
      }
    }
    while (!ready.empty()) {
      const std::size_t part = ready.back();
      ready.pop_back();
      for (const std::size_t whole : wholes[part]) {
        if (--left[whole] == 0) {
          ready.push_back(whole);
        }
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (left[i] > 0) {
        report_cycle(i, parts, left);
        return;  // one at a time: the others often are the same one
      }
    }
  }

  void report_cycle(std::size_t start, const std::vector<std::vector<std::size_t>>& parts,
                    const std::vector<std::size_t>& left) {
    std::vector<std::size_t> path;
    std::vector<bool> seen(parts.size(), false);
    std::size_t at = start;
    while (!seen[at]) {
      seen[at] = true;
      path.push_back(at);
      at = *std::find_if(parts[at].begin(), parts[at].end(), [&](std::size_t part) { return left[part] > 0; });
    }
    std::string cycle;
    for (auto step = std::find(path.begin(), path.end(), at); step != path.end(); ++step) {
      cycle += std::string(knowledge_.signals[*step].id) + " -> ";
    }
    Findings findings(origins_.signals, knowledge_.signals[at].id, problems_);
    findings.say("when: goes round in a circle: " + cycle + std::string(knowledge_.signals[at].id));
  }

  void lint_cause(const Cause& cause) {
    Findings findings(origins_.causes, cause.id, problems_);
    if (origins_.causes.contains(cause.id) && findings.file() != "causes/" + std::string(cause.id) + ".yaml") {
      findings.say("the file must be named after the id: causes/" + std::string(cause.id) + ".yaml");
    }
    findings.say("title", text_findings(cause.title));
    findings.say("explanation", text_findings(cause.explanation));
    for (const Use& use : cause.uses) {
      need_signal(findings, "signals", use.signal);
      const auto same = std::count_if(cause.uses.begin(), cause.uses.end(),
                                      [&](const Use& other) { return other.signal == use.signal; });
      if (same > 1) {
        findings.say("signals: " + quote(use.signal) + " is used more than once");
      }
    }
    for (const std::string_view id : cause.explains) {
      need_signal(findings, "explains", id);
    }
    for (const std::string_view id : cause.place) {
      need_signal(findings, "place", id);
    }
    for (const std::string_view id : cause.process) {
      need_signal(findings, "process", id);
    }
    if (cause.references.empty()) {
      findings.say("references: a claim needs a public one");
    }
    if (cause.fixes.empty()) {
      findings.say("fixes: needs at least one");
    }
    for (std::size_t i = 0; i < cause.fixes.size(); ++i) {
      lint_fix(findings, "fixes[" + std::to_string(i) + "]", cause.fixes[i]);
    }
    for (const Wanted& wanted : cause.collect) {
      findings.say("collect.why", text_findings(wanted.why));
      if (find(knowledge_.artefacts.all(), wanted.artefact) == nullptr) {
        findings.say("collect: there is no artefact " + quote(wanted.artefact));
      }
    }
  }

  void lint_fix(Findings& findings, const std::string& where, const Fix& fix) {
    findings.say(where + ".act", text_findings(fix.act));
    for (const std::string_view id : fix.signals) {
      need_signal(findings, where + ".signals", id);
    }
    const bool has_note = !fix.risk_note.en.empty() || !fix.risk_note.zh.empty();
    if (fix.risk != Risk::safe && !has_note) {
      findings.say(where + ": a risk other than safe needs a risk_note");
    }
    if (has_note) {
      findings.say(where + ".risk_note", text_findings(fix.risk_note));
    }
    for (const std::string_view command : fix.commands) {
      if (command.empty()) {
        findings.say(where + ".commands: holds an empty command");
      }
      findings.say(where + ".commands", command_findings(command));
    }
    if (fix.verify.empty()) {
      findings.say(where + ": needs a way to verify that it worked");
    }
    for (const Check& check : fix.verify) {
      findings.say(where + ".verify.look", text_findings(check.look));
      findings.say(where + ".verify.command", command_findings(check.command));
    }
  }

  const Knowledge& knowledge_;
  const Origins& origins_;
  Problems& problems_;
  const Topics topics_;
  std::unique_ptr<QueryChecker> queries_;
};

}  // namespace

void lint(const Knowledge& knowledge, const Origins& origins, const LintOptions& options, Problems& problems) {
  Linter(knowledge, origins, options, problems).run();
}

}  // namespace gpm::kb
