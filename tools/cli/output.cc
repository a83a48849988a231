// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <streambuf>

#include "tools/cli/common.h"

namespace gpm::cli {
namespace {

// Cuts what the file held before where the new text ends.
class OutputFile final : public std::streambuf {
 public:
  explicit OutputFile(int file) : file_(file) { setp(buffer_.data(), buffer_.data() + buffer_.size()); }
  ~OutputFile() override { close(); }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // 0, or the error number of what went wrong first.
  int close() {
    if (file_ < 0) return error_;
    sync();
    struct stat now {};
    const bool is_longer = fstat(file_, &now) == 0 && S_ISREG(now.st_mode) && now.st_size > written_;
    if (is_longer && ftruncate(file_, written_) != 0) failed();
    if (::close(file_) != 0) failed();
    file_ = -1;
    return error_;
  }

 protected:
  int_type overflow(int_type c) override {
    if (sync() != 0) return traits_type::eof();
    return traits_type::eq_int_type(c, traits_type::eof()) ? traits_type::not_eof(c) : sputc(traits_type::to_char_type(c));
  }
  int sync() override {
    for (const char* from = pbase(); error_ == 0 && from < pptr();) {
      const auto count = write(file_, from, static_cast<std::size_t>(pptr() - from));
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) errno = EIO;
      if (count <= 0) failed();
      from += std::max<ssize_t>(count, 0);
      written_ += std::max<ssize_t>(count, 0);
    }
    setp(buffer_.data(), buffer_.data() + buffer_.size());
    return error_ == 0 ? 0 : -1;
  }

 private:
  void failed() { error_ = error_ == 0 ? errno : error_; }

  int file_;
  int error_ = 0;
  off_t written_ = 0;
  std::array<char, std::size_t{64} << 10> buffer_;
};

}  // namespace

int write_and_close(int file, const std::function<void(std::ostream&)>& write) {
  OutputFile buffer(file);
  std::ostream out(&buffer);
  write(out);
  return buffer.close();
}

bool write_output(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path == "-") {
    write(std::cout);
    return static_cast<bool>(std::cout.flush());
  }
  // What is there is written over and then cut: were it emptied first, the file system would bring the new text to the disk
  // before it lets go of the file (ext4: auto_da_alloc).
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (const int error = file < 0 ? errno : write_and_close(file, write); error != 0) {
    say(fmt::format("cannot write {}: {}", path, std::strerror(error)));
    return false;
  }
  return true;
}

}  // namespace gpm::cli
