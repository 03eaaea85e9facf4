"""Loads the plugin as QGIS does, so that every test imports it as ``fumarole``."""

import importlib.util
import os
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "XDG_RUNTIME_DIR" not in os.environ:
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="fumarole-runtime-")
_PROJ_DATA = Path("/usr/share/proj")  # where Debian keeps it; pyproj in a virtual environment looks elsewhere
if _PROJ_DATA.is_dir():
    os.environ.setdefault("PROJ_DATA", str(_PROJ_DATA))
    os.environ.setdefault("PROJ_LIB", str(_PROJ_DATA))


def _load_package():
    if "fumarole" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "fumarole", ROOT / "__init__.py", submodule_search_locations=[str(ROOT)]
        )
        package = importlib.util.module_from_spec(spec)
        sys.modules["fumarole"] = package
        spec.loader.exec_module(package)


_load_package()


@pytest.fixture(scope="session")
def root():
    """The folder of the plugin."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data():
    """The folder of development data outside the project; tests needing it skip without it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("development data that may not be shipped is not present")
    return folder


@pytest.fixture(scope="session")
def fumarole(qgis_app, qgis_iface):
    """The plugin, with its provider registered, and the Processing framework ready."""
    from qgis.core import QgsApplication

    python_plugins = str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins")
    if python_plugins not in sys.path:
        sys.path.append(python_plugins)
    from processing.core.Processing import Processing

    Processing.initialize()
    plugin = sys.modules["fumarole"].classFactory(qgis_iface)
    plugin.initProcessing()
    yield plugin
    plugin.unload()


@pytest.fixture
def run_tool(fumarole):
    """Run a tool by id with ``processing.run``; temporary outputs become layers."""
    import processing

    def run(tool_id, parameters, **options):
        return processing.run(f"fumarole:{tool_id}", parameters, **options)

    return run


@pytest.fixture(scope="session")
def less_training():
    """A context in which the tools on trench segments train small networks for few steps, and few trees."""
    from fumarole.algorithms.subduction import exclusion_curve, training
    from fumarole.algorithms.subduction.network_training import Recipe

    small = {"recipe": Recipe(hidden=(16, 8), n_steps=60), "n_trees": 10}

    @contextmanager
    def context():
        with pytest.MonkeyPatch.context() as patch:
            for module, name in ((training, "train_classifier"), (exclusion_curve, "exclusion_distance_curve")):
                patch.setattr(module, name, partial(getattr(module, name), **small))
            yield

    return context


def pytest_sessionfinish(session, exitstatus):
    """Keep the result for :func:`pytest_unconfigure`."""
    session.config.fumarole_exit_status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """End the process here, with the result of the tests.

    QGIS never releases the traceback of an error in a Python tool, so layers of failed runs live until Python itself
    ends, after QGIS, and rasters crash there.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(getattr(config, "fumarole_exit_status", 1))
