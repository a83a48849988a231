// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/parsers/torch/pickle_writer.h"

namespace gpm::parsers::torch {
namespace {

using std::string_literals::operator""s;
using testing::HasSubstr;
namespace p = gpm::test::pickle;

ValueReading read(const std::string& bytes) { return read_pickle(bytes); }

void expect_refused(const std::string& bytes, std::string_view opcode, std::size_t at) {
  const auto reading = read(bytes);
  EXPECT_TRUE(reading.refused) << opcode;
  EXPECT_EQ(reading.root, Values::none) << opcode;
  EXPECT_THAT(reading.note, HasSubstr("opcode " + std::string(opcode) + " ")) << opcode;
  EXPECT_THAT(reading.note, HasSubstr("at byte " + std::to_string(at) + " ")) << opcode;
}

TEST(Pickle, ValuesOfEachKind) {
  const auto r = read(p::file(p::map({{"text", p::text("all_reduce")},
                                      {"small", "K\x07"s},
                                      {"two bytes", "M\x39\x05"s},
                                      {"negative", "J\xff\xff\xff\xff"s},
                                      {"long", p::number(1'795'301'567'919'040'717)},
                                      {"real", "G\x3f\xe0\0\0\0\0\0\0"s},
                                      {"yes", p::boolean(true)},
                                      {"nothing", p::none()},
                                      {"list", p::list({p::text("a"), p::text("b")})},
                                      {"tuple", p::pair(p::text("0"), p::text("default_pg"))}})));
  ASSERT_EQ(r.note, "");
  const auto& v = r.values;
  const auto at = [&](std::string_view key) { return v.find(r.root, key); };
  EXPECT_EQ(v.text(at("text")), "all_reduce");
  EXPECT_EQ(v.integer(at("small")), 7);
  EXPECT_EQ(v.integer(at("two bytes")), 1337);
  EXPECT_EQ(v.integer(at("negative")), -1);
  EXPECT_EQ(v.integer(at("long")), 1'795'301'567'919'040'717);
  EXPECT_EQ(v.kind(at("real")), Values::Kind::real);
  EXPECT_TRUE(v.is_true(at("yes")));
  EXPECT_EQ(at("nothing"), Values::none);
  EXPECT_EQ(v.items(at("list")).size(), 2u);
  EXPECT_EQ(v.text(v.items(at("tuple"))[1]), "default_pg");
}

// What Python's own pickler writes where a tool has saved the dump again: frames, short texts, MEMOIZE.
TEST(Pickle, ProtocolsFourAndFive) {
  for (char protocol : {'\4', '\5'}) {
    const auto r = read("\x80"s + protocol + "\x95\x1a\0\0\0\0\0\0\0}\x94(\x8c\7version\x94\x8c\4""2.10\x94\x8c\1v\x94h\2u."s);
    ASSERT_EQ(r.note, "");
    EXPECT_EQ(r.values.text(r.values.find(r.root, "version")), "2.10");
    EXPECT_EQ(r.values.text(r.values.find(r.root, "v")), "2.10") << "memo entry 2";
  }
}

TEST(Pickle, LinesAreThoseOfTheBytes) {
  const auto r = read(p::file(p::map({{"a\nb\nc", p::list({})}})));
  EXPECT_EQ(r.values.line(r.root), 1u);
  EXPECT_EQ(r.values.line(r.values.items(r.root)[1]), 3u);
}

TEST(Pickle, NothingIsCalled) {
  const auto system = "cos\nsystem\n"s;
  expect_refused("\x80\2"s + system + "X\4\0\0\0id\n\n\x85R."s, "GLOBAL", 2);
  expect_refused("\x80\4"s + "\x8c\2os\x8c\6system\x93\x8c\2id\x85R."s, "STACK_GLOBAL", 14);
  expect_refused("\x80\2}R."s, "REDUCE", 3);
  expect_refused("\x80\2}}b."s, "BUILD", 4);
  expect_refused("\x80\2(ios\nsystem\n."s, "INST", 3);
  expect_refused("\x80\2(}o."s, "OBJ", 4);
  expect_refused("\x80\2})\x81."s, "NEWOBJ", 4);
  expect_refused("\x80\4})}\x92."s, "NEWOBJ_EX", 5);
  expect_refused("\x80\2\x82\1."s, "EXT1", 2);
  expect_refused("\x80\2\x83\1\1."s, "EXT2", 2);
  expect_refused("\x80\2\x84\1\1\1\1."s, "EXT4", 2);
  expect_refused("\x80\2Pdisk\n."s, "PERSID", 2);
  expect_refused("\x80\2K\1Q."s, "BINPERSID", 4);
  expect_refused("\x80\5\x97."s, "NEXT_BUFFER", 2);
  expect_refused("\x80\2\xfe."s, "unknown", 2);
}

// A call in the middle of a dump that is otherwise right: nothing of it is used.
TEST(Pickle, OneForeignOpcodeSpoilsAll) {
  auto dump = p::dump({{"0", "default_pg", "[0, 1]"}}, {p::Collective{}});
  dump.insert(dump.size() - 2, "X\1\0\0\0xcos\nsystem\nX\2\0\0\0id\x85R"s);
  const auto r = read(dump);
  EXPECT_TRUE(r.refused);
  EXPECT_THAT(r.note, HasSubstr("opcode GLOBAL (0x63) at byte " + std::to_string(dump.find("cos\n"))));
  EXPECT_EQ(r.root, Values::none);
}

TEST(Pickle, OtherProtocols) {
  for (char protocol : {'\0', '\1', '\6', '\x7f'}) EXPECT_FALSE(begins_like_pickle("\x80"s + protocol + "}."));
  EXPECT_TRUE(read("\x80\6}."s).refused);
}

TEST(Pickle, ADumpThatWasCutOffKeepsItsFirstHalf) {
  const auto whole = p::dump({{"0", "default_pg", "[0, 1]"}}, {{.record = 0, .seq = 1}, {.record = 1, .seq = 2}});
  const auto r = read(whole.substr(0, whole.size() - 40));
  EXPECT_FALSE(r.refused);
  EXPECT_THAT(r.note, HasSubstr("ends in the middle"));
  const auto entries = r.values.items(r.values.find(r.root, "entries"));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(r.values.integer(r.values.find(entries[1], "collective_seq_id")), 2);
}

// lol = [lol9 x 10], lol9 = [lol8 x 10] ...: ten values each, ten to the power of fifty when unfolded.
TEST(Pickle, AMemoBombStaysFolded) {
  std::string bomb = "\x80\2](X\3\0\0\0lole"s;
  for (char level = 0; level < 50; ++level) bomb += "q"s + level + "0";
  expect_refused(bomb + ".", "POP", 15);
  bomb = "\x80\2](X\3\0\0\0loleq\0"s;
  for (char level = 1; level < 50; ++level) {
    bomb += "](";
    for (int i = 0; i < 10; ++i) bomb += "h"s + static_cast<char>(level - 1);
    bomb += "eq"s + level;
  }
  const auto r = read(bomb + ".");
  EXPECT_EQ(r.note, "");
  EXPECT_EQ(r.values.items(r.root).size(), 1u);
}

TEST(Pickle, AListThatHoldsItself) {
  const auto r = read("\x80\2]q\0h\0a."s);
  EXPECT_EQ(r.note, "");
  EXPECT_EQ(r.values.items(r.root)[0], r.root);
  EXPECT_EQ(r.values.find(r.root, "entries"), Values::none);
}

TEST(Pickle, HugeLengthsAndSlots) {
  EXPECT_THAT(read("\x80\2X\xff\xff\xff\xffx"s).note, HasSubstr("ends in the middle"));
  EXPECT_THAT(read("\x80\4\x8d\xff\xff\xff\xff\xff\xff\xff\xffx"s).note, HasSubstr("ends in the middle"));
  EXPECT_THAT(read("\x80\2\x8b\xff\xff\xff\x7fx."s).note, HasSubstr("64 bits"));
  EXPECT_THAT(read("\x80\2]r\xff\xff\xff\xff."s).note, HasSubstr("memo too large"));
  EXPECT_THAT(read("\x80\2j\xff\xff\xff\x7f."s).note, HasSubstr("memo entry"));
}

TEST(Pickle, StacksThatDoNotAddUp) {
  for (const auto& bytes : {"\x80\2u."s, "\x80\2e."s, "\x80\2a."s, "\x80\2]a."s, "\x80\2s."s, "\x80\2\x87."s, "\x80\2t."s,
                            "\x80\2(u."s, "\x80\2K\1(K\2e."s, "\x80\2}(a."s, "\x80\2q\0."s, "\x80\2]K\1(K\2s."s}) {
    const auto r = read(bytes);
    EXPECT_THAT(r.note, HasSubstr("damaged")) << testing::PrintToString(bytes);
    EXPECT_FALSE(r.refused);
  }
  EXPECT_EQ(read("\x80\2."s).root, Values::none);
  EXPECT_THAT(read("\x80\2"s + std::string(1000, '(')).note, HasSubstr("too many open collections"));
}

TEST(Pickle, WorkAndMemoryAreBounded) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(read("\x80\2("s + std::string(8 << 20, '}')).note, HasSubstr("too many values"));
  EXPECT_THAT(read("\x80\2(}q\0"s + [] {
                std::string gets;
                for (int i = 0; i < 8'100'000; ++i) gets += "h\0"s;
                return gets;
              }())
                  .note,
              HasSubstr("too many references"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace gpm::parsers::torch
