// SPDX-License-Identifier: Apache-2.0
//
// What a document is by its look (parsers/formats), found out beside the reading of its lines.
#pragma once

#include <memory>
#include <string_view>

#include "analyzer/scan/worker.h"
#include "parsers/formats/parts.h"

namespace gpm::scan {

struct Recognition {
  std::string_view sample;  // of which `split` shows parts
  Worker::Task<formats::Split> split;
};

// Whether all of a document is small enough to be split into its parts, and text.
bool tells_what_it_is(std::string_view document);

// `sample`: the document's beginning, or the whole of it; `owner` keeps it. Only whole ones are split.
Recognition recognise_beside(Worker& worker, std::string_view sample, bool whole, std::shared_ptr<const void> owner);

}  // namespace gpm::scan
