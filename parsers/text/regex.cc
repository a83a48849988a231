// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/regex.h"

#include <algorithm>

namespace gpm::text {

namespace {

// A pattern of ASCII alone takes the text as bytes: log text need not be UTF-8, and "." is one instruction instead of ten.
re2::RE2::Options options_for(std::string_view pattern, re2::RE2::CannedOptions canned) {
  re2::RE2::Options options(canned);
  if (std::all_of(pattern.begin(), pattern.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    options.set_encoding(re2::RE2::Options::EncodingLatin1);
  return options;
}

}  // namespace

Regex::Regex(std::string_view pattern, re2::RE2::CannedOptions options) : pattern_(pattern), options_(options), opening_(pattern), required_(pattern) {}
Regex::~Regex() = default;

const re2::RE2* Regex::needed_for(std::string_view text) const {
  if (!opening_.fits(text)) return nullptr;
  const bool decided_by_re2 = is_compiled_.load(std::memory_order_acquire) && required_.is_costly();
  if (!decided_by_re2 && !required_.in(text)) return nullptr;
  std::call_once(once_, [this] {
    compiled_ = std::make_unique<const re2::RE2>(pattern_, options_for(pattern_, options_));
    is_compiled_.store(true, std::memory_order_release);
  });
  return compiled_.get();
}

}  // namespace gpm::text
