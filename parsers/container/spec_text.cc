// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/spec_text.h"

#include <algorithm>
#include <array>

#include "parsers/container/documents.h"
#include "parsers/text/fields.h"

namespace gpm::container {
namespace {

constexpr std::size_t max_block_bytes = 4u << 20;
constexpr int max_foreign_lines = 60;

// What a web page makes of indentation.
constexpr std::string_view no_break_space = "\xC2\xA0";

std::string with_plain_spaces(std::string_view line) {
  std::string plain;
  for (auto at = line.find(no_break_space); at != std::string_view::npos; at = line.find(no_break_space)) {
    plain += line.substr(0, at);
    plain += ' ';
    line.remove_prefix(at + no_break_space.size());
  }
  return plain += line;
}

// The `key` of "key: value" or "key:"; `value` gets the rest. Empty if the line is something else.
std::string_view key_of(std::string_view trimmed, std::string_view& value) {
  if (trimmed.size() > 1 && (trimmed[0] == '"' || trimmed[0] == '\'')) {
    const auto close = trimmed.find(trimmed[0], 1);
    if (close == std::string_view::npos || !trimmed.substr(close + 1).starts_with(":")) return {};
    value = text::trim(trimmed.substr(close + 2));
    return trimmed.substr(1, close - 1);
  }
  const auto colon = trimmed.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  if (colon + 1 < trimmed.size() && trimmed[colon + 1] != ' ' && trimmed[colon + 1] != '\t') return {};
  const auto key = trimmed.substr(0, colon);
  for (char c : key)
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.' &&
        c != '/' && c != '<')
      return {};
  value = text::trim(trimmed.substr(colon + 1));
  return key;
}

bool is_workload(std::string_view kind) {
  static constexpr std::array<std::string_view, 15> kinds = {
      "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "List", "PodList", "LeaderWorkerSet",
      "RayCluster", "RayJob", "PyTorchJob", "MPIJob", "JobSet"};
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// `user@host:~$ `, `$ `, `[root@gpu07 ~]# `: the next command, and the end of what the last one printed.
bool is_prompt(std::string_view trimmed) {
  if (trimmed.starts_with("$ ")) return true;
  const auto at = trimmed.find('@');
  const auto blank = trimmed.find(' ');
  const auto end = trimmed.find_first_of("$#");
  return at != std::string_view::npos && end != std::string_view::npos && at < end && (blank == std::string_view::npos || at < blank);
}

bool is_hexadecimal_id(std::string_view value) {
  value = value.substr(0, 12);
  return value.size() == 12 && value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Name in `docker inspect [options] NAME ...`, or nothing.
std::string inspected(std::string_view line) {
  const auto words = text::words(line);
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] != "inspect") continue;
    const auto engine = words[i - 1] == "container" && i > 1 ? words[i - 2] : words[i - 1];
    if (engine != "docker" && engine != "podman" && engine != "nerdctl") continue;
    for (std::size_t j = i + 1; j < words.size(); ++j) {
      if ((words[j] == "--format" || words[j] == "-f" || words[j] == "--type") && ++j) continue;
      if (!words[j].starts_with("-") && words[j].find_first_of("'\"{}|$<>") == std::string_view::npos)
        return std::string(words[j]);
    }
  }
  return {};
}

bool read_tree(const Node& root, std::string_view name, Writer& writer) {
  if (read_inspect(root, name, writer)) return true;
  if (read_kubernetes(root, writer)) return true;
  return root.is_mapping() && read_compose(root, writer);
}

void read_json_block(std::string_view text, bool implied_brace, std::uint64_t first_line, std::string_view name,
                     facts::Sink& sink, std::size_t& facts_left) {
  const Tree tree = implied_brace ? read_json("{" + std::string(text), first_line) : read_json(text, first_line);
  Writer writer(text, first_line, sink, facts_left);
  const bool found = read_tree(tree.root, name, writer);
  if (found && !tree.error.empty()) writer.note(tree.error_line, tree.error + "; what stands before it is used");
}

bool has_no_indentation(std::string_view text) {
  std::size_t indented = 0, lines = 0;
  for (auto line : text::split(text.substr(0, 64u << 10), '\n')) {
    if (text::trim(line).empty()) continue;
    ++lines;
    indented += line[0] == ' ' || line[0] == '\t';
  }
  return indented * 10 <= lines;
}

// One YAML document, without its `---`.
void read_yaml_document(std::string_view text, std::uint64_t first_line, facts::Sink& sink, std::size_t& facts_left) {
  if (text::trim(text).empty()) return;
  Writer writer(text, first_line, sink, facts_left);
  const Tree tree = read_yaml(text, first_line);
  const bool has_containers = text::contains(text, "containers:");
  const bool lost = has_containers && indentation_lost(tree.root);
  if (!lost && read_tree(tree.root, {}, writer)) {
    if (!tree.error.empty()) writer.note(tree.error_line, tree.error + "; what stands before it is used");
    return;
  }
  if (!has_containers || (tree.error.empty() && !lost)) return;
  if (!read_flat_yaml(text, first_line, writer)) {
    if (!tree.error.empty()) writer.note(tree.error_line, tree.error);
    return;
  }
  if (lost || has_no_indentation(text)) {
    writer.note(first_line, "indentation was lost; read by key and line");
    writer.setting("container", "", {"indentation", "lost", {first_line, 0}}, {});
  } else {
    writer.note(tree.error_line ? tree.error_line : first_line, tree.error + "; read by key and line");
  }
}

void read_yaml_block(std::string_view text, std::uint64_t first_line, facts::Sink& sink, std::size_t& facts_left) {
  // Document by document, so that a damaged one costs no other.
  std::size_t begin = 0, at = 0;
  std::uint64_t line = first_line, begin_line = first_line;
  while (at < text.size()) {
    auto end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    const auto raw = text.substr(at, end - at);
    ++line;
    if (raw == "---" || raw.starts_with("--- ") || raw == "..." || raw == "---\r") {
      read_yaml_document(text.substr(begin, at - begin), begin_line, sink, facts_left);
      begin = std::min(end + 1, text.size());
      begin_line = line;
    }
    at = end + 1;
  }
  read_yaml_document(text.substr(begin), begin_line, sink, facts_left);
}

}  // namespace

std::span<const std::string_view> SpecText::gates() const {
  static constexpr std::array<std::string_view, 11> gates = {"apiVersion", "kind:", "containers:", "spec:",
                                                             "services:", ": &", "inspect ", "\"Id\"",
                                                             "\"IpcMode\"", "\"ShmSize\"", "\"HostConfig\""};
  return gates;
}

parsers::Want SpecText::line(const text::Line& line, facts::Sink& sink) {
  // Only colour is peeled off; a spec's own lines never look like a wrapper on purpose.
  auto raw = line.raw.find('\x1b') == std::string_view::npos ? line.raw : line.message;
  std::string plain;
  if (text::contains(raw, no_break_space)) raw = plain = with_plain_spaces(raw);
  const bool piece = (state_ == State::yaml || state_ == State::json) && line.number == last_line_;
  if (state_ == State::yaml || state_ == State::json) {
    const bool more = piece || (state_ == State::yaml ? continues_yaml(raw) : continues_json(raw));
    if (!more) finish(sink);
  }
  if (state_ == State::idle || state_ == State::inspected) {
    if (!start(raw, line.number)) return state_ == State::inspected ? parsers::Want::next : parsers::Want::gated;
  }
  append(raw, line.number);
  if (state_ == State::json && closed_) {
    finish(sink);
    return parsers::Want::gated;
  }
  if (block_.size() > max_block_bytes) overflow(sink);
  return state_ == State::idle ? parsers::Want::gated : parsers::Want::next;
}

void SpecText::end(facts::Sink& sink) { finish(sink); }

bool SpecText::start(std::string_view raw, std::uint64_t number) {
  auto trimmed = text::trim(raw);
  if (state_ == State::inspected && ++lines_since_inspect_ > 2) {
    state_ = State::idle;
    inspected_name_.clear();
  }
  block_.clear();
  first_line_ = number;
  last_line_ = 0;
  start_indent_ = text::indent_of(raw);
  after_opener_ = decided_ = flat_ = false;
  foreign_lines_ = 0;
  last_item_ = 0;
  if (start_json(raw, trimmed)) return true;
  if (auto name = inspected(trimmed.substr(0, 4096)); !name.empty()) {
    state_ = State::inspected;
    inspected_name_ = std::move(name);
    lines_since_inspect_ = 0;
    return false;
  }
  while (trimmed.starts_with("- ")) trimmed = text::trim(trimmed.substr(2));
  std::string_view value;
  const auto key = key_of(trimmed, value);
  const bool alone = value.empty() || value[0] == '#';
  const bool starts = (key == "apiVersion" && !alone) || (key == "kind" && is_workload(value)) ||
                      ((key == "containers" || key == "spec" || key == "services") && alone) ||
                      (key.starts_with("x-") && value.starts_with("&"));
  if (starts) state_ = State::yaml;
  return starts;
}

bool SpecText::start_json(std::string_view raw, std::string_view trimmed) {
  if (trimmed.empty()) return false;
  const bool opens = trimmed[0] == '{' || trimmed[0] == '[';
  bool starts = state_ == State::inspected && opens;
  for (std::string_view key : {"\"apiVersion\"", "\"HostConfig\"", "\"IpcMode\"", "\"ShmSize\""})
    starts |= (opens || trimmed[0] == '"') && text::contains(raw.substr(0, 4096), key);
  if (!starts && trimmed.starts_with("\"Id\"")) {
    const auto quote = trimmed.find('"', 4);
    starts = quote != std::string_view::npos && is_hexadecimal_id(trimmed.substr(quote + 1));
  }
  if (!starts) return false;
  state_ = State::json;
  depth_ = 0;
  in_string_ = escaped_ = closed_ = false;
  // The bracket that opened this object stood on a line that held no gate.
  implied_brace_ = !opens;
  depth_ = implied_brace_ ? 1 : 0;
  return true;
}

bool SpecText::continues_yaml(std::string_view raw) {
  const auto trimmed = text::trim(raw);
  if (trimmed.empty() || trimmed[0] == '#') return true;
  if (trimmed.starts_with("```") || trimmed.starts_with("~~~")) return false;
  if (trimmed == "---" || trimmed == "...") return true;
  const auto indent = text::indent_of(raw);
  std::string_view value;
  const bool dash = trimmed.starts_with("- ") || trimmed == "-";
  const auto key = key_of(trimmed, value);
  if (after_opener_ && !decided_) {
    decided_ = true;
    flat_ = indent <= opener_indent_ && !dash;
  }
  after_opener_ = value.empty() && (key == "metadata" || key == "spec" || key == "template");
  opener_indent_ = indent;
  if (indent > start_indent_) return true;
  if (indent < start_indent_) return false;
  if (dash || (!key.empty() && ((key[0] >= 'a' && key[0] <= 'z') || key[0] == '"' || flat_))) {
    foreign_lines_ = 0;
    return true;
  }
  return flat_ && !is_prompt(trimmed) && ++foreign_lines_ <= max_foreign_lines;
}

bool SpecText::continues_json(std::string_view raw) const {
  const auto trimmed = text::trim(raw);
  return trimmed.empty() || std::string_view("\"{}[],0123456789-tfn").find(trimmed[0]) != std::string_view::npos;
}

void SpecText::append(std::string_view raw, std::uint64_t number) {
  const bool first = last_line_ == 0;
  if (!first && number != last_line_) block_ += '\n';
  const auto trimmed = text::trim(raw.substr(0, 256));
  if (state_ == State::yaml && number != last_line_ && !first &&
      (trimmed.starts_with("- apiVersion:") || trimmed == "---"))
    last_item_ = block_.size();
  last_line_ = number;
  if (state_ == State::json) {
    block_ += raw;
    scan_json(raw);
    return;
  }
  block_ += raw;
}

void SpecText::scan_json(std::string_view bytes) {
  for (char c : bytes) {
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_) {
      escaped_ = c == '\\';
      if (c == '"') in_string_ = false;
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && --depth_ <= 0) {
      closed_ = true;
      return;
    }
  }
}

void SpecText::overflow(facts::Sink& sink) {
  if (state_ == State::yaml && last_item_ > 0) {
    // A long list: read the items that are whole, go on with the one that is not.
    const std::string_view whole = std::string_view(block_).substr(0, last_item_);
    read_yaml_block(whole, first_line_, sink, facts_left_);
    first_line_ += static_cast<std::uint64_t>(std::count(whole.begin(), whole.end(), '\n'));
    block_.erase(0, last_item_);
    last_item_ = 0;
    if (block_.size() <= max_block_bytes) return;
  }
  finish(sink);
}

void SpecText::finish(facts::Sink& sink) {
  const auto state = state_;
  state_ = State::idle;
  if (state == State::yaml) read_yaml_block(block_, first_line_, sink, facts_left_);
  if (state == State::json) {
    // What follows the last bracket (`},`, a prompt on the same line) is not this object's.
    const auto close = block_.find_last_of("]}");
    if (closed_ && close != std::string::npos) block_.resize(close + 1);
    read_json_block(block_, implied_brace_, first_line_, inspected_name_, sink, facts_left_);
  }
  inspected_name_.clear();
  block_.clear();
  block_.shrink_to_fit();
}

bool SpecJson::sniff(std::string_view head, std::string_view path) const {
  const auto trimmed = text::trim(head);
  if (trimmed.empty() || (trimmed[0] != '{' && trimmed[0] != '[')) return false;
  if (path.ends_with("daemon.json")) return true;
  for (std::string_view key : {"\"apiVersion\"", "\"HostConfig\"", "\"IpcMode\"", "\"default-runtime\"", "\"runtimes\"",
                               "\"services\"", "\"involvedObject\"", "\"containerStatuses\"", "\"allocatable\""})
    if (text::contains(head, key)) return true;
  const bool listed = text::contains(head, "\"items\"") && text::contains(head, "\"metadata\"");
  return listed || (text::contains(head, "\"Id\"") && text::contains(head, "\"State\""));
}

bool SpecJson::parse(std::string_view document, facts::Sink& sink) {
  const Tree tree = read_json(document, 1);
  std::size_t facts_left = max_facts;
  Writer writer(document, 1, sink, facts_left);
  const bool found = read_tree(tree.root, {}, writer) || read_docker_daemon(tree.root, writer);
  if (found && !tree.error.empty()) writer.note(tree.error_line, tree.error + "; what stands before it is used");
  return found;
}

}  // namespace gpm::container
