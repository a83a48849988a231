// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/source.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace gpm::bundle {
namespace {

constexpr std::size_t kHoldAtMost = std::size_t{1} << 20;
constexpr std::size_t kChunkAtMost = std::size_t{1} << 20;

}  // namespace

std::string errno_text(int error) { return std::generic_category().message(error); }

std::string shown(std::string_view bytes) {
  constexpr std::size_t kAtMost = 200;
  std::string text(bytes.substr(0, kAtMost));
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  if (bytes.size() > kAtMost) text += "...";
  return text;
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

FileSource::FileSource(int fd, std::uint64_t size)
    : fd_(fd), size_(size), buffer_(std::make_unique_for_overwrite<char[]>(kBlock)) {}

std::string_view FileSource::next() {
  if (ended_) return {};
  std::size_t want = kBlock;
  if (size_ > 0) want = static_cast<std::size_t>(std::min<std::uint64_t>(want, size_ - offset_));
  ssize_t got = 0;
  if (want > 0) {
    do {
      got = ::pread(fd_, buffer_.get(), want, static_cast<off_t>(offset_));
    } while (got < 0 && errno == EINTR);
  }
  if (got <= 0) {
    ended_ = true;
    if (got < 0) {
      fault_ = {"unreadable", fmt::format("Reading stopped at byte {}: {}.", offset_, errno_text(errno))};
    } else if (offset_ < size_) {
      fault_ = {"truncated",
                fmt::format("The file became shorter while it was read, from {} to {} bytes.", size_, offset_)};
    }
    return {};
  }
  offset_ += static_cast<std::uint64_t>(got);
  return {buffer_.get(), static_cast<std::size_t>(got)};
}

std::size_t FileSource::read_at(std::uint64_t offset, char* into, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(fd_, into + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

PipeSource::PipeSource(int fd, int idle_s)
    : fd_(fd), idle_s_(std::clamp(idle_s, 0, 1'000'000)), buffer_(std::make_unique_for_overwrite<char[]>(kBlock)) {}

std::string_view PipeSource::next() {
  while (!ended_) {
    pollfd ready{.fd = fd_, .events = POLLIN, .revents = 0};
    const int count = ::poll(&ready, 1, idle_s_ * 1000);
    if (count == 0) {
      fault_ = {"limit:stdin-idle",
                fmt::format("Nothing came on standard input for {} s; the rest was not waited for.", idle_s_)};
      break;
    }
    const ssize_t got = count < 0 ? -1 : ::read(fd_, buffer_.get(), kBlock);
    if (got > 0) return {buffer_.get(), static_cast<std::size_t>(got)};
    if (got == 0) break;
    if (errno == EINTR || errno == EAGAIN) continue;
    fault_ = {"unreadable", fmt::format("Reading standard input stopped: {}.", errno_text(errno))};
    break;
  }
  ended_ = true;
  return {};
}

std::string_view BytesSource::next() {
  const std::string_view chunk = bytes_.substr(offset_, kBlock);
  offset_ += chunk.size();
  return chunk;
}

std::size_t BytesSource::read_at(std::uint64_t offset, char* into, std::size_t count) const {
  if (offset >= bytes_.size()) return 0;
  return bytes_.copy(into, count, static_cast<std::size_t>(offset));
}

std::string_view Lookahead::pull() {
  if (ended_) return {};
  const std::string_view chunk = source_.next();
  ended_ = chunk.empty();
  return chunk;
}

std::string_view Lookahead::peek(std::size_t count) {
  if (taken_ == held_.size() && !holding_) {
    held_.clear();
    taken_ = 0;
    if (chunk_.empty()) chunk_ = pull();
    if (chunk_.size() >= count || ended_) return chunk_;
  }
  for (;;) {
    // The source's memory is good until it is asked again, so it is copied first.
    held_.append(chunk_);
    chunk_ = {};
    if (held_.size() - taken_ >= count || ended_) return std::string_view(held_).substr(taken_);
    chunk_ = pull();
  }
}

std::string_view Lookahead::next() {
  if (taken_ == held_.size() && (!holding_ || held_.size() > kHoldAtMost)) {
    held_.clear();
    taken_ = 0;
    holding_ = false;
  }
  if (taken_ == held_.size()) {
    if (chunk_.empty()) chunk_ = pull();
    if (!holding_) {
      last_from_held_ = false;
      return last_ = std::exchange(chunk_, {});
    }
    held_.append(chunk_);
    chunk_ = {};
  }
  last_from_held_ = true;
  last_ = std::string_view(held_).substr(taken_, kChunkAtMost);
  taken_ += last_.size();
  return last_;
}

void Lookahead::put_back(std::size_t count) {
  if (last_from_held_) {
    taken_ -= count;
  } else {
    chunk_ = last_.substr(last_.size() - count);
  }
}

bool Lookahead::rewind() {
  if (!holding_) return false;
  taken_ = 0;
  return true;
}

}  // namespace gpm::bundle
