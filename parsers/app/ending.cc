// SPDX-License-Identifier: Apache-2.0
#include "parsers/app/ending.h"

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::app {
namespace {

using text::piece;
using text::view;

// Linux numbers (x86, arm64) by shell words and by name.
std::optional<std::int64_t> signal_number(std::string_view word) {
  struct Signal {
    std::string_view word, name;
    int number;
  };
  static constexpr Signal signals[] = {
      {"Hangup", "SIGHUP", 1},
      {"Interrupt", "SIGINT", 2},
      {"Quit", "SIGQUIT", 3},
      {"Illegal instruction", "SIGILL", 4},
      {"Aborted", "SIGABRT", 6},
      {"Bus error", "SIGBUS", 7},
      {"Floating point exception", "SIGFPE", 8},
      {"Killed", "SIGKILL", 9},
      {"Segmentation fault", "SIGSEGV", 11},
      {"Terminated", "SIGTERM", 15},
      {"bus error", "", 7},
      {"Segfault", "", 11},
  };
  for (const auto& signal : signals)
    if (word == signal.word || (!word.empty() && word == signal.name)) return signal.number;
  const auto number = text::integer(word);
  return number && *number > 0 && *number <= 64 ? number : std::nullopt;
}

}  // namespace

std::optional<facts::Event> read_signal(const text::Line& line) {
  static const text::Regex loader(
      R"(DataLoader worker \(pid\(?s?\)? (\d{1,10}).{0,40} (?:is )?killed by signal: (Bus error|Killed|Segmentation fault|Aborted|Terminated))",
      RE2::Latin1);
  static const text::Regex sent(R"(Sending process (\d{1,10}) closing signal (SIG\w{1,10}))", RE2::Latin1);
  static const text::Regex received(R"((?:got signal: |Received (?:Signals\.)?)(SIG\w{1,10}|\d{1,2})(?: death signal|\b))",
                            RE2::Latin1);
  static const text::Regex on(R"(exited on signal (\d{1,2}))", RE2::Latin1);
  static const text::Regex by(R"(Signal (\d{1,2}) \(SIG\w{1,10}\) received by PID (\d{1,10}))", RE2::Latin1);
  static const text::Regex shell(
      R"((?:^|[\s:]|line \d+: +)(\d{1,10} +)?(Bus error|Segmentation fault|Floating point exception|Illegal instruction|Aborted|Killed|Terminated) +(?:\(core dumped\)|\S+.*)|^(Killed|Aborted|Bus error|Segmentation fault)\s*$)",
      RE2::Latin1);
  static const text::Regex anywhere(
      R"(\b(Bus error|Segmentation fault|Segfault|bus error) ?(?:\(core dumped\)|encountered|$|\.|\(\d+\)|\())",
      RE2::Latin1);
  static const text::Regex task(
      R"(task(?:s)? [\d,-]{1,60}: (Killed|Segmentation fault|Bus error|Aborted|Terminated|Floating point exception))",
      RE2::Latin1);
  static const text::Regex fatal(
      R"(Fatal Python error: (Bus error|Segmentation fault|Aborted|Floating point exception|Illegal instruction))",
      RE2::Latin1);
  static const text::Regex thrown(R"(^terminate called after throwing an instance of '([^']{1,200})')", RE2::Latin1);
  const auto message = piece(line.message);
  re2::StringPiece a, b, c;
  auto event = event_of(line, "app.signal");
  event.attributes["role"] = "died";
  std::string_view word;
  if (text::Regex::PartialMatch(message, loader, &a, &b)) {
    event.place.pid = text::integer(view(a));
    event.attributes["process"] = "dataloader-worker";
    word = view(b);
  } else if (text::Regex::PartialMatch(message, fatal, &a)) {
    word = view(a);
  } else if (text::Regex::PartialMatch(message, thrown, &a)) {
    event.attributes["exception"] = std::string(view(a));
    word = "Aborted";
  } else if (text::Regex::PartialMatch(message, sent, &a, &b)) {
    event.place.pid = text::integer(view(a));
    event.attributes["role"] = "sent";
    word = view(b);
  } else if (text::contains(line.message, "signal") && text::Regex::PartialMatch(message, received, &a)) {
    event.attributes["role"] = "received";
    word = view(a);
  } else if (text::Regex::PartialMatch(message, on, &a) || text::Regex::PartialMatch(message, task, &a)) {
    word = view(a);
  } else if (text::contains(line.message, "traceback :") && text::Regex::PartialMatch(message, by, &a, &b)) {
    return std::nullopt;  // torchrun's report, which is read as a whole
  } else if (text::Regex::PartialMatch(message, by, &a, &b)) {
    event.place.pid = text::integer(view(b));
    word = view(a);
  } else if (text::Regex::PartialMatch(message, anywhere, &a)) {
    word = view(a);
  } else if (text::Regex::PartialMatch(message, shell, &a, &b, &c)) {
    word = view(c.empty() ? b : c);
    if (const auto pid = text::integer(text::trim(view(a)))) event.place.pid = pid;
    // "Aborted request cmpl-4f2f" and "Killed process 71 (python)" are others' sentences.
    else if (c.empty() && !text::contains(line.message, "core dumped"))
      return std::nullopt;
  } else {
    return std::nullopt;
  }
  event.code = signal_number(word);
  if (!event.code) return std::nullopt;
  event.attributes["signal"] = std::string(word);
  return event;
}

std::optional<facts::Event> read_exit(const text::Line& line) {
  static const text::Regex code(
      R"((?i)(?:exited with (?:exit |return )?(?:code|status)|exit(?:s|ed)? with (?:return )?code|exited (?:early )?with|returned non-zero exit status|exit (?:code|status)|exited status|has exited with exit code)[ :=]{1,4}(-?\d{1,10})\b)",
      RE2::Latin1);
  static const text::Regex process(R"(\{?'(\w{1,60})': (-?\d{1,5})\})", RE2::Latin1);
  static const text::Regex died(R"(((?:Worker proc|Engine core proc|RayWorkerProc) ?\S{1,80}) died unexpectedly)", RE2::Latin1);
  static const text::Regex cancelled(
      R"(\*\*\* (?:STEP|JOB) (\S{1,40}) ON (\S{1,255}) CANCELLED AT \S{1,32}( DUE TO [A-Z ]{3,40})?)", RE2::Latin1);
  static const text::Regex oom(R"(Detected (\d{1,9}) oom[-_]kill event)", RE2::Latin1);
  static const text::Regex ray(
      R"(A worker died or was killed while executing a task|(killed due to (?:the node running low on memory|memory pressure)))",
      RE2::Latin1);
  static const text::Regex task(R"(^srun: error: (\S{1,255}): tasks? ([\d,-]{1,60}): )", RE2::Latin1);
  const auto message = piece(line.message);
  re2::StringPiece a, b, c;
  auto event = event_of(line, "app.exit");
  if (text::Regex::PartialMatch(message, cancelled, &a, &b, &c)) {
    const auto due = view(c);
    event.attributes["reason"] = text::contains(due, "TIME LIMIT")  ? "time-limit"
                                 : text::contains(due, "PREEMPT")   ? "preemption"
                                 : text::contains(due, "NODE FAIL") ? "node-failure"
                                                                    : "cancelled";
    event.attributes["step"] = std::string(view(a));
    event.place.host = text::short_host(view(b));
    return event;
  }
  if (text::Regex::PartialMatch(message, oom)) {
    event.attributes["reason"] = "oom-kill";
    return event;
  }
  if (text::Regex::PartialMatch(message, ray, &a)) {
    event.attributes["reason"] = a.empty() ? "died" : "oom-kill";
    return event;
  }
  if (text::contains(line.message, "Failed core proc(s)") && text::Regex::PartialMatch(message, process, &a, &b)) {
    event.code = text::integer(view(b));
    event.place.process = std::string(view(a));
    return event;
  }
  if (text::Regex::PartialMatch(message, died, &a)) {
    event.attributes["reason"] = "died";
    event.place.process = std::string(view(a));
    return event;
  }
  // "Exit Code:    137" of kubectl describe and systemd's "code=exited" are read by those who know them.
  const auto text = text::trim(line.message);
  if (text.starts_with("Exit Code:") || text.starts_with("Exit code:") || text::contains(text, "code=exited"))
    return std::nullopt;
  if (!text::Regex::PartialMatch(message, code, &a)) return std::nullopt;
  event.code = text::integer(view(a));
  if (!event.code || *event.code == 0) return std::nullopt;
  if (text::Regex::PartialMatch(message, task, &a, &b)) {
    event.place.host = text::short_host(view(a));
    event.attributes["task"] = std::string(view(b));
  }
  return event;
}

}  // namespace gpm::parsers::app
