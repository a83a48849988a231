// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/keyed_name.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>

namespace gpm::redact {
namespace {

constexpr std::array<std::uint32_t, 64> round_constants = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

void mix(std::array<std::uint32_t, 8>& state, const char* block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t i = 0; i < 64; ++i) w[i / 4] = w[i / 4] << 8 | static_cast<std::uint8_t>(block[i]);
  for (std::size_t i = 16; i < 64; ++i)
    w[i] = w[i - 16] + w[i - 7] + (std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3)) +
           (std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10));
  auto [a, b, c, d, e, f, g, h] = state;
  for (std::size_t i = 0; i < 64; ++i) {
    const auto t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
    const auto t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> more = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += more[i];
}

std::string text_of(const std::array<std::uint8_t, 32>& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

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

std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  std::array<std::uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  const std::uint64_t bits = static_cast<std::uint64_t>(bytes.size()) * 8;
  for (; bytes.size() >= 64; bytes.remove_prefix(64)) mix(state, bytes.data());
  std::string last(bytes);
  last += '\x80';
  while (last.size() % 64 != 56) last += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) last += static_cast<char>(bits >> shift & 255);
  for (std::size_t at = 0; at < last.size(); at += 64) mix(state, last.data() + at);
  std::array<std::uint8_t, 32> digest{};
  for (std::size_t i = 0; i < 32; ++i) digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - i % 4 * 8));
  return digest;
}

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string padded = key.size() > 64 ? text_of(sha256(key)) : std::string(key);
  padded.resize(64, '\0');
  std::string inner = padded, outer = padded;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  return sha256(outer + text_of(sha256(inner + std::string(bytes))));
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
