// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/patterns.h"

#include <limits>

#include "parsers/nccl/record.h"
#include "parsers/text/fields.h"
#include "parsers/text/named_groups.h"
#include "parsers/text/regex.h"

namespace gpm::scan {
namespace {

std::optional<int> small_integer(std::string_view value) {
  const auto number = text::integer(value);
  if (!number || *number < 0 || *number > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*number);
}

constexpr std::size_t max_attribute_bytes = 512;

// An NCCL record names its own host and process, wherever in the line it stands.
facts::Place place_at(const text::Line& line, std::size_t offset) {
  if (!text::contains(line.message, " NCCL ")) return line.place;
  parsers::nccl::RecordReader reader;
  for (const auto& record : reader.read(line.message)) {
    const auto begin = static_cast<std::size_t>(record.whole.data() - line.message.data());
    if (offset >= begin && offset < begin + record.whole.size()) return parsers::nccl::place_of(record, line.place);
  }
  return line.place;
}

}  // namespace

struct Pattern::Form {
  explicit Form(std::string_view pattern) : groups(pattern), regex(groups.pattern, re2::RE2::Quiet) {}
  text::NamedGroups groups;
  text::Regex regex;
};

Pattern::Pattern(const kb::Signal& signal) : signal_(&signal) {}
Pattern::~Pattern() = default;

void Pattern::match(const text::Line& line, std::int64_t lines, facts::Sink& sink) const {
  std::call_once(once_, [&] { form_ = std::make_unique<const Form>(signal_->pattern); });
  const auto* const regex = form_->regex.needed_for(line.message);
  if (regex == nullptr || !regex->ok()) return;  // the linter refuses patterns that are not ok
  const int groups = regex->NumberOfCapturingGroups();
  std::vector<re2::StringPiece> parts(static_cast<std::size_t>(groups) + 1);
  const re2::StringPiece message(line.message.data(), line.message.size());
  if (!regex->Match(message, 0, message.size(), RE2::UNANCHORED, parts.data(), groups + 1)) return;

  facts::Event event;
  event.kind = "line." + std::string(signal_->id);
  event.place = place_at(line, static_cast<std::size_t>(parts[0].data() - line.message.data()));
  event.time = line.time;
  event.times = lines;
  event.at = text::origin(line, {parts[0].data(), parts[0].size()});
  for (const auto& [group, name] : form_->groups.names) {
    const auto& part = parts[static_cast<std::size_t>(group)];
    if (part.data()) set_field(event, name, {part.data(), part.size()});
  }
  sink.add(std::move(event));
}

void set_field(facts::Event& event, const std::string& name, std::string_view value) {
  auto& place = event.place;
  if (name == "host") {
    place.host = text::short_host(value);
  } else if (name == "pci") {
    if (const auto pci = text::pci_address(value)) place.pci = *pci;
  } else if (name == "gpu_index") {
    place.gpu_index = small_integer(value);
  } else if (name == "gpu_uuid") {
    place.gpu_uuid = value;
  } else if (name == "rank") {
    place.rank = small_integer(value);
  } else if (name == "pid") {
    place.pid = text::integer(value);
  } else if (name == "process") {
    place.process = value;
  } else if (name == "pod") {
    place.pod = value;
  } else if (name == "container") {
    place.container = value;
  } else if (name == "code") {
    event.code = text::integer(value);
  } else {
    event.attributes[name] = std::string(value.substr(0, max_attribute_bytes));
  }
}

}  // namespace gpm::scan
