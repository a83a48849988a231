// SPDX-License-Identifier: Apache-2.0
//
// A picture as SVG that stands in the page: shapes with classes (page.css has the colours, light and dark), no style, no
// script, no reference to anything. Text and titles are made inert and escaped here; class names and path data are ours.
// Coordinates are pixels, written with at most one decimal, independent of the locale.
#pragma once

#include <string>
#include <string_view>

namespace gpm::report {

class Svg {
 public:
  // `id` makes the ids of title and description, unique in the page. A screen reader reads those two and nothing within.
  Svg(double width, double height, std::string_view id, std::string_view title, std::string_view description);

  Svg& rect(double x, double y, double width, double height, std::string_view css, double radius = 0);
  Svg& line(double x1, double y1, double x2, double y2, std::string_view css);
  Svg& circle(double x, double y, double radius, std::string_view css);
  Svg& path(const std::string& data, std::string_view css);
  // Class "end" and "mid" set the anchor.
  Svg& text(double x, double y, std::string_view css, std::string_view text);
  // Everything up to end() has `title` as its tooltip; no tooltip where it is empty.
  Svg& begin(std::string_view css, std::string_view title = {});
  Svg& end();

  std::string take();  // the whole element

 private:
  void attribute(std::string_view name, double value);
  std::string out_;
};

std::string number(double pixels);                // "12.5", "-3"
std::string escaped(std::string_view text);       // inert, for element content and quoted attributes

}  // namespace gpm::report
