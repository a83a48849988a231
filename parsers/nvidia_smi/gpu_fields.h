// SPDX-License-Identifier: Apache-2.0
//
// Which field of `nvidia-smi -q` and `-q -x` is which metric of docs/facts.md: a table, nothing else.
#pragma once

#include <string_view>

namespace gpm::nvidia_smi {

enum class FieldForm {
  number,        // leading number of the value, absent values left out
  text,          // as printed, absent values left out
  text_always,   // as printed, "N/A" too (it says that the feature is off)
  compute_mode,  // spelled as in facts.md
};

struct GpuField {
  std::string_view path;      // as -q spells it
  std::string_view xml_path;  // as -q -x spells it; empty where it is the same
  std::string_view metric;
  std::string_view subject;
  FieldForm form;
};

// Null if the path is no metric. Either spelling is taken.
const GpuField* gpu_field(std::string_view path);

}  // namespace gpm::nvidia_smi
