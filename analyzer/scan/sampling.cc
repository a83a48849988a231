// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/sampling.h"

#include <algorithm>
#include <utility>

namespace gpm::scan {
namespace {

constexpr std::uint32_t mark = 1u << 31;  // in a hit's literal: its line is to be kept, not read

}  // namespace

void Sampling::set_samples(std::vector<int> of_gate) {
  sample_of_gate_ = std::move(of_gate);
  const auto most = std::max_element(sample_of_gate_.begin(), sample_of_gate_.end());
  samples_.resize(most == sample_of_gate_.end() ? 0 : static_cast<std::size_t>(*most + 1));
}

void Sampling::begin_document() { samples_.assign(samples_.size(), {}); }

void Sampling::thin_out(std::string_view block, std::vector<text::LiteralHit>& hits) {
  for (auto& sample : samples_) sample.end = sample.former_end = 0;
  std::size_t kept = 0;
  for (const auto hit : hits) {
    const int index = sample_of_gate_[hit.literal];
    if (index == none) {
      hits[kept++] = hit;
      continue;
    }
    auto& sample = samples_[static_cast<std::size_t>(index)];
    const auto former_end = std::exchange(sample.former_end, hit.end);
    const bool same_line = former_end != 0 && block.substr(former_end, hit.end - former_end).find('\n') == std::string_view::npos;
    if (++sample.hits <= sampled_lines || sample.hits % sampled_one_of == 0) {
      hits[kept++] = hit;
      sample.passed_over -= same_line && sample.end != 0;
      sample.end = 0;
      sample.held.line = 0;
      continue;
    }
    if (same_line && sample.end == 0) continue;  // it is read
    sample.passed_over += !same_line;
    sample.end = hit.end;
    sample.gate = hit.literal;
  }
  hits.resize(kept);
  for (const auto& sample : samples_)
    if (sample.end != 0) hits.push_back({sample.gate | mark, static_cast<std::uint32_t>(sample.end)});
  const auto marked = hits.begin() + static_cast<std::ptrdiff_t>(kept);
  std::sort(marked, hits.end(), text::before);
  std::inplace_merge(hits.begin(), marked, hits.end(), [](const auto& a, const auto& b) { return a.end < b.end; });
}

text::LiteralHit* Sampling::hold(std::string_view raw, std::uint64_t line, text::LiteralHit* first, text::LiteralHit* last) {
  if (std::none_of(first, last, [](const auto& hit) { return (hit.literal & mark) != 0; })) return last;
  auto* const rest = std::stable_partition(first, last, [](const auto& hit) { return (hit.literal & mark) == 0; });
  for (auto* hit = rest; hit != last; ++hit) {
    const auto gate = hit->literal & ~mark;
    samples_[static_cast<std::size_t>(sample_of_gate_[gate])].held = {std::string(raw), line, gate};
  }
  return rest;
}

std::int64_t Sampling::passed_over(std::uint32_t gate) {
  const int index = sample_of_gate_[gate];
  return index == none ? 0 : std::exchange(samples_[static_cast<std::size_t>(index)].passed_over, 0);
}

std::vector<Sampling::Held> Sampling::take_held() {
  std::vector<Held> lines;
  for (auto& sample : samples_) {
    if (sample.held.line == 0) continue;
    --sample.passed_over;  // the line itself
    lines.push_back(std::exchange(sample.held, {}));
  }
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return lines;
}

}  // namespace gpm::scan
