// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/archive_reader.h"

#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace gpm::bundle {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kHeadersAtMost = std::uint64_t{4} << 20;     // of one entry; honest ones are a few KiB
constexpr std::uint64_t kDirectoryAtMost = std::uint64_t{16} << 20;  // of a zip: some 200,000 entries
constexpr std::size_t kDirectoryBlock = std::size_t{64} << 10;
constexpr std::array<char, 512> kHole{};

// libarchive asks the locale of the calling thread what UTF-8 names are to become. In C.UTF-8 they stay what they are,
// in any other iconv is loaded and non-ASCII names may suffer. Without that locale on the system they may, too.
class Utf8Scope {
 public:
  Utf8Scope() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    if (utf8) before_ = uselocale(utf8);
  }
  Utf8Scope(const Utf8Scope&) = delete;
  Utf8Scope& operator=(const Utf8Scope&) = delete;
  ~Utf8Scope() {
    if (before_) uselocale(before_);
  }

 private:
  locale_t before_ = nullptr;
};

std::string text_of(const char* as_found, const char* as_utf8) {
  if (as_found != nullptr) return as_found;
  return as_utf8 != nullptr ? as_utf8 : "";
}

std::uint32_t little_endian(const char* bytes, int count) {
  std::uint32_t value = 0;
  for (int i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace

// Lets libarchive jump in a zip.
class ArchiveReader::DirectoryInput {
 public:
  explicit DirectoryInput(const RandomAccess& file)
      : file_(file), buffer_(std::make_unique_for_overwrite<char[]>(kDirectoryBlock)) {}

  int open(archive* reader) {
    archive_read_set_callback_data(reader, this);
    archive_read_set_read_callback(reader, read);
    archive_read_set_seek_callback(reader, seek);
    return archive_read_open1(reader);
  }

 private:
  static la_ssize_t read(archive*, void* self, const void** block) {
    auto& input = *static_cast<DirectoryInput*>(self);
    const std::size_t got = input.file_.read_at(input.offset_, input.buffer_.get(), kDirectoryBlock);
    input.offset_ += got;
    *block = input.buffer_.get();
    return static_cast<la_ssize_t>(got);
  }

  static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
    auto& input = *static_cast<DirectoryInput*>(self);
    const auto size = static_cast<la_int64_t>(input.file_.size());
    const la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? static_cast<la_int64_t>(input.offset_) : size;
    la_int64_t to = 0;
    if (__builtin_add_overflow(from, offset, &to)) return ARCHIVE_FATAL;
    to = std::clamp<la_int64_t>(to, 0, size);
    input.offset_ = static_cast<std::uint64_t>(to);
    return to;
  }

  const RandomAccess& file_;
  std::unique_ptr<char[]> buffer_;
  std::uint64_t offset_ = 0;
};

ArchiveReader::ArchiveReader(Packing packing, Source& source, const RandomAccess* file, Budget& budget)
    : packing_(packing),
      budget_(budget),
      file_(packing == Packing::zip ? file : nullptr),
      stream_(source),
      reader_(archive_read_new()),
      data_(*this) {
  if (file_ != nullptr) directory_ = std::make_unique<DirectoryInput>(*file_);
}

ArchiveReader::~ArchiveReader() = default;

int ArchiveReader::open(Packing packing) {
  archive* reader = reader_.get();
  int result = ARCHIVE_FATAL;
  if (packing == Packing::tar) result = archive_read_support_format_tar(reader);
  if (packing == Packing::zip && directory_) result = archive_read_support_format_zip_seekable(reader);
  if (packing == Packing::zip && !directory_) result = archive_read_support_format_zip_streamable(reader);
  if (result != ARCHIVE_OK) return result;
  return directory_ ? directory_->open(reader) : stream_.open(reader);
}

std::optional<ArchiveEntry> ArchiveReader::next() {
  if (dead_ || !skip_rest()) return std::nullopt;
  archive_entry* entry = nullptr;
  int result = ARCHIVE_OK;
  do {
    result = read_header(&entry);
    if (result != ARCHIVE_OK && result != ARCHIVE_EOF && (result != ARCHIVE_WARN) && !fault_)
      fault_ = error("An entry's header");
    // A damaged header of a tar: libarchive looks for the next one, 512 bytes on.
  } while (result == ARCHIVE_RETRY);
  if (result == ARCHIVE_EOF || result < ARCHIVE_WARN || entry == nullptr) {
    if (result == ARCHIVE_EOF && !fault_) fault_ = directory_ ? Fault{} : stream_.fault();
    dead_ = true;
    return std::nullopt;
  }
  in_entry_ = true;
  data_.start();
  return describe(entry);
}

// libarchive would do this by itself, but then what it skips could not be told from what it takes for headers.
bool ArchiveReader::skip_rest() {
  if (!std::exchange(in_entry_, false)) return true;
  if (archive_read_data_skip(reader_.get()) > ARCHIVE_FATAL) return true;
  if (!fault_) fault_ = error("An entry");
  dead_ = true;
  return false;
}

int ArchiveReader::read_header(archive_entry** entry) {
  const Utf8Scope scope;
  if (!std::exchange(opened_, true)) {
    const int result = open(packing_);
    if (result != ARCHIVE_OK) return ARCHIVE_FATAL;
  }
  stream_.allow(kHeadersAtMost);
  const int result = archive_read_next_header(reader_.get(), entry);
  stream_.allow_all();
  return result;
}

ArchiveEntry ArchiveReader::describe(archive_entry* entry) const {
  const Utf8Scope scope;
  ArchiveEntry described;
  described.path = text_of(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry));
  described.encrypted = archive_entry_is_encrypted(entry) != 0;
  const auto type = archive_entry_filetype(entry);
  const bool hardlink = archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_utf8(entry) != nullptr;
  if (type == AE_IFLNK) {
    described.type = ArchiveEntry::Type::link;
    described.target = text_of(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry));
  } else if (hardlink && archive_entry_size(entry) == 0) {
    described.type = ArchiveEntry::Type::link;  // some tars repeat the bytes with the link; those are files
    described.target = text_of(archive_entry_hardlink(entry), archive_entry_hardlink_utf8(entry));
  } else if (type == AE_IFDIR) {
    described.type = ArchiveEntry::Type::folder;
  } else if (type != AE_IFREG && type != 0) {
    described.type = ArchiveEntry::Type::special;
  }
  return described;
}

Fault ArchiveReader::error(std::string_view what) const {
  if (!directory_ && stream_.fault()) return stream_.fault();
  const std::string reason = libarchive_error(reader_.get());
  const bool cut = !stream_.refused() && (stream_.ended() || reason.find("runcated") != std::string::npos);
  if (cut) return {"truncated", fmt::format("The {} archive ends before its end.", name_of(packing_))};
  return {"damaged", fmt::format("{} of the {} archive cannot be read: {}.", what, name_of(packing_), reason)};
}

void ArchiveReader::Data::start() {
  fault_ = {};
  growth_ = {};
  packed_before_ = bytes_taken(owner_.reader_.get());
  position_ = 0;
  after_hole_ = {};
  ended_ = false;
}

std::string_view ArchiveReader::Data::next() {
  if (ended_) return {};
  const std::string_view bytes = more();
  ended_ = ended_ || bytes.empty();
  growth_.unpacked += bytes.size();
  const std::uint64_t packed = bytes_taken(owner_.reader_.get());
  growth_.packed = packed - std::min(packed, packed_before_);
  // A zip's directory may name the same bytes again and again.
  owner_.growth_.packed = owner_.directory_ ? owner_.file_->size() : packed;
  owner_.growth_.unpacked += bytes.size();
  const Limits& limits = owner_.budget_.limits();
  const bool archive_grows = owner_.growth_.too_much(limits);
  if (archive_grows || growth_.too_much(limits)) {
    ended_ = true;
    fault_ = ratio_fault(limits);
    // Without the directory the entry's end is found only by unpacking all of it.
    if (archive_grows || (owner_.packing_ == Packing::zip && !owner_.directory_)) {
      owner_.dead_ = true;
      owner_.fault_ = fault_;
    }
  } else if (!owner_.budget_.unpack(bytes.size())) {
    ended_ = true;
    fault_ = total_bytes_fault(limits);
  }
  return bytes;
}

std::string_view ArchiveReader::Data::more() {
  if (!after_hole_.empty()) {
    position_ += after_hole_.size();
    return std::exchange(after_hole_, {});
  }
  while (!fault_) {
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(owner_.reader_.get(), &block, &size, &offset);
    if (result == ARCHIVE_RETRY) continue;
    if (result == ARCHIVE_EOF) return hole(static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0)));
    if (result != ARCHIVE_OK) {
      fault_ = owner_.error("An entry");
      if (result <= ARCHIVE_FATAL) {
        owner_.dead_ = true;
        owner_.fault_ = fault_;
      }
      // A warning (a wrong checksum) comes with the last bytes.
      if (result != ARCHIVE_WARN) return {};
    }
    const std::string_view bytes(static_cast<const char*>(block), size);
    const auto start = static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0));
    const std::string_view before = hole(start);
    if (!before.empty() && !bytes.empty()) {
      after_hole_ = bytes;
      return before;
    }
    if (!bytes.empty()) {
      position_ += bytes.size();
      return bytes;
    }
  }
  return {};
}

// NULs for what a sparse file does not store, shortened.
std::string_view ArchiveReader::Data::hole(std::uint64_t upto) {
  if (upto <= position_) return {};
  const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(upto - position_, kHole.size()));
  position_ = upto;
  return {kHole.data(), size};
}

bool is_empty_zip(std::string_view bytes) {
  constexpr std::size_t kRecord = 22;
  return bytes.size() >= kRecord && bytes.starts_with("PK\x05\x06"sv) &&
         bytes.size() == kRecord + little_endian(bytes.data() + 20, 2);
}

bool has_small_directory(const RandomAccess& zip) {
  constexpr std::size_t kRecord = 22;
  constexpr std::size_t kTail = std::size_t{16} << 10;  // as far back as libarchive looks
  const std::uint64_t size = zip.size();
  std::string tail(static_cast<std::size_t>(std::min<std::uint64_t>(size, kTail)), '\0');
  const std::uint64_t tail_at = size - tail.size();
  if (zip.read_at(tail_at, tail.data(), tail.size()) != tail.size() || tail.size() < kRecord) return false;
  const std::size_t found = tail.rfind("PK\x05\x06"sv, tail.size() - kRecord);
  if (found == std::string::npos) return false;
  // A zip of over 4 GiB or 65,535 entries has a second record, which could point anywhere.
  if (found >= 20 && tail.compare(found - 20, 4, "PK\x06\x07"sv) == 0) return false;
  const std::uint64_t record_at = tail_at + found;
  const std::uint64_t length = little_endian(tail.data() + found + 12, 4);
  const std::uint64_t offset = little_endian(tail.data() + found + 16, 4);
  if (length > record_at || offset > record_at) return false;
  return size - std::min(offset, record_at - length) <= kDirectoryAtMost;
}

}  // namespace gpm::bundle
