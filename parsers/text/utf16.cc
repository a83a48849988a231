// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/utf16.h"

#include "parsers/text/utf8.h"

namespace gpm::text {

void ByteOrder::unit(std::uint16_t value) {
  if (surrogate_ != 0) {
    if (value >= 0xDC00 && value < 0xE000) {
      append_utf8(0x10000 + ((surrogate_ - 0xD800) << 10) + (value - 0xDC00u), out_);
      surrogate_ = 0;
      return;
    }
    append_utf8(0xFFFD, out_);
    surrogate_ = 0;
  }
  if (value >= 0xD800 && value < 0xDC00) {
    surrogate_ = value;
  } else {
    append_utf8(value >= 0xDC00 && value < 0xE000 ? 0xFFFD : value, out_);
  }
}

std::string_view ByteOrder::decode(std::string_view bytes) {
  if (encoding_ == Encoding::utf8) return bytes;
  if (encoding_ == Encoding::undecided) {
    head_ += bytes;
    if (head_.size() < 3) return {};
    std::size_t mark = 2;
    if (head_.starts_with("\xFF\xFE")) {
      encoding_ = Encoding::little;
    } else if (head_.starts_with("\xFE\xFF")) {
      encoding_ = Encoding::big;
    } else {
      encoding_ = Encoding::utf8;
      mark = head_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    }
    out_ = std::move(head_);
    if (encoding_ == Encoding::utf8) return std::string_view(out_).substr(mark);
    head_ = out_.substr(mark);
    bytes = head_;
  }
  out_.clear();
  for (const char c : bytes) {
    const int byte = static_cast<unsigned char>(c);
    if (odd_ < 0) {
      odd_ = byte;
      continue;
    }
    unit(static_cast<std::uint16_t>(encoding_ == Encoding::little ? byte << 8 | odd_ : odd_ << 8 | byte));
    odd_ = -1;
  }
  return out_;
}

std::string_view ByteOrder::finish() {
  out_.clear();
  if (encoding_ == Encoding::undecided) {
    out_ = std::move(head_);
  } else if (odd_ >= 0 || surrogate_ != 0) {
    append_utf8(0xFFFD, out_);
  }
  return out_;
}

}  // namespace gpm::text
