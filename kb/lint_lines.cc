// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_lines.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "kb/lint_patterns.h"
#include "kb/lint_texts.h"
#include "kb/lookup.h"
#include "kb/match/line_index.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::kb {
namespace {

// "2.9.6" before "2.10".
bool is_before(std::string_view a, std::string_view b) {
  const auto x = text::split(a, '.'), y = text::split(b, '.');
  return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(), [](std::string_view m, std::string_view n) {
    return text::integer(m).value_or(0) < text::integer(n).value_or(0);
  });
}

class LineLinter {
 public:
  LineLinter(const Knowledge& knowledge, const Origins& origins, Problems& problems)
      : knowledge_(knowledge), origins_(origins), problems_(problems), index_(knowledge.lines) {}

  void run() {
    for (const KnownLine& line : knowledge_.lines) {
      lint(line);
    }
  }

 private:
  void say(const KnownLine& line, std::string reason) {
    const auto found = origins_.lines.find(line.id);
    const Place place = found != origins_.lines.end() ? found->second : Place{"(built in)", 0};
    add(problems_, {.file = place.file, .line = place.line, .id = std::string(line.id), .reason = std::move(reason)});
  }

  void lint(const KnownLine& line) {
    for (const std::string& reason : text_findings(line.means)) {
      say(line, "means: " + reason);
    }
    if (!line.id.starts_with(std::string(line.source) + ".")) {
      say(line, "the id must begin with the file's source: " + std::string(line.source) + ".");
    }
    for (const std::string_view cause : line.causes) {
      if (find_cause(knowledge_, cause) == nullptr) {
        say(line, "causes: there is no cause " + quote(cause));
      }
    }
    if (line.role == Role::advice && !line.causes.empty()) {
      say(line, "causes: advice is printed whatever the cause, so it points to none");
    }
    for (const LineForm& form : line.forms) {
      lint_form(line, form);
    }
    for (const std::string_view near_miss : line.near_misses) {
      if (index_.find(near_miss).line == &line) {
        say(line, "near_misses: this is the line itself: " + quote(near_miss));
      }
    }
  }

  void lint_form(const KnownLine& line, const LineForm& form) {
    if (form.text.empty() == form.pattern.empty()) {
      return say(line, "needs a template, or a pattern and its anchor, for each spelling");
    }
    const bool usable = form.text.empty() ? lint_pattern(line, form) : lint_template(line, form);
    if (!form.since.empty() && !form.until.empty() && is_before(form.until, form.since)) {
      say(line, "until: " + std::string(form.until) + " is before since: " + std::string(form.since));
    }
    const auto [other, is_new] = spellings_.try_emplace(shape_of(form).pattern, line.id);
    if (!is_new) {
      return say(line, "is spelt as " + std::string(other->second) + " is: " + quote(form.text.empty() ? form.pattern : form.text));
    }
    if (usable) {
      lint_example(line, form);
    }
  }

  bool lint_template(const KnownLine& line, const LineForm& form) {
    const LineShape shape = shape_of(form);
    if (!form.anchor.empty()) {
      say(line, "anchor: only a pattern has one");
    }
    if (!shape.error.empty()) {
      say(line, "template: " + shape.error);
    } else if (shape.anchor.size() < shortest_anchor) {
      say(line, "template: " + quote(form.text) + " has no literal of " + std::to_string(shortest_anchor) +
                    " bytes by which it could be found");
    }
    return shape.error.empty() && shape.anchor.size() >= shortest_anchor;
  }

  bool lint_pattern(const KnownLine& line, const LineForm& form) {
    const RE2 pattern(text::piece(form.pattern), RE2::Quiet);
    if (!pattern.ok()) {
      say(line, "pattern: " + pattern.error());
      return false;
    }
    if (form.anchor.size() < shortest_anchor) {
      say(line, "anchor: a pattern needs one of " + std::to_string(shortest_anchor) + " bytes at least");
      return false;
    }
    const std::string_view gates[] = {form.anchor};
    for (const std::string& reason : gate_findings(form.pattern, gates)) {
      say(line, "anchor: " + reason.substr(reason.find(": ") + 2));
    }
    return true;
  }

  void lint_example(const KnownLine& line, const LineForm& form) {
    const KnownLine alone{.id = line.id, .forms = {&form, 1}};
    if (LineIndex({&alone, 1}).find(form.example).line == nullptr) {
      return say(line, "example: is not matched by " + quote(form.text.empty() ? form.pattern : form.text) + ": " +
                           quote(form.example));
    }
    if (const LineHit hit = index_.find(form.example); hit.line != &line) {
      say(line, "example: " + quote(form.example) + " is taken by " + std::string(hit.line->id) +
                    ", which is more specific");
    }
  }

  const Knowledge& knowledge_;
  const Origins& origins_;
  Problems& problems_;
  LineIndex index_;
  std::map<std::string, std::string_view> spellings_;  // by pattern
};

}  // namespace

void lint_lines(const Knowledge& knowledge, const Origins& origins, Problems& problems) {
  LineLinter(knowledge, origins, problems).run();
}

}  // namespace gpm::kb
