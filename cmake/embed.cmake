# SPDX-License-Identifier: Apache-2.0
#
# gpm_embed(TARGET FILE SYMBOL): compiles FILE's bytes into TARGET as `extern const std::string_view SYMBOL;` (in namespace
# gpm::embedded), so that the program needs no file beside it.
set(GPM_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(gpm_embed target file symbol)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cc)
  add_custom_command(OUTPUT ${output} DEPENDS ${source} ${GPM_EMBED_SCRIPT}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${source} -DOUTPUT=${output} -DSYMBOL=${symbol} -P ${GPM_EMBED_SCRIPT} VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE AND DEFINED INPUT)
  file(READ ${INPUT} hex HEX)
  string(REGEX REPLACE "(................................................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  file(WRITE ${OUTPUT} "#include <string_view>\n\nnamespace gpm::embedded {\nnamespace {\nconst unsigned char bytes[] = {\n${hex}\n};\n}  // namespace\nextern const std::string_view ${SYMBOL};\nconst std::string_view ${SYMBOL}(reinterpret_cast<const char*>(bytes), sizeof(bytes));\n}  // namespace gpm::embedded\n")
endif()
