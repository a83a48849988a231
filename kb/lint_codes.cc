// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_codes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "kb/lint_texts.h"

namespace gpm::kb {
namespace {

template <typename Entry>
bool holds(std::span<const Entry> entries, std::string_view id) {
  const auto found =
      std::lower_bound(entries.begin(), entries.end(), id, [](const Entry& a, std::string_view b) { return a.id < b; });
  return found != entries.end() && found->id == id;
}

class CodeLinter {
 public:
  CodeLinter(const Knowledge& knowledge, const Origins& origins, Problems& problems)
      : knowledge_(knowledge), origins_(origins), problems_(problems) {}

  void run() {
    for (const CodeFamily& family : knowledge_.families) {
      lint_family(family);
    }
    for (const Code& code : knowledge_.codes) {
      lint_code(code);
    }
    for (const Bucket& bucket : knowledge_.buckets) {
      say(origins_.buckets, bucket.id, "text", text_findings(bucket.text));
    }
    for (const LinkDecode& decode : knowledge_.link_decodes) {
      lint_decode(decode);
    }
    lint_hidden_rows();
  }

 private:
  void say(const Origins::Places& places, std::string_view id, std::string reason) {
    const auto found = places.find(id);
    const Place place = found != places.end() ? found->second : Place{"(built in)", 0};
    add(problems_, {.file = place.file, .line = place.line, .id = std::string(id), .reason = std::move(reason)});
  }
  void say(const Origins::Places& places, std::string_view id, const std::string& where,
           const std::vector<std::string>& reasons) {
    for (const std::string& reason : reasons) {
      say(places, id, where + ": " + reason);
    }
  }

  void need_bucket(const Origins::Places& places, std::string_view id, std::string_view bucket) {
    if (!bucket.empty() && !holds(knowledge_.buckets.all(), bucket)) {
      say(places, id, "there is no bucket " + quote(bucket) + " in codes/buckets.yaml");
    }
  }

  void lint_family(const CodeFamily& family) {
    say(origins_.families, family.id, "title", text_findings(family.title));
    const auto found = origins_.families.find(family.id);
    if (found != origins_.families.end() && found->second.file != "codes/" + std::string(family.id) + ".yaml") {
      say(origins_.families, family.id, "the file must be named after the family: codes/" +
                                               std::string(family.id) + ".yaml");
    }
    if (!family.example.empty() && family.example.find("{code}") == std::string_view::npos &&
        family.example.find("{message}") == std::string_view::npos) {
      say(origins_.families, family.id, "example: holds neither {code} nor {message}");
    }
  }

  void lint_code(const Code& code) {
    say(origins_.codes, code.id, "title", text_findings(code.title));
    for (const auto& [name, text] : {std::pair<const char*, const Text&>{"means", code.means},
                                     {"usually", code.usually},
                                     {"look", code.look},
                                     {"act", code.act}}) {
      if (!text.en.empty() || !text.zh.empty()) {
        say(origins_.codes, code.id, name, text_findings(text));
      }
    }
    need_bucket(origins_.codes, code.id, code.immediate);
    need_bucket(origins_.codes, code.id, code.investigate);
    for (const std::string_view related : code.related) {
      if (related == code.id || !holds(knowledge_.codes.all(), related)) {
        say(origins_.codes, code.id, "related: there is no other code " + quote(related));
      }
    }
    for (const std::string_view cause : code.causes) {
      if (!holds(knowledge_.causes.all(), cause)) {
        say(origins_.codes, code.id, "causes: there is no cause " + quote(cause));
      }
    }
    for (const std::string_view name : code.names) {
      const auto [found, added] = names_.try_emplace({code.family, name}, code.id);
      if (!added) {
        say(origins_.codes, code.id,
            "names: " + quote(name) + " is the name of " + std::string(found->second) + " too");
      }
    }
    if (const auto [found, added] = numbers_.try_emplace({code.family, code.number}, code.id); !added) {
      say(origins_.codes, code.id, "is the same number as " + std::string(found->second));
    }
  }

  void lint_decode(const LinkDecode& decode) {
    const auto& places = origins_.link_decodes;
    need_bucket(places, decode.id, decode.immediate);
    need_bucket(places, decode.id, decode.investigate);
    need_bucket(places, decode.id, decode.promoted);
    if (!decode.effects.en.empty()) {
      say(places, decode.id, "effects", text_findings(decode.effects));
    }
    for (const auto& [mask, value] : {std::pair{decode.mask_v1, decode.value_v1},
                                      {decode.mask_v2, decode.value_v2},
                                      {decode.promoted_mask_v1, decode.promoted_value_v1},
                                      {decode.promoted_mask_v2, decode.promoted_value_v2}}) {
      if ((value & ~mask) != 0) {
        say(places, decode.id, "a value has bits that its mask takes away, so nothing matches");
      }
    }
  }

  // The first row that matches counts: a later one with the same unit, match and status would never be used.
  void lint_hidden_rows() {
    std::set<std::string> seen;
    for (const LinkDecode& decode : knowledge_.link_decodes) {
      std::string key = std::to_string(decode.xid) + '/' + std::string(decode.unit_v2);
      for (const std::uint32_t number : {decode.mask_v1, decode.value_v1, decode.mask_v2, decode.value_v2}) {
        key += '/' + std::to_string(number);
      }
      const bool any = decode.statuses.empty();
      bool hidden = any && !seen.insert(key).second;
      for (const std::uint32_t status : decode.statuses) {
        hidden |= seen.contains(key) || !seen.insert(key + '=' + std::to_string(status)).second;
      }
      if (hidden) {
        say(origins_.link_decodes, decode.id, "is never used: a row before it matches the same words");
      }
    }
  }

  const Knowledge& knowledge_;
  const Origins& origins_;
  Problems& problems_;
  std::map<std::pair<std::string_view, std::string_view>, std::string_view> names_;
  std::map<std::pair<std::string_view, std::int64_t>, std::string_view> numbers_;
};

}  // namespace

void lint_codes(const Knowledge& knowledge, const Origins& origins, Problems& problems) {
  CodeLinter(knowledge, origins, problems).run();
}

}  // namespace gpm::kb
