// SPDX-License-Identifier: Apache-2.0
//
// What the program does to the machine, seen by strace: no process is started, and nothing is opened but the inputs, the
// named outputs and what the loader needs.
#include <set>
#include <sstream>

#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

// The files that a dynamically linked program opens before main, and the C library's own data: libarchive needs a UTF-8
// locale to read the names in zips and tars, and looks whether the zone that we set (UTC) is a file.
bool of_the_loader(const std::string& path) {
  return path.starts_with("/lib/") || path.starts_with("/lib64/") || path.starts_with("/usr/lib/") || path == "/etc/ld.so.cache" || path == "/usr/share/zoneinfo/UTC0" || path == "/usr/share/locale/locale.alias" ||
         path == "/etc/ld.so.preload" || path == "/dev/urandom" || path.starts_with("/sys/devices/system/cpu") ||
         path.starts_with("/proc/self/") || path == "/proc/cpuinfo";
}

TEST(Trace, NoProcessIsStartedAndNothingElseIsOpened) {
  if (run({"strace", "-o", "/dev/null", "true"}).status != 0) GTEST_SKIP() << "strace cannot trace here";
  if (sanitized) GTEST_SKIP() << "the sanitizer's runtime opens files of its own";
  bundle::TemporaryFolder folder;
  const auto inner = bundle::gzip(bundle::tar({{"dmesg.txt", "NVRM: Xid (PCI:0000:5d:00): 79, GPU has fallen off the bus.\n"},
                                               {"link", "", AE_IFLNK, "/etc/passwd"},
                                               {"\xc3\xbcml\xff.log", "text\n"}}));
  folder.put("bundle/a.tar.gz", inner);
  folder.put("bundle/b.zip", bundle::zip({{"a.tar.gz", inner}, {"\xe4\xb8\xad.log", "text\n"}}));
  folder.put("bundle/c.xz", bundle::pack("text\n", "xz"));
  folder.put("bundle/d.zst", bundle::pack("text\n", "zstd"));
  folder.put("bundle/lrzip", "LRZI\x01");
  folder.put("bundle/mtree", "#mtree\n/etc/passwd type=file\n");
  folder.put("bundle/pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i}]}\n");
  folder.put("bundle/inspect.json", "[{\"Id\": \"1\", \"HostConfig\": {\"ShmSize\": 67108864}}]\n");
  const auto trace = folder / "trace";
  const auto ran = run({"strace", "-f", "-o", trace, "-e", "trace=execve,execveat,open,openat,openat2,creat,fork,vfork,clone,clone3,unlink,unlinkat,rename,renameat2,mkdir,connect,socket",
                        GPM_BINARY, "analyze", folder / "bundle", "--html", folder / "r.html", "--json", folder / "r.json", "--db", folder / "r.db"});
  ASSERT_EQ(ran.status, 0) << ran.err;

  const std::set<std::string> outputs = {folder / "r.html", folder / "r.json", folder / "r.db"};
  std::istringstream lines(read_file(trace));
  int executed = 0, opened = 0;
  std::string open_directory;
  for (std::string line; std::getline(lines, line);) {
    const auto call = line.substr(line.find_first_not_of(" 0123456789"));  // behind the process's number
    if (call.starts_with("+++") || call.starts_with("---")) continue;
    if (call.starts_with("<...")) continue;  // the end of a call that another thread's interrupted; its first part says it all
    if (call.starts_with("execve")) {
      ++executed;
      continue;
    }
    if (call.starts_with("clone") && call.find("CLONE_THREAD") != std::string::npos) continue;
    const auto begin = call.find('"');
    const auto path = begin == std::string::npos ? "" : call.substr(begin + 1, call.find('"', begin + 1) - begin - 1);
    if (call.starts_with("unlink")) {
      EXPECT_TRUE(outputs.count(path)) << line;  // an output is replaced
      continue;
    }
    ASSERT_TRUE(call.starts_with("open")) << line;
    ++opened;
    const bool below_input = path.starts_with(folder / "bundle");
    // Relative names are opened below a directory that is itself an input's; they never climb.
    const bool relative = !path.starts_with("/") && path.find("..") == std::string::npos && call.find("AT_FDCWD") == std::string::npos;
    // SQLite syncs the folder of the file that it has written.
    const bool folder_of_output = path == folder.path() && call.find("O_RDONLY") != std::string::npos;
    EXPECT_TRUE(below_input || relative || folder_of_output || outputs.count(path) || path == "/" || of_the_loader(path)) << line;
  }
  EXPECT_EQ(executed, 1);
  EXPECT_GT(opened, 8);
}

}  // namespace
}  // namespace gpm::test
