// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/explain.h"

#include <unistd.h>

#include <iostream>
#include <optional>

#include "analyzer/explain/question.h"
#include "tools/cli/common.h"
#include "tools/cli/verbs.h"

namespace gpm::cli {
namespace {

// One line, or what fits into the limit; nothing where standard input cannot be read.
std::optional<std::string> line_of_stdin() {
  std::string text(explain::max_line_bytes, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (std::cin.bad()) return std::nullopt;
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

}  // namespace

int explain(const Explain& options) {
  ChosenKnowledge knowledge;
  if (!knowledge.open(options.knowledge_dir)) return wrong_usage;
  auto words = options.words;
  if (words == std::vector<std::string>{"-"}) {
    const auto line = line_of_stdin();
    if (!line) {
      say("cannot read standard input");
      return nothing_read;
    }
    words = {*line};
  }
  gpm::explain::Style style;
  style.language = terminal_language(options.language);
  style.columns = isatty(STDOUT_FILENO) ? static_cast<std::size_t>(terminal_columns()) : 80;
  std::string unknown;
  if (!gpm::explain::explain(words, knowledge.view(), style, std::cout, unknown)) {
    say(unknown);
    std::cerr << "Try `gpu-postmortem explain --help`.\n";
    return wrong_usage;
  }
  return std::cout.flush() ? 0 : failed;
}

}  // namespace gpm::cli
