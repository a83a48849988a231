// SPDX-License-Identifier: Apache-2.0
//
// What others have found out about a document before it is scanned changes nothing.
#include "analyzer/scan/document_scanner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gpm::scan {
namespace {

using testing::ElementsAre;
using testing::Each;
using testing::Pair;


constexpr std::string_view busy = "x: all CUDA-capable devices are busy or unavailable\n";

class DocumentScannerTest : public testing::Test, public ScannedSink {
 protected:
  void part(ScannedDocument&) override {}
  void done(ScannedDocument& document) override { scanned.push_back({document.row.format, document.row.parts.size()}); facts.push_back(document.facts.count()); }

  void scan(std::string_view text, Recognition recognition = {}, std::size_t chunk = 1 << 20) {
    scanner.begin("log", std::move(recognition));
    for (std::size_t at = 0; at < text.size(); at += chunk) scanner.data(text.substr(at, chunk));
    scanner.end("ok", "");
  }
  Recognition recognised(const std::string& text) {
    const auto copy = std::make_shared<const std::string>(text);
    return recognise_beside(worker, *copy, true, copy);
  }

  Worker worker;
  parsers::LineParsers parsers = parsers::make_line_parsers();
  Readers readers{kb::embedded(), parsers};
  DocumentScanner scanner{readers, std::move(parsers), *this, worker};
  std::vector<std::pair<std::string, std::size_t>> scanned;  // format, parts
  std::vector<std::int64_t> facts;
};

TEST_F(DocumentScannerTest, OneThatWasRecognisedBesideIsWhatItWouldBe) {
  const std::string env = "PATH=/usr/bin\nHOME=/root\nNCCL_DEBUG=INFO\n", session = "root@n1:~# uname -r\n5.15.0-91-generic\nroot@n1:~# env\n" + env;
  const std::string wide = "\xFF\xFE" + [&] {
    std::string text;
    for (const char c : env) text += {c, '\0'};
    return text;
  }();
  for (const auto* text : {&env, &session, &wide}) scan(*text);
  const auto alone = std::exchange(scanned, {});
  EXPECT_THAT(alone, ElementsAre(Pair("env", 0), Pair("session", 2), Pair("env", 0)));
  for (const auto* text : {&env, &session, &wide}) scan(*text, recognised(*text));
  EXPECT_EQ(scanned, alone);
  scan(env, recognised(env), 10);
  EXPECT_EQ(scanned.back(), alone.front());
}

// A gate may lie across two pieces.
TEST_F(DocumentScannerTest, ItDoesNotMatterWhoseSearchFoundTheGates) {
  std::string text;
  for (int i = 1; i <= 3000; ++i) text += i % 7 == 5 ? busy : "quiet line\n";
  scan(text);
  for (std::size_t chunk : {61u, 4097u, 20'000u})
    for (std::size_t searched : {1u, 2u, 3u}) {
      scanner.begin("log");
      std::size_t n = 0;
      for (std::size_t at = 0; at < text.size(); at += chunk) {
        const auto piece = std::string_view(text).substr(at, chunk);
        std::vector<text::LiteralHit> hits;
        readers.gates->find(piece, hits);
        scanner.data(piece, ++n % searched == 0 ? &hits : nullptr);
      }
      scanner.end("ok", "");
    }
  EXPECT_GE(facts.front(), 428);
  EXPECT_THAT(facts, Each(facts.front()));
}

}  // namespace
}  // namespace gpm::scan
