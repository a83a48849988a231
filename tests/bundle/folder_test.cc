// SPDX-License-Identifier: Apache-2.0
// What lies on the disk, and standard input.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/bundle/packing.h"

namespace gpm::bundle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string error_of(const std::string& input) {
  Recorder recorder;
  Usage usage;
  std::string error;
  EXPECT_EQ(read(input, "", {}, usage, recorder, error), ReadResult::missing);
  EXPECT_THAT(recorder.documents, IsEmpty());
  return error;
}

TEST(Folder, IsReadInTheOrderOfTheBytesOfItsNames) {
  const TemporaryFolder folder;
  for (const char* name : {"b", "a/z", "a.txt", "B", "a/\xc3\xa4", "10", "9"}) folder.put(name, "x");
  std::vector<std::string> paths;
  for (const Document& document : documents_at(folder.path())) paths.push_back(document.path);
  EXPECT_THAT(paths, ElementsAre("10", "9", "B", "a/z", "a/\xc3\xa4", "a.txt", "b"));
}

TEST(Folder, PrefixStandsBeforeEachPath) {
  const TemporaryFolder folder;
  folder.put("a/b", "x");
  EXPECT_THAT(documents_at(folder.path() + "/", {}, "node1"), ElementsAre(Document{"node1/a/b", "x", "ok", ""}));
}

TEST(Folder, LinksAreNamedNotFollowed) {
  const TemporaryFolder folder;
  folder.put("log", "text\n");
  ASSERT_EQ(symlink("/etc/passwd", (folder / "out").c_str()), 0);
  ASSERT_EQ(symlink("log", (folder / "in").c_str()), 0);
  ASSERT_EQ(symlink(".", (folder / "loop").c_str()), 0);
  ASSERT_EQ(symlink("gone", (folder / "dangling").c_str()), 0);
  const auto documents = documents_at(folder.path());
  EXPECT_THAT(documents,
              ElementsAre(Document{"dangling", "", "skipped:link", ""}, Document{"in", "", "skipped:link", ""},
                          Document{"log", "text\n", "ok", ""}, Document{"loop", "", "skipped:link", ""},
                          Document{"out", "", "skipped:link", ""}));
  EXPECT_THAT(documents[4].note, HasSubstr("/etc/passwd"));
}

TEST(Folder, PipesAndSocketsAreNotOpened) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder / "socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(documents_at(folder.path()),
              ElementsAre(Document{"pipe", "", "skipped:special", ""}, Document{"socket", "", "skipped:special", ""}));
  ::close(fd);
}

TEST(Folder, UnreadableFilesSayWhy) {
  const TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(folder.put("secret", "x").c_str(), 0);
  ::mkdir((folder / "vault").c_str(), 0);
  // Root could read them.
  const bool root = ::geteuid() == 0;
  ASSERT_EQ(::seteuid(root ? 65534 : ::geteuid()), 0);
  const auto documents = documents_at(folder.path());
  ASSERT_EQ(::seteuid(root ? 0 : ::geteuid()), 0);
  EXPECT_THAT(documents,
              ElementsAre(Document{"secret", "", "unreadable", ""}, Document{"vault", "", "unreadable", ""}));
  EXPECT_THAT(documents[0].note, HasSubstr("Permission denied"));
}

TEST(Folder, TooManyFoldersDeepIsALimit) {
  const TemporaryFolder folder;
  std::string deep;
  for (int i = 0; i < 128; ++i) deep += "d/";
  folder.put(deep + "log", "x");
  folder.put("z", "x");
  const auto documents = documents_at(folder.path());
  ASSERT_EQ(documents.size(), 2u);
  EXPECT_EQ(documents[0], (Document{deep.substr(0, deep.size() - 1), "", "limit:depth", ""}));
  EXPECT_EQ(documents[1], (Document{"z", "x", "ok", ""}));
}

TEST(Folder, DocumentsEndTheReading) {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c", "d"}) folder.put(name, "x");
  Limits limits;
  limits.documents = 2;
  EXPECT_THAT(documents_at(folder.path(), limits),
              ElementsAre(Document{"a", "x", "ok", ""}, Document{"b", "x", "ok", ""},
                          Document{"c", "", "limit:documents", ""}));
}

TEST(Input, MayBeALinkItself) {
  const TemporaryFolder folder;
  folder.put("real/log", "x");
  ASSERT_EQ(symlink("real", (folder / "link").c_str()), 0);
  EXPECT_THAT(documents_at(folder / "link"), ElementsAre(Document{"log", "x", "ok", ""}));
}

TEST(Input, ThatIsMissingSaysSo) {
  const TemporaryFolder folder;
  EXPECT_EQ(error_of(folder / "gone"), "cannot open " + (folder / "gone") + ": No such file or directory");
}

TEST(Input, ThatIsAPipeOrADeviceIsRefused) {
  const TemporaryFolder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(error_of(folder / "pipe"), HasSubstr("neither a file nor a folder"));
  EXPECT_THAT(error_of("/dev/null"), HasSubstr("neither a file nor a folder"));
}

TEST(Input, FilesOfTheKernelAreReadToTheirEnd) {
  const auto documents = documents_at("/proc/self/status");
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].status, "ok");
  EXPECT_THAT(documents[0].bytes, HasSubstr("Name:"));
}

// Puts a pipe with these bytes in the place of standard input.
class Stdin {
 public:
  explicit Stdin(std::string_view bytes, bool closed) : saved_(::dup(STDIN_FILENO)) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    if (closed) {
      ::close(ends[1]);
    } else {
      writer_ = ends[1];
    }
  }
  ~Stdin() {
    if (writer_ >= 0) ::close(writer_);
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
  int writer_ = -1;
};

TEST(StandardInput, MayBeAText) {
  const Stdin input("dmesg\n", true);
  EXPECT_THAT(documents_at("-"), ElementsAre(Document{"stdin", "dmesg\n", "ok", ""}));
}

TEST(StandardInput, MayBeAnArchive) {
  const Stdin input(gzip(tar({{"a", "x"}})), true);
  EXPECT_THAT(documents_at("-"), ElementsAre(Document{"a", "x", "ok", ""}));
}

TEST(StandardInput, MayBeAZip) {
  const Stdin input(zip({{"a", "x"}, {"l", "", AE_IFLNK, "a"}}), true);
  EXPECT_THAT(documents_at("-"), ElementsAre(Document{"a", "x", "ok", ""}, Document{"l", "", "skipped:link", ""}));
}

TEST(StandardInput, ThatFallsSilentIsUsedAsFarAsItCame) {
  Limits limits;
  limits.stdin_idle_s = 0;
  const Stdin input("dmesg\n", false);
  EXPECT_THAT(documents_at("-", limits), ElementsAre(Document{"stdin", "dmesg\n", "limit:stdin-idle", ""}));
}

TEST(StandardInput, AnArchiveThatFallsSilentShowsItTwice) {
  Limits limits;
  limits.stdin_idle_s = 0;
  const Stdin input(tar({{"a", "x"}, {"b", noise(2000)}}).substr(0, 2000), false);
  EXPECT_THAT(documents_at("-", limits), ElementsAre(Document{"a", "x", "ok", ""},
                                                     Document{"b", noise(2000).substr(0, 464), "limit:stdin-idle", ""},
                                                     Document{"stdin", "", "limit:stdin-idle", ""}));
}

}  // namespace
}  // namespace gpm::bundle
