// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/list.h"

#include <array>

#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia_smi {

using parsers::Want;
using re2::StringPiece;
using text::piece;

bool read_gpu_line(std::string_view message, facts::Place& place, std::string& name) {
  static const text::Regex pattern(R"((?:^|\s)GPU (\d{1,4}): (\S.*?) \(UUID: GPU-([0-9a-fA-F-]+)\))");
  int index = 0;
  std::string uuid;
  constexpr std::size_t longest_name = 100, shortest_uuid = 8, longest_uuid = 64;  // not .{0,99}: RE2 compiles each repetition by itself
  if (message.size() > 512) return false;
  if (!text::Regex::PartialMatch(piece(message), pattern, &index, &name, &uuid) || name.size() > longest_name) return false;
  if (uuid.size() < shortest_uuid || uuid.size() > longest_uuid) return false;
  place.gpu_index = index;
  place.gpu_uuid = "GPU-" + text::lower(uuid);
  return true;
}

std::span<const std::string_view> ListParser::gates() const {
  static constexpr std::array<std::string_view, 2> literals = {"(UUID: GPU-", "(UUID: MIG-"};
  return literals;
}

Want ListParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex mig(R"((?:^|\s)MIG (\d[0-9a-z.+]{1,30})\s+Device\s+(\d{1,3}): \(UUID: (MIG-[0-9A-Za-z/-]{1,80})\))");
  facts::Place place = line.place;
  std::string name;
  if (read_gpu_line(line.message, place, name)) {
    gpu_ = place;
    last_line_ = line.number;
    reporter_.add(facts::Gpu{std::move(place), std::move(name), "", text::origin(line)}, sink);
    return Want::gated;
  }
  std::string profile, device, uuid;
  if (line.message.size() > 512) return Want::gated;
  if (!text::Regex::PartialMatch(piece(line.message), mig, &profile, &device, &uuid)) return Want::gated;
  if (gpu_ && line.number <= last_line_ + 4) {
    place.gpu_index = gpu_->gpu_index;
    place.gpu_uuid = gpu_->gpu_uuid;
    last_line_ = line.number;
  }
  reporter_.add(facts::Event{"nvidia_smi.mig_device", std::nullopt, std::move(place), line.time, text::origin(line),
                             {{"device", device}, {"mig_uuid", uuid}, {"profile", profile}}}, sink);
  return Want::gated;
}

}  // namespace gpm::nvidia_smi
