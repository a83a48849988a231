// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/bundle.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "parsers/bundle/folder.h"
#include "parsers/bundle/walker.h"

namespace gpm::bundle {
namespace {

Place outermost(std::string_view prefix, std::string_view name) {
  Place place;
  place.path = prefix.empty() ? name : prefix;
  if (!prefix.empty()) place.inside = fmt::format("{}/", prefix);
  return place;
}

std::string_view base_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

ReadResult read_stdin(std::string_view prefix, Walker& walker, std::string& error) {
  struct stat status {};
  const bool open = ::fstat(STDIN_FILENO, &status) == 0;
  if (!open || S_ISDIR(status.st_mode)) {
    error = fmt::format("cannot read standard input: {}", errno_text(open ? EISDIR : errno));
    return ReadResult::missing;
  }
  PipeSource source(STDIN_FILENO, walker.limits().stdin_idle_s);
  walker.open(source, nullptr, outermost(prefix, "stdin"));
  return ReadResult::read;
}

}  // namespace

ReadResult read(const std::string& input, std::string_view prefix, const Limits& limits, Usage& usage,
                DocumentSink& sink, std::string& error) {
  Walker walker(limits, usage, sink);
  if (input == "-") return read_stdin(prefix, walker, error);

  const auto missing = [&](std::string_view why) {
    error = fmt::format("cannot open {}: {}", input, why);
    return ReadResult::missing;
  };
  // Looked at before it is opened: opening a device or a pipe can do things, or wait.
  struct stat status {};
  if (::stat(input.c_str(), &status) != 0) return missing(errno_text(errno));
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
    return missing("neither a file nor a folder (use - for standard input)");
  FileDescriptor opened(::open(input.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!opened || ::fstat(opened.get(), &status) != 0) return missing(errno_text(errno));
  const Place place = outermost(prefix, base_name(input));
  if (S_ISDIR(status.st_mode)) {
    read_folder(std::move(opened), place.inside, walker);
  } else if (S_ISREG(status.st_mode)) {
    read_file(opened, static_cast<std::uint64_t>(status.st_size), place, walker);
  } else {
    return missing("neither a file nor a folder");
  }
  return ReadResult::read;
}

void read_bytes(std::string_view bytes, std::string_view name, const Limits& limits, Usage& usage, DocumentSink& sink) {
  Walker walker(limits, usage, sink);
  BytesSource source(bytes);
  walker.open(source, &source, outermost({}, name));
}

}  // namespace gpm::bundle
