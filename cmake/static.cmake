# SPDX-License-Identifier: Apache-2.0
#
# Libraries as archives, where the system has them. libarchive.so alone brings libxml2 and ICU, for a format that is never
# opened: to load and to relocate them takes longer than all the rest of a start. What is under the LGPL stays shared.

# gpm_archives(OUT NAME...): the paths of lib<NAME>.a; empty if one is missing.
function(gpm_archives out)
  set(paths)
  set(${out} "" PARENT_SCOPE)
  foreach(name ${ARGN})
    find_library(GPM_ARCHIVE_${name} NAMES lib${name}.a)
    mark_as_advanced(GPM_ARCHIVE_${name})
    if(NOT GPM_ARCHIVE_${name})
      return()
    endif()
    list(APPEND paths ${GPM_ARCHIVE_${name}})
  endforeach()
  set(${out} ${paths} ${CMAKE_DL_LIBS} Threads::Threads m PARENT_SCOPE)
endfunction()

foreach(pair re2:re2 sqlite3:sqlite3 yaml_cpp:yaml-cpp pugixml:pugixml)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 target)
  list(GET pair 1 name)
  gpm_archives(paths ${name})
  if(paths)
    set_target_properties(PkgConfig::${target} PROPERTIES INTERFACE_LINK_LIBRARIES "${paths}")
  endif()
endforeach()

# Debian has no archive of fmt, and fmt's shared library would bring the C++ library's.
gpm_archives(paths fmt)
if(paths)
  set_target_properties(PkgConfig::fmt PROPERTIES INTERFACE_LINK_LIBRARIES "${paths}")
else()
  set_target_properties(PkgConfig::fmt PROPERTIES INTERFACE_LINK_LIBRARIES "" INTERFACE_COMPILE_DEFINITIONS FMT_HEADER_ONLY)
endif()

# For the program alone: tests load libraries that need the shared ones.
include(CheckCXXSourceCompiles)
set(gpm_static_runtime)
if(NOT GPM_SANITIZE)
  set(CMAKE_REQUIRED_LINK_OPTIONS -static-libstdc++ -static-libgcc)
  check_cxx_source_compiles("#include <iostream>\nint main() { std::cout << 1; }" GPM_STATIC_RUNTIME)
  if(GPM_STATIC_RUNTIME)
    set(gpm_static_runtime ${CMAKE_REQUIRED_LINK_OPTIONS})
  endif()
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
endif()

# Only what reads: tests also write archives, with the shared library.
gpm_archives(paths archive lzma zstd bz2 z)
if(paths)
  set(CMAKE_REQUIRED_LIBRARIES ${paths} PkgConfig::nettle)
  check_cxx_source_compiles("
    #include <archive.h>
    int main() {
      auto* a = archive_read_new();
      archive_read_support_format_tar(a), archive_read_support_format_zip_streamable(a), archive_read_support_format_zip_seekable(a);
      archive_read_support_filter_xz(a), archive_read_support_filter_zstd(a), archive_read_support_filter_bzip2(a);
      return archive_read_open_filename(a, nullptr, 0);
    }" GPM_STATIC_LIBARCHIVE)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(GPM_STATIC_LIBARCHIVE)
    set(gpm_libarchive ${paths} PkgConfig::nettle)
  endif()
endif()
