# SPDX-License-Identifier: Apache-2.0
#
# cmake -DTEMPLATE=page.mustache.html -DCSS=page.css -DOUT=page.cc -P embed.cmake
# Writes the two files as string literals, and the style sheet's SHA-256 in base64 for the page's Content-Security-Policy.
cmake_minimum_required(VERSION 3.25)
file(READ ${TEMPLATE} template)
file(READ ${CSS} css)
file(SHA256 ${CSS} hex)

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

file(WRITE ${OUT} "// Made by embed.cmake; do not edit.
#include \"analyzer/report/page.h\"
namespace gpm::report {
std::string_view page_template() { return R\"gpm(${template})gpm\"; }
std::string_view page_css() { return R\"gpm(${css})gpm\"; }
std::string_view page_css_sha256() { return \"${base64}\"; }
}  // namespace gpm::report
")
