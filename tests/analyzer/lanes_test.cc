// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/lanes.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "analyzer/store/store.h"
#include "kb/match/line_index.h"
#include "kb/model.h"

namespace gpm::scan {
namespace {

using testing::ElementsAreArray;

struct Document {
  std::string path, text;
};

// What so many lanes make of documents.
class Scanned {
 public:
  Scanned(std::size_t lanes, const std::vector<Document>& documents) {
    scan(lanes, [&](bundle::DocumentSink& to) {
      constexpr std::size_t chunk = 1 << 18;
      for (const auto& [path, text] : documents) {
        to.begin(path);
        for (std::size_t at = 0; at < text.size(); at += chunk) to.data(std::string_view(text).substr(at, chunk));
        to.end("ok", "");
      }
    });
    store.finish(hash);
  }

  std::vector<std::string> rows() {
    std::vector<std::string> found;
    const auto add = [&](const char* sql) {
      store::Statement s(store.database().get(), sql);
      while (s.step()) found.push_back(s.text(0));
    };
    add("SELECT 'incident ' || content_hash FROM incidents");
    add("SELECT 'document ' || id || path || format || lines || facts || host FROM documents ORDER BY id");
    add("SELECT 'event ' || id || kind || document_id || line || last_line || count || coalesce(rank, '-') FROM events ORDER BY id");
    add("SELECT 'rank ' || communicator_id || document_id || line || rank || phase FROM ranks ORDER BY rowid");
    add("SELECT 'note ' || document_id || reason FROM notes ORDER BY rowid");
    for (const auto& line : unusual) found.push_back(fmt::format("unusual {} {} {} {}", line.document, line.line, line.count, line.text));
    return found;
  }

  store::Store store{"b", true};

 private:
  void scan(std::size_t most, std::function<void(bundle::DocumentSink&)> read) {
    Worker worker;
    auto parsers = parsers::make_line_parsers();
    const Readers readers(kb::embedded(), parsers);
    Incident incident(store);
    Lanes lanes(readers, std::move(parsers), incident, worker, most);
    DocumentQueue queue(std::move(read));
    lanes.scan(queue);
    hash = incident.content_hash();
    kb::LineIndex index(kb::embedded().lines);
    unusual = incident.unusual().list(1000, index);
  }

  std::string hash;
  std::vector<Unusual> unusual;
};

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

TEST(Lanes, WhatIsFoundDoesNotDependOnTheirNumber) {
  std::vector<Document> documents;
  for (int i = 0; i < 120; ++i) documents.push_back({fmt::format("host{}/kern-{}.log", i % 5, i), kernel_log(i % 10 == 0 ? 6000 : 5 + i, i)});
  documents.push_back({"empty", ""});
  const auto one = Scanned(1, documents).rows();
  EXPECT_GT(one.size(), 1000u);
  EXPECT_THAT(Scanned(8, documents).rows(), ElementsAreArray(one));
}

// Each of these documents gives more than may wait for its turn.
TEST(Lanes, DocumentsWithMuchInThemWaitForTheirTurn) {
  std::vector<Document> documents;
  for (int i = 0; i < 6; ++i) documents.push_back({fmt::format("job-{}.log", i), job_log(12'000)});
  const auto one = Scanned(1, documents).rows();
  EXPECT_GT(one.size(), 12'000u);
  EXPECT_THAT(Scanned(4, documents).rows(), ElementsAreArray(one));
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
  Lanes lanes{readers, std::move(parsers), incident, worker, 4};
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
