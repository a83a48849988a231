// SPDX-License-Identifier: Apache-2.0
#include "analyzer/compose/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyzer/compose/compose.h"
#include "analyzer/report/columns.h"
#include "analyzer/report/phrases.h"

namespace gpm::compose {
namespace {

using Sentence = kb::Text;  // {} as in fmt

constexpr Sentence fault_found{"{}{} ({}% sure).", "{}{}（把握 {}%）。"};
constexpr Sentence guessed{"Best guess: {}{} ({}%). No known message names the cause; this is what the complaints in the logs are about.",
                           "最可能的推测：{}{}（{}%）。没有已知的报错能直接说明原因，这是根据日志中报错所涉及的内容推测的。"};
constexpr Sentence undecided_with{"Not decided: the best guess is \"{}\" ({}%). What is listed under \"What to collect next\" would decide.",
                                  "尚不能确定：最可能的是“{}”（{}%）。“接下来应收集”中的内容可以帮助定论。"};
constexpr Sentence undecided_for_good{"Not decided: the best guess is \"{}\" ({}%).", "尚不能确定：最可能的是“{}”（{}%）。"};
constexpr Sentence undecided_plain{"There are signs of trouble, but nothing in this bundle says what caused them.",
                                   "存在异常迹象，但现有资料不足以说明原因。"};
constexpr Sentence healthy{"Nothing wrong was found in what was given.", "在所提供的资料中没有发现故障。"};
constexpr Sentence nothing_read{"No line of this bundle says anything about GPUs, so nothing can be concluded.",
                                "资料中没有任何与 GPU 有关的内容，无法得出结论。"};
constexpr Sentence on_host{" on {}", "；位于主机 {}"};
constexpr Sentence on_hosts{" on {} hosts ({})", "；涉及 {} 台主机（{}）"};
constexpr Sentence on_gpu{", GPU {}", "，GPU {}"};
constexpr Sentence on_gpus{", GPUs {}", "，GPU {}"};
constexpr Sentence on_many_gpus{", {} GPUs", "，共 {} 块 GPU"};
constexpr Sentence on_rank{", rank {}", "，rank {}"};
constexpr Sentence on_ranks{", ranks {}", "，rank {}"};
constexpr Sentence on_pod{", pod {}", "，Pod {}"};

constexpr Sentence hardware_suspect{"The evidence of \"{}\" points to hardware.", "“{}”的证据指向硬件。"};
constexpr Sentence cleared_by_cause_and_log{
    "The cause found is not the hardware's, and the kernel log that was given holds no GPU fault that hardware would explain better: do not replace the card for this.",
    "已找到的原因不在硬件；所给内核日志里也没有更像由硬件引起的 GPU 故障：不要为此换卡。"};
constexpr Sentence cleared_by_cause{
    "The cause found is not the hardware's. A kernel log of the time of the failure would confirm it.",
    "已找到的原因不在硬件。故障时段的内核日志可以进一步确认。"};
constexpr Sentence cleared_healthy{"The kernel log and nvidia-smi output that were given show no hardware fault.",
                                   "所给内核日志和 nvidia-smi 输出中没有硬件故障迹象。"};
constexpr Sentence unknown_hardware{"What was given neither shows nor excludes a hardware fault.", "所给资料既不能证明也不能排除硬件故障。"};

constexpr double hardware_still_possible = 0.2;  // a hardware cause with this chance forbids clearing the hardware

// Of machines that take part in the incident: the kernel log of another says nothing of them.
bool has_format(const report::Result& result, const signals::Findings& findings, bool (*is_it)(std::string_view)) {
  return std::any_of(result.documents.begin(), result.documents.end(),
                     [&](const report::Document& d) { return d.facts > 0 && is_it(d.format) && !findings.bystanders.contains(d.host); });
}

bool is_guess(const ranking::RankedCause& ranked) {
  return std::any_of(ranked.terms.begin(), ranked.terms.end(),
                     [](const auto& term) { return term.use->weight == kb::Weight::guess && term.weight > 0; });
}

// Rounded down and never 100: no log makes a cause certain.
int percent(double confidence) { return std::min(99, static_cast<int>(confidence * 100)); }

// "hostA, hostB +3"
std::string few(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 3;
  std::string list;
  for (std::size_t i = 0; i < names.size() && i < shown; ++i) list += (i > 0 ? ", " : "") + names[i];
  if (names.size() > shown) list += fmt::format(" +{}", names.size() - shown);
  return list;
}

// One GPU by index and address; several of one host by their indices; of several hosts, where an index says nothing, only
// how many.
std::string gpus_phrase(const std::vector<report::Gpu>& gpus, const std::string& language) {
  if (gpus.empty()) return {};
  const auto& first = gpus.front();
  if (gpus.size() == 1) {
    const auto name = first.index && !first.pci.empty() ? fmt::format("{} ({})", *first.index, first.pci)
                      : first.index                     ? std::to_string(*first.index)
                      : first.pci.empty()               ? first.uuid
                                                        : first.pci;
    return fmt::format(fmt::runtime(on_gpu.in(language)), name);
  }
  if (std::any_of(gpus.begin(), gpus.end(), [&](const auto& g) { return g.host != first.host; }))
    return fmt::format(fmt::runtime(on_many_gpus.in(language)), gpus.size());
  std::vector<int> indices;
  std::vector<std::string> addresses;
  for (const auto& gpu : gpus) {
    if (gpu.index) indices.push_back(*gpu.index);
    addresses.push_back(gpu.pci.empty() ? gpu.uuid : gpu.pci);
  }
  return fmt::format(fmt::runtime(on_gpus.in(language)), indices.size() == gpus.size() ? report::ranges(indices) : few(addresses));
}

std::string place_phrase(const report::Where& where, const std::string& language) {
  std::string phrase;
  if (where.hosts.size() == 1) phrase += fmt::format(fmt::runtime(on_host.in(language)), where.hosts.front());
  if (where.hosts.size() > 1) phrase += fmt::format(fmt::runtime(on_hosts.in(language)), where.hosts.size(), few(where.hosts));
  phrase += gpus_phrase(where.gpus, language);
  constexpr std::size_t ranks_shown = 40;  // bytes
  if (const auto ranks = report::ranges(where.ranks); !ranks.empty())
    phrase += fmt::format(fmt::runtime((where.ranks.size() == 1 ? on_rank : on_ranks).in(language)), report::cut_bytes(ranks, ranks_shown));
  if (!where.pods.empty()) phrase += fmt::format(fmt::runtime(on_pod.in(language)), few(where.pods));
  return phrase;
}

void add_hardware(const signals::Findings& findings, const std::vector<ranking::RankedCause>& ranked, report::Result& result) {
  auto& verdict = result.verdict;
  const bool kernel_log = has_format(result, findings, [](std::string_view format) { return format == "dmesg"; });
  const auto suspect = std::find_if(ranked.begin(), ranked.end(), [](const auto& r) {
    return r.cause->hardware == kb::Hardware::suspect && r.confidence >= hardware_still_possible;
  });
  const auto say = [&](const char* hardware, const Sentence& why, const std::string& title = {}) {
    verdict.hardware = hardware;
    verdict.why = fmt::format(fmt::runtime(why.in(result.language)), title);
  };
  const auto title_of = [&](const ranking::RankedCause& r) {
    return std::string(r.cause->title.in(result.language));
  };
  if (suspect != ranked.end()) {
    if (suspect->confidence >= fault_found_from) return say("suspect", hardware_suspect, title_of(*suspect));
    return say("unknown", unknown_hardware);
  }
  if (verdict.status == "fault-found" && ranked.front().cause->hardware == kb::Hardware::cleared)
    return say("cleared", kernel_log ? cleared_by_cause_and_log : cleared_by_cause);
  if (verdict.status == "no-fault-found" && kernel_log && has_format(result, findings, [](std::string_view format) { return format.starts_with("nvidia-smi"); })) return say("cleared", cleared_healthy);
  say("unknown", unknown_hardware);
}

}  // namespace

void add_verdict(const signals::Findings& findings, const std::vector<ranking::RankedCause>& ranked,
                 report::Result& result) {
  auto& verdict = result.verdict;
  const auto& language = result.language;
  if (!ranked.empty() && ranked.front().confidence >= fault_found_from) {
    const auto& top = result.causes.front();
    verdict.status = "fault-found";
    verdict.summary = fmt::format(fmt::runtime((is_guess(ranked.front()) ? guessed : fault_found).in(language)), top.title, place_phrase(top.where, language), percent(top.confidence));
  } else if (findings.trouble()) {
    verdict.status = "undecided";
    verdict.summary = result.causes.empty() ? std::string(undecided_plain.in(language))
                                            : fmt::format(fmt::runtime(undecided_with.in(language)), result.causes.front().title,
                                                          percent(result.causes.front().confidence));
  } else {
    verdict.status = "no-fault-found";
    result.causes.clear();
    const bool any_fact = std::any_of(result.documents.begin(), result.documents.end(), [](const auto& d) { return d.facts > 0; });
    verdict.summary = (any_fact ? healthy : nothing_read).in(language);
  }
  add_hardware(findings, ranked, result);
}

void mention_what_decides(report::Result& result) {
  if (result.verdict.status != "undecided" || result.causes.empty() || !result.missing.empty()) return;
  const auto& best = result.causes.front();
  result.verdict.summary = fmt::format(fmt::runtime(undecided_for_good.in(result.language)), best.title, percent(best.confidence));
}

}  // namespace gpm::compose
