// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/options.h"

#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace po = boost::program_options;

namespace gpm::cli {
namespace {

constexpr const char* general_help = R"(gpu-postmortem: finds the root cause of a GPU incident in what was collected after it.

Usage:
  gpu-postmortem [analyze] BUNDLE... [OPTIONS]
  gpu-postmortem explain CODE | CAUSE | SIGNAL | LINE [OPTIONS]
  gpu-postmortem score CORPUS [OPTIONS]
  gpu-postmortem kb patterns
  gpu-postmortem --help | --version

A BUNDLE is a folder, a tar (plain, gz, xz, zst, bz2), a zip, one file (compressed or not), or - for standard input.
Several are one incident seen from several hosts. Nothing is unpacked to disk, no network is used.

Verbs:
  analyze   analyse one incident (the default)
  explain   say what an Xid, a CUDA error, an exit status or any line of a log means
  score     analyse a folder of labelled incidents and say how many answers are right
  kb        patterns: what the knowledge looks for in lines, one ERE a line for `grep -E -f` (with LC_ALL=C) and `rg -f`

Examples:
  gpu-postmortem incident.tar.gz --html incident.html
  dmesg | gpu-postmortem -
  gpu-postmortem explain xid 79

`gpu-postmortem VERB --help` lists the options of a verb.
)";

constexpr const char* analyze_help = R"(Usage: gpu-postmortem analyze BUNDLE... [OPTIONS]

Prints the ranked root causes with their evidence by file and line, the fixes with commands and risk, how to verify them,
and what to collect next.

Examples:
  gpu-postmortem analyze node1.tar.gz node2.tar.gz --html incident.html --lang zh
  kubectl logs trainer-0 | gpu-postmortem analyze - --json - | jq .verdict

)";

constexpr const char* explain_help = R"(Usage: gpu-postmortem explain WHAT [OPTIONS]

Says what it means, what it usually is, what to look at and what to do. WHAT is one of
  KIND NUMBER       KIND: xid, sxid, cuda, nccl, exit, signal, dcgm, rm-init, nv-status, link-down, recovery
  NAME              cudaErrorIllegalAddress, ncclSystemError, SIGKILL, DCGM_FR_XID_ERROR ...
  CAUSE or SIGNAL   an id of a report: gpu-fell-off-bus, kernel.xid.79
  LINE              any line of a log, in quotes: which facts and signals it is, for which causes they speak, its codes
  -                 the line from standard input

Options:
  --lang en|zh      language (default en; on a terminal that of the locale)
  --kb DIR          extend or override the built-in knowledge with this folder
  --help            show this text
  --                what follows is no option

Examples:
  gpu-postmortem explain xid 79 --lang zh
  dmesg | grep 'Xid.*: 149' | head -1 | gpu-postmortem explain -

Exit status: 0 explained; 2 wrong usage, or nothing is known of it; 3 standard input could not be read.
)";

constexpr const char* score_help = R"(Usage: gpu-postmortem score CORPUS [OPTIONS]

Analyses each labelled incident of CORPUS and compares the answer with the label: first answers right, false alarms, evidence
cited, and how often answers of each confidence are right.

CORPUS holds incidents as ID.case.json beside the bundle ID/, or as ID/case.json beside the bundle ID/files/. A label is
a JSON object: root_cause (an id of a cause, or no-fault-found), also_acceptable[], key_evidence[] (parts of the lines that
an expert would cite), answerable (default true), known_miss (why a wrong answer is known).

)";

constexpr const char* score_exit_help = R"(
Exit status: 0 scored, whatever the figures; 2 wrong usage; 3 no labelled incident, or one that cannot be read; 4 internal
error, or an output could not be written.
)";

constexpr const char* exit_help = R"(
Exit status: 0 analysed, whatever was found; 2 wrong usage; 3 no input could be read; 4 internal error, or an output
could not be written; N of --exit-code when a fault was found. NO_COLOR turns colours off; SOURCE_DATE_EPOCH, where set,
is printed as the time of the report.
)";

// A size on the command line; its own type so that program_options reads "10G".
struct Size {
  std::uint64_t bytes = 0;
};

void validate(boost::any& value, const std::vector<std::string>& texts, Size*, int) {
  po::validators::check_first_occurrence(value);
  Size size;
  if (!parse_size(po::validators::get_single_string(texts), size.bytes)) throw po::validation_error(po::validation_error::invalid_option_value);
  value = size;
}

// No guessing: an abbreviated option is wrong usage, so that a script does not change its meaning with a new option.
constexpr int exact_names = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;

Command fail(const std::string& reason) {
  Command command;
  command.kind = Command::Kind::fail;
  command.text = "gpu-postmortem: " + reason + "\nTry `gpu-postmortem --help`.\n";
  return command;
}

Command show(std::string text) {
  Command command;
  command.text = std::move(text);
  return command;
}

struct LimitTexts {
  Size total, document;
};

po::options_description visible(Analyze& a, LimitTexts& sizes) {
  po::options_description options("Options", 100);
  auto add = options.add_options();
  add("html", po::value(&a.html)->value_name("FILE"), "write the HTML report (- = standard output)");
  add("json", po::value(&a.json)->value_name("FILE"), "write the JSON report");
  add("markdown", po::value(&a.markdown)->value_name("FILE"), "write the report as Markdown for a ticket comment");
  add("db", po::value(&a.database)->value_name("FILE"), "write the facts as an SQLite database");
  add("lang", po::value(&a.language)->value_name("en|zh|en,zh"), "language of the report (default en); two = one page with both");
  add("top", po::value(&a.top)->value_name("N"), "causes that the terminal report shows in full (default: of the first 3 those with 10% or more)");
  add("kb", po::value(&a.knowledge_dir)->value_name("DIR"), "extend or override the built-in knowledge with this folder");
  add("explain-ranking", po::bool_switch(&a.explain_ranking), "show the sum behind each cause's rank");
  add("no-redact", po::bool_switch(&a.no_redact), "quote tokens, passwords, keys, e-mail addresses, user names in paths and public addresses as they stand");
  add("redact-also", po::value(&a.redact_also)->value_name("REGEX")->composing(), "replace what this RE2 pattern (or its first group) matches, too; may be repeated");
  add("redact-hosts", po::bool_switch(&a.redact_hosts), "replace host names, too");
  add("redact-map", po::value(&a.redact_map)->value_name("FILE"), "write pseudonyms and originals to this file, readable by its owner alone");
  add("redact-key", po::value(&a.redact_key)->value_name("FILE"), "pseudonyms that are the same in every analysis with this key; made, readable by its owner alone, where there is none");
  add("exit-code", po::value(&a.exit_code)->value_name("N"), "exit with N (10 to 125) when a fault was found");
  add("quiet", po::bool_switch(&a.quiet), "no progress and no messages but errors");
  add("limit-total", po::value(&sizes.total)->value_name("SIZE"), "inflated bytes of all inputs (default 1T)");
  add("limit-document", po::value(&sizes.document)->value_name("SIZE"), "inflated bytes of one document (default 64G)");
  add("limit-documents", po::value(&a.limits.documents)->value_name("N"), "documents (default 2000000)");
  add("limit-depth", po::value(&a.limits.depth)->value_name("N"), "archives within archives (default 6)");
  add("limit-ratio", po::value(&a.limits.ratio)->value_name("N"), "inflated to packed bytes of one stream, counted past 1 GiB (default 500)");
  add("stdin-idle", po::value(&a.limits.stdin_idle_s)->value_name("SECONDS"), "end of standard input after this long without new bytes (default 60)");
  add("help", "show this text");
  return options;
}

std::string check(const Analyze& a) {
  if (a.inputs.empty()) return "no BUNDLE given";
  constexpr std::array<std::string_view, 5> languages = {"", "en", "zh", "en,zh", "zh,en"};
  if (std::find(languages.begin(), languages.end(), a.language) == languages.end()) return "--lang takes en, zh or en,zh, not '" + a.language + "'";
  if (a.exit_code != 0 && (a.exit_code < 10 || a.exit_code > 125)) return "--exit-code takes 10 to 125";
  if (a.top < 1) return "--top takes a number from 1";
  if (a.limits.depth < 0 || a.limits.stdin_idle_s < 1 || a.limits.ratio < 1) return "a limit is out of range";
  if (a.database == "-") return "--db needs a file";
  if (a.redact_map == "-") return "--redact-map needs a file";
  if (a.no_redact && (a.redact_hosts || !a.redact_also.empty() || !a.redact_map.empty() || !a.redact_key.empty())) return "--no-redact and another option of redaction";
  if ((a.html == "-") + (a.json == "-") + (a.markdown == "-") > 1) return "only one view can go to standard output";
  if (std::count(a.inputs.begin(), a.inputs.end(), "-") > 1) return "standard input can be read only once";
  return {};
}

Command parse_analyze(const std::vector<std::string>& arguments) {
  Command command;
  auto& a = command.analyze;
  LimitTexts sizes{{a.limits.total_bytes}, {a.limits.document_bytes}};
  const auto options = visible(a, sizes);
  po::options_description all;
  all.add(options).add_options()("input", po::value(&a.inputs));
  po::positional_options_description positional;
  positional.add("input", -1);
  try {
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).style(exact_names).run(), values);
    if (values.count("help")) {
      std::ostringstream text;
      text << analyze_help << options << exit_help;
      return show(text.str());
    }
    po::notify(values);
    a.top_asked = values.count("top") > 0;
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  a.limits.total_bytes = sizes.total.bytes;
  a.limits.document_bytes = sizes.document.bytes;
  if (auto reason = check(a); !reason.empty()) return fail(reason);
  command.kind = Command::Kind::analyze;
  return command;
}

Command parse_score(const std::vector<std::string>& arguments) {
  Command command;
  auto& s = command.score;
  po::options_description options("Options", 100);
  auto add = options.add_options();
  add("failures", po::bool_switch(&s.failures), "list each wrong answer");
  add("json", po::value(&s.json)->value_name("FILE"), "write the figures and all answers as JSON (- = standard output)");
  add("kb", po::value(&s.knowledge_dir)->value_name("DIR"), "extend or override the built-in knowledge with this folder");
  add("help", "show this text");
  po::options_description all;
  all.add(options).add_options()("corpus", po::value(&s.corpus));
  po::positional_options_description positional;
  positional.add("corpus", 1);
  try {
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(all).positional(positional).style(exact_names).run(), values);
    if (values.count("help")) {
      std::ostringstream text;
      text << score_help << options << score_exit_help;
      return show(text.str());
    }
    po::notify(values);
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  if (s.corpus.empty()) return fail("no CORPUS given");
  command.kind = Command::Kind::score;
  return command;
}

// By hand: numbers such as -9 are no options here, and a pasted line may hold anything.
Command parse_explain(const std::vector<std::string>& arguments) {
  Command command;
  auto& e = command.explain;
  bool options = true;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto& word = arguments[i];
    if (!options || !word.starts_with("--")) {
      e.words.push_back(word);
      continue;
    }
    if (word == "--help") return show(explain_help);
    if (word == "--") {
      options = false;
      continue;
    }
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    auto* value = name == "--lang" ? &e.language : name == "--kb" ? &e.knowledge_dir : nullptr;
    if (value == nullptr) return fail("explain knows no option '" + name.substr(0, 80) + "' (put -- before a line that begins so)");
    if (equals == std::string::npos && i + 1 == arguments.size()) return fail(name + " needs a value");
    *value = equals == std::string::npos ? arguments[++i] : word.substr(equals + 1);
  }
  if (e.words.empty()) return fail("nothing to explain was given");
  if (!e.language.empty() && e.language != "en" && e.language != "zh") return fail("--lang takes en or zh");
  command.kind = Command::Kind::explain;
  return command;
}

}  // namespace

bool parse_size(const std::string& text, std::uint64_t& bytes) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit(end, text.data() + text.size());
  if (error != std::errc{}) return false;
  if (unit.ends_with("iB")) unit.resize(unit.size() - 2);
  const std::string units = "KMGT";
  int shift = 0;
  if (!unit.empty()) {
    const auto at = units.find(unit);
    if (unit.size() != 1 || at == std::string::npos) return false;
    shift = 10 * (static_cast<int>(at) + 1);
  }
  if (shift > 0 && number > (~std::uint64_t{0} >> shift)) return false;
  bytes = number << shift;
  return true;
}

Command parse(int argc, const char* const* argv, const std::string& version) {
  std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  if (arguments.empty()) return fail("no BUNDLE given");
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help")) return show(general_help);
  if (arguments.size() == 1 && arguments[0] == "--version") return show(version + "\n");
  if (arguments[0] == "explain") return parse_explain({arguments.begin() + 1, arguments.end()});
  if (arguments[0] == "score") return parse_score({arguments.begin() + 1, arguments.end()});
  if (arguments.size() == 2 && arguments[0] == "kb" && arguments[1] == "patterns") {
    Command command;
    command.kind = Command::Kind::patterns;
    return command;
  }
  if (arguments[0] == "analyze") arguments.erase(arguments.begin());
  return parse_analyze(arguments);
}

}  // namespace gpm::cli
