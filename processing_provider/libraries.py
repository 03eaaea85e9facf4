"""Which optional Python libraries a tool needs, and how an analyst gets one that is missing."""

import sys
from importlib.util import find_spec

PACKAGES = {  # import name: (name in pip, package in Debian and Ubuntu)
    "numpy": ("numpy", "python3-numpy"),
    "scipy": ("scipy", "python3-scipy"),
    "pandas": ("pandas", "python3-pandas"),
    "openpyxl": ("openpyxl", "python3-openpyxl"),
    "xlrd": ("xlrd", "python3-xlrd"),
    "sklearn": ("scikit-learn", "python3-sklearn"),
    "torch": ("torch", "python3-torch"),
    "plotly": ("plotly", "python3-plotly"),
    "pyproj": ("pyproj", "python3-pyproj"),
    "geopandas": ("geopandas", "python3-geopandas"),
}


def missing_libraries(names):
    """Return those of the import ``names`` that this Python cannot find (nothing is imported)."""
    return [name for name in names if not _is_installed(name)]


def how_to_install(missing):
    """Return one sentence naming the ``missing`` libraries and the command that installs them."""
    pip_names = " ".join(PACKAGES[name][0] for name in missing)
    debian_names = " ".join(PACKAGES[name][1] for name in missing)
    noun = "library" if len(missing) == 1 else "libraries"
    if sys.platform.startswith("linux"):
        command = (
            f"On Debian and Ubuntu, in a terminal: sudo apt install {debian_names} "
            f"(elsewhere: python3 -m pip install --user {pip_names})."
        )
    elif sys.platform == "darwin":
        command = f"In a terminal: /Applications/QGIS.app/Contents/MacOS/bin/python3 -m pip install {pip_names}."
    else:
        command = f"In the OSGeo4W Shell: python -m pip install {pip_names}."
    return (
        f"This tool needs the Python {noun} {', '.join(PACKAGES[name][0] for name in missing)}, "
        f"not found in the Python of this QGIS. {command} Then restart QGIS. "
        "The QGIS plugin 'qpip' can do the same from a dialog."
    )


def _is_installed(name):
    if name in sys.modules:
        return sys.modules[name] is not None
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
