// SPDX-License-Identifier: Apache-2.0
//
// Runs a program as a user would: arguments, environment, working directory, standard input; and says what came out, the
// exit status and the peak memory of the process.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bundle/packing.h"

namespace gpm::test {

struct Ran {
  int status = -1;  // exit status; 128 + N where signal N ended it
  std::string out, err;
  long peak_kib = 0;

  nlohmann::json json() const {
    auto parsed = nlohmann::json::parse(out, nullptr, false);
    EXPECT_FALSE(parsed.is_discarded()) << "not JSON: " << out.substr(0, 200) << err;
    return parsed;
  }
};

struct How {
  std::vector<std::string> environment;  // NAME=value, over the present one
  std::string directory = ".", input;    // standard input
  std::vector<std::string> before;       // e.g. {"taskset", "-c", "0"}
};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline Ran run(const std::vector<std::string>& arguments, const How& how = {}) {
  bundle::TemporaryFolder folder;
  const auto input = folder.put("in", how.input), out = folder / "out", err = folder / "err";
  const pid_t child = fork();
  if (child == 0) {
    dup2(open(input.c_str(), O_RDONLY | O_CLOEXEC), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 2);
    for (const auto& variable : how.environment) putenv(const_cast<char*>(variable.c_str()));
    if (chdir(how.directory.c_str()) != 0) _exit(126);
    std::vector<char*> argv;
    for (const auto& word : how.before) argv.push_back(const_cast<char*>(word.c_str()));
    for (const auto& word : arguments) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  Ran ran;
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = read_file(out);
  ran.err = read_file(err);
  ran.peak_kib = usage.ru_maxrss;
  return ran;
}

inline std::vector<std::string> analyze(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {GPM_BINARY, "analyze"});
  return arguments;
}

inline Ran analyze_json(const std::string& input, const How& how = {}) { return run(analyze({input, "--json", "-"}), how); }

// The document of that path in a report, null if there is none.
inline nlohmann::json document(const nlohmann::json& report, std::string_view path) {
  for (const auto& d : report["bundle"]["documents"])
    if (d["path"] == path) return d;
  return nullptr;
}

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool sanitized = true;  // its shadow memory makes peak memory say nothing
#else
inline constexpr bool sanitized = false;
#endif

inline void expect_bounded(const Ran& ran, long mib = 300) {
  if (!sanitized) {
    EXPECT_LT(ran.peak_kib, mib * 1024) << "peak memory";
  }
}

}  // namespace gpm::test
