// SPDX-License-Identifier: Apache-2.0
//
// The fields of a journald record, from whichever of journalctl's formats; used by log_record.h's readers only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "parsers/text/log_record.h"

namespace gpm::text {

class JournalFields {
 public:
  bool knows(std::string_view key) const;
  void set(std::string_view key, std::string value);  // the first value of a key counts
  bool has_message() const { return message_.has_value(); }
  LogRecord record() const;

 private:
  std::optional<std::string> message_, realtime_, source_realtime_, monotonic_, source_monotonic_, host_, identifier_, comm_, pid_, syslog_pid_,
      priority_, container_, pod_;
  friend struct JournalFieldTable;
};

}  // namespace gpm::text
