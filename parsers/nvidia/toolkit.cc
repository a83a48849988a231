// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia/toolkit.h"

#include <array>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia {

using parsers::Want;

std::span<const std::string_view> ToolkitVersions::gates() const {
  static constexpr std::array<std::string_view, 6> literals = {"Cuda compilation tools", "CUDA Driver Version", "CUDA Runtime Version", "Nvidia driver version: ",
                                                               "CUDA runtime version: ", "CUDA Version "};
  return literals;
}

Want ToolkitVersions::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex nvcc(R"(^Cuda compilation tools, release \d[\d.]*, V(\d[\d.]*))");
  static const text::Regex file(R"(^CUDA Version (\d+\.\d+\.\d+)\s*$)");
  static const text::Regex both(R"(^\s*CUDA Driver Version / Runtime Version\s+(\d[\d.]*) / (\d[\d.]*)\s*$)");
  static const text::Regex one(R"(^(CUDA Driver|CUDA Runtime|Nvidia driver|CUDA runtime) [Vv]ersion\s*: (\d[\d.]*)\s*$)");
  const auto message = text::piece(line.message);
  const auto add = [&](std::string_view key, const std::string& value) { sink.add(parsers::setting_of(line, "toolkit", key, value)); };
  std::string a, b;
  if (text::Regex::PartialMatch(message, nvcc, &a) || text::Regex::PartialMatch(message, file, &a)) {
    add("cuda_version", a);
  } else if (text::Regex::PartialMatch(message, both, &a, &b)) {
    add("cuda_driver_version", a);
    add("cuda_runtime_version", b);
  } else if (text::Regex::PartialMatch(message, one, &a, &b)) {
    add(a == "CUDA Driver" ? "cuda_driver_version" : a == "Nvidia driver" ? "driver_version" : "cuda_runtime_version", b);
  }
  return Want::gated;
}

std::span<const std::string_view> InstallerLog::gates() const {
  static constexpr std::array<std::string_view, 10> literals = {"nvidia-installer log file", "installer version: ",   "NVIDIA Software Installer", "installation of NVIDIA driver version",
                                                               "DKMS make.log for ",        "Kernel module load error", "ERROR: ",                  ": error: ",
                                                               "*** [",                     "DRIVER_ARCH is"};
  return literals;
}

void InstallerLog::error(const text::Line& line, std::string_view kind, std::string_view message, facts::Sink& sink) {
  if (--errors_left_ < 0) return;
  auto event = parsers::event_of(line, kind, message);
  parsers::set_attribute(event, "message", message.substr(0, 400));
  sink.add(std::move(event));
}

Want InstallerLog::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex version(R"(^installer version: (\d[\d.]*))");
  static const text::Regex start(R"(^Starting installation of NVIDIA driver version (\d[\d.]*) for Linux kernel version (\S+))");
  static const text::Regex make(R"(^DKMS make\.log for (\S+?)-(\d[\d.]*) for kernel (\S+))");
  static const text::Regex failure(R"(^(?:-> )?(?:ERROR: |Kernel module load error: )(\S.*)$)");
  static const text::Regex compiler(R"(((?:\S+:\d+:\d+: (?:fatal )?error: |make(?:\[\d+\])?: \*\*\* \[).*)$)");
  const auto message = text::piece(line.message);
  std::string a, b, c;
  if (text::contains(line.message, "nvidia-installer log file") || text::contains(line.message, "NVIDIA Software Installer") ||
      line.message.starts_with("DRIVER_ARCH is "))
    installer_ = true;
  if (text::Regex::PartialMatch(message, version, &a)) {
    sink.add(parsers::setting_of(line, "installer", "driver_version", a));
  } else if (text::Regex::PartialMatch(message, start, &a, &b)) {
    sink.add(parsers::setting_of(line, "installer", "driver_version", a));
    sink.add(parsers::setting_of(line, "installer", "kernel", b));
  } else if (text::Regex::PartialMatch(message, make, &a, &b, &c)) {
    dkms_ = true;
    sink.add(parsers::setting_of(line, "dkms", "module", a + " " + b));
    sink.add(parsers::setting_of(line, "dkms", "kernel", c));
  } else if (installer_ && text::Regex::PartialMatch(message, failure, &a)) {
    error(line, "installer.error", a, sink);
  } else if ((dkms_ || installer_) && text::Regex::PartialMatch(message, compiler, &a)) {
    error(line, "dkms.error", a, sink);
  }
  return Want::gated;
}

}  // namespace gpm::nvidia
