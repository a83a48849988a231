// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/torch_parser.h"

#include <fmt/format.h>

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/stream.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/torch/store_error.h"

namespace gpm::parsers::torch {
namespace {

constexpr std::size_t max_told = 16384;
constexpr std::size_t max_open = 256;
constexpr std::size_t max_message_bytes = 1024;
// From "DistBackendError" to the text behind "Last error:" are three lines, with those of other ranks in between.
constexpr int lines_between = 24;

using text::piece;
using text::view;
std::string cut(std::string_view text) { return std::string(text::trim(text).substr(0, max_message_bytes)); }

// "[Rank 3] ", "[PG 0 Rank 3]", "[PG 0 (default_pg) Rank 3]", "[PG ID 2 PG GUID 3(tp) Rank 2]"
void add_group(const text::Line& line, facts::Event& made) {
  static const text::Regex group(
      R"(\[PG (?:ID )?(\w{1,20})(?: PG GUID (\w{1,20}))?\s?(?:\(([\w:.-]{1,64})\))? Rank (\d{1,7})\])", RE2::Latin1);
  static const text::Regex alone(R"(\[?Rank (\d{1,7})\])", RE2::Latin1);
  re2::StringPiece id, guid, name, rank;
  if (text::Regex::PartialMatch(piece(line.message), group, &id, &guid, &name, &rank)) {
    made.attributes["group"] = std::string(view(guid.empty() ? id : guid));
    set_attribute(made, "group_name", view(name));
  } else if (!text::Regex::PartialMatch(piece(line.message), alone, &rank)) {
    return;
  }
  const auto number = text::integer(view(rank));
  if (!number || *number >= 1'000'000) return;
  made.attributes["group_rank"] = std::to_string(*number);
  // The rank within a named subgroup (tensor parallel, mesh dimension) is not the rank in the job.
  const bool of_the_job = name.empty() || view(name) == "default_pg";
  if (!made.place.rank && of_the_job) made.place.rank = static_cast<int>(*number);
}

// 2.2 and 2.3 print an uninitialised number where nothing has completed.
std::string work_number(std::string_view text) {
  const auto number = text::integer(text);
  return !number || *number > (1ll << 48) || *number < 0 ? "-1" : std::to_string(*number);
}

}  // namespace

std::span<const std::string_view> TorchParser::gates() const {
  static constexpr std::array<std::string_view, 28> literals = {
      "timeout",           "timed out",       "watchdog",          "acquire GIL",
      "NCCL error",        "NCCL_ERROR_",     "ncclUnhandledCuda", "ncclSystemError",
      "ncclInternalError", "ncclRemoteError", "ncclInvalid",       "exitcode: ",
      "Root Cause (first", "Failures:",       "socket has failed", "failed on SocketImpl",
      "EADDRINUSE",        "RendezvousC",     "likely closed",     "connectFullMesh",
      "gloo/transport",    "store->get",      "Detected mismatch", "monitoredBarrier",
      "lagging",           "NCCLABORTEDCOMM",   "Finished writing ", "file for writing "};
  return literals;
}

bool TorchParser::watchdog(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(
      R"(Watchdog caught collective operation timeout: WorkNCCL\((.+?)Timeout\(ms\)=(\d{1,15})\) ran for (\d{1,15}) milliseconds)",
      RE2::Latin1);
  static const text::Regex sequence(R"(SeqNum=(\d{1,18}))", RE2::Latin1), operation(R"(OpType=(\w{1,40}))", RE2::Latin1),
      numel_in(R"(NumelIn=(\d{1,18}))", RE2::Latin1), numel_out(R"(NumelOut=(\d{1,18}))", RE2::Latin1),
      shape(R"(TensorShape=(\[[\d, ]{0,120}\]))", RE2::Latin1);
  re2::StringPiece work, timeout, ran, value;
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &work, &timeout, &ran)) return false;
  auto made = event_of(line, "torch.watchdog_timeout");
  add_group(line, made);
  const auto put = [&](const text::Regex& part, const char* key) {
    if (text::Regex::PartialMatch(work, part, &value)) made.attributes[key] = std::string(view(value));
  };
  put(sequence, "seq");
  put(operation, "op");
  put(numel_in, "numel_in");
  put(numel_out, "numel_out");
  put(shape, "shape");
  made.attributes["timeout_ms"] = std::string(view(timeout));
  made.attributes["ran_ms"] = std::string(view(ran));
  // The text comes back in the exception that ends the process, there with another group in front
  // and sometimes without the wrapper that named the rank.
  const auto rest = fmt::format("{} {} {} {}", made.attributes["group_rank"], made.place.host, made.attributes["seq"],
                                made.attributes["op"]);
  const auto key = fmt::format("{} {}", made.place.rank.value_or(-1), rest);
  if (told_.contains(key)) return true;
  if (told_.size() < max_told) told_.insert({key, "-1 " + rest});
  sink.add(std::move(made));
  return true;
}

bool TorchParser::work_status(const text::Line& line, facts::Sink& sink) {
  static const text::Regex status(
      R"((?i)last enqueued (?:NCCL )?work: (-?\d{1,20}), last completed (?:NCCL )?work: (-?\d{1,20}))", RE2::Latin1);
  static const text::Regex failed(R"((?:Timeout at NCCL work|detected by watchdog at work(?: sequence id)?): (-?\d{1,18}))",
                          RE2::Latin1);
  static const text::Regex signal(
      R"(Received a dump signal due to a collective timeout from\s+(?:rank (\d{1,7})|this local rank))", RE2::Latin1);
  re2::StringPiece enqueued, completed, value;
  if (!text::Regex::PartialMatch(piece(line.message), status, &enqueued, &completed)) return false;
  auto made = event_of(line, "torch.work_status");
  add_group(line, made);
  made.attributes["last_enqueued"] = work_number(view(enqueued));
  made.attributes["last_completed"] = work_number(view(completed));
  if (text::Regex::PartialMatch(piece(line.message), failed, &value)) {
    made.attributes["seq"] = std::string(view(value));
    made.attributes["source"] = "watchdog";
  } else if (text::Regex::PartialMatch(piece(line.message), signal, &value)) {
    made.attributes["source"] = "dump-signal";
    made.attributes["signalled_by"] = value.empty() ? "self" : std::string(view(value));
  }
  sink.add(std::move(made));
  return true;
}

// Where the flight recorder put its dump, or that it could not.
bool TorchParser::dump_written(const text::Line& line, facts::Sink& sink) {
  static const text::Regex pattern(
      R"((?:(Finished writing (?:NCCLPG|Flight Recorder)) debug info to|Error opening file for writing (?:NCCLPG|Flight Recorder) debug info:) (\S{1,500}))",
      RE2::Latin1);
  re2::StringPiece finished, path;
  if (!text::Regex::PartialMatch(piece(line.message), pattern, &finished, &path)) return false;
  auto made = event_of(line, "torch.dump_written");
  set_attribute(made, "path", view(path));
  made.attributes["written"] = finished.empty() ? "no" : "yes";
  sink.add(std::move(made));
  return true;
}

bool TorchParser::dist_error(const text::Line& line, facts::Sink& sink) {
  static const text::Regex located(R"(NCCL error in: (\S{1,300}:\d{1,7}), ([^,]{1,200})(?:, NCCL version ([\w.+-]{1,40}))?)",
                           RE2::Latin1);
  static const text::Regex plain(
      R"(NCCL error: ((?:unhandled (?:cuda|system) error|internal error|invalid (?:argument|usage)|remote process exited|unknown)[^,]{0,160})(?:, NCCL version ([\w.+-]{1,40}))?)",
      RE2::Latin1);
  static const text::Regex cupy(R"(\b(NCCL_ERROR_[A-Z_]{3,40}): (.+))", RE2::Latin1);
  static const text::Regex named(R"(\b(nccl(?:UnhandledCuda|System|Internal|Remote)Error|ncclInvalid(?:Argument|Usage)): )",
                         RE2::Latin1);
  re2::StringPiece location, message, version, name;
  auto made = event_of(line, "torch.dist_error");
  if (text::Regex::PartialMatch(piece(line.message), located, &location, &message, &version)) {
    made.attributes["location"] = std::string(view(location));
    made.attributes["message"] = cut(view(message));
  } else if (text::Regex::PartialMatch(piece(line.message), plain, &message, &version)) {
    made.attributes["message"] = cut(view(message));
  } else if (text::Regex::PartialMatch(piece(line.message), cupy, &name, &message)) {
    made.attributes["nccl_error"] = std::string(view(name));
    made.attributes["message"] = cut(view(message));
  } else if (text::Regex::PartialMatch(piece(line.message), named, &name)) {
    made.attributes["nccl_error"] = std::string(view(name));
    made.attributes["message"] = cut(line.message);
  } else {
    return false;
  }
  set_attribute(made, "nccl_version", view(version));
  if (text::contains(line.message, "async exception")) made.attributes["asynchronous"] = "yes";
  add_group(line, made);
  const auto stream = stream_of(line);
  if (const auto before = open_.find(stream); before != open_.end()) {
    sink.add(std::move(before->second.event));
    open_.erase(before);
  }
  if (open_.size() >= max_open)
    sink.add(std::move(made));
  else
    open_[stream] = OpenError{std::move(made), false, lines_between};
  return true;
}

// The lines behind a DistBackendError: "ncclSystemError: ...", "Last error:", its text.
bool TorchParser::continues(const text::Line& line, facts::Sink& sink) {
  bool taken = false;
  const auto message = text::trim(line.message);
  if (const auto found = open_.find(stream_of(line)); found != open_.end()) {
    auto& open = found->second;
    static const text::Regex named(R"(^(?:E\s+)?(nccl\w{3,30}(?:Error|Argument|Usage)): )", RE2::Latin1);
    re2::StringPiece name;
    if (open.last_error_next) {
      const auto text = message.starts_with("E  ") ? text::trim(message.substr(1)) : message;  // pytest's margin
      if (!text.empty()) open.event.attributes["last_error"] = cut(text);
      open.patience = 0;
      taken = true;
    } else if (message.ends_with("Last error:")) {
      open.last_error_next = true;
      taken = true;
    } else if (!open.event.attributes.contains("nccl_error") && text::Regex::PartialMatch(piece(message), named, &name)) {
      open.event.attributes["nccl_error"] = std::string(view(name));
      taken = true;
    }
  }
  for (auto one = open_.begin(); one != open_.end();) {
    if (one->second.patience-- > 0) {
      ++one;
      continue;
    }
    sink.add(std::move(one->second.event));
    one = open_.erase(one);
  }
  return taken;
}

bool TorchParser::store(const text::Line& line, facts::Sink& sink) {
  const auto error = read_store_error(line.message);
  if (!error) return false;
  // A client that is not answered yet tries on, each time with a line.
  const auto key = fmt::format("{} {} {}", stream_of(line), error->what, error->address);
  if (error->repeats) {
    if (told_.contains(key)) return true;
    if (told_.size() < max_told) told_.insert(key);
  }
  auto made = event_of(line, "torch.store_timeout");
  made.attributes = {{"what", std::string(error->what)}, {"message", cut(line.message)}};
  set_attribute(made, "address", error->address);
  set_attribute(made, "joined", error->joined);
  set_attribute(made, "expected", error->expected);
  sink.add(std::move(made));
  return true;
}

Want TorchParser::line(const text::Line& line, facts::Sink& sink) {
  const bool taken = continues(line, sink);
  if (!taken && !report_.line(line, sink) && !watchdog(line, sink) && !work_status(line, sink) &&
      !dist_error(line, sink) && !store(line, sink) && !dump_written(line, sink)) {
    if (auto other = read_desync(line)) {
      add_group(line, *other);
      sink.add(std::move(*other));
    }
  }
  return report_.open() || !open_.empty() ? Want::next : Want::gated;
}

void TorchParser::end(facts::Sink& sink) {
  report_.end(sink);
  for (auto& [stream, open] : open_) sink.add(std::move(open.event));
  open_.clear();
}

}  // namespace gpm::parsers::torch
