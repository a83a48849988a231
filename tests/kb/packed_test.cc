// SPDX-License-Identifier: Apache-2.0
#include "kb/packed.h"

#include <gtest/gtest.h>

#include <utility>

namespace gpm::kb {
namespace {

struct Anything {
  template <typename T>
  operator T() const {
    return {};
  }
};

template <typename Entry, std::size_t... i>
constexpr bool takes(std::index_sequence<i...>) {
  return requires { Entry{(static_cast<void>(i), Anything{})...}; };
}

// Whether fields_of() has as many fields as the struct.
template <typename Entry>
constexpr bool is_whole() {
  constexpr auto fields = std::tuple_size_v<decltype(fields_of(std::declval<Entry&>()))>;
  return takes<Entry>(std::make_index_sequence<fields>()) && !takes<Entry>(std::make_index_sequence<fields + 1>());
}

TEST(Packed, NoFieldIsLeftOut) {
  static_assert(is_whole<Text>() && is_whole<Says>() && is_whole<Signal>() && is_whole<Use>() && is_whole<Check>() && is_whole<Fix>());
  static_assert(is_whole<Artefact>() && is_whole<Wanted>() && is_whole<Cause>() && is_whole<Code>() && is_whole<CodeFamily>());
  static_assert(is_whole<Bucket>() && is_whole<LinkDecode>() && is_whole<LineForm>() && is_whole<KnownLine>());
}

TEST(Packed, NumbersStringsAndWhatIsAbsent) {
  constexpr char text[] = "cudaErrorOld";
  const char packed[] =
      "\1"                                          // one code
      "\0\0"                                        // id, family
      "\xff\xff\xff\xff\xff\xff\xff\xff\xff\1"      // number -1
      "\1\x0c\0"                                    // names: one of 12 bytes at 0
      "\0\0\0"                                      // title, message
      "\1\xac\2"                                    // old number 300
      "\0\0\0\0\0\0\0\1"                            // fault to applies; doubtful
      "\0\0\0\0\0\0\0\0\0\0\3\x09\0";               // means to causes; example: "Old"; references
  const Unpacked<Code> table(packed, text);
  ASSERT_EQ(table.entries().size(), 1u);
  const auto& code = table.entries()[0];
  EXPECT_EQ(code.number, -1);
  ASSERT_EQ(code.names.size(), 1u);
  EXPECT_EQ(code.names[0], "cudaErrorOld");
  EXPECT_EQ(code.old_number, 300);
  EXPECT_TRUE(code.doubtful);
  EXPECT_EQ(code.title.en, "");
  EXPECT_EQ(code.example, "Old");
  EXPECT_TRUE(code.references.empty());
}

}  // namespace
}  // namespace gpm::kb
