// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/words.h"

#include <algorithm>
#include <array>

namespace gpm::report {
namespace {

constexpr std::array table = {
    Word{"action-first", "First thing to do", "首先要做"},
    Word{"against", "Against it", "反面证据"},
    Word{"against-none", "Nothing in the bundle speaks against it.", "所收集的资料中没有反面证据。"},
    Word{"all-causes", "Ranked causes", "按可能性排列的原因"},
    Word{"also-possible", "Also possible", "其他可能"},
    Word{"another-fault", "Another fault", "另一处故障"},
    Word{"artefact", "What to collect", "需收集的内容"},
    Word{"bundle", "Bundle", "资料包"},
    Word{"causes-none", "No cause to name.", "没有可指出的原因。"},
    Word{"check", "Check", "验证"},
    Word{"collect-next", "What to collect next", "接下来应收集"},
    Word{"collect-none", "Nothing more is needed to decide.", "无需再收集其他资料。"},
    Word{"command", "Command", "命令"},
    Word{"communicator-caption", "How far each rank of each communicator came", "各通信器中每个 rank 的进度"},
    Word{"communicator-n", "Communicator {0}", "通信器 {0}"},
    Word{"communicator-seen", "{0} ranks seen", "见到 {0} 个 rank"},
    Word{"communicator-size", "{0} of {1} ranks seen", "共 {1} 个 rank，见到 {0} 个"},
    Word{"communicators", "NCCL communicators", "NCCL 通信器"},
    Word{"confidence", "Confidence", "置信度"},
    Word{"confidence-almost-certain", "almost certain", "几乎可以确定"},
    Word{"confidence-likely", "likely", "较有可能"},
    Word{"confidence-possible", "possible", "有可能"},
    Word{"confidence-unlikely", "unlikely", "可能性低"},
    Word{"confidence-very-likely", "very likely", "很有可能"},
    Word{"count-lines", "{0} equal lines, the first shown", "共 {0} 行相同，仅列首行"},
    Word{"damaged-more", "{0} more in the HTML and JSON reports", "另有 {0} 个，见 HTML 和 JSON 报告"},
    Word{"document", "Document", "文档"},
    Word{"documents", "Documents", "文档"},
    Word{"documents-all-read", "All documents could be read.", "所有文档均可读取。"},
    Word{"documents-bad", "Documents that could not be read in full", "未能完整读取的文档"},
    Word{"documents-caption", "Every document with its format and status", "各文档的格式与状态"},
    Word{"documents-omitted", "{0} more documents without facts, evidence or damage are not listed.", "另有 {0} 个既无事实、证据也无损坏的文档，未列出。"},
    Word{"documents-read", "{0} documents, {1}, {2} lines", "{0} 个文档，{1}，{2} 行"},
    Word{"documents-understood", "; {0} of the documents and {1} of the lines are of a known format", "；其中 {0} 个文档、{1} 的行属于已知格式"},
    Word{"event", "Event", "事件"},
    Word{"evidence-for", "Evidence for it", "支持的证据"},
    Word{"evidence-more", "{0} more pieces of evidence", "另有 {0} 条证据"},
    Word{"explains", "Also explains", "还能解释"},
    Word{"explanation", "What happened", "发生了什么"},
    Word{"facts", "Facts", "事实数"},
    Word{"fix", "What to do", "处理办法"},
    Word{"fix-more", "{0} more fixes", "另有 {0} 项处理办法"},
    Word{"format", "Format", "格式"},
    Word{"gpu", "GPU", "GPU"},
    Word{"gpu-caption", "Every GPU that the bundle names", "资料中出现的全部 GPU"},
    Word{"gpu-index", "Index", "序号"},
    Word{"hardware", "Hardware", "硬件"},
    Word{"hardware-answer-cleared", "No, cleared.", "不是，已排除。"},
    Word{"hardware-answer-suspect", "Suspect.", "可疑。"},
    Word{"hardware-answer-unknown", "Unknown.", "无法判断。"},
    Word{"hardware-cleared", "cleared", "已排除"},
    Word{"hardware-question", "Is it the hardware?", "是硬件问题吗？"},
    Word{"hardware-suspect", "suspect", "可疑"},
    Word{"hardware-unknown", "unknown", "无法判断"},
    Word{"host", "Host", "主机"},
    Word{"host-caption", "Every host with what is known of it", "各主机的已知情况"},
    Word{"hosts", "Hosts", "主机"},
    Word{"hosts-and-gpus", "Hosts and GPUs", "主机与 GPU"},
    Word{"how-sure", "How sure", "把握程度"},
    Word{"if-not-this", "If it is not this", "如果不是该原因"},
    Word{"incident", "Incident", "事故"},
    Word{"incident-n", "incident {0}", "事故 {0}"},
    Word{"jump", "Contents", "目录"},
    Word{"known-facts", "Known facts", "已知情况"},
    Word{"last-line", "Every cause, the timeline and all documents: --html FILE or --json FILE", "全部原因、时间线和文档：--html 文件 或 --json 文件"},
    Word{"line", "Line", "行"},
    Word{"list-more", "and {0} more", "另有 {0} 个"},
    Word{"model", "Model", "型号"},
    Word{"note", "Note", "说明"},
    Word{"notes", "Reading notes", "读取说明"},
    Word{"notes-caption", "Where a document could not be read as its format promises", "文档内容与其格式不符之处"},
    Word{"notes-omitted", "{0} more notes are in no list.", "另有 {0} 条说明未列出。"},
    Word{"omitted-moments", "{0} more moments are not listed.", "另有 {0} 个时间点未列出。"},
    Word{"phase", "Furthest step", "最远步骤"},
    Word{"rank", "Rank", "Rank"},
    Word{"rank-groups-caption", "Ranks in the same state", "处于相同状态的 rank"},
    Word{"rank-state-aborted", "aborted", "已中止"},
    Word{"rank-state-done", "set up", "已就绪"},
    Word{"rank-state-never-seen", "never seen", "从未出现"},
    Word{"rank-state-stopped", "stopped in {0}", "停在 {0}"},
    Word{"rank-state-waiting", "waiting in {0}", "等待于 {0}"},
    Word{"ranking-sum", "How the confidence adds up", "置信度的计算"},
    Word{"ranks-n", "Ranks {0}", "Rank {0}"},
    Word{"ranks-of", "Ranks of communicator {0}", "通信器 {0} 的 rank"},
    Word{"reason", "Reason", "原因"},
    Word{"redacted", "Replaced by pseudonyms (times): {0}", "已用代号替换（次数）：{0}"},
    Word{"redacted-email", "e-mail addresses", "电子邮件地址"},
    Word{"redacted-host", "host names", "主机名"},
    Word{"redacted-ip", "public addresses", "公网地址"},
    Word{"redacted-key", "keys", "密钥"},
    Word{"redacted-password", "passwords", "口令"},
    Word{"redacted-redacted", "patterns of your own", "自定义模式"},
    Word{"redacted-token", "tokens", "令牌"},
    Word{"redacted-user", "user names in paths", "路径中的用户名"},
    Word{"redaction-off", "Redaction was off: this report quotes the logs as they are.", "脱敏已关闭：本报告按原样引用日志。"},
    Word{"references", "References", "参考资料"},
    Word{"risk", "Risk", "风险"},
    Word{"risk-hardware", "hardware work", "硬件操作"},
    Word{"risk-restarts-job", "restarts job", "需重启作业"},
    Word{"risk-restarts-node", "restarts node", "需重启节点"},
    Word{"risk-safe", "safe", "安全"},
    Word{"serial", "Serial", "序列号"},
    Word{"serial-n", "serial {0}", "序列号 {0}"},
    Word{"size", "Size", "大小"},
    Word{"source", "Source", "出处"},
    Word{"status", "Status", "状态"},
    Word{"status-damaged", "damaged", "损坏"},
    Word{"status-encrypted", "encrypted", "已加密"},
    Word{"status-limit", "limit reached", "达到限制"},
    Word{"status-ok", "ok", "正常"},
    Word{"status-skipped", "skipped", "已跳过"},
    Word{"status-truncated", "truncated", "截断"},
    Word{"status-unreadable", "unreadable", "无法读取"},
    Word{"time", "Time", "时间"},
    Word{"time-boot", "{0} s after boot", "开机后 {0} 秒"},
    Word{"time-from-anchored-boot", "from the kernel's clock, anchored by another line", "由内核时钟推算，以其他日志行为锚点"},
    Word{"time-from-anchored-boot-assumed-utc", "from the kernel's clock, anchored by a line without zone, taken as UTC",
         "由内核时钟推算，锚点日志行未注明时区，按 UTC 处理"},
    Word{"time-from-assumed-utc", "no zone stated, taken as UTC", "未注明时区，按 UTC 处理"},
    Word{"time-from-inferred-year", "year from another line, no zone stated, taken as UTC", "年份取自其他日志行，未注明时区，按 UTC 处理"},
    Word{"time-from-inferred-year-and-zone", "year and zone from other lines", "年份和时区取自其他日志行"},
    Word{"time-from-inferred-zone", "zone from another line", "时区取自其他日志行"},
    Word{"time-from-none", "no time stated", "没有时间"},
    Word{"time-from-since-boot", "kernel clock only", "仅有内核时钟"},
    Word{"time-from-stated", "stated in the line", "日志行中注明"},
    Word{"time-from-yearless", "no year stated", "未注明年份"},
    Word{"time-unknown", "unknown", "未知"},
    Word{"timeline", "Timeline", "时间线"},
    Word{"timeline-caption", "What happened, in order, on the clock of the bundle", "按资料中的时钟排列的事件经过"},
    Word{"timeline-none", "No event with a place in time.", "没有可排序的事件。"},
    Word{"tool", "Made by gpu-postmortem {0}, knowledge of {1}", "由 gpu-postmortem {0} 生成，知识库日期 {1}"},
    Word{"tool-plain", "Made by gpu-postmortem {0}", "由 gpu-postmortem {0} 生成"},
    Word{"unusual", "Unusual lines that no signal knows", "未被任何信号识别的异常行"},
    Word{"unusual-caption", "Lines that look like trouble and that the knowledge base does not know", "看似异常但知识库尚未收录的日志行"},
    Word{"verdict", "Verdict", "结论"},
    Word{"verdict-fault-found", "Fault found", "发现故障"},
    Word{"verdict-no-fault-found", "No fault found", "未发现故障"},
    Word{"verdict-undecided", "Undecided", "尚不能确定"},
    Word{"verify", "How to verify", "如何验证"},
    Word{"where", "Where", "位置"},
    Word{"where-containers", "Containers", "容器"},
    Word{"where-gpus", "GPUs", "GPU"},
    Word{"where-hosts", "Hosts", "主机"},
    Word{"where-pods", "Pods", "Pod"},
    Word{"where-processes", "Processes", "进程"},
    Word{"where-ranks", "Ranks", "Rank"},
    Word{"where-unknown", "not known", "未知"},
    Word{"why", "Why", "原因"},
    Word{"why-not", "Why it is not the first", "为何不是首要原因"},
    Word{"workaround", "Workaround, does not end the cause", "临时规避，不能消除根因"},
    Word{"workaround-short", "workaround", "临时规避"},
};

const Word* find(std::string_view id) {
  const auto at = std::lower_bound(table.begin(), table.end(), id, [](const Word& w, std::string_view i) { return w.id < i; });
  return at != table.end() && at->id == id ? &*at : nullptr;
}

}  // namespace

std::span<const Word> all_words() { return table; }

std::string_view Words::operator()(std::string_view id) const {
  const auto* word = find(id);
  return word == nullptr ? id : chinese_ ? word->zh : word->en;
}

std::string Words::of(std::string_view field, std::string_view value) const {
  auto id = std::string(field) + "-" + std::string(value);
  std::replace(id.begin(), id.end(), '_', '-');
  return std::string(find(id) != nullptr ? (*this)(id) : value);
}

std::string Words::with(std::string_view id, std::initializer_list<std::string> values) const {
  const auto word = (*this)(id);
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool slot = word[i] == '{' && i + 2 < word.size() && word[i + 2] == '}';
    const auto number = slot ? static_cast<std::size_t>(word[i + 1] - '0') : values.size();
    if (number < values.size()) {
      out += values.begin()[number];
      i += 2;
    } else {
      out.push_back(word[i]);
    }
  }
  return out;
}

}  // namespace gpm::report
