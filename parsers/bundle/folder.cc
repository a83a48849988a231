// SPDX-License-Identifier: Apache-2.0
#include "parsers/bundle/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace gpm::bundle {
namespace {

struct Level {
  FileDescriptor folder;
  std::string inside;
  std::vector<std::string> names;  // sorted from last to first
};

// Gives errno, 0 if all went well. More names than there may be documents are not kept.
int list(int folder, std::uint64_t at_most, std::vector<std::string>& names) {
  const int copy = ::fcntl(folder, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return errno;
  DIR* stream = ::fdopendir(copy);
  if (stream == nullptr) {
    const int error = errno;
    ::close(copy);
    return error;
  }
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    if (names.size() > at_most) break;
    errno = 0;
  }
  const int error = errno;
  ::closedir(stream);
  std::sort(names.rbegin(), names.rend());
  return error;
}

Fault unreadable(int error) { return {"unreadable", fmt::format("It cannot be opened: {}.", errno_text(error))}; }

Fault link_at(int folder, const char* name) {
  std::array<char, 4096> target{};
  const ssize_t size = ::readlinkat(folder, name, target.data(), target.size());
  const std::string_view text(target.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return {"skipped:link", fmt::format("A link to \"{}\"; links are not followed.", shown(text))};
}

// A file, or why there is none.
class Entry final : public FolderEntry {
 public:
  Entry(Place place, FileDescriptor file, std::uint64_t size) : place_(std::move(place)), file_(std::move(file)), size_(size) {}
  Entry(Place place, Fault fault) : place_(std::move(place)), fault_(std::move(fault)) {}

  void hand_over_to(Walker& walker) const {
    if (fault_) return walker.note(place_.path, fault_);
    read_file(file_, size_, place_, walker);
  }
  bool read(const Limits& limits, Usage& usage, DocumentSink& sink) const override {
    Walker walker(limits, usage, sink);
    hand_over_to(walker);
    return !walker.stopped();
  }
  std::uint64_t bytes() const override { return size_; }

 private:
  Place place_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
  Fault fault_;
};

class FolderReader {
 public:
  explicit FolderReader(Walker& walker) : walker_(walker) {}

  void enter(FileDescriptor folder, std::string inside) {
    Level level{std::move(folder), std::move(inside), {}};
    const int error = list(level.folder.get(), walker_.limits().documents, level.names);
    if (error != 0) hand_on({.path = path_of(level.inside)}, unreadable(error));
    levels_.push_back(std::move(level));
  }

  void read_all() {
    while (!levels_.empty() && !walker_.stopped()) {
      if (levels_.back().names.empty()) {
        levels_.pop_back();
        continue;
      }
      const std::string name = std::move(levels_.back().names.back());
      levels_.back().names.pop_back();
      read_one(name);
    }
  }

 private:
  static std::string path_of(const std::string& inside) {
    return inside.empty() ? "." : inside.substr(0, inside.size() - 1);
  }

  template <typename... What>
  void hand_on(Place place, What&&... what) {
    auto entry = std::make_unique<const Entry>(std::move(place), std::forward<What>(what)...);
    const auto& read = *entry;
    std::unique_ptr<const FolderEntry> offered = std::move(entry);
    if (!walker_.sink().take(offered)) read.hand_over_to(walker_);
  }

  void read_one(const std::string& name) {
    const Level& level = levels_.back();
    const int folder = level.folder.get();
    Place place;
    place.path = level.inside + name;
    place.inside = place.path + '/';
    // Looked at before it is opened: opening a device can do things.
    struct stat status {};
    if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return hand_on(std::move(place), unreadable(errno));
    if (S_ISLNK(status.st_mode)) return hand_on(std::move(place), link_at(folder, name.c_str()));
    const bool is_folder = S_ISDIR(status.st_mode);
    const Fault special{"skipped:special", "A device, pipe or socket, not a file."};
    if (!is_folder && !S_ISREG(status.st_mode)) return hand_on(std::move(place), special);
    if (is_folder && levels_.size() >= kFolderDepth) {
      return hand_on(std::move(place), Fault{"limit:depth", fmt::format("It lies {} folders deep and is not read.", kFolderDepth)});
    }
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | (is_folder ? O_DIRECTORY : 0);
    FileDescriptor opened(::openat(folder, name.c_str(), flags));
    if (!opened) return hand_on(std::move(place), unreadable(errno));
    if (is_folder) return enter(std::move(opened), std::move(place.inside));
    // It may have been exchanged since.
    if (::fstat(opened.get(), &status) != 0) return hand_on(std::move(place), unreadable(errno));
    if (!S_ISREG(status.st_mode)) return hand_on(std::move(place), special);
    hand_on(std::move(place), std::move(opened), static_cast<std::uint64_t>(status.st_size));
  }

  Walker& walker_;
  std::vector<Level> levels_;
};

}  // namespace

void read_folder(FileDescriptor folder, const std::string& inside, Walker& walker) {
  FolderReader reader(walker);
  reader.enter(std::move(folder), inside);
  reader.read_all();
}

void read_file(const FileDescriptor& file, std::uint64_t size, const Place& place, Walker& walker) {
  FileSource source(file.get(), size);
  walker.open(source, size > 0 ? &source : nullptr, place);
}

}  // namespace gpm::bundle
