"""The zip of ``make package`` is what the QGIS plugin site accepts, and works in an empty profile.

The structural checks are those of the site's upload validator, written down anew.
"""

import configparser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fumarole.scripts import package

LARGEST_UPLOAD = 25_000_000  # bytes
PROGRAM_SUFFIXES = {".pyc", ".pyd", ".so", ".dll", ".dylib", ".exe", ".whl", ".zip", ".jar", ".pt", ".pkl"}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    with zipfile.ZipFile(package.build(tmp_path_factory.mktemp("dist"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    archive.extractall(folder)
    return folder / "fumarole"


def test_one_top_folder_with_the_package_name(archive):
    assert {name.split("/")[0] for name in archive.namelist()} == {"fumarole"}


def test_whole_and_small_enough(archive):
    assert archive.testzip() is None
    assert Path(archive.filename).stat().st_size < LARGEST_UPLOAD


def test_file_name_carries_the_version(archive):
    assert Path(archive.filename).name == f"fumarole-{package.version()}.zip"


def test_names_are_plain_paths(archive):
    for name in archive.namelist():
        assert ".." not in name and "\\" not in name and not name.startswith("/") and not re.match("[A-Za-z]:", name)
        assert name.isascii(), name


def test_holds_what_the_site_asks_for(archive):
    for name in ("__init__.py", "metadata.txt", "LICENSE"):
        assert f"fumarole/{name}" in archive.namelist()


def test_licence_is_the_whole_gpl_3(archive):
    text = archive.read("fumarole/LICENSE").decode("utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text and "Version 3, 29 June 2007" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_metadata_reads_from_the_zip(archive):
    parser = configparser.ConfigParser()
    parser.optionxform = str
    parser.read_string(archive.read("fumarole/metadata.txt").decode("utf-8"))
    metadata = parser["general"]
    assert re.fullmatch(r"[^/]+", metadata["author"])
    assert f"fumarole/{metadata['icon']}" in archive.namelist()


def test_nothing_hidden_compiled_or_left_over(archive):
    for name in archive.namelist():
        path = Path(name)
        assert not [part for part in path.parts if part.startswith(".") or part in ("__pycache__", "__MACOSX")], name
        assert path.suffix.lower() not in PROGRAM_SUFFIXES, name


def test_development_stays_out(archive):
    inside = {name.split("/")[1] for name in archive.namelist()}
    assert inside.isdisjoint({"tests", "benchmarks", "scripts", "docs", "Makefile", "pyproject.toml"})


def test_every_shipped_module_is_in(archive, shipped_modules):
    assert {f"fumarole/{path.as_posix()}" for path in shipped_modules} <= set(archive.namelist())


def test_same_tree_same_bytes(archive, tmp_path):
    assert package.build(tmp_path).read_bytes() == Path(archive.filename).read_bytes()


def test_bandit_finds_nothing(unpacked):
    if importlib.util.find_spec("bandit") is None:
        pytest.skip("bandit is not installed")
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--ignore-nosec", "--format", "json"]
    done = subprocess.run([*command, str(unpacked)], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert report["metrics"]["_totals"]["loc"] > 0
    assert [f"{hit['filename']}:{hit['line_number']} {hit['issue_text']}" for hit in report["results"]] == []
    assert report["errors"] == []


def test_detect_secrets_finds_nothing(unpacked):
    if importlib.util.find_spec("detect_secrets") is None:
        pytest.skip("detect-secrets is not installed")
    command = [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "."]
    done = subprocess.run(command, cwd=unpacked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["results"] == {}


def test_no_suppressions(unpacked):
    marks = re.compile(r"#\s*nosec|pragma: allowlist")
    assert [path.name for path in unpacked.rglob("*.py") if marks.search(path.read_text(encoding="utf-8"))] == []


@pytest.fixture(scope="module")
def installed(unpacked, tmp_path_factory):
    """Install the zip into an empty profile; return a callable that runs ``qgis_process`` there."""
    binary = shutil.which("qgis_process.bin") or shutil.which("qgis_process")  # Debian 12 wraps it wrongly
    if binary is None:
        pytest.skip("qgis_process is not installed")
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(unpacked, home / "profiles" / "default" / "python" / "plugins" / "fumarole")
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    hidden = ("PYTHONPATH", "QGIS_PLUGINPATH")
    environment = {name: text for name, text in os.environ.items() if name not in hidden}
    environment.update(
        HOME=str(home),
        QGIS_CUSTOM_CONFIG_PATH=str(home),
        QT_QPA_PLATFORM="offscreen",
        XDG_RUNTIME_DIR=str(runtime),
        LC_ALL="C.UTF-8",
    )

    def qgis_process(*arguments):
        done = subprocess.run([binary, *arguments], capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    if "fumarole" not in qgis_process("plugins"):
        pytest.skip("this qgis_process does not find plugins in a profile")
    qgis_process("plugins", "enable", "fumarole")
    return qgis_process


def test_installed_zip_lists_every_tool(installed, tools):
    listing = installed("list")
    assert "Fumarole" in listing.splitlines()
    assert [tool.name() for tool in tools if f"fumarole:{tool.name()}\t" not in listing] == []


def test_installed_zip_runs_a_tool(installed, tmp_path):
    corners = [(1, 0, 0), (1, 1000, 0), (1, 0, 1000), (2, 5000, 5000), (2, 7000, 5000), (2, 7000, 6000)]
    features = [
        {
            "type": "Feature",
            "properties": {"cluster": cluster},
            "geometry": {"type": "Point", "coordinates": [650_000 + east, 4_335_000 + north]},
        }
        for cluster, east, north in corners
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32635"}}
    samples, hulls = tmp_path / "samples.geojson", tmp_path / "hulls.geojson"
    samples.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    installed("run", "fumarole:cluster_hulls", f"--INPUT={samples}", f"--OUTPUT={hulls}")
    written = json.loads(hulls.read_text(encoding="utf-8"))["features"]
    areas = {feature["properties"]["cluster"]: feature["properties"]["area_km2"] for feature in written}
    assert areas == {1: pytest.approx(0.5, rel=2e-3), 2: pytest.approx(1.0, rel=2e-3)}
