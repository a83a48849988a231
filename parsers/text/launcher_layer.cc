// SPDX-License-Identifier: Apache-2.0
//
//   [rank0]:[E1003 18:37:01.832146912 ProcessGroupNCCL.cpp:607] msg   torch; "[E socket.cpp:601] msg" before 2.4
//   [rank0]: Traceback (most recent call last):                       torch
//   rank0: Traceback (most recent call last):                         the same where a web page ate the brackets
//   [default0]:msg                                                    torchrun --tee: role and LOCAL rank, so no rank here
//   [1,0]<stdout>:msg                                                 mpirun --tag-output: job and rank
//   Tue Sep  5 10:00:00 2023[1,0]<stdout>:msg                         mpirun --timestamp-output
//   (RayWorkerWrapper pid=581, ip=10.225.128.18) msg                  Ray; vLLM's (Worker_TP0 pid=193), (APIServer pid=1)
//   [pod/NAME/CONTAINER] msg                                          kubectl logs --prefix
//   service-1  | msg                                                  docker compose
//   3: msg                                                            srun -l; only before what is surely a log line
//   node2: msg                                                        pdsh; likewise
//   /var/log/kern.log:12:Nov 20 00:02:45 ...                          grep over several files; likewise
#include <algorithm>

#include "parsers/text/fields.h"
#include "parsers/text/ascii.h"
#include "parsers/text/layer.h"
#include "parsers/text/log_record.h"
#include "parsers/text/timestamp.h"

namespace gpm::text {
namespace {

constexpr std::int64_t ranks_max = 1 << 24;

bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_'; }

std::optional<Layer> bracketed(std::string_view text);
bool nccl_line(std::string_view text);
std::optional<Layer> timestamped_mpirun(std::string_view text);
bool log_line_behind(std::string_view text, int prefixes);

std::optional<int> rank_number(std::string_view digits) {
  const auto value = integer(digits);
  if (!value || *value < 0 || *value > ranks_max || !is_digit(digits[0])) return std::nullopt;
  return static_cast<int>(*value);
}

// "[rank0]:" and "[default0]:"
std::optional<Layer> role_bracket(std::string_view text) {
  const auto close = text.substr(0, 24).find("]:");
  if (close == std::string_view::npos) return std::nullopt;
  const auto inside = text.substr(1, close - 1);
  const auto digits = inside.find_first_of("0123456789");
  if (digits == std::string_view::npos || digits == 0) return std::nullopt;
  const auto role = inside.substr(0, digits);
  const auto number = rank_number(inside.substr(digits));
  if (!number) return std::nullopt;
  Layer layer{.rest = after_blank(text.substr(close + 2))};
  if (role == "rank") {
    layer.place.rank = *number;
    return layer;
  }
  if (role == "default" || role == "trainer" || role == "worker") return layer;
  return std::nullopt;
}

// "[E1003 18:37:01.83 ProcessGroupNCCL.cpp:607] ", "[E ProcessGroupNCCL.cpp:1537] "
std::optional<Layer> c10_bracket(std::string_view text) {
  if (text.size() < 8 || std::string_view("IWEFCD").find(text[1]) == std::string_view::npos) return std::nullopt;
  const auto close = text.substr(0, 160).find("] ");
  if (close == std::string_view::npos || close < 4) return std::nullopt;
  auto source = text.substr(2, close - 2);
  Layer layer{.rest = text.substr(close + 2)};
  if (const auto stamp = glog_stamp(source)) {
    layer.time = stamp->time;
    source.remove_prefix(stamp->size);
  }
  if (!source.starts_with(' ')) return std::nullopt;
  source = trim(source);
  const auto colon = source.rfind(':');
  if (colon == std::string_view::npos || !integer(source.substr(colon + 1)) || contains(source, " "))
    return std::nullopt;
  const auto file = source.substr(0, colon);
  if (!file.ends_with(".cpp") && !file.ends_with(".cc") && !file.ends_with(".h") && !file.ends_with(".hpp") &&
      !file.ends_with(".cu") && !file.ends_with(".py"))
    return std::nullopt;
  return layer;
}

// "[1,3]<stderr>:", "[prterun-node1-123@1,0]<stdout>: "
std::optional<Layer> mpirun_bracket(std::string_view text) {
  const auto close = text.substr(0, 160).find("]<std");
  if (close == std::string_view::npos) return std::nullopt;
  const auto name = text.substr(1, close - 1);
  const auto comma = name.rfind(',');
  const auto tail = text.substr(close + 2);
  if (comma == std::string_view::npos || comma + 1 >= name.size()) return std::nullopt;
  if (!tail.starts_with("stdout>:") && !tail.starts_with("stderr>:") && !tail.starts_with("stddiag>:"))
    return std::nullopt;
  const auto rank = rank_number(name.substr(comma + 1));
  if (!rank) return std::nullopt;
  Layer layer{.rest = tail.substr(tail.find(':') + 1)};
  if (contains(name, "@")) layer.rest = after_blank(layer.rest);
  layer.place.rank = *rank;
  layer.stream = tail.starts_with("stdout") ? "stdout" : "stderr";
  return layer;
}

// "[pod/NAME/CONTAINER] "
std::optional<Layer> pod_bracket(std::string_view text) {
  static constexpr std::string_view opening = "[pod/";
  if (!text.starts_with(opening)) return std::nullopt;
  const auto close = text.substr(0, 600).find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const auto parts = split(text.substr(opening.size(), close - opening.size()), '/');
  if (parts.size() != 2) return std::nullopt;
  for (const auto part : parts)
    if (part.empty() || !std::all_of(part.begin(), part.end(), is_name)) return std::nullopt;
  Layer layer{.rest = after_blank(text.substr(close + 1))};
  layer.place.pod = parts[0];
  layer.place.container = parts[1];
  return layer;
}

// Colour codes whose ESC byte got lost on the way: "[36m(RayWorker pid=5)[0m msg".
std::optional<Layer> orphaned_colour(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && end < 12 && (is_digit(text[end]) || text[end] == ';')) ++end;
  if (end == 1 || end >= text.size() || text[end] != 'm') return std::nullopt;
  return Layer{.rest = text.substr(end + 1)};
}

// "[INFO|trainer.py:1812] 2024-01-01 10:00:00,123 >> msg" (transformers), "[titan] 2026-..." (torchtitan)
std::optional<Layer> named_bracket(std::string_view text) {
  const auto close = text.substr(0, 100).find("] ");
  if (close == std::string_view::npos) return std::nullopt;
  const auto inside = text.substr(1, close - 1);
  const auto rest = text.substr(close + 2);
  const auto stamp = iso_stamp(rest);
  if (!stamp) return std::nullopt;
  if (inside == "titan") return Layer{.rest = rest};
  const auto bar = inside.find('|');
  const auto tail = rest.substr(stamp->size);
  if (bar == std::string_view::npos || !contains(inside.substr(bar), ".py:") || !tail.starts_with(" >> "))
    return std::nullopt;
  Layer layer{.rest = tail.substr(4)};
  layer.time = stamp->time;
  return layer;
}

// "(Name pid=123, ip=10.0.0.1) ", "(VllmWorker rank=3 pid=9) ", "(raylet, ip=10.0.0.1) "
std::optional<Layer> actor(std::string_view text) {
  const auto close = text.substr(0, 160).find(')');
  if (close == std::string_view::npos || close < 2) return std::nullopt;
  Layer layer;
  bool named = false, sure = false;
  for (const auto part : split(text.substr(1, close - 1), ' ')) {
    const auto field = part.ends_with(',') ? part.substr(0, part.size() - 1) : part;
    if (field.starts_with("pid=")) {
      layer.place.pid = integer(field.substr(4));
      if (!layer.place.pid || *layer.place.pid < 0) return std::nullopt;
      sure = true;
    } else if (field.starts_with("ip=")) {
      layer.place.host = short_host(field.substr(3));
      layer.host_is_nearer = true;
    } else if (field.starts_with("rank=")) {
      layer.place.rank = rank_number(field.substr(5));
    } else if (!named) {
      named = true;
      layer.place.process = field;
    } else {
      return std::nullopt;
    }
  }
  if (!sure && layer.place.process != "raylet") return std::nullopt;
  auto rest = text.substr(close + 1);
  if (const auto colour = orphaned_colour(rest); colour && rest.starts_with('[')) rest = colour->rest;
  if (!rest.empty() && rest[0] != ' ') return std::nullopt;
  layer.rest = after_blank(rest);
  return layer;
}

// "service-1  | msg": compose numbers its containers; a name without number is taken only before what is surely a log
// line, as "dmesg | grep Xid" is not a container.
std::optional<Layer> compose_service(std::string_view text, int prefixes) {
  std::size_t end = 0;
  while (end < text.size() && end < 64 && is_name(text[end])) ++end;
  std::size_t bar = end;
  while (bar < text.size() && bar < 96 && text[bar] == ' ') ++bar;
  if (end == 0 || bar == end || !text.substr(bar).starts_with("| ")) return std::nullopt;
  const auto name = text.substr(0, end);
  const auto dash = name.find_last_of("-_");
  const bool numbered =
      dash != std::string_view::npos && dash > 0 && integer(name.substr(dash + 1)) && is_letter(name[0]);
  const auto rest = text.substr(bar + 2);
  if (!numbered && !log_line_behind(rest, prefixes)) return std::nullopt;
  Layer layer{.rest = rest};
  layer.place.container = name;
  return layer;
}

// "rank0: msg"
std::optional<Layer> bare_rank(std::string_view text, int prefixes) {
  if (!text.starts_with("rank")) return std::nullopt;
  const auto colon = text.substr(0, 14).find(": ");
  if (colon == std::string_view::npos || colon < 5) return std::nullopt;
  const auto rank = rank_number(text.substr(4, colon - 4));
  const auto rest = text.substr(colon + 2);
  if (!rank || (!log_line_behind(rest, prefixes) && !rest.starts_with("  "))) return std::nullopt;
  Layer layer{.rest = rest};
  layer.place.rank = *rank;
  return layer;
}

// "3: msg" of srun -l. The task's number is the rank only if one task is one rank; that other lines tell.
std::optional<Layer> task_number(std::string_view text, int prefixes) {
  std::size_t begin = 0, end = 0;
  while (begin < 4 && begin < text.size() && text[begin] == ' ') ++begin;
  end = begin;
  while (end < text.size() && end - begin < 6 && is_digit(text[end])) ++end;
  if (end == begin || !text.substr(end).starts_with(": ")) return std::nullopt;
  const auto rest = text.substr(end + 2);
  if (!log_line_behind(rest, prefixes)) return std::nullopt;
  Layer layer{.rest = rest};
  layer.place.task = rank_number(text.substr(begin, end - begin));
  return layer;
}

// What a launcher's node name may stand before: "epoch2: 2024-05-01 10:00:00 x" and "step1: KeyError: x" are no nodes.
bool surely_job_line(std::string_view text) {
  if (text.empty()) return false;
  if (text[0] == '{') return json_record(text).has_value();
  if (nccl_line(text) || text.starts_with("Traceback (most recent call last)")) return true;
  if (kernel_layer(text) || bracketed(text) || timestamped_mpirun(text)) return true;
  const auto layer = log_layer(text);
  if (!layer) return false;
  if (text[0] == '[' || !layer->place.host.empty() || !layer->stream.empty()) return true;
  // A date alone, without a zone, also stands in the middle of a program's own line.
  const auto stamp = any_stamp(text);
  return !stamp || stamp->time.from == facts::TimeFrom::stated || layer->rest.size() + stamp->size + 1 < text.size() || nccl_line(layer->rest);
}

// The same with more of such prefixes in between ("node2: 0: Traceback", "job.log:12:node2: ..."), at most `prefixes`.
std::optional<Layer> unsure_prefix(std::string_view text, int prefixes);
bool log_line_behind(std::string_view text, int prefixes) {
  return surely_log_line(text) || (prefixes > 0 && unsure_prefix(text, prefixes - 1));
}
bool job_line_behind(std::string_view text, int prefixes) {
  return surely_job_line(text) || (prefixes > 0 && unsure_prefix(text, prefixes - 1));
}

// "node2: msg" of pdsh, "/var/log/kern.log:12:msg" of grep.
std::optional<Layer> host_or_file(std::string_view text, int prefixes) {
  std::size_t end = 0;
  while (end < text.size() && end < 200 && (is_name(text[end]) || text[end] == '/')) ++end;
  if (end < 2 || end >= text.size() || text[end] != ':') return std::nullopt;
  const auto name = text.substr(0, end);
  auto rest = text.substr(end + 1);
  if (name.find('/') == std::string_view::npos) {
    if (!rest.starts_with(' ') || name.find_first_of("0123456789") == std::string_view::npos) return std::nullopt;
    if (!job_line_behind(rest.substr(1), prefixes)) return std::nullopt;
    Layer layer{.rest = rest.substr(1)};
    layer.place.host = short_host(name);
    return layer;
  }
  std::size_t digits = 0;
  while (digits < rest.size() && digits < 10 && is_digit(rest[digits])) ++digits;
  if (digits > 0 && digits < rest.size() && rest[digits] == ':') rest.remove_prefix(digits + 1);
  if (!log_line_behind(rest, prefixes)) return std::nullopt;
  return Layer{.rest = rest};
}

// "host:123:456 [0] NCCL INFO", "host:123:456 [0] file.cc:9 NCCL WARN"
bool nccl_line(std::string_view text) {
  const auto head = text.substr(0, 200);
  const auto nccl = head.find(" NCCL ");
  if (nccl == std::string_view::npos) return false;
  const auto bracket = head.find(" [");
  return bracket < nccl && std::count(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(bracket), ':') == 2;
}

bool python_error(std::string_view text) {
  if (text.starts_with("Traceback (most recent call last)") || text.starts_with("  File \"")) return true;
  std::size_t end = 0;
  while (end < text.size() && end < 80 && (is_name(text[end]))) ++end;
  const auto name = text.substr(0, end);
  return text.substr(end).starts_with(": ") &&
         (name.ends_with("Error") || name.ends_with("Exception") || name.ends_with("Interrupt"));
}

// What may be a program's own words; what stands behind decides.
std::optional<Layer> unsure_prefix(std::string_view text, int prefixes) {
  if (text.size() < 4) return std::nullopt;
  const char first = text[0];
  if (first == ' ') return task_number(text, prefixes);
  if (is_digit(first)) {
    if (auto layer = task_number(text, prefixes)) return layer;
    return host_or_file(text, prefixes);
  }
  if (first == '/') return host_or_file(text, prefixes);
  if (!is_letter(first)) return std::nullopt;
  if (auto layer = bare_rank(text, prefixes)) return layer;
  if (auto layer = compose_service(text, prefixes)) return layer;
  return host_or_file(text, prefixes);
}

// mpirun --timestamp-output: "Tue Sep  5 10:00:00 2023[1,0]<stdout>:"
std::optional<Layer> timestamped_mpirun(std::string_view text) {
  const auto stamp = asctime_stamp(text);
  if (!stamp || !text.substr(stamp->size).starts_with('[')) return std::nullopt;
  auto layer = mpirun_bracket(text.substr(stamp->size));
  if (layer) layer->time = stamp->time;
  return layer;
}

// Brackets and parentheses decide by themselves; the rest needs a look at what follows.
std::optional<Layer> bracketed(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  if (text[0] == '(') return actor(text);
  if (text[0] != '[') return std::nullopt;
  if (is_digit(text[1])) {
    if (auto layer = mpirun_bracket(text)) return layer;
    return orphaned_colour(text);
  }
  if (auto layer = pod_bracket(text)) return layer;
  if (auto layer = role_bracket(text)) return layer;
  if (auto layer = c10_bracket(text)) return layer;
  if (text.starts_with("[prte")) return mpirun_bracket(text);
  return named_bracket(text);
}

}  // namespace

bool surely_log_line(std::string_view text) {
  if (text.empty()) return false;
  if (text[0] == '{') return json_record(text).has_value();
  return kernel_layer(text) || log_layer(text) || bracketed(text) || timestamped_mpirun(text) || nccl_line(text) || python_error(text);
}

std::optional<Layer> launcher_layer(std::string_view text) {
  constexpr int prefixes_max = 2;
  if (text.size() < 4) return std::nullopt;
  if (text[0] == '[' || text[0] == '(') return bracketed(text);
  if (auto layer = timestamped_mpirun(text)) return layer;
  return unsure_prefix(text, prefixes_max);
}

}  // namespace gpm::text
