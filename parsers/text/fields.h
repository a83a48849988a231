// SPDX-License-Identifier: Apache-2.0
//
// Small readers for the values that GPU-world formats share. All take views, none throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parsers/text/utf8.h"

namespace gpm::text {

std::string_view trim(std::string_view text);
bool starts_with_digit(std::string_view text);
// Blanks and tabs at the start; all of a text that holds nothing else.
std::size_t indent_of(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
// Splits at runs of blanks and tabs; no empty parts.
std::vector<std::string_view> words(std::string_view text);
// As text.find(part), several times as fast.
std::size_t find(std::string_view text, std::string_view part);
bool contains(std::string_view text, std::string_view part);
// ASCII lower case.
std::string lower(std::string_view text);

// Whole text as a decimal number; nothing if there is anything else or it does not fit.
std::optional<std::int64_t> integer(std::string_view text);
// Whole text as hexadecimal, with or without 0x.
std::optional<std::uint64_t> hexadecimal(std::string_view text);
// Leading number with or without fraction ("81559 MiB" -> 81559, "0.5%" -> 0.5); nothing if there is none.
std::optional<double> leading_number(std::string_view text);

// Any spelling of a PCI address -> "0000:5d:00.0": "0000:5D:00", "00000000:5D:00.0", "5d:00.0", "PCI:0000:5d:00".
// NCCL's busId ("5d000", hex without leading zeros) is nccl_bus_id's.
std::optional<std::string> pci_address(std::string_view text);
std::optional<std::string> nccl_bus_id(std::string_view hex);

// "gpu07.rack3.example" -> "gpu07"; an IP address stays whole; nothing where there is nothing to see.
std::string short_host(std::string_view name);

}  // namespace gpm::text
