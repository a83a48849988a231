// SPDX-License-Identifier: Apache-2.0
//
// A knowledge folder (kb/folder.h shows its files) -> Knowledge that owns its strings.
//
//   Problems problems;
//   LoadedKnowledge mine = load("my-knowledge", problems);          // --kb my-knowledge
//   LoadedKnowledge all = merge(embedded(), std::move(mine));
//   append(problems, lint(all.view(), all.origins(), {...}));       // kb/lint.h
//
// Each file is checked against its schema. A file with problems is left out as a whole, the others are used; whether
// knowledge with problems is used at all is the caller's choice. Safe on a stranger's folder; lint before use, since
// only lint knows that patterns compile and that combinations of signals have no cycles.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>

#include "kb/model.h"
#include "kb/problem.h"

namespace gpm::kb {

struct Place {
  std::string file;  // relative to the knowledge folder
  int line = 0;
};

// Where the entries of a loaded folder were written. Those of the compiled-in knowledge are not in it.
struct Origins {
  using Places = std::map<std::string, Place, std::less<>>;  // by id
  Places signals, causes, artefacts, families, codes, buckets, link_decodes, lines;
};

class LoadedKnowledge {
 public:
  LoadedKnowledge();
  LoadedKnowledge(LoadedKnowledge&&) noexcept = default;
  LoadedKnowledge& operator=(LoadedKnowledge&&) noexcept = default;

  // Valid as long as this object lives; moving the object keeps it valid.
  const Knowledge& view() const { return view_; }
  const Origins& origins() const { return origins_; }

 private:
  friend LoadedKnowledge load(const std::string& folder, Problems& problems);
  friend LoadedKnowledge merge(const Knowledge& base, LoadedKnowledge extra);

  // All strings and arrays; the model is made of trivially destructible views, so freeing the memory is enough.
  std::unique_ptr<std::pmr::monotonic_buffer_resource> memory_;
  Knowledge view_;
  Origins origins_;
};

// Never throws; without problems the folder was read whole.
LoadedKnowledge load(const std::string& folder, Problems& problems);

// `base` with `extra` over it: an entry with the same id takes the place of the base's, new ones are added, all ordered
// by id; the later date stays. `base` and what it views must outlive the result.
LoadedKnowledge merge(const Knowledge& base, LoadedKnowledge extra);

}  // namespace gpm::kb
