// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "analyzer/report/columns.h"
#include "analyzer/report/phrases.h"
#include "analyzer/report/pictures.h"
#include "analyzer/report/svg.h"

namespace gpm::report {
namespace {

constexpr double width = 1080, gutter = 170, bar = 520, figures = 200, load = 120, head = 34, row_height = 34, bar_height = 20;
constexpr std::size_t rows_shown = 64, processes_shown = 8;
constexpr double unremarkable_mib = 1024;

std::string mib(double value) { return grouped(value > 0 ? static_cast<std::uint64_t>(std::round(std::min(value, 1e15))) : 0); }

// What a document claims must be a size before it is drawn.
std::optional<double> sane(const std::optional<double>& value) {
  constexpr double most = 1e12;
  return value && *value >= 0 && *value <= most ? value : std::nullopt;
}

class Bars {
 public:
  Bars(const Words& words, const Usage& usage, const Faults& faults) : words_(words), usage_(usage), faults_(faults) {
    for (auto& gpu : usage_.gpus) {
      for (auto* value : {&gpu.used_mib, &gpu.total_mib, &gpu.utilization_percent}) *value = sane(*value);
      for (auto& process : gpu.processes) process.used_mib = sane(process.used_mib);
    }
  }

  std::string draw(std::string_view id) const {
    if (std::none_of(usage_.gpus.begin(), usage_.gpus.end(), [](const GpuUsage& g) { return g.used_mib || g.utilization_percent; })) return {};
    const auto shown = std::min(usage_.gpus.size(), rows_shown);
    double most = 0;
    for (const auto& gpu : usage_.gpus) most = std::max({most, gpu.total_mib.value_or(0), gpu.used_mib.value_or(0)});
    const bool more = shown < usage_.gpus.size();
    Svg svg(width, head + static_cast<double>(shown) * row_height + (more ? 24 : 4), id,
            words_.with("usage-of", {usage_.host.empty() ? std::string(words_("host-unnamed")) : usage_.host}), description());
    svg.text(gutter, head - 12, "name", words_("memory-mib")).text(gutter + bar + figures + 20, head - 12, "name", words_("utilization"));
    double y = head;
    for (std::size_t i = 0; i < shown; ++i, y += row_height) draw_gpu(svg, usage_.gpus[i], most, y);
    if (more) svg.text(0, y + 16, "soft", words_.with("rows-more", {grouped(usage_.gpus.size() - shown)}));
    return svg.take();
  }

 private:
  static std::string name(const GpuUsage& gpu) { return "GPU" + (gpu.index ? " " + std::to_string(*gpu.index) : "") + (gpu.pci.empty() || gpu.index ? "" : " " + gpu.pci); }

  void draw_gpu(Svg& svg, const GpuUsage& gpu, double most, double y) const {
    const bool fault = faults_.gpu(usage_.host, gpu.index, gpu.pci, "");
    const double base = y + (row_height + bar_height) / 2 - 5;
    svg.begin(fault ? "usage fault" : "usage", name(gpu) + (gpu.pci.empty() ? "" : " " + gpu.pci) + (fault ? " " + words_.in_brackets(std::string(words_("at-fault"))) : ""));
    svg.text(0, base, fault ? "name bad" : "name", cut(name(gpu), 22));
    if (gpu.used_mib || gpu.total_mib) draw_memory(svg, gpu, most, y + (row_height - bar_height) / 2);
    if (gpu.used_mib)
      svg.text(gutter + bar + 12, base, "", mib(*gpu.used_mib) + (gpu.total_mib ? " / " + mib(*gpu.total_mib) : ""));
    if (gpu.utilization_percent) {
      const double share = std::clamp(*gpu.utilization_percent, 0.0, 100.0) / 100;
      const double x = gutter + bar + figures + 20;
      svg.rect(x, y + (row_height - bar_height) / 2, load, bar_height, "track", 2).rect(x, y + (row_height - bar_height) / 2, load * share, bar_height, "load", 2);
      svg.text(x + load + 8, base, "", mib(share * 100) + "%");
    }
    svg.end();
  }

  // What processes hold, then what is in use beyond that, on a track of the GPU's size.
  void draw_memory(Svg& svg, const GpuUsage& gpu, double most, double y) const {
    const auto wide = [&](double value) { return most <= 0 ? 0 : bar * std::clamp(value, 0.0, most) / most; };
    svg.rect(gutter, y, wide(gpu.total_mib.value_or(most)), bar_height, "track", 2);
    double x = gutter;
    const double end = gutter + wide(gpu.used_mib.value_or(0));
    std::size_t drawn = 0;
    double held = 0;
    for (const auto& process : gpu.processes) {
      if (!process.used_mib || drawn == processes_shown) break;
      const double w = std::min(wide(*process.used_mib), std::max(0.0, end - x));
      if (w <= 0) break;
      svg.begin("process", process_phrase(process)).rect(x, y, w, bar_height, drawn++ % 2 == 0 ? "held" : "held second");
      const double columns = (w - 8) / 7;  // negative where a bar is narrow: no number without sign
      if (columns >= 5) svg.text(x + 5, y + 14, "on-held", cut(process.name, static_cast<std::size_t>(columns)));
      svg.end();
      x += w;
      held += *process.used_mib;
    }
    if (end <= x) return;
    // What the driver itself needs is no riddle; more than that is.
    const bool riddle = usage_.lists_processes && gpu.used_mib.value_or(0) - held > unremarkable_mib;
    svg.begin("process", riddle ? words_("memory-unattributed") : std::string_view()).rect(x, y, end - x, bar_height, riddle ? "held rest" : "held");
    if (riddle && end - x > 40) svg.text(x + 5, y + 14, "on-held", cut(words_("memory-unattributed"), static_cast<std::size_t>((end - x - 8) / 6.4)));
    svg.end();
  }

  static std::string process_phrase(const ProcessMemory& process) {
    return process.name + (process.pid ? " (" + std::to_string(*process.pid) + ")" : "") + (process.used_mib ? ", " + mib(*process.used_mib) + " MiB" : "");
  }

  std::string description() const {
    std::string text;
    for (const auto& gpu : usage_.gpus) {
      if (text.size() > 400) break;
      text += name(gpu) + words_.colon();
      if (gpu.used_mib) text += mib(*gpu.used_mib) + " MiB";
      if (gpu.utilization_percent) text += (gpu.used_mib ? words_.comma() : "") + mib(*gpu.utilization_percent) + "%";
      text += words_.stop();
    }
    return text;
  }

  const Words& words_;
  Usage usage_;
  const Faults& faults_;
};

}  // namespace

std::string usage_picture(const Words& words, const Usage& usage, const Faults& faults, std::string_view id) {
  return Bars(words, usage, faults).draw(id);
}

}  // namespace gpm::report
