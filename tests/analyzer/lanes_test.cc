// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/lanes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/scan/processors.h"
#include "analyzer/scan/scanner.h"
#include "analyzer/store/store.h"
#include "kb/match/line_index.h"
#include "kb/model.h"

namespace gpm::scan {
namespace {

using testing::Contains;
using testing::HasSubstr;

struct Document {
  std::string path, text;
};

std::vector<std::string> rows(store::Store& store) {
  std::vector<std::string> found;
  const auto add = [&](const char* sql) {
    store::Statement s(store.database().get(), sql);
    while (s.step()) found.push_back(s.text(0));
  };
  add("SELECT 'incident ' || content_hash FROM incidents");
  add("SELECT 'document ' || id || path || format || status || bytes || ' ' || lines || ' ' || facts || host FROM documents ORDER BY id");
  add("SELECT 'event ' || id || kind || document_id || line || last_line || count || coalesce(rank, '-') FROM events ORDER BY id");
  add("SELECT 'rank ' || communicator_id || document_id || line || rank || phase FROM ranks ORDER BY rowid");
  add("SELECT 'note ' || document_id || reason FROM notes ORDER BY rowid");
  return found;
}

using Read = std::function<void(bundle::DocumentSink&, const bundle::Limits&, bundle::Usage&)>;

Read reading(const std::vector<Document>& documents) {
  return [&documents](bundle::DocumentSink& to, const bundle::Limits&, bundle::Usage&) {
    constexpr std::size_t chunk = 1 << 18;
    for (const auto& [path, text] : documents) {
      to.begin(path);
      for (std::size_t at = 0; at < text.size(); at += chunk) to.data(std::string_view(text).substr(at, chunk));
      to.end("ok", "");
    }
  };
}

// What so many lanes find.
std::vector<std::string> scanned(std::size_t most, const Read& read, const bundle::Limits& limits = {}) {
  store::Store store{"b", true};
  Worker worker;
  auto parsers = parsers::make_line_parsers();
  const Readers readers(kb::embedded(), parsers);
  Incident incident(store);
  bundle::Usage usage;
  Lanes lanes(readers, std::move(parsers), incident, worker, {most, limits, &usage, {}});
  DocumentQueue queue([&](bundle::DocumentSink& to) { read(to, limits, usage); });
  lanes.scan(queue);
  store.finish(incident.content_hash());
  auto found = rows(store);
  kb::LineIndex index(kb::embedded().lines);
  for (const auto& line : incident.unusual().list(1000, index)) found.push_back(fmt::format("unusual {} {} {} {}", line.document, line.line, line.count, line.text));
  return found;
}

std::string kernel_log(int lines, int seed) {
  std::string text;
  for (int i = 0; i < lines; ++i)
    text += i % 7 == 0   ? fmt::format("[{:5}.000001] NVRM: Xid (PCI:0000:{:02x}:00): {}, pid={}, name=python3, Ch 00000008\n", i, (seed + i) % 8 + 16, 13 + i % 90, 4000 + i)
            : i % 11 == 0 ? fmt::format("[{:5}.000002] frobnicator{}: cannot lock unit {}\n", i, std::string(static_cast<std::size_t>(seed % 5), 'a'), i)
                          : fmt::format("[{:5}.000003] usb 1-1: new device number {}\n", i, i);
  return text;
}

std::string job_log(int ranks) {
  std::string text;
  for (int i = 0; i < ranks; ++i)
    text += fmt::format("gpu{:02}:{}:{} [{}] NCCL INFO comm 0x55d0c0de rank {} nranks {} cudaDev {} nvmlDev {} busId 1b000 commId 0xb5c1fe1e7e5ad4f5 - Init START\n", i / 8,
                        7000 + i, 7000 + i, i % 8, i, ranks, i % 8, i % 8);
  return text;
}

// That both are the same; the first difference, where a matcher would print thousands of rows.
void expect_equal(const std::vector<std::string>& found, const std::vector<std::string>& wanted, const std::string& what) {
  const auto [at, other] = std::mismatch(found.begin(), found.end(), wanted.begin(), wanted.end());
  if (at == found.end() && other == wanted.end()) return;
  ADD_FAILURE() << what << ": row " << at - found.begin() << " of " << found.size() << " is " << (at == found.end() ? "missing" : *at) << ", of "
                << wanted.size() << " should be " << (other == wanted.end() ? "none" : *other);
}

TEST(Lanes, WhatIsFoundDoesNotDependOnTheirNumber) {
  std::vector<Document> documents;
  for (int i = 0; i < 120; ++i) documents.push_back({fmt::format("host{}/kern-{}.log", i % 5, i), kernel_log(i % 20 == 0 ? 6000 : 5 + i, i)});
  documents.push_back({"empty", ""});
  const auto one = scanned(1, reading(documents));
  EXPECT_GT(one.size(), 1000u);
  expect_equal(scanned(8, reading(documents)), one, "8 lanes");
}

// Each of these documents gives more than may wait for its turn.
TEST(Lanes, DocumentsWithMuchInThemWaitForTheirTurn) {
  std::vector<Document> documents;
  for (int i = 0; i < 4; ++i) documents.push_back({fmt::format("job-{}.log", i), job_log(9000)});
  const auto one = scanned(1, reading(documents));
  EXPECT_GT(one.size(), 9000u);
  expect_equal(scanned(4, reading(documents)), one, "4 lanes");
}

// A folder, whose entries the lanes open themselves.
class FolderLanes : public testing::Test {
 protected:
  FolderLanes() {
    std::filesystem::create_directories(folder);
    for (int i = 0; i < 60; ++i) {
      std::ofstream file(folder / fmt::format("kern-{:02}.log", i));
      file << (i == 7 ? kernel_log(22'000, i) : i == 21 ? job_log(9000) : kernel_log(50 + 4 * i, i));  // both more than a MiB
    }
    std::filesystem::create_symlink("/etc/passwd", folder / "kern-30-link");
  }
  ~FolderLanes() override { std::filesystem::remove_all(folder); }

  void read(bundle::DocumentSink& to, const bundle::Limits& limits, bundle::Usage& usage) const {
    std::string error;
    EXPECT_EQ(bundle::read(folder.string(), "", limits, usage, to, error), bundle::ReadResult::read) << error;
  }
  // Entry by entry, on one thread.
  std::vector<std::string> simply_scanned(const bundle::Limits& limits) const {
    store::Store store{"b", true};
    Scanner scanner(kb::embedded(), store);
    bundle::Usage usage;
    read(scanner, limits, usage);
    store.finish(scanner.content_hash());
    return rows(store);
  }
  void expect_the_same(const bundle::Limits& limits, const std::string& status) const {
    const auto simply = simply_scanned(limits);
    EXPECT_THAT(simply, Contains(HasSubstr(status)));
    for (std::size_t most : {1u, 8u}) {
      auto found = scanned(most, [this](auto& to, const auto& l, auto& usage) { read(to, l, usage); }, limits);
      std::erase_if(found, [](const std::string& row) { return row.starts_with("unusual"); });
      expect_equal(found, simply, fmt::format("{} lanes", most));
    }
  }

  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / fmt::format("lanes-{}", getpid());
};

TEST_F(FolderLanes, FindWhatIsInIt) { expect_the_same({}, "skipped:link"); }

TEST_F(FolderLanes, EndAtTheLimitOfBytesWhereAReaderOfOneByOneDoes) {
  for (std::uint64_t bytes : {300'000u, 2'000'000u, 2'700'000u}) expect_the_same({.total_bytes = bytes}, "limit:total-bytes");
}

TEST_F(FolderLanes, EndAtTheLimitOfDocumentsWhereAReaderOfOneByOneDoes) {
  for (std::uint64_t documents : {1u, 20u, 60u}) expect_the_same({.documents = documents}, "limit:documents");
}

TEST_F(FolderLanes, AFewOfItsFilesAreOpenUntilSomebodyTakesThem) {
  const auto open_files = [] { return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}); };
  const auto before = open_files();
  bundle::Usage usage;
  DocumentQueue queue([&](bundle::DocumentSink& to) { read(to, {}, usage); });
  while (!queue.is_full()) std::this_thread::yield();
  EXPECT_LE(open_files(), before + 20);
  queue.abandon();
}

TEST_F(FolderLanes, ProgressIsShown) {
  store::Store store{"b", true};
  Worker worker;
  auto parsers = parsers::make_line_parsers();
  const Readers readers(kb::embedded(), parsers);
  Incident incident(store);
  std::uint64_t bytes = 0;
  Lanes lanes(readers, std::move(parsers), incident, worker, {.most = 2, .progress = [&](const bundle::Usage& usage) { bytes = usage.total_bytes; }});
  bundle::Usage usage;
  DocumentQueue queue([&](bundle::DocumentSink& to) { read(to, {}, usage); });
  lanes.scan(queue);
  EXPECT_GT(bytes, 1'000'000u);
}

class FailingLanes : public testing::Test {
 protected:
  void scan(std::function<void(bundle::DocumentSink&)> read) {
    DocumentQueue queue(std::move(read));
    lanes.scan(queue);
  }
  static void document(bundle::DocumentSink& to, int i) {
    to.begin(fmt::format("kern-{}.log", i));
    to.data(kernel_log(500, i));
    to.end("ok", "");
  }

  store::Store store{"b", true};
  Worker worker;
  parsers::LineParsers parsers = parsers::make_line_parsers();
  Readers readers{kb::embedded(), parsers};
  Incident incident{store};
  Lanes lanes{readers, std::move(parsers), incident, worker, {.most = 4}};
};

TEST_F(FailingLanes, WhatTheReaderThrowsComesOut) {
  EXPECT_THROW(scan([](bundle::DocumentSink& to) {
                 for (int i = 0; i < 50; ++i) document(to, i);
                 throw std::runtime_error("no such folder");
               }),
               std::runtime_error);
}

// The reader would go on for ever.
TEST_F(FailingLanes, AStoreThatFailsEndsThemAll) {
  store.database().run("DROP TABLE events");
  EXPECT_THROW(scan([](bundle::DocumentSink& to) {
                 for (int i = 0; true; ++i) document(to, i);
               }),
               store::SqliteError);
}

TEST_F(FailingLanes, AfterwardsTheyReadTheNextInput) {
  const auto read = [](bundle::DocumentSink& to) { document(to, 1); };
  scan(read);
  scan(read);
  EXPECT_EQ(store.documents_total(), 2);
}

TEST(Processors, ThereIsOneAtLeast) { EXPECT_GE(processors(), 1u); }

}  // namespace
}  // namespace gpm::scan
