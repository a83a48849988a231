// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a document, before any parser: byte order, wrappers, stamps, clocks. What must hold: a reader takes no more
// than there is, what is written the one way is read back as it is, and a stated time stays what it is.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/store/timeline.h"
#include "parsers/text/escapes.h"
#include "parsers/text/fields.h"
#include "parsers/text/log_record.h"
#include "parsers/text/timestamp.h"
#include "parsers/text/utf16.h"
#include "parsers/text/utf8.h"
#include "parsers/text/wrapper.h"
#include "tests/fuzz/targets.h"

namespace gpm::fuzz {
namespace {

std::string decoded(std::string_view bytes, std::size_t piece) {
  text::ByteOrder order;
  std::string whole;
  for (; bytes.size() > piece; bytes.remove_prefix(piece)) whole += order.decode(bytes.substr(0, piece));
  whole += order.decode(bytes);
  return whole += order.finish();
}

void stamps(std::string_view line) {
  for (const auto read : {text::iso_stamp, text::syslog_stamp, text::foreign_syslog_stamp, text::weekday_stamp, text::asctime_stamp,
                          text::numbered_month_stamp, text::date_command_stamp, text::month_day_year_stamp, text::glog_stamp,
                          text::month_day_stamp, text::boot_stamp, text::epoch_stamp, text::any_stamp}) {
    const auto stamp = read(line);
    require(!stamp || (stamp->size > 0 && stamp->size <= line.size() && stamp->time.from != facts::TimeFrom::none));
  }
}

void fields(std::string_view line) {
  for (const auto word : text::words(line)) {
    for (const auto& pci : {text::pci_address(word), text::nccl_bus_id(word)}) require(!pci || text::pci_address(*pci) == pci);
    if (const auto number = text::integer(word)) require(text::integer(std::to_string(*number)) == number);
    text::hexadecimal(word);
    text::leading_number(word);
    require(text::short_host(word).size() <= word.size());
  }
  const auto valid = text::valid_utf8(line);
  require(text::valid_utf8(valid) == valid);
  require(!text::has_ansi(text::without_ansi(line)));
  require(text::without_kmsg_escapes(line).size() <= line.size());
}

}  // namespace

void text(std::string_view bytes) {
  const auto whole = decoded(bytes, bytes.size() + 1);
  require(whole == decoded(bytes, 3));
  const std::string_view document = whole;
  const auto journal = text::journal_format(document.substr(0, 4096));
  require(text::last_record_end(document, journal) <= document.size());
  store::DocumentClocks clocks;
  std::vector<facts::Time> times;
  std::uint64_t number = 0;
  for (auto raw : text::split(document, '\n')) {
    ++number;
    const auto at = static_cast<std::size_t>(raw.data() - document.data());
    text::Surroundings around{document.substr(at - std::min<std::size_t>(at, 256), std::min<std::size_t>(at, 256)), {}};
    if (journal != text::JournalFormat::none) around.record = text::record_around(document, at, journal);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    text::each_message(number, raw, around, [&](const text::Line& line) {
      require(line.number == number && line.raw == raw && line.place.rank.value_or(0) >= 0);
      clocks.see(line);
      if (times.size() < 64) times.push_back(line.time);
    });
    stamps(raw);
    fields(raw);
  }
  const store::Timeline timeline({{std::move(clocks), "x", "h"}});
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto time = timeline.resolve(0, i + 1, times[i]);
    require(times[i].from != facts::TimeFrom::stated || time.utc_ns == times[i].utc_ns);
    timeline.not_before(0, i + 1, times[i].since_boot_ns);
  }
}

}  // namespace gpm::fuzz
