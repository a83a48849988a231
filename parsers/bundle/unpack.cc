// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/unpack.h"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>

#include "parsers/bundle/libarchive_input.h"

namespace gpm::bundle {
namespace {

// Counts what comes out, and ends the stream when a limit is met.
class UnpackSource : public Source {
 public:
  explicit UnpackSource(Budget& budget) : budget_(budget) {}

  std::string_view next() final {
    if (ended_) return {};
    const std::string_view bytes = unpack_more();
    ended_ = bytes.empty();
    growth_.unpacked += bytes.size();
    growth_.packed = packed_bytes();
    if (growth_.too_much(budget_.limits())) {
      end_with(ratio_fault(budget_.limits()));
    } else if (!budget_.unpack(bytes.size())) {
      end_with(total_bytes_fault(budget_.limits()));
    }
    return bytes;
  }

 protected:
  // Empty = the end; fault_ says why if it is not the true one.
  virtual std::string_view unpack_more() = 0;
  virtual std::uint64_t packed_bytes() const = 0;

 private:
  void end_with(Fault fault) {
    ended_ = true;
    fault_ = std::move(fault);
  }

  Budget& budget_;
  Growth growth_;
  bool ended_ = false;
};

class GzipSource final : public UnpackSource {
 public:
  GzipSource(Lookahead& packed, Budget& budget)
      : UnpackSource(budget),
        packed_(packed),
        state_(std::make_unique<inflate_state>()),
        buffer_(std::make_unique_for_overwrite<char[]>(kBlock)) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

 private:
  std::string_view unpack_more() override {
    while (!finished_) {
      if (state_->avail_in == 0 && !packed_ended_) refill();
      state_->next_out = reinterpret_cast<std::uint8_t*>(buffer_.get());
      state_->avail_out = kBlock;
      const std::uint32_t given = state_->avail_in;
      const int result = isal_inflate(state_.get());
      const std::size_t made = kBlock - state_->avail_out;
      if (state_->block_state == ISAL_BLOCK_FINISH && result >= 0) {
        finished_ = !start_next_member();
      } else if (result < 0) {
        finish_with("damaged",
                    result == ISAL_INCORRECT_CHECKSUM ? "The gzip checksum is wrong." : "The gzip data is broken.");
      } else if (made == 0 && state_->avail_in == given) {
        if (packed_ended_)
          finish_with("truncated", "The gzip data ends before its end.");
        else
          finish_with("damaged", "The gzip data is broken.");
      }
      if (made > 0) return {buffer_.get(), made};
    }
    return {};
  }

  std::uint64_t packed_bytes() const override { return packed_bytes_ - state_->avail_in; }

  void refill() {
    const std::string_view chunk = packed_.next();
    packed_ended_ = chunk.empty();
    packed_bytes_ += chunk.size();
    state_->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(chunk.data()));
    state_->avail_in = static_cast<std::uint32_t>(chunk.size());
  }

  // A fault of the packed bytes themselves explains more than the one that follows from it.
  void finish_with(std::string_view status, std::string_view note) {
    finished_ = true;
    fault_ = packed_ended_ && packed_.fault() ? packed_.fault() : Fault{status, std::string(note)};
  }

  bool start_next_member() {
    if (!packed_ended_) put_back(state_->avail_in);
    state_->avail_in = 0;
    for (;;) {
      const std::string_view chunk = packed_.next();
      if (chunk.empty()) {
        fault_ = packed_.fault();
        return false;
      }
      packed_bytes_ += chunk.size();
      const std::size_t padding = std::min(chunk.find_first_not_of('\0'), chunk.size());
      if (padding == chunk.size()) continue;
      put_back(chunk.size() - padding);
      break;
    }
    if (sniff(packed_.peek(kSniffBytes)) != Packing::gzip) return false;
    isal_inflate_reset(state_.get());
    state_->crc_flag = ISAL_GZIP;
    return true;
  }

  void put_back(std::size_t count) {
    packed_.put_back(count);
    packed_bytes_ -= count;
  }

  Lookahead& packed_;
  std::unique_ptr<inflate_state> state_;
  std::unique_ptr<char[]> buffer_;
  std::uint64_t packed_bytes_ = 0;
  bool packed_ended_ = false;
  bool finished_ = false;
};

// One filter of libarchive, by name: archive_read_support_filter_all would start programs for some magic bytes.
class FilterSource final : public UnpackSource {
 public:
  FilterSource(Packing packing, Lookahead& packed, Budget& budget)
      : UnpackSource(budget), name_(name_of(packing)), input_(packed), reader_(archive_read_new()) {
    archive* reader = reader_.get();
    int filter = ARCHIVE_FATAL;
    if (packing == Packing::xz) filter = archive_read_support_filter_xz(reader);
    if (packing == Packing::zstd) filter = archive_read_support_filter_zstd(reader);
    if (packing == Packing::bzip2) filter = archive_read_support_filter_bzip2(reader);
    // ARCHIVE_WARN would mean that an outside program is to be used.
    usable_ = filter == ARCHIVE_OK && archive_read_support_format_raw(reader) == ARCHIVE_OK &&
              archive_read_support_format_empty(reader) == ARCHIVE_OK;
  }

 private:
  std::string_view unpack_more() override {
    if (!usable_) {
      fault_ = {"damaged", fmt::format("{} cannot be unpacked by this program.", name_)};
      return {};
    }
    archive* reader = reader_.get();
    if (!std::exchange(opened_, true)) {
      archive_entry* entry = nullptr;
      int result = input_.open(reader);
      if (result == ARCHIVE_OK) result = archive_read_next_header(reader, &entry);
      // An empty stream has no entry. If the filter did not take the bytes they would come out as they went in.
      if (result == ARCHIVE_EOF && archive_errno(reader) == 0) return stop(input_.fault());
      if (result < ARCHIVE_WARN || result == ARCHIVE_EOF || archive_filter_count(reader) != 2) return stop(broken());
    }
    for (;;) {
      const void* bytes = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int result = archive_read_data_block(reader, &bytes, &size, &offset);
      if (result == ARCHIVE_EOF) return stop(input_.fault());
      if (result != ARCHIVE_OK) return stop(broken());
      if (size > 0) return {static_cast<const char*>(bytes), size};
    }
  }

  std::uint64_t packed_bytes() const override { return bytes_taken(reader_.get()); }

  std::string_view stop(Fault fault) {
    fault_ = std::move(fault);
    return {};
  }

  Fault broken() const {
    if (input_.fault()) return input_.fault();
    if (input_.ended()) return {"truncated", fmt::format("The {} data ends before its end.", name_)};
    return {"damaged", fmt::format("The {} data is broken: {}.", name_, libarchive_error(reader_.get()))};
  }

  std::string_view name_;
  LibarchiveInput input_;
  ArchiveHandle reader_;
  bool usable_ = false;
  bool opened_ = false;
};

}  // namespace

std::unique_ptr<Source> unpack(Packing packing, Lookahead& packed, Budget& budget) {
  if (packing == Packing::gzip) return std::make_unique<GzipSource>(packed, budget);
  return std::make_unique<FilterSource>(packing, packed, budget);
}

}  // namespace gpm::bundle
