// SPDX-License-Identifier: Apache-2.0
#include "parsers/python/stack_dump.h"

#include <array>
#include <memory>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::python {
namespace {

constexpr std::size_t max_line_bytes = 4096, max_name_bytes = 200;
constexpr int max_frames = 500;

// What a frame waits for. A call of NCCL says more than the poll() inside it, so the higher rank counts; of equals the inner.
struct Waiting {
  const char* of;
  int rank;
  const char* function;
  const char* file;  // either may decide; empty = is not asked
};
constexpr Waiting waits[] = {
    {"nccl", 4, R"(^(p?nccl[A-Z]\w*|ncclComm\w*|bootstrap[A-Z]\w*|mscclpp::.*))", R"(libnccl|libmscclpp)"},
    {"torch.distributed", 3, R"(^(c10d::|_sync_module_states$|_verify_param_shape|monitored_barrier))", R"(torch/distributed/(distributed_c10d|utils|rendezvous|elastic)\b|torch/csrc/distributed)"},
    {"cuda", 2, R"(^(cu(da)?(Stream|Device|Ctx|Event)Synchronize|cuda[A-Z]\w+|cu[A-Z][a-z]\w+|synchronize$|libcuda_))", R"(libcuda\.so|libcudart|torch/cuda/(__init__|streams)\.py)"},
    {"network", 1, R"(^(_*poll|epoll_wait|_*recv(from|msg|_into)?|_*connect|accept4?|readinto|select)$)", R"(^socket\.py|/socket\.py|ssl\.py|selectors\.py)"},
    {"lock", 1, R"(^(_*pthread_(cond_\w+|mutex_lock|rwlock\w+)|__?futex\w*|__lll_lock_wait|wait|acquire|_wait_for_tstate_lock)\b)", ""},
    {"file", 1, R"(^(_*read|_*write|pread64|fsync|open(at)?(64)?|_*fstat\w*|flock)$)", ""},
};

std::string cut(std::string_view text) { return text::valid_utf8(text.substr(0, max_name_bytes)); }

// Index of the row of `waits` that a frame is; -1 if it is none.
int waiting_in(std::string_view function, std::string_view file) {
  static const auto compiled = [] {
    std::array<std::pair<std::unique_ptr<text::Regex>, std::unique_ptr<text::Regex>>, std::size(waits)> patterns;
    for (std::size_t i = 0; i < patterns.size(); ++i)
      patterns[i] = {std::make_unique<text::Regex>(waits[i].function), *waits[i].file ? std::make_unique<text::Regex>(waits[i].file) : nullptr};
    return patterns;
  }();
  for (std::size_t i = 0; i < compiled.size(); ++i)
    if (text::Regex::PartialMatch(text::piece(function), *compiled[i].first) || (compiled[i].second && text::Regex::PartialMatch(text::piece(file), *compiled[i].second)))
      return static_cast<int>(i);
  return -1;
}

}  // namespace

std::span<const std::string_view> StackDump::gates() const {
  static constexpr std::array<std::string_view, 5> literals = {"(idle", "(active", "(most recent call first)", " (LWP ", "Python v"};
  return literals;
}

// A line that begins a thread, or names the process of those that follow.
bool StackDump::open(const text::Line& line, facts::Sink& sink) {
  static const text::Regex process(R"(^Process (\d+): \S)");
  static const text::Regex spied(R"re(^Thread (?:0x)?([0-9A-Fa-f]+) \((idle|active)(\+gil)?\)(?:: "([^"]*)")?)re");
  static const text::Regex fault(R"(^(Current thread|Thread) (0x[0-9a-f]+)(?: \[([^\]]*)\])? \(most recent call first\):)");
  static const text::Regex debugged(R"re(^Thread (\d+) \(Thread 0x[0-9a-f]+ \(LWP (\d+)\)(?: "([^"]*)")?\)?)re");
  // "Process" is too common a word to be a gate, but its line stands directly before this one.
  static const text::Regex python(R"(^Python v\d)"), process_before(R"((?:^|\n)Process (\d+): [^\n]*\r?\n$)");
  const auto message = text::piece(line.message.substr(0, max_line_bytes));
  std::string a, b, c, d;
  if (text::Regex::PartialMatch(message, process, &a)) {
    close(sink);
    process_ = text::integer(a);
    return true;
  }
  if (text::Regex::PartialMatch(message, python)) {
    close(sink);
    process_ = text::Regex::PartialMatch(text::piece(line.before), process_before, &a) ? text::integer(a) : process_;
    return true;
  }
  const auto begin = [&](Tool tool, std::string_view name, std::string_view thread) {
    close(sink);
    tool_ = tool;
    thread_ = event_of(line, "process.stack");
    thread_->attributes["tool"] = std::string(name);
    set_attribute(*thread_, "thread", cut(thread));
  };
  if (text::Regex::PartialMatch(message, spied, &a, &b, &c, &d)) {
    begin(Tool::py_spy, "py-spy", d.empty() ? a : d);
    thread_->attributes["state"] = b + c;
    if (!process_ && d == "MainThread") process_ = text::integer(a);  // on Linux the main thread has the process's number
    if (process_) thread_->place.pid = process_;
    return true;
  }
  if (text::Regex::PartialMatch(message, fault, &a, &b, &c)) {
    begin(Tool::faulthandler, "faulthandler", !c.empty() ? c : b);
    if (a.starts_with("Current")) thread_->attributes["state"] = "current";
    return true;
  }
  if (text::Regex::PartialMatch(message, debugged, &a, &b, &c)) {
    begin(Tool::gdb, "gdb", c.empty() ? a : c);
    if (const auto pid = text::integer(b); pid && *pid > 0) thread_->place.pid = pid;
    return true;
  }
  return false;
}

std::optional<StackDump::Frame> StackDump::frame(std::string_view message) const {
  static const text::Regex spied(R"(^    (?:\s*)(\S.*?) \(([^()]+?)(?::(\d+))?\)(?:\s|$))");
  static const text::Regex fault(R"re(^  File "([^"]+)", line (\d+) in (\S.*)$)re");
  static const text::Regex debugged(R"(^#\d+\s+(?:0x[0-9a-f]+ in )?(\S[^(]*?) ?\(.*?\)?(?: (?:from|at) (\S+?)(?::(\d+))?)?$)");
  Frame frame;
  const auto text = text::piece(message);
  bool found = false;
  switch (tool_) {
    case Tool::py_spy: found = text::Regex::PartialMatch(text, spied, &frame.function, &frame.file, &frame.file_line); break;
    case Tool::faulthandler: found = text::Regex::PartialMatch(text, fault, &frame.file, &frame.file_line, &frame.function); break;
    case Tool::gdb: found = text::Regex::PartialMatch(text, debugged, &frame.function, &frame.file, &frame.file_line); break;
  }
  return found ? std::optional(frame) : std::nullopt;
}

void StackDump::take(const Frame& frame, std::string_view text) {
  if (frames_++ == 0) {
    set_attribute(*thread_, "function", cut(frame.function));
    set_attribute(*thread_, "file", cut(frame.file));
    set_attribute(*thread_, "file_line", frame.file_line.substr(0, 12));
  }
  const auto index = waiting_in(frame.function, frame.file);
  if (index < 0 || waits[index].rank <= call_rank_) return;
  call_rank_ = waits[index].rank;
  thread_->attributes["call_of"] = waits[index].of;
  thread_->attributes["call"] = cut(text);
}

void StackDump::close(facts::Sink& sink) {
  if (thread_ && frames_ > 0 && --facts_left_ >= 0) {
    thread_->attributes["frames"] = std::to_string(frames_);
    sink.add(std::move(*thread_));
  }
  thread_.reset();
  frames_ = call_rank_ = 0;
}

Want StackDump::line(const text::Line& line, facts::Sink& sink) {
  if (open(line, sink)) return Want::next;
  const auto message = line.message.substr(0, max_line_bytes);
  if (thread_ && frames_ < max_frames) {
    if (const auto found = frame(message)) {
      take(*found, text::trim(message));
      return Want::next;
    }
    // gdb breaks long frames; py-spy prints arguments and locals below a frame.
    if (frames_ > 0 && message.starts_with("    ")) return Want::next;
  }
  close(sink);
  if (text::trim(message).empty() && process_) return Want::next;  // threads may be an empty line apart
  process_.reset();
  return Want::gated;
}

}  // namespace gpm::parsers::python
