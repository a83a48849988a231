// SPDX-License-Identifier: Apache-2.0
//
// Damaged, hostile and odd input, at the command line: a clear message or a document status, the exit status of the
// contract, bounded memory, and the rest of the bundle analysed all the same.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <zlib.h>

#include "tests/command/run_command.h"

namespace gpm::test {
namespace {

using bundle::TemporaryFolder;

// What every bundle below also holds: the analyzer must still find it.
const std::string lost_gpu =
    "[  100.000001] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\n"
    "[155044.078590] NVRM: Xid (PCI:0000:5d:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.\n";

void expect_lost_gpu(const nlohmann::json& report) {
  ASSERT_FALSE(report["causes"].empty()) << report["verdict"];
  EXPECT_EQ(report["causes"][0]["id"], "gpu-fell-off-bus");
}

class Hostile : public testing::Test {
 protected:
  // Analyses the folder, which also holds the lost GPU.
  nlohmann::json analyze_folder(long mib = 300) {
    folder.put("bundle/dmesg.txt", lost_gpu);
    const auto ran = analyze_json(folder / "bundle");
    EXPECT_EQ(ran.status, 0) << ran.err;
    expect_bounded(ran, mib);
    auto report = ran.json();
    expect_lost_gpu(report);
    return report;
  }
  std::string status_of(const nlohmann::json& report, std::string_view path) {
    const auto d = document(report, path);
    return d.is_null() ? "(not listed)" : d["status"].get<std::string>();
  }
  std::string format_of(const nlohmann::json& report, std::string_view path) {
    const auto d = document(report, path);
    return d.is_null() ? "(not listed)" : d["format"].get<std::string>();
  }

  TemporaryFolder folder;
};

TEST_F(Hostile, MissingPath) {
  const auto ran = run(analyze({folder / "nothing-here"}));
  EXPECT_EQ(ran.status, 3);
  EXPECT_THAT(ran.err, testing::HasSubstr("nothing-here: No such file or directory"));
}

TEST_F(Hostile, OneOfTwoInputsMissing) {
  const auto ran = run(analyze({folder / "gone", folder.put("dmesg.txt", lost_gpu), "--json", "-"}));
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.err, testing::HasSubstr("gone: No such file"));
  expect_lost_gpu(ran.json());
  EXPECT_THAT(ran.json()["missing"].dump(), testing::HasSubstr("gone"));
}

TEST_F(Hostile, EmptyFile) {
  const auto ran = analyze_json(folder.put("empty", ""));
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.json()["verdict"]["status"], "no-fault-found");
  EXPECT_EQ(format_of(ran.json(), "empty"), "empty");
}

TEST_F(Hostile, BinaryFile) {
  std::string bytes(100'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  folder.put("bundle/core.bin", "\x7f" "ELF" + bytes);
  EXPECT_EQ(format_of(analyze_folder(), "core.bin"), "binary");
}

TEST_F(Hostile, TruncatedTarGzKeepsWhatCameBefore) {
  auto packed = bundle::gzip(bundle::tar({{"host1/dmesg.txt", lost_gpu}, {"host1/big.log", bundle::noise(4 << 20)}}));
  packed.resize(packed.size() / 2);
  const auto ran = analyze_json(folder.put("incident.tar.gz", packed));
  EXPECT_EQ(ran.status, 0);
  expect_lost_gpu(ran.json());
  EXPECT_EQ(status_of(ran.json(), "host1/dmesg.txt"), "ok");
  EXPECT_EQ(status_of(ran.json(), "host1/big.log"), "truncated");
}

// `total` zero bytes deflated to a thousandth of the size, made without deflating them all.
std::string deflated_zeros(std::uint64_t total) {
  const std::uint64_t block = 1 << 24;
  z_stream z{};
  EXPECT_EQ(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
  const std::string zeros(block, '\0');
  std::string piece(1 << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
  z.avail_in = block;
  z.next_out = reinterpret_cast<Bytef*>(piece.data());
  z.avail_out = static_cast<uInt>(piece.size());
  EXPECT_EQ(deflate(&z, Z_FULL_FLUSH), Z_OK);
  piece.resize(z.total_out);
  deflateEnd(&z);
  std::string out;
  for (std::uint64_t i = 0; i < total / block; ++i) out += piece;
  return out + std::string("\x03\0", 2);  // the last block
}

TEST_F(Hostile, BombOfTenGigabytes) {
  const auto zeros = deflated_zeros(std::uint64_t{10} << 30);
  EXPECT_LT(zeros.size(), std::size_t{12} << 20);
  // Checksums and sizes are left out: nobody gets to see them.
  folder.put("bundle/bomb.gz", std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10) + zeros + std::string(8, '\0'));
  folder.put("bundle/bomb.zip", std::string("PK\x03\x04\x14\0\x08\0\x08\0", 10) + std::string(16, '\0') + std::string("\x05\0\0\0", 4) + "x.log" + zeros);
  const auto report = analyze_folder();
  EXPECT_EQ(status_of(report, "bomb.gz"), "limit:ratio");
  EXPECT_EQ(status_of(report, "bomb.zip/x.log"), "limit:ratio");
  for (const char* bomb : {"bomb.gz", "bomb.zip/x.log"}) EXPECT_LT(document(report, bomb)["bytes"], std::uint64_t{6} << 30);
}

TEST_F(Hostile, NamesThatWantOut) {
  const auto tar = bundle::tar({{"../../etc/x", "text\n"},
                                {"/etc/absolute", "text\n"},
                                {"link", "", AE_IFLNK, "/etc/passwd"},
                                {"inner-link", "", AE_IFLNK, "dmesg.txt"},
                                {"fifo", "", AE_IFIFO},
                                {"dmesg.txt", lost_gpu}});
  const auto ran = analyze_json(folder.put("x.tar", tar));
  EXPECT_EQ(ran.status, 0);
  const auto report = ran.json();
  expect_lost_gpu(report);
  EXPECT_THAT(status_of(report, "link"), testing::StartsWith("skipped:"));
  EXPECT_EQ(status_of(report, "fifo"), "skipped:special");
  EXPECT_THAT(report.dump(), testing::Not(testing::HasSubstr("root:x:")));
}

TEST_F(Hostile, AFolderWithLinksOutsideAndAFifo) {
  folder.put("secret/outside.txt", "NVRM: Xid (PCI:0000:01:00): 48, DBE outside the bundle\n");
  folder.put("bundle/readme.txt", "notes\n");
  std::filesystem::create_symlink(folder / "secret/outside.txt", folder / "bundle/out-link");
  std::filesystem::create_directory_symlink("/", folder / "bundle/root-link");
  std::filesystem::create_directory_symlink(".", folder / "bundle/loop");
  ASSERT_EQ(mkfifo((folder / "bundle/pipe").c_str(), 0600), 0);
  const auto report = analyze_folder();
  EXPECT_THAT(report.dump(), testing::Not(testing::HasSubstr("outside the bundle")));
  for (const char* name : {"out-link", "root-link", "loop"}) EXPECT_EQ(status_of(report, name), "skipped:link") << name;
  EXPECT_EQ(status_of(report, "pipe"), "skipped:special");
}

TEST_F(Hostile, ALineOfAHundredMegabytes) {
  std::string line(100 << 20, 'x');
  const std::string xid = " NVRM: Xid (PCI:0000:5e:00): 48, pid=1, DBE error ";
  line.replace(70 << 20, xid.size(), xid);
  folder.put("bundle/long.log", "first\n" + line + "\nlast\n");
  const auto report = analyze_folder();
  EXPECT_EQ(document(report, "long.log")["lines"], 3);
  EXPECT_GT(document(report, "long.log")["facts"], 0);
}

TEST_F(Hostile, InvalidUtf8AndNulBytes) {
  folder.put("bundle/app.log", std::string("\xff\xfe\xfa\x80 broken\n\0\0\0\n", 15) +
                                   "RuntimeError: CUDA error: an illegal memory access was encountered \xff\x1b[31m\n" + std::string("tail\0\n", 6));
  folder.put(std::string("bundle/name-\xff\x1b[2J.log"), "text\n");
  const auto report = analyze_folder();  // .json() above proves valid UTF-8
  EXPECT_GT(document(report, "app.log")["facts"], 0);
}

std::string nested(std::string_view open, std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  return text;
}

TEST_F(Hostile, AMillionLevelsOfNesting) {
  constexpr std::size_t deep = 1'000'000;
  folder.put("bundle/array.json", nested("[", deep));
  folder.put("bundle/objects.json", nested("{\"HostConfig\":", deep));
  folder.put("bundle/inspect.json", "[{\"HostConfig\": {\"ShmSize\": " + nested("[", deep));
  folder.put("bundle/flow.yaml", "apiVersion: v1\nkind: Pod\nspec: " + nested("[", deep));
  folder.put("bundle/flow-maps.yaml", "apiVersion: v1\nkind: Pod\nspec: " + nested("{a: ", deep));
  folder.put("bundle/dashes.yaml", "apiVersion: v1\nkind: Pod\nspec:\n " + nested("- ", deep));
  folder.put("bundle/anchors.yaml", "apiVersion: v1\nkind: Pod\na: &a [x,x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n");
  folder.put("bundle/smi.xml", "<?xml version=\"1.0\" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM \"nvsmi_device_v12.dtd\">\n<nvidia_smi_log>" + nested("<gpu>", deep));
  analyze_folder();
}

TEST_F(Hostile, FilesThatOtherReadersTakeForArchives) {
  // libarchive's "all" formats would start lrzip for the first and list files of the disk for the second.
  folder.put("bundle/looks-like-lrzip.log", "LRZI\x00\x06 then a plain log\n");
  folder.put("bundle/looks-like-mtree.log", "#mtree\n/etc/passwd type=file\nNVRM: Xid (PCI:0000:41:00): 63, pid=1, Row Remapper\n");
  const auto report = analyze_folder();
  EXPECT_EQ(status_of(report, "looks-like-lrzip.log"), "ok");
  EXPECT_EQ(status_of(report, "looks-like-mtree.log"), "ok");
  EXPECT_GT(document(report, "looks-like-mtree.log")["facts"], 0);
}

TEST_F(Hostile, ArchivesWithinArchives) {
  std::string inner = bundle::tar({{"dmesg.txt", lost_gpu}});
  for (int depth = 0; depth < 10; ++depth) inner = bundle::tar({{"a.tar", inner}, {"note.txt", "level\n"}});
  folder.put("bundle/deep.tar", inner);
  const auto report = analyze_folder();
  EXPECT_THAT(report["bundle"]["documents"].dump(), testing::HasSubstr("limit:depth"));
}

TEST_F(Hostile, ManyFactsCostBoundedMemory) {
  std::string log;
  for (int i = 0; i < 600'000; ++i) log += "[" + std::to_string(i) + ".0] NVRM: Xid (PCI:0000:5d:00): 43, pid=" + std::to_string(i) + ", name=x\n";
  folder.put("bundle/flood.log", log);
  analyze_folder();
}

TEST_F(Hostile, StandardInput) {
  const auto ran = run(analyze({"-", "--json", "-"}), {.input = bundle::gzip(lost_gpu)});
  EXPECT_EQ(ran.status, 0);
  expect_lost_gpu(ran.json());
}

TEST_F(Hostile, AnInputThatIsNoFile) {
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  const auto ran = run(analyze({folder / "pipe"}));
  EXPECT_EQ(ran.status, 3);
  EXPECT_FALSE(ran.err.empty());
}

TEST_F(Hostile, NothingReachesTheTerminalRaw) {
  folder.put("bundle/app.log", "RuntimeError: CUDA error: an illegal memory access was encountered \x1b]0;owned\x07\x1b[2J\xe2\x80\xae\n");
  folder.put("bundle/dmesg.txt", lost_gpu);
  const auto ran = run(analyze({folder / "bundle"}));
  EXPECT_EQ(ran.status, 0);
  for (const char* bad : {"\x1b", "\x07", "\xe2\x80\xae"}) EXPECT_THAT(ran.out, testing::Not(testing::HasSubstr(bad)));
}

}  // namespace
}  // namespace gpm::test
