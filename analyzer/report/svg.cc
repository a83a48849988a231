// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/svg.h"

#include <algorithm>
#include <cmath>

#include "analyzer/report/inert.h"

namespace gpm::report {

std::string number(double pixels) {
  constexpr double most = 1e6;
  const auto tenths = std::lround((std::isnan(pixels) ? 0 : std::clamp(pixels, -most, most)) * 10);
  std::string text = tenths < 0 ? "-" : "";
  text += std::to_string(std::labs(tenths) / 10);
  if (tenths % 10 != 0) {
    text += '.';
    text += std::to_string(std::labs(tenths) % 10);
  }
  return text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : inert(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Svg::Svg(double width, double height, std::string_view id, std::string_view title, std::string_view description) {
  const std::string name(id);
  out_ = "<svg role=\"img\" aria-labelledby=\"" + name + "-title " + name + "-desc\" viewBox=\"0 0 " + number(width) + " " + number(height) +
         "\" focusable=\"false\"><title id=\"" + name + "-title\">" + escaped(title) + "</title><desc id=\"" + name + "-desc\">" +
         escaped(description) + "</desc>\n";
}

void Svg::attribute(std::string_view name, double value) {
  out_ += ' ';
  out_ += name;
  out_ += "=\"" + number(value) + "\"";
}

Svg& Svg::rect(double x, double y, double width, double height, std::string_view css, double radius) {
  out_ += "<rect";
  attribute("x", x);
  attribute("y", y);
  attribute("width", std::max(0.0, width));
  attribute("height", std::max(0.0, height));
  if (radius > 0) attribute("rx", radius);
  out_ += " class=\"" + std::string(css) + "\"/>\n";
  return *this;
}

Svg& Svg::line(double x1, double y1, double x2, double y2, std::string_view css) {
  return path("M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2), css);
}

Svg& Svg::circle(double x, double y, double radius, std::string_view css) {
  out_ += "<circle";
  attribute("cx", x);
  attribute("cy", y);
  attribute("r", radius);
  out_ += " class=\"" + std::string(css) + "\"/>\n";
  return *this;
}

Svg& Svg::path(const std::string& data, std::string_view css) {
  out_ += "<path d=\"" + data + "\" class=\"" + std::string(css) + "\"/>\n";
  return *this;
}

Svg& Svg::text(double x, double y, std::string_view css, std::string_view text) {
  out_ += "<text";
  attribute("x", x);
  attribute("y", y);
  out_ += " class=\"" + std::string(css) + "\">" + escaped(text) + "</text>\n";
  return *this;
}

Svg& Svg::begin(std::string_view css, std::string_view title) {
  out_ += "<g class=\"" + std::string(css) + "\">";
  if (!title.empty()) out_ += "<title>" + escaped(title) + "</title>";
  return *this;
}

Svg& Svg::end() {
  out_ += "</g>\n";
  return *this;
}

std::string Svg::take() { return std::move(out_) + "</svg>"; }

}  // namespace gpm::report
