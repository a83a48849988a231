// SPDX-License-Identifier: Apache-2.0
//
// Streams of bytes, pulled block by block: a file, standard input, memory, and (elsewhere) what a packed stream unpacks
// to and one entry of an archive. They stack: an entry of a tar in a gzip in a zip is a Source over a Source over ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace gpm::bundle {

inline constexpr std::size_t kBlock = std::size_t{128} << 10;  // what one read asks for

// Why a stream ended before its true end. `status` and `note` as in DocumentSink::end; no status = no fault.
struct Fault {
  std::string_view status;  // a literal
  std::string note;
  explicit operator bool() const { return !status.empty(); }
};

// What errno means, in English.
std::string errno_text(int error);

// A short, printable copy of bytes from the bundle, for notes.
std::string shown(std::string_view bytes);

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  // The next bytes, never more than about a block. Empty = the end, for good; then fault() says if it came too early.
  // Valid until the next call.
  virtual std::string_view next() = 0;
  virtual const Fault& fault() const { return fault_; }

 protected:
  Fault fault_;
};

// Bytes that can be read in any order. A zip's directory stands at its end.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `into`; gives the bytes read, fewer only at the end or on an error.
  virtual std::size_t read_at(std::uint64_t offset, char* into, std::size_t count) const = 0;
};

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// A regular file, by pread: a mapping would fault when the file shrinks. Reads as far as the file went when it was
// opened, so that a log that is still written to comes to an end; files of the kernel, which say 0, to their end.
// Does not own the descriptor.
class FileSource final : public Source, public RandomAccess {
 public:
  FileSource(int fd, std::uint64_t size);
  std::string_view next() override;
  std::uint64_t size() const override { return size_; }
  std::size_t read_at(std::uint64_t offset, char* into, std::size_t count) const override;

 private:
  int fd_;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;
  bool ended_ = false;
  std::unique_ptr<char[]> buffer_;
};

// A pipe. Waits for `idle_s` seconds at most, then ends with limit:stdin-idle. Does not own the descriptor.
class PipeSource final : public Source {
 public:
  PipeSource(int fd, int idle_s);
  std::string_view next() override;

 private:
  int fd_;
  int idle_s_;
  bool ended_ = false;
  std::unique_ptr<char[]> buffer_;
};

// Memory. Does not own it.
class BytesSource final : public Source, public RandomAccess {
 public:
  explicit BytesSource(std::string_view bytes) : bytes_(bytes) {}
  std::string_view next() override;
  std::uint64_t size() const override { return bytes_.size(); }
  std::size_t read_at(std::uint64_t offset, char* into, std::size_t count) const override;

 private:
  std::string_view bytes_;
  std::size_t offset_ = 0;
};

// A source whose next bytes can be seen before they are taken, and which can go back to its start as long as little was
// taken: an archive that turns out to be none is read again as a plain document.
class Lookahead final : public Source {
 public:
  explicit Lookahead(Source& source) : source_(source) {}

  // The next bytes without taking them: at least `count`, fewer only at the end. Valid until the next call of any kind.
  std::string_view peek(std::size_t count);
  std::string_view next() override;
  // The last `count` bytes of what next() gave last come again.
  void put_back(std::size_t count);

  // From now on keep what is taken (nothing was so far), up to a megabyte.
  void hold() { holding_ = true; }
  // Back to where hold() was called. False if too much was taken since.
  bool rewind();
  void release() { holding_ = false; }

  const Fault& fault() const override { return source_.fault(); }

 private:
  std::string_view pull();

  Source& source_;
  std::string held_;        // bytes seen, from the start if holding_
  std::size_t taken_ = 0;   // how much of held_ was taken
  std::string_view chunk_;  // bytes seen that come after held_; the source's own memory
  std::string_view last_;   // what next() gave
  bool last_from_held_ = false;
  bool holding_ = false;
  bool ended_ = false;
};

}  // namespace gpm::bundle
