// SPDX-License-Identifier: Apache-2.0
//
// Packs bytes in memory, and records what a bundle hands over.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/bundle/bundle.h"

namespace gpm::bundle {

struct Document {
  std::string path;
  std::string bytes;
  std::string status;
  std::string note;

  bool operator==(const Document& other) const {
    return path == other.path && bytes == other.bytes && status == other.status;
  }
};

inline std::ostream& operator<<(std::ostream& out, const Document& document) {
  return out << document.path << " [" << document.status << ": " << document.note << "] " << document.bytes.size()
             << " bytes \"" << document.bytes.substr(0, 60) << '"';
}

class Recorder final : public DocumentSink {
 public:
  void begin(std::string_view path) override {
    EXPECT_FALSE(open_);
    open_ = true;
    documents.push_back({std::string(path), {}, {}, {}});
    sizes.push_back(0);
  }
  void data(std::string_view bytes) override {
    EXPECT_TRUE(open_);
    EXPECT_FALSE(bytes.empty());
    EXPECT_LE(bytes.size(), std::size_t{1} << 20);
    sizes.back() += bytes.size();
    if (sizes.back() <= (std::size_t{1} << 22)) documents.back().bytes += bytes;
  }
  void end(std::string_view status, std::string_view note) override {
    EXPECT_TRUE(open_);
    open_ = false;
    EXPECT_EQ(status == "ok", note.empty()) << note;
    documents.back().status = status;
    documents.back().note = note;
  }

  std::vector<Document> documents;
  std::vector<std::size_t> sizes;

 private:
  bool open_ = false;
};

inline std::vector<Document> documents_in(std::string_view bytes, const std::string& name = "input",
                                          const Limits& limits = {}) {
  Recorder recorder;
  Usage usage;
  read_bytes(bytes, name, limits, usage, recorder);
  return recorder.documents;
}

inline std::vector<Document> documents_at(const std::string& input, const Limits& limits = {},
                                          std::string_view prefix = {}) {
  Recorder recorder;
  Usage usage;
  std::string error;
  EXPECT_EQ(read(input, prefix, limits, usage, recorder, error), ReadResult::read) << error;
  return recorder.documents;
}

struct Entry {
  std::string path;
  std::string bytes;
  unsigned type = AE_IFREG;
  std::string target;  // of a symbolic link
};

class ArchiveWriter {
 public:
  ArchiveWriter() : writer_(archive_write_new()) {}
  ~ArchiveWriter() { archive_write_free(writer_); }
  archive* get() { return writer_; }

  std::string write(const std::vector<Entry>& entries) {
    archive_write_set_bytes_in_last_block(writer_, 1);
    EXPECT_EQ(archive_write_open(writer_, this, nullptr, append, nullptr), ARCHIVE_OK) << archive_error_string(writer_);
    for (const Entry& entry : entries) {
      archive_entry* header = archive_entry_new();
      archive_entry_set_pathname(header, entry.path.c_str());
      archive_entry_set_filetype(header, entry.type);
      archive_entry_set_perm(header, 0644);
      if (entry.type == AE_IFLNK) archive_entry_set_symlink(header, entry.target.c_str());
      if (entry.type == AE_IFREG && !entry.target.empty()) archive_entry_set_hardlink(header, entry.target.c_str());
      archive_entry_set_size(header, static_cast<la_int64_t>(entry.bytes.size()));
      EXPECT_GE(archive_write_header(writer_, header), ARCHIVE_WARN) << archive_error_string(writer_);
      if (!entry.bytes.empty()) {
        EXPECT_EQ(archive_write_data(writer_, entry.bytes.data(), entry.bytes.size()),
                  static_cast<la_ssize_t>(entry.bytes.size()));
      }
      archive_entry_free(header);
    }
    EXPECT_EQ(archive_write_close(writer_), ARCHIVE_OK) << archive_error_string(writer_);
    return out_;
  }

 private:
  static la_ssize_t append(archive*, void* self, const void* bytes, std::size_t size) {
    static_cast<ArchiveWriter*>(self)->out_.append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
  }

  archive* writer_;
  std::string out_;
};

inline std::string tar(const std::vector<Entry>& entries) {
  ArchiveWriter writer;
  archive_write_set_format_pax_restricted(writer.get());
  return writer.write(entries);
}

inline std::string zip(const std::vector<Entry>& entries, const char* options = nullptr) {
  ArchiveWriter writer;
  archive_write_set_format_zip(writer.get());
  EXPECT_EQ(archive_write_set_options(writer.get(), options), ARCHIVE_OK);
  return writer.write(entries);
}

// `filter`: gzip, xz, zstd, bzip2.
inline std::string pack(std::string_view bytes, const char* filter) {
  ArchiveWriter writer;
  EXPECT_EQ(archive_write_add_filter_by_name(writer.get(), filter), ARCHIVE_OK);
  archive_write_set_format_raw(writer.get());
  return writer.write({{"x", std::string(bytes)}});
}

inline std::string gzip(std::string_view bytes) { return pack(bytes, "gzip"); }

// A number as tar writes it: 11 octal digits and a NUL.
inline std::string octal(std::size_t value) {
  std::string digits(12, '\0');
  for (int i = 10; i >= 0; --i, value /= 8) digits[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 8);
  return digits;
}

// Text that packs badly, the same each time.
inline std::string noise(std::size_t size) {
  std::string text(size, '\0');
  unsigned state = 12345;
  for (char& c : text) {
    state = state * 1664525u + 1013904223u;
    c = static_cast<char>(' ' + (state >> 16) % 95);
  }
  return text;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "bundle-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }
  std::string put(std::string_view name, std::string_view bytes) const {
    const std::string file = *this / name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

 private:
  std::string path_;
};

}  // namespace gpm::bundle
