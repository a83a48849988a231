// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "analyzer/report/views.h"
#include "tests/report/fixtures.h"
#include "tests/report_schema.h"

namespace gpm::report {
namespace {

using nlohmann::json;

std::string text_of(const Result& result) {
  std::ostringstream out;
  write_json(result, out);
  return out.str();
}

using test::schema_faults;

TEST(Json, EveryResultKeepsTheSchema) {
  for (const char* language : {"en", "zh"})
    for (const auto& result : {full_result(language), healthy_result(language), undecided_result(language)})
      EXPECT_EQ(schema_faults(json::parse(text_of(result))), "");
}

TEST(Json, TheSchemaKnowsEveryKeyAndRefusesOthers) {
  auto report = json::parse(text_of(full_result("en")));
  report["causes"][0]["evidence"][0]["surprise"] = 1;
  EXPECT_NE(schema_faults(report), "");
}

TEST(Json, TheSchemaWantsEveryKey) {
  auto report = json::parse(text_of(full_result("en")));
  report["causes"][0]["where"].erase("ranks");
  EXPECT_NE(schema_faults(report), "");
}

TEST(Json, HostileTextIsDataAndNothingElse) {
  auto result = result_made_of(everything_hostile(), "en");
  // The words of our own vocabularies are not the bundle's to choose.
  result.documents[0].status = "damaged";
  for (auto& moment : result.timeline) {
    moment.time = "2026-03-14T02:17:09.078Z";
    moment.time_from = "stated";
    moment.source = "kernel";
  }
  result.gpus[0].readings[0].unusual = "counted";
  for (auto& cause : result.causes) {
    cause.id = "an-id";
    for (auto& fix : cause.fixes) fix.risk = "safe";
    for (auto& evidence : cause.evidence) {
      evidence.time.clear();
      evidence.time_from = "none";
    }
  }
  const auto report = json::parse(text_of(result));  // throws on invalid UTF-8
  EXPECT_EQ(schema_faults(report), "");
  const auto quoted = report["causes"][0]["evidence"][0]["text"].get<std::string>();
  EXPECT_NE(quoted.find("<script>alert(1)</script>"), std::string::npos);
  EXPECT_NE(quoted.find(std::string("\0 \xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd(", 12)), std::string::npos)
      << "bad bytes are U+FFFD";
}

TEST(Json, TheFileItselfIsSafeToShow) {
  for (unsigned char c : text_of(result_made_of(everything_hostile(), "en")))
    EXPECT_TRUE(c == '\n' || (c >= 0x20 && c != 0x7f));
  const auto text = text_of(result_made_of("\u202E\u0085\u2028\U000E0001", "en"));
  EXPECT_NE(text.find("\"\\u202e\\u0085\\u2028\\udb40\\udc01\""), std::string::npos);
}

TEST(Json, UnknownIsNull) {
  Result result = healthy_result("en");
  Cause cause;
  cause.id = "x";
  cause.where.gpus.emplace_back();
  cause.evidence.emplace_back();
  result.causes = {cause};
  const auto report = json::parse(text_of(result));
  for (const auto& value : report["causes"][0]["where"]["gpus"][0]) EXPECT_TRUE(value.is_null());
  for (const char* key : {"line", "time", "time_from"})
    EXPECT_TRUE(report["causes"][0]["evidence"][0][key].is_null()) << key;
  EXPECT_TRUE(report["generated"].is_null());
  EXPECT_TRUE(report["tool"]["knowledge"].is_null());
}

TEST(Json, ConfidenceHasThreeDecimals) {
  auto result = full_result("en");
  result.causes[0].confidence = 0.93;
  result.causes[1].confidence = 2;
  result.causes[2].confidence = -0.0;
  const auto text = text_of(result);
  for (const char* written : {"\"confidence\": 0.930,", "\"confidence\": 1.000,", "\"confidence\": 0.000,"})
    EXPECT_NE(text.find(written), std::string::npos) << written;
}

TEST(Json, EmptyListsAreLists) {
  const auto report = json::parse(text_of(healthy_result("en")));
  for (const char* key : {"causes", "timeline", "missing", "unusual_lines", "hosts", "gpus", "communicators", "notes"})
    EXPECT_EQ(report[key], json::array()) << key;
}

TEST(Json, AnUnusualLineThatIsKnownSaysWhatItIs) {
  auto result = full_result("en");
  auto known = result.unusual_lines[0];
  known.role = "consequence";
  known.means = "Follows from something else.";
  result.unusual_lines.push_back(known);
  const auto lines = json::parse(text_of(result))["unusual_lines"];
  EXPECT_EQ(lines[0]["role"], nullptr);
  EXPECT_EQ(lines[0]["means"], nullptr);
  EXPECT_EQ(lines[1]["role"], "consequence");
  EXPECT_EQ(lines[1]["means"], "Follows from something else.");
}

}  // namespace
}  // namespace gpm::report
