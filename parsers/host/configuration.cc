// SPDX-License-Identifier: Apache-2.0
#include "parsers/host/configuration.h"

#include <array>
#include <string>

#include "parsers/fact_of_line.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::parsers::host {

std::span<const std::string_view> ConfigurationParser::gates() const {
  static constexpr std::array<std::string_view, 12> literals = {"options nv", "options nouveau", "options mlx", "blacklist ", " memlock ", " nofile ",
                                                                 " type nfs",  "/dev/shm type ",   " type lustre", " type fuse", " type gpfs",
                                                                 "cdiVersion"};
  return literals;
}

void ConfigurationParser::add(const text::Line& line, std::string_view scope, std::string_view subject, std::string_view key,
                              std::string_view value, facts::Sink& sink) {
  if (--facts_left_ < 0) return;
  auto setting = setting_of(line, scope, key, value);
  setting.subject = text::valid_utf8(subject);
  sink.add(std::move(setting));
}

Want ConfigurationParser::line(const text::Line& line, facts::Sink& sink) {
  static const text::Regex options(R"(^options\s+([\w-]+)\s+(\S.*)$)");
  static const text::Regex blacklist(R"(^blacklist\s+([\w-]+)\s*$)");
  static const text::Regex limit(R"(^(\*|@?[\w.-]+)\s+(soft|hard|-)\s+(memlock|nofile|nproc|stack|core|as)\s+(\S+)\s*$)");
  static const text::Regex mount(R"(^(\S+) on (/\S*) type (nfs4?|lustre|gpfs|fuse\S*|beegfs|ceph|tmpfs) \(([^)]*)\))");
  static const text::Regex cdi(R"re(^\s*"?cdiVersion"?: "?(\d[\d.]*))re");
  const auto raw = text::piece(line.raw);
  std::string a, b, c, d;
  if (text::Regex::PartialMatch(raw, cdi, &a)) {
    add(line, "host", "", "cdi_spec_version", a, sink);
  } else if (text::Regex::PartialMatch(raw, options, &a, &b)) {
    for (auto option : text::words(b)) {
      const auto equals = option.find('=');
      if (equals != std::string_view::npos) add(line, "modprobe", a, option.substr(0, equals), option.substr(equals + 1), sink);
    }
  } else if (text::Regex::PartialMatch(raw, blacklist, &a)) {
    add(line, "modprobe", a, "blacklist", "yes", sink);
  } else if (text::Regex::PartialMatch(raw, limit, &a, &b, &c, &d)) {
    add(line, "limits_conf", a, b + " " + c, d, sink);
  } else if (text::Regex::PartialMatch(raw, mount, &a, &b, &c, &d) && (c != "tmpfs" || b == "/dev/shm")) {
    add(line, "mount", "", b, c + " " + a + " " + d.substr(0, 200), sink);
  }
  return Want::gated;
}

}  // namespace gpm::parsers::host
