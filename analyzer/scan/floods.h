// SPDX-License-Identifier: Apache-2.0
//
// Floods: lines that repeat by the thousand, alike but for their values (skeleton.h).
//
//   [84031.402133] NVRM: Xid (PCI:0000:20:00): 31, pid=7727, name=python3, Ch 00000008, intr 00000000. MMU Fault: ...
//   [84031.402209] NVRM: Xid (PCI:0000:20:00): 31, pid=7727, name=python3, Ch 00000009, intr 00000000. MMU Fault: ...
//
// Once many lines of one skeleton have been read, one of them is passed over where reading it can add no row to the store:
//   - its values have been read together before, those apart that differ from line to line more often than a kind of fact may
//     have rows, and the clock of its prefix; such lines are counted, and the last one of them is read at the document's end;
//   - or every kind of fact that such lines give is full, and each of its values has been seen at its place; then one of a
//     few is read all the same, and the last one.
// A line that is read stands for those that were passed over. So a new Xid in a flood of others is always read.
//
// Bounded: so many skeletons, values and repeats of a document; what has no room is read. What is read does not depend on how
// the document comes in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/scan/skeleton.h"
#include "parsers/text/literals.h"

namespace gpm::scan {

class Floods {
 public:
  static constexpr std::uint64_t read_first = 512;      // lines of a skeleton
  static constexpr std::uint64_t full_for = 64;         // lines that gave nothing new before a skeleton counts as full
  static constexpr std::int64_t read_one_of = 64;       // where the kinds of facts are full
  static constexpr std::size_t most_values = 2048;      // more at one place: they are no part of what makes a fact
  static constexpr std::size_t max_line_bytes = 1024;

  void begin_document();

  // Whether the line need not be read. If it must be, was_read() is to be told what came of it, while `raw` is still there.
  bool pass_over(std::string_view raw, std::uint64_t line, const text::LiteralHit* first, const text::LiteralHit* last);
  // For the line that must be read: how many lines it stands for, itself included.
  std::int64_t stands_for() const { return stands_for_; }

  struct Outcome {
    bool news = false;   // something is known that no line before had said
    bool room = false;   // some fact is of a kind of which the store would keep more
    bool alone = true;   // the line's facts depend on no other line, as far as its readers say
    std::size_t prefix = 0;  // bytes before the message
  };
  void was_read(const Outcome& outcome);

  struct Held {
    std::string raw;
    std::uint64_t line = 0;
    std::int64_t times = 0;
  };
  // The last lines of those that were passed over, in their order.
  std::vector<Held> take_held();

 private:
  // Hashes of the values at one place of a skeleton's lines.
  class Values {
   public:
    bool holds(std::uint64_t hash) const;
    void insert(std::uint64_t hash);  // that it does not hold
    std::size_t size() const { return size_; }
    void clear() { *this = {}; }

   private:
    std::vector<std::uint64_t> table_;  // 0 = none
    std::size_t size_ = 0;
  };
  struct Place {
    Values values;
    bool free = false;   // too many values
    bool clock = false;  // of the line's prefix
    bool counts() const { return !free && !clock; }
  };
  struct Flood {
    std::uint64_t read = 0, full = 0;  // lines; of them, at last, that gave nothing new and found no room
    bool never = false;
    std::vector<Place> places;
    Held rest;  // passed over since one was read
  };

  void forget(std::uint64_t read);
  Flood* flood_of(std::uint64_t key);
  std::uint64_t combination(const Flood& flood) const;
  bool seen(const Flood& flood) const;
  void learn(Flood& flood);
  static void hold(Held& held, std::string_view raw, std::uint64_t line);

  std::unordered_map<std::uint64_t, Flood> floods_;
  std::unordered_map<std::uint64_t, Held> repeats_;  // by skeleton and combination of values; times 0 = read once
  std::size_t values_ = 0;                           // kept, of all
  std::size_t misses_ = 0;                           // lines for whose skeleton there was no room

  // The line that is to be read.
  Skeleton skeleton_;
  std::string_view raw_;
  std::uint64_t key_ = 0;
  Flood* flood_ = nullptr;
  std::int64_t stands_for_ = 1;
};

}  // namespace gpm::scan
