// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a document for some of the parsers. What must hold: each fact stands on a line of the document and quotes
// it, numbers are numbers, PCI addresses are written the one way, and the same document gives the same facts.
#include <cxxabi.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "parsers/registry.h"
#include "parsers/text/escapes.h"
#include "parsers/text/fields.h"
#include "parsers/text/log_record.h"
#include "parsers/text/utf16.h"
#include "parsers/text/wrapper.h"
#include "tests/fuzz/targets.h"

namespace gpm::fuzz {
namespace {

// Checks what every fact promises, and keeps no more of it than a hash.
class CheckingSink final : public facts::Sink {
 public:
  CheckingSink(const std::vector<std::string_view>& lines, bool quotes) : lines_(lines), quotes_(quotes) {}

  void add(facts::Event e) override {
    check(e.at);
    check(e.place);
    require(!e.kind.empty());
    see(e.kind);
    see(std::to_string(e.code.value_or(-1)));
    for (const auto& [key, value] : e.attributes) {
      see(key);
      see(value);
    }
  }
  void add(facts::Setting s) override {
    check(s.at);
    check(s.place);
    for (const auto& field : {s.scope, s.subject, s.key, s.value}) see(field);
  }
  void add(facts::Snapshot s) override {
    check(s.at);
    check(s.place);
    require(!s.number || std::isfinite(*s.number));
    for (const auto& field : {s.metric, s.subject, s.text}) see(field);
  }
  void add(facts::Gpu g) override {
    check(g.at);
    check(g.place);
    for (const auto& field : {g.name, g.serial}) see(field);
  }
  void add(facts::RankMilestone m) override {
    check(m.at);
    check(m.place);
    see(m.communicator);
    see(std::to_string(m.rank));
    see(facts::name(m.phase));
  }
  void add(facts::Note n) override {
    require(n.line <= lines_.size() && !n.reason.empty());
    see(n.reason);
  }
  void document_host(std::string_view host) override { see(host); }

  std::uint64_t hash() const { return hash_; }

 private:
  void check(const facts::Origin& at) {
    require(at.line > 0 && at.line <= lines_.size() && at.text.size() <= text::max_evidence_bytes);
    // A block that was put together from messages has lost their colours.
    const auto line = lines_[at.line - 1];
    require(!quotes_ || line.find(at.text) != std::string_view::npos || text::without_ansi(line).find(at.text) != std::string::npos);
    see(std::to_string(at.line));
    see(at.text);
  }
  void check(const facts::Place& place) {
    require(place.pci.empty() || text::pci_address(place.pci) == place.pci);
    for (const auto& field : {place.host, place.pci, place.gpu_uuid, place.pod, place.container, place.process}) see(field);
    see(std::to_string(place.rank.value_or(-1)));
    see(std::to_string(place.pid.value_or(-1)));
  }
  void see(std::string_view bytes) {  // FNV-1a, with an end to each field
    for (const char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 1'099'511'628'211u;
    hash_ = (hash_ ^ 0x100) * 1'099'511'628'211u;
  }

  const std::vector<std::string_view>& lines_;
  const bool quotes_;
  std::uint64_t hash_ = 14'695'981'039'346'656'037u;
};

// Folders are namespaces, so nothing needs to be added here for a new parser.
template <typename Parser>
bool lies_in(const Parser& parser, std::initializer_list<std::string_view> folders) {
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(typeid(parser).name(), nullptr, nullptr, nullptr), std::free);
  std::string_view folder = name.get();
  for (const std::string_view outer : {"gpm::", "parsers::"})
    if (folder.starts_with(outer)) folder.remove_prefix(outer.size());
  folder = folder.substr(0, folder.find("::"));
  return std::find(folders.begin(), folders.end(), folder) != folders.end();
}

template <typename Parser>
std::vector<std::unique_ptr<Parser>> of_folders(std::vector<std::unique_ptr<Parser>> all, std::initializer_list<std::string_view> folders) {
  std::erase_if(all, [&](const auto& parser) { return !lies_in(*parser, folders); });
  require(!all.empty() || std::is_same_v<Parser, gpm::parsers::TreeParser>);
  return all;
}

struct Document {
  std::string_view bytes;
  std::vector<std::string_view> lines;
  text::JournalFormat journal;
};

template <typename Take>
void each_line(const Document& document, Take take) {
  std::uint64_t number = 0;
  for (const auto raw : document.lines) {
    ++number;
    const auto at = static_cast<std::size_t>(raw.data() - document.bytes.data());
    const auto before = std::min<std::size_t>(at, 256);
    text::Surroundings around{document.bytes.substr(at - before, before), {}};
    if (document.journal != text::JournalFormat::none) around.record = text::record_around(document.bytes, at, document.journal);
    text::each_message(number, raw, around, take);
  }
}

// As the scanner does it.
std::uint64_t gated_lines(const Document& document, std::initializer_list<std::string_view> folders) {
  struct Slot {
    std::unique_ptr<gpm::parsers::LineParser> parser;
    bool awake = false;
  };
  std::vector<Slot> slots;
  for (auto& parser : of_folders(gpm::parsers::make_line_parsers(), folders)) slots.push_back({std::move(parser), false});
  CheckingSink sink(document.lines, true);
  each_line(document, [&](const text::Line& line) {
    const auto lower = text::lower(line.raw);
    for (auto& slot : slots) {
      const auto gates = slot.parser->gates();
      const auto opens = [&](std::string_view gate) { return text::contains(lower, text::lower(gate)); };
      if (slot.awake || std::any_of(gates.begin(), gates.end(), opens)) slot.awake = slot.parser->line(line, sink) == gpm::parsers::Want::next;
    }
  });
  for (auto& slot : slots) slot.parser->end(sink);
  return sink.hash();
}

void all_lines(const Document& document, std::initializer_list<std::string_view> folders) {
  const auto parsers = of_folders(gpm::parsers::make_line_parsers(), folders);
  CheckingSink sink(document.lines, true);
  each_line(document, [&](const text::Line& line) {
    for (const auto& parser : parsers) parser->line(line, sink);
  });
  for (const auto& parser : parsers) parser->end(sink);
}

std::uint64_t trees(const Document& document, std::initializer_list<std::string_view> folders) {
  std::uint64_t hash = 0;
  const auto head = document.bytes.substr(0, 4096);
  for (const auto& parser : of_folders(gpm::parsers::make_tree_parsers(), folders)) {
    if (!parser->sniff(head, "x")) continue;
    CheckingSink sink(document.lines, false);  // of a value in a tree they say what it is
    parser->lies_at("x/nccl_trace_rank_3");
    parser->parse(document.bytes, sink);
    hash ^= sink.hash();
  }
  return hash;
}

}  // namespace

void parsers(std::string_view bytes, std::initializer_list<std::string_view> folders) {
  text::ByteOrder order;
  std::string decoded(order.decode(bytes));
  decoded += order.finish();
  Document document{decoded, text::split(decoded, '\n'), text::journal_format(std::string_view(decoded).substr(0, 4096))};
  for (auto& line : document.lines)
    if (line.ends_with('\r')) line.remove_suffix(1);
  require(gated_lines(document, folders) == gated_lines(document, folders));
  all_lines(document, folders);
  require(trees(document, folders) == trees(document, folders));
}

}  // namespace gpm::fuzz
