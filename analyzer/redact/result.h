// SPDX-License-Identifier: Apache-2.0
//
// Redacts what leaves the program: the result behind every view, and the store.
#pragma once

#include "analyzer/redact/redactor.h"
#include "analyzer/report/result.h"
#include "analyzer/store/store.h"

namespace gpm::redact {

// Every text of the result that can hold words of the bundle or of its path. Sets result.redacted.
void redact(report::Result& result, Redactor& redactor);

// Every text of the store; what stood there before is overwritten in the copy that is written to a file.
void redact(store::Store& store, Redactor& redactor);

// Values of settings with a secret name (HF_TOKEN and its value on another line of a pod's specification), and the lines of
// private keys.
void know_secrets(store::Store& store, Redactor& redactor);

// Every host of the bundle, for --redact-hosts.
void know_hosts(store::Store& store, Redactor& redactor);

}  // namespace gpm::redact
