// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/keyed_name.h"

#include <fcntl.h>
#include <nettle/hmac.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace gpm::redact {
namespace {

// An open file that closes itself.
struct File {
  int number = -1;
  ~File() {
    if (number >= 0) close(number);
  }
};

std::string reason() { return std::strerror(errno); }

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A new key comes under its name all at once, so that another analysis that starts now reads all of it, or makes it first.
std::string make_key(const std::string& path) {
  std::array<unsigned char, 32> random{};
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) return "cannot make " + path + ": " + reason();
  std::string text;
  for (const auto byte : random) text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  text += '\n';
  std::string draft = path + ".XXXXXX";
  const File file{mkstemp(draft.data())};  // of mode 0600
  if (file.number < 0) return "cannot make " + path + ": " + reason();
  const bool good = write_all(file.number, text) && fsync(file.number) == 0 && (link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const auto why = reason();
  unlink(draft.c_str());
  return good ? "" : "cannot make " + path + ": " + why;
}

}  // namespace

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes) {
  hmac_sha256_ctx context;
  hmac_sha256_set_key(&context, key.size(), reinterpret_cast<const std::uint8_t*>(key.data()));
  hmac_sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::array<std::uint8_t, 32> digest{};
  hmac_sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

std::string keyed_name(std::string_view key, std::string_view text) {
  const auto digest = hmac_sha256(key, text);
  std::string name;
  unsigned buffer = 0;
  int bits = 0;
  for (std::size_t i = 0; name.size() < keyed_name_bytes;) {
    if (bits < 5) {
      buffer = (buffer << 8 | digest[i++]) & 0xFFFF;
      bits += 8;
    }
    bits -= 5;
    name += "abcdefghijklmnopqrstuvwxyz234567"[buffer >> bits & 31];
  }
  return name;
}

Key read_or_make_key(const std::string& path) {
  Key key;
  const auto fail = [&](const std::string& why) {
    key.bytes.clear();
    key.error = why;
    return key;
  };
  File file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0 && errno == ENOENT) {
    if (auto why = make_key(path); !why.empty()) return fail(why);
    key.made = true;
    file.number = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  }
  if (file.number < 0) return fail("cannot read " + path + ": " + reason());
  struct stat about {};
  if (fstat(file.number, &about) != 0 || !S_ISREG(about.st_mode)) return fail(path + " is no regular file");
  if ((about.st_mode & 077) != 0) return fail(path + " can be read by others: chmod 600 it, or make a new key");
  std::array<char, 4096> buffer{};
  const auto size = read(file.number, buffer.data(), buffer.size());
  if (size < 0) return fail("cannot read " + path + ": " + reason());
  key.bytes.assign(buffer.data(), static_cast<std::size_t>(size));
  while (!key.bytes.empty() && (key.bytes.back() == '\n' || key.bytes.back() == '\r')) key.bytes.pop_back();
  if (key.bytes.size() < 16) return fail(path + " holds no key: less than 16 bytes");
  return key;
}

}  // namespace gpm::redact
