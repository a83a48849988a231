// SPDX-License-Identifier: Apache-2.0
#include "kb/load.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "kb/build_model.h"
#include "kb/folder.h"
#include "kb/schema.h"
#include "kb/yaml.h"

namespace gpm::kb {
namespace {

template <typename Entry>
void order_by_id(std::vector<Entry>& entries) {
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
}

// The entries of all files of a folder, one kind in each list.
class Collector {
 public:
  Collector(std::pmr::memory_resource& memory, Origins& origins, Problems& problems)
      : build_(memory), origins_(origins), problems_(problems) {}

  void read(const KnowledgeFile& file) {
    const bool is_cause = file.path.starts_with("causes/");
    const bool is_signals = file.path.starts_with("signals/");
    const bool is_artefacts = file.path == "artefacts.yaml";
    const bool is_buckets = file.path == "codes/buckets.yaml";
    const bool is_decodes = file.path == "codes/nvlink5.yaml";
    const bool is_codes = file.path.starts_with("codes/") && !is_buckets && !is_decodes;
    const bool is_lines = file.path.starts_with("lines/");
    const Schema& schema = is_cause       ? cause_schema_
                           : is_signals   ? signals_schema_
                           : is_artefacts ? artefacts_schema_
                           : is_codes     ? codes_schema_
                           : is_buckets   ? buckets_schema_
                           : is_decodes   ? nvlink5_schema_
                           : is_lines     ? lines_schema_
                                          : kb_schema_;
    const std::optional<Node> tree = parse_yaml(file.text, file.path, problems_);
    if (!tree || !schema.check(*tree, file.path, problems_)) {
      return;
    }
    if (is_cause) {
      if (is_new(*tree, file.path, origins_.causes)) {
        causes_.push_back(build_.cause(*tree));
      }
    } else if (is_signals) {
      for (const Node& node : tree->items) {
        if (is_new(node, file.path, origins_.signals)) {
          signals_.push_back(build_.signal(node));
        }
      }
    } else if (is_artefacts) {
      for (const Node& node : tree->items) {
        if (is_new(node, file.path, origins_.artefacts)) {
          artefacts_.push_back(build_.artefact(node));
        }
      }
    } else if (is_codes) {
      read_codes(*tree, file.path);
    } else if (is_buckets) {
      for (const Node& node : tree->items) {
        if (is_new(node, file.path, origins_.buckets)) {
          buckets_.push_back(build_.bucket(node));
        }
      }
    } else if (is_decodes) {
      for (const Node& node : tree->items) {
        const LinkDecode row = build_.link_decode(node, link_decodes_.size());
        origins_.link_decodes.try_emplace(std::string(row.id), Place{file.path, node.line});
        link_decodes_.push_back(row);
      }
    } else if (is_lines) {
      for (const Node& node : tree->items_of("lines")) {
        if (is_new(node, file.path, origins_.lines)) {
          lines_.push_back(build_.known_line(node, *tree));
        }
      }
    } else {
      date_ = build_.keep(tree->text_of("date"));
    }
  }

  Knowledge finish() {
    order_by_id(signals_);
    order_by_id(causes_);
    order_by_id(artefacts_);
    order_by_id(families_);
    order_by_id(codes_);
    order_by_id(buckets_);
    order_by_id(link_decodes_);
    order_by_id(lines_);
    return {.date = date_,
            .signals = build_.keep(signals_),
            .causes = build_.keep(causes_),
            .artefacts = build_.keep(artefacts_),
            .families = build_.keep(families_),
            .codes = build_.keep(codes_),
            .buckets = build_.keep(buckets_),
            .link_decodes = build_.keep(link_decodes_),
            .lines = build_.keep(lines_)};
  }

 private:
  void read_codes(const Node& tree, const std::string& file) {
    const std::string family(tree.text_of("family"));
    if (is_new(tree, family, file, origins_.families)) {
      families_.push_back(build_.family(tree));
    }
    for (const Node& node : tree.items_of("codes")) {
      if (is_new(node, family + "." + std::string(node.text_of("code")), file, origins_.codes)) {
        codes_.push_back(build_.code(node, families_.back().id));
      }
    }
  }

  bool is_new(const Node& node, const std::string& file, Origins::Places& places) {
    return is_new(node, std::string(node.text_of("id")), file, places);
  }

  bool is_new(const Node& node, const std::string& id, const std::string& file, Origins::Places& places) {
    const auto [found, added] = places.try_emplace(id, Place{file, node.line});
    if (!added) {
      add(problems_,
          {.file = file,
           .line = node.line,
           .id = id,
           .reason = "is there already, at " + found->second.file + ":" + std::to_string(found->second.line)});
    }
    return added;
  }

  ModelBuilder build_;
  Origins& origins_;
  Problems& problems_;
  Schema cause_schema_{embedded::cause_schema};
  Schema signals_schema_{embedded::signals_schema};
  Schema artefacts_schema_{embedded::artefacts_schema};
  Schema kb_schema_{embedded::kb_schema};
  Schema codes_schema_{embedded::codes_schema};
  Schema buckets_schema_{embedded::buckets_schema};
  Schema nvlink5_schema_{embedded::nvlink5_schema};
  Schema lines_schema_{embedded::lines_schema};
  std::string_view date_;
  std::vector<Signal> signals_;
  std::vector<Cause> causes_;
  std::vector<Artefact> artefacts_;
  std::vector<CodeFamily> families_;
  std::vector<Code> codes_;
  std::vector<Bucket> buckets_;
  std::vector<LinkDecode> link_decodes_;
  std::vector<KnownLine> lines_;
};

template <typename Entry>
std::span<const Entry> merged(const Table<Entry>& base, const Table<Entry>& extra, ModelBuilder& build) {
  std::vector<Entry> all(extra.begin(), extra.end());
  for (const Entry& entry : base) {
    const auto same = std::lower_bound(extra.begin(), extra.end(), entry.id,
                                       [](const Entry& a, std::string_view id) { return a.id < id; });
    if (same == extra.end() || same->id != entry.id) {
      all.push_back(entry);
    }
  }
  order_by_id(all);
  return build.keep(all);
}

}  // namespace

LoadedKnowledge::LoadedKnowledge() : memory_(std::make_unique<std::pmr::monotonic_buffer_resource>()) {}

LoadedKnowledge load(const std::string& folder, Problems& problems) {
  LoadedKnowledge loaded;
  const std::size_t before = problems.size();
  const std::vector<KnowledgeFile> files = read_folder(folder, problems);
  if (files.empty() && problems.size() == before) {
    add(problems, {.file = folder,
                   .reason = "holds no kb.yaml, artefacts.yaml, signals/*.yaml, causes/*.yaml, codes/*.yaml or lines/*.yaml"});
  }
  Collector collector(*loaded.memory_, loaded.origins_, problems);
  for (const KnowledgeFile& file : files) {
    collector.read(file);
  }
  loaded.view_ = collector.finish();
  return loaded;
}

LoadedKnowledge merge(const Knowledge& base, LoadedKnowledge extra) {
  ModelBuilder build(*extra.memory_);
  const Knowledge over = extra.view_;
  extra.view_ = {.date = std::max(base.date, over.date),
                 .signals = merged(base.signals, over.signals, build),
                 .causes = merged(base.causes, over.causes, build),
                 .artefacts = merged(base.artefacts, over.artefacts, build),
                 .families = merged(base.families, over.families, build),
                 .codes = merged(base.codes, over.codes, build),
                 .buckets = merged(base.buckets, over.buckets, build),
                 // Rows have no names of their own, so a table takes the place of the whole other one.
                 .link_decodes = over.link_decodes.empty() ? base.link_decodes : over.link_decodes,
                 .lines = merged(base.lines, over.lines, build)};
  return extra;
}

}  // namespace gpm::kb
