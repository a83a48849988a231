// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analyzer/compose/clock.h"
#include "analyzer/compose/context.h"
#include "analyzer/compose/evidence.h"
#include "analyzer/compose/inventory.h"
#include "analyzer/compose/moments.h"
#include "analyzer/compose/platforms.h"
#include "analyzer/compose/settings.h"
#include "analyzer/compose/surroundings.h"
#include "analyzer/compose/verdict.h"
#include "analyzer/compose/why_not.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/inert.h"
#include "kb/match/line_index.h"
#include "kb/words.h"
#include "parsers/formats/formats.h"
#include "parsers/text/fields.h"

namespace gpm::compose {
namespace {

constexpr std::size_t where_names = 64;  // more is not a place but everything
constexpr std::size_t where_gpus = 16;   // a fault of more GPUs is not the GPUs'
constexpr std::size_t wanted_from_causes = 3;

template <typename T>
void add_once(std::vector<T>& list, const T& value) {
  if (list.size() < where_names && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

class Composer {
 public:
  Composer(const kb::Knowledge& knowledge, store::Store& store, const signals::Findings& findings,
           const std::vector<ranking::RankedCause>& ranked, const Context& context, scan::Worker& beside)
      : knowledge_(knowledge), store_(store), findings_(findings), ranked_(ranked), context_(context), beside_(beside) {}

  report::Result run() {
    result_.tool_version = context_.tool_version;
    result_.knowledge_date = knowledge_.date;
    result_.bundle_name = context_.bundle_name;
    result_.language = context_.language;
    result_.generated = context_.generated;
    int rank = 0;
    for (const auto& ranked : ranked_) result_.causes.push_back(cause(ranked, ++rank));
    MatchingParts matching(findings_, result_.causes, beside_);
    add_inventory(store_, findings_, result_);
    for (auto& c : result_.causes) {
      complete_gpus(c.where);
      add_ranks_of_gpus(c.where);
    }
    add_verdict(findings_, ranked_, result_);
    add_timeline(findings_, ranked_, result_);
    add_surroundings(store_, findings_, result_);
    mark_fixes_for_elsewhere(store_, result_);
    add_settings(store_, findings_, result_);
    add_context(store_, result_);
    matching.put_in(result_.causes);
    add_missing();
    mention_what_decides(result_);
    for (const auto& error : findings_.errors) result_.notes.push_back({"", 0, error});
    return std::move(result_);
  }

 private:
  std::string say(const kb::Text& text) const {
    const auto words = text.in(context_.language);
    return context_.language == "zh" ? report::without_folded_blanks(words) : std::string(words);
  }

  static std::vector<std::string> strings(std::span<const std::string_view> views) { return {views.begin(), views.end()}; }

  report::Cause cause(const ranking::RankedCause& ranked, int rank) {
    report::Cause c;
    c.id = ranked.cause->id;
    c.incident = ranked.incident;
    c.rank = rank;
    c.confidence = ranked.confidence;
    c.title = say(ranked.cause->title);
    c.explanation = say(ranked.cause->explanation);
    const auto first = std::find_if(ranked_.begin(), ranked_.end(), [&](const auto& r) { return ranked.over ? !r.over : r.incident == ranked.incident; });
    if (first != ranked_.end() && &*first != &ranked) c.why_not = why_not_first(knowledge_, findings_, *first, ranked, context_.language);
    c.evidence = quote_evidence(ranked, findings_, context_.language);
    c.where = where(ranked);
    for (auto signal : ranked.cause->explains)
      if (const auto* present = findings_.find(signal)) {
        c.explains.emplace_back(signal);
        c.explains_titles.push_back(say(present->signal->title));
      }
    auto place = place_for_commands(ranked);
    place.pid = process_at_fault(ranked);
    // First what a line of this incident asks for.
    for (const bool asked_for : {true, false})
      for (const auto& fix : ranked.cause->fixes)
        if (asked_for == is_asked_for(fix)) c.fixes.push_back(this->fix(fix, place));
    c.references = strings(ranked.cause->references);
    c.sum = sum(ranked);
    return c;
  }

  // What counted for the cause: first what the cause says names the place, then heaviest first.
  std::vector<const signals::Present*> by_weight(const ranking::RankedCause& ranked) const {
    std::vector<const signals::Present*> found;
    for (auto id : ranked.cause->place)
      if (const auto* present = findings_.find(id)) found.push_back(present);
    std::vector<const ranking::Term*> terms;
    for (const auto& term : ranked.terms)
      if (term.weight > 0 || term.reduced == ranking::Reduced::family) terms.push_back(&term);
    std::stable_sort(terms.begin(), terms.end(), [](const auto* a, const auto* b) {
      return ranking::weight_of(a->use->weight) > ranking::weight_of(b->use->weight);
    });
    for (const auto* term : terms) found.push_back(findings_.find(term->use->signal));
    return found;
  }

  // What is at fault is what the heaviest evidence names; lighter evidence is asked only for what that leaves open, and
  // none where the cause says whom to ask.
  report::Where where(const ranking::RankedCause& ranked) const {
    report::Where w;
    bool named = false;
    for (const auto* present : by_weight(ranked)) {
      if (named && !named_by_place(ranked, *present)) break;
      named = named || named_by_place(ranked, *present);
      report::Where more;
      for (const auto& o : present->observations) {
        if (!o.place.host.empty()) add_once(more.hosts, o.place.host);
        if (o.place.rank) add_once(more.ranks, *o.place.rank);
        if (!o.place.pod.empty()) add_once(more.pods, o.place.pod);
        if (!o.place.container.empty()) add_once(more.containers, o.place.container);
        if (!o.place.process.empty()) add_once(more.processes, o.place.process);
        if (!names_port(o)) add_gpu(more, o.place);
      }
      const auto fill = [](auto& list, auto& from) {
        if (list.empty()) list = std::move(from);
      };
      fill(w.hosts, more.hosts);
      fill(w.ranks, more.ranks);
      fill(w.pods, more.pods);
      fill(w.containers, more.containers);
      fill(w.processes, more.processes);
      if (more.gpus.size() <= where_gpus) fill(w.gpus, more.gpus);
    }
    return w;
  }

  static bool named_by_place(const ranking::RankedCause& ranked, const signals::Present& present) {
    const auto place = ranked.cause->place;
    return std::find(place.begin(), place.end(), present.signal->id) != place.end();
  }

  // "pcieport 0000:a0:01.1: pciehp: Slot(12): Link Down": what is at fault hangs below that address.
  static bool names_port(const signals::Observation& o) {
    return !o.place.pci.empty() && o.text.find("pcieport " + o.place.pci) != std::string::npos;
  }

  static void add_gpu(report::Where& w, const facts::Place& place) {
    if (place.pci.empty() && !place.gpu_index && place.gpu_uuid.empty()) return;
    const auto same = [&](const report::Gpu& g) {
      if (!g.uuid.empty() && g.uuid == place.gpu_uuid) return true;
      if (g.host != place.host) return false;
      return (!g.pci.empty() && g.pci == place.pci) || (place.pci.empty() && g.index && g.index == place.gpu_index);
    };
    if (w.gpus.size() < where_names && std::none_of(w.gpus.begin(), w.gpus.end(), same))
      w.gpus.push_back({place.host, place.gpu_index, place.pci, place.gpu_uuid, "", ""});
  }

  // Serial, UUID and name from the inventory.
  void complete_gpus(report::Where& w) const {
    const auto known_as = [&](const report::Gpu& g) {
      return std::find_if(result_.gpus.begin(), result_.gpus.end(), [&](const report::Gpu& known) {
        if (!g.uuid.empty() && g.uuid == known.uuid) return true;
        return g.host == known.host && ((!g.pci.empty() && g.pci == known.pci) || (g.pci.empty() && g.index && g.index == known.index));
      });
    };
    for (auto& g : w.gpus)
      if (const auto known = known_as(g); known != result_.gpus.end()) {
        g = *known;
        g.readings.clear();
      }
  }

  // Where one GPU is at fault, so is the rank that runs on it.
  void add_ranks_of_gpus(report::Where& w) const {
    if (!w.ranks.empty() || w.gpus.size() != 1) return;
    const auto& gpu = w.gpus.front();
    store::Statement s(store_.database().get(),
                       "SELECT DISTINCT r.rank FROM ranks r JOIN communicators c ON c.id = r.communicator_id WHERE r.host = ?1 AND r.pci = ?2 "
                       "AND r.pci <> '' AND c.nranks = (SELECT max(own.nranks) FROM ranks seen JOIN communicators own ON own.id = seen.communicator_id "
                       "WHERE seen.host = ?1 AND seen.pci = ?2) ORDER BY r.rank");
    s.bind(1, std::string_view(gpu.host)).bind(2, std::string_view(gpu.pci));
    while (s.step()) add_once(w.ranks, static_cast<int>(s.integer(0)));
  }

  // The values for the placeholders of commands: of the first line that knows each.
  facts::Place place_for_commands(const ranking::RankedCause& ranked) const {
    facts::Place place;
    for (const auto* present : by_weight(ranked))
      for (const auto& o : present->observations) {
        const auto& p = o.place;
        if (place.host.empty()) place.host = p.host;
        if (place.pci.empty()) place.pci = p.pci;
        if (!place.gpu_index) place.gpu_index = p.gpu_index;
        if (place.gpu_uuid.empty()) place.gpu_uuid = p.gpu_uuid;
        if (place.pod.empty()) place.pod = p.pod;
        if (place.container.empty()) place.container = p.container;
        if (!place.pid) place.pid = p.pid;
      }
    return place;
  }

  bool is_asked_for(const kb::Fix& fix) const {
    return std::any_of(fix.signals.begin(), fix.signals.end(), [&](const auto id) { return findings_.find(id) != nullptr; });
  }

  // A fix may end the process: it is the only one that the lines name, of those that the cause says name what is at fault.
  std::optional<std::int64_t> process_at_fault(const ranking::RankedCause& ranked) const {
    const auto names = ranked.cause->process.empty() ? ranked.cause->place : ranked.cause->process;
    std::optional<std::int64_t> pid;
    for (const auto* present : by_weight(ranked)) {
      if (!names.empty() && std::find(names.begin(), names.end(), present->signal->id) == names.end()) continue;
      for (const auto& o : present->observations) {
        if (pid && o.place.pid && *pid != *o.place.pid) return std::nullopt;
        if (o.place.pid) pid = o.place.pid;
      }
    }
    return pid;
  }

  report::Fix fix(const kb::Fix& from, const facts::Place& place) const {
    report::Fix f;
    f.act = say(from.act);
    f.where = from.where;
    f.kind = kb::word_of(kb::fix_kind_words, from.kind);
    f.risk = kb::word_of(kb::risk_words, from.risk);
    f.risk_note = say(from.risk_note);
    for (auto command : from.commands) f.commands.push_back(report::fill_command(command, place));
    for (const auto& check : from.verify) f.verify.push_back({say(check.look), report::fill_command(check.command, place)});
    f.references = strings(from.references);
    return f;
  }

  static std::string reduction(const ranking::Term& term) {
    switch (term.reduced) {
      case ranking::Reduced::no: return "";
      case ranking::Reduced::explained: return fmt::format(", not counted: explained by {}", term.explained_by);
      case ranking::Reduced::family: return fmt::format(", not counted: family {}", term.use->family);
      case ranking::Reduced::over: return ", counted as weak: over long before the rest";
    }
    return "";
  }

  std::vector<std::string> sum(const ranking::RankedCause& ranked) const {
    std::vector<std::string> lines = {fmt::format("{:+.1f}  prior", ranking::prior_of(ranked.cause->prior))};
    for (const auto& term : ranked.terms)
      lines.push_back(fmt::format("{:+.1f}  {} ({}){}", term.weight, term.use->signal, kb::word_of(kb::weight_words, term.use->weight), reduction(term)));
    lines.push_back(fmt::format("{:+.1f}  = log-odds, {:.3f} of incident {}", ranked.score, ranked.confidence, ranked.incident));
    return lines;
  }

  // What the leading causes would want to see and the bundle does not hold.
  void add_missing() {
    for (const auto& reason : context_.missing_inputs) result_.missing.push_back({reason, "", ""});
    if (result_.causes.empty()) return;
    std::set<std::string> formats;
    const auto holds = [&](const std::string& format) {
      formats.insert(format);
      if (const auto* known = formats::find(format))
        for (auto family : text::words(known->families)) formats.emplace(family);
    };
    // What a machine outside the incident gave is still missing of those inside.
    for (const auto& d : result_.documents)
      if ((d.facts > 0 || d.lines > 0) && !findings_.bystanders.contains(d.host)) holds(d.format);
    store::Statement parts(store_.database().get(), "SELECT DISTINCT p.format, d.host FROM parts p JOIN documents d ON d.id = p.document_id");
    while (parts.step())
      if (!findings_.bystanders.contains(parts.text(1))) holds(parts.text(0));
    std::map<std::string_view, const kb::Artefact*> artefacts;
    for (const auto& a : knowledge_.artefacts) artefacts[a.id] = &a;
    std::set<std::string_view> asked;
    for (std::size_t i = 0; i < ranked_.size() && i < wanted_from_causes; ++i) {
      const auto place = place_for_commands(ranked_[i]);
      for (const auto& wanted : ranked_[i].cause->collect) {
        const auto found = artefacts.find(wanted.artefact);
        if (found == artefacts.end() || !asked.insert(wanted.artefact).second) continue;
        const auto& artefact = *found->second;
        if (std::any_of(artefact.formats.begin(), artefact.formats.end(), [&](auto f) { return formats.count(std::string(f)) > 0; })) continue;
        result_.missing.push_back({say(artefact.what), report::fill_command(artefact.command, place), say(wanted.why)});
      }
    }
  }

  const kb::Knowledge& knowledge_;
  store::Store& store_;
  const signals::Findings& findings_;
  const std::vector<ranking::RankedCause>& ranked_;
  const Context& context_;
  scan::Worker& beside_;
  report::Result result_;
};

}  // namespace

report::Result compose(const kb::Knowledge& knowledge, store::Store& store, const signals::Findings& findings,
                       const std::vector<ranking::RankedCause>& ranked, const scan::UnusualLines& unusual, const Context& context, scan::Worker& beside) {
  auto result = Composer(knowledge, store, findings, ranked, context, beside).run();
  // Where a cause is sure, what nobody knows is no news; in a healthy bundle it is noise.
  if (result.verdict.status != "undecided" || unusual.empty()) return result;
  kb::LineIndex lines(knowledge.lines);
  for (const auto& line : unusual.list(unusual_lines, lines)) {
    report::UnusualLine row{line.document, line.text, line.line, line.count};
    if (line.known != nullptr) {
      row.role = kb::word_of(kb::role_words, line.known->role);
      row.means = line.known->means.in(context.language);
    }
    result.unusual_lines.push_back(std::move(row));
  }
  return result;
}

}  // namespace gpm::compose
