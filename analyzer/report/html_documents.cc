// SPDX-License-Identifier: Apache-2.0
//
// What was read: settings, documents with their status, reading notes, lines that nobody knows.
#include "analyzer/report/html_sheet.h"

namespace gpm::report::html {
namespace {

constexpr std::size_t setting_value_most = 200, line_most = 400;

data setting_row(const Sheet& sheet, const Setting& s) {
  data d;
  d["scope"] = text(sheet.words.of("scope", s.scope));
  d["key"] = name(s.key);
  d["value"] = text(cut_bytes(setting_value(s.key, s.value), setting_value_most));
  d["subject"] = name(s.subject);
  d["host"] = name(s.host);
  d["source"] = text(source_of(s.document, s.line));
  d["noted"] = text(s.signal.empty() ? "" : s.signal_title.empty() ? s.signal : s.signal_title);
  d["trouble"] = data(s.trouble);
  d["count"] = text(s.count > 1 ? sheet.words.with("places-n", {grouped(s.count)}) : "");
  return d;
}

data document_row(const Sheet& sheet, const Document& document) {
  data d;
  d["path"] = name(document.path);
  d["format"] = name(document.format);
  d["status"] = text(status_phrase(sheet.words, document.status));
  d["note"] = name(document.note);
  d["host"] = name(document.host);
  d["size"] = data(size_in_units(document.bytes));
  d["lines"] = data(grouped(document.lines));
  d["facts"] = data(grouped(document.facts));
  return d;
}

}  // namespace

void add_settings(const Sheet& sheet, data& page) {
  const auto& settings = sheet.result.settings;
  const auto odd = static_cast<std::size_t>(std::count_if(settings.begin(), settings.end(), [](const Setting& s) { return !s.signal.empty(); }));
  auto rows = first_of(settings, sheet.limits.settings, [&](const Setting& s) { return setting_row(sheet, s); });
  page["has_settings"] = data(!settings.empty());
  page["setting_parts"] = in_parts(sheet, std::move(rows), std::max<std::size_t>(odd, 8), sheet.words("settings-caption"));
  page["settings_more"] = omitted(sheet.words, settings.size(), sheet.limits.settings, sheet.result.settings_omitted);
}

void add_documents(const Sheet& sheet, data& page) {
  const auto& result = sheet.result;
  const auto bad = bad_documents(result);
  page["has_bad"] = data(!bad.empty());
  page["bad_parts"] = in_parts(sheet, first_of(bad, sheet.limits.documents / 2, [&](const Document* one) { return document_row(sheet, *one); }), rows_open,
                               sheet.words("documents-bad"));
  page["bad_more"] = omitted(sheet.words, bad.size(), sheet.limits.documents / 2);
  // Those that say most first, where not all fit.
  std::vector<const Document*> shown;
  for (const auto& document : result.documents) shown.push_back(&document);
  if (shown.size() > sheet.limits.documents) {
    std::stable_sort(shown.begin(), shown.end(), [](const Document* a, const Document* b) { return a->facts > b->facts; });
    shown.resize(sheet.limits.documents);
    std::sort(shown.begin(), shown.end());
  }
  page["documents"] = list_of(shown, [&](const Document* one) { return document_row(sheet, *one); });
  const auto beyond = result.documents_omitted + result.documents.size() - shown.size();
  page["documents_omitted"] = text(beyond == 0                        ? ""
                                   : shown.size() == result.documents.size() ? sheet.words.with("documents-omitted", {grouped(beyond)})
                                                                             : sheet.words.with("json-more", {grouped(beyond)}));

  auto notes = first_of(result.notes, sheet.limits.notes, [](const ParseNote& note) {
    data d;
    d["source"] = text(source_of(note.document, note.line));
    d["reason"] = name(note.reason);
    return d;
  });
  const auto notes_shown = notes.list_value().size();
  page["note_parts"] = in_parts(sheet, std::move(notes), notes_shown, sheet.words("notes"));
  page["total"] = data(grouped(result.notes.size() + result.notes_omitted));
  const auto notes_beyond = result.notes_omitted + result.notes.size() - notes_shown;
  page["omitted"] = text(notes_beyond == 0 ? "" : sheet.words.with("notes-omitted", {grouped(notes_beyond)}));

  auto unusual = in_parts(sheet, list_of(result.unusual_lines,
                                         [&](const UnusualLine& line) {
                                           data d;
                                           d["source"] = text(source_of(line.document, line.line));
                                           d["text"] = text(sheet.quote(line.text, line_most));
                                           d["means"] = text(line.means);
                                           d["count"] = text(count_phrase(sheet.words, line.count));
                                           return d;
                                         }),
                          result.unusual_lines.size(), sheet.words("unusual"));
  for (auto& part : rows_of(unusual)) part["total"] = data(grouped(result.unusual_lines.size()));
  page["unusual_parts"] = std::move(unusual);
}

}  // namespace gpm::report::html
