// SPDX-License-Identifier: Apache-2.0
//
// The knowledge base as the program sees it. Written as YAML in kb/, checked and packed into the binary (kb/packed.h) by the
// build (kb/compiler), extended or overridden by `--kb DIR`. docs/how-to-add-a-cause.md shows the YAML.
//
// Everything is views: of constants in the binary, or of strings that a loaded Knowledge owns.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gpm::kb {

struct Text {
  std::string_view en;
  std::string_view zh;

  std::string_view in(std::string_view language) const { return language == "zh" ? zh : en; }
};

// What a signal can be in the story of an incident.
enum class Role {
  candidate,     // can be the cause
  consequence,   // follows from something else
  confirmation,  // makes a candidate surer, is no trouble by itself
  teardown,      // clean-up after the end
  advice,        // text that tools print along with any error; never evidence
  benign,        // looks bad, is not
};

// How much a signal says about a cause. The numbers behind the words are the ranker's.
enum class Weight {
  decisive,
  strong,
  moderate,
  weak,
  guess,  // brings its cause to even odds, whatever its prior
  against,
  rules_out,
};

enum class Prior { common, usual, rare };
enum class Risk { safe, restarts_job, restarts_node, hardware };
enum class FixKind { cure, workaround };
enum class Hardware { suspect, cleared, unknown };

// What complaints about one matter say, and how much that means.
struct Says {
  std::string_view pattern;  // RE2; case is ignored
  Weight weight = Weight::strong;
};

// A named observation. Exactly one of pattern, query, computed, combination and topic says how it is found.
struct Signal {
  std::string_view id;  // "kernel.xid.31", "container.shm.small"
  Text title;           // one phrase, as it reads in a report: "Xid 31: the GPU's MMU refused an access"
  Role role = Role::candidate;

  // RE2 over a line's message. Named groups become fields of the event: host, pci, gpu_index, gpu_uuid, rank, pid,
  // process, pod, container, code; any other name becomes an attribute. Gates: literals of which a matching line always
  // holds one (ASCII case ignored), 3 bytes at least.
  std::string_view pattern;
  std::span<const std::string_view> gates;
  // Working jobs print such lines all the time: of a long document the scanner shows only some of them (Scanner).
  bool sampled = false;

  // One SELECT over the documented tables. Columns read by name where present: document_id, line, text, host, pci,
  // gpu_index, gpu_uuid, rank, pod, container, process, pid, utc_ns, since_boot_ns, count. No row = signal absent.
  std::string_view query;
  // Found out from the query (kb/query_needs.h): lists of facts, of each of which the store must hold one for a row. Empty = not known.
  std::span<const std::string_view> needs;

  // Name of a function in analyzer/signals/computed.cc, for what SQL cannot say.
  std::string_view computed;

  // Present when every signal of `all`, one of `any` (if given) and none of `none` is present. Its evidence is theirs.
  std::span<const std::string_view> all, any, none;

  // Present when nothing else decides and this is what the complaints of the bundle are about (analyzer/signals/topics.h).
  std::span<const Says> topic;

  // Lines that the pattern must match (that the topic must win) and lines that look alike and must not; tests run them.
  std::span<const std::string_view> examples, near_misses;
  std::span<const std::string_view> references;
};

struct Use {
  std::string_view signal;
  Weight weight;
  // Uses of one cause with the same family tell the same thing twice: only the heaviest that is present counts.
  std::string_view family;
};

struct Check {
  Text look;                 // what to see when it worked
  std::string_view command;  // may be empty
};

struct Fix {
  // Where one of them is present, this fix comes before those of its cause that nothing in the bundle asks for.
  std::span<const std::string_view> signals;
  Text act;
  std::string_view where;  // any, bare-metal, docker, kubernetes, slurm
  FixKind kind = FixKind::cure;
  Risk risk = Risk::safe;
  Text risk_note;          // what the risk is; empty only for safe
  // Templates: {gpu_index} {pci} {gpu_uuid} {pid} {host} {pod} {container} are filled in only with values that match
  // their type's strict pattern, shell-quoted; else <gpu-index> and so on stands there.
  std::span<const std::string_view> commands;
  std::span<const Check> verify;
  std::span<const std::string_view> references;
};

// Something to collect that would decide.
struct Artefact {
  std::string_view id;
  Text what;
  std::string_view command;                   // template as above; may be empty
  std::span<const std::string_view> formats;  // documents.format values that are this artefact
};

struct Wanted {
  std::string_view artefact;
  Text why;  // what it would decide
};

struct Cause {
  std::string_view id;     // of the vocabulary of root causes; a stable public name
  std::string_view group;  // hardware, driver-and-os, application, container, nccl-and-network
  Text title;
  Text explanation;        // for the person on call: what happened and why it follows from the evidence
  Prior prior = Prior::usual;
  bool symptom = false;    // right only where nothing explains the symptom further
  Hardware hardware = Hardware::unknown;
  std::span<const Use> uses;                         // for and against
  std::span<const std::string_view> explains;        // signals that follow from this cause and so speak for no other
  // Signals whose lines name what is at fault, where the heaviest evidence comes from those who noticed (the peers of a
  // host with a wrong interface), first those that know best. Empty, or none of them present = the heaviest evidence names it.
  std::span<const std::string_view> place;
  // Signals whose lines name the process that the fixes are about (the holder of the memory, not who gets none). Empty =
  // those of `place`, else all.
  std::span<const std::string_view> process;
  std::span<const Fix> fixes;
  std::span<const Wanted> collect;
  std::span<const std::string_view> references;
};

// A number that a driver, a library or an operating system prints for an event, and what is known of it. Fields that
// the family does not have are empty; `explain` tells from fault, severity and buckets where no text is written.
struct Code {
  std::string_view id;      // <family>.<number>: "xid.79", "cuda.802"; unique
  std::string_view family;  // id of a CodeFamily
  std::int64_t number = 0;
  std::span<const std::string_view> names;  // as sources spell it: cudaErrorIllegalAddress
  Text title;                               // one phrase
  std::string_view message;                 // text that is printed with it, where it is always the same
  std::optional<std::int64_t> old_number;   // the same thing's number before (CUDA runtime before 10.1)

  std::string_view fault;        // whose matter it is: app, driver, firmware, hardware, nvlink, info, setup, system, ok
  std::string_view severity;     // info, warning, serious, fatal; empty = depends
  std::string_view scope;        // what a fatal one takes with it: fabric, port, maybe (read the printed word), no
  std::string_view sticky;       // CUDA: yes, likely, no: whether the process can use CUDA afterwards
  std::string_view immediate;    // id of a Bucket: what to do at once
  std::string_view investigate;  // id of a Bucket: what to find out then
  std::span<const std::string_view> applies;  // A100 H100 B100 GB200; older: no longer used, newer: not in the catalog
  bool doubtful = false;         // sources disagree, or there is only one

  Text means, usually, look, act;             // hand-written; all or none of means and act
  std::span<const std::string_view> related;  // ids of codes that come with it or are asked for next
  std::span<const std::string_view> causes;   // ids of causes that end in it, beside those that its line speaks for
  std::string_view example;                   // a log line that carries it, as it is printed; empty = the family's
  std::span<const std::string_view> references;
};

struct CodeFamily {
  std::string_view id;       // xid, sxid, cuda, nccl, exit, signal, dcgm, rm-init, nv-status, link-down, recovery
  Text title;                // "Xid" is one of these: what kind of number it is
  std::string_view example;  // a line with {code} and {message} filled in; empty = none is printed
  std::span<const std::string_view> references;  // of all its codes
};

// What NVIDIA's Xid catalog and NVSentinel call a resolution bucket: RESET_GPU, RESTART_BM ...
struct Bucket {
  std::string_view id;
  Text text;  // one sentence: what to do
};

// One row of the catalog's NVLink5 table (Xid 144 to 150). It applies where intrInfo & mask == value, in the layout of
// the driver (v1 before R575, v2 from R575), and the error status is one of `statuses` (none = any).
struct LinkDecode {
  std::string_view id;  // "nvlink5.<xid>.<row>"; orders rows
  std::int64_t xid = 0;
  std::string_view unit_v1, unit_v2;  // as the line prints them
  std::uint32_t mask_v1 = 0, value_v1 = 0, mask_v2 = 0, value_v2 = 0;
  std::span<const std::uint32_t> statuses;
  std::string_view immediate, investigate;  // ids of Buckets
  // Instead of `immediate` where intrInfo & mask == value (the fault was promoted to a fatal one); empty = never.
  std::string_view promoted;
  std::uint32_t promoted_mask_v1 = 0, promoted_value_v1 = 0, promoted_mask_v2 = 0, promoted_value_v2 = 0;
  std::string_view severity;  // fatal, link-fatal, non-fatal
  std::string_view origin;    // HW, SW, HW/SW, FW; empty where the catalog gives none
  Text effects;               // what follows here and at the peer; may be empty
};

// One way in which a known line is spelt. Either a template as its source writes it, printf's placeholders included
// ("Connect to %s failed : %s", kb/match/line_shape.h), or an RE2 pattern with a literal that each match holds.
struct LineForm {
  std::string_view text;
  std::string_view pattern, anchor;
  std::string_view since, until;  // first and last version that prints it so, where known
  std::string_view example;       // a real line
};

// A log line of which it is known what it says. It explains lines to people; the ranker does not look at it.
struct KnownLine {
  std::string_view id;      // <source>.<name>
  std::string_view source;  // nccl, torch, cuda, kernel, container, kubernetes, framework, launcher, python, tool
  Role role = Role::candidate;
  Text means;                                // what it says and what it usually comes from
  std::span<const std::string_view> causes;  // ids of causes that it points to
  std::span<const LineForm> forms;           // one at least; the present one first
  std::span<const std::string_view> near_misses;
  std::span<const std::string_view> references;
};

// The entries of one kind: they lie somewhere, or are there when they are first asked for.
template <typename Entry>
class Table {
 public:
  using Entries = std::span<const Entry>;

  constexpr Table() = default;
  template <typename Range>
    requires std::convertible_to<const Range&, Entries> && (!std::same_as<Range, Table>)
  constexpr Table(const Range& entries) : entries_(entries) {}
  constexpr Table(const Entry* entries, std::size_t size) : entries_(entries, size) {}
  // `make` gives the same each time, from any thread.
  constexpr explicit Table(Entries (*make)()) : make_(make) {}

  Entries all() const { return make_ ? make_() : entries_; }
  operator Entries() const { return all(); }
  auto begin() const { return all().begin(); }
  auto end() const { return all().end(); }
  const Entry* data() const { return all().data(); }
  std::size_t size() const { return all().size(); }
  bool empty() const { return all().empty(); }
  const Entry& front() const { return all().front(); }
  const Entry& operator[](std::size_t i) const { return all()[i]; }

 private:
  Entries entries_;
  Entries (*make_)() = nullptr;
};

struct Knowledge {
  std::string_view date;  // YYYY-MM-DD of the newest change
  // Ordered by id.
  Table<Signal> signals;
  Table<Cause> causes;
  Table<Artefact> artefacts;
  Table<CodeFamily> families;
  Table<Code> codes;
  Table<Bucket> buckets;
  Table<LinkDecode> link_decodes;
  Table<KnownLine> lines;
};

// The knowledge that is compiled in.
const Knowledge& embedded();

}  // namespace gpm::kb
