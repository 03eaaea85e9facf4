#!/usr/bin/env bash
# Prepares this checkout on Debian or Ubuntu: system packages, a virtual environment, a plugin folder for QGIS.
# Does nothing the second time, until this file or the checkout's place changes.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# QGIS and the scientific libraries all come from the distribution, whose builds fit each other.
system_packages=(
  qgis python3-qgis qgis-providers
  python3-torch python3-sklearn python3-scipy python3-pandas python3-geopandas python3-pyproj
  python3-plotly python3-matplotlib python3-openpyxl python3-xlrd python3-psycopg2
  python3-pytest python3-hypothesis python3-xlwt python3-venv python3-pip
  proj-bin # inside a virtual environment pyproj finds its data through the program proj
)
test_tools=(pytest-qgis bandit detect-secrets)
python=/usr/bin/python3 # the Python that the distribution's QGIS is built for
stamp=build/setup.stamp
log=build/setup.log

say() { printf '[setup] %s\n' "$*"; }
fail() {
  printf '[setup] %s\n' "$@" >&2
  exit 1
}

is_installed() {
  [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_system_packages() {
  command -v dpkg-query >/dev/null ||
    fail "This set-up knows Debian and Ubuntu only. What it installs there: ${system_packages[*]};" \
      "then a virtual environment .venv with the system's packages and ${test_tools[*]}."
  local package missing=() as_root=()
  for package in "${system_packages[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "system packages: all ${#system_packages[@]} are there"
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null ||
      fail "These system packages are missing, and installing them needs an administrator. Run:" \
        "  sudo apt-get update && sudo apt-get install --no-install-recommends ${missing[*]}" \
        "then repeat the command."
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
  fi
  say "system packages: installing ${missing[*]} (minutes on a bare machine; the details go to $log)"
  {
    "${as_root[@]}" apt-get update --quiet &&
      "${as_root[@]}" apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "apt-get could not install them: see above and $log."
  }
}

make_environment() {
  if ! .venv/bin/python -c 'import qgis.core' 2>/dev/null; then
    say "virtual environment: making .venv from $python, with the system's packages"
    "$python" -m venv --clear --system-site-packages .venv
  fi
  say "virtual environment: adding ${test_tools[*]}"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "${test_tools[@]}" ||
    fail "pip could not install ${test_tools[*]}: check the network connection and repeat the command."
  .venv/bin/python -c 'import qgis.core' 2>/dev/null ||
    fail "$python cannot import QGIS: is another Python first in the system's place?"
}

link_plugin() {
  say "plugin folder: build/plugins/fumarole is this checkout"
  mkdir -p build/plugins build/runtime
  chmod 700 build/runtime
  ln -sfn "$PWD" build/plugins/fumarole
}

# What a finished set-up depends on: this file, the checkout's place and the distribution's Python.
key() {
  {
    cat scripts/setup.sh
    pwd
    readlink "$python" || true
  } | sha256sum
}

if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$(key)" ]; then
  say "already done (remove $stamp to repeat)"
  exit 0
fi
mkdir -p build
install_system_packages
make_environment
link_plugin
key >"$stamp"
say "done"
