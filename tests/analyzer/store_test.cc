// SPDX-License-Identifier: Apache-2.0
#include "analyzer/store/store.h"

#include <gtest/gtest.h>

#include "tests/analyzer/filled_store.h"

namespace gpm::store {
namespace {

facts::Event xid(int code, std::uint64_t line, std::string pci = "0000:5d:00.0") {
  facts::Event e;
  e.kind = "kernel.xid";
  e.code = code;
  e.place.pci = std::move(pci);
  e.at = {line, "NVRM: Xid ..."};
  return e;
}

DocumentRow document(std::string path) {
  DocumentRow row;
  row.path = std::move(path);
  row.format = "dmesg";
  row.status = "ok";
  return row;
}

std::string one(test::FilledStore& store, const char* sql) {
  Statement s(store.database().get(), sql);
  return s.step() ? s.text(0) : "(no row)";
}

TEST(Store, EqualFactsAreOneRowWithFirstLastAndCount) {
  test::FilledStore store("b", true);
  store.begin_document();
  for (std::uint64_t line : {10u, 20u, 30u}) store.add(xid(79, line));
  store.add(xid(31, 40));
  store.end_document(document("dmesg.txt"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT count(*) FROM events"), "2");
  EXPECT_EQ(one(store, "SELECT line || '-' || last_line || ' x' || count FROM events WHERE code = 79"), "10-30 x3");
}

TEST(Store, OneDocumentCannotFillTheStore) {
  test::FilledStore store("b", true);
  store.begin_document();
  for (int i = 0; i < 5000; ++i) store.add(xid(i, 1));
  store.end_document(document("dmesg.txt"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT count(*) FROM events"), std::to_string(DocumentFacts::max_rows_per_kind));
  EXPECT_EQ(one(store, "SELECT reason FROM notes"), "3000 more facts of kind kernel.xid are counted here and not kept");
}

TEST(Store, HostileTextIsBoundAndMadeValid) {
  test::FilledStore store("b'); DROP TABLE events; --", true);
  store.begin_document();
  auto e = xid(31, 1);
  e.at.text = "'); DROP TABLE events; --\xFF";
  e.attributes["detail"] = "\"}\xFF'";
  store.add(std::move(e));
  store.end_document(document("'; DROP TABLE documents; --"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT text FROM events"), "'); DROP TABLE events; --\xEF\xBF\xBD");
  EXPECT_EQ(one(store, "SELECT attributes ->> 'detail' FROM events"), "\"}\xEF\xBF\xBD'");
}

TEST(Identity, ALogWhoseLinesNameAnotherHostIsNotOfTheFoldersHost) {
  test::FilledStore store("b", true);
  store.begin_document();
  store.document_host("n1");
  store.end_document(document("dmesg.txt"));
  store.begin_document();
  facts::Event warning, unnamed;
  warning.kind = unnamed.kind = "nccl.warn";
  warning.place.host = "n2";
  warning.at = {1, "n2:7:7 [0] NCCL WARN one"};
  unnamed.at = {2, "NCCL WARN another"};
  store.add(std::move(warning));
  store.add(std::move(unnamed));
  store.end_document(document("job-771.log"));
  store.begin_document();
  store.end_document(document("nvidia-smi.txt"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT host FROM documents WHERE path = 'job-771.log'"), "");
  EXPECT_EQ(one(store, "SELECT group_concat(host, '|') FROM (SELECT host FROM events ORDER BY line)"), "n2|");
  EXPECT_EQ(one(store, "SELECT host FROM documents WHERE path = 'nvidia-smi.txt'"), "n1");
}

TEST(Identity, AKernelLogIsOfTheMachineThatItsFileIsNamedAfterWhereNothingElseNamesAny) {
  const auto host_of = [](const char* path) {
    test::FilledStore store("b", true);
    store.begin_document();
    store.end_document(document(path));
    store.finish("h");
    return one(store, (std::string("SELECT host FROM documents WHERE path = '") + path + "'").c_str());
  };
  EXPECT_EQ(host_of("dmesg/gpu-07.dmesg.txt"), "gpu-07");
  EXPECT_EQ(host_of("dmesg-node12.log"), "node12");
  for (const char* other : {"dmesg.txt", "dmesg-20240501.txt", "dmesg-xid79.txt", "kern.log", "train_node12.log", "dmesg_before_node12.txt"})
    EXPECT_EQ(host_of(other), "") << other;
}

TEST(Identity, IndexAddressAndUuidAreOneGpu) {
  test::FilledStore store("b", true);
  store.begin_document();
  store.document_host("n1.example");
  store.add(facts::Gpu{{.pci = "0000:5d:00.0", .gpu_index = 3}, "NVIDIA A100-SXM...", "", {1, ""}});
  store.end_document(document("n1/nvidia-smi.txt"));
  store.begin_document();
  store.add(facts::Gpu{{.pci = "0000:5d:00.0", .gpu_uuid = "GPU-1"}, "NVIDIA A100-SXM4-80GB", "123", {1, ""}});
  store.add(xid(79, 5));
  store.end_document(document("n1/dmesg.txt"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT host || ' ' || gpu_index || ' ' || pci || ' ' || gpu_uuid || ' ' || serial || ' ' || name FROM gpus"),
            "n1 3 0000:5d:00.0 GPU-1 123 NVIDIA A100-SXM4-80GB");
  EXPECT_EQ(one(store, "SELECT host || ' ' || gpu_index || ' ' || gpu_uuid FROM events"), "n1 3 GPU-1");
}

TEST(Identity, ADocumentWithoutHostTakesTheOneOfItsFolder) {
  test::FilledStore store("b", true);
  for (const char* path : {"n1/uname.txt", "n1/logs/app.log", "n2/uname.txt", "notes.txt"}) {
    store.begin_document();
    if (std::string(path).ends_with("uname.txt")) store.document_host(std::string(path).substr(0, 2));
    store.add(xid(31, 1));
    store.end_document(document(path));
  }
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT host FROM documents WHERE path = 'n1/logs/app.log'"), "n1");
  EXPECT_EQ(one(store, "SELECT host FROM documents WHERE path = 'notes.txt'"), "");  // two hosts above it: no guess
  EXPECT_EQ(one(store, "SELECT group_concat(name) FROM hosts"), "n1,n2");
}

TEST(Identity, TheOnlyHostHasWhatLiesBesideItsFilesButNotBesideItsFolder) {
  for (const char* path : {"dmesg.txt", "node7/dmesg.txt"}) {
    test::FilledStore store("b", true);
    store.begin_document();
    store.document_host("node7");
    store.add(xid(79, 1));
    store.end_document(document(path));
    store.begin_document();
    store.add(xid(31, 1));
    store.end_document(document("train.log"));
    store.finish("h");
    EXPECT_EQ(one(store, "SELECT host FROM documents WHERE path = 'train.log'"), std::string(path) == "dmesg.txt" ? "node7" : "");
  }
}

TEST(Identity, WhatAContainerTakesForItsHostIsItsPod) {
  test::FilledStore store("b", true);
  store.begin_document();
  auto e = xid(31, 1);
  e.kind = "nccl.warn";
  e.place.host = "trainer-2";
  store.add(e);
  store.end_document(document("b/cluster-resources/pods/logs/ml/trainer-2/pytorch.log"));
  store.begin_document();
  e.place.host = "gpu07";
  store.add(e);
  store.end_document(document("node.log"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT group_concat(host || '/' || pod, ' ') FROM events"), "gpu07/trainer-2 gpu07/");  // the bundle knows one node
  EXPECT_EQ(one(store, "SELECT group_concat(name) FROM hosts"), "gpu07");
}

TEST(Ranks, KeepTheFurthestPhaseAndAnAbortHidesNothing) {
  test::FilledStore store("b", true);
  store.begin_document();
  const auto milestone = [&](facts::RankPhase phase, std::uint64_t line) {
    store.add(facts::RankMilestone{"0x1", 2, 8, phase, {}, {}, {line, "l"}});
  };
  milestone(facts::RankPhase::connecting, 10);
  milestone(facts::RankPhase::start, 5);
  milestone(facts::RankPhase::aborted, 20);
  store.end_document(document("rank2.log"));
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT phase || ' ' || line || ' of ' || nranks FROM ranks"), "connecting 10 of 8");
}

TEST(Documents, PlainOnesBeyondTheBoundAreCountedOnly) {
  test::FilledStore store("b", false);
  for (int i = 0; i < Store::max_plain_documents + 5; ++i) {
    store.begin_document();
    store.end_document(document("f" + std::to_string(i)));
  }
  store.finish("h");
  EXPECT_EQ(one(store, "SELECT count(*) FROM documents"), std::to_string(Store::max_plain_documents));
  EXPECT_EQ(store.documents_total(), Store::max_plain_documents + 5);
}

}  // namespace
}  // namespace gpm::store
