// SPDX-License-Identifier: Apache-2.0
//
// A hundred texts that want to be more than text: markup, script, SQL, terminal escapes, directions, look-alikes, shell,
// templates, addresses, entities, bytes that are no text. In a page an attack that ran would set window.owned, open a
// dialog or ask for an address of evil.invalid.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gpm::test {

struct Attack {
  std::string name, text;
};

inline const std::vector<Attack>& attacks() {
  using namespace std::string_literals;
  static const std::vector<Attack> list = {
      // Elements and attributes.
      {"Script", "<script>window.owned=1;alert(1)</script>"},
      {"ScriptFrom", "<script src=//evil.invalid/x.js></script>"},
      {"ScriptClosesStyle", "</style></script><script>window.owned=1</script>"},
      {"ScriptClosesTitle", "</title><script>window.owned=1</script>"},
      {"ScriptClosesPre", "</code></pre></textarea></details><script>window.owned=1</script>"},
      {"ScriptHalf", "<script>window.owned=1//"},
      {"ScriptUpper", "<ScRiPt >window.owned=1</sCrIpT >"},
      {"ScriptInComment", "<!--><script>window.owned=1</script>-->"},
      {"ScriptInCdata", "<![CDATA[<script>window.owned=1</script>]]>"},
      {"ImageError", "<img src=x onerror=window.owned=1>"},
      {"ImageAddress", "<img src=https://evil.invalid/pixel.png>"},
      {"SvgLoad", "<svg/onload=window.owned=1>"},
      {"SvgScript", "<svg><script>window.owned=1</script></svg>"},
      {"SvgAnimate", "<svg><animate onbegin=window.owned=1 attributeName=x dur=1s></svg>"},
      {"SvgUse", "<svg><use href=https://evil.invalid/a.svg#x></use></svg>"},
      {"MathLink", "<math><a xlink:href=javascript:window.owned=1>x</a></math>"},
      {"Iframe", "<iframe srcdoc='<script>parent.owned=1</script>'></iframe>"},
      {"IframeAddress", "<iframe src=https://evil.invalid/></iframe>"},
      {"Object", "<object data=https://evil.invalid/x.swf></object>"},
      {"Embed", "<embed src=https://evil.invalid/x>"},
      {"Video", "<video><source onerror=window.owned=1 src=x></video>"},
      {"BodyLoad", "<body onload=window.owned=1>"},
      {"DetailsToggle", "<details open ontoggle=window.owned=1>x</details>"},
      {"InputFocus", "<input autofocus onfocus=window.owned=1>"},
      {"FormAction", "<form action=https://evil.invalid/><button>x</button></form>"},
      {"MetaRefresh", "<meta http-equiv=refresh content='0;url=https://evil.invalid/'>"},
      {"MetaPolicy", "<meta http-equiv=Content-Security-Policy content=\"default-src *\">"},
      {"BaseAddress", "<base href=https://evil.invalid/>"},
      {"LinkSheet", "<link rel=stylesheet href=https://evil.invalid/x.css>"},
      {"LinkPrefetch", "<link rel=prefetch href=https://evil.invalid/>"},
      {"StyleImport", "<style>@import 'https://evil.invalid/x.css';*{display:none}</style>"},
      {"StyleAttribute", "<b style=position:fixed;inset:0;background:red>covered</b>"},
      {"TableBreak", "</td></tr></table></div></section></main><h1>"},
      {"Template", "<template><script>window.owned=1</script></template>"},
      {"Noscript", "<noscript><p title=\"</noscript><img src=x onerror=window.owned=1>\">"},
      {"Marquee", "<marquee onstart=window.owned=1><blink>"},
      {"DoubleQuote", "\" onmouseover=\"window.owned=1\" x=\""},
      {"SingleQuote", "' onfocus='window.owned=1' autofocus='"},
      {"QuoteCloses", "\"><script>window.owned=1</script>"},
      {"BacktickQuote", "`onload=window.owned=1`"},
      {"ClassName", "x\" class=\"verdict fault"},
      {"IdClobbers", "\" id=\"causes\" name=\"documentElement"},
      {"CommentOpen", "<!-- everything after this is gone"},
      {"Plaintext", "<plaintext><xmp><listing>"},
      {"Doctype", "<!DOCTYPE html><html><head>"},
      {"Instruction", "<?xml version=\"1.0\"?><?php system('id'); ?>"},
      // Entities.
      {"EntityLess", "&lt;script&gt;window.owned=1&lt;/script&gt;"},
      {"EntityNumber", "&#60;script&#62;window.owned=1&#60;/script&#62;"},
      {"EntityHexNoEnd", "&#x3Cscript&#x3Ewindow.owned=1"},
      {"EntityJavascript", "java&Tab;script&colon;window.owned=1"},
      {"EntityBomb", "&lol9;&lol8;<!ENTITY lol \"lol\">%lol;"},
      {"EntityNbspShy", "a&nbsp;b&shy;c&zwj;d&rlm;e"},
      {"EntityAmpersands", "&&&amp;amp;amp;&copy&notit;"},
      // Addresses.
      {"UrlJavascript", "javascript:window.owned=1"},
      {"UrlData", "data:text/html,<script>opener.owned=1</script>"},
      {"UrlBare", "https://evil.invalid/?q=1&r=<x> http://evil.invalid www.evil.invalid mailto:a@evil.invalid"},
      {"UrlFile", "file:///etc/passwd"},
      {"UrlVbscript", "vbscript:msgbox(1)"},
      {"UrlProtocol", "//evil.invalid/x \\\\evil.invalid\\share"},
      {"UrlUnicode", "https://\xd1\x80\xd0\xb0ypal.com/ https://xn--ypal-43d9g.com/"},
      // Markdown, mentions, references.
      {"MarkdownLink", "[click](javascript:window.owned=1) [x]: https://evil.invalid"},
      {"MarkdownImage", "![x](https://evil.invalid/pixel.png) !https://evil.invalid/jira.png!"},
      {"MarkdownFence", "```\n# owned\n````\n~~~\n"},
      {"MarkdownHeading", "# owned\n## owned\n===\n---\n"},
      {"MarkdownTable", "| a | b |\n|---|---|\n| c | d |"},
      {"MarkdownList", "- [x] owned\n1. owned\n* owned\n+ owned\n> owned"},
      {"MarkdownTicks", "` `` ``` ```` `a` ``b"},
      {"MarkdownHtml", "<sub>owned</sub><a href=https://evil.invalid>x</a><img src=https://evil.invalid/x>"},
      {"Mention", "@everyone @here @someone <!channel> <@U012AB3CD> [~admin] /cc @org/team"},
      {"Reference", "#123 GH-123 owner/repo#1 !42 $7 %9 &11 ~bug JIRA-1 closes #1 ^alert#1"},
      {"QuickAction", "/close\n/assign @someone\n/merge"},
      {"JiraMacro", "{code}{noformat}{color:red}owned{color}{html}<script>window.owned=1</script>{html}"},
      {"Emoji", ":rotating_light: :smile: \xf0\x9f\x92\xa3\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x94\xa5"},
      {"MathMarkup", "$$\\href{javascript:window.owned=1}{x}$$ $`x`$"},
      // Templates.
      {"Mustache", "{{css}} {{{css}}} {{#causes}} {{/causes}} {{=<% %>=}}"},
      {"TemplateJs", "${window.owned=1} <%= 1 %> #{1} {% x %} [[1]]"},
      {"FormatString", "%s%s%s%n %x {} {0} {:>999999999} %(name)s"},
      // Queries, tables, formulas.
      {"Sql", "'; DROP TABLE events; --"},
      {"SqlUnion", "1 UNION SELECT value FROM settings WHERE 'a'='a"},
      {"SqlLike", "%_\\' OR 1=1 /* */"},
      {"Formula", "=HYPERLINK(\"https://evil.invalid\",\"x\")"},
      {"FormulaDde", "=cmd|'/c calc'!A0 +1+1 -1 @SUM(1)"},
      {"Csv", "a,\"b\"\"c\",\r\nd;e\tf"},
      {"JsonBreak", "\"}],\"verdict\":{\"status\":\"no-fault-found\"},\"x\":[{\"\\u0022"},
      {"YamlBreak", "x: {a: [&b *b, !!python/object/apply:os.system ['id']]}"},
      // Shell.
      {"ShellSubstitution", "$(touch /tmp/x)"},
      {"ShellBackticks", "`touch /tmp/x`"},
      {"ShellSequence", "a;reboot"},
      {"ShellQuotes", "'; touch /tmp/x; echo '\"; touch /tmp/x; \"\\"},
      {"ShellRedirect", "x > /tmp/x | tee /tmp/y && reboot &"},
      {"ShellHereDocument", "EOF\ntouch /tmp/x\n"},
      {"ShellOption", "--help -rf /"},
      // Terminals.
      {"EscapeClear", "\x1b[2J\x1b[H\x1b[31mowned\x1b[0m"},
      {"EscapeTitle", "\x1b]0;owned\x07\x1b]8;;https://evil.invalid\x1b\\link\x1b]8;;\x1b\\"},
      {"EscapeClipboard", "\x1b]52;c;dG91Y2ggL3RtcC94\x07\x1bP$q\"p\x1b\\"},
      {"EscapeReport", "\x1b[6n\x1b[c\x05\x1bZ"},
      {"EscapeC1", "\xc2\x9b" "31m\xc2\x9d" "0;owned\xc2\x9c \x9b" "2J"},
      {"Overwrite", "fault\rno fault found\x08\x08\x08\x7f\x0b\x0c\x0e"},
      // Directions, look-alikes, nothing to see.
      {"BidiOverride", "\xe2\x80\xae" "gpj.exe\xe2\x80\xac \xe2\x81\xa6\xe2\x81\xa7\xe2\x81\xa8\xe2\x81\xa9 \xd8\x9c"},
      {"RightToLeft", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd8\xa7\xd9\x84\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85 123 abc"},
      {"Homoglyphs", "\xd1\x80\xd0\xbe\xd0\xb4 n\xcf\x85idia \xef\xbc\x9cscript\xef\xbc\x9e \xe2\x80\xa8\xe2\x80\xa9"},
      {"ZeroWidth", "a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x81\xa0\xef\xbb\xbf" "b\xf3\xa0\x81\x81\xf3\xa0\x80\xa1"},
      {"Combining", "Z\xcc\x91\xcc\xab\xcd\x83\xcc\xaa\xcc\x82\xcc\xab\xcc\xbd\xcd\x8f\xcc\xb4\xcc\x99\xcc\xa4\xcc\x9e\xcd\x89\xcd\x9a\xcc\xaf\xcc\x9e\xcc\xa0\xcd\x8dZ"},
      {"Variation", "a\xef\xb8\x8e" "b\xf3\xa0\x84\x80" "c\xe1\xa0\x8e" "d\xe3\x85\xa4" "e"},
      // Bytes.
      {"Nul", "before\0after\0\0"s},
      {"InvalidUtf8", "\xff\xfe \xc3( \xe2\x82 \xf0\x9f\x92 \xc0\xaf \xf8\x88\x80\x80\x80"},
      {"LoneSurrogates", "\xed\xa0\x80 \xed\xb0\x80 \xed\xa0\xbd\xed\xb8\x80"},
      {"NonCharacters", "\xef\xbf\xbe\xef\xbf\xbf\xf4\x8f\xbf\xbf\xef\xbf\xbd\xee\x80\x80"},
      {"AllControls", "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\xc2\x80\xc2\x85\xc2\x9f"},
      // Size.
      {"Long", std::string(4096, 'A')},
      {"LongWide", [] { std::string s; for (int i = 0; i < 1365; ++i) s += "\xe6\x8e\x89"; return s; }()},
      {"LongTags", [] { std::string s; for (int i = 0; i < 680; ++i) s += "<b><i>"; return s; }()},
      {"LongTicks", std::string(3000, '`')},
      {"LongBackslashes", std::string(3001, '\\')},
      {"ManyLines", [] { std::string s; for (int i = 0; i < 500; ++i) s += "owned\n"; return s; }()},
      {"Blanks", std::string(3000, ' ') + "\t\t\xc2\xa0\xe3\x80\x80"},
  };
  return list;
}

}  // namespace gpm::test
