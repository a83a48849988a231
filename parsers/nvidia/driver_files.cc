// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia/driver_files.h"

#include <array>
#include <vector>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia {

using parsers::Want;

std::span<const std::string_view> DriverFiles::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {"Model: \t", "Model:      ", "GPU UUID: \t", "ResmanDebugLevel: ", "NVRM version:   ", "CUDA version:   "};
  return literals;
}

void DriverFiles::close(facts::Sink& sink) {
  if (gpu_ && !gpu_->place.pci.empty() && facts_left_ > 0) {
    facts_left_ -= 1 + static_cast<int>(held_.size());
    if (never_came_up_) {
      facts::Event event;
      event.kind = "host.gpu_not_initialised";
      event.place = gpu_->place;
      event.at = gpu_->at;
      sink.add(std::move(event));
    }
    for (auto& snapshot : held_) {
      snapshot.place = gpu_->place;
      sink.add(std::move(snapshot));
    }
    sink.add(std::move(*gpu_));
  }
  gpu_.reset();
  held_.clear();
  never_came_up_ = false;
}

// One "Key: value" of a GPU's block; false if it is none.
bool DriverFiles::gpu_line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex field(
      R"(^(Model|IRQ|GPU UUID|Video BIOS|Bus Type|DMA Size|DMA Mask|Bus Location|Device Minor|Device Index|GPU Firmware|GPU Excluded|Brand|Architecture):\s*(.*?)\s*$)");
  std::string key, value;
  if (!text::Regex::PartialMatch(text::piece(line.raw), field, &key, &value)) return false;
  if (key == "Model" || key == "Device Index") {
    if (key == "Model" && gpu_ && gpu_->name.empty() && gpu_->place.pci.empty()) {
      gpu_->name = text::valid_utf8(value);
      return true;
    }
    close(sink);
    gpu_.emplace();
    gpu_->place = line.place;
    gpu_->at = text::origin(line);
    if (key == "Model") gpu_->name = text::valid_utf8(value);
    return true;
  }
  if (!gpu_) return false;
  if (key == "GPU UUID") {
    never_came_up_ |= text::contains(value, "?");
    if (value.starts_with("GPU-") && value.size() == 40 && !never_came_up_) gpu_->place.gpu_uuid = value;
    if (never_came_up_) gpu_->at = text::origin(line);
  } else if (key == "Bus Location") {
    gpu_->place.pci = text::pci_address(value).value_or("");
  } else if (held_.size() < 8) {
    const std::string_view metric = key == "Device Minor"   ? "gpu.minor_number"
                                    : key == "GPU Firmware" ? "gpu.gsp_firmware_version"
                                    : key == "Video BIOS"   ? "gpu.vbios_version"
                                    : key == "GPU Excluded" ? "gpu.excluded"
                                                            : "";
    if (!metric.empty() && !value.empty() && !text::contains(value, "?")) {
      held_.push_back(parsers::snapshot_of(line, metric, "", value));
      if (key == "Device Minor") held_.back().number = text::leading_number(value);
    }
  }
  return true;
}

Want DriverFiles::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex version(R"(^(NVRM|CUDA) version:\s+(\d[\d.]*)\s*$)");
  static const text::Regex param(R"(^([A-Z]\w+): (.*?)\s*$)");
  std::string key, value;
  if (text::Regex::PartialMatch(text::piece(line.raw), version, &key, &value)) {
    sink.add(parsers::setting_of(line, "host", key == "NVRM" ? "driver_version" : "cuda_version", value));
    return Want::next;
  }
  if (gpu_line(line, sink)) {
    blank_lines_ = 0;
    return Want::next;
  }
  if (line.raw.starts_with("ResmanDebugLevel:")) params_ = true;
  if (params_ && text::Regex::PartialMatch(text::piece(line.raw), param, &key, &value)) {
    if (--facts_left_ > 0 && value != "4294967295") sink.add(parsers::setting_of(line, "driver_param", key, value));
    return Want::next;
  }
  params_ = false;
  // container-cli parts its devices by a blank line.
  if (text::trim(line.raw).empty() && ++blank_lines_ < 3 && gpu_) return Want::next;
  close(sink);
  return Want::gated;
}

void DriverFiles::end(facts::Sink& sink) { close(sink); }

}  // namespace gpm::nvidia
