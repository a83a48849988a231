// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/firmware_tables.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"

namespace gpm::parsers::host {
namespace {

constexpr std::size_t max_values = 64, max_modules = 512;
constexpr std::array<std::string_view, 4> tables = {"BIOS Information", "System Information", "System Slot Information", "Memory Device"};

}  // namespace

std::span<const std::string_view> FirmwareTables::gates() const { return tables; }

void FirmwareTables::add(const facts::Origin& at, std::string_view key, std::string_view value, facts::Sink& sink, std::string_view pci, std::string_view subject) {
  if (value.empty() || value == "Not Specified" || value == "Unknown" || --facts_left_ < 0) return;
  facts::Setting setting;
  setting.scope = "host";
  setting.subject = text::valid_utf8(subject);
  setting.key = std::string(key);
  setting.value = text::valid_utf8(value.substr(0, 256));
  setting.place = place_;
  setting.place.pci = std::string(pci);
  setting.at = at;
  sink.add(std::move(setting));
}

// The table is over: its values make sense together.
void FirmwareTables::close(facts::Sink& sink) {
  const auto value = [&](const char* key) -> const Value* {
    const auto found = values_.find(key);
    return found == values_.end() ? nullptr : &found->second;
  };
  if (table_ == "BIOS Information") {
    if (const auto* version = value("Version")) add(version->at, "bios_version", version->text, sink);
    if (const auto* date = value("Release Date")) add(date->at, "bios_date", date->text, sink);
  } else if (table_ == "System Information") {
    const auto *maker = value("Manufacturer"), *product = value("Product Name");
    if (product) add(product->at, "product", (maker ? maker->text + " " : "") + product->text, sink);
  } else if (table_ == "System Slot Information") {
    const auto *name = value("Designation"), *address = value("Bus Address");
    if (const auto pci = address ? text::pci_address(address->text) : std::nullopt; pci && name) add(address->at, "pci_slot", name->text, sink, *pci);
  } else if (table_ == "Memory Device") {
    const auto *size = value("Size"), *locator = value("Locator"), *speed = value("Configured Memory Speed");
    if (size) {
      last_memory_ = size->at;
      if (size->text == "No Module Installed") {
        ++empty_slots_;
      } else if (modules_.size() < max_modules) {
        modules_.push_back({locator ? locator->text : "", speed ? speed->text : "", speed ? speed->at : size->at});
      }
    }
  }
  table_.clear();
  values_.clear();
}

Want FirmwareTables::line(const text::Line& line, facts::Sink& sink) {
  const auto text = text::trim(line.message.substr(0, 1024));
  if (std::find(tables.begin(), tables.end(), text) != tables.end() && !text::indent_of(line.message)) {
    close(sink);
    table_ = std::string(text);
    place_ = line.place;
    return Want::next;
  }
  const auto colon = text.find(": ");
  if (table_.empty() || text.empty() || text::indent_of(line.message) == 0) {
    close(sink);
    return Want::gated;
  }
  if (colon != std::string_view::npos && colon > 0 && values_.size() < max_values)
    values_.try_emplace(std::string(text.substr(0, colon)), Value{std::string(text::trim(text.substr(colon + 2))), text::origin(line)});
  return Want::next;
}

void FirmwareTables::end(facts::Sink& sink) {
  close(sink);
  if (last_memory_.line == 0) return;
  add(last_memory_, "memory_slots_filled", std::to_string(modules_.size()), sink);
  add(last_memory_, "memory_slots_empty", std::to_string(empty_slots_), sink);
  const bool mixed = std::any_of(modules_.begin(), modules_.end(), [&](const Module& module) { return module.speed != modules_.front().speed; });
  if (mixed)
    for (const auto& module : modules_) add(module.at, "memory_speed", module.speed, sink, {}, module.locator);
  modules_.clear();
  empty_slots_ = 0;
  last_memory_ = {};
}

}  // namespace gpm::parsers::host
