// SPDX-License-Identifier: Apache-2.0
#include "kb/lint_topics.h"

#include <re2/re2.h>

#include <algorithm>

#include "kb/problem.h"
#include "parsers/text/regex.h"

namespace gpm::kb {
namespace {

// Whether no other topic has more points; `strictly`: nor as many.
bool wins(const Signal& signal, const std::vector<TopicPoints>& points, bool strictly) {
  const auto own = std::find_if(points.begin(), points.end(), [&](const auto& p) { return p.topic == &signal; });
  return own != points.end() && std::none_of(points.begin(), points.end(), [&](const auto& p) {
    return p.topic != &signal && (strictly ? p.points >= own->points : p.points > own->points);
  });
}

}  // namespace

std::vector<std::string> topic_findings(const Signal& signal, const Topics& topics) {
  std::vector<std::string> findings;
  for (const auto& says : signal.topic) {
    const RE2 pattern(text::piece(says.pattern), RE2::Quiet);
    if (!pattern.ok()) findings.push_back("topic: " + pattern.error());
  }
  if (signal.examples.empty() || signal.near_misses.empty())
    findings.push_back("a topic needs at least one example and one near miss");
  for (const auto example : signal.examples)
    if (!wins(signal, topics.of_line(example), false)) findings.push_back("examples: another topic wins " + quote(example));
  for (const auto near_miss : signal.near_misses)
    if (wins(signal, topics.of_line(near_miss), true)) findings.push_back("near_misses: the topic wins " + quote(near_miss));
  return findings;
}

}  // namespace gpm::kb
