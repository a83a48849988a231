// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/libarchive_input.h"

#include <algorithm>
#include <cerrno>

namespace gpm::bundle {

std::string libarchive_error(archive* reader) {
  const char* text = archive_error_string(reader);
  return text == nullptr ? "no reason given" : shown(text);
}

std::uint64_t bytes_taken(archive* reader) {
  return static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(reader, -1), 0));
}

int LibarchiveInput::open(archive* reader) { return archive_read_open2(reader, this, nullptr, read, nullptr, nullptr); }

la_ssize_t LibarchiveInput::read(archive* reader, void* self, const void** block) {
  auto& input = *static_cast<LibarchiveInput*>(self);
  if (input.allowed_ == 0) {
    input.refused_ = true;
    archive_set_error(reader, EFBIG, "Headers are too long");
    return ARCHIVE_FATAL;
  }
  const std::string_view chunk = input.source_.next();
  *block = chunk.data();
  input.ended_ = chunk.empty();
  if (input.allowed_ != UINT64_MAX) input.allowed_ -= std::min<std::uint64_t>(input.allowed_, chunk.size());
  return static_cast<la_ssize_t>(chunk.size());
}

}  // namespace gpm::bundle
