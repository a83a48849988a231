// SPDX-License-Identifier: Apache-2.0
//
// Times as reports print them; no locale, no time zone of the machine.
#pragma once

#include <cstdint>
#include <string>

namespace gpm::compose {

// RFC 3339 in UTC with as many sub-second digits as `precision_ms` bears: none from 1000 ms on, else milliseconds.
std::string rfc3339(std::int64_t utc_ns, std::int64_t precision_ms);

// Seconds on the kernel's clock as dmesg writes them: "155044.078590".
std::string boot_seconds(std::int64_t since_boot_ns);

}  // namespace gpm::compose
