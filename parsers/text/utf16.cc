// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/utf16.h"

#include "parsers/text/utf8.h"

namespace gpm::text {
namespace {

constexpr std::size_t mark_bytes = 3, decide_bytes = 256;

}  // namespace

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

// Logs are mostly ASCII, whatever their language. Two stray bytes at the start of another text are no mark.
ByteOrder::Encoding ByteOrder::encoding_of(std::string_view head) {
  const bool little = head.starts_with("\xFF\xFE");
  if (!little && !head.starts_with("\xFE\xFF")) return Encoding::utf8;
  std::size_t units = 0, ascii = 0;
  for (std::size_t i = 2; i + 1 < head.size(); i += 2) {
    const char low = head[little ? i : i + 1], high = head[little ? i + 1 : i];
    ++units;
    ascii += high == 0 && low > 0;
  }
  if (ascii * 5 < units || ascii == 0) return Encoding::utf8;
  return little ? Encoding::little : Encoding::big;
}

std::string_view ByteOrder::decode(std::string_view bytes) {
  if (encoding_ == Encoding::utf8) return bytes;
  if (encoding_ == Encoding::undecided) {
    head_ += bytes;
    const bool marked = head_.empty() || head_[0] == '\xFF' || head_[0] == '\xFE';
    return head_.size() < (marked ? decide_bytes : mark_bytes) ? std::string_view() : begin();
  }
  return convert(bytes);
}

// The document's start, decoded.
std::string_view ByteOrder::begin() {
  encoding_ = encoding_of(std::string_view(head_).substr(0, decide_bytes));  // whatever the pieces
  if (encoding_ == Encoding::utf8) {
    out_ = std::move(head_);
    return std::string_view(out_).substr(out_.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  }
  return convert(std::string_view(head_).substr(2));
}

std::string_view ByteOrder::convert(std::string_view bytes) {
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
  std::string text;
  if (encoding_ == Encoding::undecided) text = begin();
  if (odd_ >= 0 || surrogate_ != 0) append_utf8(0xFFFD, text);
  out_ = std::move(text);
  return out_;
}

}  // namespace gpm::text
