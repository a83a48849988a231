// SPDX-License-Identifier: Apache-2.0
//
// Failures of the stores and sockets by which ranks find each other, and reports of ranks that are out of step.
//
//   The client socket has timed out after 60s while trying to connect to (node1, 29500).             what = timeout
//   [c10d] The client socket has failed to connect to [node1]:29500 (errno: 111 - Connection refused). refused,
//   unreachable The server socket has failed to listen on any local network address. ... (errno: 98 - Address already
//   in use)
//                                                                                                    address-in-use
//   Timed out after 301 seconds waiting for clients. 1/2 clients joined.                             clients-missing
//   [c10d] recvVector failed on SocketImpl(fd=54, addr=[localhost]:40214, remote=[localhost]:19207): failed to recv,
//   got 0 bytes
//                                                                                                    closed
//   wait timeout after 300000ms, keys: /default_pg/0//cuda//0                                        key-timeout
//   .../gloo/transport/tcp/pair.cc:553] Connection closed by peer [10.0.0.2]:51520                   peer-closed
//
// errno 97 and 99 (IPv6 tried first) are no failures and give nothing.
#pragma once

#include <optional>
#include <string_view>

#include "parsers/facts/facts.h"
#include "parsers/text/line.h"

namespace gpm::parsers::torch {

struct StoreError {
  std::string_view what;
  std::string_view address;           // of the other side, as printed
  std::string_view joined, expected;  // of clients-missing
  bool repeats = false;               // one line for each of many tries
};
std::optional<StoreError> read_store_error(std::string_view message);

// torch.collective_mismatch, torch.lagging_ranks or torch.heartbeat_timeout; nothing if the line is none of these.
//   Detected mismatch between collectives on ranks. Rank 0 is running collective:
//   CollectiveFingerPrint(SequenceNumber=21,
//     OpType=BARRIER), but Rank 1 is running collective: CollectiveFingerPrint(SequenceNumber=21, OpType=BROADCAST, ...
//   - To our best knowledge, ranks [3] are the lagging ranks that caused this timeout. They never joined any
//   collectives [Rank 0]: Rank 2 failed to pass monitoredBarrier in 30000 ms Heartbeat monitor timed out! Process will
//   be terminated after dumping debug info. workMetaList_.size()=2
std::optional<facts::Event> read_desync(const text::Line& line);

}  // namespace gpm::parsers::torch
