// SPDX-License-Identifier: Apache-2.0
//
// What a report, its messages and its store may not pass on.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/command/run_command.h"
#include "tests/redaction_seeds.h"

namespace gpm::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// A kernel log whose Xid lines, all quoted in the timeline, carry every kind of secret; and a pod with one in its environment.
class SeededBundle : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("redaction_" + std::to_string(getpid()));
    bundle_ = root_ / "wei.zhang@example-corp.com";
    fs::create_directories(bundle_ / "home" / "wzhang");
    std::ofstream log(bundle_ / "dmesg.txt");
    log << "[    0.000000] Linux version 6.8.0-60-generic (buildd@lcy02-amd64-054)\n[    5.000000] systemd[1]: Hostname set to <gpu-07>.\n";
    int second = 100;
    for (const auto& seed : seeds)
      log << "[  " << second++ << ".000000] NVRM: Xid (PCI:0000:5d:00): 13, pid=" << second << ", name=app, Graphics Exception: " << seed.line << '\n';
    std::ofstream(bundle_ / "home" / "wzhang" / "pod.yaml") << "apiVersion: v1\nkind: Pod\nmetadata: {name: train}\nspec:\n  containers:\n  - name: c\n    image: a\n"
                                                            << "    env:\n    - name: REGISTRY_PASSWORD\n      value: \"Plain_Word_9\"\n";
    std::ofstream(bundle_ / "app.log") << "2026-03-14 02:00:00 ERROR loading failed near Plain_Word_9\nRuntimeError: CUDA error: an illegal memory access was encountered (Plain_Word_9)\n";
    // A private key, a line of it in each quoted line.
    const auto quoted = [&](const std::string& text) { log << "[  " << second++ << ".000000] NVRM: Xid (PCI:0000:5d:00): 13, pid=" << second << ", name=app, " << text << '\n'; };
    quoted("-----BEGIN OPENSSH PRIVATE KEY-----");
    for (const char* line : private_key_lines) quoted(line);
    quoted("-----END OPENSSH PRIVATE KEY-----");
    std::ofstream(bundle_ / "session.txt") << "$ cat /home/wzhang/notes\nnothing\n$ nvidia-smi -L\nGPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11)\n";
  }
  void TearDown() override { fs::remove_all(root_); }

  // All that the command says and writes.
  std::string everything(std::vector<std::string> options) {
    std::vector<std::string> arguments = analyze({bundle_, "--html", root_ / "r.html", "--json", root_ / "r.json", "--markdown", root_ / "r.md", "--db", root_ / "r.db",
                                                  "--explain-ranking", "--top", "9"});
    arguments.insert(arguments.end(), options.begin(), options.end());
    const auto ran = run(arguments);
    EXPECT_EQ(ran.status, 0) << ran.err;
    std::string all = ran.out + ran.err;
    for (const char* file : {"r.html", "r.json", "r.md", "r.db"}) all += read_file(root_ / file);
    return all;
  }

  fs::path root_, bundle_;
};

TEST_F(SeededBundle, NoSecretIsInAnyViewOrInTheStore) {
  const auto all = everything({});
  for (const auto& seed : seeds) EXPECT_EQ(all.find(seed.secret), std::string::npos) << seed.name;
  EXPECT_THAT(all, Not(HasSubstr("Plain_Word_9")));
  for (const char* line : private_key_lines) EXPECT_THAT(all, Not(HasSubstr(line)));
  EXPECT_THAT(all, HasSubstr("GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11"));
}

TEST_F(SeededBundle, WithoutRedactionTheyAreThere) {
  const auto all = everything({"--no-redact"});
  std::size_t there = 0;
  for (const auto& seed : seeds) there += all.find(seed.secret) != std::string::npos;
  EXPECT_EQ(there, std::size(seeds)) << "else the test above shows nothing";
  EXPECT_THAT(all, HasSubstr("Plain_Word_9"));
  EXPECT_THAT(all, HasSubstr("Redaction was off"));
  for (const char* line : private_key_lines) EXPECT_THAT(all, HasSubstr(line));
}

TEST_F(SeededBundle, TheReportSaysWhatWasReplaced) {
  everything({});
  const auto report = json::parse(read_file(root_ / "r.json"));
  std::set<std::string> kinds;
  for (const auto& one : report["redacted"]) kinds.insert(one["kind"]);
  EXPECT_THAT(kinds, testing::IsSupersetOf({"token", "password", "key", "email", "user", "ip"}));
  EXPECT_THAT(read_file(root_ / "r.md"), HasSubstr("Replaced by pseudonyms"));
}

TEST_F(SeededBundle, HostNamesGoWhereAsked) {
  EXPECT_THAT(everything({}), HasSubstr("gpu-07"));
  const auto all = everything({"--redact-hosts", "--redact-also", "Graphics (Exc[a-z]+)"});
  EXPECT_THAT(all, Not(HasSubstr("gpu-07")));
  EXPECT_THAT(all, HasSubstr("host-1"));
  EXPECT_THAT(all, Not(HasSubstr("Graphics Exception")));
}

TEST_F(SeededBundle, TheMapIsItsOwnersAlone) {
  std::ofstream(root_ / "map.json") << "old";  // also where the file was readable before
  everything({"--redact-map", root_ / "map.json"});
  struct stat file{};
  ASSERT_EQ(stat((root_ / "map.json").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  const auto map = json::parse(read_file(root_ / "map.json"));
  std::set<std::string> originals;
  for (const auto& [name, value] : map.items()) originals.insert(value);
  EXPECT_EQ(originals.count("wzhang"), 1u);
  EXPECT_EQ(originals.count("Plain_Word_9"), 1u);
}

TEST_F(SeededBundle, OneTextIsOnePseudonymInEveryFileAndView) {
  everything({"--redact-map", root_ / "map.json"});
  std::string name;
  const auto map = json::parse(read_file(root_ / "map.json"));
  for (const auto& [pseudonym, value] : map.items())
    if (value == "wzhang") name = pseudonym;
  ASSERT_FALSE(name.empty());
  for (const char* file : {"r.html", "r.json", "r.db"}) EXPECT_THAT(read_file(root_ / file), HasSubstr("home/" + name)) << file;
}

std::string user_in(const std::string& text) {
  const auto at = text.find("/home/user-");
  return at == std::string::npos ? "" : text.substr(at, text.find('/', at + 6) - at);
}

TEST_F(SeededBundle, AKeyMakesPseudonymsTheSameInEveryAnalysis) {
  const auto key = root_ / "key";
  const auto report_of = [&](const std::string& log, const fs::path& with) {
    std::ofstream(root_ / "dmesg.txt") << log;
    return run(analyze({root_ / "dmesg.txt", "--json", "-", "--redact-key", with}));
  };
  const std::string xid = "[  100.000000] NVRM: Xid (PCI:0000:5d:00): 13, pid=1, name=x, Graphics Exception: ";
  const auto first = report_of(xid + "/home/wzhang/a.py\n", key);
  EXPECT_THAT(first.err, HasSubstr("a new key is in"));
  struct stat file {};
  ASSERT_EQ(stat(key.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  const auto second = report_of(xid + "/home/lchen/b.py\n" + xid + "/home/wzhang/c.py\n", key);
  EXPECT_EQ(second.err, "") << "the key is there";
  const auto name = user_in(first.out);
  EXPECT_EQ(name.size(), std::string("/home/user-abcdefghijklm").size()) << first.out;
  EXPECT_THAT(second.out, HasSubstr(name));
  EXPECT_NE(user_in(second.out), name) << "the other user came first and has another name";
  EXPECT_THAT(report_of(xid + "/home/wzhang/a.py\n", root_ / "other-key").out, Not(HasSubstr(name)));
}

TEST_F(SeededBundle, AKeyThatOthersCanReadIsRefused) {
  std::ofstream(root_ / "key") << std::string(64, 'k') << '\n';
  fs::permissions(root_ / "key", fs::perms::owner_all | fs::perms::group_read);
  const auto ran = run(analyze({bundle_, "--redact-key", root_ / "key"}));
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.err, HasSubstr("can be read by others"));
  fs::permissions(root_ / "key", fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(run(analyze({bundle_, "--redact-key", root_ / "key", "--quiet"})).status, 0);
  std::ofstream(root_ / "key") << "short\n";
  EXPECT_EQ(run(analyze({bundle_, "--redact-key", root_ / "key"})).status, 2);
}

TEST_F(SeededBundle, ScoringItSaysNoSecret) {
  fs::create_directories(root_ / "home" / "wzhang" / "corpus" / "one" / "files");
  fs::copy(bundle_ / "dmesg.txt", root_ / "home" / "wzhang" / "corpus" / "one" / "files" / "dmesg.txt");
  std::ofstream(root_ / "home" / "wzhang" / "corpus" / "one" / "case.json") << R"({"id": "one", "root_cause": "shm-too-small", "key_evidence": ["x"]})";
  std::ofstream(root_ / "home" / "wzhang" / "corpus" / "broken.case.json") << "{}";
  const auto ran = run({GPM_BINARY, "score", root_ / "home" / "wzhang" / "corpus", "--failures", "--json", root_ / "score.json"});
  const auto all = ran.out + ran.err + read_file(root_ / "score.json");
  EXPECT_THAT(ran.err, HasSubstr("no label"));
  EXPECT_THAT(ran.out, HasSubstr("shm-too-small"));
  for (const auto& seed : seeds) EXPECT_EQ(all.find(seed.secret), std::string::npos) << seed.name;
}

TEST_F(SeededBundle, WrongUsageIsTwo) {
  EXPECT_EQ(run(analyze({bundle_, "--redact-also", "("})).status, 2);
  EXPECT_EQ(run(analyze({bundle_, "--no-redact", "--redact-hosts"})).status, 2);
  EXPECT_EQ(run(analyze({bundle_, "--no-redact", "--redact-key", root_ / "key"})).status, 2);
}

TEST(Redaction, MessagesAreRedactedToo) {
  EXPECT_THAT(run(analyze({"/home/wzhang/nothing-here"})).err, Not(HasSubstr("wzhang")));
  EXPECT_THAT(run(analyze({GPM_SOURCE_DIR "/corpus/gpu-memory-not-freed", "--json", "/home/wzhang/nowhere/r.json"})).err, Not(HasSubstr("wzhang")));
  EXPECT_THAT(run(analyze({GPM_SOURCE_DIR "/corpus/gpu-memory-not-freed", "--db", "/home/wzhang/nowhere/r.db"})).err, Not(HasSubstr("wzhang")));
  EXPECT_THAT(run({GPM_BINARY, "score", "/home/wzhang/nowhere"}).err, Not(HasSubstr("wzhang")));
}

}  // namespace
}  // namespace gpm::test
