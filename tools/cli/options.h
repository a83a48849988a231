// SPDX-License-Identifier: Apache-2.0
//
// The command line of gpu-postmortem, as values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "parsers/bundle/bundle.h"

namespace gpm::cli {

struct Analyze {
  std::vector<std::string> inputs;
  std::string html, json, markdown, database, knowledge_dir;
  std::string language;  // empty = not asked for
  int top = 3;
  bool top_asked = false;  // --top was given
  int exit_code = 0;     // for fault-found; 0 = not asked for
  bool quiet = false, explain_ranking = false;
  bool no_redact = false, redact_hosts = false;
  std::vector<std::string> redact_also;  // RE2
  std::string redact_map;                // file for pseudonyms and originals; empty = none
  std::string redact_key;                // file of the key that pseudonyms depend on; empty = none
  bundle::Limits limits;
};

struct Explain {
  std::vector<std::string> words;  // what is asked, as given; "-" alone: read it from standard input
  std::string language;            // empty = not asked for
  std::string knowledge_dir;
};

struct Score {
  std::string corpus;         // folder of labelled incidents
  std::string json;           // empty = not asked for
  std::string knowledge_dir;
  bool failures = false;
};

struct Command {
  enum class Kind { analyze, explain, score, patterns, show, fail } kind = Kind::show;
  Analyze analyze;
  Explain explain;
  Score score;
  std::string text;  // show: to stdout, exit 0; fail: to stderr, exit 2
};

// Never throws: wrong usage is a Command of kind fail.
Command parse(int argc, const char* const* argv, const std::string& version);

// "64", "10K", "3 GiB" style sizes with powers of 1024: K, M, G, T. Nothing where it is no size.
bool parse_size(const std::string& text, std::uint64_t& bytes);

}  // namespace gpm::cli
