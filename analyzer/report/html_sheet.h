// SPDX-License-Identifier: Apache-2.0
//
// One language's sheet of the page on its way into the template: the result, its words, and how much may be shown. Every
// text of a bundle goes through text() or quoted(), which make it inert; the template escapes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

#include "analyzer/report/columns.h"
#include "analyzer/report/faults.h"
#include "analyzer/report/inert.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/result.h"
#include "analyzer/report/words.h"

namespace gpm::report::html {

using kainjow::mustache::data;

// What one sheet shows at most; the JSON report has all.
struct Limits {
  std::size_t evidence_of_leaders = 40, evidence_of_cause = 12, moments = 300, marks = 500, gpus = 192, hosts = 192, settings = 120, documents = 400,
              notes = 100, topologies = 8, usages = 8, communicators = 12, ranks = 64, causes = 24;
  std::size_t quote_bytes = 240'000;  // of all quoted lines together; what comes later is cut short
  // So much less of all of it, but one of each at least.
  Limits scaled(double share) const;
};

struct Sheet {
  const Result& result;
  const Words words;
  const Faults faults;
  const Limits limits;
  const std::string prefix;  // of ids; empty in the first sheet
  mutable std::size_t quote_bytes_left;

  Sheet(const Result& r, std::string id_prefix, const Limits& most)
      : result(r), words(r.language), faults(r), limits(most), prefix(std::move(id_prefix)), quote_bytes_left(most.quote_bytes) {}

  // A line of the bundle, at most `most` bytes; much less once the page holds enough.
  std::string quote(std::string_view line, std::size_t most) const {
    constexpr std::size_t least = 120;
    auto shown = cut_bytes(inert(line), quote_bytes_left < most ? least : most);
    quote_bytes_left -= std::min(quote_bytes_left, shown.size());
    return shown;
  }
};

inline data list() { return data(data::type::list); }

// data::push_back copies the row with all that is in it, once more for each list around it; the list itself does the same
// when it grows (data's move may throw).
inline kainjow::mustache::list& rows_of(data& list) { return const_cast<kainjow::mustache::list&>(list.list_value()); }
inline void append(data& list, data&& row) { rows_of(list).push_back(std::move(row)); }

// An empty text is "false" to the template: kainjow takes an empty string for true, and a missing key for the one outside.
inline data text(std::string_view value) { return value.empty() ? data(false) : data(inert(value)); }
// The same, cut: no name of ours is that long, and what claims to be one must not fill the page.
inline data name(std::string_view value) { return text(cut_bytes(value, 200)); }
inline std::string source_of(std::string_view document, std::uint64_t line) { return at(cut_bytes(document, 240), line); }

template <typename Items, typename Make>
data list_of(const Items& items, Make make) {
  auto rows = list();
  rows_of(rows).reserve(items.size());
  for (const auto& item : items) append(rows, make(item));
  return rows;
}

template <typename Items, typename Make>
data first_of(const Items& items, std::size_t most, Make make) {
  auto rows = list();
  rows_of(rows).reserve(std::min(items.size(), most));
  for (std::size_t i = 0; i < items.size() && i < most; ++i) append(rows, make(items[i]));
  return rows;
}

// "and 27 more in the JSON report", or nothing.
data omitted(const Words& words, std::size_t all, std::size_t shown, std::uint64_t beyond = 0);

// Rows in one open part and, behind it, one that is folded; so no long table stands between two sections. `region` names
// the landmarks.
data in_parts(const Sheet& sheet, data rows, std::size_t open, std::string_view region);

inline constexpr std::size_t rows_open = 15;

void add_answers(const Sheet& sheet, data& page);        // html_answers.cc
data answer(const Sheet& sheet, const Cause& cause);     //   what cards and headings say of a cause
data fix(const Sheet& sheet, const Fix& fix);            // html_causes.cc
data missing(const Missing& missing);
void add_causes(const Sheet& sheet, data& page);
void add_collect(const Sheet& sheet, data& page);
void add_timeline(const Sheet& sheet, data& page);       // html_events.cc
void add_communicators(const Sheet& sheet, data& page);
void add_hardware(const Sheet& sheet, data& page);       // html_hardware.cc: topology, usage, hosts, GPUs
void add_settings(const Sheet& sheet, data& page);       // html_documents.cc
void add_documents(const Sheet& sheet, data& page);

std::string count_phrase(const Words& words, std::uint64_t count);

}  // namespace gpm::report::html
