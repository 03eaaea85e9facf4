"""Who may know whom: the arrows between the folders, read from the imports of every module."""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

QT_AND_QGIS = {"qgis", "osgeo", "PyQt5", "PyQt6", "PySide2", "PySide6", "processing"}
HEAVY = {"torch", "sklearn", "pandas", "geopandas", "matplotlib", "plotly"}
DOMAINS = {"clustering", "subduction", "self_potential"}
DEVELOPMENT = {"tests", "scripts", "benchmarks", "docs"}
MAY_IMPORT = {  # folder: the folders above it that it may import, beside itself
    "algorithms": set(),
    "ui": {"algorithms"},
    "processing_provider": {"algorithms", "ui"},
    "plugin.py": {"algorithms", "ui", "processing_provider"},
    "__init__.py": {"plugin"},
}


class Import(NamedTuple):
    """One imported name, seen from the plugin's folder: ``inside`` tells the package's own from a library."""

    module: tuple
    inside: bool
    at_load: bool


def imports_of(source, path):
    """Return every import of the module ``path`` (relative to the plugin's folder)."""
    tree = ast.parse(source)
    found = []
    deferred = {
        node
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        at_load = node not in deferred
        if isinstance(node, ast.Import):
            found += [Import(tuple(name.name.split(".")), False, at_load) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = tuple(node.module.split(".")) if node.module else ()
            if node.level:
                package = path.parent.parts
                base = package[: len(package) - node.level + 1] + base
            found += [Import((*base, name.name), bool(node.level), at_load) for name in node.names]
    return found


@pytest.fixture(scope="module")
def imports(root, shipped_modules):
    return {path: imports_of((root / path).read_text(encoding="utf-8"), path) for path in shipped_modules}


def offenders(imports, is_wrong):
    return [
        f"{path.as_posix()}: {'.'.join(item.module)}"
        for path, items in imports.items()
        for item in items
        if is_wrong(path, item)
    ]


def test_the_reader_sees_every_kind_of_import():
    source = "import a.b\nfrom ..errors import DataError\nfrom . import x\ndef f():\n    from .deep.y import z\n"
    found = imports_of(source, Path("algorithms/clustering/features.py"))
    assert found == [
        Import(("a", "b"), False, True),
        Import(("algorithms", "errors", "DataError"), True, True),
        Import(("algorithms", "clustering", "x"), True, True),
        Import(("algorithms", "clustering", "deep", "y", "z"), True, False),
    ]


def test_modules_are_there(imports):
    assert {path.parts[0] for path in imports} >= {"algorithms", "processing_provider", "ui", "plugin.py"}


def test_the_maths_knows_no_qgis(imports):
    wrong = offenders(
        imports, lambda path, item: path.parts[0] == "algorithms" and not item.inside and item.module[0] in QT_AND_QGIS
    )
    assert wrong == []


def test_qt_is_reached_through_qgis_only(imports):
    assert offenders(imports, lambda path, item: item.module[0].startswith(("PyQt", "PySide"))) == []


def test_no_module_imports_upward(imports):
    def is_wrong(path, item):
        folder = path.parts[0]
        return item.inside and item.module[0] != folder and item.module[0] not in MAY_IMPORT[folder]

    assert offenders(imports, is_wrong) == []


def test_tools_take_looks_from_ui_not_windows(imports):
    wrong = offenders(
        imports,
        lambda path, item: path.parts[0] == "processing_provider" and item.inside and item.module[:2] == ("ui", "dock"),
    )
    assert wrong == []


def test_domains_do_not_know_one_another(imports):
    def is_wrong(path, item):
        own = DOMAINS & set(path.parts[:-1])
        other = DOMAINS & set(item.module) if item.inside else set()
        return bool(own and other - own)

    assert offenders(imports, is_wrong) == []


def test_nothing_shipped_needs_the_development_folders(imports):
    wrong = offenders(
        imports, lambda path, item: (item.inside and item.module[0] in DEVELOPMENT) or item.module[0] == "fumarole"
    )
    assert wrong == []


def test_heavy_libraries_are_loaded_by_the_maths_alone_or_inside_a_run(imports):
    def is_wrong(path, item):
        return path.parts[0] != "algorithms" and item.at_load and not item.inside and item.module[0] in HEAVY

    assert offenders(imports, is_wrong) == []


def needed_libraries(imports, tool_module):
    """Return the libraries that a run of the tool loads for certain, and those it may load."""

    def module_of(name):
        for length in range(len(name), 0, -1):
            for candidate in (Path(*name[:length]).with_suffix(".py"), Path(*name[:length], "__init__.py")):
                if candidate in imports:
                    return candidate
        return None

    def reach(deferred_too):
        libraries, seen, waiting = set(), set(), [tool_module]
        while waiting:
            path = waiting.pop()
            if path in seen or path is None:
                continue
            seen.add(path)
            for item in imports[path]:
                if item.at_load or deferred_too or path == tool_module:
                    if item.inside:
                        waiting.append(module_of(item.module))
                    else:
                        libraries.add(item.module[0])
        return libraries

    return reach(deferred_too=False), reach(deferred_too=True)


def test_tools_declare_the_libraries_they_load(imports, single_tools):
    from fumarole.processing_provider.libraries import PACKAGES

    for tool in single_tools:
        path = Path(*type(tool).__module__.split(".")[1:]).with_suffix(".py")
        certain, possible = needed_libraries(imports, path)
        optional = set(PACKAGES) - {"numpy", "pyproj"}  # these two come with every QGIS
        assert certain & optional <= set(tool.libraries), tool.name()
        assert set(tool.libraries) - {"numpy", "pyproj"} <= possible, tool.name()


def test_every_tool_module_is_named_after_its_id(single_tools):
    assert [tool.name() for tool in single_tools if type(tool).__module__.split(".")[-1] != tool.name()] == []


def test_python_3_9_reads_every_module(root, shipped_modules):
    for path in shipped_modules:
        ast.parse((root / path).read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 9))
