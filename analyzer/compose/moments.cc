// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/moments.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "analyzer/compose/clock.h"
#include "analyzer/compose/compose.h"
#include "parsers/formats/formats.h"
#include "parsers/text/wrapper.h"

namespace gpm::compose {
namespace {

struct Entry {
  const kb::Signal* signal;
  const signals::Observation* o;
};

// For each signal the rank of the first cause that it has to do with.
struct Ties {
  std::map<std::string_view, int> evidence_of, follows_from;

  Ties(const signals::Findings& findings, const std::vector<ranking::RankedCause>& ranked, std::size_t causes) : findings_(findings) {
    for (std::size_t i = 0; i < ranked.size() && i < causes; ++i) {
      const auto rank = static_cast<int>(i) + 1;
      for (const auto& term : ranked[i].terms)
        if (term.weight > 0 || term.reduced == ranking::Reduced::family) add(term.use->signal, rank, 0);
      for (auto signal : ranked[i].cause->explains) follows_from.emplace(signal, rank);
    }
  }

 private:
  // A combination's evidence is that of its members.
  void add(std::string_view id, int rank, int depth) {
    constexpr int deepest = 8;
    evidence_of.emplace(id, rank);
    const auto* present = findings_.find(id);
    if (present == nullptr || depth == deepest) return;
    for (const auto& members : {present->signal->all, present->signal->any})
      for (auto member : members) add(member, rank, depth + 1);
  }

  const signals::Findings& findings_;
};

std::vector<Entry> entries_in_order(const signals::Findings& findings) {
  std::vector<Entry> entries;
  std::set<std::tuple<std::string_view, std::uint64_t>> listed;
  for (const auto& [id, present] : findings.present) {
    if (!on_timeline(*present.signal)) continue;
    for (const auto& o : present.observations)
      if (listed.emplace(o.document, o.line).second) entries.push_back({present.signal, &o});
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const auto key = [](const signals::Observation& o) {
      return std::tuple(!o.utc_ns, o.utc_ns.value_or(0), !o.since_boot_ns, o.since_boot_ns.value_or(0), std::string_view(o.document), o.line);
    };
    return key(*a.o) < key(*b.o);
  });
  return entries;
}

using FormatOf = std::map<std::string_view, std::string_view>;  // by path

// The same message of the same host in several logs (dmesg, dmesg -T, the journal) is one event: the first is kept.
class Echoes {
 public:
  bool is_echo(const Entry& entry) {
    const auto& o = *entry.o;
    if (!o.utc_ns) return false;
    std::string scratch;
    auto& before = seen_[{entry.signal->id, o.place.host, std::string(text::unwrap(1, o.text, scratch).message)}];
    const auto same = std::find_if(before.begin(), before.end(), [&](const signals::Observation* b) {
      const auto slack = std::max({o.time_precision_ms, b->time_precision_ms, least_ms}) * 1'000'000;
      // Each line has one echo in each other log, so that a burst of equal lines stays a burst.
      return b->document != o.document && *o.utc_ns - *b->utc_ns <= slack && !echoed_.contains({b, o.document});
    });
    if (same != before.end()) {
      echoed_.emplace(*same, o.document);
      return true;
    }
    before.push_back(&o);
    return false;
  }

 private:
  static constexpr std::int64_t least_ms = 1000;
  std::map<std::tuple<std::string_view, std::string, std::string>, std::vector<const signals::Observation*>> seen_;
  std::set<std::pair<const signals::Observation*, std::string_view>> echoed_;
};

report::Moment moment(const Entry& entry, const Ties& ties, const FormatOf& formats, const std::string& language) {
  const auto& o = *entry.o;
  report::Moment m;
  if (o.utc_ns) m.time = rfc3339(*o.utc_ns, o.time_precision_ms);
  if (o.since_boot_ns) m.boot_time = boot_seconds(*o.since_boot_ns);
  m.time_from = o.time_from;
  m.time_precision_ms = o.time_precision_ms;
  m.host = o.place.host;
  m.kind = entry.signal->id;
  m.title = entry.signal->title.in(language);
  m.document = o.document;
  m.line = o.line;
  m.text = o.text;
  m.count = o.count;
  const auto format = formats.find(o.document);
  m.source = source_of(entry.signal->id, format == formats.end() ? std::string_view() : format->second);
  m.utc_ns = o.utc_ns;
  if (o.count > 1) m.last_utc_ns = o.last_utc_ns;
  const auto rank_in = [&](const auto& ranks) {
    const auto at = ranks.find(entry.signal->id);
    return at == ranks.end() ? 0 : at->second;
  };
  m.evidence_of = rank_in(ties.evidence_of);
  m.follows_from = rank_in(ties.follows_from);
  // What a better cause explains is no evidence of a lesser one.
  if (m.follows_from != 0 && m.evidence_of > m.follows_from) m.evidence_of = 0;
  return m;
}

}  // namespace

bool on_timeline(const kb::Signal& signal) {
  if (signal.role == kb::Role::benign || signal.role == kb::Role::advice || signal.role == kb::Role::confirmation) return false;
  return !signal.pattern.empty() || !signal.query.empty();  // combinations repeat their members
}

std::string source_of(std::string_view signal, std::string_view format) {
  const auto is = [](std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const auto word = signal.substr(0, signal.find('.'));
  if (is(word, {"kernel", "nccl"})) return std::string(word);
  if (is(word, {"torch", "cuda", "app", "lib", "jax", "horovod", "ucx", "nvshmem", "mpi", "ray", "vllm", "python"})) return "application";
  if (is(word, {"container", "k8s", "kubernetes", "operator", "slurm", "job", "monitor"})) return "platform";
  // The rest is named for what it is about; who says it is told by where it stands.
  if (is(format, {"dmesg", "dmesg-json", "kmsg", "syslog", "journal-json"})) return "kernel";
  if (format == "nccl") return "nccl";
  if (const auto* known = formats::find(format); known != nullptr) {
    for (std::string_view family : {"kubernetes", "container-spec"})
      if (known->families.find(family) != std::string_view::npos) return "platform";
    if (!is(format, {"app-log", "nccl-tests", "flight-recorder", "py-spy", "kubectl-logs"})) return "host";
  }
  return "application";
}

void add_timeline(const signals::Findings& findings, const std::vector<ranking::RankedCause>& ranked, report::Result& result) {
  const Ties ties(findings, ranked, result.causes.size());
  FormatOf formats;
  for (const auto& document : result.documents) formats.emplace(document.path, document.format);
  Echoes echoes;
  for (const auto& entry : entries_in_order(findings)) {
    if (echoes.is_echo(entry)) continue;
    if (result.timeline.size() == timeline_moments) {
      ++result.timeline_omitted;
      continue;
    }
    result.timeline.push_back(moment(entry, ties, formats, result.language));
  }
  const auto first = std::find_if(result.timeline.begin(), result.timeline.end(), [](const auto& m) { return m.utc_ns && m.evidence_of == 1; });
  if (first != result.timeline.end()) first->first = true;
}

}  // namespace gpm::compose
