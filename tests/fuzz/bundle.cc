// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an input. What must hold: begin, data, end in this order; the limits; a known status; a note for each
// bad one.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string_view>

#include "parsers/bundle/bundle.h"
#include "tests/fuzz/targets.h"

namespace gpm::fuzz {
namespace {

using namespace gpm::bundle;

class CheckingSink final : public DocumentSink {
 public:
  explicit CheckingSink(const Limits& limits) : limits_(limits) {}

  void begin(std::string_view path) override {
    require(!open_ && !ended_ && !path.empty());
    open_ = true;
    size_ = 0;
    ++documents_;
  }
  void data(std::string_view bytes) override {
    require(open_ && !bytes.empty() && bytes.size() <= (std::size_t{1} << 20));
    size_ += bytes.size();
    total_ += bytes.size();
    require(size_ <= limits_.document_bytes && total_ <= limits_.total_bytes && documents_ <= limits_.documents);
  }
  void end(std::string_view status, std::string_view note) override {
    static const std::set<std::string_view> known = {"ok",
                                                     "truncated",
                                                     "damaged",
                                                     "encrypted",
                                                     "skipped:link",
                                                     "skipped:special",
                                                     "limit:total-bytes",
                                                     "limit:document-bytes",
                                                     "limit:documents",
                                                     "limit:depth",
                                                     "limit:ratio"};
    require(open_ && known.contains(status) && (status == "ok") == note.empty());
    open_ = false;
    ended_ = status == "limit:total-bytes" || status == "limit:documents";
  }
  bool open() const { return open_; }

 private:
  const Limits& limits_;
  std::uint64_t size_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t documents_ = 0;
  bool open_ = false;
  bool ended_ = false;
};

}  // namespace

void bundle(std::string_view bytes) {
  Limits limits;
  limits.total_bytes = 8 << 20;
  limits.document_bytes = 2 << 20;
  limits.documents = 1000;
  limits.depth = 3;
  limits.ratio = 100;
  limits.ratio_from_bytes = 1 << 20;
  Usage usage;
  CheckingSink sink(limits);
  read_bytes(bytes, "input", limits, usage, sink);
  require(!sink.open());
}

}  // namespace gpm::fuzz
