// SPDX-License-Identifier: Apache-2.0
#include "parsers/slurm/slurm.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parsers/fact_of_line.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"
#include "parsers/text/timestamp.h"

namespace gpm::slurm {

using parsers::Want;

std::span<const std::string_view> RecordsParser::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {"JobId=", "NodeName=", "   State=", "   Gres="};
  return literals;
}

Want RecordsParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex head(R"(^(JobId|NodeName)=(\S+) \S+=)");
  static const text::Regex reason(R"((?:^|\s)Reason=(.*?)(?: Dependency=.*|\s*)$)");
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> keys = {{{"JobState", "state"},
                                                                                         {"State", "state"},
                                                                                         {"ExitCode", "exit_code"},
                                                                                         {"RunTime", "run_time"},
                                                                                         {"TimeLimit", "time_limit"},
                                                                                         {"Restarts", "restarts"},
                                                                                         {"NodeList", "nodes"},
                                                                                         {"Gres", "gres"},
                                                                                         {"DerivedExitCode", "derived_exit_code"},
                                                                                         {"BatchHost", "batch_host"}}};
  std::string kind, value;
  if (text::Regex::PartialMatch(text::piece(line.raw), head, &kind, &subject_)) {
    scope_ = kind == "JobId" ? "slurm_job" : "slurm_node";
  } else if (!line.raw.starts_with("   ") || !text::contains(line.raw, "=")) {
    subject_.clear();
    scope_.clear();
    return Want::gated;
  } else if (scope_.empty()) {
    scope_ = "slurm_node";  // `scontrol show node | grep State`
  }
  const auto add = [&](std::string_view key, std::string_view text) {
    if (text.empty() || text == "(null)" || --facts_left_ < 0) return;
    auto setting = parsers::setting_of(line, scope_, key, text);
    setting.subject = text::valid_utf8(subject_);
    sink.add(std::move(setting));
  };
  for (auto word : text::words(line.raw)) {
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) continue;
    for (const auto& [name, key] : keys)
      if (word.substr(0, equals) == name) add(key, word.substr(equals + 1));
  }
  if (text::Regex::PartialMatch(text::piece(line.raw), reason, &value) && value != "None") add("reason", value);
  return Want::next;
}

std::span<const std::string_view> TablesParser::gates() const {
  static constexpr std::array<std::string_view, 4> literals = {"JobID|", " JobID ", "JOBID ", "NODELIST "};
  return literals;
}

bool TablesParser::head(std::string_view raw) {
  const auto text = text::trim(raw);
  separator_ = text.find('|') != std::string_view::npos ? '|' : ' ';
  const auto cells = separator_ == '|' ? text::split(text, '|') : text::words(text);
  const bool known = cells.size() > 2 && (cells[0] == "JobID" || cells[0] == "JobIDRaw" || cells[0] == "JOBID" || cells[0] == "NODELIST");
  if (!known) return false;
  columns_.clear();
  for (std::size_t i = 0; i < cells.size() && i < 64; ++i) columns_.push_back(text::lower(cells[i]));
  return true;
}

bool TablesParser::row(const text::Line& line, facts::Sink& sink) {
  const auto text = text::trim(line.raw);
  const auto cells = separator_ == '|' ? text::split(text, '|') : text::words(text);
  if (cells.size() < 3 || cells.size() + 1 < columns_.size() / 2) return false;
  if (text.find_first_not_of("- ") == std::string_view::npos) return true;
  const auto cell = [&](std::string_view name) -> std::string_view {
    for (std::size_t i = 0; i < columns_.size() && i < cells.size(); ++i)
      if (columns_[i] == name) return cells[i];
    return {};
  };
  if (--facts_left_ < 0) return true;
  if (columns_[0] == "nodelist") {
    auto setting = parsers::setting_of(line, "slurm_node", "state", cell("state"));
    setting.subject = text::valid_utf8(cells[0]);
    sink.add(std::move(setting));
    return true;
  }
  if (!text::is_digit(cells[0].front())) return false;
  const auto state = cell("state").empty() ? cell("st") : cell("state");
  if (state.empty()) return true;
  const bool queue = columns_[0] == "jobid" && std::find(columns_.begin(), columns_.end(), "exitcode") == columns_.end();
  if (queue) {
    auto setting = parsers::setting_of(line, "slurm_job", "state", state);
    setting.subject = text::valid_utf8(cells[0]);
    sink.add(std::move(setting));
    return true;
  }
  auto event = parsers::event_of(line, "slurm.job_ended", line.raw);
  parsers::set_attribute(event, "job", cells[0]);
  parsers::set_attribute(event, "state", state);
  parsers::set_attribute(event, "exit_code", cell("exitcode"));
  parsers::set_attribute(event, "name", cell("jobname"));
  sink.add(std::move(event));
  return true;
}

Want TablesParser::line(const text::Line& line, facts::Sink& sink) {
  if (line.raw.size() < 4000 && head(line.raw)) return Want::next;
  if (columns_.empty()) return Want::gated;
  if (line.raw.size() < 4000 && row(line, sink)) return Want::next;
  columns_.clear();
  return Want::gated;
}

std::span<const std::string_view> DaemonLog::gates() const {
  static constexpr std::array<std::string_view, 7> literals = {"Time limit exhausted", "not responding", "setting DOWN", "drain", "] error: ", "node_fail", "WEXITSTATUS"};
  return literals;
}

Want DaemonLog::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex record(R"(^\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*)\] (\S.*)$)");
  static const text::Regex job(R"(JobId=(\d+))");
  static const text::Regex step(R"(^\[(\d+)\.\w+\])");
  static const text::Regex status(R"(WEXITSTATUS (\d+))");
  std::string stamp, message, id, code;
  if (!text::Regex::PartialMatch(text::piece(line.raw), record, &stamp, &message)) return Want::gated;
  std::string_view what;
  if (text::contains(message, "Time limit exhausted")) what = "time-limit";
  else if (text::contains(message, "not responding")) what = "not-responding";
  else if (text::contains(message, "setting DOWN") || text::contains(message, "node_fail")) what = "down";
  else if (text::Regex::PartialMatch(message, status, &code)) what = code == "0" ? "" : "job-failed";
  else if (text::contains(message, "state set to DRAIN") || text::contains(message, "drained by")) what = "drain";
  else if (text::contains(message, "error: ")) what = "error";
  if (what.empty()) return Want::gated;
  auto event = parsers::event_of(line, "slurm.log", message);
  if (!event.time.utc_ns)
    if (const auto time = text::iso_stamp(stamp)) event.time = time->time;
  event.attributes["what"] = std::string(what);
  if (text::Regex::PartialMatch(message, job, &id) || text::Regex::PartialMatch(message, step, &id)) event.attributes["job"] = id;
  parsers::set_attribute(event, "message", std::string_view(message).substr(0, 300));
  if (!code.empty()) event.code = text::integer(code);
  sink.add(std::move(event));
  return Want::gated;
}

}  // namespace gpm::slurm
