// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/processes.h"

#include <algorithm>
#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"


namespace gpm::parsers::host {
namespace {

constexpr std::size_t told_max = 20'000;

// "/opt/venv/bin/python" -> "python", "[python3]" -> "python3".
std::string_view program(std::string_view command) {
  if (command.starts_with('[')) {
    const auto close = command.find(']');
    return command.substr(1, close == std::string_view::npos ? command.size() - 1 : close - 1);
  }
  const auto slash = command.rfind('/');
  return slash == std::string_view::npos ? command : command.substr(slash + 1);
}

std::int64_t process_id(std::string_view word) {
  const auto pid = text::integer(word);
  return pid && *pid > 0 && *pid <= 4'194'304 ? *pid : 0;
}

}  // namespace

std::span<const std::string_view> ProcessesParser::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {" PID ",       "PID USER",        "<defunct>",
                                                               "/dev/nvidia", "nvidia-cuda-mps", " PPID "};
  return literals;
}

void ProcessesParser::add(const text::Line& line, const char* kind, std::int64_t pid, std::string_view process,
                          facts::Attributes attributes, facts::Sink& sink) {
  if (told_.size() >= told_max || !told_.emplace(kind, pid).second) return;
  auto event = event_of(line, kind);
  event.place.pid = pid;
  event.place.process = text::valid_utf8(process.substr(0, 128));
  event.attributes = std::move(attributes);
  sink.add(std::move(event));
}

bool ProcessesParser::read_header(const std::vector<std::string_view>& words) {
  Columns found;
  bool access = false, user = false;
  for (std::size_t i = 0; i < words.size() && i < 40; ++i) {
    const auto word = words[i];
    const int at = static_cast<int>(i);
    if (word == "PID") found.pid = at;
    if (word == "STAT" || word == "S") found.state = at;
    if (word == "COMMAND" || word == "CMD") found.command = at;
    access |= word == "ACCESS";
    user |= word == "USER";
  }
  if (found.pid < 0 || found.command < 0 || words.front().starts_with('|')) return false;
  fuser_ = access && user;
  device_.clear();
  // lsof begins with COMMAND and names the file last; its rows are recognised by themselves.
  columns_ = fuser_ || found.command == 0 ? Columns{} : found;
  return true;
}

bool ProcessesParser::read_row(const text::Line& line, const std::vector<std::string_view>& words, facts::Sink& sink) {
  const auto column = [&](int at) {
    return at >= 0 && static_cast<std::size_t>(at) < words.size() ? words[static_cast<std::size_t>(at)]
                                                                  : std::string_view{};
  };
  const auto pid = process_id(column(columns_.pid));
  const auto command = column(columns_.command), state = column(columns_.state);
  if (pid == 0 || command.empty()) return false;
  const bool kernel_thread = command.starts_with('[') && words.back() != "<defunct>";
  if (state.starts_with('Z') || words.back() == "<defunct>") {
    add(line, "host.process_zombie", pid, program(command), {}, sink);
  } else if (state.starts_with('D') && !kernel_thread) {
    add(line, "host.process_uninterruptible", pid, program(command), {{"state", std::string(state)}}, sink);
  }
  if (const auto name = program(command); name.starts_with("nvidia-cuda-mps"))
    add(line, "host.mps_process", pid, name, {{"role", text::contains(name, "server") ? "server" : "control"}}, sink);
  return true;
}

bool ProcessesParser::read_holder(const text::Line& line, const std::vector<std::string_view>& words,
                                  facts::Sink& sink) {
  if (fuser_) {
    std::size_t at = 0;
    if (words[0].starts_with("/dev/") && words[0].ends_with(':')) {
      device_ = words[0].substr(0, words[0].size() - 1);
      at = 1;
    }
    if (words.size() < at + 4 || device_.empty()) return at == 1;
    const auto pid = process_id(words[at + 1]);
    if (pid == 0) return false;
    if (device_.starts_with("/dev/nvidia"))
      add(line, "host.device_holder", pid, words[at + 3], {{"device", device_}}, sink);
    return true;
  }
  if (words.size() < 6 || !words.back().starts_with("/dev/nvidia")) return false;
  const auto pid = process_id(words[1]);
  const bool character_device = std::find(words.begin(), words.end(), "CHR") != words.end();
  if (pid == 0 || !character_device) return false;
  add(line, "host.device_holder", pid, words[0], {{"device", std::string(words.back())}}, sink);
  return true;
}

Want ProcessesParser::line(const text::Line& line, facts::Sink& sink) {
  const auto words = text::words(line.message.substr(0, 4096));
  if (words.empty()) {
    columns_ = {};
    return fuser_ ? Want::next : Want::gated;
  }
  if (read_header(words)) return Want::next;
  if (read_holder(line, words, sink)) return fuser_ ? Want::next : Want::gated;
  fuser_ = false;
  if (columns_.pid >= 0) {
    if (read_row(line, words, sink)) return Want::next;
    columns_ = {};
    return Want::gated;
  }
  // Rows that a grep left without their header: "USER PID ..." or "PID ...".
  const auto pid = process_id(words[0]) != 0 ? process_id(words[0]) : words.size() > 1 ? process_id(words[1]) : 0;
  if (pid == 0 || words.size() < 4 || words[0].starts_with('|')) return Want::gated;
  if (words.back() == "<defunct>") add(line, "host.process_zombie", pid, program(words[words.size() - 2]), {}, sink);
  for (const auto word : words)
    if (const auto name = program(word); name == "nvidia-cuda-mps-control" || name == "nvidia-cuda-mps-server") {
      add(line, "host.mps_process", pid, name, {{"role", text::contains(name, "server") ? "server" : "control"}}, sink);
      break;
    }
  return Want::gated;
}

}  // namespace gpm::parsers::host
