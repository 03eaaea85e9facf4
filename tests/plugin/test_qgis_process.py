"""QGIS without a window: ``qgis_process`` finds the plugin, runs a chain of it, and leaves styled layers behind."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest
from qgis.core import QgsVectorLayer

# On Debian 12 the wrapper qgis_process is broken, and the program itself has this other name.
PROGRAM = shutil.which("qgis_process.bin") or shutil.which("qgis_process")


@pytest.fixture(scope="module")
def qgis_process(plugin_folder, tmp_path_factory):
    """Run ``qgis_process`` in a home of its own, with the plugin switched on; return what it printed."""
    if PROGRAM is None:
        pytest.skip("this QGIS comes without qgis_process")
    home = tmp_path_factory.mktemp("home")
    (home / "runtime").mkdir(mode=0o700)
    environment = {
        **os.environ,
        "HOME": str(home),
        "QGIS_CUSTOM_CONFIG_PATH": str(home),  # otherwise inherited from the tests' own QGIS
        "XDG_RUNTIME_DIR": str(home / "runtime"),
        "QGIS_PLUGINPATH": str(plugin_folder),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("plugins", "enable", "fumarole")
    return run


def test_a_chain_gives_styled_layers(qgis_process, root, tmp_path, qgis_app):
    samples, hulls, page = (tmp_path / name for name in ("samples.gpkg", "hulls.gpkg", "map.png"))
    spreadsheet = root / "sample_data" / "simav" / "simav_geothermal.xlsx"
    printed = qgis_process(
        "run",
        "fumarole:prospect_from_samples",
        "--",
        f"SAMPLES_FILE={spreadsheet}",
        "GRID_ZONE=35S",
        "N_CLUSTERS=3",
        "EFFORT=quick",
        f"clustering:samples={samples}",
        f"hulls:hulls={hulls}",
        f"map:map={page}",
    )
    assert "Results" in printed
    assert page.stat().st_size > 0
    for path, count in ((samples, 60), (hulls, 3)):
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("select count(*) from layer_styles where useAsDefault").fetchone() == (1,)
        layer = QgsVectorLayer(str(path), path.stem, "ogr")
        assert layer.featureCount() == count
        assert layer.renderer().type() == "categorizedSymbol"


def test_a_refusal_names_the_file_and_writes_nothing(qgis_process, tmp_path):
    empty = tmp_path / "empty.xlsx"
    empty.touch()
    with pytest.raises(AssertionError, match="empty.xlsx"):
        qgis_process("run", "fumarole:import_samples", "--", f"INPUT={empty}", f"OUTPUT={tmp_path / 'points.gpkg'}")
    assert not (tmp_path / "points.gpkg").exists()
