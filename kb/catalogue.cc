// SPDX-License-Identifier: Apache-2.0
#include "kb/catalogue.h"

#include <algorithm>
#include <map>

#include "kb/words.h"

namespace gpm::kb {
namespace {

// Text of ours in a table cell or heading: only what would end the cell needs care.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

void add_cause(const Cause& cause, const std::map<std::string_view, const Signal*>& signals, std::string& out) {
  out += "\n### " + std::string(cause.id) + "\n\n**" + cell(cause.title.en) + "** · " + cell(cause.title.zh) + "\n\n";
  out += "Prior: " + std::string(word_of(prior_words, cause.prior)) + ". Hardware: " + std::string(word_of(hardware_words, cause.hardware)) + ".";
  if (cause.symptom) out += " A symptom: right only where nothing explains it further.";
  out += "\n\n" + std::string(cause.explanation.en) + "\n\n| weight | signal | what it is |\n|---|---|---|\n";
  for (const auto& use : cause.uses) {
    const auto signal = signals.find(use.signal);
    out += "| " + std::string(word_of(weight_words, use.weight)) + " | `" + std::string(use.signal) + "` | " +
           (signal == signals.end() ? "" : cell(signal->second->title.en)) + " |\n";
  }
  out += '\n';
  for (const auto& fix : cause.fixes)
    out += "- " + std::string(word_of(fix_kind_words, fix.kind)) + ", " + std::string(fix.where) + " [" +
           std::string(word_of(risk_words, fix.risk)) + "]: " + std::string(fix.act.en) + "\n";
  out += "\nReferences:";
  for (auto reference : cause.references) out += " <" + std::string(reference) + ">";
  out += "\n";
}

// A code span that holds any text: its fence is longer than each run of '`' in it.
std::string code(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (char c : text) longest = std::max(longest, run = c == '`' ? run + 1 : 0);
  const std::string fence(longest + 1, '`');
  const char* blank = longest > 0 ? " " : "";
  return fence + blank + std::string(text) + blank + fence;
}

std::string versions(const LineForm& form) {
  if (form.since.empty() && form.until.empty()) return {};
  std::string text = " (";
  text += form.since;
  text += " … ";
  text += form.until;
  text += ")";
  return text;
}

void add_line(const KnownLine& line, std::string& out) {
  out += "\n- **" + std::string(line.id) + "** · " + std::string(word_of(role_words, line.role)) + "\n";
  for (const auto& form : line.forms)
    out += "  - " + code(form.text.empty() ? form.pattern : form.text) + versions(form) + "\n";
  out += "\n  " + std::string(line.means.en) + "\n  " + std::string(line.means.zh) + "\n";
  if (line.causes.empty()) return;
  out += "\n  Points to:";
  for (auto cause : line.causes) out += " [" + std::string(cause) + "](causes.md#" + std::string(cause) + ")";
  out += "\n";
}

}  // namespace

std::string catalogue_of_lines(const Knowledge& knowledge) {
  std::map<std::string_view, std::string> sources;
  std::map<Role, std::size_t> roles;
  std::size_t forms = 0;
  for (const auto& line : knowledge.lines) {
    add_line(line, sources[line.source]);
    ++roles[line.role];
    forms += line.forms.size();
  }
  std::string out = "# Lines that are known\n\nWritten by `kb-compiler --kb kb --lines docs/lines.md` from `kb/lines/`; do not edit. " +
                    std::to_string(knowledge.lines.size()) + " lines in " + std::to_string(forms) +
                    " spellings, placeholders as in printf. Versions are those of the source where they are known; `…` is open.\n\n" +
                    "| role | lines |\n|---|---|\n";
  for (const auto& [role, count] : roles)
    out += "| " + std::string(word_of(role_words, role)) + " | " + std::to_string(count) + " |\n";
  for (const auto& [source, text] : sources) out += "\n## " + std::string(source) + "\n" + text;
  return out;
}

std::string catalogue(const Knowledge& knowledge) {
  std::map<std::string_view, const Signal*> signals;
  for (const auto& signal : knowledge.signals) signals[signal.id] = &signal;
  std::map<std::string_view, std::string> groups;
  for (const auto& cause : knowledge.causes) add_cause(cause, signals, groups[cause.group]);
  std::string out =
      "# What the analyzer knows\n\nWritten by `kb-compiler --kb kb --catalogue docs/causes.md` from `kb/`; do not edit. " +
      std::to_string(knowledge.causes.size()) + " causes, " + std::to_string(knowledge.signals.size()) + " signals.\n";
  for (const auto& [group, text] : groups) out += "\n## " + std::string(group) + "\n" + text;
  return out;
}

}  // namespace gpm::kb
