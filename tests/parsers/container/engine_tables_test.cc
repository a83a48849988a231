// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/engine_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/parsers/recording_sink.h"

namespace gpm::container {
namespace {

using test::parse;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view table =
    "CONTAINER ID   IMAGE                    COMMAND                  CREATED        STATUS                      PORTS                                         NAMES\n"
    "7d40f1a2b9e3   fak-gpu:014d0fd          \"/usr/local/bin/fak …\"   6 minutes ago  Up 6 minutes (healthy)      0.0.0.0:8083->8080/tcp, [::]:8083->8080/tcp   fak-gpu-fresh\n"
    "c9e1b66d20f4   trainer:1                \"python3 train.py\"       4 days ago     Exited (137) 3 hours ago                                                  trainer\n"
    "0123456789ab   trainer:2                \"sleep\"                  4 days ago     Restarting (1) 2 seconds ago                                              looping\n";

TEST(EngineTables, AContainerThatExited) {
  const auto states = parse<EngineTables>(table).of_kind("container.state");
  ASSERT_THAT(states, SizeIs(3));
  EXPECT_EQ(states[1].place.container, "trainer");
  EXPECT_EQ(states[1].code, 137);
  EXPECT_EQ(states[1].attributes.at("status"), "exited");
  EXPECT_EQ(states[1].attributes.at("image"), "trainer:1");
  EXPECT_EQ(states[2].attributes.at("status"), "restarting");
}

TEST(EngineTables, ARunningOneHasNoCode) {
  const auto states = parse<EngineTables>(table).of_kind("container.state");
  EXPECT_EQ(states[0].attributes.at("status"), "running");
  EXPECT_EQ(states[0].attributes.at("health"), "healthy");
  EXPECT_FALSE(states[0].code);
}

TEST(EngineTables, ACellWiderThanItsColumn) {
  const auto states = parse<EngineTables>(
      "CONTAINER ID        IMAGE                             COMMAND                  CREATED             STATUS              PORTS               NAMES\n"
      "6d0a0f2f4c1b        nvcr.io/nvidia/tensorflow:18.07-py3   \"/usr/local/bin/nvid…\"   9 hours ago         Up 9 hours          6006/tcp            tf_dl_44071\n");
  ASSERT_THAT(states.events, SizeIs(1));
  EXPECT_EQ(states.events[0].place.container, "tf_dl_44071");
  EXPECT_EQ(states.events[0].attributes.at("status"), "running");
}

TEST(EngineTables, OtherTablesAndWhatFollowsAreLeft) {
  EXPECT_THAT(parse<EngineTables>("CONTAINER ID mismatch\nabc  Exited (1) x\n").events, IsEmpty());
  EXPECT_THAT(parse<EngineTables>(std::string(table) + "$ docker logs x\nExited (1) is what it said\n").events, SizeIs(3));
}

}  // namespace
}  // namespace gpm::container
