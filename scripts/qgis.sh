#!/usr/bin/env bash
# Starts QGIS Desktop in a profile of its own, with the plugin switched on and the Processing toolbox open.
set -euo pipefail
cd "$(dirname "$0")/.."
profile=build/profile/profiles/fumarole

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "QGIS Desktop needs a screen: DISPLAY and WAYLAND_DISPLAY are both unset." >&2
  exit 1
fi
mkdir -p "$profile/python/plugins" "$profile/QGIS"
ln -sfn "$PWD" "$profile/python/plugins/fumarole"
settings=$profile/QGIS/QGIS3.ini
if [ ! -e "$settings" ]; then
  printf '%s\n' '[PythonPlugins]' 'fumarole=true' 'processing=true' '[qgis]' 'checkVersion=false' >"$settings"
fi
echo "QGIS Desktop with the profile $profile; the tools are in the Processing toolbox under 'Fumarole'."
exec qgis --profiles-path "$PWD/build/profile" --profile fumarole --code "$PWD/scripts/open_toolbox.py" "$@"
