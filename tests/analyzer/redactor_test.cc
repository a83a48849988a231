// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/redactor.h"

#include <gtest/gtest.h>
#include <nettle/sha2.h>
#include <re2/re2.h>

#include <stdexcept>

#include "analyzer/redact/keyed_name.h"
#include "tests/redaction_seeds.h"

namespace gpm::redact {
namespace {

using test::Seed;
using test::seeds;

std::string redacted(std::string_view text) { return Redactor().apply(text); }

class Secrets : public testing::TestWithParam<Seed> {};
TEST_P(Secrets, AreReplacedAndTheLineStaysReadable) {
  const std::string line = GetParam().line, secret = GetParam().secret, now = redacted(line);
  EXPECT_EQ(now.find(secret), std::string::npos) << now;
  EXPECT_NE(now, line);
  const auto at = line.find(secret);
  EXPECT_EQ(now.substr(0, std::min(at, now.size())), line.substr(0, at)) << now;  // what stands before it stays
  EXPECT_EQ(redacted(now), now) << "redacting twice changes nothing";
}
INSTANTIATE_TEST_SUITE_P(Redactor, Secrets, testing::ValuesIn(seeds), [](const auto& t) { return std::string(t.param.name); });

// Evidence looks like secrets and numbers of tokens are none.
class Evidence : public testing::TestWithParam<const char*> {};
TEST_P(Evidence, Stays) { EXPECT_EQ(redacted(GetParam()), GetParam()); }
INSTANTIATE_TEST_SUITE_P(Redactor, Evidence, testing::Values(
    "gpu-node01:1131:1131 [0] NCCL INFO ncclCommInitRank comm 0x55d5a02f3a10 rank 4 nranks 8 cudaDev 0 nvmlDev 0 busId 1000 commId 0x9a1f23cc81e0b7d4 - Init COMPLETE",
    "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11)",
    "Serial Number                         : 1650924004321",
    "NVRM: Xid (PCI:0000:d1:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.",
    "image: nvcr.io/nvidia/pytorch@sha256:0f9e8d7c6b5a4938271605f4e3d2c1b0a9f8e7d6c5b4a39281706f5e4d3c2b1a",
    "commit 3304b8b0f9e8d7c6b5a4938271605f4e3d2c1b0a",
    "Bootstrap : Using enp5s0:192.168.5.9<0>", "connect to 10.20.0.7<41022> failed", "169.254.3.1<0>", "127.0.0.1:29500", "inet6 fe80::ba59:9fff:fe12:3456/64",
    "10.2.0.4 - - [10/Oct/2026:13:55:36 +0000] GET /health", "2026:03:14 02:17:09", "busid 00000000:5D:00.0 mac ba:59:9f:fe:12:34",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "commHash 0x84d1b2c3e4f50617 opCount 1f", "GPU-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11 MIG-5c3d9c4e-1b0a-7c7d-92a4-0d4f4b1f6a11",
    "Linux version 5.14.0-427.33.1.el9_4.x86_64 (mockbuild@x86-64-04.build.eng.rdu2.redhat.com)", "bosToken: <s>, eosToken: </s>, numTokens=12345678", "OLDPWD=/workspace", "password authentication failed", "see -----BEGIN PRIVATE KEY----- in the file, refused",
    "docker run -p 8000:8000 image", "mpirun -np 8 -p x", "tar -cvf a.tar -u x", "ip-10-2-0-4.ec2.internal", "https://docs.nvidia.com/deploy/xid-errors/index.html",
    "nvidia-cudnn-cu12==9.1.0.70", "cuDNN version 9.1.0.70", "libcudnn.so.8.9.2.26", "KMD Version: 580.95.05", "NCCL 2.21.5.1 loaded",
    "max_num_batched_tokens=8192 eos_token='</s>' pad_token: [PAD] token_ids=[1,2,3] next_token=foobar", "prompt throughput: 0.0 tokens/s, token: 151643",
    "imagePullSecrets:", "secretName: registry-cred", "password: <hidden>", "token=${HF_TOKEN}", "PWD=/workspace", "/home/ubuntu/.cache", "git@github.com:org/repo.git",
    "ssh root@gpu-07.cluster.local", "mlx5_0:1/RoCE GID ::ffff:10.0.0.4", "time 02:17:09.078590", "[155044.078590] pcieport 0000:d0:01.0: AER"));

TEST(Redactor, OneValueIsOnePseudonymInEveryText) {
  Redactor redactor;
  EXPECT_EQ(redactor.apply("/home/wzhang/a and /home/lchen/b"), "/home/user-1/a and /home/user-2/b");
  EXPECT_EQ(redactor.apply("cd /home/lchen"), "cd /home/user-2");
  const auto counts = redactor.counts();
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].values, 2u);
  EXPECT_EQ(counts[0].places, 3u);
  EXPECT_EQ(redactor.map(), (std::vector<std::pair<std::string, std::string>>{{"user-1", "wzhang"}, {"user-2", "lchen"}}));
}

TEST(Redactor, WhatIsKnownToBeSecretIsReplacedAsAWholeWord) {
  Redactor redactor;
  redactor.know("hunter2", Kind::password);
  redactor.know("abc", Kind::password);  // too short: would hide half of a report
  EXPECT_EQ(redactor.apply("value: hunter2 hunter22 abc"), "value: password-1 hunter22 abc");
}

TEST(Redactor, ATextThatHeldNothingIsLookedAtAgainOnceMoreIsKnown) {
  Redactor redactor;
  EXPECT_EQ(redactor.apply("gpu-07/dmesg"), "gpu-07/dmesg");
  EXPECT_EQ(redactor.apply("gpu-07/dmesg"), "gpu-07/dmesg");
  redactor.know("gpu-07", Kind::host);
  EXPECT_EQ(redactor.apply("gpu-07/dmesg"), "host-1/dmesg");
}

TEST(Redactor, EachPlaceOfASecretCountsHoweverOftenItsTextComes) {
  Redactor redactor;
  for (int i = 0; i < 3; ++i) redactor.apply("peer 52.14.233.7 closed");
  ASSERT_EQ(redactor.counts().size(), 1u);
  EXPECT_EQ(redactor.counts().front().places, 3u);
}

TEST(Redactor, AValueOfSeveralLinesIsKnownLineByLine) {
  Redactor redactor;
  redactor.know("-----BEGIN X-----\n  MIIEowIBAAKCAQEA0123\nshort\n", Kind::token);
  EXPECT_EQ(redactor.apply("a MIIEowIBAAKCAQEA0123 b short"), "a token-1 b short");
}

TEST(Redactor, AHostIsKnownInAnyCaseAndWithItsDomain) {
  Redactor redactor;
  for (const char* host : {"gpu-07", "w1", "node1"}) redactor.know(host, Kind::host);
  EXPECT_EQ(redactor.apply("GPU-07: gpu-07.rack3.example.com:29500 w1, gpu-07.log node10 node1"), "host-1: host-1:29500 host-2, host-1.log node10 host-3");
  EXPECT_EQ(redactor.apply("logs/node1.err.2026-03-14.tar.gz"), "logs/host-3.err.2026-03-14.tar.gz");
}

TEST(Redactor, APseudonymIsNeverTheNameOfAnotherHost) {
  Redactor redactor;
  for (const char* host : {"host-1", "host-2", "gpu-07"}) redactor.know(host, Kind::host);
  EXPECT_EQ(redactor.apply("gpu-07 host-1 host-2 gpu-07"), "host-3 host-4 host-5 host-3");
}

TEST(Redactor, ASecretThatLooksLikeAPseudonymWithMoreIsReplaced) {
  EXPECT_EQ(redacted("password=user-Secret9"), "password=password-1");
  EXPECT_EQ(redacted("password=password-1 token=token-k3mz7qd2w5abx"), "password=password-1 token=token-k3mz7qd2w5abx");
}

TEST(Redactor, ThousandsOfKnownTextsCostLittle) {
  Redactor redactor;
  for (int i = 0; i < 5000; ++i) redactor.know("gpu-node-" + std::to_string(i), Kind::host);
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "gpu-node-x gpu ";
  EXPECT_EQ(redactor.apply(text + "gpu-node-77"), text + "host-1");
}

TEST(KeyedRedactor, OneTextIsOnePseudonymInEveryAnalysis) {
  const std::string key(32, 'k');
  Redactor one({}, key), other({}, key), elsewhere({}, std::string(32, 'l'));
  const auto first = one.apply("/home/wzhang/a /home/lchen/b");
  other.apply("/home/someone/else");
  EXPECT_EQ(other.apply("/home/wzhang/a /home/lchen/b"), first);
  EXPECT_NE(elsewhere.apply("/home/wzhang/a /home/lchen/b"), first);
  EXPECT_TRUE(re2::RE2::FullMatch(first, "/home/user-([a-z2-7]{13})/a /home/user-([a-z2-7]{13})/b")) << first;
  EXPECT_EQ(one.apply(first), first) << "redacting twice changes nothing";
  EXPECT_EQ(one.counts()[0].values, 2u);
}

TEST(KeyedRedactor, AHostIsOneWhateverItsCase) {
  Redactor one({}, "0123456789abcdef"), other({}, "0123456789abcdef");
  one.know("GPU-07", Kind::host);
  other.know("gpu-07", Kind::host);
  EXPECT_EQ(one.apply("gpu-07"), other.apply("gpu-07"));
}

std::string hex(const std::array<std::uint8_t, 32>& digest) {
  std::string text;
  for (const auto byte : digest) text += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
  return text;
}

// The hash beneath, as the library that we link has it.
std::array<std::uint8_t, 32> sha256(std::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::array<std::uint8_t, 32> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return digest;
}

TEST(KeyedName, IsTheStandardsHmac) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Redactor, ThePatternsOfTheUserCount) {
  Redactor redactor({"project-[a-z]+", "ticket ([A-Z]+-\\d+)"});
  EXPECT_EQ(redactor.apply("project-zeus in ticket OPS-17"), "redacted-1 in ticket redacted-2");
}

TEST(Redactor, APatternThatCannotBeUsedIsNamed) {
  EXPECT_THROW(Redactor({"("}), std::invalid_argument);
  EXPECT_THROW(Redactor({"x*"}), std::invalid_argument);
}

TEST(Redactor, BytesThatAreNoUtf8DoNotHideASecret) {
  EXPECT_EQ(redacted("\xff\xfe HF_TOKEN=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 \xff"), "\xff\xfe HF_TOKEN=token-1 \xff");
}

TEST(Redactor, ALongLineTakesLinearTime) {
  const std::string line(1 << 20, 'a');
  EXPECT_EQ(redacted("token=" + line).size(), std::string("token=token-1").size());
}

TEST(SecretNames, AreThoseOfSecrets) {
  for (const char* name : {"accessToken", "PGPASSWORD", "secretAccessKey", "HF_TOKEN", "registry-password", "AWS_SECRET_ACCESS_KEY", "WANDB_API_KEY", "GITHUB_TOKEN"}) EXPECT_TRUE(is_secret_name(name)) << name;
  for (const char* name : {"max_tokens", "eos_token", "bosToken", "OLDPWD", "TOKENIZERS_PARALLELISM", "PWD", "NCCL_IB_HCA", "token_type_ids"}) EXPECT_FALSE(is_secret_name(name)) << name;
}

}  // namespace
}  // namespace gpm::redact
