// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/rank_labels.h"

#include <algorithm>
#include <array>
#include <set>

#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"

namespace gpm::store {
namespace {

constexpr std::size_t max_number_digits = 6;

// Kinds that a rank writes about itself; a kernel log beside it is nobody's.
bool of_rank(std::string_view kind) {
  static constexpr std::array<std::string_view, 7> openings = {"nccl.", "torch.", "python.", "cuda.", "app.", "line.", "process."};
  return std::any_of(openings.begin(), openings.end(), [&](auto opening) { return kind.starts_with(opening); });
}

constexpr std::string_view of_rank_sql =
    "(kind LIKE 'nccl.%' OR kind LIKE 'torch.%' OR kind LIKE 'python.%' OR kind LIKE 'cuda.%' OR kind LIKE 'app.%' OR kind LIKE 'line.%' OR kind LIKE 'process.%')";

std::string_view letters_before(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && text::is_letter(text[begin - 1])) --begin;
  return text.substr(begin);
}

std::string_view digits_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && text::is_digit(text[end])) ++end;
  return text.substr(0, end);
}

bool is_separator(char c) { return c == '-' || c == '_' || c == '.' || c == '=' || c == ':'; }

NumberedName name_of(std::string_view path, std::size_t at, std::string_view digits) {
  NumberedName name;
  name.stem = std::string(path.substr(0, at)) + "#" + std::string(path.substr(at + digits.size()));
  const auto slash = path.substr(0, at).rfind('/');
  name.folder = slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
  name.number = static_cast<int>(text::integer(digits).value_or(0));
  return name;
}

// "rank3", "rank_3", "local-rank-3" in one part of the path; of "node_rank3" and "nranks16" nothing is taken.
std::optional<NumberedName> said_rank(std::string_view path, std::size_t begin, std::size_t end) {
  const auto part = text::lower(path.substr(begin, end - begin));
  for (auto at = part.find("rank"); at != std::string::npos; at = part.find("rank", at + 1)) {
    auto number = at + 4;
    if (number < part.size() && is_separator(part[number])) ++number;
    const auto digits = digits_at(std::string_view(part).substr(number));
    if (digits.empty() || digits.size() > max_number_digits) continue;
    auto before = std::string_view(part).substr(0, at);
    if (!before.empty() && text::is_letter(before.back())) continue;
    while (!before.empty() && is_separator(before.back())) before.remove_suffix(1);
    const auto word = letters_before(before);
    if (word == "node" || word == "group" || word == "tp" || word == "pp" || word == "dp" || word == "ep" || word == "cp") return std::nullopt;
    auto name = name_of(path, begin + number, digits);
    name.says_rank = true;
    name.local = word == "local";
    return name;
  }
  return std::nullopt;
}

// "attempt_0/3/stderr.log" of torchelastic.
std::optional<NumberedName> of_torchelastic(std::string_view path) {
  const auto file = path.rfind('/');
  if (file == std::string_view::npos || !(path.substr(file).starts_with("/stdout.log") || path.substr(file).starts_with("/stderr.log"))) return std::nullopt;
  const auto folder = path.rfind('/', file - 1);
  if (folder == std::string_view::npos) return std::nullopt;
  const auto digits = path.substr(folder + 1, file - folder - 1);
  if (digits.empty() || digits.size() > max_number_digits || digits_at(digits).size() != digits.size()) return std::nullopt;
  const auto before = path.rfind('/', folder - 1);
  const auto attempt = path.substr(before == std::string_view::npos ? 0 : before + 1, folder - (before == std::string_view::npos ? 0 : before + 1));
  if (!attempt.starts_with("attempt_")) return std::nullopt;
  auto name = name_of(path, folder + 1, digits);
  name.local = true;
  return name;
}

// "worker-3.log", "log.3", "job-4711-3.out".
std::optional<NumberedName> numbered_file(std::string_view path) {
  static constexpr std::array<std::string_view, 6> extensions = {".gz", ".xz", ".zst", ".log", ".out", ".err"};
  const auto slash = path.rfind('/');
  const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
  auto base = path.substr(begin);
  if (base.ends_with(".txt")) base.remove_suffix(4);
  for (const auto extension : extensions)
    for (const auto other : extensions) {
      if (base.size() > other.size() && base.ends_with(other)) base.remove_suffix(other.size());
      if (base.size() > extension.size() && base.ends_with(extension)) base.remove_suffix(extension.size());
    }
  std::size_t at = base.size();
  while (at > 0 && text::is_digit(base[at - 1])) --at;
  const auto digits = base.substr(at);
  if (digits.empty() || digits.size() > max_number_digits || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  auto before = base.substr(0, at);
  const char separator = before.empty() ? '\0' : before.back();
  if (is_separator(separator)) before.remove_suffix(1);
  const auto word = text::lower(letters_before(before));
  static constexpr std::array<std::string_view, 11> words = {"worker", "task", "proc", "process", "stdout", "stderr", "log", "out", "err", "output", "trainer"};
  auto name = name_of(path, begin + at, digits);
  if (std::find(words.begin(), words.end(), word) != words.end()) {
    name.worker = word == "worker";
    return name;
  }
  // A job's id before it, and no number before that: dates have three. "_" is Slurm's array index.
  std::size_t id = before.size();
  while (id > 0 && text::is_digit(before[id - 1])) --id;
  const auto job = before.substr(id);
  auto rest = before.substr(0, id);
  if (job.size() < 2 || (separator != '-' && separator != '.')) return std::nullopt;
  if (!rest.empty() && is_separator(rest.back())) rest.remove_suffix(1);
  if (!rest.empty() && text::is_digit(rest.back())) return std::nullopt;
  return name;
}

}  // namespace

std::optional<NumberedName> rank_in_name(std::string_view path) {
  if (path.size() > 4096) return std::nullopt;
  if (auto name = of_torchelastic(path)) return name;
  for (auto end = path.size();;) {
    const auto slash = end == 0 ? std::string_view::npos : path.rfind('/', end - 1);
    const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
    if (auto name = said_rank(path, begin, end)) return name;
    if (slash == std::string_view::npos) break;
    end = slash;
  }
  return numbered_file(path);
}

void RankLabels::Document::saw_label(bool of_nccl, bool of_torchrun, const facts::Place& place) {
  if (process_of_task.size() >= max_tasks && !process_of_task.contains(*place.task)) return;
  contradicted |= of_torchrun;
  if (place.rank) (*place.rank == *place.task ? agreed : contradicted) = true;
  auto& process = process_of_task[*place.task];
  if (!of_nccl) return;
  if (place.pid) {
    contradicted |= process && *process != *place.pid;
    process = place.pid;
  }
  if (place.host.empty()) return;
  host_named = true;
  shared_host |= task_of_host.try_emplace(place.host, *place.task).first->second != *place.task;
}

void RankLabels::Document::saw(std::string_view kind, const facts::Place& place, const facts::Attributes& attributes) {
  if (!of_rank(kind)) return;
  of_job = true;
  const bool of_torchrun = kind == "torch.elastic_failure", of_nccl = kind.starts_with("nccl.");
  if (of_torchrun) {
    torchrun = true;
    const auto local = attributes.find("local_rank");
    local_is_not_rank |= place.rank && local != attributes.end() && local->second != std::to_string(*place.rank);
  }
  if (place.task) saw_label(of_nccl, of_torchrun, place);
  if (place.rank) {
    several_ranks |= rank && *rank != *place.rank;
    rank = place.rank;
  }
  if (of_nccl && place.pid) {
    several_processes |= pid && *pid != *place.pid;
    pid = place.pid;
  }
}

void RankLabels::Document::kept_event(std::int64_t row, const facts::Place& place) {
  if (place.task && !place.rank) rows.emplace_back(row, *place.task);
}

bool RankLabels::Document::believes_labels() const {
  if (process_of_task.empty() || contradicted) return false;
  return agreed || shared_host || (!host_named && process_of_task.size() > 1);
}

void RankLabels::add(Document document, std::int64_t id, std::int64_t first_row) {
  local_is_not_rank_ |= document.local_is_not_rank;
  if (!document.of_job || documents_.size() >= max_documents) return;
  document.id = id;
  document.first_row = first_row;
  documents_.push_back(std::move(document));
}

void RankLabels::resolve(Database& db) const {
  Statement update(db.get(), "UPDATE events SET rank = ?2 WHERE id = ?1 AND rank IS NULL");
  for (const auto& d : documents_)
    if (d.believes_labels())
      for (const auto& [row, task] : d.rows) update.bind(1, d.first_row + row).bind(2, static_cast<std::int64_t>(task)).run();
  resolve_names(db);
}

void RankLabels::resolve_names(Database& db) const {
  struct Siblings {
    NumberedName name;  // of any of them
    std::map<int, std::int64_t> documents;
    bool refused = false;
  };
  std::map<std::string, Siblings> sets;
  std::set<std::string> paths;
  {
    std::map<std::int64_t, const Document*> known;
    for (const auto& d : documents_) known[d.id] = &d;
    Statement select(db.get(), "SELECT id, path FROM documents ORDER BY path, id");
    while (select.step()) {
      const auto path = select.text(1);
      paths.insert(path);
      auto name = rank_in_name(path);
      if (!name) continue;
      const auto found = known.find(select.integer(0));
      auto& set = sets[name->stem];
      if (found != known.end()) {
        const auto& d = *found->second;
        set.refused |= d.torchrun || d.several_ranks || d.several_processes || !d.process_of_task.empty() || (d.rank && *d.rank != name->number);
      }
      set.refused |= name->local && local_is_not_rank_;
      set.documents.emplace(name->number, select.integer(0));
      set.name = std::move(*name);
    }
  }
  std::set<std::string> local_folders;
  for (auto& [stem, set] : sets) {
    const auto many = static_cast<int>(set.documents.size()), last = set.documents.rbegin()->first;
    const bool consecutive = many > 1 && set.documents.begin()->first == 0 && 4 * static_cast<std::int64_t>(many) >= 3 * (static_cast<std::int64_t>(last) + 1);
    if (!set.name.says_rank || set.name.local) set.refused |= !consecutive;
    if (set.name.local) local_folders.insert(set.name.folder);
    // "kern.log" beside "kern.log.0": rotated. A master beside workers: the master is rank 0, whatever the workers' numbers.
    const auto number = stem.rfind('#');
    const auto without = stem.substr(0, number == 0 ? 0 : number - 1) + stem.substr(number + 1);
    set.refused |= !set.name.says_rank && paths.contains(without);
    if (set.name.worker) {
      const auto from = paths.lower_bound(set.name.folder);
      for (auto path = from; path != paths.end() && path->starts_with(set.name.folder); ++path) set.refused |= path->find("master") != std::string::npos;
    }
  }
  std::map<int, std::string> folder_of_rank;
  std::set<std::string> doubtful;
  for (const auto& [stem, set] : sets)
    for (const auto& [number, document] : set.documents)
      if (const auto [entry, is_new] = folder_of_rank.emplace(number, set.name.folder); !is_new && entry->second != set.name.folder) {
        doubtful.insert(entry->second);
        doubtful.insert(set.name.folder);
      }
  Statement update(db.get(), "UPDATE events SET rank = ?2 WHERE document_id = ?1 AND rank IS NULL AND " + std::string(of_rank_sql));
  for (const auto& [stem, set] : sets) {
    if (set.refused || doubtful.contains(set.name.folder) || (set.name.local && local_folders.size() > 1)) continue;
    for (const auto& [number, document] : set.documents) update.bind(1, document).bind(2, static_cast<std::int64_t>(number)).run();
  }
}

}  // namespace gpm::store
