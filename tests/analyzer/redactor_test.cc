// SPDX-License-Identifier: Apache-2.0
#include "analyzer/redact/redactor.h"

#include <gtest/gtest.h>

#include <stdexcept>

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
  for (const char* name : {"HF_TOKEN", "registry-password", "AWS_SECRET_ACCESS_KEY", "WANDB_API_KEY", "GITHUB_TOKEN"}) EXPECT_TRUE(is_secret_name(name)) << name;
  for (const char* name : {"max_tokens", "eos_token", "TOKENIZERS_PARALLELISM", "PWD", "NCCL_IB_HCA", "token_type_ids"}) EXPECT_FALSE(is_secret_name(name)) << name;
}

}  // namespace
}  // namespace gpm::redact
