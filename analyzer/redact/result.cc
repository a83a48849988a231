// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/result.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace gpm::redact {
namespace {

class ResultTexts {
 public:
  explicit ResultTexts(Redactor& redactor) : redactor_(redactor) {}

  void all_of(report::Result& r) {
    text(r.bundle_name);
    for (auto& d : r.documents) texts(d.path, d.note, d.host);
    for (auto& n : r.notes) texts(n.document, n.reason);
    texts(r.verdict.summary, r.verdict.why);
    for (auto& c : r.causes) cause(c);
    for (auto& m : r.timeline) texts(m.host, m.document, m.text);
    for (auto& m : r.missing) texts(m.artefact, m.command, m.why);
    for (auto& u : r.unusual_lines) texts(u.document, u.text);
    for (auto& h : r.hosts) {
      text(h.name);
      for (auto& [name, value] : h.facts) text(value);
    }
    for (auto& g : r.gpus) text(g.host);
    for (auto& c : r.communicators) {
      text(c.id);
      for (auto& rank : c.ranks) texts(rank.host, rank.document);
    }
    pictured(r);  // last: pseudonyms are numbered as they come, and the texts above lead
  }

 private:
  void text(std::string& t) { t = redactor_.apply(t); }

  template <typename... Texts>
  void texts(Texts&... all) {
    (text(all), ...);
  }

  void cause(report::Cause& c) {
    for (auto* list : {&c.where.hosts, &c.where.pods, &c.where.containers, &c.where.processes})
      for (auto& name : *list) text(name);
    for (auto& g : c.where.gpus) text(g.host);
    texts(c.explanation, c.why_not);
    for (auto& e : c.evidence) texts(e.document, e.text);
    for (auto& term : c.sum) text(term);
    for (auto& f : c.fixes) {
      for (auto& command : f.commands) text(command);
      for (auto& check : f.verify) text(check.command);
    }
  }

  // What pictures and their tables show. GPU addresses, UUIDs and serial numbers are no secrets.
  void pictured(report::Result& r) {
    for (auto& c : r.causes)
      for (auto& e : c.evidence) {
        text(e.match);
        for (auto& line : e.context) text(line.text);
      }
    for (auto& g : r.gpus)
      for (auto& reading : g.readings) texts(reading.subject, reading.value, reading.document);
    for (auto& c : r.communicators) {
      for (auto& rank : c.absent) text(rank.host);
      for (auto& group : c.groups) {
        for (auto& host : group.hosts) text(host);
        texts(group.document, group.text);
      }
    }
    for (auto& t : r.topologies) {
      texts(t.host, t.document);
      for (auto& device : t.devices) texts(device.device, device.trouble);
    }
    for (auto& u : r.usage) {
      texts(u.host, u.document);
      for (auto& gpu : u.gpus)
        for (auto& process : gpu.processes) text(process.name);
    }
    for (auto& s : r.settings) texts(s.subject, s.key, s.value, s.host, s.document);
  }

  Redactor& redactor_;
};

// SQL function gpm_redact(text).
void redact_in_sql(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  if (bytes == nullptr) return sqlite3_result_value(context, arguments[0]);
  const auto now = static_cast<Redactor*>(sqlite3_user_data(context))->apply({bytes, size});
  sqlite3_result_text(context, now.data(), static_cast<int>(now.size()), SQLITE_TRANSIENT);
}

// SQL function gpm_redact_json(object of strings): each value by itself, since a secret ends where the text does.
void redact_json_in_sql(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(arguments[0]));
  auto object = nlohmann::ordered_json::parse(bytes == nullptr ? "" : bytes, nullptr, false);
  if (!object.is_object()) return sqlite3_result_text(context, "{}", -1, SQLITE_STATIC);
  for (auto& value : object)
    if (value.is_string()) value = static_cast<Redactor*>(sqlite3_user_data(context))->apply(value.get_ref<const std::string&>());
  const auto now = object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  sqlite3_result_text(context, now.data(), static_cast<int>(now.size()), SQLITE_TRANSIENT);
}

}  // namespace

void redact(report::Result& result, Redactor& redactor) {
  std::map<Kind, std::uint64_t> before;
  for (const auto& count : redactor.counts()) before[count.kind] = count.places;
  ResultTexts(redactor).all_of(result);
  result.redacted.emplace();
  for (const auto& count : redactor.counts())
    if (const auto places = count.places - before[count.kind]; places > 0)
      result.redacted->push_back({std::string(name_of(count.kind)), places});
}

void redact(store::Store& store, Redactor& redactor) {
  auto* db = store.database().get();
  sqlite3_create_function(db, "gpm_redact", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &redactor, redact_in_sql, nullptr, nullptr);
  sqlite3_create_function(db, "gpm_redact_json", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &redactor, redact_json_in_sql, nullptr, nullptr);
  store::Statement columns(db,
                           "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'TEXT' "
                           // Words of our own, and what evidence is by its looks. A column that is not named here is redacted.
                           "AND c.name NOT IN ('attributes', 'cause', 'content_hash', 'format', 'gpu_uuid', 'kind', 'metric', 'pci', 'phase', 'role', 'serial', "
                           "'signal', 'status', 'time_from') ORDER BY 1, c.cid");
  std::map<std::string, std::string> updates;
  while (columns.step()) {
    const std::string table = columns.text(0), column = columns.text(1);
    auto& update = updates[table];
    update += (update.empty() ? "UPDATE " + table + " SET " : ", ") + column + " = gpm_redact(" + column + ")";
  }
  store::Statement(db, "PRAGMA secure_delete = ON").step();  // no old text in the free parts of pages
  for (const auto& [table, update] : updates) store::Statement(db, update).step();
  store::Statement(db, "UPDATE events SET attributes = gpm_redact_json(attributes) WHERE attributes <> '{}'").step();
  store.commit();
  for (const auto* name : {"gpm_redact", "gpm_redact_json"})
    sqlite3_create_function(db, name, 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, nullptr, nullptr, nullptr);
}

void know_secrets(store::Store& store, Redactor& redactor) {
  for (const auto& line : store.secrets()) redactor.know(line, Kind::key);
  std::map<std::string, bool> is_secret;  // by name
  std::set<std::pair<std::string, std::string>> secrets;
  store::Statement s(store.database().get(), "SELECT key, value FROM settings");
  while (s.step()) {
    const auto [name, is_new] = is_secret.try_emplace(s.text(0));
    if (is_new) name->second = is_secret_name(name->first);
    if (name->second) secrets.emplace(name->first, s.text(1));
  }
  for (const auto& [name, value] : secrets)
    if (is_secret_value(value)) redactor.know(value, Kind::token);
}

void know_hosts(store::Store& store, Redactor& redactor) {
  store::Statement s(store.database().get(), "SELECT name FROM hosts UNION SELECT host FROM documents UNION SELECT host FROM events ORDER BY 1");
  while (s.step()) redactor.know(s.text(0), Kind::host);
}

}  // namespace gpm::redact
