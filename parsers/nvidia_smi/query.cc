// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/query.h"

#include <array>

#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {
namespace {

using parsers::Want;
using re2::StringPiece;
using text::piece;
using text::view;

constexpr std::size_t max_depth = 16;
constexpr int max_foreign_lines = 2;  // a warning of the tool between two GPUs does not end the block

// The PCI address of "GPU 00000000:00:06.0", empty for any other line.
std::string_view gpu_header(std::string_view message) {
  static const text::Regex pattern(R"(GPU ([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]))");
  StringPiece address;
  message = text::trim(message);
  if (message.size() > 32 || !text::Regex::FullMatch(piece(message), pattern, &address)) return {};
  return view(address);
}

}  // namespace

std::span<const std::string_view> QueryParser::gates() const {
  static constexpr std::array<std::string_view, 3> literals = {"==NVSMI LOG==", "Attached GPUs ", "GPU 0000"};
  return literals;
}

Want QueryParser::line(const text::Line& line, facts::Sink& sink) {
  const auto message = line.message;
  if (message.size() > 1024) return inside_ ? Want::next : Want::gated;
  if (text::contains(message, "==NVSMI LOG==")) {
    end(sink);
    inside_ = true;
    time_.reset();
    base_indent_ = indent_of(message);
    return Want::next;
  }
  if (const auto address = gpu_header(message); !address.empty()) {
    if (gpu_) gpu_->finish(sink);
    inside_ = true;
    base_indent_ = indent_of(message);
    sections_.clear();
    foreign_lines_ = 0;
    gpu_.emplace(reporter_, line, address, time_);
    return Want::next;
  }
  const auto trimmed = text::trim(message);
  std::string_view key = trimmed, value;
  if (const auto colon = trimmed.find(" : "); colon != std::string_view::npos) {
    key = text::trim(trimmed.substr(0, colon));
    value = text::trim(trimmed.substr(colon + 3));
  } else if (trimmed.ends_with(" :")) {
    key = text::trim(trimmed.substr(0, trimmed.size() - 2));
  }
  if (top_level(line, key, value, sink)) {
    inside_ = true;
    foreign_lines_ = 0;
    return Want::next;
  }
  if (!inside_) return Want::gated;
  if (trimmed.empty()) return Want::next;
  const auto indent = indent_of(message);
  if (!gpu_ || indent <= base_indent_) {
    if (++foreign_lines_ <= max_foreign_lines) return Want::next;
    end(sink);
    return Want::gated;
  }
  foreign_lines_ = 0;
  const auto path = path_of(indent, key);
  if (!value.empty()) gpu_->field(path, value, line, sink);
  return Want::next;
}

bool QueryParser::top_level(const text::Line& line, std::string_view key, std::string_view value, facts::Sink& sink) {
  if (value.empty()) return false;
  if (key == "Attached GPUs") {
    if (const auto count = text::integer(value))
      reporter_.add(facts::Snapshot{"gpu.attached", "", static_cast<double>(*count), std::string(value), line.place,
                                    time_of(line, time_), text::origin(line)}, sink);
    return true;
  }
  if (!inside_ || gpu_) return false;
  if (key == "Timestamp") {
    time_ = ctime_stamp(value);
  } else if (key == "Driver Version" || key == "KMD Version") {
    reporter_.add(facts::Setting{"host", "", "driver_version", std::string(value), line.place, text::origin(line)}, sink);
  } else if (key == "CUDA Version" || key == "CUDA UMD Version") {
    reporter_.add(facts::Setting{"host", "", "cuda_version", std::string(value), line.place, text::origin(line)}, sink);
  } else {
    return false;
  }
  return true;
}

std::string QueryParser::path_of(std::size_t indent, std::string_view key) {
  while (!sections_.empty() && sections_.back().indent >= indent) sections_.pop_back();
  std::string path;
  for (const auto& section : sections_) path += section.name + "/";
  auto name = snake_case(key.substr(0, 64));
  path += name;
  if (sections_.size() < max_depth) sections_.push_back({indent, std::move(name)});
  return path;
}

void QueryParser::end(facts::Sink& sink) {
  if (gpu_) gpu_->finish(sink);
  gpu_.reset();
  sections_.clear();
  inside_ = false;
  foreign_lines_ = 0;
}

}  // namespace gpm::nvidia_smi
