// SPDX-License-Identifier: Apache-2.0
#include "analyzer/report/collect_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

namespace gpm::report {
namespace {

using testing::HasSubstr;

std::string script(const std::vector<Missing>& missing) {
  Result result;
  result.missing = missing;
  return collect_script(Words("en"), result);
}

TEST(CollectScript, EachCommandWritesAFileOfItsOwn) {
  const auto text = script({{"the full state", "nvidia-smi -q", ""}, {"console", "", ""}, {"kernel log", "sudo dmesg -T | tail -n 5000", ""}});
  EXPECT_EQ(text.rfind("#!/bin/sh\n", 0), 0u);
  EXPECT_THAT(text, HasSubstr("# 1. the full state\n( nvidia-smi -q ) > 01.txt 2>&1\n"));
  EXPECT_THAT(text, HasSubstr("# 2. kernel log\n( sudo dmesg -T | tail -n 5000 ) > 02.txt 2>&1\n"));
}

TEST(CollectScript, WithoutCommandsThereIsNone) { EXPECT_EQ(script({{"console", "", ""}}), ""); }

TEST(CollectScript, APlaceholderIsNoRedirection) {
  EXPECT_THAT(script({{"stacks", "py-spy dump --pid <pid>", ""}}), HasSubstr("\n# fill in the part in angle brackets: ( py-spy dump --pid <pid> ) > 01.txt 2>&1\n"));
}

TEST(CollectScript, NoTextLeavesItsComment) {
  const auto text = script({{"x\nreboot\r\n$(touch /tmp/x)", "nvidia-smi\nreboot", ""}});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_NE(line.find("reboot"), 0u) << line;
}

TEST(CollectScript, AShellCanReadIt) {
  const std::string path = testing::TempDir() + "collect.sh";
  std::ofstream(path) << script({{"a 'quote", "nvidia-smi -q", ""}, {"b", "kubectl logs -n <namespace> <pod> --previous", ""}, {"c", "for f in /sys/class/infiniband/*; do cat \"$f/fw_ver\"; done", ""}});
  EXPECT_EQ(std::system(("sh -n " + path).c_str()), 0);
  std::remove(path.c_str());
}

}  // namespace
}  // namespace gpm::report
