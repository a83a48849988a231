// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/libarchive_input.h"

#include <cerrno>

namespace gpm::bundle {

std::string libarchive_error(archive* reader) {
  const char* text = archive_error_string(reader);
  return text == nullptr ? "no reason given" : shown(text);
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
  input.last_block_ = chunk.size();
  input.bytes_ += chunk.size();
  input.ended_ = chunk.empty();
  if (input.allowed_ != UINT64_MAX) input.allowed_ -= std::min<std::uint64_t>(input.allowed_, chunk.size());
  return static_cast<la_ssize_t>(chunk.size());
}

}  // namespace gpm::bundle
