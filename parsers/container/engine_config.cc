// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/engine_config.h"

#include <array>

#include "parsers/container/values.h"
#include "parsers/text/fields.h"
#include "parsers/text/line.h"

namespace gpm::container {
namespace {

// Value of `key = value` or `key: value`, unquoted, without comment and comma; empty if the line has another key.
std::string_view value_of(std::string_view line, std::string_view key, char separator) {
  if (!line.starts_with(key)) return {};
  line = text::trim(line.substr(key.size()));
  if (!line.starts_with(separator)) return {};
  line = text::trim(line.substr(1));
  if (line.ends_with(',')) line.remove_suffix(1);
  if (!line.empty() && (line[0] == '"' || line[0] == '\'')) return line.substr(1, line.find(line[0], 1) - 1);
  return text::trim(line.substr(0, line.find('#')));
}

// Runtime's name of the table `[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.nvidia]`; tables below it
// (`.options`) and all else give nothing.
std::string_view runtime_table(std::string_view line) {
  constexpr std::string_view before = ".containerd.runtimes.";
  const auto at = line.find(before);
  if (!line.starts_with("[plugins.") || !line.ends_with(']') || at == std::string_view::npos) return {};
  line = line.substr(at + before.size());
  line.remove_suffix(1);
  if (line.size() > 2 && (line[0] == '"' || line[0] == '\'')) line = line.substr(1, line.size() - 2);
  return line.find('.') == std::string_view::npos ? line : std::string_view();
}

struct Known {
  std::string_view written;
  char separator;
  std::string_view key;
};

constexpr std::array<Known, 8> known = {{{"default_runtime_name", '=', "containerd_default_runtime"},
                                         {"SystemdCgroup", '=', "containerd_systemd_cgroup"},
                                         {"default_runtime", '=', "crio_default_runtime"},
                                         {"no-cgroups", '=', "nvidia_container_no_cgroups"},
                                         {"Default Runtime", ':', "docker_default_runtime"},
                                         {"\"default-runtime\"", ':', "docker_default_runtime"},
                                         {"Cgroup Driver", ':', "docker_cgroup_driver"},
                                         {"Runtimes", ':', "docker_runtime"}}};

std::string_view long_option(char letter) {
  switch (letter) {
    case 'A': return "account";
    case 'c': return "cpus-per-task";
    case 'C': return "constraint";
    case 'e': return "error";
    case 'G': return "gpus";
    case 'J': return "job-name";
    case 'm': return "distribution";
    case 'n': return "ntasks";
    case 'N': return "nodes";
    case 'o': return "output";
    case 'p': return "partition";
    case 'q': return "qos";
    case 't': return "time";
    case 'w': return "nodelist";
    case 'x': return "exclude";
    default: return {};
  }
}

}  // namespace

std::span<const std::string_view> EngineConfig::gates() const {
  static constexpr std::array<std::string_view, 8> gates = {"default_runtime", "SystemdCgroup", "no-cgroups", "Default Runtime", "Runtimes:",
                                                            "default-runtime", "Cgroup Driver", ".runtimes."};
  return gates;
}

parsers::Want EngineConfig::line(const text::Line& line, facts::Sink& sink) {
  const auto trimmed = text::trim(line.raw.substr(0, 4096));
  if (const auto runtime = runtime_table(trimmed); !runtime.empty() && facts_left_ > 0) {
    --facts_left_;
    sink.add(facts::Setting{"host", "", "containerd_runtime", std::string(runtime), line.place, text::origin(line, trimmed)});
    return parsers::Want::gated;
  }
  for (const auto& entry : known) {
    const auto value = value_of(trimmed, entry.written, entry.separator);
    if (value.empty()) continue;
    const bool list = entry.key == "docker_runtime";
    for (auto word : list ? text::words(value) : std::vector<std::string_view>{value}) {
      if (facts_left_ == 0) return parsers::Want::gated;
      --facts_left_;
      sink.add(facts::Setting{"host", "", std::string(entry.key), std::string(word), line.place, text::origin(line, trimmed)});
    }
    break;
  }
  return parsers::Want::gated;
}

std::span<const std::string_view> SbatchOptions::gates() const {
  static constexpr std::array<std::string_view, 1> gates = {"#SBATCH"};
  return gates;
}

parsers::Want SbatchOptions::line(const text::Line& line, facts::Sink& sink) {
  auto trimmed = text::trim(line.raw);
  if (!trimmed.starts_with("#SBATCH ") && !trimmed.starts_with("#SBATCH\t")) return parsers::Want::gated;
  const auto words = shell_words(trimmed.substr(7), {line.number, 0}, nullptr, 200);
  const auto put = [&](std::string_view key, std::string_view value) {
    if (facts_left_ == 0 || key.empty()) return;
    --facts_left_;
    sink.add(facts::Setting{"slurm", "", std::string(key), std::string(value), line.place, text::origin(line)});
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    const bool next_is_value = i + 1 < words.size() && !words[i + 1].text.starts_with("-");
    if (word.starts_with("--")) {
      const auto equals = word.find('=');
      if (equals != std::string_view::npos) {
        put(word.substr(2, equals - 2), word.substr(equals + 1));
      } else {
        put(word.substr(2), next_is_value ? std::string_view(words[++i].text) : "true");
      }
    } else if (word.size() >= 2 && word[0] == '-') {
      const auto key = long_option(word[1]);
      if (word.size() > 2) {
        put(key, word.substr(word[2] == '=' ? 3 : 2));
      } else if (next_is_value) {
        put(key, words[++i].text);
      }
    }
  }
  return parsers::Want::gated;
}

}  // namespace gpm::container
