// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/explain.h"

#include "analyzer/explain/observe.h"
#include "analyzer/explain/pages.h"
#include "kb/match/line_index.h"

namespace gpm::explain {

bool explain(const std::vector<std::string>& words, const kb::Knowledge& knowledge, const Style& style, std::ostream& out,
             std::string& unknown) {
  const auto question = ask(words, knowledge);
  const Words language(style.language);
  Page page(out, style.columns);
  const Context context{knowledge, style, language, page};
  switch (question.kind) {
    case Question::Kind::codes:
      for (std::size_t i = 0; i < question.codes.size(); ++i) {
        if (i > 0) page.blank();
        write_code(context, question.codes[i]);
      }
      return true;
    case Question::Kind::cause:
      write_cause(context, *question.cause);
      return true;
    case Question::Kind::signal:
      write_signal(context, *question.signal);
      return true;
    case Question::Kind::line:
      write_line(context, question.line);
      return true;
    case Question::Kind::unknown:
      if (!question.maybe_line) break;
      if (const auto seen = observe(question.line, knowledge);
          seen.facts.empty() && seen.signals.empty() && kb::LineIndex(knowledge.lines).find(question.line).line == nullptr)
        break;
      write_line(context, question.line);
      return true;
  }
  unknown = question.reason;
  return false;
}

}  // namespace gpm::explain
