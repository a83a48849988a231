// SPDX-License-Identifier: Apache-2.0
#include "analyzer/score/calibration.h"

#include <algorithm>
#include <cmath>

namespace gpm::score {
namespace {

constexpr double lowest_factor = 0.05, highest_factor = 20;
constexpr double most_sure = 0.999;  // confidence is rounded to three digits; 1 would have no odds

struct Answer {
  double log_odds;
  bool right;
};

double log_loss(const std::vector<Answer>& answers, double factor) {
  double sum = 0;
  for (const auto& a : answers) sum += std::log1p(std::exp(a.right ? -factor * a.log_odds : factor * a.log_odds));
  return sum / static_cast<double>(answers.size());
}

}  // namespace

std::optional<Fit> fit_confidence(const std::vector<Judged>& judged) {
  std::vector<Answer> answers;
  for (const auto& j : judged) {
    if (!j.top_confidence) continue;
    const double p = std::clamp(*j.top_confidence, 1 - most_sure, most_sure);
    answers.push_back({std::log(p / (1 - p)), j.first_cause_right()});
  }
  const auto right = std::count_if(answers.begin(), answers.end(), [](const auto& a) { return a.right; });
  if (right == 0 || right == static_cast<std::ptrdiff_t>(answers.size())) return std::nullopt;
  // The loss is convex in the factor: a search by thirds finds the minimum.
  double low = lowest_factor, high = highest_factor;
  while (high - low > 1e-4) {
    const double a = low + (high - low) / 3, b = high - (high - low) / 3;
    (log_loss(answers, a) < log_loss(answers, b) ? high : low) = log_loss(answers, a) < log_loss(answers, b) ? b : a;
  }
  const double factor = (low + high) / 2;
  return Fit{factor, log_loss(answers, factor), log_loss(answers, 1)};
}

}  // namespace gpm::score
