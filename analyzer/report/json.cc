// SPDX-License-Identifier: Apache-2.0
//
// The JSON report. Its schema is docs/report.schema.json, its manual docs/json-report.md; a test holds the three
// together.
#include <cmath>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "analyzer/report/json_writer.h"
#include "analyzer/report/views.h"

namespace gpm::report {
namespace {

constexpr std::string_view schema_id = "gpu-postmortem-report/1.0";

using Layout = JsonWriter::Layout;

// What is not known is null, never an empty text or 0.
void known(JsonWriter& json, std::string_view key, const std::string& text) {
  json.key(key);
  if (text.empty()) return json.null();
  json.value(text);
}

void known(JsonWriter& json, std::string_view key, const std::optional<int>& number) {
  json.key(key);
  if (!number) return json.null();
  json.value(*number);
}

void known(JsonWriter& json, std::string_view key, const std::optional<std::int64_t>& number) {
  json.key(key);
  if (!number) return json.null();
  json.value(*number);
}

// What was measured, in whole units.
void known(JsonWriter& json, std::string_view key, const std::optional<double>& number) {
  json.key(key);
  constexpr double most = 1e15;
  if (!number || !(*number >= -most && *number <= most)) return json.null();
  json.value(std::llround(*number));
}

void known_line(JsonWriter& json, std::uint64_t line) {
  json.key("line");
  if (line == 0) return json.null();
  json.value(line);
}

template <typename Items>
void flat_list(JsonWriter& json, std::string_view key, const Items& items) {
  json.key(key).begin_array(Layout::flat);
  for (const auto& item : items) json.value(item);
  json.end();
}

// An array over lines: `write` writes one item.
template <typename Items, typename Write>
void list(JsonWriter& json, std::string_view key, const Items& items, Write write) {
  json.key(key).begin_array();
  for (const auto& item : items) write(json, item);
  json.end();
}

void write_document(JsonWriter& json, const Document& document) {
  json.begin_object(Layout::flat);
  json.key("path").value(document.path);
  json.key("format").value(document.format);
  json.key("status").value(document.status);
  known(json, "note", document.note);
  json.key("bytes").value(document.bytes);
  json.key("lines").value(document.lines);
  json.key("facts").value(document.facts);
  known(json, "host", document.host);
  json.end();
}

void gpu_names(JsonWriter& json, const Gpu& gpu) {
  known(json, "host", gpu.host);
  known(json, "index", gpu.index);
  known(json, "pci", gpu.pci);
  known(json, "uuid", gpu.uuid);
  known(json, "serial", gpu.serial);
  known(json, "name", gpu.name);
}

void write_gpu(JsonWriter& json, const Gpu& gpu) {
  json.begin_object(Layout::flat);
  gpu_names(json, gpu);
  json.end();
}

void write_reading(JsonWriter& json, const Reading& reading) {
  json.begin_object(Layout::flat);
  json.key("metric").value(reading.metric);
  known(json, "subject", reading.subject);
  json.key("value").value(reading.value);
  known(json, "unusual", reading.unusual);
  json.key("document").value(reading.document);
  known_line(json, reading.line);
  json.end();
}

void write_gpu_with_readings(JsonWriter& json, const Gpu& gpu) {
  json.begin_object();
  gpu_names(json, gpu);
  list(json, "readings", gpu.readings, write_reading);
  json.end();
}

void write_where(JsonWriter& json, const Where& where) {
  json.begin_object();
  flat_list(json, "hosts", where.hosts);
  list(json, "gpus", where.gpus, write_gpu);
  flat_list(json, "ranks", where.ranks);
  flat_list(json, "pods", where.pods);
  flat_list(json, "containers", where.containers);
  flat_list(json, "processes", where.processes);
  json.end();
}

void write_evidence(JsonWriter& json, const Evidence& evidence) {
  json.begin_object();
  json.key("signal").value(evidence.signal);
  json.key("signal_title").value(evidence.signal_title);
  json.key("role").value(std::string_view(evidence.against ? "against" : "for"));
  json.key("document").value(evidence.document);
  known_line(json, evidence.line);
  json.key("text").value(evidence.text);
  known(json, "time", evidence.time);
  json.key("time_precision_ms").value(evidence.time_precision_ms);
  known(json, "time_from", evidence.time_from);
  json.key("count").value(evidence.count);
  list(json, "context", evidence.context, [](JsonWriter& j, const ContextLine& line) {
    j.begin_object(Layout::flat);
    j.key("line").value(line.line);
    j.key("text").value(line.text);
    j.end();
  });
  json.end();
}

void write_fix(JsonWriter& json, const Fix& fix) {
  json.begin_object();
  json.key("do").value(fix.act);
  json.key("where").value(fix.where);
  json.key("kind").value(fix.kind);
  json.key("risk").value(fix.risk);
  known(json, "risk_note", fix.risk_note);
  list(json, "commands", fix.commands, [](JsonWriter& j, const std::string& command) { j.value(command); });
  list(json, "verify", fix.verify, [](JsonWriter& j, const Check& check) {
    j.begin_object(Layout::flat);
    j.key("look").value(check.look);
    known(j, "command", check.command);
    j.end();
  });
  flat_list(json, "references", fix.references);
  json.end();
}

void write_cause(JsonWriter& json, const Cause& cause) {
  json.begin_object();
  json.key("id").value(cause.id);
  json.key("incident").value(cause.incident);
  json.key("rank").value(cause.rank);
  json.key("confidence").chance(cause.confidence);
  json.key("title").value(cause.title);
  json.key("explanation").value(cause.explanation);
  known(json, "why_not", cause.why_not);
  json.key("where");
  write_where(json, cause.where);
  list(json, "evidence", cause.evidence, write_evidence);
  flat_list(json, "explains", cause.explains);
  list(json, "fixes", cause.fixes, write_fix);
  flat_list(json, "references", cause.references);
  list(json, "sum", cause.sum, [](JsonWriter& j, const std::string& term) { j.value(term); });
  json.end();
}

void write_moment(JsonWriter& json, const Moment& moment) {
  json.begin_object(Layout::flat);
  known(json, "time", moment.time);
  known(json, "boot_time", moment.boot_time);
  json.key("time_precision_ms").value(moment.time_precision_ms);
  known(json, "time_from", moment.time_from);
  known(json, "host", moment.host);
  json.key("kind").value(moment.kind);
  json.key("title").value(moment.title);
  json.key("document").value(moment.document);
  known_line(json, moment.line);
  json.key("text").value(moment.text);
  json.key("count").value(moment.count);
  known(json, "source", moment.source);
  json.key("evidence_of").value(moment.evidence_of);
  json.key("follows_from").value(moment.follows_from);
  json.key("first").value(moment.first);
  json.end();
}

void write_host(JsonWriter& json, const Host& host) {
  json.begin_object();
  json.key("name").value(host.name);
  json.key("facts").begin_array(Layout::flat);
  for (const auto& [name, value] : host.facts) {
    json.begin_object();
    json.key("name").value(name);
    json.key("value").value(value);
    json.end();
  }
  json.end();
  flat_list(json, "unusual", host.unusual);
  json.end();
}

void write_communicator(JsonWriter& json, const Communicator& communicator) {
  json.begin_object();
  json.key("id").value(communicator.id);
  known(json, "nranks", communicator.nranks);
  list(json, "ranks", communicator.ranks, [](JsonWriter& j, const CommunicatorRank& rank) {
    j.begin_object(Layout::flat);
    j.key("rank").value(rank.rank);
    known(j, "host", rank.host);
    known(j, "gpu_index", rank.gpu_index);
    known(j, "pci", rank.pci);
    known(j, "phase", rank.phase);
    known(j, "document", rank.document);
    known_line(j, rank.line);
    j.end();
  });
  known(json, "state", communicator.state);
  list(json, "groups", communicator.groups, [](JsonWriter& j, const RankGroup& group) {
    j.begin_object();
    j.key("ranks").value(group.ranks);
    j.key("count").value(group.count);
    j.key("state").value(group.state);
    known(j, "phase", group.phase);
    flat_list(j, "hosts", group.hosts);
    j.key("hosts_total").value(group.hosts_total);
    known(j, "gpu_index", group.gpu_index);
    known(j, "pci", group.pci);
    known(j, "document", group.document);
    known_line(j, group.line);
    known(j, "text", group.text);
    j.end();
  });
  list(json, "absent", communicator.absent, [](JsonWriter& j, const AbsentRank& rank) {
    j.begin_object(Layout::flat);
    j.key("rank").value(rank.rank);
    known(j, "host", rank.host);
    j.end();
  });
  json.end();
}

void write_topology(JsonWriter& json, const Topology& topology) {
  json.begin_object();
  known(json, "host", topology.host);
  json.key("document").value(topology.document);
  known_line(json, topology.line);
  list(json, "devices", topology.devices, [](JsonWriter& j, const TopologyDevice& device) {
    j.begin_object(Layout::flat);
    j.key("name").value(device.name);
    j.key("kind").value(device.kind);
    known(j, "gpu_index", device.gpu_index);
    known(j, "pci", device.pci);
    known(j, "device", device.device);
    known(j, "numa", device.numa);
    known(j, "cpus", device.cpus);
    known(j, "trouble", device.trouble);
    j.end();
  });
  list(json, "links", topology.links, [&](JsonWriter& j, const TopologyLink& link) {
    j.begin_object(Layout::flat);
    j.key("from").value(topology.devices[link.from].name);
    j.key("to").value(topology.devices[link.to].name);
    j.key("type").value(link.type);
    j.end();
  });
  json.end();
}

void write_usage(JsonWriter& json, const Usage& usage) {
  json.begin_object();
  known(json, "host", usage.host);
  json.key("document").value(usage.document);
  known_line(json, usage.line);
  known(json, "time", usage.time);
  json.key("lists_processes").value(usage.lists_processes);
  list(json, "gpus", usage.gpus, [](JsonWriter& j, const GpuUsage& gpu) {
    j.begin_object();
    known(j, "index", gpu.index);
    known(j, "pci", gpu.pci);
    known(j, "memory_used_mib", gpu.used_mib);
    known(j, "memory_total_mib", gpu.total_mib);
    known(j, "utilization_percent", gpu.utilization_percent);
    list(j, "processes", gpu.processes, [](JsonWriter& k, const ProcessMemory& process) {
      k.begin_object(Layout::flat);
      known(k, "name", process.name);
      known(k, "pid", process.pid);
      known(k, "memory_used_mib", process.used_mib);
      k.end();
    });
    j.end();
  });
  json.end();
}

void write_setting(JsonWriter& json, const Setting& setting) {
  json.begin_object(Layout::flat);
  json.key("scope").value(setting.scope);
  known(json, "subject", setting.subject);
  json.key("key").value(setting.key);
  json.key("value").value(setting.value);
  known(json, "host", setting.host);
  json.key("document").value(setting.document);
  known_line(json, setting.line);
  json.key("count").value(setting.count);
  known(json, "signal", setting.signal);
  known(json, "signal_title", setting.signal_title);
  json.key("trouble").value(setting.trouble);
  json.end();
}

void write_bundle(JsonWriter& json, const Result& result) {
  json.begin_object();
  json.key("name").value(result.bundle_name);
  json.key("documents_total").value(result.documents_total);
  json.key("bytes_total").value(result.bytes_total);
  json.key("lines_total").value(result.lines_total);
  json.key("documents_recognised").value(result.documents_recognised);
  json.key("lines_recognised").value(result.lines_recognised);
  list(json, "documents", result.documents, write_document);
  json.key("documents_omitted").value(result.documents_omitted);
  json.end();
}

void write_head(JsonWriter& json, const Result& result) {
  json.key("schema").value(schema_id);
  json.key("tool").begin_object(Layout::flat);
  json.key("name").value(std::string_view("gpu-postmortem"));
  json.key("version").value(result.tool_version);
  known(json, "knowledge", result.knowledge_date);
  json.end();
  json.key("language").value(result.language);
  known(json, "generated", result.generated);
  json.key("bundle");
  write_bundle(json, result);
  json.key("verdict").begin_object();
  json.key("status").value(result.verdict.status);
  json.key("summary").value(result.verdict.summary);
  json.key("hardware").value(result.verdict.hardware);
  json.key("why").value(result.verdict.why);
  json.end();
}

}  // namespace

void write_json(const Result& result, std::ostream& out) {
  JsonWriter json(out);
  json.begin_object();
  write_head(json, result);
  list(json, "causes", result.causes, write_cause);
  list(json, "timeline", result.timeline, write_moment);
  json.key("timeline_omitted").value(result.timeline_omitted);
  list(json, "missing", result.missing, [](JsonWriter& j, const Missing& missing) {
    j.begin_object();
    j.key("artefact").value(missing.artefact);
    known(j, "command", missing.command);
    j.key("why").value(missing.why);
    j.end();
  });
  list(json, "unusual_lines", result.unusual_lines, [](JsonWriter& j, const UnusualLine& unusual) {
    j.begin_object(Layout::flat);
    j.key("document").value(unusual.document);
    known_line(j, unusual.line);
    j.key("text").value(unusual.text);
    j.key("count").value(unusual.count);
    known(j, "role", unusual.role);
    known(j, "means", unusual.means);
    j.end();
  });
  list(json, "hosts", result.hosts, write_host);
  list(json, "gpus", result.gpus, write_gpu_with_readings);
  list(json, "communicators", result.communicators, write_communicator);
  list(json, "topologies", result.topologies, write_topology);
  list(json, "usage", result.usage, write_usage);
  list(json, "settings", result.settings, write_setting);
  json.key("settings_omitted").value(result.settings_omitted);
  list(json, "notes", result.notes, [](JsonWriter& j, const ParseNote& note) {
    j.begin_object(Layout::flat);
    j.key("document").value(note.document);
    known_line(j, note.line);
    j.key("reason").value(note.reason);
    j.end();
  });
  json.key("notes_omitted").value(result.notes_omitted);
  if (result.redacted)
    list(json, "redacted", *result.redacted, [](JsonWriter& j, const Redacted& redacted) {
      j.begin_object(Layout::flat);
      j.key("kind").value(redacted.kind);
      j.key("places").value(redacted.places);
      j.end();
    });
  else
    json.key("redacted").null();
  json.end();
}

}  // namespace gpm::report
