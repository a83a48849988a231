// SPDX-License-Identifier: Apache-2.0
//
// kb-compiler --kb DIR [--schema-sql FILE] (--lint | --out FILE | --catalogue FILE | --lines FILE)
//
// Checks a knowledge folder and writes it, with --out as C++ (kb/emit.h), with --catalogue and --lines as Markdown: causes,
// known lines (kb/catalogue.h). Findings go to stderr as "DIR/causes/x.yaml:12: error: reason". Exit: 0 nothing wrong, 1
// findings or files that cannot be read or written, 2 usage.
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "kb/catalogue.h"
#include "kb/emit.h"
#include "kb/lint.h"
#include "kb/load.h"

namespace {

struct Options {
  std::string kb;
  std::string schema_sql;
  std::string out;
  std::string catalogue;
  std::string lines;
  bool lint = false;
};

constexpr const char* usage =
    "usage: kb-compiler --kb DIR [--schema-sql FILE] (--lint | --out FILE | --catalogue FILE | --lines FILE)\n";

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--lint") {
      options.lint = true;
      continue;
    }
    std::string* value = name == "--kb"           ? &options.kb
                         : name == "--schema-sql" ? &options.schema_sql
                         : name == "--out"        ? &options.out
                         : name == "--catalogue"  ? &options.catalogue
                         : name == "--lines"      ? &options.lines
                                                  : nullptr;
    if (value == nullptr || i + 1 == argc) {
      return std::nullopt;
    }
    *value = argv[++i];
  }
  if (options.kb.empty() || options.lint + !options.out.empty() + !options.catalogue.empty() + !options.lines.empty() != 1) {
    return std::nullopt;
  }
  return options;
}

std::optional<std::string> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::nullopt;
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void print(const std::string& folder, const gpm::kb::Problems& problems) {
  for (const gpm::kb::Problem& problem : problems) {
    std::cerr << folder << '/' << problem.file;
    if (problem.line > 0) {
      std::cerr << ':' << problem.line;
    }
    std::cerr << ": error: " << (problem.id.empty() ? "" : problem.id + ": ") << problem.reason << '\n';
  }
}

int run(const Options& options) {
  std::string schema_sql;
  if (!options.schema_sql.empty()) {
    const auto text = read(options.schema_sql);
    if (!text) {
      std::cerr << options.schema_sql << ": error: cannot be read\n";
      return 1;
    }
    schema_sql = *text;
  }
  gpm::kb::Problems problems;
  const gpm::kb::LoadedKnowledge loaded = gpm::kb::load(options.kb, problems);
  gpm::kb::lint(loaded.view(), loaded.origins(), {.schema_sql = schema_sql}, problems);
  if (loaded.view().date.empty()) {
    gpm::kb::add(problems, {.file = "kb.yaml", .reason = "must give the date of the newest change"});
  }
  if (!problems.empty()) {
    print(options.kb, problems);
    return 1;
  }
  if (options.lint) {
    return 0;
  }
  const auto& [path, text] = !options.out.empty()         ? std::pair(options.out, gpm::kb::emit(loaded.view()))
                             : !options.catalogue.empty() ? std::pair(options.catalogue, gpm::kb::catalogue(loaded.view()))
                                                          : std::pair(options.lines, gpm::kb::catalogue_of_lines(loaded.view()));
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) {
    std::cerr << path << ": error: cannot be written\n";
    return 1;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  if (!options) {
    std::cerr << usage;
    return 2;
  }
  return run(*options);
}
