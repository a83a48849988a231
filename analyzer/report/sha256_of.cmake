# SPDX-License-Identifier: Apache-2.0
#
# cmake -DINPUT=page.css -DSYMBOL=page_css_sha256 -DOUT=embedded_page_css_sha256.cc -P sha256_of.cmake
# Writes the SHA-256 of a file in base64, for the page's Content-Security-Policy.
cmake_minimum_required(VERSION 3.25)
file(SHA256 ${INPUT} hex)

set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
set(base64 "")
# 64 hex digits are ten groups of 24 bits and one of 16, which is filled up with zeros.
string(APPEND hex "00")
foreach(at RANGE 0 60 6)
  string(SUBSTRING ${hex} ${at} 6 group)
  foreach(shift 18 12 6 0)
    math(EXPR digit "(0x${group} >> ${shift}) & 63")
    string(SUBSTRING ${digits} ${digit} 1 character)
    string(APPEND base64 ${character})
  endforeach()
endforeach()
string(REGEX REPLACE ".$" "=" base64 "${base64}")

file(WRITE ${OUT} "#include <string_view>

namespace gpm::embedded {
extern const std::string_view ${SYMBOL};
const std::string_view ${SYMBOL} = \"${base64}\";
}  // namespace gpm::embedded
")
