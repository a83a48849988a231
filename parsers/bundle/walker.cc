// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/walker.h"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/bundle/archive_reader.h"
#include "parsers/bundle/unpack.h"

namespace gpm::bundle {
namespace {

// A zip within something is read into memory up to this size, to have its directory.
constexpr std::size_t kSmallZip = std::size_t{8} << 20;
// What may follow the end of a tar before it is left unread; tar pads to 10 KiB.
constexpr std::size_t kPaddingAtMost = std::size_t{1} << 20;
constexpr std::size_t kNameAtMost = 4096;

}  // namespace

std::string entry_path(std::string_view name) {
  std::string path;
  name = name.substr(0, kNameAtMost);
  while (!name.empty()) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (!path.empty()) path += '/';
    path += part;
  }
  return path.empty() ? "(unnamed)" : path;
}

void Walker::open(Source& bytes, const RandomAccess* file, const Place& place) {
  Lookahead in(bytes);
  const Packing packing = sniff(in.peek(kSniffBytes));
  if (packing == Packing::none) return hand_over(in, place.path);

  const int depth = place.depth - (place.unpacked && is_archive(packing) ? 1 : 0);
  if (depth > limits().depth) {
    return note(
        place.path,
        {"limit:depth", fmt::format("It lies within {} archives within the outermost one; what it holds is not read.",
                                    limits().depth)});
  }
  in.hold();
  if (is_archive(packing)) {
    open_archive(packing, in, file, place, depth);
  } else {
    open_packed(packing, in, place);
  }
}

void Walker::open_packed(Packing packing, Lookahead& in, const Place& place) {
  const auto unpacked = unpack(packing, in, budget_);
  Lookahead out(*unpacked);
  if (out.peek(1).empty() && out.fault().status == "damaged") {
    return hand_over_as_found(packing, in, place.path, out.fault());
  }
  in.release();
  Place within = place;
  ++within.depth;
  within.unpacked = true;
  open(out, nullptr, within);
}

void Walker::open_archive(Packing packing, Lookahead& in, const RandomAccess* file, const Place& place, int depth) {
  if (packing == Packing::zip && is_empty_zip(in.peek(kEmptyZipAtMost + 1))) return;
  BytesSource small(packing == Packing::zip && file == nullptr ? in.peek(kSmallZip + 1) : std::string_view());
  bool whole = false;
  if (packing == Packing::zip) {
    whole = file == nullptr && small.size() <= kSmallZip;
    if (whole) file = &small;
    if (file != nullptr && !has_small_directory(*file)) file = nullptr;
  }
  ArchiveReader reader(packing, in, file, budget_);
  bool any = false;
  while (!stopped()) {
    const auto entry = reader.next();
    if (!entry) break;
    // `small` looks at what `in` holds; a zip read by its directory takes nothing from `in`.
    if (!std::exchange(any, true)) in.release();
    open_entry(reader, *entry, place, depth);
  }
  if (stopped()) return;
  Fault fault = reader.fault();
  if (!fault && !any && packing == Packing::zip) fault = {"damaged", "No entry of a zip archive follows."};
  if (fault && !any) return hand_over_as_found(packing, in, place.path, fault);
  if (!fault && packing == Packing::tar) {
    // A tar says where it ends. Whether the stream around it was whole is known only at the stream's end.
    for (std::size_t padding = 0; padding <= kPaddingAtMost;) {
      const std::size_t size = in.next().size();
      if (size == 0) {
        fault = in.fault();
        break;
      }
      padding += size;
    }
  }
  if (!fault && whole) fault = in.fault();
  if (!fault) return;
  note(place.path, fault);
  stop_at_total(fault);
}

void Walker::open_entry(ArchiveReader& reader, const ArchiveEntry& entry, const Place& archive, int depth) {
  if (entry.type == ArchiveEntry::Type::folder) return;
  Place place;
  place.path = archive.inside + entry_path(entry.path);
  if (entry.type == ArchiveEntry::Type::link) {
    return note(place.path,
                {"skipped:link", fmt::format("A link to \"{}\"; links are not followed.", shown(entry.target))});
  }
  if (entry.type == ArchiveEntry::Type::special) {
    return note(place.path, {"skipped:special", "A device, pipe or socket, not a file."});
  }
  if (entry.encrypted) return note(place.path, {"encrypted", "It is encrypted and cannot be read."});
  place.inside = place.path + '/';
  place.depth = depth + 1;
  open(reader.data(), nullptr, place);
}

// Its first bytes looked like something packed, but nothing came out: it may as well be something else.
void Walker::hand_over_as_found(Packing packing, Lookahead& in, std::string_view path, const Fault& fault) {
  if (!in.rewind()) return note(path, fault);
  in.release();
  hand_over(in, path,
            {fault.status, fmt::format("It begins like {} but cannot be unpacked, so it is read as it is. {}",
                                       name_of(packing), fault.note)});
}

void Walker::hand_over(Source& bytes, std::string_view path, const Fault& known) {
  if (!begin(path)) return;
  Fault fault = pass_on(bytes);
  if (!fault) fault = known;
  stop_at_total(fault);
  sink_.end(fault ? fault.status : "ok", fault.note);
}

void Walker::note(std::string_view path, const Fault& fault) {
  if (begin(path)) sink_.end(fault.status, fault.note);
}

bool Walker::begin(std::string_view path) {
  if (stopped()) return false;
  Usage& usage = budget_.usage();
  const bool too_many = usage.documents >= limits().documents;
  if (too_many) budget_.stop();
  if (!too_many) ++usage.documents;
  sink_.begin(path);
  if (too_many) {
    sink_.end("limit:documents",
              fmt::format("The bundle holds more than {} documents; this one and the rest are not read.",
                          limits().documents));
  }
  return !too_many;
}

// Total limits that a stream met by itself.
void Walker::stop_at_total(const Fault& fault) {
  if (fault.status == "limit:total-bytes") budget_.stop();
}

// Gives why the document is not whole.
Fault Walker::pass_on(Source& bytes) {
  Usage& usage = budget_.usage();
  std::uint64_t done = 0;
  for (;;) {
    const std::string_view chunk = bytes.next();
    if (chunk.empty()) return bytes.fault();
    const std::uint64_t room_here = limits().document_bytes - done;
    const std::uint64_t room = limits().total_bytes - std::min(limits().total_bytes, usage.total_bytes.load());
    const std::string_view used =
        chunk.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>({room_here, room, chunk.size()})));
    done += used.size();
    usage.total_bytes += used.size();
    if (!used.empty()) sink_.data(used);
    if (used.size() == chunk.size()) continue;
    if (room <= room_here) return total_bytes_fault(limits());
    return {"limit:document-bytes",
            fmt::format("It holds over {} bytes; the rest is not read.", limits().document_bytes)};
  }
}

}  // namespace gpm::bundle
