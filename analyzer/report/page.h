// SPDX-License-Identifier: Apache-2.0
//
// The files of the HTML page as the build put them into the binary (cmake/embed.cmake, sha256_of.cmake).
#pragma once

#include <string_view>

namespace gpm::embedded {

extern const std::string_view page_template;    // page.mustache.html
extern const std::string_view page_css;         // page.css
extern const std::string_view page_js;          // page.js
// Of the bytes of the two, in base64, as a Content-Security-Policy wants it.
extern const std::string_view page_css_sha256, page_js_sha256;

}  // namespace gpm::embedded
