// SPDX-License-Identifier: Apache-2.0
#include "kb/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace gpm::kb {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

std::string reason_of(int error) {
  return error == ELOOP ? "is a link; links are not followed" : std::generic_category().message(error);
}

class FolderReader {
 public:
  FolderReader(int root, Problems& problems, const FolderLimits& limits)
      : root_(root), problems_(problems), limits_(limits) {}

  // A file that is not there is no problem.
  void read_file(int directory, const std::string& name, const std::string& path) {
    const Descriptor file(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file.get() < 0) {
      if (errno != ENOENT) {
        refuse(path, reason_of(errno));
      }
      return;
    }
    struct stat status {};
    if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
      refuse(path, "is not a regular file");
      return;
    }
    std::optional<std::string> text = contents(file.get(), path);
    if (text) {
      total_ += text->size();
      files_.push_back({path, std::move(*text)});
    }
  }

  void read_subfolder(const std::string& name) {
    Descriptor fd(::openat(root_, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (fd.get() < 0) {
      if (errno == ENOENT) {
        return;
      }
      // With O_DIRECTORY a link to a folder gives ENOTDIR, not ELOOP.
      refuse(name, errno == ENOTDIR ? "is a link or no folder" : reason_of(errno));
      return;
    }
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(fd.get()), &::closedir);
    if (!directory) {
      refuse(name, reason_of(errno));
      return;
    }
    fd.release();
    for (const std::string& file : yaml_names(directory.get(), name)) {
      read_file(::dirfd(directory.get()), file, name + "/" + file);
    }
  }

  std::vector<KnowledgeFile> take() {
    std::sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return std::move(files_);
  }

 private:
  void refuse(const std::string& path, std::string reason) {
    add(problems_, {.file = path, .reason = std::move(reason)});
  }

  std::vector<std::string> yaml_names(DIR* directory, const std::string& folder) {
    std::vector<std::string> names;
    std::size_t seen = 0;
    while (const dirent* entry = ::readdir(directory)) {
      if (++seen > limits_.directory_entries) {
        refuse(folder, "has more than " + std::to_string(limits_.directory_entries) + " entries");
        return {};  // which of them come first is the file system's whim, so none is taken
      }
      const std::string_view name = entry->d_name;
      if (name.size() > 5 && name.substr(name.size() - 5) == ".yaml" && name.front() != '.') {
        names.emplace_back(name);
      }
    }
    std::sort(names.begin(), names.end());
    if (names.size() > limits_.files) {
      refuse(folder, "has more than " + std::to_string(limits_.files) + " files; the rest is not read");
      names.resize(limits_.files);
    }
    return names;
  }

  // Reads to the end rather than to st_size: the file may grow or shrink meanwhile.
  std::optional<std::string> contents(int fd, const std::string& path) {
    std::string text;
    char block[65536];
    while (true) {
      const ssize_t got = ::read(fd, block, sizeof(block));
      if (got < 0) {
        if (errno == EINTR) {
          continue;
        }
        refuse(path, reason_of(errno));
        return std::nullopt;
      }
      if (got == 0) {
        return text;
      }
      text.append(block, static_cast<std::size_t>(got));
      if (text.size() > limits_.file_bytes) {
        refuse(path, "is larger than " + std::to_string(limits_.file_bytes) + " bytes");
        return std::nullopt;
      }
      if (total_ + text.size() > limits_.total_bytes) {
        refuse(path, "is left out: the folder holds more than " + std::to_string(limits_.total_bytes) + " bytes");
        return std::nullopt;
      }
    }
  }

  int root_;
  Problems& problems_;
  const FolderLimits& limits_;
  std::size_t total_ = 0;
  std::vector<KnowledgeFile> files_;
};

}  // namespace

std::vector<KnowledgeFile> read_folder(const std::string& folder, Problems& problems, const FolderLimits& limits) {
  const Descriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.get() < 0) {
    add(problems, {.file = folder, .reason = std::generic_category().message(errno)});
    return {};
  }
  FolderReader reader(root.get(), problems, limits);
  reader.read_file(root.get(), "artefacts.yaml", "artefacts.yaml");
  reader.read_subfolder("causes");
  reader.read_subfolder("codes");
  reader.read_file(root.get(), "kb.yaml", "kb.yaml");
  reader.read_subfolder("lines");
  reader.read_subfolder("signals");
  return reader.take();
}

}  // namespace gpm::kb
