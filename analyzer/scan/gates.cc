// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/gates.h"

#include <hs.h>

#include <stdexcept>

namespace gpm::scan {
namespace {

int keep_hit(unsigned id, unsigned long long, unsigned long long to, unsigned, void* context) {
  static_cast<std::vector<GateHit>*>(context)->push_back({id, static_cast<std::uint32_t>(to)});
  return 0;
}

}  // namespace

Gates::Gates(const std::vector<std::string>& literals) {
  std::vector<const char*> texts;
  std::vector<unsigned> flags(literals.size(), HS_FLAG_CASELESS), ids;
  std::vector<std::size_t> sizes;
  for (unsigned i = 0; i < literals.size(); ++i) {
    texts.push_back(literals[i].data());
    sizes.push_back(literals[i].size());
    ids.push_back(i);
  }
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(), static_cast<unsigned>(texts.size()), HS_MODE_BLOCK,
                           nullptr, &database_, &error) != HS_SUCCESS) {
    std::string reason = error ? error->message : "unknown reason";
    hs_free_compile_error(error);
    throw std::runtime_error("gate literals: " + reason);
  }
  if (hs_alloc_scratch(database_, &scratch_) != HS_SUCCESS) throw std::bad_alloc();
}

Gates::~Gates() {
  hs_free_scratch(scratch_);
  hs_free_database(database_);
}

void Gates::find(std::string_view block, std::vector<GateHit>& hits) const {
  hits.clear();
  if (hs_scan(database_, block.data(), static_cast<unsigned>(block.size()), 0, scratch_, keep_hit, &hits) != HS_SUCCESS)
    throw std::runtime_error("scan of a block failed");
}

}  // namespace gpm::scan
