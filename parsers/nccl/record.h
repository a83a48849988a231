// SPDX-License-Identifier: Apache-2.0
//
// The records that NCCL writes, found anywhere in a line.
//
//   HOST:PID:TID [DEV] NCCL INFO TEXT
//   HOST:PID:TID [DEV] FILE:LINE NCCL WARN TEXT             2.30.7: FILE:LINE (FUNC) NCCL WARN TEXT
//   HOST:PID:TID NCCL CALL TEXT
//   [2025-09-01 12:00:01] HOST:PID:TID [DEV] ...            2.26 and later, by default on WARN only
//   HOST:PID:TID [DEV] MILLISECONDS FUNC:LINE NCCL TRACE TEXT   (builds with TRACE=1; skipped)
//
// From 2.13 to 2.27 a record is one buffered write without a lock, and a pipe is block buffered: records of several
// processes are glued into one line ("... Connected all ringsgpu-a:81:93 [1] NCCL INFO ..."), and a line can begin with
// the tail of a cut record. So a record is recognised by the word NCCL and the address in front of it, wherever they
// are. DEV is the current CUDA device of the thread: a local ordinal, never a rank.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/facts/facts.h"

namespace gpm::parsers::nccl {

enum class Level { info, warn, call };

struct Record {
  std::string_view host;  // as printed: up to the first dot of the host name; a container id or pod name in containers
  std::int64_t pid = 0;   // in the PID namespace of the process
  std::int64_t tid = 0;
  std::optional<int> dev;
  Level level = Level::info;
  std::string_view location;  // "transport/net_ib.cc:814" of a WARN
  std::string_view stamp;     // NCCL's own time, without its brackets; local time of the host
  std::string_view text;      // what stands behind the level, up to the next record
  std::string_view whole;     // from the host to the end of the text
};

// Remembers the hosts of a document, so that the tail of another record is not taken for a part of a host's name.
class RecordReader {
 public:
  std::vector<Record> read(std::string_view message);

 private:
  std::string_view known_part(std::string_view host, bool at_start);
  bool again(std::string_view message, Record& record) const;
  void remember(std::string_view message, const Record& record);

  std::set<std::string, std::less<>> hosts_;  // at most max_hosts
  // The last record that began its line, up to its text. Thousands of lines have the same.
  std::string opening_;
  Record opened_;  // its views are not valid
  std::size_t host_bytes_ = 0;
};

// Where the record's process runs: what the wrappers around it say, completed by its own address.
facts::Place place_of(const Record& record, facts::Place wrapper);

// "2025-09-01 12:00:01" with or without a fraction; NCCL writes local time without a zone.
facts::Time read_stamp(std::string_view stamp);

}  // namespace gpm::parsers::nccl
