// SPDX-License-Identifier: Apache-2.0
//
// Reads the pickles that PyTorch's flight recorder writes, and runs nothing.
//
//   80 02                 PROTO 2           (protocols 2 to 5)
//   7d 71 00              EMPTY_DICT, BINPUT 0
//   28                    MARK
//   58 07 00 00 00 version  BINUNICODE      key ...
//   58 04 00 00 00 2.10     BINUNICODE      ... value
//   ...
//   75 2e                 SETITEMS, STOP
//
// A pickle is a program. Python's reader calls what the program names (GLOBAL, STACK_GLOBAL, REDUCE, BUILD, INST, OBJ,
// NEWOBJ, EXT*, PERSID ...); none of that exists here. Known are dict, list, tuple, str, int, float, bool, None, the memo
// and frames. Any other opcode ends the reading with its name and its offset, and nothing of the document is used.
//
// A dump whose process was killed while it wrote is cut off in the middle, with its outermost dict still on the stack;
// what lies there is put together as far as it goes. Work is linear in the document; memory is bounded by it and by
// Values::max_values.
#pragma once

#include <string_view>

#include "parsers/torch/values.h"

namespace gpm::parsers::torch {

// Whether the bytes begin as pickles of protocols 2 to 5 do.
bool begins_like_pickle(std::string_view bytes);

ValueReading read_pickle(std::string_view bytes);

}  // namespace gpm::parsers::torch
