"""The plugin loads anywhere: without optional libraries, without a window, without loading what is heavy."""

import json

import pytest

OPTIONAL = ("torch", "sklearn", "scipy", "pandas", "geopandas", "plotly", "openpyxl", "xlrd")
HEAVY = {"torch", "sklearn", "scipy", "pandas", "geopandas", "matplotlib", "plotly", "openpyxl"}
GENEROUS_BOUND = 2.0  # seconds; benchmarks/plugin_load.py measures, this only catches a heavy import in disguise

WITHOUT = """
import importlib.abc, json, sys
from qgis.core import QgsApplication

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == sys.argv[1]:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocked())
application = QgsApplication([], False)
application.initQgis()
import fumarole

plugin = fumarole.classFactory(None)
plugin.initProcessing()
print(json.dumps({tool.name(): tool.canExecute() for tool in plugin.provider.algorithms()}))
plugin.unload()
application.exitQgis()
"""

LOAD = """
import json, sys, time
import qgis.core
before, start = set(sys.modules), time.perf_counter()
import fumarole
plugin = fumarole.classFactory(None)
plugin.initProcessing()
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before)}))
"""


@pytest.mark.parametrize("library", OPTIONAL)
def test_loads_and_lists_every_tool_without(library, tools, run_python):
    from fumarole.processing_provider.libraries import PACKAGES, missing_libraries

    pip_name, debian_name = PACKAGES[library]
    answers = json.loads(run_python(WITHOUT, library))
    assert set(answers) == {tool.name() for tool in tools}
    for tool in tools:
        can_run, message = answers[tool.name()]
        if library in tool.libraries:
            assert not can_run
            assert pip_name in message and debian_name in message and "install" in message
        else:
            assert can_run == (not missing_libraries(tool.libraries)), message


@pytest.mark.parametrize(
    ("platform", "command"),
    [
        ("linux", "sudo apt install python3-sklearn python3-torch"),
        ("darwin", "python3 -m pip install scikit-learn torch"),
        ("win32", "OSGeo4W Shell: python -m pip install scikit-learn torch"),
    ],
)
def test_the_command_fits_the_platform(platform, command, monkeypatch):
    from fumarole.processing_provider import libraries

    monkeypatch.setattr(libraries.sys, "platform", platform)
    assert command in libraries.how_to_install(["sklearn", "torch"])


def test_a_tool_without_its_library_refuses_to_run(tools, run_tool, monkeypatch):
    from qgis.core import QgsProcessingException

    from fumarole.processing_provider import shipped_model
    from fumarole.processing_provider import tool as tool_module

    for module in (tool_module, shipped_model):
        monkeypatch.setattr(module, "missing_libraries", lambda names: list(names)[:1])
    for tool in tools:
        if tool.libraries:
            with pytest.raises(QgsProcessingException, match="This tool needs the Python library"):
                tool.processAlgorithm({}, None, None)


def test_loading_brings_in_nothing_heavy(run_python):
    loaded = json.loads(run_python(LOAD))
    assert HEAVY & set(loaded["modules"]) == set()
    assert "processing" not in loaded["modules"]
    assert loaded["seconds"] < GENEROUS_BOUND


def test_loads_as_qgis_desktop_does_and_unloads(fumarole, qgis_iface):
    import sys

    from qgis.core import QgsApplication

    registry = QgsApplication.processingRegistry()
    second = sys.modules["fumarole"].classFactory(qgis_iface)
    second.unload()  # before anything was registered
    assert registry.providerById("fumarole") is fumarole.provider
