// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/inert.h"

#include <gtest/gtest.h>

#include "parsers/text/utf8.h"
#include "tests/report/fixtures.h"

namespace gpm::report {
namespace {

using namespace std::string_literals;

TEST(Inert, PlainTextPasses) { EXPECT_EQ(inert("NVRM: Xid 79, 掉线 é \\x1b"), "NVRM: Xid 79, 掉线 é \\x1b"); }
TEST(Inert, TerminalEscapesAreShown) { EXPECT_EQ(inert("\x1b[2J\x07"), "\\x1B[2J\\x07"); }
TEST(Inert, LineEndsAndNulAreShown) { EXPECT_EQ(inert("a\r\nb\0c\x7f"s), "a\\x0D\\x0Ab\\x00c\\x7F"); }
TEST(Inert, TabsBecomeBlanks) { EXPECT_EQ(inert("a\tb"), "a b"); }
TEST(Inert, C1ControlsAreShown) {
  EXPECT_EQ(inert("\xc2\x9b"
                  "31m"),
            "\\u{009B}31m");
}
TEST(Inert, BidiOverridesAndIsolatesAreShown) {
  EXPECT_EQ(inert("\u202Eab\u2066c\u2069"), "\\u{202E}ab\\u{2066}c\\u{2069}");
}
TEST(Inert, InvisibleCharactersAreShown) {
  EXPECT_EQ(inert("a\u200B\uFEFF\U000E0041"), "a\\u{200B}\\u{FEFF}\\u{E0041}");
}
TEST(Inert, BytesThatAreNotUtf8AreShown) {
  EXPECT_EQ(inert("\xff \xc3( \xed\xa0\x80"), "\\xFF \\xC3( \\xED\\xA0\\x80");
}
TEST(Inert, ACharacterCutAtTheEndIsShown) { EXPECT_EQ(inert("中\xe4\xb8"), "中\\xE4\\xB8"); }
TEST(Inert, TwiceIsOnce) { EXPECT_EQ(inert(inert(everything_hostile())), inert(everything_hostile())); }

TEST(Utf8, TakesTheMaximalSubpartOfACutSequence) {
  EXPECT_EQ(text::first_code_point("\xf0\x9f\x92"
                             "A")
                .bytes,
            3u);
  EXPECT_EQ(text::first_code_point("\xe0\x80\x80").bytes, 1u);      // overlong: the second byte cannot follow
  EXPECT_EQ(text::first_code_point("\xf4\x90\x80\x80").bytes, 1u);  // above U+10FFFF
  EXPECT_EQ(text::first_code_point("\U0010FFFD").value, 0x10FFFDu);
}

TEST(MarkdownCode, OutrunsTheTextsBackticks) {
  EXPECT_EQ(markdown_code("a"), "`a`");
  EXPECT_EQ(markdown_code("a`b``c"), "```a`b``c```");
  EXPECT_EQ(markdown_code("`a"), "`` `a ``");
  EXPECT_EQ(markdown_code("a\n\n# b"), "`a\\x0A\\x0A# b`");
}
TEST(MarkdownCode, KeepsBlanksAtBothEnds) { EXPECT_EQ(markdown_code(" a "), "`  a  `"); }
TEST(MarkdownCode, EmptyTextIsStillASpan) { EXPECT_EQ(markdown_code(""), "`  `"); }
TEST(MarkdownFence, OutrunsTheTextsBackticks) {
  EXPECT_EQ(markdown_fence("x"), "```");
  EXPECT_EQ(markdown_fence("````"), "`````");
}

TEST(MarkdownText, EscapesMarkup) {
  EXPECT_EQ(markdown_text("*a* _b_ [c] `d` <e> \\f"), "\\*a\\* \\_b\\_ \\[c\\] \\`d\\` &lt;e&gt; \\\\f");
}
TEST(MarkdownText, NamesNobodyAndNoIssue) { EXPECT_EQ(markdown_text("@ops #12"), "@&#8203;ops \\#&#8203;12"); }
TEST(MarkdownText, RefersToNothingInOtherTrackers) {
  EXPECT_EQ(markdown_text("!7 $7 %9 ~bug &11 GH-3"), "!&#8203;7 \\$&#8203;7 %&#8203;9 \\~&#8203;bug &amp;&#8203;11 GH-&#8203;3");
  EXPECT_EQ(markdown_text("!a.png! {code} [~admin]"), "!&#8203;a.png! \\{code\\} \\[\\~&#8203;admin\\]");
  EXPECT_EQ(markdown_text("97 %, 97%. Done! a - 1"), "97 %, 97%. Done! a - 1");
}
TEST(MarkdownText, MakesNoLinkOfAnAddress) { EXPECT_EQ(markdown_text("http://a.b www.a.b"), "http:&#8203;//a.b www\\.&#8203;a.b"); }
TEST(MarkdownText, OpensNoList) {
  EXPECT_EQ(markdown_text("12. x"), "12\\. x");
  EXPECT_EQ(markdown_text("- x"), "\\- x");
}
TEST(MarkdownText, HasNoBlanksAtItsEnds) { EXPECT_EQ(markdown_text("     a\tb  "), "a b"); }
TEST(MarkdownText, LeavesASentenceAlone) {
  EXPECT_EQ(markdown_text("GPU 6 of dgx-a12 fell off the bus (Xid 79)."),
            "GPU 6 of dgx-a12 fell off the bus (Xid 79).");
}

TEST(PlainLink, IsHttpsAndNothingToEscape) {
  EXPECT_TRUE(is_plain_link("https://docs.nvidia.com/deploy/xid-errors/#a?b=1&c=%20"));
  for (const char* url : {"http://a.b", "javascript:alert(1)", "https://", "https:///x", "https://a b", "https://a\"b",
                          "https://a<b", "https://a`b", "https://a)b", "https://a\nb", "https://é.com", "HTTPS://a.b"})
    EXPECT_FALSE(is_plain_link(url)) << url;
}

facts::Place good_place() {
  facts::Place place;
  place.host = "dgx-a12.rack3";
  place.pci = "0000:5d:00.0";
  place.gpu_index = 3;
  place.gpu_uuid = "GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11";
  place.pod = "train-0";
  place.container = "worker_1.a";
  place.pid = 4711;
  return place;
}
constexpr const char* all_placeholders = "{host} {pci} {gpu_index} {gpu_uuid} {pod} {container} {pid}";

TEST(FillCommand, PutsPlainValuesIn) {
  EXPECT_EQ(fill_command(all_placeholders, good_place()),
            "dgx-a12.rack3 0000:5d:00.0 3 GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11 train-0 worker_1.a 4711");
}
TEST(FillCommand, NamesWhatIsNotKnown) {
  EXPECT_EQ(fill_command(all_placeholders, {}), "<host> <pci> <gpu-index> <gpu-uuid> <pod> <container> <pid>");
}
TEST(FillCommand, LeavesOtherBracesAlone) {
  EXPECT_EQ(fill_command("awk '{print $1}' {x} {host {{pid}}", good_place()), "awk '{print $1}' {x} {host {4711}");
}
TEST(FillCommand, DoesNotFillWhatItFilledIn) {
  auto place = good_place();
  place.container = "{host}";
  EXPECT_EQ(fill_command("{container}", place), "<container>");
}
TEST(FillCommand, RefusesNamesThatAreNone) {
  for (const std::string bad : {"$(touch /tmp/x)", "a;b", "a b", "-rf", "a-", ".a", "a..b", "a.", "a/b", "a'b", "a\nb",
                                "a\x1b", "ä", "a_b", ""}) {
    facts::Place place;
    place.host = place.pod = bad;
    EXPECT_EQ(fill_command("ssh {host} {pod}", place), "ssh <host> <pod>") << bad;
  }
  facts::Place place;
  place.host = std::string(64, 'a');  // a label has 63 at most
  EXPECT_EQ(fill_command("{host}", place), "<host>");
  place.host =
      std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(62, 'd');
  EXPECT_EQ(fill_command("{host}", place), "<host>") << "254 in all";
  place.host.pop_back();
  EXPECT_EQ(fill_command("{host}", place), place.host);
}
TEST(FillCommand, RefusesContainersThatAreOptionsOrMore) {
  for (const char* bad : {"-x", "_a", "a b", "a$", "a/b", "a|b", ""}) {
    facts::Place place;
    place.container = bad;
    EXPECT_EQ(fill_command("{container}", place), "<container>") << bad;
  }
}
TEST(FillCommand, RefusesAddressesOfAnotherShape) {
  for (const char* bad : {"5d:00.0", "0000:5d:00", "0000:5d:00.0 ", "0000:5g:00.0", "0000;5d:00.0"}) {
    facts::Place place;
    place.pci = bad;
    EXPECT_EQ(fill_command("{pci}", place), "<pci>") << bad;
  }
  for (const char* bad :
       {"GPU-5c3d9c4e", "gpu-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11", "MIG-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11"}) {
    facts::Place place;
    place.gpu_uuid = bad;
    EXPECT_EQ(fill_command("{gpu_uuid}", place), "<gpu-uuid>") << bad;
  }
}
TEST(FillCommand, RefusesNegativeNumbers) {
  facts::Place place;
  place.pid = -1;  // kill -1 ends everything
  place.gpu_index = -1;
  EXPECT_EQ(fill_command("kill {pid}; {gpu_index}", place), "kill <pid>; <gpu-index>");
  for (const int not_a_program : {0, 1}) {
    place.pid = not_a_program;
    EXPECT_EQ(fill_command("kill {pid}", place), "kill <pid>");
  }
}
TEST(FillCommand, NoControlCharacterComesOutOfAForeignTemplate) {
  EXPECT_EQ(fill_command("nvidia-smi\nrm -rf /\x1b[A\u202E", {}), "nvidia-smi\\x0Arm -rf /\\x1B[A\\u{202E}");
}
TEST(FillCommand, NoPatternLetsAShellCharacterThrough) {
  for (int byte = 0; byte < 256; ++byte) {
    facts::Place place;
    place.host = place.pod = place.container = "a" + std::string(1, static_cast<char>(byte)) + "b";
    const auto filled = fill_command("{host} {pod} {container}", place);
    for (char c : filled) {
      const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                         std::string_view(" .-_<>").find(c) != std::string_view::npos;
      EXPECT_TRUE(plain) << byte << " gave " << filled;
    }
  }
}

}  // namespace
}  // namespace gpm::report
