// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia_smi/xml.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <vector>

#include "parsers/nvidia_smi/gpu_report.h"
#include "parsers/nvidia_smi/values.h"
#include "parsers/text/fields.h"

namespace gpm::nvidia_smi {
namespace {

constexpr std::string_view root_begin = "<nvidia_smi_log", root_end = "</nvidia_smi_log>";
// A log of 16 GPUs has 20,000 tags. The tree takes about 100 bytes a tag.
constexpr std::size_t max_tags = 400'000;
constexpr std::size_t max_logs = 1000;
constexpr std::size_t max_gpus = 1024;  // of one log
constexpr int max_depth = 12;

bool too_big(std::string_view log) {
  const auto count = [&](char c) { return static_cast<std::size_t>(std::count(log.begin(), log.end(), c)); };
  return count('<') > max_tags || count('=') > max_tags;
}

class Log {
 public:
  // `log` is a part of `document` and begins on its line `first_line`.
  Log(std::string_view document, std::string_view log, std::uint64_t first_line, Reporter& reporter, facts::Sink& sink)
      : log_(log), reporter_(reporter), sink_(sink), first_line_(first_line) {
    const auto begin = static_cast<std::size_t>(log.data() - document.data());
    // The first line of the log may begin before it.
    const auto line_begin = begin == 0 ? std::string_view::npos : document.rfind('\n', begin - 1);
    lead_ = begin - (line_begin == std::string_view::npos ? 0 : line_begin + 1);
    for (std::size_t at = 0; at < log.size(); ++at)
      if (log[at] == '\n') line_ends_.push_back(at);
  }

  void read() {
    pugi::xml_document tree;
    const auto result = tree.load_buffer(log_.data(), log_.size(), pugi::parse_default, pugi::encoding_utf8);
    if (!result) {
      const auto line = line_at(static_cast<std::ptrdiff_t>(result.offset)).number;
      sink_.add(facts::Note{line, std::string("the XML is damaged or cut here: ") + text::lower(result.description())});
    }
    const auto root = tree.child("nvidia_smi_log");
    if (const auto stamp = root.child("timestamp")) time_ = ctime_stamp(stamp.child_value());
    setting(root.child("driver_version"), "driver_version");
    setting(root.child("kmd_version"), "driver_version");
    setting(root.child("cuda_version"), "cuda_version");
    setting(root.child("cuda_umd_version"), "cuda_version");
    attached(root.child("attached_gpus"));
    std::size_t gpus = 0;
    for (const auto gpu : root.children("gpu")) {
      if (++gpus > max_gpus) return sink_.add(facts::Note{line_of(gpu).number, "more GPUs than any host has; the rest is left out"});
      GpuReport report(reporter_, line_of(gpu), gpu.attribute("id").value(), time_);
      fields(gpu, "", 0, report);
      report.finish(sink_);
    }
  }

 private:
  text::Line line_of(const pugi::xml_node& node) const { return line_at(node.offset_debug()); }

  text::Line line_at(std::ptrdiff_t offset) const {
    text::Line line;
    line.number = first_line_;
    if (offset < 0) return line;
    const auto at = static_cast<std::size_t>(offset);
    const auto end = std::lower_bound(line_ends_.begin(), line_ends_.end(), at);
    line.number += static_cast<std::uint64_t>(end - line_ends_.begin());
    const std::size_t stop = end == line_ends_.end() ? log_.size() : *end;
    const char* start = end == line_ends_.begin() ? log_.data() - lead_ : log_.data() + *(end - 1) + 1;
    line.raw = {start, static_cast<std::size_t>(log_.data() + stop - start)};
    if (line.raw.ends_with('\r')) line.raw.remove_suffix(1);
    line.message = line.raw;
    return line;
  }

  void setting(const pugi::xml_node& node, const char* key) {
    const auto value = text::trim(node.child_value());
    if (value.empty() || value.size() > 64) return;
    reporter_.add(facts::Setting{"host", "", key, std::string(value), {}, text::origin(line_of(node))}, sink_);
  }

  void attached(const pugi::xml_node& node) {
    const auto value = text::trim(node.child_value());
    const auto count = text::integer(value);
    if (!count) return;
    reporter_.add(facts::Snapshot{"gpu.attached", "", static_cast<double>(*count), std::string(value), {},
                                  time_.value_or(facts::Time{}), text::origin(line_of(node))}, sink_);
  }

  void fields(const pugi::xml_node& parent, const std::string& prefix, int depth, GpuReport& report) {
    if (depth >= max_depth) return;
    bool processes_seen = false;
    for (const auto node : parent.children()) {
      if (node.type() != pugi::node_element) continue;
      const std::string_view name = node.name();
      if (name.size() > 64 || name == "supported_clocks" || name == "accounted_processes") continue;
      const std::string path = prefix + std::string(name);
      const bool branch = node.find_child([](const pugi::xml_node& child) { return child.type() == pugi::node_element; });
      if (branch) {
        fields(node, path + "/", depth + 1, report);
        continue;
      }
      auto value = text::trim(node.child_value());
      if (path == "processes" && value.empty() && !processes_seen) value = "None";  // the list is there and empty
      processes_seen |= path == "processes";
      report.field(path, value, line_of(node), sink_);
    }
  }

  std::string_view log_;
  Reporter& reporter_;
  facts::Sink& sink_;
  std::uint64_t first_line_;
  std::size_t lead_ = 0;
  std::vector<std::size_t> line_ends_;
  std::optional<facts::Time> time_;
};

}  // namespace

bool XmlParser::sniff(std::string_view head, std::string_view) const {
  return head.find(root_begin) != std::string_view::npos || head.find("SYSTEM \"nvsmi_device_v") != std::string_view::npos;
}

bool XmlParser::parse(std::string_view document, facts::Sink& sink) {
  if (document.find(root_begin) == std::string_view::npos) return false;
  Reporter reporter;
  std::size_t logs = 0, counted = 0;
  std::uint64_t line = 1;
  for (auto begin = document.find(root_begin); begin != std::string_view::npos; begin = document.find(root_begin, begin)) {
    if (++logs > max_logs) {
      sink.add(facts::Note{0, "many logs in one document; the rest is left out"});
      break;
    }
    const auto next = document.find(root_begin, begin + root_begin.size());
    auto end = document.find(root_end, begin);
    end = end == std::string_view::npos || end > next ? next : end + root_end.size();
    const auto log = document.substr(begin, end == std::string_view::npos ? end : end - begin);
    const auto skipped = document.substr(counted, begin - counted);
    line += static_cast<std::uint64_t>(std::count(skipped.begin(), skipped.end(), '\n'));
    counted = begin;
    if (too_big(log)) {
      sink.add(facts::Note{line, "more tags than nvidia-smi writes; not read"});
      break;
    }
    Log(document, log, line, reporter, sink).read();
    begin += log.size();
  }
  return true;
}

}  // namespace gpm::nvidia_smi
