// SPDX-License-Identifier: Apache-2.0
//
// The two kinds of parser. A new object is made for each document; it may keep state between lines.
//
// LineParser reads any text that comes line by line, whatever the file is called and whatever stands around it: it knows
// its own records and blocks when it sees them, so a table pasted in the middle of a ticket is read like a file of its
// own. It sleeps until a line holds one of its gate literals; the scanner finds those for all parsers in one pass, so a
// sleeping parser costs nothing. While it is inside a block (a table, a traceback) it asks for every following line.
//
// TreeParser reads formats that make sense only as a whole (JSON, XML). It gets documents up to tree_document_bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::parsers {

enum class Want {
  gated,  // sleep until a line holds a gate literal
  next,   // hand over the next line, whatever it holds
};

class LineParser {
 public:
  virtual ~LineParser() = default;
  // Name for documents.format ("dmesg", "nvidia-smi", "nccl").
  virtual std::string_view format() const = 0;
  // Literals of which a line must hold one (ASCII case ignored) to be handed over; at least one, at least 3 bytes each.
  virtual std::span<const std::string_view> gates() const = 0;
  // Those of the gates that a working job's lines hold all the time and that say the same again: of a long document only
  // some of their lines are handed over, the last one always.
  virtual std::span<const std::string_view> sampled_gates() const { return {}; }
  // Whether a line that holds none but this parser's gates surely says nothing new. Asked before the line is unwrapped.
  virtual bool said_before(std::string_view raw) const {
    (void)raw;
    return false;
  }
  // Whether this parser, while it sleeps, reads each line for itself: what it gives depends on no other line, but for a next
  // one that it asks for. Of thousands of such lines that differ in nothing that a fact would keep, it is shown some.
  virtual bool reads_alone(std::string_view raw) const {
    (void)raw;
    return false;
  }
  virtual Want line(const text::Line& line, facts::Sink& sink) = 0;
  // The document is over; a block that is still open ends here.
  virtual void end(facts::Sink& sink) { (void)sink; }
};

inline constexpr std::size_t tree_document_bytes = 16u << 20;

class TreeParser {
 public:
  virtual ~TreeParser() = default;
  virtual std::string_view format() const = 0;
  // Whether the first bytes (up to 4 KiB) look like this format. `path` is only a hint.
  virtual bool sniff(std::string_view head, std::string_view path) const = 0;
  // Whether it also reads such a document pasted below a prompt; false where a line parser does that.
  virtual bool reads_parts() const { return false; }
  // Whether a document that it sniffed has no lines that anybody could read: then nobody looks for any, however few
  // control characters it begins with.
  virtual bool binary(std::string_view head) const {
    (void)head;
    return false;
  }
  // Path of the document, before parse(): for what stands nowhere but in the name.
  virtual void lies_at(std::string_view path) { (void)path; }
  // Gives facts; what cannot be read becomes a Note. Returns false if the document is not of this format after all.
  virtual bool parse(std::string_view document, facts::Sink& sink) = 0;
};

}  // namespace gpm::parsers
