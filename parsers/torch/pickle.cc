// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

namespace gpm::parsers::torch {
namespace {

constexpr std::size_t max_memo = 1u << 22;    // both writers number from 0 on
constexpr std::size_t max_pushes = 8'000'000;  // of numbers of values, four bytes each
constexpr std::size_t max_marks = 64;          // collections being filled; a dump has five

struct OpcodeName {
  unsigned char code;
  std::string_view name;
};
// What other pickles hold. Text opcodes of protocols 0 and 1, bytes and sets are harmless, but no dump has them.
constexpr OpcodeName foreign[] = {
    {'c', "GLOBAL"},        {0x93, "STACK_GLOBAL"},    {'R', "REDUCE"},        {'b', "BUILD"},
    {'i', "INST"},          {'o', "OBJ"},              {0x81, "NEWOBJ"},       {0x92, "NEWOBJ_EX"},
    {0x82, "EXT1"},         {0x83, "EXT2"},            {0x84, "EXT4"},         {'P', "PERSID"},
    {'Q', "BINPERSID"},     {'0', "POP"},              {'1', "POP_MARK"},      {'2', "DUP"},
    {'F', "FLOAT"},         {'I', "INT"},              {'L', "LONG"},          {'S', "STRING"},
    {'T', "BINSTRING"},     {'U', "SHORT_BINSTRING"},  {'V', "UNICODE"},       {'d', "DICT"},
    {'g', "GET"},           {'l', "LIST"},             {'p', "PUT"},           {'B', "BINBYTES"},
    {'C', "SHORT_BINBYTES"}, {0x8e, "BINBYTES8"},      {0x8f, "EMPTY_SET"},    {0x90, "ADDITEMS"},
    {0x91, "FROZENSET"},    {0x96, "BYTEARRAY8"},      {0x97, "NEXT_BUFFER"},  {0x98, "READONLY_BUFFER"},
};

std::string_view name_of(unsigned char code) {
  const auto* found = std::find_if(std::begin(foreign), std::end(foreign), [&](const auto& o) { return o.code == code; });
  return found == std::end(foreign) ? "unknown" : found->name;
}

class Machine {
 public:
  explicit Machine(std::string_view bytes) : bytes_(bytes) {}

  ValueReading run() {
    while (!stopped_ && reading_.note.empty()) step();
    if (reading_.refused) return {{}, Values::none, std::move(reading_.note), true};
    while (!marks_.empty()) close();
    reading_.root = stack_.empty() ? Values::none : stack_.front();
    return std::move(reading_);
  }

 private:
  // --- bytes
  bool has(std::size_t count) {
    if (bytes_.size() - at_ >= count) return true;
    reading_.note = fmt::format("the pickle ends in the middle, at byte {}; what came before is used", bytes_.size());
    at_ = bytes_.size();
    return false;
  }
  std::uint64_t number(std::size_t count) {  // little endian; 0 where the bytes end
    if (!has(count)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[at_ + i])) << (8 * i);
    at_ += count;
    return value;
  }
  void text(std::uint64_t length) {
    if (!reading_.note.empty()) return;
    if (!has(static_cast<std::size_t>(std::min<std::uint64_t>(length, bytes_.size() + 1)))) return;
    const auto value = bytes_.substr(at_, static_cast<std::size_t>(length));
    at_ += value.size();
    push(reading_.values.add_text(value, line_));
  }

  // --- ends
  void refuse(unsigned char code, std::size_t at) {
    reading_.refused = true;
    reading_.note = fmt::format("not read: pickle opcode {} (0x{:02x}) at byte {} is none that a flight recorder's dump has",
                                name_of(code), code, at);
  }
  void damaged(std::string_view what) {
    reading_.note = fmt::format("the pickle is damaged at byte {} ({}); what came before is used", opcode_at_, what);
  }
  void limit(std::string_view what) {
    reading_.note = fmt::format("the pickle has {} at byte {}; what came before is used", what, opcode_at_);
  }

  // --- stack
  void push(Values::Id value) {
    if (!reading_.note.empty()) return;
    if (reading_.values.full()) return limit("too many values");
    if (++pushes_ > max_pushes) return limit("too many references");
    stack_.push_back(value);
  }
  void mark() {
    if (marks_.size() == max_marks) return limit("too many open collections");
    marks_.push_back(static_cast<std::uint32_t>(stack_.size()));
  }
  std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
  bool above_mark(std::size_t count) {
    if (stack_.size() >= floor() + count) return true;
    damaged("its stack is empty");
    return false;
  }
  // What lies above the last mark becomes items of the value below it. A pair that the end has cut is dropped.
  void close() {
    const auto begin = marks_.back();
    marks_.pop_back();
    if (begin == 0 || begin > stack_.size()) return;
    const auto owner = stack_[begin - 1];
    auto count = stack_.size() - begin;
    if (reading_.values.kind(owner) == Values::Kind::map) count -= count % 2;
    for (std::size_t i = 0; i < count; ++i) reading_.values.append(owner, stack_[begin + i]);
    stack_.resize(begin);
  }
  void close_into(Values::Kind kind) {
    if (marks_.empty()) return damaged("no mark");
    const auto begin = marks_.back();
    if (begin == 0 || reading_.values.kind(stack_[begin - 1]) != kind) return damaged("items of nothing");
    close();
  }
  void tuple(std::size_t count) {
    if (!above_mark(count)) return;
    const auto made = reading_.values.add_list(line_);
    for (std::size_t i = stack_.size() - count; i < stack_.size(); ++i) reading_.values.append(made, stack_[i]);
    stack_.resize(stack_.size() - count);
    push(made);
  }
  void marked_tuple() {
    if (marks_.empty()) return damaged("no mark");
    const auto count = stack_.size() - marks_.back();
    marks_.pop_back();
    tuple(count);
  }
  void append_one(std::size_t items, Values::Kind kind) {
    if (!above_mark(items + 1)) return;
    const auto begin = stack_.size() - items;
    if (reading_.values.kind(stack_[begin - 1]) != kind) return damaged("items of nothing");
    for (std::size_t i = begin; i < stack_.size(); ++i) reading_.values.append(stack_[begin - 1], stack_[i]);
    stack_.resize(begin);
  }

  // --- memo
  void put(std::uint64_t slot) {
    if (!reading_.note.empty() || !above_mark(1)) return;
    if (slot >= max_memo) return limit("a memo too large");
    if (slot >= memo_.size()) memo_.resize(std::max<std::size_t>(static_cast<std::size_t>(slot) + 1, 256), Values::none);
    memo_[static_cast<std::size_t>(slot)] = stack_.back();
    memoized_ = std::max<std::uint64_t>(memoized_, slot + 1);
  }
  void get(std::uint64_t slot) {
    if (!reading_.note.empty()) return;
    if (slot >= memoized_) return damaged("a memo entry that is not there");
    push(memo_[static_cast<std::size_t>(slot)]);
  }

  void integer(std::size_t bytes, bool is_signed) {
    auto value = number(bytes);
    if (is_signed && bytes < 8 && (value >> (8 * bytes - 1) & 1)) value |= ~0ull << (8 * bytes);
    if (reading_.note.empty()) push(reading_.values.add_integer(std::bit_cast<std::int64_t>(value), line_));
  }
  // Python's long: as many bytes as it needs. Dumps hold no number above 64 bits.
  void long_integer(std::uint64_t bytes) {
    if (!reading_.note.empty()) return;
    if (bytes > 8) return damaged("a number of more than 64 bits");
    if (bytes == 0) return push(reading_.values.add_integer(0, line_));
    integer(static_cast<std::size_t>(bytes), true);
  }
  void real() {  // the one number that is big endian
    auto value = number(8);
    std::uint64_t turned = 0;
    for (int i = 0; i < 8; ++i, value >>= 8) turned = turned << 8 | (value & 0xff);
    if (reading_.note.empty()) push(reading_.values.add_real(std::bit_cast<double>(turned), line_));
  }

  void protocol() {
    const auto version = number(1);
    if (reading_.note.empty() && (version < 2 || version > 5 || opcode_at_ != 0)) {
      reading_.refused = true;
      reading_.note = fmt::format("not read: pickle protocol {} at byte {}", version, opcode_at_);
    }
  }

  void step() {
    if (!has(1)) return;
    opcode_at_ = at_;
    const auto code = static_cast<unsigned char>(bytes_[at_++]);
    count_lines();
    switch (code) {
      case 0x80: return protocol();
      case 0x95: number(8); return;  // FRAME: how much the writer flushed at once
      case '.': stopped_ = true; return;
      case '(': return mark();
      case '}': return push(reading_.values.add_map(line_));
      case ']': return push(reading_.values.add_list(line_));
      case ')': return push(reading_.values.add_list(line_));
      case 'N': return push(Values::none);
      case 0x88: return push(reading_.values.add_boolean(true, line_));
      case 0x89: return push(reading_.values.add_boolean(false, line_));
      case 'K': return integer(1, false);
      case 'M': return integer(2, false);
      case 'J': return integer(4, true);
      case 0x8a: return long_integer(number(1));
      case 0x8b: return long_integer(number(4));
      case 'G': return real();
      case 0x8c: return text(number(1));
      case 'X': return text(number(4));
      case 0x8d: return text(number(8));
      case 0x85: return tuple(1);
      case 0x86: return tuple(2);
      case 0x87: return tuple(3);
      case 't': return marked_tuple();
      case 'a': return append_one(1, Values::Kind::list);
      case 's': return append_one(2, Values::Kind::map);
      case 'e': return close_into(Values::Kind::list);
      case 'u': return close_into(Values::Kind::map);
      case 'q': return put(number(1));
      case 'r': return put(number(4));
      case 0x94: return put(memoized_);  // MEMOIZE
      case 'h': return get(number(1));
      case 'j': return get(number(4));
      default: return refuse(code, opcode_at_);
    }
  }

  void count_lines() {
    for (; counted_ < opcode_at_; ++counted_) line_ += bytes_[counted_] == '\n';
  }

  std::string_view bytes_;
  std::size_t at_ = 0, opcode_at_ = 0, counted_ = 0, pushes_ = 0;
  std::uint32_t line_ = 1;
  std::uint64_t memoized_ = 0;
  bool stopped_ = false;
  std::vector<Values::Id> stack_, memo_;
  std::vector<std::uint32_t> marks_;
  ValueReading reading_;
};

}  // namespace

bool begins_like_pickle(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
}

ValueReading read_pickle(std::string_view bytes) { return Machine(bytes).run(); }

}  // namespace gpm::parsers::torch
