// SPDX-License-Identifier: Apache-2.0
#include "analyzer/explain/words.h"

#include <algorithm>

namespace gpm::explain {
namespace {

constexpr Word table[] = {
    {"act", "Do", "处理"},
    {"against", "Against it", "反对它的证据"},
    {"and-more", "and {0} more", "等另外 {0} 个"},
    {"applies", "Applies to", "适用于"},
    {"applies-A100", "A100 (Ampere)", "A100（Ampere）"},
    {"applies-B100", "B100 (Blackwell)", "B100（Blackwell）"},
    {"applies-GB200", "GB200 (Grace Blackwell)", "GB200（Grace Blackwell）"},
    {"applies-H100", "H100 (Hopper)", "H100（Hopper）"},
    {"applies-newer", "newer drivers than NVIDIA's catalog covers", "比 NVIDIA 目录更新的驱动"},
    {"applies-older", "older GPUs and drivers only", "仅较旧的 GPU 与驱动"},
    {"by-words-alone", "The printed unit fits neither register layout; this is by the words alone.",
     "打印的单元与两种寄存器布局都不符；以下仅根据数据字得出。"},
    {"causes", "What it speaks for", "支持的根因"},
    {"check", "Check", "验证"},
    {"collect", "What would decide", "需要收集的信息"},
    {"commands-note", "Commands hold <placeholders>: an analysis of a bundle fills them in.",
     "命令中含有 <占位符>：分析诊断包时会自动填入。"},
    {"decoded", "Sub-code", "子码"},
    {"doubtful", "Sources disagree on this one, or there is only one.", "各来源说法不一，或只有单一来源。"},
    {"effects", "Effects", "影响"},
    {"ending-signal", "{0} means that signal {1} ended the process (128 + N, or -N).",
     "{0} 表示进程被信号 {1} 结束（128 + N 或 -N）。"},
    {"error-status", "error status", "错误状态"},
    {"evidence", "Evidence for it", "支持它的证据"},
    {"example", "In a log", "日志示例"},
    {"explains", "It explains", "它能解释"},
    {"facts", "Facts", "事实"},
    {"family", "Kind", "种类"},
    {"fault", "Lies in", "归属"},
    {"fault-app", "the program or a library that it loads", "程序或其加载的库"},
    {"fault-driver", "the driver, as long as nothing else explains it", "驱动（若没有其他解释）"},
    {"fault-firmware", "the GPU's firmware", "GPU 固件"},
    {"fault-hardware", "the hardware", "硬件"},
    {"fault-info", "nothing is at fault: information", "没有故障：仅为信息"},
    {"fault-nvlink", "NVLink: a link, its ends or the switch", "NVLink：链路、两端设备或交换芯片"},
    {"fault-ok", "nothing is at fault", "没有故障"},
    {"fault-setup", "how program, libraries and driver fit together", "程序、库与驱动的配合"},
    {"fault-system", "the state of the system: driver, device, rights, peers", "系统状态：驱动、设备、权限、对端"},
    {"fixes", "What to do", "处理方法"},
    {"fix-kind-workaround", "workaround", "临时规避"},
    {"from-until", "{0} to {1}", "{0} 至 {1}"},
    {"immediate", "At once", "立即"},
    {"investigate", "Then", "随后"},
    {"known-line", "Known line", "已知日志行"},
    {"layout-1", "register layout of drivers before R575", "R575 之前驱动的寄存器布局"},
    {"layout-2", "register layout of R575 and later", "R575 及以后驱动的寄存器布局"},
    {"line", "Line", "日志行"},
    {"link-down", "Reason", "断开原因"},
    {"look", "Look at", "查看"},
    {"means", "Means", "含义"},
    {"message", "Text", "文本"},
    {"more-facts", "{0} more facts are not shown.", "另有 {0} 条事实未显示。"},
    {"named-causes", "Causes that end in it", "会导致它的根因"},
    {"no-decode", "The words of this line fit no row of NVIDIA's table; trust the unit and severity as printed.",
     "该行的数据字不符合 NVIDIA 表格中的任何一行；以打印的单元与严重程度为准。"},
    {"no-signal", "It raises no signal by itself: it counts together with other lines, or not at all.",
     "它本身不触发任何信号：要与其他行一起才有意义，或没有意义。"},
    {"no-use", "No cause uses it.", "没有根因使用它。"},
    {"nothing", "No parser and no pattern knows this line. It may still matter beside others: analyse the whole log.",
     "没有解析器或模式认识这一行。它与其他行一起时仍可能有意义：请分析完整日志。"},
    {"old-number", "{0} was the number of {1} before CUDA 10.1; programs of that time mean this.",
     "{0} 是 CUDA 10.1 之前 {1} 的编号；当时的程序以此为准。"},
    {"origin", "Origin", "来源"},
    {"points-to", "Where it points", "指向的根因"},
    {"points-to-if", "Where it points if it matters after all", "若确有影响，指向的根因"},
    {"printed-by", "Printed by", "打印者"},
    {"promoted", "the unit was promoted to fatal", "该单元已升级为致命"},
    {"raised-by", "Found by", "判定方式"},
    {"raised-by-computed", "a computation over the whole bundle", "对整个诊断包的计算"},
    {"raised-by-topic", "what the complaints of the bundle are about, where nothing else decides", "在没有其他依据时，诊断包中报错所谈论的主题"},
    {"raised-by-pattern", "a pattern over single lines", "对单行的模式匹配"},
    {"raised-by-query", "a query over the facts", "对事实的查询"},
    {"raised-by-when", "a combination of other signals", "其他信号的组合"},
    {"references", "References", "参考"},
    {"related", "See also", "另见"},
    {"risk-hardware", "touches hardware", "涉及硬件"},
    {"risk-restarts-job", "restarts the job", "重启作业"},
    {"risk-restarts-node", "restarts the node", "重启节点"},
    {"risk-safe", "safe", "安全"},
    {"role", "Role", "角色"},
    {"role-advice", "advice that tools print along; never evidence", "工具附带打印的建议；不作为证据"},
    {"role-benign", "looks bad, is harmless", "看似严重，实际无害"},
    {"role-candidate", "candidate: can be the cause", "候选：可能是原因"},
    {"role-confirmation", "confirmation: makes a candidate surer", "佐证：增强候选的可信度"},
    {"role-consequence", "consequence: follows from something else", "结果：由其他问题引起"},
    {"role-teardown", "teardown: clean-up after the end", "清理：结束后的收尾"},
    {"scope", "Reach", "影响范围"},
    {"scope-fabric", "fatal for the whole NVLink fabric of the node", "对节点的整个 NVLink 互连是致命的"},
    {"scope-maybe", "depends: trust the word Fatal or Non-fatal in the line", "视情况：以该行的 Fatal 或 Non-fatal 为准"},
    {"scope-no", "not fatal", "非致命"},
    {"scope-port", "fatal for one port: its GPU, or the partitions that use a trunk", "对单个端口致命：该端口的 GPU，或使用该干线的分区"},
    {"severity", "How bad", "严重程度"},
    {"severity-fatal", "fatal: the GPU or link cannot be used until it is dealt with", "致命：处理之前 GPU 或链路无法使用"},
    {"severity-info", "information", "信息"},
    {"severity-link-fatal", "fatal for the link", "对链路致命"},
    {"severity-non-fatal", "not fatal", "非致命"},
    {"severity-serious", "serious: the program that met it is lost", "严重：遇到它的程序会失败"},
    {"severity-warning", "warning: work goes on", "警告：工作可以继续"},
    {"signals", "Signals", "信号"},
    {"since", "since {0}", "{0} 起"},
    {"source-container", "container engines and runtimes", "容器引擎与运行时"},
    {"source-cuda", "CUDA and programs that use it", "CUDA 及使用它的程序"},
    {"source-framework", "training and inference frameworks", "训练与推理框架"},
    {"source-kernel", "the kernel and its drivers", "内核及其驱动"},
    {"source-kubernetes", "Kubernetes and the GPU operator", "Kubernetes 与 GPU Operator"},
    {"source-launcher", "launchers and schedulers", "启动器与调度器"},
    {"source-nccl", "NCCL", "NCCL"},
    {"source-python", "Python and the C library", "Python 与 C 库"},
    {"source-tool", "NVIDIA's tools and services", "NVIDIA 工具与服务"},
    {"source-torch", "PyTorch", "PyTorch"},
    {"speaks-against", "speaks against {0}", "反对 {0}"},
    {"sticky", "The process", "进程"},
    {"sticky-likely", "in practice has lost CUDA for good and must be restarted", "实际上已无法再使用 CUDA，必须重启"},
    {"sticky-no", "may go on using CUDA", "可以继续使用 CUDA"},
    {"sticky-yes", "has lost CUDA for good and must be restarted", "已无法再使用 CUDA，必须重启"},
    {"until", "up to {0}", "至 {0}"},
    {"uses", "Used by", "用于"},
    {"usually", "Usually", "通常"},
    {"versions", "Versions", "版本"},
    {"weight-against", "against", "反对"},
    {"weight-decisive", "decisive", "决定性"},
    {"weight-guess", "a guess", "推测"},
    {"weight-moderate", "moderate", "中等"},
    {"weight-rules-out", "rules it out", "排除"},
    {"weight-strong", "strong", "强"},
    {"weight-weak", "weak", "弱"},
};

const Word* find(std::string_view id) {
  // Few words, printed once: no order is relied on.
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const Word& word) { return word.id == id; });
  return found == std::end(table) ? nullptr : found;
}

}  // namespace

std::span<const Word> all_words() { return table; }

std::string_view Words::operator()(std::string_view id) const {
  const auto* word = find(id);
  return word == nullptr ? id : chinese_ ? word->zh : word->en;
}

std::string_view Words::of(std::string_view field, std::string_view value) const {
  std::string id = std::string(field) + "-" + std::string(value);
  std::replace(id.begin(), id.end(), '_', '-');
  const auto* word = find(id);
  return word == nullptr ? std::string_view() : chinese_ ? word->zh : word->en;
}

std::string Words::with(std::string_view id, std::initializer_list<std::string_view> values) const {
  std::string text((*this)(id));
  int number = 0;
  for (const auto value : values) {
    const std::string mark = "{" + std::to_string(number++) + "}";
    if (const auto at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace gpm::explain
