// SPDX-License-Identifier: Apache-2.0
//
// The four views of a result. Each writes the whole view; the same result gives the same bytes.
#pragma once

#include <iosfwd>
#include <memory>
#include <span>
#include <string>

#include "analyzer/report/result.h"

namespace gpm::report {

struct TerminalStyle {
  bool colour = false;
  int columns = 80;
  int top = 3;                   // causes shown in full; all but the first only if they are likely enough ...
  bool top_asked = false;        // ... or if the user asked for that many
  bool explain_ranking = false;  // print the sum of each shown cause
};

// Plain text. Control characters and terminal escapes of the bundle's text are shown as \xNN, never sent.
void write_terminal(const Result& result, const TerminalStyle& style, std::ostream& out);

// The JSON report, schema docs/report.schema.json. Streamed; invalid UTF-8 replaced.
void write_json(const Result& result, std::ostream& out);

// Markdown for a ticket comment; the bundle's text cannot open markup.
void write_markdown(const Result& result, std::ostream& out);

// One self-contained page: no external resource, strict CSP, readable without JavaScript; at most 1.5 MB. The same result in
// several languages is one page with a switch; the first is shown. At least one.
class Page {
 public:
  Page();  // reads the template, which takes a millisecond and can be done before there is a result
  ~Page();
  void write(std::span<const Result> languages, std::ostream& out);

 private:
  struct Template;
  std::unique_ptr<Template> template_;
};
void write_html(std::span<const Result> languages, std::ostream& out);
void write_html(const Result& result, std::ostream& out);

}  // namespace gpm::report
