// SPDX-License-Identifier: Apache-2.0
//
// `explain` on the knowledge that is compiled in.
#include "analyzer/explain/explain.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "analyzer/explain/observe.h"
#include "analyzer/explain/question.h"
#include "analyzer/explain/words.h"
#include "analyzer/report/columns.h"
#include "kb/lookup.h"

namespace gpm::explain {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// A page, with line ends and runs of blanks made one blank each, so that wrapping does not matter; "" where nothing is known.
std::string flat(std::string text) {
  std::string out;
  for (const char c : text) {
    const char blank = c == '\n' ? ' ' : c;
    if (blank != ' ' || out.empty() || out.back() != ' ') out += blank;
  }
  return out;
}

std::string page(const std::vector<std::string>& words, Style style = {}) {
  std::ostringstream out;
  std::string unknown;
  return explain(words, kb::embedded(), style, out, unknown) ? out.str() : std::string();
}

std::string told(const std::vector<std::string>& words, Style style = {}) { return flat(page(words, style)); }

std::string unknown(const std::vector<std::string>& words) {
  std::ostringstream out;
  std::string reason;
  EXPECT_FALSE(explain(words, kb::embedded(), {}, out, reason)) << out.str();
  EXPECT_THAT(out.str(), IsEmpty());
  return reason;
}

// Commands and addresses may be wider: they are there to be copied.
void expect_columns(const std::string& text, std::size_t columns, const std::string& what) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("$ ") != std::string::npos || line.starts_with("  https://")) continue;
    EXPECT_LE(report::width_of(line), columns) << what << ": " << line;
  }
}

struct Listed {
  std::string family, number, name;
};

std::vector<Listed> reference_codes() {
  std::ifstream file(GPM_SOURCE_DIR "/tests/explain/data/reference-codes.txt");
  std::vector<Listed> codes;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream parts(line);
    Listed code;
    parts >> code.family >> code.number >> code.name;
    codes.push_back(code);
  }
  return codes;
}

TEST(Reference, EveryListedCodeIsExplainedInBothLanguagesWithinEightyColumns) {
  const auto codes = reference_codes();
  ASSERT_EQ(codes.size(), 656u);
  for (const auto& code : codes) {
    for (const std::string language : {"en", "zh"}) {
      const auto text = page({code.family, code.number}, {.language = language, .with_causes = false});
      EXPECT_FALSE(text.empty()) << code.family << ' ' << code.number;
      if (code.name != "-") {
        EXPECT_THAT(flat(text), HasSubstr(code.name));
      }
      expect_columns(text, 80, code.family + " " + code.number);
    }
  }
}

TEST(Reference, EveryXidUpTo176IsThere) {
  for (std::int64_t xid = 1; xid <= 176; ++xid)
    EXPECT_NE(find_code(kb::embedded(), "xid", xid), nullptr) << xid;
}

TEST(Reference, EveryCodeIsExplainedByItsIdAndByEachOfItsNames) {
  for (const auto& code : kb::embedded().codes) {
    const auto number = code.id.substr(code.family.size() + 1);
    EXPECT_FALSE(page({std::string(code.family), std::string(number)}, {.with_causes = false}).empty()) << code.id;
    for (const auto name : code.names) EXPECT_FALSE(page({std::string(name)}, {.with_causes = false}).empty()) << name;
  }
}

TEST(Reference, EveryCodeOfACatalogSaysWhatToDo) {
  for (const auto& code : kb::embedded().codes)
    if (code.family == "xid" && code.number <= 161) {
      EXPECT_FALSE(code.immediate.empty()) << code.id;
      EXPECT_FALSE(code.fault.empty()) << code.id;
      EXPECT_FALSE(code.severity.empty()) << code.id;
    }
}

// A parser reads the examples as the code that they are given for, or the page would link to the wrong causes.
TEST(Reference, ExamplesOfHandWrittenCodesAreReadAsThatCode) {
  for (const auto& code : kb::embedded().codes) {
    if (code.example.empty() || code.means.en.empty()) continue;
    const auto seen = observe(code.example, kb::embedded());
    ASSERT_FALSE(seen.facts.empty()) << code.example;
    EXPECT_EQ(seen.facts[0].code, code.number) << code.example;
  }
}

TEST(Codes, Xid79NamesItsCauseAndItsConsequences) {
  EXPECT_THAT(told({"xid", "79"}),
              AllOf(StartsWith("Xid 79: GPU fell off the PCIe bus"), HasSubstr("RESTART_BM: Reboot the node"),
                    HasSubstr("+ gpu-fell-off-bus (decisive)"), HasSubstr("kernel.xid.79 · candidate"), HasSubstr("Xid 119")));
}

TEST(Codes, Chinese) {
  EXPECT_THAT(told({"xid", "79"}, {.language = "zh"}),
              AllOf(StartsWith("Xid 79：GPU 已从 PCIe 总线上掉线"), HasSubstr("RESTART_BM：重启节点"), HasSubstr("（决定性）")));
}

TEST(Codes, AFatalSxidSpeaksForTheSwitchAndSaysHowFarItReaches) {
  EXPECT_THAT(told({"sxid", "20034"}), AllOf(HasSubstr("+ nvswitch-fault"), HasSubstr("fatal for one port")));
}

TEST(Codes, ARareSxidIsToldFromItsFields) {
  EXPECT_THAT(told({"sxid", "11021"}), AllOf(HasSubstr("not fatal"), HasSubstr("IGNORE: Nothing has to be done")));
}

TEST(Codes, CudaByNumberByRuntimeNameAndByDriverName) {
  const auto by_number = page({"cuda", "700"}, {.with_causes = false});
  EXPECT_EQ(page({"cuda", "cudaErrorIllegalAddress"}, {.with_causes = false}), by_number);
  EXPECT_EQ(page({"cuda", "CUDA_ERROR_ILLEGAL_ADDRESS"}, {.with_causes = false}), by_number);
  EXPECT_EQ(page({"cudaerrorillegaladdress"}, {.with_causes = false}), by_number);
}

TEST(Codes, Cuda802SpeaksForFabricManager) {
  EXPECT_THAT(told({"cuda", "802"}), AllOf(HasSubstr("+ fabric-manager-not-running (decisive)"), HasSubstr("Fabric Manager")));
}

TEST(Codes, AnOldCudaNumberLeadsToTheNewOne) {
  EXPECT_THAT(told({"cuda", "77"}), AllOf(StartsWith("CUDA 700"), HasSubstr("77 was the number of 700 before CUDA 10.1")));
  EXPECT_THAT(told({"cuda", "4"}), AllOf(StartsWith("CUDA 4:"), HasSubstr("4 was the number of 719")));
}

TEST(Codes, ExitStatusesThatStandForSignals) {
  EXPECT_THAT(told({"exit", "137"}), AllOf(HasSubstr("137 means that signal 9"), HasSubstr("host-out-of-memory")));
  EXPECT_THAT(told({"exit", "-6"}), AllOf(HasSubstr("-6 means that signal 6"), HasSubstr("SIGABRT")));
  EXPECT_THAT(told({"exit", "127"}), StartsWith("exit 127: Command not found"));
}

TEST(Codes, RmInitAdapterTriple) {
  EXPECT_THAT(told({"rm-init", "0x62:0x1a:1792"}), AllOf(StartsWith("RmInit 0x62"), HasSubstr("NV_STATUS 0x1a")));
}

TEST(Codes, WaysToAskForTheSame) {
  const auto plain = page({"xid", "31"}, {.with_causes = false});
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"Xid", "31"}, {"xid31"}, {"XID:31"}, {"Xid 31"}, {"xid:", "31"}, {"xid", "#31"},
                                             {"xid", "0x1f"}, {"xid", "error", "31"}}) {
    EXPECT_EQ(page(words, {.with_causes = false}), plain) << testing::PrintToString(words);
  }
}

TEST(Codes, WhatIsNotKnownIsSaid) {
  EXPECT_EQ(unknown({"xid", "999"}), "no xid code '999' is known");
  EXPECT_EQ(unknown({"cuda", "cudaErrorOfMine"}), "no cuda code 'cudaErrorOfMine' is known");
  EXPECT_THAT(unknown({"exit", "300"}), HasSubstr("no exit code '300'"));
  EXPECT_THAT(unknown({"xid"}), HasSubstr("which one?"));
  EXPECT_THAT(unknown({"79"}), HasSubstr("say what kind of number 79 is: cuda, dcgm"));
  EXPECT_THAT(unknown({"no-such-cause"}), HasSubstr("no code, cause or signal"));
  EXPECT_THAT(unknown({""}), HasSubstr("nothing to explain"));
  EXPECT_THAT(unknown({" \n\t"}), HasSubstr("nothing to explain"));
}

TEST(Codes, HostileArgumentsAreWordsLikeOthers) {
  unknown({"xid", "99999999999999999999999999"});
  unknown({"xid", "-1"});
  unknown({"xid", "0x"});
  unknown({"xid", "0xffffffffffffffffff"});
  unknown({"exit", "-9223372036854775808"});
  unknown({"rm-init", "::::"});
  unknown({"rm-init", "((((:"});
  unknown({std::string(max_line_bytes + 1, 'x')});
  EXPECT_THAT(told({std::string(5000, 'x')}), HasSubstr("No parser and no pattern"));
  for (const std::string& line : {std::string("\0\0 \0", 4), std::string("\xff\xfe \xc3("), std::string("%s %n {0} {code}"),
                                  std::string(60000, '(') + " x", std::string("NVRM: Xid (PCI:0000:5d:00): 145, RLW Fatal XC1 i0 Link 1 "
                                                                              "(0xffffffffffffffff 0xzz)")}) {
    const auto text = page({line});
    EXPECT_FALSE(text.empty());
    expect_columns(text, 80, "hostile");
  }
}

TEST(Entries, EveryCauseAndSignalHasItsPage) {
  for (const std::string language : {"en", "zh"}) {
    for (const auto& cause : kb::embedded().causes) {
      const auto text = page({std::string(cause.id)}, {.language = language});
      EXPECT_FALSE(text.empty()) << cause.id;
      expect_columns(text, 80, std::string(cause.id));
    }
    for (const auto& signal : kb::embedded().signals) {
      const auto text = page({std::string(signal.id)}, {.language = language});
      EXPECT_FALSE(text.empty()) << signal.id;
      expect_columns(text, 80, std::string(signal.id));
    }
  }
}

TEST(Entries, ACauseShowsEvidenceFixesAndPlaceholders) {
  EXPECT_THAT(told({"gpu-fell-off-bus"}),
              AllOf(HasSubstr("Xid 79: the GPU has fallen off the bus (decisive)"), HasSubstr("What to do 1. "), HasSubstr("Check: "),
                    HasSubstr("<placeholders>"), Not(HasSubstr("{gpu_index}"))));
}

TEST(Lines, AnXidLineGivesFactSignalRoleAndCause) {
  EXPECT_THAT(told({"[155044.078590] NVRM: Xid (PCI:0000:5d:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus."}),
              AllOf(HasSubstr("kernel.xid 79; pci=0000:5d:00.0"), HasSubstr("kernel.xid.79 Xid 79"),
                    HasSubstr("candidate: can be the cause"), HasSubstr("+ gpu-fell-off-bus (decisive)"), HasSubstr("Means ")));
}

TEST(Lines, AConsequenceIsNamedOne) {
  EXPECT_THAT(told({"NVRM: Xid (PCI:0000:9b:00): 45, pid=7, name=b, Ch 00000001 caused by previous Xid 149"}),
              AllOf(HasSubstr("previous_xid=149"), HasSubstr("kernel.xid.45")));
  EXPECT_THAT(told({"NVRM: Xid (PCI:0000:9b:00): 154, GPU recovery action changed from 0x0 (None) to 0x2 (Node Reboot Required)"}),
              AllOf(HasSubstr("consequence: follows from something else"), HasSubstr("recovery action 2: Reboot the node")));
}

TEST(Lines, ABenignLineIsNamedOne) {
  EXPECT_THAT(told({"gpu07:81:93 [0] NCCL WARN NET/IB : No device found."}), HasSubstr("looks bad, is harmless"));
}

TEST(Lines, WhatNobodyKnowsIsSaidSo) {
  EXPECT_THAT(told({"all is quiet in the machine room"}), HasSubstr("No parser and no pattern knows this line"));
}

TEST(Lines, ASingleWordMayBeALine) { EXPECT_THAT(told({"Killed"}), AllOf(HasSubstr("app.signal 9"), HasSubstr("signal 9: killed"))); }

TEST(Lines, SignalsOfWhatIsMissingAreNotShown) {
  EXPECT_THAT(told({"[    1.000000] NVRM: Xid (PCI:0000:5d:00): 13, pid=1, name=a, Graphics Exception: ChID 0008"}),
              AllOf(HasSubstr("kernel.xid.13"), Not(HasSubstr("without any hardware Xid"))));
}

TEST(Lines, SignalsThatNeedTheAbsenceOfOthersAreNotShown) {
  const auto* alone = kb::find_signal(kb::embedded(), "nccl.peer_gone_unexplained");
  ASSERT_TRUE(alone != nullptr && !alone->none.empty()) << "take another signal with none: for this test";
  EXPECT_THAT(told({"RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:1333, remote process exited or there was a network error, "
                    "NCCL version 2.21.5"}),
              AllOf(HasSubstr("torch.dist_error"), Not(HasSubstr("nccl.peer_gone_unexplained"))));
}

TEST(Lines, NothingOfALineReachesTheTerminalUnescaped) {
  const auto text = page({"\x1b[31mNVRM: Xid (PCI:0000:5d:00): 79, pid=1, name=\x1b]0;x\x07, \u202e evil \x9b" "2J"});
  for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << static_cast<int>(c);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\u202e")), HasSubstr("\\x1B[31m")));
}

TEST(Lines, ALongLineStaysShort) {
  std::string line = "NVRM: Xid (PCI:0000:5d:00): 79, pid=1, name=a, ";
  while (line.size() < 60000) line += "GPU has fallen off the bus. ";
  EXPECT_LT(page({line}).size(), 12000u);
}

TEST(Lines, ManyLinesAtOnceAreBounded) {
  std::string lines;
  for (int i = 0; i < 400; ++i) lines += "NVRM: Xid (PCI:0000:" + std::to_string(10 + i % 80) + ":00): " + std::to_string(i) + ", pid=1, name=a\n";
  const auto text = told({lines});
  EXPECT_THAT(text, HasSubstr("more facts are not shown"));
  EXPECT_LT(text.size(), 20000u);
}

TEST(Lines, TheWordsAreInBothLanguages) {
  for (const auto& word : all_words()) {
    EXPECT_FALSE(word.en.empty()) << word.id;
    EXPECT_FALSE(word.zh.empty()) << word.id;
  }
}

TEST(Lines, EveryValueOfAFieldHasItsWord) {
  const Words words("en");
  for (const auto& code : kb::embedded().codes) {
    for (const auto& [field, value] : {std::pair{"fault", code.fault}, {"severity", code.severity}, {"scope", code.scope}, {"sticky", code.sticky}})
      if (!value.empty()) {
        EXPECT_FALSE(words.of(field, value).empty()) << code.id << ' ' << field << ' ' << value;
      }
    for (const auto chip : code.applies) EXPECT_FALSE(words.of("applies", chip).empty()) << chip;
  }
  for (const auto& row : kb::embedded().link_decodes) EXPECT_FALSE(words.of("severity", row.severity).empty()) << row.severity;
}

}  // namespace
}  // namespace gpm::explain
