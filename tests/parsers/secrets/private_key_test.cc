// SPDX-License-Identifier: Apache-2.0
#include "parsers/secrets/private_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"
#include "tests/redaction_seeds.h"

namespace gpm::parsers::secrets {
namespace {

using test::private_key_lines;

std::vector<std::string> secrets_of(const std::vector<std::string>& lines) {
  std::string document;
  for (const auto& line : lines) document += line + "\n";
  PrivateKey parser;
  test::RecordingSink sink;
  test::feed(parser, document, sink);
  return sink.secrets;
}

std::vector<std::string> key_between(const std::string& begin, const std::string& end, const std::string& before = "", const std::string& after = "") {
  std::vector<std::string> lines = {"a log line", before + begin + after};
  for (const char* line : private_key_lines) lines.push_back(before + line + after);
  lines.push_back(before + end + after);
  lines.push_back("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
  return lines;
}

const auto whole_key = testing::ElementsAreArray(private_key_lines);

TEST(PrivateKey, EachLineIsASecretUpToTheEnd) {
  EXPECT_THAT(secrets_of(key_between("-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----")), whole_key);
  EXPECT_THAT(secrets_of(key_between("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", "---- END SSH2 ENCRYPTED PRIVATE KEY ----")), whole_key);
  EXPECT_THAT(secrets_of(key_between("-----BEGIN PGP PRIVATE KEY BLOCK-----", "-----END PGP PRIVATE KEY BLOCK-----")), whole_key);
  EXPECT_THAT(secrets_of(key_between("Private-Lines: 4", "Private-MAC: 0a1b")), whole_key);
}

TEST(PrivateKey, InAnyWrapper) {
  const std::string begin = "-----BEGIN RSA PRIVATE KEY-----", end = "-----END RSA PRIVATE KEY-----";
  EXPECT_THAT(secrets_of(key_between(begin, end, "      ")), whole_key);
  EXPECT_THAT(secrets_of(key_between(begin, end, "2026-03-14 02:17:09 ERROR worker-0 | ")), whole_key);
  EXPECT_THAT(secrets_of(key_between(begin, end, "  \"", "\\n\",")), whole_key);
}

TEST(PrivateKey, LinesOfOthersBetweenAreNone) {
  auto lines = key_between("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----");
  lines.insert(lines.begin() + 3, {"NCCL INFO Channel 00 : 0 1 2 3", "Proc-Type: 4,ENCRYPTED", "done"});
  EXPECT_THAT(secrets_of(lines), whole_key);
}

TEST(PrivateKey, AWordAtItsEndIsNoLineOfIt) {
  EXPECT_THAT(secrets_of({"-----BEGIN RSA PRIVATE KEY-----", private_key_lines[0], "Traceback", "-----END RSA PRIVATE KEY-----"}), testing::ElementsAre(private_key_lines[0]));
  EXPECT_THAT(secrets_of({"refusing -----BEGIN PRIVATE KEY-----", "loading", "weights"}), testing::IsEmpty());
  EXPECT_THAT(secrets_of({"-----BEGIN PRIVATE KEY-----abc-----END PRIVATE KEY-----", private_key_lines[0]}), testing::IsEmpty()) << "it ended on its line";
}

TEST(PrivateKey, OneThatNeverEndsIsGivenUp) {
  std::vector<std::string> lines = {"-----BEGIN PRIVATE KEY-----"};
  lines.insert(lines.end(), 5000, private_key_lines[0]);
  EXPECT_LT(secrets_of(lines).size(), 500u);
}

}  // namespace
}  // namespace gpm::parsers::secrets
