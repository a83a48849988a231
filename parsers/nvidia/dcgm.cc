// SPDX-License-Identifier: Apache-2.0
#include "parsers/nvidia/dcgm.h"

#include <array>

#include "parsers/container/tree.h"
#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::nvidia {

using parsers::Want;

std::span<const std::string_view> DcgmMetrics::gates() const {
  static constexpr std::array<std::string_view, 1> literals = {"DCGM_FI_"};
  return literals;
}

Want DcgmMetrics::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex sample(R"(^DCGM_FI_([A-Z0-9_]{3,80})\{([^}]*)\} (-?[0-9][0-9.eE+-]{0,30})\s*$)");
  static const text::Regex label(R"re((\w+)="([^"]*)")re");
  std::string field, labels, value, key, text, model;
  if (!text::Regex::PartialMatch(text::piece(line.raw.substr(0, 8192)), sample, &field, &labels, &value)) return Want::gated;
  auto fact = parsers::snapshot_of(line, "dcgm." + text::lower(field), "", value);
  fact.number = text::leading_number(value);
  re2::StringPiece rest(labels);
  while (text::Regex::FindAndConsume(&rest, label, &key, &text)) {
    if (key == "UUID" && text.starts_with("GPU-")) fact.place.gpu_uuid = text::valid_utf8(text);
    if (key == "gpu")
      if (const auto index = text::integer(text); index && *index >= 0 && *index < 1024) fact.place.gpu_index = static_cast<int>(*index);
    if (key == "Hostname") fact.place.host = text::short_host(text);
    if (key == "modelName") model = text::valid_utf8(text);
    if (key == "pci_bus_id") fact.place.pci = text::pci_address(text).value_or("");
  }
  if (!fact.place.gpu_uuid.empty() && !model.empty()) reporter_.add(facts::Gpu{fact.place, model, "", fact.at}, sink);
  reporter_.add(std::move(fact), sink);
  return Want::gated;
}

std::span<const std::string_view> DcgmTables::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {"| Diagnostic  ", "|-----  ", "| Health Monitor Report", "| Overall Health"};
  return literals;
}

void DcgmTables::close(facts::Sink& sink) {
  if (held_ && --facts_left_ > 0) sink.add(std::move(row_));
  held_ = false;
  row_ = {};
}

Want DcgmTables::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex cells(R"(^\|\s?(.*?)\s*\|\s?(.*?)\s*\|?$)");
  static const text::Regex result(R"((?i)^(pass|fail|skip|warn)(?:ed)?\b(?:\s*-\s*(.*))?$)");
  static const text::Regex state(R"((?i)^(healthy|warning|failure)$)");
  std::string name, value, how, gpus;
  const auto message = text::trim(line.message);
  if (message.starts_with("| Health Monitor Report") || message.starts_with("| Overall Health")) table_ = Table::health;
  if (message.starts_with("| Diagnostic ") || message.starts_with("|-----  ")) table_ = Table::diag;
  if (table_ == Table::none || !(message.starts_with('|') || message.starts_with('+'))) {
    if (table_ != Table::none && message.empty() && ++foreign_lines_ < 3) return Want::next;
    close(sink);
    table_ = Table::none;
    return Want::gated;
  }
  foreign_lines_ = 0;
  if (!text::Regex::FullMatch(text::piece(message), cells, &name, &value)) return Want::next;
  if (table_ == Table::diag && name != "Warning" && name != "Error" && text::Regex::FullMatch(value, result, &how, &gpus)) {
    close(sink);
    row_ = parsers::event_of(line, "dcgm.diag");
    parsers::set_attribute(row_, "test", name);
    parsers::set_attribute(row_, "result", text::lower(how));
    parsers::set_attribute(row_, "gpus", gpus);
    static const text::Regex one_gpu(R"(GPUs?: (\d{1,3}))");
    if (std::string index; text::Regex::FullMatch(gpus, one_gpu, &index)) row_.place.gpu_index = static_cast<int>(*text::integer(index));
    held_ = true;
  } else if (table_ == Table::health && text::Regex::FullMatch(value, state, &how)) {
    close(sink);
    row_ = parsers::event_of(line, "dcgm.health");
    while (name.starts_with(' ') || name.starts_with("->")) name.erase(0, name.starts_with(' ') ? 1 : 2);
    parsers::set_attribute(row_, "system", name);
    parsers::set_attribute(row_, "state", text::lower(how));
    held_ = true;
  } else if (held_ && !value.empty() && (name.empty() || name == "Warning" || name == "Error")) {
    auto& words = row_.attributes["message"];
    if (words.size() < 600) words += (words.empty() ? "" : " ") + text::valid_utf8(value);
  }
  return Want::next;
}

bool DcgmDiagJson::sniff(std::string_view head, std::string_view) const {
  return text::contains(head, "\"DCGM Diagnostic\"") || text::contains(head, "\"DCGM GPU Diagnostic\"") || text::contains(head, "\"test_categories\"");
}

bool DcgmDiagJson::parse(std::string_view document, facts::Sink& sink) {
  const auto tree = container::read_json(document, 1);
  const container::Node* root = &tree.root;
  for (std::string_view key : {"DCGM Diagnostic", "DCGM GPU Diagnostic"})
    if (tree.root.find(key)) root = &tree.root[key];
  int left = 5000;
  for (const auto& category : (*root)["test_categories"].items)
    for (const auto& test : category["tests"].items)
      for (const auto& result : test["results"].items) {
        if (--left < 0) return true;
        facts::Event event;
        event.kind = "dcgm.diag";
        event.at = {result.at.line, std::string(test.text("name"))};
        event.attributes["test"] = text::valid_utf8(test.text("name"));
        event.attributes["result"] = text::valid_utf8(text::lower(result.text("status")));
        const auto gpu = result.text("gpu_id").empty() ? result.text("entity_id") : result.text("gpu_id");
        if (const auto index = text::integer(gpu); index && *index >= 0 && *index < 1024) event.place.gpu_index = static_cast<int>(*index);
        for (const auto& warning : result["warnings"].items)
          if (event.attributes["message"].size() < 600) event.attributes["message"] += text::valid_utf8(warning.text("warning"));
        sink.add(std::move(event));
      }
  if (!tree.error.empty()) sink.add(facts::Note{tree.error_line, tree.error});
  return left < 5000;
}

}  // namespace gpm::nvidia
