// SPDX-License-Identifier: Apache-2.0
#include "parsers/text/fields.h"

#include <gtest/gtest.h>

#include <random>

#include "parsers/text/line.h"

namespace gpm::text {
namespace {

// Few letters, so that parts lie nearly everywhere; all lengths, also at the text's ends.
TEST(Find, FindsWhatASearchByteByByteFinds) {
  std::mt19937 random(3);
  const auto word = [&](std::size_t size) {
    std::string text;
    while (text.size() < size) text += "ab\x80"[random() % 3];
    return text;
  };
  int held = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto text = word(random() % 90), part = word(random() % 9);
    const auto expected = text.find(part);
    ASSERT_EQ(find(text, part), expected) << text << " / " << part;
    held += expected != std::string::npos;
  }
  EXPECT_GT(held, 5000);
  EXPECT_LT(held, 15'000);
}

TEST(PciAddress, EverySpellingBecomesOne) {
  for (auto spelling : {"0000:5D:00", "00000000:5D:00.0", "5d:00.0", "PCI:0000:5d:00", "0000:5d:00.0"})
    EXPECT_EQ(pci_address(spelling), "0000:5d:00.0") << spelling;
  EXPECT_EQ(pci_address("000f:01:00.0"), "000f:01:00.0");
}

TEST(PciAddress, RefusesWhatIsNoAddress) {
  for (auto text : {"", "5d", "0000:5d", "0000:5d:00.9", "zz:00.0", "12:34:56", "0000:5d:00.0; reboot", "00:02:45:12"})
    EXPECT_EQ(pci_address(text), std::nullopt) << text;
}

TEST(NcclBusId, HexWithoutLeadingZeros) {
  EXPECT_EQ(nccl_bus_id("1a000"), "0000:1a:00.0");
  EXPECT_EQ(nccl_bus_id("8010"), "0000:08:01.0");
  EXPECT_EQ(nccl_bus_id("80"), "0000:00:08.0");
  EXPECT_EQ(nccl_bus_id("901000"), "0009:01:00.0");
  EXPECT_EQ(nccl_bus_id("xyz"), std::nullopt);
}

TEST(Numbers, WholeTextOrNothing) {
  EXPECT_EQ(integer("31"), 31);
  EXPECT_EQ(integer("31,"), std::nullopt);
  EXPECT_EQ(integer("99999999999999999999"), std::nullopt);
  EXPECT_EQ(hexadecimal("0x1f"), 31u);
  EXPECT_EQ(leading_number("81559 MiB"), 81559);
  EXPECT_EQ(leading_number("N/A"), std::nullopt);
}

TEST(ShortHost, KeepsAddresses) {
  EXPECT_EQ(short_host("gpu07.rack3.example"), "gpu07");
  EXPECT_EQ(short_host("10.0.0.7"), "10.0.0.7");
  EXPECT_EQ(short_host("fe80::1"), "fe80::1");
  EXPECT_EQ(short_host(" \xc2\xa0\xe3\x80\x80\xe2\x80\x8b"), "");
}

TEST(ValidUtf8, ReplacesOnlyWhatIsInvalid) {
  EXPECT_EQ(valid_utf8("a\xFF\xC3\xA9"), "a\xEF\xBF\xBD\xC3\xA9");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
}

TEST(Quote, KeepsTheMatchOfAGiantLine) {
  std::string raw(1 << 20, 'x');
  raw.replace(500'000, 4, "Xid!");
  const auto quoted = quote(raw, 500'000, 4);
  EXPECT_EQ(quoted.size(), max_evidence_bytes);
  EXPECT_NE(quoted.find("Xid!"), std::string::npos);
}

}  // namespace
}  // namespace gpm::text
