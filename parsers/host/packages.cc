// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/packages.h"

#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/text/timestamp.h"

namespace gpm::parsers::host {
namespace {

// Of the thousands of packages on a host, those that matter here.
bool matters(std::string_view name) {
  static const text::Regex names(
      R"((?i)^(lib)?(nvidia|cuda|cudnn|nccl|nvlsm|nvshmem|datacenter-gpu-manager|dcgm|mlnx|ofed|rdma|ibverbs|infiniband|ucx|kmod-nvidia|dkms|docker|containerd|podman|cri-o|enroot|pyxis|nvslurm|slurm|kubelet|linux-(image|modules|headers|firmware)|kernel|torch|tensorflow|jax|vllm|sglang|triton|xformers|flash|deepspeed|transformers|numba|cupy|mscclpp|xgboost|ray|nvhpc|xserver-xorg-video-nvidia))");
  return text::Regex::PartialMatch(text::piece(name), names);
}

// More than any of the forms but dpkg's has ("[pip3] torch 2.1.0 pypi_0 pypi"). Most lines that name a package are prose.
bool has_many_words(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  int words = 0;
  for (std::size_t i = 0; i < text.size() && words <= 5; ++i) words += !is_blank(text[i]) && (i == 0 || is_blank(text[i - 1]));
  return words > 5;
}

// A date, or a heading of apt's history.
bool may_be_change(std::string_view raw) { return text::starts_with_digit(raw) || text::contains("SUIRPD", raw.substr(0, 1)); }

std::string_view without_architecture(std::string_view name) { return name.substr(0, name.find(':')); }

}  // namespace

std::span<const std::string_view> PackagesParser::gates() const {
  static constexpr std::array<std::string_view, 29> literals = {
      "ii  ",   "ii nvidia", "ii lib",     ".x86_64", ".noarch", ".aarch64", "nvidia-",  "cuda",       "torch",        "nccl==", "nccl  ", "nccl 2", "libnccl", "vllm",      "sglang",    "tensorflow",
      "jax",    "triton",    " upgrade ",  " install ", " remove ", "Start-Date: ", "Upgrade: ", "Install: ", "Remove: ", "Purge: ", "MLNX_OFED", "DOCA-OFED", "filename: "};
  return literals;
}

bool PackagesParser::installed(const text::Line& line, facts::Sink& sink) {
  static const text::Regex dpkg(R"(^(?:ii|hi|iU|iF|iH)[ R]? *(\S+)\s+(\d\S*))");
  static const text::Regex rpm(R"(^((?:[A-Za-z][\w+.]*)(?:-[A-Za-z][\w+.~]*)*(?:-[a-z0-9]*[a-z][\w]*)*)-(\d[^-\s]*-[^-\s]+)\.(?:x86_64|noarch|aarch64)$)");
  static const text::Regex pip(R"(^(?:\[(?:pip3?|conda)\] )?([A-Za-z][\w.-]*)(?:==|\s{2,}|\s+)(\d+(?:\.\w+)+(?:[+.-]\w[\w.]*)*)(?:\s+\S+)?(?:\s+\S+)?$)");
  static const text::Regex ofed(R"(^((?:MLNX_OFED_LINUX|DOCA-OFED))-(\d[\w.-]*):?$)");
  const auto text = text::trim(line.raw);
  if (!text.starts_with('i') && !text.starts_with('h') && has_many_words(text)) return false;
  std::string name, version;
  for (const text::Regex* pattern : {&dpkg, &rpm, &ofed, &pip}) {
    if (!text::Regex::PartialMatch(text::piece(text), *pattern, &name, &version)) continue;
    if (pattern != &ofed && !matters(name)) return false;
    --facts_left_;
    sink.add(setting_of(line, "package", without_architecture(name), version));
    return true;
  }
  return false;
}

void PackagesParser::history(const text::Line& line, std::string_view action, std::string_view list, facts::Sink& sink) {
  static const text::Regex item(R"(([\w.+-]+):\w+ \(([^,()]+)(?:, ([^,()]+))?(?:, automatic)?\))");
  re2::StringPiece rest = text::piece(list);
  std::string name, first, second;
  while (facts_left_ > 0 && text::Regex::FindAndConsume(&rest, item, &name, &first, &second)) {
    if (!matters(name)) continue;
    --facts_left_;
    auto event = event_of(line, "host.package_change", name);
    event.time = start_;
    set_attribute(event, "action", action);
    set_attribute(event, "package", name);
    const bool pair = !second.empty() && second != "automatic";
    if (pair) set_attribute(event, "from", first);
    set_attribute(event, action == "remove" || action == "purge" ? "from" : "to", pair ? second : first);
    sink.add(std::move(event));
  }
}

bool PackagesParser::changed(const text::Line& line, facts::Sink& sink) {
  static const text::Regex entry(R"(^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (upgrade|install|remove|purge) (\S+) (\S+) (\S+))");
  static const text::Regex start(R"(^Start-Date: (\d{4}-\d\d-\d\d)  ?(\d\d:\d\d:\d\d))");
  static const text::Regex list(R"(^(Upgrade|Install|Remove|Purge|Downgrade|Reinstall): (\S.*)$)");
  const auto raw = text::piece(line.raw);
  std::string action, name, from, to;
  if (text::Regex::PartialMatch(raw, entry, &action, &name, &from, &to)) {
    if (!matters(name)) return true;
    --facts_left_;
    auto event = event_of(line, "host.package_change");
    if (!event.time.utc_ns)
      if (const auto stamp = text::iso_stamp(line.raw)) event.time = stamp->time;
    set_attribute(event, "action", action);
    set_attribute(event, "package", without_architecture(name));
    if (from != "<none>") set_attribute(event, "from", from);
    if (to != "<none>") set_attribute(event, "to", to);
    sink.add(std::move(event));
    return true;
  }
  if (text::Regex::PartialMatch(raw, start, &from, &to)) {
    start_ = {};
    if (const auto stamp = text::iso_stamp(from + " " + to)) start_ = stamp->time;
    return true;
  }
  if (re2::StringPiece rest; text::Regex::PartialMatch(raw, list, &action, &rest)) {
    history(line, text::lower(action), text::view(rest), sink);
    return true;
  }
  return false;
}

Want PackagesParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex file(R"(^filename:\s+/lib/modules/\S*/([\w-]+)\.ko)");
  static const text::Regex version(R"(^version:\s+(\d[\w.]*)\s*$)");
  if (facts_left_ <= 0) return Want::gated;
  std::string value;
  if (text::Regex::PartialMatch(text::piece(line.raw), file, &module_)) return Want::next;
  if (!module_.empty()) {
    if (text::Regex::PartialMatch(text::piece(line.raw), version, &value)) sink.add(setting_of(line, "module_version", module_, value));
    module_.clear();
    return Want::gated;
  }
  if (line.raw.size() < 20'000 && !(may_be_change(line.raw) && changed(line, sink)) && line.raw.size() < 400) installed(line, sink);
  return Want::gated;
}

}  // namespace gpm::parsers::host
