// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/firmware_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::parsers::host {
namespace {

using test::parse;
using testing::IsEmpty;

constexpr std::string_view board = R"(# dmidecode 3.3
Getting SMBIOS data from sysfs.
SMBIOS 3.6.0 present.

Handle 0x0000, DMI type 0, 26 bytes
BIOS Information
	Vendor: American Megatrends International, LLC.
	Version: 2.1.V1
	Release Date: 03/12/2024
	Characteristics:
		PCI is supported

Handle 0x0001, DMI type 1, 27 bytes
System Information
	Manufacturer: Supermicro
	Product Name: SYS-821GE-TNHR

Handle 0x0019, DMI type 9, 24 bytes
System Slot Information
	Designation: PCIe Slot 3
	Type: x16 PCI Express 5
	Current Usage: In Use
	Bus Address: 0000:5d:00.0

Handle 0x0020, DMI type 17, 92 bytes
Memory Device
	Size: 64 GB
	Locator: DIMMA1
	Configured Memory Speed: 4800 MT/s

Handle 0x0021, DMI type 17, 92 bytes
Memory Device
	Size: 64 GB
	Locator: DIMMB1
	Configured Memory Speed: 4400 MT/s

Handle 0x0022, DMI type 17, 92 bytes
Memory Device
	Size: No Module Installed
	Locator: DIMMA2
)";

TEST(FirmwareTables, BoardAndBios) {
  const auto sink = parse<FirmwareTables>(board);
  EXPECT_EQ(sink.setting("host", "bios_version"), "2.1.V1");
  EXPECT_EQ(sink.setting("host", "bios_date"), "03/12/2024");
  EXPECT_EQ(sink.setting("host", "product"), "Supermicro SYS-821GE-TNHR");
}

TEST(FirmwareTables, TheSlotOfAnAddress) {
  const auto sink = parse<FirmwareTables>(board);
  EXPECT_EQ(sink.setting("host", "pci_slot"), "PCIe Slot 3");
  for (const auto& setting : sink.settings)
    if (setting.key == "pci_slot") { EXPECT_EQ(setting.place.pci, "0000:5d:00.0"); }
}

TEST(FirmwareTables, MemorySlotsAndUnequalModules) {
  const auto sink = parse<FirmwareTables>(board);
  EXPECT_EQ(sink.setting("host", "memory_slots_filled"), "2");
  EXPECT_EQ(sink.setting("host", "memory_slots_empty"), "1");
  EXPECT_EQ(sink.setting("host", "memory_speed", "DIMMB1"), "4400 MT/s");
}

TEST(FirmwareTables, EqualModulesAndOtherTextSayNothing) {
  EXPECT_EQ(parse<FirmwareTables>("Memory Device\n\tSize: 64 GB\n\tLocator: A\n\tConfigured Memory Speed: 1 MT/s\n").setting("host", "memory_speed"), "");
  EXPECT_THAT(parse<FirmwareTables>("The BIOS Information\n\tVersion: 3\nMemory Device is full\n\tSize: 3\n").settings, IsEmpty());
}

}  // namespace
}  // namespace gpm::parsers::host
