// SPDX-License-Identifier: Apache-2.0
#include "analyzer/scan/recognition.h"

#include <string>
#include <utility>

#include "analyzer/scan/head.h"
#include "parsers/formats/formats.h"

namespace gpm::scan {

bool tells_what_it_is(std::string_view document) {
  return !document.empty() && document.size() <= formats::split_bytes && !looks_binary(document.substr(0, head_bytes));
}

Recognition recognise_beside(Worker& worker, std::string_view sample, bool whole, std::shared_ptr<const void> owner) {
  return {sample, worker.run([sample, whole, owner = std::move(owner)] {
            return whole ? formats::split_at_prompts(sample) : formats::Split{{}, {}, std::string(formats::recognise(sample))};
          })};
}

}  // namespace gpm::scan
