// SPDX-License-Identifier: Apache-2.0
//
// The part of the scanner that says what a document is, and reads the trees in it, once all of it was seen.
#include <algorithm>
#include <utility>

#include "analyzer/scan/head.h"
#include "analyzer/scan/document_scanner.h"
#include "parsers/formats/formats.h"
#include "parsers/registry.h"

namespace gpm::scan {
namespace {

// Facts of a part of the document: their lines count from the document's start.
class Shifted final : public facts::Sink {
 public:
  Shifted(facts::Sink& sink, std::uint64_t lines) : sink_(sink), lines_(lines) {}
  void add(facts::Event e) override { pass(std::move(e)); }
  void add(facts::Setting s) override { pass(std::move(s)); }
  void add(facts::Snapshot s) override { pass(std::move(s)); }
  void add(facts::Gpu g) override { pass(std::move(g)); }
  void add(facts::RankMilestone m) override { pass(std::move(m)); }
  void add(facts::Note n) override {
    if (n.line != 0) n.line += lines_;
    sink_.add(std::move(n));
  }
  void document_host(std::string_view host) override { sink_.document_host(host); }
  void secret(std::string_view text) override { sink_.secret(text); }

 private:
  template <typename Fact>
  void pass(Fact fact) {
    fact.at.line += lines_;
    sink_.add(std::move(fact));
  }
  facts::Sink& sink_;
  std::uint64_t lines_;
};

// What a document is in which only these parsers found anything.
std::string_view format_of_parser(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> known[] = {
      {"cuda", "app-log"}, {"python", "app-log"}, {"torch", "app-log"},  {"app", "app-log"},
      {"ucx", "app-log"},  {"df-free", "df"},     {"devices", "lsmod"},  {"host", "uname"},
      {"rdma", "ibstat"},  {"container-spec", "kubernetes-pod"},         {"container-command", "docker-run"},
      {"container-engine", "docker-info"}};
  for (const auto& [parser, format] : known)
    if (parser == name) return format;
  return name;
}

}  // namespace

// The format of the parser that read it; empty if none did.
std::string_view DocumentScanner::read_tree(std::string_view document, std::uint64_t lines_above, bool whole) {
  Shifted sink(facts_, lines_above);
  for (const auto& parser : parsers::make_tree_parsers()) {
    if ((!whole && !parser->reads_parts()) || !parser->sniff(document.substr(0, head_bytes), path_)) continue;
    parser->lies_at(path_);
    if (parser->parse(document, sink)) return parser->format();
  }
  return {};
}

std::string DocumentScanner::format_by_facts() const {
  const Slot* best = nullptr;
  for (const auto& slot : slots_)
    if (slot.facts > (best ? best->facts : 0)) best = &slot;
  if (best) return std::string(format_of_parser(best->parser->format()));
  if (looks_like_kernel_log(head_)) return "dmesg";
  return facts_.count() > 0 ? "app-log" : "text";
}

// What the document is, and what its parts are where it has several.
void DocumentScanner::recognise(store::DocumentRow& row) {
  if (bytes_ == 0) {
    row.format = "empty";
    return;
  }
  if (binary_) {
    const auto tree = tree_candidate_ ? read_tree(tree_, 0, true) : std::string_view();
    row.format = tree_candidate_ ? tree : formats::recognise(sample_);
    // It has no lines of its own; a format that was found in it says by line where its facts stand all the same.
    if (!tree.empty())
      line_ = static_cast<std::uint64_t>(std::count(tree_.begin(), tree_.end(), '\n')) + !tree_.ends_with('\n');
    if (row.format.empty()) row.format = "binary";
    return;
  }
  const auto whole_tree = tree_candidate_ ? read_tree(tree_, 0, true) : std::string_view();
  if (tree_candidate_ && whole_tree.empty()) read_muted();
  if (report_) {
    row.format = "nvidia-bug-report";
    row.parts = report_->finish(line_);
  } else {
    auto split = recognition_.split.get();
    row.format = split.format;
    for (std::size_t i = 0; i < split.parts.size() && whole_tree.empty(); ++i)
      if (const auto& part = split.parts[i]; !part.title.empty()) read_tree(split.texts[i], part.first_line, false);
    if (split.parts.size() > 1) row.parts = std::move(split.parts);
  }
  if (row.format.empty() && formats::is_known(whole_tree)) row.format = whole_tree;
  if (row.format.empty()) row.format = format_by_facts();
}

}  // namespace gpm::scan
