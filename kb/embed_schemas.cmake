# SPDX-License-Identifier: Apache-2.0
# cmake -DSCHEMA_DIR=... -DOUT=... -P embed_schemas.cmake: kb/schema/*.schema.json as functions of kb/schema.h.
set(code "// Generated from kb/schema/. Do not edit.\n#include \"kb/schema.h\"\n\nnamespace gpm::kb {\n")
foreach(name cause signals artefacts kb codes buckets nvlink5)
  file(READ ${SCHEMA_DIR}/${name}.schema.json text)
  string(APPEND code "\nstd::string_view ${name}_schema() {\n  return R\"schema(${text})schema\";\n}\n")
endforeach()
string(APPEND code "\n}  // namespace gpm::kb\n")
file(WRITE ${OUT} "${code}")
