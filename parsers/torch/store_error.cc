// SPDX-License-Identifier: Apache-2.0
#include "parsers/torch/store_error.h"

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::torch {
namespace {

using text::piece;
using text::view;

std::string_view of_errno(std::string_view number) {
  if (number == "111") return "refused";
  if (number == "113" || number == "101" || number == "112") return "unreachable";
  if (number == "110") return "timeout";
  if (number == "98") return "address-in-use";
  if (number == "104" || number == "32") return "closed";
  if (number == "97" || number == "99") return {};
  return "other";
}

struct Phrase {
  std::string_view text, what;
};
constexpr Phrase phrases[] = {
    {"EADDRINUSE", "address-in-use"},
    {"RendezvousTimeoutError", "rendezvous-timeout"},
    {"RendezvousConnectionError", "rendezvous-connection"},
    {"RendezvousClosedError", "rendezvous-closed"},
    {"Connection was likely closed. Did the remote server shutdown or crash", "closed"},
    {"wait timeout after", "key-timeout"},
    {"Socket Timeout", "timeout"},
    {"connect() timed out. Original timeout", "timeout"},  // up to 1.10
    {"Timeout waiting for key", "key-timeout"},            // up to 1.13
    {"store->get(", "key-missing"},
};

}  // namespace

std::optional<StoreError> read_store_error(std::string_view message) {
  static const text::Regex connect(R"(client socket has failed to connect to (\S{1,200}|\[.+\]:\d{1,5}) \(errno: (\d{1,3}) - )",
                           RE2::Latin1);
  static const text::Regex timed_out(
      R"(client socket has timed out after \S{1,20}(?: while trying to connect to \(?(.+?)\)?\.|\b))", RE2::Latin1);
  static const text::Regex listen(R"(server socket has failed to (?:listen|bind).*errno: (\d{1,3}) - )", RE2::Latin1);
  static const text::Regex clients(
      R"(Timed out after \d{1,9} seconds waiting for (?:clients|workers)\. (\d{1,7})/(\d{1,7}) (?:clients|workers) joined)", RE2::Latin1);
  static const text::Regex closed(
      R"((?:recvVector|sendBytes|recvValue|sendValue) failed on SocketImpl\(.*remote=(\S{1,200}?)\):)", RE2::Latin1);
  static const text::Regex waits(R"(waitForInput.*(?:timed out after|likely a timeout))", RE2::Latin1);
  static const text::Regex pair(
      R"(gloo/transport/tcp/pair\.cc:\d{1,6}\] (Connection closed by peer|Connection reset by peer|Timed out waiting|.{0,60}Connection refused))",
      RE2::Latin1);
  static const text::Regex peer(R"(peer (\[\S{1,80}\]:\d{1,5})|remote=(\[\S{1,80}\]:\d{1,5}))", RE2::Latin1);
  StoreError error;
  re2::StringPiece a, b;
  if (text::Regex::PartialMatch(piece(message), connect, &a, &b)) {
    error.what = of_errno(view(b));
    error.address = view(a).substr(0, 200);
    error.repeats = true;
    return error.what.empty() ? std::nullopt : std::optional(error);
  }
  if (text::Regex::PartialMatch(piece(message), timed_out, &a)) {
    error.what = "timeout";
    error.address = view(a).substr(0, 200);
  } else if (text::Regex::PartialMatch(piece(message), clients, &a, &b)) {
    error.what = "clients-missing";
    error.joined = view(a);
    error.expected = view(b);
  } else if (text::Regex::PartialMatch(piece(message), listen, &a)) {
    error.what = of_errno(view(a));
  } else if (text::Regex::PartialMatch(piece(message), closed, &a)) {
    error.what = "closed";
    error.address = view(a).substr(0, 200);
  } else if (text::Regex::PartialMatch(piece(message), waits)) {
    error.what = "key-timeout";
  } else if (text::Regex::PartialMatch(piece(message), pair, &a)) {
    error.what = view(a).starts_with("Timed") ? "peer-late" : view(a).ends_with("refused") ? "refused" : "peer-closed";
    if (text::Regex::PartialMatch(piece(message), peer, &a, &b)) error.address = view(a.empty() ? b : a);
  } else if (text::contains(message, "connectFullMesh failed")) {
    error.what = "full-mesh";
  } else {
    for (const auto& phrase : phrases)
      if (error.what.empty() && text::contains(message, phrase.text)) error.what = phrase.what;
  }
  return error.what.empty() ? std::nullopt : std::optional(error);
}

std::optional<facts::Event> read_desync(const text::Line& line) {
  static const text::Regex mismatch(
      R"(Detected mismatch between collectives on ranks\. Rank (\d{1,7}) is running collective: (CollectiveFingerPrint\(.*?OpType=(\w{1,40}).*?), ?but Rank (\d{1,7}) is running collective: CollectiveFingerPrint\(.*?OpType=(\w{1,40}))",
      RE2::Latin1);
  static const text::Regex lagging(R"(ranks? \[([\d, ]{1,400})\] are the lagging ranks)", RE2::Latin1);
  static const text::Regex joined(R"(^\s*- \[([\d, ]{1,400})\] (?:joined but didn't finish|finished) collective #(\d{1,18}))",
                          RE2::Latin1);
  static const text::Regex barrier(R"(Ranks? ([\d, ]{1,400}) failed to pass monitoredBarrier)", RE2::Latin1);
  static const text::Regex aborted(R"(NCCLABORTEDCOMM.*from rank: (\d{1,7}))", RE2::Latin1);
  static const text::Regex stuck(R"(watchdog got stuck for (\d{1,9}) seconds)", RE2::Latin1);
  const auto message = piece(line.message);
  re2::StringPiece a, b, c, d, e;
  std::optional<facts::Event> event;
  if (text::Regex::PartialMatch(message, mismatch, &a, &b, &c, &d, &e)) {
    event = event_of(line, "torch.collective_mismatch");
    event->attributes = {{"rank_a", std::string(view(a))},
                         {"op_a", std::string(view(c))},
                         {"rank_b", std::string(view(d))},
                         {"op_b", std::string(view(e))}};
    static const text::Regex shape(R"(TensorShape=(\[[\d, ]{0,120}\]))", RE2::Latin1);
    static const text::Regex differ(R"(differ in the following aspects: ?(.+))", RE2::Latin1);
    re2::StringPiece rest = message;
    if (text::Regex::FindAndConsume(&rest, shape, &a)) event->attributes["shape_a"] = std::string(view(a));
    if (text::Regex::FindAndConsume(&rest, shape, &a)) event->attributes["shape_b"] = std::string(view(a));
    if (text::Regex::PartialMatch(message, differ, &a))
      event->attributes["differ"] = std::string(text::trim(view(a)).substr(0, 400));
  } else if (text::Regex::PartialMatch(message, lagging, &a) || text::Regex::PartialMatch(message, joined, &a, &b) ||
             text::Regex::PartialMatch(message, barrier, &a)) {
    event = event_of(line, "torch.lagging_ranks");
    event->attributes = {{"ranks", std::string(text::trim(view(a)))}};
  } else if (text::Regex::PartialMatch(message, aborted, &a)) {
    event = event_of(line, "torch.aborted_first");
    event->attributes = {{"by_rank", std::string(view(a))}};
  } else if (text::Regex::PartialMatch(message, stuck, &a)) {
    event = event_of(line, "torch.heartbeat_timeout");
    event->attributes = {{"what", "watchdog-stuck"}, {"seconds", std::string(view(a))}};
  } else if (text::contains(line.message, "Heartbeat monitor timed out")) {
    event = event_of(line, "torch.heartbeat_timeout");
    event->attributes = {{"what", "monitor"}};
  } else if (text::contains(line.message, "Could not acquire GIL")) {
    event = event_of(line, "torch.heartbeat_timeout");
    event->attributes = {{"what", "gil"}};
  }
  return event;
}

}  // namespace gpm::parsers::torch
