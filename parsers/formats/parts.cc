// SPDX-License-Identifier: Apache-2.0
#include "parsers/formats/parts.h"

#include <algorithm>
#include <set>

#include "parsers/formats/formats.h"
#include "parsers/text/ascii.h"
#include "parsers/text/fields.h"
#include "parsers/text/regex.h"

namespace gpm::formats {

namespace {

bool is_name_character(char c) { return text::is_letter(c) || text::is_digit(c) || c == '_' || c == '.' || c == '-'; }

// Whether the line begins as the pattern of prompts wants it: that one is the dearest to compile, and most bundles have no prompt.
bool begins_like_prompt(std::string_view line) {
  if (line.starts_with('(')) line.remove_prefix(std::min(line.find(' '), line.size() - 1) + 1);
  if (line.starts_with('[')) {
    const auto end = line.find(']');
    return end != std::string_view::npos && end + 1 < line.size() && (line[end + 1] == '$' || line[end + 1] == '#');
  }
  const auto name = line.substr(0, static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_name_character) - line.begin()));
  const auto rest = line.substr(name.size());
  if (rest.starts_with('$') || rest.starts_with('#')) return name.empty() || name.starts_with("bash-");
  return rest.starts_with('@') || rest.starts_with(":~") || rest.starts_with(":/");
}

}  // namespace

std::optional<std::string_view> heading(std::string_view line) {
  line = line.substr(0, 600);
  if (line.size() < 4 || text::is_digit(line.front())) return std::nullopt;
  // user@host:dir$ cmd, [user@host dir]# cmd, host:~$ cmd, (venv) in front; a bare $. "\$|#" and not "[$#]": alternatives are seen to be required, classes are not
  static const text::Regex prompt(
      R"(^(?:\([\w.-]+\) )?(?:[\w.-]+@[\w.-]+[: ]?[~/]?\S{0,80}(?:\$|#|%) ?|\[[\w.@~/: -]{1,80}(?:\]\$|\]#) ?|[\w.-]+(?::~|:/)\S{0,80}(?:\$|#) ?|bash-[\d.]+(?:\$|#) |\$ )(\S.*)$)");
  static const text::Regex file(R"(^==> (\S.*?) <==\s*$)");
  static const text::Regex path(R"(^#+ (/(?:proc|sys|etc|var)/\S+)\s*$)");
  static const text::Regex known(R"(^(?:[#>%]|[#=*-]{2,}) ?([a-z/].*?)[ #=*-]*$)");
  re2::StringPiece what;
  const auto in = text::piece(line);
  if (begins_like_prompt(line) && text::Regex::PartialMatch(in, prompt, &what)) return text::trim(text::view(what));
  if (text::Regex::PartialMatch(in, file, &what) || text::Regex::PartialMatch(in, path, &what)) return text::view(what);
  if (!text::Regex::PartialMatch(in, known, &what)) return std::nullopt;
  // A comment may speak of a command; a pasted command begins with it.
  static const text::Regex begins(
      R"(^(sudo )?(/usr/s?bin/)?(nvidia-smi|dmesg|lspci|lsmod|uname|df|free|env|printenv|ulimit|cat /|ls -|ps |ip |ibstat|ibv_devinfo|numactl|lscpu|dpkg -|rpm -|journalctl|kubectl |docker |systemctl |nvcc|dcgmi |ldconfig|mount|uptime|modinfo |hostnamectl|rdma |show_gids|nvidia-container-cli|scontrol |sacct|squeue|sinfo)(\s|$|/|-|\S))");
  const auto command = text::trim(text::view(what));
  if (text::Regex::PartialMatch(text::piece(command), begins) && !of_command(command).empty() && command.size() < 120) return command;
  return std::nullopt;
}

namespace {

std::string format_of(const Part& part, std::string_view body) {
  if (const auto seen = recognise(body); !seen.empty()) {
    // A log of a program and rows of names and numbers are what many outputs look like; the command knows better.
    const bool weak = seen == "app-log" || seen == "pip-list" || seen == "json" || seen == "yaml";
    if (const auto said = weak ? of_command(part.title) : std::string_view(); !said.empty()) return std::string(said);
    return std::string(seen);
  }
  if (const auto said = of_command(part.title); !said.empty()) return std::string(said);
  return part.title.empty() ? "text" : "command-output";
}

std::string format_of_whole(const Split& split) {
  std::set<std::string_view> kinds;
  for (std::size_t i = 0; i < split.parts.size(); ++i)
    if (!text::trim(split.texts[i]).empty() && is_known(split.parts[i].format)) kinds.insert(split.parts[i].format);
  if (kinds.empty()) {
    for (const auto& part : split.parts)
      if (is_known(part.format)) return part.format;
    return split.parts.size() > 1 || !split.parts.front().title.empty() ? "command-output" : "";
  }
  return kinds.size() == 1 ? std::string(*kinds.begin()) : "session";
}

}  // namespace

Split split_at_prompts(std::string_view document) {
  Split result;
  std::uint64_t number = 0;
  std::size_t body = 0, at = 0;
  Part part;
  const auto close = [&](std::size_t upto, std::uint64_t last) {
    const auto text = document.substr(body, upto > body ? upto - body : 0);
    part.last_line = last;
    if (part.title.empty() && text::trim(text).empty()) return;
    part.format = format_of(part, text);
    result.parts.push_back(part);
    result.texts.push_back(text);
  };
  while (at < document.size()) {
    const auto end = std::min(document.find('\n', at), document.size());
    auto line = document.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    if (const auto title = result.parts.size() + 1 < max_parts ? heading(line) : std::nullopt) {
      if (number > 1) close(at, number - 1);
      part = Part{number, number, std::string(title->substr(0, 200)), {}};
      body = std::min(end + 1, document.size());
    }
    at = end + 1;
  }
  close(document.size(), number);
  if (result.parts.empty()) {
    result.parts.push_back(part);
    result.texts.push_back(document);
  }
  result.format = format_of_whole(result);
  return result;
}

}  // namespace gpm::formats
