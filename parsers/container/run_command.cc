// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/run_command.h"

#include <algorithm>
#include <array>

#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

constexpr std::size_t max_command_bytes = 64u << 10;
constexpr std::size_t max_command_lines = 400;

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// Offset of an engine's name that is followed by `run` or `create`; npos if there is none. `options` becomes the offset
// behind it.
std::size_t find_run(std::string_view line, std::size_t from, std::size_t& options) {
  for (std::string_view engine : {"docker", "podman", "nerdctl"}) {
    for (auto at = line.find(engine, from); at != std::string_view::npos; at = line.find(engine, at + 1)) {
      if (at > 0 && is_word_char(line[at - 1]) && !line.substr(0, at).ends_with("nvidia-")) continue;
      auto next = at + engine.size();
      const auto skip_word = [&](std::string_view word) {
        auto begin = next;
        while (begin < line.size() && line[begin] == ' ') ++begin;
        if (begin == next || !line.substr(begin).starts_with(word)) return false;
        const auto end = begin + word.size();
        if (end < line.size() && line[end] != ' ' && line[end] != '\\' && line[end] != '\t') return false;
        next = end;
        return true;
      };
      skip_word("container");
      if (!skip_word("run") && !skip_word("create")) continue;
      options = next;
      return at;
    }
  }
  return std::string_view::npos;
}

bool continues(std::string_view line) {
  line = text::trim(line);
  return line.ends_with('\\');
}

// Options that take no value (docker, podman, nerdctl); all others do.
bool is_flag(std::string_view name) {
  static constexpr std::array<std::string_view, 24> flags = {
      "detach", "interactive", "tty", "rm", "privileged", "init", "read-only", "publish-all", "no-healthcheck",
      "oom-kill-disable", "sig-proxy", "disable-content-trust", "quiet", "help", "replace", "tls-verify", "no-hosts", "rmi",
      "env-host", "http-proxy", "passwd", "no-hostname", "use-api-socket", "rootfs"};
  return std::find(flags.begin(), flags.end(), name) != flags.end();
}

std::string_view long_name(char letter) {
  switch (letter) {
    case 'e': return "env";
    case 'm': return "memory";
    case 'v': return "volume";
    case 'd': case 'i': case 't': case 'P': case 'q': return "";
    default: return "other";
  }
}

class CommandReader {
 public:
  explicit CommandReader(const std::vector<Word>& words) : words_(words) {}

  // False if these words start no container: prose, a usage line.
  bool read(ContainerSpec& spec, bool& named) {
    spec.at = words_.front().at;
    spec_ = &spec;
    while (i_ < words_.size() && words_[i_].text.size() > 1 && words_[i_].text[0] == '-') {
      if (words_[i_].text == "--") {
        ++i_;
        break;
      }
      words_[i_].text.starts_with("--") ? long_option() : short_options();
    }
    if (i_ >= words_.size()) return false;
    const auto& image = words_[i_];
    const bool image_like = image.text.find_first_of("/:") != std::string::npos;
    if (options_ == 0 && !image_like) return false;
    if (image.text.find_first_of("[]()<>,;'\" ") != std::string::npos) return false;
    named = !spec.name.empty();
    if (!named) spec.name = image.text;
    spec.state("image", image.text, image.at);
    const std::vector<Word> command(words_.begin() + static_cast<std::ptrdiff_t>(i_) + 1, words_.end());
    if (!command.empty()) {
      spec.state("command", joined(command), command.front().at);
      add_arguments(command, spec.settings);
    }
    state_engine_defaults(spec);
    return true;
  }

 private:
  void long_option() {
    const Word& word = words_[i_++];
    const auto equals = word.text.find('=');
    const auto name = std::string_view(word.text).substr(2, equals == std::string::npos ? equals : equals - 2);
    if (equals != std::string::npos) {
      option(name, std::string_view(word.text).substr(equals + 1), word.at);
    } else if (is_flag(name)) {
      option(name, "true", word.at);
    } else if (i_ < words_.size()) {
      option(name, words_[i_].text, word.at);
      ++i_;
    }
  }

  void short_options() {
    const Word& word = words_[i_++];
    for (std::size_t j = 1; j < word.text.size(); ++j) {
      const auto name = long_name(word.text[j]);
      ++options_;
      if (name.empty()) continue;  // a flag: -it
      std::string_view value = std::string_view(word.text).substr(j + 1);
      if (value.starts_with('=')) value.remove_prefix(1);
      if (value.empty() && i_ < words_.size()) value = words_[i_++].text;
      option(name, value, word.at);
      return;
    }
  }

  void option(std::string_view name, std::string_view value, Mark at) {
    ++options_;
    auto& spec = *spec_;
    if (name == "name") {
      spec.name = value;
      spec.at = at;
    } else if (name == "gpus") {
      spec.state("gpus", std::string(value), at);
    } else if (name == "ipc") {
      state_ipc(spec, value, at);
    } else if (name == "pid") {
      state_pid(spec, value, at);
    } else if (name == "network" || name == "net") {
      state_network(spec, value, at);
    } else if (name == "shm-size") {
      state_shm_size(spec, value, at);
    } else if (name == "privileged") {
      spec.state("privileged", truthy(value) ? "true" : "false", at);
    } else if (name == "ulimit") {
      if (value.starts_with("memlock=")) spec.state("memlock", std::string(value.substr(8)), at);
    } else if (name == "runtime") {
      spec.state("runtime", std::string(value), at);
    } else if (name == "env") {
      state_environment(spec, value, at);
    } else if (name == "cap-add") {
      spec.state("capability", std::string(value), at);
    } else if (name == "device") {
      device(value, at);
    } else if (name == "memory") {
      state_memory_limit(spec, docker_bytes(value), value, at);
    } else if (name == "volume" || name == "mount" || name == "tmpfs") {
      mount(name, value, at);
    }
  }

  void device(std::string_view value, Mark at) {
    spec_->state("device", std::string(value), at);
    // CDI: --device nvidia.com/gpu=all asks for GPUs as --gpus all does.
    if (constexpr std::string_view cdi = "nvidia.com/gpu="; value.starts_with(cdi))
      spec_->state("gpus", value == "nvidia.com/gpu=all" ? "all" : "device=" + std::string(value.substr(cdi.size())), at);
  }

  void mount(std::string_view name, std::string_view value, Mark at) {
    if (!text::contains(value, "/dev/shm")) return;
    if (name == "volume") {
      const auto parts = text::split(value, ':');
      if (parts.size() >= 2 && parts[1] == "/dev/shm") spec_->state("shm_volume", "hostpath:" + std::string(parts[0]), at);
    } else if (name == "tmpfs" && value.starts_with("/dev/shm")) {
      const auto size = value.find("size=");
      spec_->state("shm_volume",
                   size == std::string_view::npos ? "memory" : "memory:" + std::string(text::split(value.substr(size + 5), ',')[0]),
                   at);
    } else if (name == "mount") {
      bool target = false;
      for (auto part : text::split(value, ','))
        target |= part == "dst=/dev/shm" || part == "target=/dev/shm" || part == "destination=/dev/shm";
      if (target) spec_->state("shm_volume", text::contains(value, "type=tmpfs") ? "memory" : "hostpath:/dev/shm", at);
    }
  }

  const std::vector<Word>& words_;
  ContainerSpec* spec_ = nullptr;
  std::size_t i_ = 0, options_ = 0;
};

}  // namespace

std::span<const std::string_view> RunCommand::gates() const {
  static constexpr std::array<std::string_view, 12> gates = {"docker run",    "docker create",  "docker container",  "docker  ", "podman run",  "podman create",
                                                             "podman container", "podman  ", "nerdctl run", "nerdctl create", "nerdctl container", "nerdctl  "};
  return gates;
}

parsers::Want RunCommand::line(const text::Line& line, facts::Sink& sink) {
  const auto raw = line.raw.find('\x1b') == std::string_view::npos ? line.raw : line.message;
  if (command_.empty()) {
    std::size_t options = 0;
    if (find_run(raw, 0, options) == std::string_view::npos) return parsers::Want::gated;
    first_line_ = line.number;
    lines_ = 0;
    command_ = raw.substr(0, max_command_bytes);
  } else {
    command_ += '\n';
    command_ += raw.substr(0, max_command_bytes - std::min(max_command_bytes, command_.size()));
  }
  if (continues(raw) && ++lines_ < max_command_lines && command_.size() < max_command_bytes) return parsers::Want::next;
  finish(sink);
  return parsers::Want::gated;
}

void RunCommand::end(facts::Sink& sink) { finish(sink); }

void RunCommand::finish(facts::Sink& sink) {
  if (command_.empty()) return;
  const std::string block = std::move(command_);
  command_.clear();
  Writer writer(block, first_line_, sink, facts_left_);
  std::size_t from = 0, options = 0;
  for (int commands = 0; commands < 16; ++commands) {  // several in one line: `docker rm -f x; docker run ...`
    const auto at = find_run(block, from, options);
    if (at == std::string_view::npos) return;
    from = options;
    std::string_view text = std::string_view(block).substr(options);
    // In prose a command stands between backticks.
    if (at > 0 && std::count(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(at), '`') % 2 == 1)
      text = text.substr(0, text.find('`'));
    const auto line_begin = block.rfind('\n', at);
    Mark mark{first_line_ + static_cast<std::uint64_t>(
                                std::count(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(options), '\n')),
              static_cast<std::uint32_t>(options - (line_begin == std::string::npos ? 0 : line_begin + 1))};
    const auto words = shell_words(text, mark);
    if (words.empty()) continue;
    ContainerSpec spec;
    bool named = false;
    if (CommandReader(words).read(spec, named)) write_engine(spec, named, writer);
  }
}

}  // namespace gpm::container
