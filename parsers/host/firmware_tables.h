// SPDX-License-Identifier: Apache-2.0
//
// dmidecode: what the firmware says of the board, of its slots and of its memory.
//
//   # dmidecode 3.3
//   Handle 0x0000, DMI type 0, 26 bytes
//   BIOS Information
//   	Vendor: American Megatrends International, LLC.
//   	Version: 2.1.V1
//   	Release Date: 03/12/2024
//
//   System Information
//   	Manufacturer: Supermicro
//   	Product Name: SYS-821GE-TNHR
//
//   System Slot Information
//   	Designation: PCIe Slot 3
//   	Current Usage: In Use
//   	Bus Address: 0000:5d:00.0
//
//   Memory Device
//   	Size: No Module Installed
//   	Locator: DIMMA1
//
// Gives settings of scope host: bios_version, bios_date, product (manufacturer and name); pci_slot, the slot's name, at the PCI
// address that it holds; memory_slots_filled and memory_slots_empty at the last of them, and memory_speed where not all modules
// run at the same (subject = locator).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "parsers/parser.h"

namespace gpm::parsers::host {

class FirmwareTables : public LineParser {
 public:
  std::string_view format() const override { return "dmidecode"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  void close(facts::Sink& sink);
  void add(const facts::Origin& at, std::string_view key, std::string_view value, facts::Sink& sink, std::string_view pci = {}, std::string_view subject = {});

  struct Value {
    std::string text;
    facts::Origin at;
  };
  std::string table_;                   // "BIOS Information"; empty outside
  std::map<std::string, Value> values_;  // of the table being read
  facts::Place place_;
  struct Module {
    std::string locator, speed;
    facts::Origin at;
  };
  std::vector<Module> modules_;
  int empty_slots_ = 0, facts_left_ = 5'000;
  facts::Origin last_memory_;
};

}  // namespace gpm::parsers::host
