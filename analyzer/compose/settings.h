// SPDX-License-Identifier: Apache-2.0
//
// The settings of a bundle that bear on GPUs, those first that a signal of the knowledge base finds worth a word.
#pragma once

#include "analyzer/report/result.h"
#include "analyzer/signals/signals.h"
#include "analyzer/store/store.h"

namespace gpm::compose {

inline constexpr std::size_t listed_settings = 200;

// A setting is unusual where a signal that is present and more than advice observes its line and asks for its key, or by a
// pattern where no other setting stands on that line. Equal ones of several containers or hosts are one row with a count.
void add_settings(store::Store& store, const signals::Findings& findings, report::Result& result);

}  // namespace gpm::compose
