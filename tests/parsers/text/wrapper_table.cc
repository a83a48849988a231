// SPDX-License-Identifier: Apache-2.0
#include "tests/parsers/text/wrapper_table.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "parsers/text/fields.h"

namespace gpm::text {
namespace {

using facts::Place;
using facts::TimeFrom;

constexpr std::int64_t second_ns = 1'000'000'000;

// strftime in UTC, of the moment `minutes` further east; %N is the fraction with `digits` digits, with its point.
std::string clock(std::int64_t utc_ns, const std::string& format, int digits = 0, int minutes = 0, char point = '.') {
  const std::time_t seconds = utc_ns / second_ns + minutes * 60;
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  std::string spelled = format;
  if (const auto at = spelled.find("%N"); at != std::string::npos) {
    const auto fraction = std::to_string(second_ns + utc_ns % second_ns).substr(1, static_cast<std::size_t>(digits));
    spelled.replace(at, 2, digits > 0 ? point + fraction : "");
  }
  std::array<char, 128> text = {};
  return {text.data(), std::strftime(text.data(), text.size(), spelled.c_str(), &parts)};
}

std::string boot(std::int64_t boot_us) {
  std::array<char, 32> text = {};
  std::snprintf(text.data(), text.size(), "%5lld.%06lld", static_cast<long long>(boot_us / 1'000'000), static_cast<long long>(boot_us % 1'000'000));
  return text.data();
}

std::string json_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> code = {};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
      escaped += code.data();
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// /dev/kmsg writes what does not print in ASCII, and the backslash, as \xNN.
std::string kmsg_text(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 8> code = {};
    std::snprintf(code.data(), code.size(), "\\x%02x", static_cast<unsigned>(byte));
    if (byte < 0x20 || byte >= 0x7f || c == '\\') {
      escaped += code.data();
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string utf16(const std::string& text, bool little) {
  std::string wide = little ? "\xFF\xFE" : "\xFE\xFF";
  for (std::string_view rest = text; !rest.empty();) {
    const auto point = first_code_point(rest);
    rest.remove_prefix(point.bytes);
    const auto unit = static_cast<unsigned>(point.value);
    const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xff);
    wide += little ? low : high;
    wide += little ? high : low;
  }
  return wide;
}

using Write = std::function<std::string(const Drawn&, const std::string&)>;
// A prefix of what is drawn.
Write before(std::function<std::string(const Drawn&)> prefix) {
  return [=](const Drawn& drawn, const std::string& inner) { return prefix(drawn) + inner; };
}
// strftime's format, where %N is the fraction, @B the kernel's clock, @H host, @P pid, @C process, @R rank.
Write stamped(std::string format, int digits = 0, int minutes = 0, char point = '.') {
  return before([=](const Drawn& drawn) {
    auto text = clock(drawn.utc_ns, format, digits, minutes, point);
    const std::array<std::pair<std::string, std::string>, 7> values = {{{"@B", boot(drawn.boot_us)},
                                                                       {"@H", drawn.place.host},
                                                                       {"@P", std::to_string(*drawn.place.pid)},
                                                                       {"@C", drawn.place.process},
                                                                       {"@R", std::to_string(*drawn.place.rank)},
                                                                       {"@O", drawn.place.pod},
                                                                       {"@K", drawn.place.container}}};
    for (const auto& [key, value] : values)
      for (auto at = text.find(key); at != std::string::npos; at = text.find(key)) text.replace(at, key.size(), value);
    return text;
  });
}

Place host(const Place& p) { return {.host = p.host}; }
Place pid(const Place& p) { return {.pid = p.pid}; }
Place rank(const Place& p) { return {.rank = p.rank}; }
Place process(const Place& p) { return {.process = p.process, .pid = p.pid}; }
Place process_on_host(const Place& p) { return {.host = p.host, .process = p.process, .pid = p.pid}; }
Place container(const Place& p) { return {.container = p.container}; }
Place pod(const Place& p) { return {.pod = p.pod, .container = p.container}; }

std::string journal_json(const Drawn& d, bool kernel, const std::string& message) {
  return R"({"__CURSOR":"s=2f;i=1","__REALTIME_TIMESTAMP":")" + std::to_string(d.utc_ns / 1000) + R"(","_HOSTNAME":")" + d.place.host + R"(","PRIORITY":"4",)" +
         (kernel ? R"("SYSLOG_IDENTIFIER":"kernel","_SOURCE_MONOTONIC_TIMESTAMP":")" + std::to_string(d.boot_us)
                 : R"("SYSLOG_IDENTIFIER":")" + d.place.process + R"(","_PID":")" + std::to_string(*d.place.pid)) +
         R"(","MESSAGE":)" + message + "}";
}

std::string bytes_of(const std::string& text) {
  std::string list;
  for (const char c : text) list += (list.empty() ? "[" : ",") + std::to_string(static_cast<unsigned char>(c));
  return list + "]";
}

std::vector<Wrapper> kernel_logs() {
  const auto kernel = Writer::kernel_log;
  return {
      {"dmesg", kernel, stamped("[@B] "), TimeFrom::since_boot, 6, true},
      {"dmesg with caller", kernel, stamped("[@B] [ T1946] "), TimeFrom::since_boot, 6, true},
      {"dmesg -T", kernel, stamped("[%a %b %e %H:%M:%S %Y] "), TimeFrom::assumed_utc, 0},
      {"dmesg -x", kernel, stamped("kern  :warn  : [@B] "), TimeFrom::since_boot, 6, true, {}, 4},
      {"dmesg -x -T", kernel, stamped("kern  :err   : [%a %b %e %H:%M:%S %Y] "), TimeFrom::assumed_utc, 0, false, {}, 3},
      {"dmesg -r", kernel, stamped("<3>[@B] "), TimeFrom::since_boot, 6, true, {}, 3},
      {"dmesg --time-format iso", kernel, stamped("%Y-%m-%dT%H:%M:%S%N+00:00 ", 6, 0, ','), TimeFrom::stated, 6},
      {"dmesg --json record", kernel,
       [](const Drawn& d, const std::string& inner) { return R"({"pri":4,"time":)" + boot(d.boot_us) + R"(,"msg":")" + json_text(inner) + "\"}"; },
       TimeFrom::since_boot, 6, true, {}, 4},
      {"kmsg", kernel,
       [](const Drawn& d, const std::string& inner) { return "4,368," + std::to_string(d.boot_us) + ",-;" + kmsg_text(inner); },
       TimeFrom::since_boot, 6, true, {}, 4},
      {"talosctl dmesg", kernel, stamped("kern: warning: [%Y-%m-%dT%H:%M:%S%NZ]: ", 9), TimeFrom::stated, 9, false, {}, 4},
      {"journal short", kernel, stamped("%b %e %H:%M:%S @H kernel: "), TimeFrom::yearless, 0, false, host},
      {"journal short-precise", kernel, stamped("%b %d %H:%M:%S%N @H kernel: ", 6), TimeFrom::yearless, 6, false, host},
      {"journal short-iso", kernel, stamped("%Y-%m-%dT%H:%M:%S+0800 @H kernel: ", 0, 480), TimeFrom::stated, 0, false, host},
      {"journal short-iso-precise", kernel, stamped("%Y-%m-%dT%H:%M:%S%N-0330 @H kernel: ", 6, -210), TimeFrom::stated, 6, false, host},
      {"journal short-full", kernel, stamped("%a %Y-%m-%d %H:%M:%S UTC @H kernel: "), TimeFrom::stated, 0, false, host},
      {"journal short-unix", kernel, stamped("%s%N @H kernel: ", 6), TimeFrom::stated, 6, false, host},
      {"journal short-monotonic", kernel, stamped("[@B] @H kernel: "), TimeFrom::since_boot, 6, true, host},
      {"journal json", kernel, [](const Drawn& d, const std::string& inner) { return journal_json(d, true, '"' + json_text(inner) + '"'); }, TimeFrom::stated, 6, true, host, 4},
      {"journal json in bytes", kernel, [](const Drawn& d, const std::string& inner) { return journal_json(d, true, bytes_of(inner)); }, TimeFrom::stated, 6, true, host, 4},
      {"RFC 3164 file", kernel, stamped("%b %e %H:%M:%S @H kernel: [@B] "), TimeFrom::yearless, 0, true, host},
      {"RFC 3164 on the wire", kernel, stamped("<4>%b %e %H:%M:%S @H kernel: "), TimeFrom::yearless, 0, false, host, 4},
      {"rsyslog ISO", kernel, stamped("%Y-%m-%dT%H:%M:%S%N+00:00 @H kernel: [@B] ", 6), TimeFrom::stated, 6, true, host},
      {"RFC 5424", kernel, stamped("<4>1 %Y-%m-%dT%H:%M:%S%NZ @H kernel - - - ", 3), TimeFrom::stated, 3, false, host, 4},
  };
}

std::vector<Wrapper> loggers() {
  const auto logger = Writer::logger;
  return {
      {"loguru", logger, stamped("%Y-%m-%d %H:%M:%S%N | INFO     | module:func:12 - ", 3), TimeFrom::assumed_utc, 3},
      {"Python logging", logger, stamped("%Y-%m-%d %H:%M:%S%N - trainer - ERROR - ", 3, 0, ','), TimeFrom::assumed_utc, 3},
      {"Python basicConfig", logger, stamped("WARNING:torch.distributed.run:")},
      {"DeepSpeed", logger, stamped("[%Y-%m-%d %H:%M:%S%N] [INFO] [comm.py:637:init] ", 3, 0, ','), TimeFrom::assumed_utc, 3},
      {"vLLM", logger, stamped("INFO %m-%d %H:%M:%S [pynccl.py:63] "), TimeFrom::yearless, 0},
      {"vLLM worker", logger, stamped("(@C pid=@P) INFO [pynccl.py:113] "), TimeFrom::none, 0, false, process},
      {"SGLang", logger, stamped("[%Y-%m-%d %H:%M:%S TP0] "), TimeFrom::assumed_utc, 0},
      {"Xinference", logger, stamped("%Y-%m-%d %H:%M:%S%N xinference.core.worker 57 ERROR    ", 3, 0, ','), TimeFrom::assumed_utc, 3},
      {"GPUStack", logger, stamped("%Y-%m-%dT%H:%M:%S+08:00 - gpustack.worker - INFO - ", 0, 480), TimeFrom::stated, 0},
      {"klog", logger, stamped("E%m%d %H:%M:%S%N @P server.go:144] ", 6), TimeFrom::yearless, 6, false, pid},
      {"c10", logger, stamped("[rank@R]:[E%m%d %H:%M:%S%N ProcessGroupNCCL.cpp:607] ", 9), TimeFrom::yearless, 9, false, rank},
      {"zap", logger,
       [](const Drawn& d, const std::string& inner) { return R"({"level":"error","ts":)" + clock(d.utc_ns, "%s%N", 6) + R"(,"msg":")" + json_text(inner) + "\"}"; },
       TimeFrom::stated, 6, false, {}, 3},
  };
}

std::vector<Wrapper> daemons() {
  const auto daemon = Writer::daemon;
  return {
      {"RFC 3164 of a program", daemon, stamped("%b %e %H:%M:%S @H @C[@P]: "), TimeFrom::yearless, 0, false, process_on_host},
      {"rsyslog ISO of a program", daemon, stamped("%Y-%m-%dT%H:%M:%S%N+02:00 @H @C[@P]: ", 6, 120), TimeFrom::stated, 6, false, process_on_host},
      {"RFC 5424 of a program", daemon, stamped("<11>1 %Y-%m-%dT%H:%M:%S%N+01:00 @H @C @P ID7 [a@1 b=\"c\"] ", 6, 60), TimeFrom::stated, 6, false, process_on_host, 3},
      {"journal json of a program", daemon, [](const Drawn& d, const std::string& inner) { return journal_json(d, false, '"' + json_text(inner) + '"'); },
       TimeFrom::stated, 6, false, process_on_host, 4},
  };
}

std::vector<Wrapper> collectors() {
  const auto collector = Writer::collector;
  return {
      {"docker json-file", collector,
       [](const Drawn& d, const std::string& inner) {
         return R"({"log":")" + json_text(inner) + R"(\n","stream":"stderr","time":")" + clock(d.utc_ns, "%Y-%m-%dT%H:%M:%S%NZ\"}", 9);
       },
       TimeFrom::stated, 9, false, {}, {}, "stderr"},
      {"CRI", collector, stamped("%Y-%m-%dT%H:%M:%S%NZ stdout F ", 9), TimeFrom::stated, 9, false, {}, {}, "stdout"},
      {"CRI with offset", collector, stamped("%Y-%m-%dT%H:%M:%S%N+08:00 stderr F ", 9, 480), TimeFrom::stated, 9, false, {}, {}, "stderr"},
      {"kubectl logs --timestamps", collector, stamped("%Y-%m-%dT%H:%M:%S%NZ ", 9), TimeFrom::stated, 9},
      {"kubectl logs --prefix", collector, stamped("[pod/@O/@K] "), TimeFrom::none, 0, false, pod},
      {"kubectl logs --prefix --timestamps", collector, stamped("[pod/@O/@K] %Y-%m-%dT%H:%M:%S%NZ ", 9), TimeFrom::stated, 9, false, pod},
      {"docker compose", collector, stamped("@K-1  | "), TimeFrom::none, 0, false, [](const Place& p) { return Place{.container = p.container + "-1"}; }},
      {"docker compose, unnumbered", collector, stamped("@K  | "), TimeFrom::none, 0, false, container, {}, {}, Before::log_line},
      {"torchrun [rank0]:", collector, stamped("[rank@R]: "), TimeFrom::none, 0, false, rank},
      {"torch rank0:", collector, stamped("rank@R: "), TimeFrom::none, 0, false, rank, {}, {}, Before::log_line},
      {"torchrun [default0]:", collector, stamped("[default0]:")},
      {"Ray", collector, stamped("(@C pid=@P, ip=@H) "), TimeFrom::none, 0, false, process_on_host},
      {"Ray in colours", collector, stamped("\x1b[36m(@C pid=@P)\x1b[0m "), TimeFrom::none, 0, false, process},
      {"mpirun --tag-output", collector, stamped("[1,@R]<stdout>:"), TimeFrom::none, 0, false, rank, {}, "stdout"},
      {"mpirun --timestamp-output", collector, stamped("%a %b %e %H:%M:%S %Y[1,@R]<stderr>:"), TimeFrom::assumed_utc, 0, false, rank, {}, "stderr"},
      {"srun -l", collector, stamped("0: "), TimeFrom::none, 0, false, {}, {}, {}, Before::log_line},
      {"pdsh", collector, stamped("@H: "), TimeFrom::none, 0, false, host, {}, {}, Before::job_line},
      {"grep", collector, stamped("/var/log/job.log:12:"), TimeFrom::none, 0, false, {}, {}, {}, Before::log_line},
      {"colours", collector, [](const Drawn&, const std::string& inner) { return "\x1b[1;31m" + inner + "\x1b[0m"; }},
  };
}

std::vector<Wrapper> nccl_stamps() {
  const auto nccl = Writer::nccl;
  return {
      {"NCCL [%F %T]", nccl, stamped("[%F %T] "), TimeFrom::assumed_utc, 0},
      {"NCCL %F %T", nccl, stamped("%F %T "), TimeFrom::assumed_utc, 0},
      {"NCCL [%F %T.%6f]", nccl, stamped("[%F %T%N] ", 6), TimeFrom::assumed_utc, 6},
      {"NCCL %FT%T%z", nccl, stamped("%FT%T+0000 "), TimeFrom::stated, 0},
      {"NCCL %s", nccl, stamped("%s "), TimeFrom::stated, 0},
      {"NCCL [%c]", nccl, stamped("[%a %b %e %T %Y] "), TimeFrom::assumed_utc, 0},
      {"NCCL %b %d %T", nccl, stamped("%b %d %T "), TimeFrom::yearless, 0},
      {"NCCL %T", nccl, stamped("%T ")},  // no date: peeled, but no time
      {"NCCL [%T]", nccl, stamped("[%T] ")},
      {"NCCL %d/%m/%Y %T", nccl, stamped("%d/%m/%Y %T ")},  // which of them is the month is not known
  };
}

std::string around_message(std::string head, std::string tail, const std::string& inner) { return std::move(head) + inner + std::move(tail); }

std::vector<Wrapper> documents() {
  const auto document = Writer::document;
  return {
      {"journal verbose", document,
       [](const Drawn& d, const std::string& inner) {
         return around_message(clock(d.utc_ns, "%a %Y-%m-%d %H:%M:%S%N UTC [s=2f;i=1a;b=77;m=1;t=", 6) + "1;x=8c]\n    PRIORITY=4\n    SYSLOG_IDENTIFIER=" +
                                   d.place.process + "\n    MESSAGE=",
                               "\n    _PID=" + std::to_string(*d.place.pid) + "\n    _HOSTNAME=" + d.place.host + "\n    _SOURCE_REALTIME_TIMESTAMP=" +
                                   std::to_string(d.utc_ns / 1000) + "\n", inner);
       },
       TimeFrom::stated, 6, false, process_on_host, 4},
      {"journal export", document,
       [](const Drawn& d, const std::string& inner) {
         return around_message("__CURSOR=s=2f;i=1\n__REALTIME_TIMESTAMP=" + std::to_string(d.utc_ns / 1000) + "\n_HOSTNAME=" + d.place.host + "\nPRIORITY=4\nMESSAGE=",
                               "\nSYSLOG_IDENTIFIER=" + d.place.process + "\n_PID=" + std::to_string(*d.place.pid) + "\n\n", inner);
       },
       TimeFrom::stated, 6, false, process_on_host, 4},
      {"dmesg --json", document,
       [](const Drawn& d, const std::string& inner) {
         return "{\n   \"dmesg\": [\n      {\n         \"pri\": 4,\n         \"time\": " + boot(d.boot_us) + ",\n         \"msg\": \"" + json_text(inner) + "\"\n      }\n   ]\n}\n";
       },
       TimeFrom::since_boot, 6, true, {}, 4},
      {"CRLF", document, [](const Drawn&, const std::string& inner) { return inner + "\r\n"; }},
      {"progress bar", document, [](const Drawn&, const std::string& inner) { return "Loading:  50%|#####     | 1/2\r" + inner + "\n"; }},
      {"UTF-8 with mark", document, [](const Drawn&, const std::string& inner) { return "\xEF\xBB\xBF" + inner + "\n"; }},
      {"UTF-16 little endian", document, [](const Drawn&, const std::string& inner) { return utf16(inner + "\r\n", true); }},
      {"UTF-16 big endian", document, [](const Drawn&, const std::string& inner) { return utf16(inner + "\n", false); }},
  };
}

}  // namespace

Drawn draw(std::mt19937& random) {
  const auto number = [&](std::int64_t from, std::int64_t to) { return std::uniform_int_distribution<std::int64_t>(from, to)(random); };
  Drawn drawn;
  drawn.utc_ns = number(1'500'000'000, 1'900'000'000) * second_ns + number(0, second_ns - 1);  // 2017 to 2030
  drawn.boot_us = number(1, 9'999'999) * 1'000'000 + number(0, 999'999);
  drawn.place.host = "gpu" + std::to_string(number(1, 999));
  drawn.place.process = "Worker" + std::to_string(number(0, 7));
  drawn.place.pid = number(2, 4'000'000);
  drawn.place.rank = static_cast<int>(number(0, 4095));
  drawn.place.pod = "trainer-" + std::to_string(number(0, 63));
  drawn.place.container = "pytorch";
  return drawn;
}

const std::vector<Wrapper>& wrappers() {
  static const std::vector<Wrapper> all = [] {
    std::vector<Wrapper> table;
    for (const auto& part : {kernel_logs(), loggers(), daemons(), collectors(), nccl_stamps(), documents()}) table.insert(table.end(), part.begin(), part.end());
    return table;
  }();
  return all;
}

}  // namespace gpm::text
