// SPDX-License-Identifier: Apache-2.0
//
// Every example of a signal's pattern is found by the scanner too, which takes the wrappers off a line before it matches: a
// pattern that names the program of a syslog line would match its example and never a log. Those of topics are complaints.
#include <gtest/gtest.h>

#include "analyzer/scan/scanner.h"
#include "analyzer/store/store.h"
#include "kb/model.h"

namespace gpm::explain {
namespace {

std::int64_t found(store::Store& store, std::string_view signal, std::size_t line) {
  store::Statement s(store.database().get(),
                     "SELECT count(*) FROM events e JOIN documents d ON d.id = e.document_id WHERE e.kind = ?1 AND d.path = ?2");
  s.bind(1, "line." + std::string(signal)).bind(2, std::string(signal) + "/" + std::to_string(line));
  return s.step() ? s.integer(0) : 0;
}

TEST(SignalExamples, AreFoundInALog) {
  const auto& knowledge = kb::embedded();
  store::Store store("examples", true);
  scan::Scanner scanner(knowledge, store);
  for (const auto& signal : knowledge.signals)
    for (std::size_t i = 0; i < signal.examples.size(); ++i) {
      scanner.begin(std::string(signal.id) + "/" + std::to_string(i));
      scanner.data(std::string(signal.examples[i]) + "\n");
      scanner.end("ok", "");
    }
  store.finish(scanner.content_hash());
  for (const auto& signal : knowledge.signals)
    for (std::size_t i = 0; i < signal.examples.size() && signal.topic.empty(); ++i)
      EXPECT_EQ(found(store, signal.id, i), 1) << signal.id << ": " << signal.examples[i];
}

TEST(SignalExamples, OfTopicsAreComplaints) {
  for (const auto& signal : kb::embedded().signals) {
    if (signal.topic.empty() || signal.role == kb::Role::benign) continue;
    for (const auto example : signal.examples) {
      scan::UnusualLines lines;
      text::Line line;
      line.number = 1;
      line.raw = line.message = example;
      lines.add("app.log", line, false);
      EXPECT_FALSE(lines.empty()) << signal.id << ": " << example;
    }
  }
}

}  // namespace
}  // namespace gpm::explain
