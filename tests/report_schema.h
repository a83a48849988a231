// SPDX-License-Identifier: Apache-2.0
//
// docs/report.schema.json, as a test asks it.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace gpm::test {

// What the schema has to say against the report; empty if nothing.
inline std::string schema_faults(const nlohmann::json& report) {
  std::ifstream file(GPM_SOURCE_DIR "/docs/report.schema.json");
  const auto schema_text = nlohmann::json::parse(file);
  valijson::Schema schema;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  valijson::adapters::NlohmannJsonAdapter schema_adapter(schema_text);
  parser.populateSchema(schema_adapter, schema);
  valijson::Validator validator;
  valijson::ValidationResults results;
  valijson::adapters::NlohmannJsonAdapter adapter(report);
  if (validator.validate(schema, adapter, &results)) return "";
  std::string all;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const auto& part : error.context) all += part;
    all += ": " + error.description + "\n";
  }
  return all.empty() ? "invalid" : all;
}

}  // namespace gpm::test
