// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/gpu_identity.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string_view>
#include <utility>

namespace gpm::store {
namespace {

constexpr std::size_t max_gpus = 4096;     // merging is quadratic; more is no machine but an attack
constexpr std::size_t max_listings = 500;  // compared with one another

// GPUs that are known to be one, merged by UUID, by address on a host, by index on a host.
class GpuSet {
 public:
  void add(KnownGpu row) {
    for (auto& known : rows_)
      if (same(known, row)) return merge(known, row);
    rows_.push_back(std::move(row));
  }

  // Rows that were added apart may have become the same through a later one.
  std::vector<KnownGpu>& settle() {
    for (std::size_t i = 0; i < rows_.size(); ++i)
      for (std::size_t j = i + 1; j < rows_.size();) {
        if (same(rows_[i], rows_[j])) {
          merge(rows_[i], rows_[j]);
          rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(j));
        } else {
          ++j;
        }
      }
    return rows_;
  }

 private:
  static bool same(const KnownGpu& a, const KnownGpu& b) {
    if (!a.uuid.empty() && !b.uuid.empty()) return a.uuid == b.uuid;
    if (a.host != b.host) return false;
    if (!a.pci.empty() && !b.pci.empty()) return a.pci == b.pci;
    return a.index && b.index && *a.index == *b.index;
  }
  static void merge(KnownGpu& into, const KnownGpu& from) {
    if (into.host.empty()) into.host = from.host;
    if (!into.index) into.index = from.index;
    if (into.pci.empty()) into.pci = from.pci;
    if (into.uuid.empty()) into.uuid = from.uuid;
    if (into.serial.empty()) into.serial = from.serial;
    // The table cuts long names ("NVIDIA A100-SXM..."): the longer one is the whole one.
    if (from.name.size() > into.name.size() || into.name.ends_with("...")) into.name = from.name.empty() ? into.name : from.name;
  }

  std::vector<KnownGpu> rows_;
};

struct Name {
  std::string pci, uuid;
};

bool differ(const Name& a, const Name& b) {
  if (!a.uuid.empty() && !b.uuid.empty()) return a.uuid != b.uuid;
  return !a.pci.empty() && !b.pci.empty() && a.pci != b.pci;
}

bool equal(const Name& a, const Name& b) {
  if (!a.uuid.empty() && !b.uuid.empty()) return a.uuid == b.uuid;
  return !a.pci.empty() && a.pci == b.pci;
}

// GPUs of one document in a row, no index of which names two.
struct Listing {
  std::string host;
  std::int64_t document = 0;
  std::uint64_t first_line = 0;
  std::map<int, Name> names;
  bool own = false;

  // 0, 1, ... without a gap: all that this nvidia-smi sees, unless somebody asked for one GPU.
  bool whole() const { return names.begin()->first == 0 && names.rbegin()->first + 1 == static_cast<int>(names.size()); }
  bool all(std::string Name::* name) const {
    return std::all_of(names.begin(), names.end(), [&](const auto& entry) { return !(entry.second.*name).empty(); });
  }
  bool none(std::string Name::* name) const {
    return std::all_of(names.begin(), names.end(), [&](const auto& entry) { return (entry.second.*name).empty(); });
  }
};

bool contradict(const Listing& a, const Listing& b) {
  for (const auto& [index, name] : a.names) {
    if (const auto same_index = b.names.find(index); same_index != b.names.end() && differ(name, same_index->second)) return true;
    for (const auto& [other_index, other] : b.names)
      if (other_index != index && equal(name, other)) return true;
  }
  // Nothing ties these two but their indices, and one of them does not see all GPUs.
  const auto apart = [](const Listing& few, const Listing& many) {
    return few.whole() && many.whole() && few.names.size() < many.names.size() && few.all(&Name::uuid) && few.none(&Name::pci) &&
           many.all(&Name::pci) && many.none(&Name::uuid);
  };
  return apart(a, b) || apart(b, a);
}

using Hosts = std::vector<std::string>;  // of each GpuSeen

std::vector<Listing> listings(const std::vector<GpuSeen>& seen, const Hosts& hosts) {
  // What one line ties holds for all: a UUID that has an address has it in every listing.
  std::map<std::string, std::string> pci_of;
  for (std::size_t i = 0; i < hosts.size(); ++i)
    if (const auto& place = seen[i].gpu.place; !place.pci.empty() && !place.gpu_uuid.empty()) pci_of.emplace(place.gpu_uuid, place.pci);
  std::vector<Listing> found;
  std::map<std::pair<std::int64_t, std::string>, std::size_t> open;  // the last of a document and host
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto& place = seen[i].gpu.place;
    if (!place.gpu_index || (place.pci.empty() && place.gpu_uuid.empty())) continue;
    Name name{place.pci, place.gpu_uuid};
    if (const auto known = pci_of.find(name.uuid); name.pci.empty() && known != pci_of.end()) name.pci = known->second;
    auto [at, is_new] = open.emplace(std::pair(seen[i].document, hosts[i]), found.size());
    if (!is_new) {
      const auto& names = found[at->second].names;
      const auto present = names.find(*place.gpu_index);
      if (present != names.end() && differ(present->second, name)) {
        is_new = true;
        at->second = found.size();
      }
    }
    if (is_new) {
      if (found.size() == max_listings) return found;
      found.push_back({hosts[i], seen[i].document, seen[i].gpu.at.line, {}});
    }
    auto& entry = found[at->second].names[*place.gpu_index];
    if (entry.pci.empty()) entry.pci = name.pci;
    if (entry.uuid.empty()) entry.uuid = name.uuid;
  }
  return found;
}

// Marks the listings whose indices are not the host's.
void mark_own(std::vector<Listing>& all) {
  std::vector<Listing*> by_size;
  for (auto& listing : all)
    if (!listing.host.empty()) by_size.push_back(&listing);
  std::stable_sort(by_size.begin(), by_size.end(), [](const Listing* a, const Listing* b) { return a->names.size() > b->names.size(); });
  for (std::size_t i = 0; i < by_size.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      auto &longer = *by_size[j], &listing = *by_size[i];
      const bool equally_long = longer.names.size() == listing.names.size();
      if (longer.host != listing.host || (longer.own && !equally_long) || !contradict(longer, listing)) continue;
      listing.own = true;
      if (equally_long) longer.own = true;
    }
}

}  // namespace

GpuNames known_gpus(const std::vector<GpuSeen>& seen, const std::function<std::string(const GpuSeen&)>& host_of) {
  Hosts hosts;
  for (std::size_t i = 0; i < seen.size() && i < max_gpus; ++i)
    hosts.push_back(seen[i].gpu.place.host.empty() ? host_of(seen[i]) : seen[i].gpu.place.host);
  auto all = listings(seen, hosts);
  mark_own(all);
  GpuNames result;
  // A document's listings follow one another; each goes as far as the next begins.
  std::map<std::int64_t, std::vector<const Listing*>> of_document;
  for (const auto& listing : all) of_document[listing.document].push_back(&listing);
  const auto last_line = [&](const Listing& listing) {
    auto last = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (const auto* other : of_document[listing.document])
      if (other->first_line > listing.first_line) last = std::min(last, other->first_line - 1);
    return last;
  };
  const auto listing_of = [&](const GpuSeen& gpu) -> const Listing* {
    const auto found = of_document.find(gpu.document);
    if (found == of_document.end()) return nullptr;
    const Listing* best = nullptr;
    for (const auto* listing : found->second)
      if (listing->first_line <= gpu.gpu.at.line && (!best || listing->first_line >= best->first_line)) best = listing;
    return best;
  };
  for (const auto& listing : all)
    if (const auto last = listing.own ? last_line(listing) : 0; last > 0)
      for (const auto& [index, name] : listing.names)
        result.own.push_back({listing.document, listing.first_line, last, index, name.pci, name.uuid});

  GpuSet set;
  std::vector<std::string> numbered_hosts;
  for (const auto& listing : all)
    if (!listing.own) numbered_hosts.push_back(listing.host);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto& gpu = seen[i].gpu;
    const auto* listing = gpu.place.gpu_index ? listing_of(seen[i]) : nullptr;
    const bool own = listing && listing->own;
    if (own && gpu.place.pci.empty() && gpu.place.gpu_uuid.empty()) continue;
    set.add({hosts[i], own ? std::nullopt : gpu.place.gpu_index, gpu.place.pci, gpu.place.gpu_uuid, gpu.serial, gpu.name});
  }
  result.gpus = std::move(set.settle());
  // A UUID of a container that nothing ties to one of the GPUs that the host numbers is one of them, only not known which.
  std::erase_if(result.gpus, [&](const KnownGpu& gpu) {
    const bool of_own = std::any_of(result.own.begin(), result.own.end(), [&](const OwnIndex& own) { return own.uuid == gpu.uuid; });
    return of_own && !gpu.index && gpu.pci.empty() &&
           std::find(numbered_hosts.begin(), numbered_hosts.end(), gpu.host) != numbered_hosts.end();
  });
  return result;
}

}  // namespace gpm::store
