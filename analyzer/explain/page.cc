// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/page.h"

#include <algorithm>

#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"

namespace gpm::explain {
namespace {

constexpr std::size_t label_columns = 14, quoted_rows = 8;

}  // namespace

Page::Page(std::ostream& out, std::size_t columns) : out_(out), columns_(std::clamp<std::size_t>(columns, 40, 160)) {}

void Page::title(std::string_view text) { item(0, "", text); }

void Page::heading(std::string_view text) {
  blank();
  out_ << report::cut(report::inert(text), columns_) << '\n';
}

void Page::blank() { out_ << '\n'; }

void Page::field(std::string_view label, std::string_view text) {
  if (text.empty()) return;
  item(0, report::padded(report::inert(label), label_columns), text);
}

void Page::item(std::size_t indent, std::string_view bullet, std::string_view text) {
  std::string head = std::string(indent, ' ') + report::inert(bullet);
  // A label that is too wide stands on a line of its own.
  std::size_t hang = report::width_of(head);
  if (hang > columns_ / 2) {
    for (const auto& line : report::wrap(head, columns_ - indent)) out_ << std::string(indent, ' ') << line << '\n';
    hang = indent + 2;
    head = std::string(hang, ' ');
  }
  for (const auto& line : report::wrap(report::inert(text), columns_ - hang)) {
    out_ << head << line << '\n';
    head = std::string(hang, ' ');
  }
}

void Page::quote(std::string_view line) {
  for (auto& row : report::fold(report::inert(line), columns_ - 2, quoted_rows)) {
    while (row.ends_with(' ')) row.pop_back();
    out_ << "  " << row << '\n';
  }
}

void Page::command(std::size_t indent, std::string_view command) {
  out_ << std::string(indent, ' ') << "$ " << report::inert(command) << '\n';
}

void Page::reference(std::string_view url) {
  if (report::is_plain_link(url))
    out_ << "  " << url << '\n';
  else
    item(2, "", url);
}

}  // namespace gpm::explain
