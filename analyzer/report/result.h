// SPDX-License-Identifier: Apache-2.0
//
// The result of one analysis: everything that a report says, computed. Views (terminal, JSON, Markdown, HTML) only lay it
// out; none computes. Texts from the knowledge base come in the one language that was asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gpm::report {

struct Document {
  std::string path;
  std::string format;  // dmesg, nvidia-smi, nccl, ..., text, binary, empty
  std::string status;  // ok, truncated, damaged, unreadable, encrypted, skipped:link, skipped:special, limit:<name>
  std::string note;    // one sentence; empty for ok
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t facts = 0;
  std::string host;    // empty if unknown
};

struct ParseNote {
  std::string document;
  std::uint64_t line = 0;  // 0 = the document as a whole
  std::string reason;
};

// One value that was measured or reported of a GPU, the newest where there are several.
struct Reading {
  std::string metric;   // docs/facts.md: gpu.temperature_c
  std::string subject;  // where the metric has one: a reason of gpu.clock_event
  std::string value;    // as printed
  // Why it is out of the ordinary: counted (errors), state (one that a healthy GPU is not in), below-max, hot, differs (from
  // most other GPUs); empty = ordinary.
  std::string unusual;
  std::string document;
  std::uint64_t line = 0;
};

struct Gpu {
  std::string host;
  std::optional<int> index;
  std::string pci, uuid, serial, name;
  std::vector<Reading> readings = {};  // only in Result::gpus
};

struct Host {
  std::string name;
  // In fixed order, only what is known: driver_version, cuda_version, kernel, os, numa_nodes, ...
  std::vector<std::pair<std::string, std::string>> facts;
  std::vector<std::string> unusual = {};  // names of facts whose value differs from that of most hosts
};

// A line that stands near a quoted one.
struct ContextLine {
  std::uint64_t line = 0;
  std::string text;
};

struct Evidence {
  std::string signal;        // id
  std::string signal_title;  // in the report's language
  bool against = false;
  std::string document;
  std::uint64_t line = 0;
  std::string text;
  std::string time;          // RFC 3339 UTC; empty = unknown
  std::int64_t time_precision_ms = 0;
  std::string time_from;     // facts::name(TimeFrom)
  std::uint64_t count = 1;   // equal lines that this one stands for
  // The part of `text` that made the signal; empty = not known. For marking it only: what is not found in `text` (a secret
  // was replaced there) is not shown.
  std::string match = {};
  std::vector<ContextLine> context = {};  // of the lines around it those that say something; without the line itself
};

struct Check {
  std::string look, command;
};

struct Fix {
  std::string act;
  std::string where;      // any, bare-metal, docker, kubernetes, slurm
  std::string kind;       // cure, workaround
  std::string risk;       // safe, restarts-job, restarts-node, hardware
  std::string risk_note;
  std::vector<std::string> commands;  // filled in, inert
  std::vector<Check> verify;
  std::vector<std::string> references;
  // It is for a platform of which the bundle shows no sign, while it shows another: of lesser interest here.
  bool elsewhere = false;
};

struct Where {
  std::vector<std::string> hosts;
  std::vector<Gpu> gpus;
  std::vector<int> ranks;
  std::vector<std::string> pods, containers, processes;
};

struct Cause {
  std::string id;
  int incident = 1;
  int rank = 1;
  double confidence = 0;  // 0 to 1, rounded to 3 digits
  std::string title, explanation;
  std::string why_not;  // why it is not the first of its incident; empty for the first
  Where where;
  std::vector<Evidence> evidence;  // for first, then against; within each by weight, time, document, line
  std::vector<std::string> explains;  // signal ids present in the bundle that this cause accounts for
  std::vector<std::string> explains_titles = {};  // of the same signals, in the report's language; empty = not known
  std::vector<Fix> fixes;
  std::vector<std::string> references;
  // For --explain-ranking: one line a term of the sum.
  std::vector<std::string> sum;
};

struct Moment {  // one entry of the timeline
  std::string time;       // RFC 3339 UTC; empty = unknown
  std::string boot_time;  // "155044.078590" where only the kernel's clock is known
  std::string time_from;
  std::int64_t time_precision_ms = 0;
  std::string host, kind, title, document, text;
  std::uint64_t line = 0, count = 1;
  std::string source = {};  // who speaks: kernel, nccl, application, platform (containers, Kubernetes, Slurm), host
  std::optional<std::int64_t> utc_ns = {}, last_utc_ns = {};  // `time`; and that of the last of `count` lines
  int evidence_of = 0;   // rank of the first cause that it speaks for; 0 = none
  int follows_from = 0;  // rank of the cause that explains it; 0 = none
  bool first = false;    // the first sign of the first cause's fault that has a time
};

struct Missing {
  std::string artefact, command, why;
};

struct UnusualLine {
  std::string document, text;
  std::uint64_t line = 0, count = 1;
  std::string role, means;  // where the knowledge base knows the line (kb::Role, its words); else empty
};

struct CommunicatorRank {
  int rank = 0;
  std::string host, phase, document;
  std::optional<int> gpu_index;
  std::string pci;
  std::uint64_t line = 0;  // of the furthest milestone
};

struct AbsentRank {
  int rank = 0;
  std::string host;  // where the launcher's blocks tell it
};

// Ranks of one communicator that are in the same state. States: never-seen (others wait for it), stopped (it came less far
// than most), aborted (nothing but its end was seen), waiting, done (set up).
struct RankGroup {
  std::string ranks;  // "0-6,8-63"; ends in "+9" where that many more do not fit
  std::uint64_t count = 0;
  std::string state, phase;
  std::vector<std::string> hosts;  // the first few
  std::uint64_t hosts_total = 0;
  std::optional<int> gpu_index;    // of a single rank
  std::string pci;
  std::string document, text;      // where the last milestone of one of them stands
  std::uint64_t line = 0;
};

struct Communicator {
  std::string id;
  std::optional<int> nranks;
  std::vector<CommunicatorRank> ranks;  // by rank
  std::string state = {};               // complete, stuck (all are there), incomplete (some were never seen); empty = unknown
  std::vector<RankGroup> groups = {};   // those at fault first
  std::vector<AbsentRank> absent = {};  // never seen; with `ranks` 4,096 at most
};

// A device of `nvidia-smi topo -m`.
struct TopologyDevice {
  std::string name;               // GPU0, NIC3
  std::string kind;               // gpu, nic
  std::optional<int> gpu_index;
  std::string pci;                // of a GPU, where other documents tell it
  std::string device;             // of a NIC: mlx5_0
  std::string numa, cpus;         // as printed; of a NIC that of the GPUs near it, where all agree
  std::string trouble = {};       // why it is marked: a port or link state ("mlx5_0:1 down", "2 of 18 NVLinks down"); else empty
};

struct TopologyLink {
  std::size_t from = 0, to = 0;  // places in `devices`, from < to
  std::string type;              // NV18, PIX, PXB, PHB, NODE, SYS
};

struct Topology {
  std::string host, document;
  std::uint64_t line = 0;
  std::vector<TopologyDevice> devices;  // GPUs by index, then NICs
  std::vector<TopologyLink> links;
};

struct ProcessMemory {
  std::string name;
  std::optional<std::int64_t> pid;
  std::optional<double> used_mib;
};

struct GpuUsage {
  std::optional<int> index;
  std::string pci;
  std::optional<double> used_mib, total_mib, utilization_percent;
  std::vector<ProcessMemory> processes;  // biggest first
};

// Memory and load of a host's GPUs as one document shows them, its last sample.
struct Usage {
  std::string host, document, time;  // time: RFC 3339 UTC; empty = unknown
  std::uint64_t line = 0;
  std::vector<GpuUsage> gpus;
  bool lists_processes = false;  // the document says which processes are there, or that there are none
};

// A setting that bears on GPUs: environment, container, limits, kernel.
struct Setting {
  std::string scope, subject, key, value, host, document;
  std::uint64_t line = 0, count = 1;  // count: places that say the same of other subjects or hosts
  std::string signal, signal_title;   // the signal that it makes; empty = nothing unusual
  bool trouble = false;               // that signal can be a cause or follows from one; else it only confirms others
};

struct Verdict {
  std::string status;    // fault-found, undecided, no-fault-found
  std::string summary;   // one sentence
  std::string hardware;  // suspect, cleared, unknown
  std::string why;       // of `hardware`
};

// How often texts of a kind (token, password, key, email, user, ip, host, redacted) were replaced by pseudonyms.
struct Redacted {
  std::string kind;
  std::uint64_t places = 0;
};

struct Result {
  std::string tool_version, knowledge_date;
  std::string bundle_name;
  std::string language;  // en or zh
  std::string generated; // RFC 3339, only where SOURCE_DATE_EPOCH is set; else empty
  std::vector<Document> documents;         // by path; beyond 10,000 only those with facts, evidence or a bad status
  std::uint64_t documents_omitted = 0;     // how many were left out above
  std::uint64_t documents_total = 0, bytes_total = 0, lines_total = 0;
  std::uint64_t documents_recognised = 0, lines_recognised = 0;  // of a format of docs/formats.md
  std::vector<ParseNote> notes;
  std::uint64_t notes_omitted = 0;
  Verdict verdict;
  std::vector<Cause> causes;               // best first
  std::vector<Moment> timeline;
  std::uint64_t timeline_omitted = 0;
  std::vector<Missing> missing;
  std::vector<UnusualLine> unusual_lines;
  std::vector<Host> hosts;
  std::vector<Gpu> gpus;
  std::vector<Communicator> communicators;  // those that were not set up first, then the largest
  std::vector<Topology> topologies = {};       // by host, one each
  std::vector<Usage> usage = {};               // by host, one each
  std::vector<Setting> settings = {};          // unusual ones first
  std::uint64_t settings_omitted = 0;
  std::optional<std::vector<Redacted>> redacted;  // nothing = redaction was off
};

}  // namespace gpm::report
