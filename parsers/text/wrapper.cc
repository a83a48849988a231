// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/wrapper.h"

#include "parsers/text/escapes.h"
#include "parsers/text/layer.h"

namespace gpm::text {
namespace {

// Real lines nest about six deep (CRI, kubectl --prefix, Ray twice, rank, c10).
constexpr int layers_max = 8;

// How far a stamp tells the moment: one with a zone beats one without, whatever its place; of equals the inner one
// counts.
int worth(facts::TimeFrom from) {
  switch (from) {
    case facts::TimeFrom::stated: return 5;
    case facts::TimeFrom::anchored_boot: return 4;
    case facts::TimeFrom::assumed_utc: return 3;
    case facts::TimeFrom::yearless: return 2;
    case facts::TimeFrom::since_boot: return 1;
    case facts::TimeFrom::none: return 0;
  }
  return 0;
}

void take_time(facts::Time& time, const facts::Time& found) {
  const auto since_boot_ns = found.since_boot_ns ? found.since_boot_ns : time.since_boot_ns;
  if (worth(found.from) >= worth(time.from) && found.from != facts::TimeFrom::none) time = found;
  time.since_boot_ns = since_boot_ns;
}

void take_place(facts::Place& place, Layer& layer) {
  facts::Place& found = layer.place;
  if (!found.host.empty() && (place.host.empty() || layer.host_is_nearer)) place.host = std::move(found.host);
  if (found.rank) place.rank = found.rank;
  if (!found.pod.empty()) place.pod = std::move(found.pod);
  if (!found.container.empty()) place.container = std::move(found.container);
  if (found.pid) place.pid = found.pid;
  if (!found.process.empty()) place.process = std::move(found.process);
}

// One recogniser for what the first character allows; they look at a bounded part of the text.
std::optional<Layer> peel(std::string_view text) {
  switch (text[0]) {
    case '{': return std::nullopt;  // unwrap() itself, as the message moves to the scratch
    case '[':
    case '<':
    case '(':
    case ' ':
    case '/': break;
    default: {
      const auto c = static_cast<unsigned char>(text[0]);
      const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
      if (!word) return std::nullopt;
    }
  }
  if (auto layer = kernel_layer(text)) return layer;
  if (auto layer = log_layer(text)) return layer;
  return launcher_layer(text);
}

// Progress bars overwrite their line: what is left to read stands behind the last carriage return.
std::string_view last_overwrite(std::string_view text) {
  while (text.ends_with('\r')) text.remove_suffix(1);
  const auto at = text.rfind('\r');
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

}  // namespace

Line unwrap(std::uint64_t number, std::string_view raw, std::string& scratch) {
  Line line;
  line.number = number;
  line.raw = raw;
  std::string_view text = raw;
  if (has_ansi(text)) {
    scratch = without_ansi(text);
    text = scratch;
  }
  text = last_overwrite(text);
  for (int i = 0; i < layers_max && !text.empty(); ++i) {
    if (text[0] == '{') {
      auto docker = docker_line(text);
      if (!docker) break;
      scratch = has_ansi(docker->log) ? without_ansi(docker->log) : std::move(docker->log);
      text = last_overwrite(scratch);
      take_time(line.time, docker->time);
      continue;
    }
    auto layer = peel(text);
    if (!layer) break;
    take_time(line.time, layer->time);
    take_place(line.place, *layer);
    text = layer->rest;
  }
  line.message = text;
  return line;
}

}  // namespace gpm::text
