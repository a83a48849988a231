// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/regex.h"

namespace gpm::text {

Regex::Regex(std::string_view pattern, re2::RE2::CannedOptions options) : pattern_(pattern), options_(options), required_(pattern) {}
Regex::~Regex() = default;

const re2::RE2* Regex::needed_for(std::string_view text) const {
  const bool decided_by_re2 = is_compiled_.load(std::memory_order_acquire) && required_.is_costly();
  if (!decided_by_re2 && !required_.in(text)) return nullptr;
  std::call_once(once_, [this] {
    compiled_ = std::make_unique<const re2::RE2>(pattern_, options_);
    is_compiled_.store(true, std::memory_order_release);
  });
  return compiled_.get();
}

}  // namespace gpm::text
