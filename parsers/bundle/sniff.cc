// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/sniff.h"

namespace gpm::bundle {
namespace {

using namespace std::string_view_literals;

// The checksum is the sum of the header's bytes with its own field as blanks, in octal. Old tars summed signed chars.
bool has_tar_checksum(std::string_view header) {
  if (header.size() < 512 || header[0] == '\0') return false;
  std::string_view field = header.substr(148, 8);
  while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
  long stated = 0;
  std::size_t digits = 0;
  for (; digits < field.size() && field[digits] >= '0' && field[digits] <= '7'; ++digits) {
    stated = stated * 8 + (field[digits] - '0');
  }
  if (digits == 0) return false;
  long as_unsigned = 0;
  long as_signed = 0;
  for (std::size_t i = 0; i < 512; ++i) {
    const char c = i >= 148 && i < 156 ? ' ' : header[i];
    as_unsigned += static_cast<unsigned char>(c);
    as_signed += static_cast<signed char>(c);
  }
  return stated == as_unsigned || stated == as_signed;
}

bool is_tar(std::string_view start) {
  if (start.size() < 512) return false;
  const std::string_view magic = start.substr(257, 6);
  return magic == "ustar\0"sv || magic == "ustar "sv || has_tar_checksum(start);
}

bool is_gzip(std::string_view start) {
  if (!start.starts_with("\x1f\x8b\x08"sv)) return false;
  return start.size() < 4 || (static_cast<unsigned char>(start[3]) & 0xe0) == 0;
}

bool is_zstd(std::string_view start) {
  if (start.starts_with("\x28\xb5\x2f\xfd"sv)) return true;
  return start.size() >= 8 && (static_cast<unsigned char>(start[0]) & 0xf0) == 0x50 &&
         start.substr(1, 3) == "\x2a\x4d\x18"sv;
}

bool is_bzip2(std::string_view start) {
  if (start.size() < 10 || !start.starts_with("BZh"sv) || start[3] < '1' || start[3] > '9') return false;
  const std::string_view magic = start.substr(4, 6);
  return magic == "\x31\x41\x59\x26\x53\x59"sv || magic == "\x17\x72\x45\x38\x50\x90"sv;
}

}  // namespace

Packing sniff(std::string_view start) {
  if (is_gzip(start)) return Packing::gzip;
  if (start.starts_with("\xfd\x37\x7a\x58\x5a\x00"sv)) return Packing::xz;
  if (is_zstd(start)) return Packing::zstd;
  if (is_bzip2(start)) return Packing::bzip2;
  if (start.starts_with("PK\x03\x04"sv) || start.starts_with("PK\x05\x06"sv)) return Packing::zip;
  if (is_tar(start)) return Packing::tar;
  return Packing::none;
}

std::string_view name_of(Packing packing) {
  switch (packing) {
    case Packing::none: return "plain";
    case Packing::gzip: return "gzip";
    case Packing::xz: return "xz";
    case Packing::zstd: return "zstd";
    case Packing::bzip2: return "bzip2";
    case Packing::tar: return "tar";
    case Packing::zip: return "zip";
  }
  return "plain";
}

}  // namespace gpm::bundle
