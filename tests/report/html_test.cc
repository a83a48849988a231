// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page(const Result& result) {
  std::ostringstream out;
  write_html(result, out);
  return out.str();
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto start = text.find(from);
  if (start == std::string::npos) return "";
  const auto at = start + from.size();
  return text.substr(at, text.find(to, at) - at);
}

std::string file(const std::string& path) {
  std::ifstream in(GPM_SOURCE_DIR "/" + path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The tags with their attributes, values of attributes left out: what a browser builds, without the text.
std::string skeleton(const std::string& html) {
  std::string out;
  for (std::size_t at = html.find("</style>"); (at = html.find('<', at)) != std::string::npos;) {
    bool quoted = false;
    for (; at < html.size() && (quoted || html[at] != '>'); ++at) {
      if (html[at] == '"')
        quoted = !quoted;
      else if (!quoted)
        out += html[at];
    }
    out += ">\n";
  }
  return out;
}

// FIPS 180-4, for texts of any length; checked below against its own example.
std::string sha256_base64(std::string text) {
  std::array<std::uint32_t, 64> k{};
  std::array<std::uint32_t, 8> h{};
  const auto fraction = [](long double root) {
    return static_cast<std::uint32_t>((root - std::floor(root)) * 4294967296.0L);
  };
  for (std::size_t i = 0, n = 2; i < 64; ++n) {
    bool prime = true;
    for (std::size_t d = 2; d * d <= n; ++d) prime = prime && n % d != 0;
    if (!prime) continue;
    if (i < 8) h[i] = fraction(std::sqrt(static_cast<long double>(n)));
    k[i++] = fraction(std::cbrt(static_cast<long double>(n)));
  }
  const std::uint64_t bits = text.size() * 8;
  text += '\x80';
  while (text.size() % 64 != 56) text += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) text += static_cast<char>((bits >> shift) & 255);
  for (std::size_t block = 0; block < text.size(); block += 64) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 64; ++i)
      w[i / 4] = i < 64 ? (w[i / 4] << 8) | static_cast<std::uint8_t>(text[block + i]) : 0;
    for (std::size_t i = 16; i < 64; ++i)
      w[i] = w[i - 16] + w[i - 7] + (std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3)) +
             (std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10));
    auto v = h;
    for (std::size_t i = 0; i < 64; ++i) {
      const auto t1 = v[7] + (std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25)) +
                      ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
      const auto t2 = (std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22)) +
                      ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      v = {t1 + t2, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) h[i] += v[i];
  }
  std::string bytes, out;
  for (auto word : h)
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((word >> shift) & 255);
  bytes += '\0';
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = (group << 8) | static_cast<std::uint8_t>(bytes[i + j]);
    for (int shift = 18; shift >= 0; shift -= 6)
      out += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(group >> shift) & 63];
  }
  out.back() = '=';
  return out;
}

TEST(Html, AllowsItsOwnStyleSheetAndScriptAndNothingElse) {
  ASSERT_EQ(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  const auto html = page(full_result("en"));
  const auto css = between(html, "<style>", "</style>");
  EXPECT_EQ(css, file("analyzer/report/page.css"));
  const auto script = between(html, "<script>", "</script>");
  EXPECT_EQ(script, file("analyzer/report/page.js"));
  EXPECT_EQ(between(html, "http-equiv=\"Content-Security-Policy\" content=\"", "\""),
            "default-src 'none'; style-src 'sha256-" + sha256_base64(css) + "'; script-src 'sha256-" + sha256_base64(script) +
                "'; base-uri 'none'; form-action 'none'");
}

TEST(Html, NeedsNothingFromOutside) {
  const auto html = page(full_result("en"));
  for (const char* loader : {"<script ", "<link", "<img", "<iframe", "src=", "url(", "@import", " style=", "<form"})
    EXPECT_THAT(html, Not(HasSubstr(loader)));
}

TEST(Html, HostileTextMakesNoElementAndNoAttribute) {
  for (const char* language : {"en", "zh"})
    EXPECT_EQ(skeleton(page(result_made_of(everything_hostile(), language))),
              skeleton(page(result_made_of("x", language))));
}

TEST(Html, TemplateSyntaxInTheBundleIsText) {
  const auto html = page(result_made_of("{{css}} {{{css}}} {{#causes}}", "en"));
  EXPECT_THAT(html, HasSubstr("<pre translate=\"no\"><code>{{css}} {{{css}}} {{#causes}}</code></pre>"));
}

TEST(Html, HoldsNoControlCharacter) {
  for (unsigned char c : page(result_made_of(everything_hostile(), "en")))
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c != 0x7f));
}

TEST(Html, LinksOnlyPlainHttpsReferences) {
  auto result = full_result("en");
  result.causes[0].references = {"javascript:alert(1)", "http://a.example/", "https://a.example/?x=1&y=2"};
  const auto html = page(result);
  EXPECT_THAT(html, HasSubstr("<li>javascript:alert(1)</li>"));
  EXPECT_THAT(html, HasSubstr("<li>http://a.example/</li>"));
  EXPECT_THAT(html, HasSubstr("<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"noopener noreferrer\">"));
}

TEST(Html, StartsWithTheDoctypeSoThatNoBrowserGuesses) {
  EXPECT_EQ(page(healthy_result("en")).find("<!doctype html>\n<html"), 0u);
}

TEST(Html, SaysWhatItIsNotAndWhy) {
  const auto html = page(full_result("en"));
  const auto answer = between(html, "What it is less likely to be, and why", "</div>");
  EXPECT_THAT(answer, HasSubstr("<a href=\"#cause-3\">One rank arrived late at a collective</a> 4%"));
  EXPECT_THAT(answer, HasSubstr("has more for it: Xid 79."));
  EXPECT_THAT(between(html, "Another fault", "</div>"),
              HasSubstr("<a href=\"#cause-2\">/dev/shm of the container is too small</a> 71%"));
}

TEST(Html, NamesTheGpuByIndexAddressUuidAndSerial) {
  const auto where = between(page(full_result("en")), "<dt>Where</dt>", "</div>");
  EXPECT_THAT(where, HasSubstr("<strong>6</strong>"));
  EXPECT_THAT(where, HasSubstr("0000:d1:00.0 · GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11 · serial 1650924004321"));
}

TEST(Html, MarksThePartOfALineThatMatched) {
  const auto html = page(full_result("en"));
  EXPECT_THAT(html, HasSubstr("NVRM: <mark>Xid (PCI:0000:d1:00): 79</mark>, pid="));
}

TEST(Html, WhatMatchedIsNotShownWhereTheLineHasItNoMore) {
  auto result = full_result("en");
  result.causes[0].evidence[0].match = "hunter2";  // the line was redacted
  EXPECT_THAT(page(result), Not(HasSubstr("hunter2")));
}

TEST(Html, ShowsTheLinesAroundAQuote) {
  const auto context = between(page(full_result("en")), "<details class=\"context\">", "</details>");
  EXPECT_LT(context.find(">1831<"), context.find("class=\"quoted\""));
  EXPECT_LT(context.find("class=\"quoted\""), context.find(">1835<"));
}

TEST(Html, QuotesOfOneSignalStandUnderOneTitle) {
  auto result = full_result("en");
  auto again = result.causes[0].evidence[0];
  again.line = 1999;
  result.causes[0].evidence.insert(result.causes[0].evidence.begin() + 1, again);
  const auto card = between(page(result), "<details class=\"cause\" id=\"cause-1\"", "Against it");
  const std::string title = "<p class=\"signal\">Xid 79: the GPU has fallen off the bus</p>";
  EXPECT_EQ(card.find(title), card.rfind(title));
  EXPECT_THAT(card, HasSubstr("dmesg.txt:1999"));
}

TEST(Html, SaysItsLanguage) {
  EXPECT_THAT(page(full_result("en")), HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(page(full_result("zh")), HasSubstr("<html lang=\"zh-Hans\">"));
}

std::string page_of_both() {
  const std::vector<Result> both = {full_result("en"), full_result("zh")};
  std::ostringstream out;
  write_html(both, out);
  return out.str();
}

TEST(Html, TwoLanguagesAreOnePageWithASwitchThatNeedsNoScript) {
  const auto html = page_of_both();
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(html, HasSubstr("<input type=\"radio\" name=\"tongue\" id=\"tongue-1\" value=\"en\" checked>"));
  EXPECT_THAT(html, HasSubstr("<label for=\"tongue-2\" lang=\"zh-Hans\">中文</label>"));
  EXPECT_THAT(html, HasSubstr("<div class=\"sheet-2\" lang=\"zh-Hans\">"));
  EXPECT_THAT(html, HasSubstr("<span class=\"host\">dgx-a12</span> 的 GPU 6 从 PCIe 总线上掉线"));
  EXPECT_THAT(page(full_result("en")), Not(HasSubstr("name=\"tongue\"")));
}

TEST(Html, HeadingsSkipNoLevel) {
  for (const auto& result : {full_result("en"), healthy_result("en"), undecided_result("zh")}) {
    const auto html = page(result);
    const std::regex heading("<h([1-6])");
    int before = 0, firsts = 0;
    for (std::sregex_iterator at(html.begin(), html.end(), heading), end; at != end; ++at) {
      const int level = std::stoi((*at)[1]);
      EXPECT_LE(level, before + 1);
      firsts += level == 1;
      before = level;
    }
    EXPECT_EQ(firsts, 1);
  }
}

TEST(Html, EveryAnchorHasItsTargetAndEveryIdIsThereOnce) {
  for (const auto& html : {page(full_result("en")), page(healthy_result("en")), page(undecided_result("en")), page_of_both()}) {
    std::set<std::string> ids;
    const std::regex id(" id=\"([^\"]+)\""), anchor("href=\"#([^\"]+)\"");
    for (std::sregex_iterator at(html.begin(), html.end(), id), end; at != end; ++at)
      EXPECT_TRUE(ids.insert((*at)[1]).second) << (*at)[1];
    for (std::sregex_iterator at(html.begin(), html.end(), anchor), end; at != end; ++at)
      EXPECT_TRUE(ids.contains((*at)[1])) << (*at)[1];
  }
}

TEST(Html, LongEvidenceIsFoldedButThere) {
  auto result = full_result("en");
  for (int i = 0; i < 30; ++i) {
    auto one = result.causes[0].evidence[0];
    one.text = "line number " + std::to_string(i) + ".";
    result.causes[0].evidence.push_back(one);
  }
  const auto html = page(result);
  EXPECT_THAT(html, HasSubstr("<summary>and 26 more</summary>"));
  EXPECT_THAT(html, HasSubstr("line number 29."));
}

// WCAG 2 relative luminance.
double luminance(const std::string& hex) {
  double sum = 0;
  const std::array weights = {0.2126, 0.7152, 0.0722};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto share = std::stoi(hex.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
    sum += weights[i] * (share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4));
  }
  return sum;
}

TEST(Html, TextStandsOutInLightAndDark) {
  const auto css = file("analyzer/report/page.css");
  const auto dark_at = css.find("@media (prefers-color-scheme: dark)");
  const std::regex variable(R"((--[a-z-]+): (#[0-9a-f]{6});)");
  for (const auto& scheme : {css.substr(0, dark_at), css.substr(dark_at, css.find("/* Ground */") - dark_at)}) {
    std::map<std::string, std::string> colours;
    for (std::sregex_iterator at(scheme.begin(), scheme.end(), variable), end; at != end; ++at)
      colours[(*at)[1]] = (*at)[2];
    const auto check = [&](const std::string& text, const std::string& ground) {
      const double a = luminance(colours.at(text)), b = luminance(colours.at(ground));
      EXPECT_GE((std::max(a, b) + 0.05) / (std::min(a, b) + 0.05), 4.5) << text << " on " << ground;
    };
    for (const char* ground : {"--paper", "--sheet", "--sunken"})
      for (const char* text : {"--ink", "--soft", "--link", "--bad", "--warn", "--good"}) check(text, ground);
    for (const char* tone : {"--bad", "--warn", "--good"}) check(tone, std::string(tone) + "-tint");
  }
}

}  // namespace
}  // namespace gpm::report
