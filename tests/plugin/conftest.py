"""What the tests of the plugin as a whole share: its tools, its files, and a Python process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsProcessingModelAlgorithm

SHIPPED_FOLDERS = ("algorithms", "processing_provider", "ui")


@pytest.fixture(scope="session")
def tools(fumarole):
    """Every tool of the provider."""
    return fumarole.provider.algorithms()


@pytest.fixture(scope="session")
def single_tools(tools):
    """Every tool that is no chain of others."""
    return [tool for tool in tools if not isinstance(tool, QgsProcessingModelAlgorithm)]


@pytest.fixture(scope="session")
def shipped_modules(root):
    """Every Python module of the plugin, relative to its folder."""
    modules = [Path("__init__.py"), Path("plugin.py")]
    for folder in SHIPPED_FOLDERS:
        modules += [path.relative_to(root) for path in (root / folder).rglob("*.py")]
    return sorted(modules)


@pytest.fixture(scope="session")
def plugin_folder(root, tmp_path_factory):
    """A folder in which QGIS finds this checkout under the name ``fumarole``."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "fumarole").symlink_to(root, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def run_python(plugin_folder):
    """Run a script in a fresh Python that can import ``fumarole``; return what it printed."""

    def run(script, *arguments):
        environment = {**os.environ, "PYTHONPATH": str(plugin_folder), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], capture_output=True, text=True, env=environment, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
