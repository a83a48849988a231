// SPDX-License-Identifier: Apache-2.0
#include "kb/match/topics.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::kb {
namespace {

constexpr std::size_t looked_at = 600;
constexpr std::size_t most_words = 3;   // of one expression in one line
constexpr double each_more_word = 0.35;  // of the first one's points

// The ranker's own scale is for evidence; here only the relations count.
double points_of(Weight weight) {
  switch (weight) {
    case Weight::strong: return 2.6;
    case Weight::moderate: return 1.3;
    default: return 0.5;
  }
}

// Different texts that the expression finds in the line, at most most_words.
std::size_t words_said(const re2::RE2& says, std::string_view line) {
  std::vector<std::string> found;
  re2::StringPiece rest = text::piece(line), word;
  while (found.size() < most_words && re2::RE2::FindAndConsume(&rest, says, &word) && !word.empty()) {
    auto lowered = text::lower({word.data(), word.size()});
    if (std::find(found.begin(), found.end(), lowered) == found.end()) found.push_back(std::move(lowered));
  }
  return found.size();
}

}  // namespace

Topics::Topics(std::span<const Signal> signals) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // logs are not always UTF-8
  for (const auto& signal : signals)
    for (const auto& says : signal.topic) {
      auto compiled = std::make_unique<re2::RE2>("(" + std::string(says.pattern) + ")", options);
      if (compiled->ok()) entries_.push_back({&signal, points_of(says.weight), std::move(compiled)});
    }
}

Topics::~Topics() = default;

std::vector<TopicPoints> Topics::of_line(std::string_view line) const {
  if (line.size() > looked_at) line.remove_prefix(line.size() - looked_at);
  std::vector<TopicPoints> found;
  for (const auto& entry : entries_) {
    const auto words = words_said(*entry.says, line);
    if (words == 0) continue;
    const double points = entry.weight * (1 + each_more_word * static_cast<double>(words - 1));
    if (!found.empty() && found.back().topic == entry.topic)
      found.back().points += points;
    else
      found.push_back({entry.topic, points});
  }
  return found;
}

}  // namespace gpm::kb
