// SPDX-License-Identifier: Apache-2.0
//
// A page of text in columns: labels on the left, wrapped text beside them. Makes everything inert that it writes.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace gpm::explain {

class Page {
 public:
  Page(std::ostream& out, std::size_t columns);

  void title(std::string_view text);    // a paragraph at the left edge
  void heading(std::string_view text);  // behind an empty line
  void blank();
  // "Label      text text text"; nothing where the text is empty.
  void field(std::string_view label, std::string_view text);
  // A paragraph behind `indent` blanks and a bullet; further lines stand under the text.
  void item(std::size_t indent, std::string_view bullet, std::string_view text);
  void quote(std::string_view line);                             // a log line, folded, at most 8 rows
  void command(std::size_t indent, std::string_view command);    // never broken: it is there to be copied
  void reference(std::string_view url);                          // so are addresses
 private:
  std::ostream& out_;
  std::size_t columns_;
};

}  // namespace gpm::explain
