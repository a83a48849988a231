// SPDX-License-Identifier: Apache-2.0
//
// The HTML page: what the template (page.mustache.html) asks for, taken from the results, one sheet for each language. Every
// text passes inert() on its way and the template's own escaping there; nothing is put in unescaped but the style sheet and
// the script, which are ours, and the pictures, which escape for themselves (svg.h).
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "analyzer/report/html_sheet.h"
#include "analyzer/report/page.h"
#include "analyzer/report/page_context.h"
#include "analyzer/report/views.h"

namespace gpm::report {
namespace html {

Limits Limits::scaled(double share) const {
  auto less = *this;
  for (auto* limit : {&less.evidence_of_leaders, &less.evidence_of_cause, &less.moments, &less.marks, &less.gpus, &less.hosts, &less.settings, &less.documents,
                      &less.notes, &less.topologies, &less.usages, &less.communicators, &less.ranks, &less.causes, &less.quote_bytes})
    *limit = std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(*limit) * share));
  return less;
}

data omitted(const Words& words, std::size_t all, std::size_t shown, std::uint64_t beyond) {
  const auto more = (all > shown ? all - shown : 0) + beyond;
  return more == 0 ? data(false) : data(words.with("json-more", {grouped(more)}));
}

data in_parts(const Sheet& sheet, data rows, std::size_t open, std::string_view region) {
  auto parts = list();
  auto& all = rows_of(rows);
  for (std::size_t from = 0; from < all.size();) {
    const auto size = from == 0 ? std::min(open, all.size()) : all.size() - from;
    data part;
    part["folded"] = from == 0 ? data(false) : data(sheet.words.with("list-more", {grouped(size)}));
    part["region"] = data(std::string(region) + (from == 0 ? "" : " 2"));  // landmarks need names of their own
    part["rows"] = list();
    for (std::size_t i = from; i < from + size; ++i) append(part["rows"], std::move(all[i]));
    append(parts, std::move(part));
    from += size;
  }
  return parts;
}

std::string count_phrase(const Words& words, std::uint64_t count) {
  return count > 1 ? words.with("count-lines", {grouped(count)}) : "";
}

namespace {

data sheet_data(const Sheet& sheet, std::size_t number) {
  const auto& result = sheet.result;
  data page;
  page["lang"] = data(std::string(sheet.words.tag()));
  page[PageContext::language_key] = data(result.language);
  page["p"] = data(sheet.prefix);
  page["number"] = data(std::to_string(number));
  page["tongue"] = data(std::string(sheet.words("language-name")));
  page["checked"] = data(number == 1);
  page["colon"] = data(sheet.words.colon());
  page["documents_read"] = data(documents_read(sheet.words, result));
  page["made_by"] = text(result.knowledge_date.empty() ? sheet.words.with("tool-plain", {result.tool_version})
                                                       : sheet.words.with("tool", {result.tool_version, result.knowledge_date}));
  page["generated"] = text(result.generated);
  page["redaction"] = text(redaction_phrase(sheet.words, result));
  add_answers(sheet, page);
  add_causes(sheet, page);
  add_collect(sheet, page);
  add_timeline(sheet, page);
  add_hardware(sheet, page);
  add_communicators(sheet, page);
  add_settings(sheet, page);
  add_documents(sheet, page);
  return page;
}

data page_data(std::span<const Result> languages, const Limits& limits) {
  data page;
  page["css"] = data(std::string(embedded::page_css));
  page["css_sha256"] = data(std::string(embedded::page_css_sha256));
  page["js"] = data(std::string(embedded::page_js));
  page["js_sha256"] = data(std::string(embedded::page_js_sha256));
  page["sheets"] = list();
  page["switch"] = data(languages.size() > 1);
  for (std::size_t i = 0; i < languages.size(); ++i) {
    const Sheet sheet(languages[i], i == 0 ? "" : std::string(Words(languages[i].language).tag()) + "-", limits);
    append(page["sheets"], sheet_data(sheet, i + 1));
  }
  const auto& first = languages.front();
  const Words words(first.language);
  page["version"] = text(first.tool_version);
  page["bundle"] = text(first.bundle_name);
  page["page_lang"] = data(std::string(words.tag()));
  page["title"] = text(words.of("verdict", first.verdict.status) + words.colon() + first.verdict.summary);
  return page;
}

// As the library's own, which looks at each character by itself.
std::string escaped(const std::string& text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  const auto is_plain = [](char c) { return c != '&' && c != '<' && c != '>' && c != '"' && c != '\''; };
  for (std::size_t from = 0;;) {
    auto at = from;
    while (at < text.size() && is_plain(text[at])) ++at;
    out.append(text, from, at - from);
    if (at == text.size()) return out;
    switch (text[at]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += "&apos;";
    }
    from = at + 1;
  }
}

// What the library writes to as to a stream.
struct Text {
  std::string text;
  Text& operator<<(const std::string& more) {
    text += more;
    return *this;
  }
};

}  // namespace
}  // namespace html

struct Page::Template {
  Template() { view.set_custom_escape(html::escaped); }

  std::string render(html::data&& data) {
    written = std::move(data);
    html::PageContext context(written);
    html::Text out;
    return view.render(context, out).text;
  }

  kainjow::mustache::mustache view{std::string(embedded::page_template)};
  html::data written;  // until the page goes: to take them apart takes a tenth of the time that the page takes
};

Page::Page() : template_(std::make_unique<Template>()) {}
Page::~Page() = default;

// A page that is too big to attach is made again with less of everything.
void Page::write(std::span<const Result> languages, std::ostream& out) {
  constexpr std::size_t most_bytes = 1'450'000;
  constexpr double less = 0.6, least = 0.01;
  const html::Limits all;
  double share = 1;
  auto page = template_->render(html::page_data(languages, all));
  while (page.size() > most_bytes && share > least) {
    share *= less;
    page = template_->render(html::page_data(languages, all.scaled(share)));
  }
  out << page;
}

void write_html(std::span<const Result> languages, std::ostream& out) { Page().write(languages, out); }
void write_html(const Result& result, std::ostream& out) { write_html(std::span(&result, 1), out); }

}  // namespace gpm::report
