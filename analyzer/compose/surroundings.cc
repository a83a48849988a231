// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/surroundings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "analyzer/compose/clock.h"
#include "analyzer/compose/moments.h"
#include "analyzer/report/columns.h"
#include "kb/model.h"

namespace gpm::compose {
namespace {

constexpr std::int64_t hour_ns = 3'600'000'000'000;
constexpr std::size_t rows_read = 50'000, title_bytes = 160;

struct Kind {
  std::string_view kind;
  kb::Text title;           // {name} is an attribute, {code} the code
  std::int64_t hours_before;  // how long before the first signal it still matters
};

constexpr std::array kinds = {
    Kind{"app.exit", {"A program ended with exit code {code}", "程序以退出码 {code} 结束"}, 1},
    Kind{"app.milestone", {"{framework}: {step}", "{framework}：{step}"}, 1},
    Kind{"app.signal", {"A process met signal {signal}", "进程遇到信号 {signal}"}, 1},
    Kind{"host.package_change", {"Package {package}: {action} {from} → {to}", "软件包 {package}：{action} {from} → {to}"}, 24},
    Kind{"kernel.boot", {"The host booted", "主机启动"}, 24},
    Kind{"kernel.hung_task", {"A task is blocked", "任务长时间阻塞"}, 1},
    Kind{"kernel.nvidia_loaded", {"The NVIDIA driver {version} was loaded", "加载 NVIDIA 驱动 {version}"}, 24},
    Kind{"kernel.oom_kill", {"The kernel killed {killed} for lack of memory", "内核因内存不足终止 {killed}"}, 1},
    Kind{"kernel.segfault", {"A segmentation fault", "段错误"}, 1},
    Kind{"kernel.suspend", {"Suspend: {step}", "休眠：{step}"}, 24},
    Kind{"kubernetes.event", {"Kubernetes: {reason} {object}", "Kubernetes：{reason} {object}"}, 6},
    Kind{"kubernetes.job_condition", {"{object}: {type} {reason}", "{object}：{type} {reason}"}, 6},
    Kind{"nccl.version", {"NCCL {version} starts", "NCCL {version} 启动"}, 1},
    Kind{"nccl.warn", {"NCCL warns", "NCCL 警告"}, 1},
    Kind{"python.exception", {"Python: {type}", "Python：{type}"}, 1},
    Kind{"slurm.job_ended", {"Slurm job {job}: {state}", "Slurm 作业 {job}：{state}"}, 6},
    Kind{"slurm.log", {"Slurm: {what}", "Slurm：{what}"}, 6},
};

struct Step {
  std::string_view step;
  kb::Text words;
};

// `step` of app.milestone.
constexpr std::array steps = {
    Step{"cuda-graph-capture", {"CUDA graphs captured", "CUDA graph 捕获完成"}},
    Step{"cuda-graph-capture-begin", {"begins to capture CUDA graphs", "开始捕获 CUDA graph"}},
    Step{"engine-start", {"starts", "启动"}},
    Step{"kv-cache", {"KV cache laid out", "KV cache 分配完成"}},
    Step{"model-load-begin", {"begins to load the model", "开始加载模型"}},
    Step{"model-load-end", {"model loaded", "模型加载完成"}},
    Step{"nccl-init", {"sets up NCCL", "初始化 NCCL"}},
    Step{"nccl-init-end", {"NCCL is set up", "NCCL 初始化完成"}},
    Step{"rendezvous", {"rendezvous", "rendezvous"}},
    Step{"server-ready", {"ready to serve", "服务就绪"}},
    Step{"training-begin", {"begins to train", "开始训练"}},
};

using Attributes = std::map<std::string, std::string, std::less<>>;

Attributes attributes_of(const std::string& json) {
  Attributes found;
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object()) return found;
  for (const auto& [name, value] : object.items())
    if (value.is_string()) found.emplace(name, value.get<std::string>());
  return found;
}

std::string_view of(const Attributes& attributes, std::string_view name) {
  const auto at = attributes.find(name);
  return at == attributes.end() ? std::string_view() : std::string_view(at->second);
}

// Most events of Kubernetes are good news.
bool matters(std::string_view kind, const Attributes& attributes) {
  const auto one_of = [](std::string_view word, std::initializer_list<std::string_view> words) { return std::find(words.begin(), words.end(), word) != words.end(); };
  if (kind == "kubernetes.event")
    return of(attributes, "type") == "Warning" || one_of(of(attributes, "reason"), {"Killing", "Evicted", "Preempted", "NodeNotReady", "NodeNotSchedulable", "Drain",
                                                                                     "TaintManagerEviction", "Rebooted", "Starting", "OOMKilling", "DeadlineExceeded"});
  if (kind == "kubernetes.job_condition") return of(attributes, "status") == "True" && one_of(of(attributes, "type"), {"Failed", "Restarting", "Suspended", "FailureTarget"});
  if (kind == "app.milestone") return of(attributes, "step") != "training-step";
  return true;
}

std::string title_of(const Kind& kind, const Attributes& attributes, const std::string& code, const std::string& language) {
  std::string title;
  const auto pattern = kind.title.in(language);
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto end = pattern[i] == '{' ? pattern.find('}', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      title += pattern[i];
      continue;
    }
    const auto name = pattern.substr(i + 1, end - i - 1);
    const auto value = name == "code" ? std::string_view(code) : of(attributes, name);
    const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& s) { return name == "step" && s.step == value; });
    title += step == steps.end() ? value : step->words.in(language);
    i = end;
  }
  while (!title.empty() && title.back() == ' ') title.pop_back();
  return report::cut_bytes(title, title_bytes);
}

// Lines of the signals that are on the timeline: these moments are there already.
std::set<std::pair<std::int64_t, std::uint64_t>> observed_lines(const signals::Findings& findings) {
  std::set<std::pair<std::int64_t, std::uint64_t>> lines;
  for (const auto& [id, present] : findings.present) {
    if (!on_timeline(*present.signal)) continue;
    for (const auto& o : present.observations) lines.emplace(o.document_id, o.line);
  }
  return lines;
}

class Surroundings {
 public:
  Surroundings(const signals::Findings& findings, const report::Result& result) : observed_(observed_lines(findings)), language_(result.language) {
    for (const auto& m : result.timeline) {
      if (!m.utc_ns) continue;
      from_ = std::min(from_.value_or(*m.utc_ns), *m.utc_ns);
      to_ = std::max(to_.value_or(*m.utc_ns), m.last_utc_ns.value_or(*m.utc_ns));
    }
  }

  void read(store::Store& store, const signals::Findings& findings) {
    std::string list;
    for (const auto& kind : kinds)
      if (findings.may_hold({fmt::format("kind {}", kind.kind)})) list += fmt::format("{}'{}'", list.empty() ? "" : ", ", kind.kind);
    if (list.empty()) return;
    store::Statement s(store.database().get(),
                       "SELECT e.document_id, e.line, e.kind, e.code, e.attributes, e.utc_ns, e.last_utc_ns, e.since_boot_ns, e.time_precision_ms, e.time_from, e.count, "
                       "e.host, e.text, d.path, d.format FROM events e JOIN documents d ON d.id = e.document_id WHERE e.kind IN (" +
                           list + ") ORDER BY d.path, e.line, e.kind, e.id LIMIT " + std::to_string(rows_read));
    while (s.step()) add(s);
  }

  // Those nearest to the first signal, where there are too many. That the driver is loaded with each boot is no news.
  std::vector<report::Moment> take(std::uint64_t& omitted) {
    constexpr std::int64_t booting_ns = hour_ns / 6;
    std::multimap<std::string, std::int64_t> boots;
    for (const auto& m : moments_)
      if (m.kind == "kernel.boot" && m.utc_ns) boots.emplace(m.host, *m.utc_ns);
    std::erase_if(moments_, [&](const report::Moment& m) {
      const auto [from, to] = boots.equal_range(m.host);
      return m.kind == "kernel.nvidia_loaded" && m.utc_ns && std::any_of(from, to, [&](const auto& boot) { return std::abs(*m.utc_ns - boot.second) < booting_ns; });
    });
    if (moments_.size() > surrounding_moments) {
      const auto distance = [&](const report::Moment& m) { return m.utc_ns && from_ ? std::abs(*m.utc_ns - *from_) : std::numeric_limits<std::int64_t>::max(); };
      std::stable_sort(moments_.begin(), moments_.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
      omitted += moments_.size() - surrounding_moments;
      moments_.resize(surrounding_moments);
    }
    return std::move(moments_);
  }

 private:
  bool is_near(const Kind& kind, std::optional<std::int64_t> utc_ns, const Attributes& attributes) const {
    if (!utc_ns) return kind.kind == "kubernetes.event" && of(attributes, "type") == "Warning";
    return from_ && *utc_ns >= *from_ - kind.hours_before * hour_ns && *utc_ns <= *to_ + hour_ns;
  }

  void add(const store::Statement& s) {
    const auto line = static_cast<std::uint64_t>(std::max<std::int64_t>(0, s.integer(1)));
    if (observed_.contains({s.integer(0), line})) return;
    const auto name = s.text(2);
    const auto& kind = *std::find_if(kinds.begin(), kinds.end(), [&](const Kind& k) { return k.kind == name; });
    const auto attributes = attributes_of(s.text(4));
    const auto utc_ns = s.maybe_integer(5);
    if (!matters(name, attributes) || !is_near(kind, utc_ns, attributes)) return;
    const auto title = title_of(kind, attributes, s.is_null(3) ? std::string() : std::to_string(s.integer(3)), language_);
    const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(1, s.integer(10)));
    const auto last = std::max(utc_ns, s.maybe_integer(6));
    const auto [at, fresh] = known_.try_emplace({s.integer(0), s.text(11), title}, moments_.size());
    if (!fresh) {
      auto& before = moments_[at->second];
      before.count += count;
      before.last_utc_ns = std::max(before.last_utc_ns, last);
      return;
    }
    report::Moment m;
    if (utc_ns) m.time = rfc3339(*utc_ns, s.integer(8));
    if (const auto boot = s.maybe_integer(7)) m.boot_time = boot_seconds(*boot);
    m.time_from = s.text(9);
    m.time_precision_ms = s.integer(8);
    m.host = s.text(11);
    m.kind = name;
    m.title = title;
    m.document = s.text(13);
    m.text = s.text(12);
    m.line = line;
    m.count = count;
    m.source = source_of(name, s.text(14));
    m.utc_ns = utc_ns;
    if (count > 1) m.last_utc_ns = last;
    moments_.push_back(std::move(m));
  }

  const std::set<std::pair<std::int64_t, std::uint64_t>> observed_;
  const std::string& language_;
  std::optional<std::int64_t> from_, to_;  // of the signals
  std::map<std::tuple<std::int64_t, std::string, std::string>, std::size_t> known_;
  std::vector<report::Moment> moments_;
};

}  // namespace

void add_surroundings(store::Store& store, const signals::Findings& findings, report::Result& result) {
  if (result.timeline.empty()) return;
  Surroundings surroundings(findings, result);
  surroundings.read(store, findings);
  for (auto& moment : surroundings.take(result.timeline_omitted)) result.timeline.push_back(std::move(moment));
  const auto key = [](const report::Moment& m) { return std::tuple(!m.utc_ns, m.utc_ns.value_or(0)); };
  std::stable_sort(result.timeline.begin(), result.timeline.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

}  // namespace gpm::compose
