// SPDX-License-Identifier: Apache-2.0
//
// One layer of wrapping, recognised at the start of a text. Used by wrapper.cc only; split by who writes the prefix.
//
// A recogniser gives nothing where the text merely resembles its prefix: a prefix left standing costs a parser a
// search, a message that lost its first word is gone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "parsers/facts/facts.h"

namespace gpm::text {

struct Layer {
  std::string_view rest;  // what the prefix stands before; never longer than the text, and shorter by at least one byte
  facts::Time time;
  facts::Place place;
  std::optional<int> priority;  // syslog's level, 0 to 7
  std::string_view stream;      // stdout or stderr
  bool partial = false;         // CRI's P: the next line of the stream goes on
  bool escaped = false;         // /dev/kmsg writes bytes that do not print as \xNN
  bool host_is_nearer =
      false;  // place.host names the message's machine better than an outer layer's host does (Ray's ip=)
};

// After a closing bracket: one blank belongs to the wrapper, the others to the message.
inline std::string_view after_blank(std::string_view text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

// Kernel and its readers: dmesg in all forms, /dev/kmsg, console priorities.
std::optional<Layer> kernel_layer(std::string_view text);
// Log daemons, container engines, and the stamps of applications' loggers: whatever begins with a date or a level.
std::optional<Layer> log_layer(std::string_view text);
// Launchers and frameworks: torchrun, mpirun, srun, Ray, kubectl --prefix, docker compose.
std::optional<Layer> launcher_layer(std::string_view text);

// "gpu07 kernel: msg", "gpu07 systemd[1]: msg" behind a syslog stamp. `sure` = the stamp is syslog's own; else only the
// idents that cannot be an application's words (kernel, name[pid]) count.
std::optional<Layer> syslog_tail(std::string_view text, bool sure);

// "warn", "warning", "err", "error", ... -> 4, 4, 3, 3; nothing for other words.
std::optional<int> syslog_level(std::string_view word);

// HOST:PID:TID of NCCL behind a stamp in whatever NCCL_DEBUG_TIMESTAMP_FORMAT makes of it.
std::optional<Layer> nccl_stamp(std::string_view text);

// Whether `text` starts with something that only a log line does: a layer as above, NCCL's host:pid:tid, a traceback.
bool surely_log_line(std::string_view text);

}  // namespace gpm::text
