# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/run and tools/test: what the build needs on Debian 12, and how to get it. Nothing is ever removed.

# command, pkg-config module, header or file -> Debian package
need_build=(
  "cmd:g++=g++" "cmd:cmake=cmake" "cmd:ninja=ninja-build" "cmd:pkg-config=pkg-config"
  "pc:re2=libre2-dev" "pc:sqlite3=libsqlite3-dev" "pc:fmt=libfmt-dev" "pc:libarchive=libarchive-dev" "pc:yaml-cpp=libyaml-cpp-dev"
  "pc:pugixml=libpugixml-dev" "pc:nlohmann_json=nlohmann-json3-dev" "pc:libisal=libisal-dev" "pc:nettle=nettle-dev"
  "hdr:boost/program_options.hpp=libboost-program-options-dev" "hdr:kainjow/mustache.hpp=libkainjow-mustache-dev"
  "hdr:valijson/validator.hpp=libvalijson-dev"
)
need_test=("pc:zlib=zlib1g-dev" "pc:gtest=libgtest-dev" "pc:gmock=libgmock-dev" "cmd:strace=strace" "cmd:ccache=ccache" "cmd:zip=zip"
  # The page tests. A Node.js from elsewhere brings its own npm; Chromium needs fonts for what it shows.
  "cmd:node=nodejs" "cmd:npm=npm" "cmd:chromium=chromium" "cmd:pdftotext=poppler-utils" "file:/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc=fonts-noto-cjk"
  "file:/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core")
need_long=("cmd:debootstrap=debootstrap" "cmd:clang++=clang" "cmd:python3=python3")

have() {
  local kind=${1%%:*} what=${1#*:}
  what=${what%%=*}
  case $kind in
    cmd) command -v "$what" >/dev/null 2>&1 ;;
    pc) command -v pkg-config >/dev/null 2>&1 && pkg-config --exists "$what" ;;
    hdr) [ -e "/usr/include/$what" ] ;;
    file) [ -e "$what" ] ;;
  esac
}

# install_missing NEED...: installs what is missing, without questions.
install_missing() {
  local need packages=()
  for need in "$@"; do have "$need" || packages+=("${need#*=}"); done
  [ ${#packages[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      echo "These Debian packages are missing: ${packages[*]}" >&2
      echo "Neither root nor a password-less sudo is at hand; install them with:" >&2
      echo "  apt-get install ${packages[*]}" >&2
      return 1
    fi
  fi
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "These packages are missing and there is no apt-get here: ${packages[*]}" >&2
    return 1
  fi
  echo "Installing: ${packages[*]}" >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2 || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends --no-remove \
    -o Dpkg::Use-Pty=0 install "${packages[@]}" </dev/null >&2 || { echo "apt-get could not install: ${packages[*]}" >&2; return 1; }
}

# install_node_modules FOLDER: what its package-lock.json names, from the npm registry, unless that is there.
install_node_modules() {
  cmp -s "$1/package-lock.json" "$1/node_modules/.from-package-lock.json" && return 0
  echo "Installing: the packages of $1/package-lock.json" >&2
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2 || { echo "npm could not install the packages of $1" >&2; return 1; }
  cp "$1/package-lock.json" "$1/node_modules/.from-package-lock.json"
}

# build_preset PRESET [TARGET...]: configures once, then builds what is not built. Prints only on failure or when there is work.
build_preset() {
  local log status=0 preset=$1
  shift
  log=$(mktemp)
  if [ ! -e "build/$preset/build.ninja" ]; then
    echo "Configuring build/$preset" >&2
    cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; return 1; }
    echo "Building build/$preset (minutes, the first time)" >&2
  fi
  cmake --build "build/$preset" ${1:+--target "$@"} >"$log" 2>&1 || { status=1; cat "$log" >&2; }
  rm -f "$log"
  return $status
}
