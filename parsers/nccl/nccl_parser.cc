// SPDX-License-Identifier: Apache-2.0
#include "parsers/nccl/nccl_parser.h"

#include <algorithm>
#include <array>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::nccl {
namespace {

constexpr std::size_t max_links = 4096;
constexpr std::size_t max_value_bytes = 1024;
constexpr std::size_t max_said = 65'536;

using text::piece;
using text::view;
std::string value_of(std::string_view text) { return std::string(text::trim(text).substr(0, max_value_bytes)); }

// "transport/net_ib.cc:814 -> 2", "group.cc:64 -> 2 [Async thread]", "init.cc:1222 (commAlloc) -> 2"
bool read_return(std::string_view text, const Sighting& seen, facts::Sink& sink) {
  const auto arrow = text.find(" -> ");
  if (arrow == std::string_view::npos || arrow > 300) return false;
  static const text::Regex pattern(R"(([\w./+-]{1,255}:\d{1,7}) (?:\((\w{1,120})\) )?-> (\d{1,3})(?: \[([\w ]{1,40})\])?)",
                           RE2::Latin1);
  re2::StringPiece location, function, code, thread;
  if (!text::Regex::FullMatch(piece(text), pattern, &location, &function, &code, &thread)) return false;
  auto made = event_of(seen, "nccl.return");
  made.code = text::integer(view(code));
  made.attributes["location"] = std::string(view(location));
  set_attribute(made, "function", view(function));
  set_attribute(made, "thread", view(thread));
  sink.add(std::move(made));
  return true;
}

// "Bootstrap : Using [0]eth0:10.21.4.120<0>" (2.4 to 2.7), "Bootstrap: Using eth0:10.20.0.11<0>",
// "NET : Using interface eth0:10.21.4.120<0>" (up to 2.3, a line for each interface in the order of their use)
bool read_bootstrap(std::string_view text, const Sighting& seen, facts::Sink& sink) {
  static const text::Regex pattern(
      R"(^(?:Bootstrap ?: Using (?:\[0\])?|NET : Using interface )([^\s:]{1,64}):([0-9a-fA-F.:%\[\]\w]{2,80})<\d+>)",
      RE2::Latin1);
  re2::StringPiece interface, address;
  if (!text.starts_with("Bootstrap") && !text.starts_with("NET : Using interface ")) return false;
  if (!text::Regex::PartialMatch(piece(text), pattern, &interface, &address)) return false;
  auto made = event_of(seen, "nccl.bootstrap_interface");
  made.attributes = {{"interface", std::string(view(interface))}, {"address", std::string(view(address))}};
  sink.add(std::move(made));
  return true;
}

// "Init timings - ncclCommInitRank: rank 1 nranks 2 total 0.41 (kernels 0.19, alloc 0.11, ...)"
// "Bootstrap timings total 0.012418 (create 0.000031, send 0.000188, recv 0.011102, ring 0.000301, delay 0.000000)"
bool read_timings(std::string_view text, const Sighting& seen, facts::Sink& sink) {
  const bool of_bootstrap = text.starts_with("Bootstrap timings");
  if (!of_bootstrap && !text.starts_with("Init timings")) return false;
  static const text::Regex pattern(R"((\w{3,20}) (\d{1,9}\.\d{1,9})[ ,)(]?)", RE2::Latin1);
  auto made = event_of(seen, of_bootstrap ? "nccl.bootstrap_timings" : "nccl.init_timings");
  re2::StringPiece rest = piece(text.substr(0, 512)), name, seconds;
  while (made.attributes.size() < 16 && text::Regex::FindAndConsume(&rest, pattern, &name, &seconds))
    made.attributes[std::string(view(name)) + "_s"] = std::string(view(seconds));
  if (made.attributes.empty()) return false;
  sink.add(std::move(made));
  return true;
}

void add_version(std::string_view version, facts::Event made, facts::Sink& sink) {
  version = version.substr(0, version.find(' ')).substr(0, 64);
  if (!text::starts_with_digit(version)) return;
  const auto plus = version.find("+cuda");
  made.attributes["version"] = std::string(version.substr(0, plus));
  if (plus != std::string_view::npos) made.attributes["cuda"] = std::string(version.substr(plus + 5));
  sink.add(std::move(made));
}

// What a line says that is a channel's record and nothing else: who connects whom by what, whichever channel it is. 0 = it is
// another line.
std::uint64_t channel_of(std::string_view raw) {
  static constexpr std::string_view words = " NCCL INFO Channel ";
  const auto at = text::find(raw, words);
  if (at == std::string_view::npos || at < 3 || raw[at - 1] != ']') return 0;
  const auto device = raw.rfind(" [", at);
  if (device == std::string_view::npos || device == 0) return 0;
  auto host = device;  // find_last_of() would call a function for each byte
  while (host > 0 && raw[host - 1] != ' ' && raw[host - 1] != ']') --host;
  auto link = raw.substr(at + words.size());
  link.remove_prefix(std::min(link.find(':'), link.size()));
  if (text::contains(link, "NCCL")) return 0;  // another record
  const auto hash = std::hash<std::string_view>();
  return (hash(raw.substr(host, at - host)) * 31 + hash(link)) | 1;
}

constexpr std::string_view version_words = "NCCL version ";

bool is_gdr(const TransportLine& via) { return text::contains(via.transport, "GDRDMA"); }

// From, to, kind, direction and GPUDirect RDMA in one number: 20 bits for a rank, as max_ranks has it.
std::uint64_t link_of(const TransportLine& via) {
  static_assert(max_ranks <= 1 << 20);
  static constexpr std::array<std::string_view, 5> kinds = {"p2p", "shm", "net-ib", "net-socket", "net-other"};
  const auto kind = std::find(kinds.begin(), kinds.end(), via.kind) - kinds.begin();
  const int direction = via.direction == "send" ? 1 : via.direction == "receive" ? 2 : 0;
  auto link = static_cast<std::uint64_t>(via.from) << 20 | static_cast<std::uint64_t>(via.to);
  link = link << 3 | static_cast<std::uint64_t>(kind);
  return link << 3 | static_cast<std::uint64_t>(direction << 1 | static_cast<int>(is_gdr(via)));
}

}  // namespace

std::span<const std::string_view> NcclParser::gates() const {
  static constexpr std::array<std::string_view, 7> literals = {" NCCL ",          "NCCL version", "Test NCCL failure",
                                                               "# Using devices", "out-of-place", "# Avg bus bandwidth",
                                                               "# Out of bounds"};
  return literals;
}

bool NcclParser::said_before(std::string_view raw) const {
  const auto channel = said_.empty() ? 0 : channel_of(raw);
  return channel != 0 && said_.contains(channel);
}

// How far a rank has come is told by INFO lines.
bool NcclParser::reads_alone(std::string_view raw) const { return text::contains(raw, " NCCL WARN "); }

Want NcclParser::line(const text::Line& line, facts::Sink& sink) {
  const auto records = reader_.read(line.message);
  bool news = records.empty();
  for (const auto& one : records) news |= record(one, line, sink);
  if (news) {
    said_.clear();
  } else if (const auto channel = channel_of(line.raw); channel != 0 && said_.size() < max_said) {
    said_.insert(channel);
  }
  if (records.empty() && line.message.starts_with(version_words)) {
    progress_.version(nullptr, line.message.substr(version_words.size()));
    add_version(line.message.substr(version_words.size()), event_of(line, "nccl.version"), sink);
  }
  if (records.empty() && table_.line(line, sink) == ResultTable::Took::first_row)
    progress_.collective_finished({line.place, line.time, text::origin(line, line.message)}, sink);
  return table_.open() ? Want::next : Want::gated;
}

bool NcclParser::record(const Record& record, const text::Line& line, facts::Sink& sink) {
  const auto via = record.level == Level::info ? read_transport_line(record.text) : std::nullopt;
  // A job with 24 channels prints thousands of lines that say again what is known.
  if (via && (links_.size() >= max_links || links_.contains(link_of(*via))) && progress_.knows(record, *via)) return false;
  Sighting seen{place_of(record, line.place), line.time, text::origin(line, record.whole)};
  if (seen.time.from == facts::TimeFrom::none && !record.stamp.empty()) seen.time = read_stamp(record.stamp);
  progress_.record(record, seen, sink);
  if (!seen.place.rank) seen.place.rank = progress_.rank_of(record);
  if (record.level == Level::warn)
    warn(record, seen, sink);
  else if (record.level == Level::info)
    via ? transport(*via, seen, sink) : info(record, seen, sink);
  return true;
}

void NcclParser::warn(const Record& record, const Sighting& seen, facts::Sink& sink) {
  auto made = event_of(seen, "nccl.warn");
  made.attributes = {{"location", std::string(record.location)}, {"message", value_of(record.text)}};
  sink.add(std::move(made));

  static const text::Regex duplicate(
      R"(Duplicate GPU detected : rank (\d{1,7}) and rank (\d{1,7}) both on CUDA device ([0-9a-f]{1,12}))",
      RE2::Latin1);
  re2::StringPiece a, b, bus;
  if (text::Regex::PartialMatch(piece(record.text), duplicate, &a, &b, &bus)) {
    auto twice = event_of(seen, "nccl.duplicate_gpu");
    twice.attributes = {{"rank_a", std::string(view(a))}, {"rank_b", std::string(view(b))}};
    if (const auto pci = text::nccl_bus_id(view(bus))) twice.place.pci = *pci;
    sink.add(std::move(twice));
  } else if (record.text.starts_with("Multiple ranks detected using the same GPU") ||  // 2.30.3
             record.text.starts_with("Multiple Ranks are using the same GPU")) {       // 2.30.7
    sink.add(event_of(seen, "nccl.duplicate_gpu"));
  }
}

// "NCCL_IB_HCA set to mlx5_0", "NCCL_NVLS_ENABLE set by environment to 0." (the dot is NCCL's)
bool NcclParser::environment(std::string_view text, const Sighting& seen, facts::Sink& sink) {
  if (!text.starts_with("NCCL_")) return false;
  static const text::Regex pattern(R"((NCCL_\w{1,80}) set (by environment )?to (.*))", RE2::Latin1);
  re2::StringPiece name, by, value;
  if (!text::Regex::FullMatch(piece(text), pattern, &name, &by, &value)) return false;
  auto set_to = value_of(view(value));
  if (!by.empty() && set_to.ends_with('.')) set_to.pop_back();
  sink.add(facts::Setting{"nccl", {}, std::string(view(name)), set_to, seen.place, seen.at});
  auto made = event_of(seen, "nccl.env");
  made.attributes = {{"name", std::string(view(name))}, {"value", set_to}};
  sink.add(std::move(made));
  return true;
}

void NcclParser::transport(const TransportLine& via, const Sighting& seen, facts::Sink& sink) {
  if (links_.size() >= max_links || !links_.insert(link_of(via)).second) return;
  auto made = event_of(seen, "nccl.transport");
  made.attributes = {{"from", std::to_string(via.from)},     {"to", std::to_string(via.to)},
                     {"transport", value_of(via.transport)}, {"kind", std::string(via.kind)},
                     {"channel", value_of(via.channel)},     {"gdr", is_gdr(via) ? "yes" : "no"}};
  set_attribute(made, "direction", via.direction);
  sink.add(std::move(made));
}

void NcclParser::info(const Record& record, const Sighting& seen, facts::Sink& sink) {
  const auto text = record.text;
  static constexpr std::string_view network = "Using network ", driver = "cudaDriverVersion ";
  if (environment(text, seen, sink)) return;
  if (read_return(text, seen, sink) || read_bootstrap(text, seen, sink) || read_timings(text, seen, sink)) return;
  if (text.starts_with(version_words)) {
    const auto version = text.substr(version_words.size());
    progress_.version(&record, version);
    add_version(version, event_of(seen, "nccl.version"), sink);
  } else if (text.starts_with(network)) {
    auto made = event_of(seen, "nccl.network");
    made.attributes["network"] = value_of(text.substr(network.size()));
    sink.add(std::move(made));
  } else if (text.starts_with(driver)) {
    const auto version = text::integer(text.substr(driver.size()));
    if (version && *version > 0 && *version < 1'000'000)
      sink.add(facts::Setting{"nccl", {}, "cudaDriverVersion", std::to_string(*version), seen.place, seen.at});
  }
}

void NcclParser::end(facts::Sink& sink) { progress_.end(sink); }

}  // namespace gpm::parsers::nccl
