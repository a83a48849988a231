// SPDX-License-Identifier: Apache-2.0
//
// Facts: what a parser says about its document, as plain values.
//
// A fact is one thing that the document states: something happened (Event), something is set (Setting), something was
// measured (Snapshot), a GPU exists (Gpu), a rank of a communicator got so far (RankMilestone). Each carries the line it
// stands on, so that every claim can be traced to bytes. Parsers know nothing of causes: "Xid 31 on 0000:7b:00.0" is a
// fact, "the program is at fault" is not.
//
// The vocabulary of kinds, keys and metrics is docs/facts.md; a parser that adds a word adds it there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gpm::facts {

// How a time was found; printed in reports, so that no guess passes for a fact.
enum class TimeFrom {
  none,           // the line has no time
  stated,         // the line states it with its zone (Z, +08:00, epoch)
  assumed_utc,    // date and clock without a zone; taken as UTC
  since_boot,     // the kernel's clock only; utc_ns is empty until something anchors the boot
  anchored_boot,  // the kernel's clock, anchored by a line that states its zone
  yearless,       // month, day and clock; utc_ns is empty until the bundle gives the year
  // What the store found out from other lines (analyzer/store/clocks.h); no parser gives these.
  anchored_boot_assumed_utc,  // the kernel's clock, anchored by a line without a zone, which is taken as UTC
  inferred_year,              // the year is another line's; no zone, taken as UTC
  inferred_zone,              // date and clock are the line's, the zone is another line's
  inferred_year_and_zone,     // year and zone are other lines'
};
std::string_view name(TimeFrom from);

struct Time {
  std::optional<std::int64_t> utc_ns;         // nanoseconds since 1970-01-01T00:00:00Z
  std::optional<std::int64_t> since_boot_ns;  // nanoseconds on the kernel's clock
  std::int64_t precision_ms = 0;              // the stamp may be off by this much; 0 where the stamp is finer than 1 ms
  TimeFrom from = TimeFrom::none;
  std::optional<std::int64_t> in_year_ns;  // yearless: nanoseconds since the start of the (leap) year 2000 to that day and clock
  int weekday = 0;                         // yearless: 1 Monday .. 7 Sunday, 0 not given; tells years apart
  std::optional<int> zone_minutes;         // east of UTC, where the stamp states a local zone (+08:00); not for Z
  bool host_zone = false;                  // written in the host's own zone (dmesg -T, syslog), not in a program's
};

// What a fact is about, as far as the line itself says. Empty fields are "not stated"; the store completes them from the
// document and from what other documents say of the same GPU or process.
struct Place {
  std::string host;                  // the node's own name, short form
  std::string pci;                   // GPU or device as 0000:5d:00.0 (text::pci_address writes it)
  std::optional<int> gpu_index;      // index in nvidia-smi's order on that host
  std::string gpu_uuid;              // GPU-xxxxxxxx-xxxx-...
  std::optional<int> rank;           // global rank of the job
  std::string pod;
  std::string container;
  std::string process;               // program name as the line gives it
  std::optional<std::int64_t> pid;   // in the PID namespace of whoever wrote the line
  // The number that srun -l puts before the line; the store finds out whether it is the rank (analyzer/store/rank_labels.h).
  std::optional<int> task = std::nullopt;
};

// Where in the document. `text` is the line as it stands there (at most text::max_evidence_bytes around what matters).
struct Origin {
  std::uint64_t line = 0;  // 1-based, in the document as decompressed
  std::string text;
};

using Attributes = std::map<std::string, std::string>;  // ordered: output must not depend on hashing

// Something happened. `kind` is dotted and stable ("kernel.xid", "nccl.warn", "torch.watchdog_timeout").
struct Event {
  std::string kind;
  std::optional<std::int64_t> code;  // the number that the kind is about: Xid, CUDA error, exit code
  Place place;
  Time time;
  Origin at;
  Attributes attributes;             // further named values of the line ("mmu_fault": "FAULT_PDE ...")
  std::int64_t times = 1;            // lines that this one stands for, itself included
};

// Something is configured: an environment variable, a field of a container spec, a kernel parameter, a limit.
struct Setting {
  std::string scope;    // env, container, pod, kernel_cmdline, kernel_module, host, limit, nccl, numactl
  std::string subject;  // whose: container name, process, device; empty = the document's host
  std::string key;      // as written there: NCCL_P2P_DISABLE, ShmSize, iommu
  std::string value;
  Place place;
  Origin at;
};

// Something was measured or reported as state at one moment.
struct Snapshot {
  std::string metric;            // with its unit: gpu.memory_used_mib, topo.link, numa.cpus
  std::string subject;           // second party where there is one: the peer GPU of a link, a NUMA node
  std::optional<double> number;  // where the value is a number
  std::string text;              // the value as printed
  Place place;
  Time time;
  Origin at;
};

// A GPU's identity. Several of these from several documents become one GPU in the store.
struct Gpu {
  Place place;  // host, pci, gpu_index, gpu_uuid as far as known
  std::string name;
  std::string serial;
  Origin at;
};

// How far one rank of one communicator has come. Phases are ordered; see docs/facts.md.
enum class RankPhase {
  seen,        // any line of the rank
  bootstrap,   // Bootstrap : Using
  start,       // Init START
  network,     // network chosen
  joined,      // all ranks have met: "Bootstrap timings" (2.23 and later), Init START (2.18.3 to 2.22)
  topology,    // graphs, NVLS, affinity
  channels,    // rings and trees planned
  connecting,  // "Channel ... via"
  connected,   // Connected all rings / trees
  complete,    // Init COMPLETE
  collective,  // a collective or a result table after init
  destroyed,   // Destroy COMPLETE
  aborted,     // Abort
};
std::string_view name(RankPhase phase);

struct RankMilestone {
  // commId as 0x...; of a split "0xPARENT:split1:color0" where only the parent's commId is known; the comm pointer with
  // host and pid ("0x7fb2@gpu07:81") where no commId is printed (before 2.16); "@gpu07:81" where not even the pointer is.
  std::string communicator;
  int rank = 0;
  std::optional<int> nranks;
  RankPhase phase = RankPhase::seen;
  Place place;
  Time time;
  Origin at;
};

// Something in the document could not be read as its format promises; the rest is still used.
struct Note {
  std::uint64_t line = 0;  // 0 = the document as a whole
  std::string reason;      // one sentence, lower case, no full stop
};

// Where a parser writes. Calls may come in any order; the sink keeps its own copies.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void add(Event event) = 0;
  virtual void add(Setting setting) = 0;
  virtual void add(Snapshot snapshot) = 0;
  virtual void add(Gpu gpu) = 0;
  virtual void add(RankMilestone milestone) = 0;
  virtual void add(Note note) = 0;
  // The document states which node it comes from (hostname output, uname, syslog's host column, Kubernetes nodeName).
  virtual void document_host(std::string_view host) = 0;
  // This text must not be quoted wherever it stands (a line of a private key). No fact.
  virtual void secret(std::string_view text) { (void)text; }
};

}  // namespace gpm::facts
