"""The sample workbooks come from their script, are labelled, and hold what they claim."""

import csv
import importlib.util

import numpy as np
import pytest

from fumarole.algorithms.clustering.coordinates import find_coordinates
from fumarole.algorithms.clustering.units import is_composition
from fumarole.algorithms.clustering.sample_columns import sample_columns
from fumarole.algorithms.clustering.spreadsheet import read_table

pytest.importorskip("openpyxl")
WORKBOOKS = ("simav_geothermal.xlsx", "kuyular simav son.xlsx", "Simav_Region_Earthquake_Datas_35S_UTM.xlsx")


@pytest.fixture(scope="module")
def script(root):
    pytest.importorskip("pyproj")
    path = root / "scripts" / "make_simav_sample_data.py"
    spec = importlib.util.spec_from_file_location("make_simav_sample_data", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_writes_what_is_shipped(script, root, tmp_path):
    script.main(tmp_path / "one")
    script.main(tmp_path / "two")
    for name in WORKBOOKS:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        made, shipped = read_table(tmp_path / "one" / name), read_table(root / "sample_data" / "simav" / name)
        assert made == shipped
    labels = "true_populations.csv"
    assert (tmp_path / "one" / labels).read_text("utf-8") == (root / "sample_data/simav" / labels).read_text("utf-8")


@pytest.mark.parametrize("name", WORKBOOKS[:2])
def test_invented_data_say_so(root, name):
    assert any("SYNTHETIC" in note for note in read_table(root / "sample_data" / "simav" / name).notes)


def test_the_samples_have_the_layout_of_the_study(root):
    table = read_table(root / "sample_data" / "simav" / WORKBOOKS[0])
    assert table.sheet == "Sayfa1" and table.names[0] == "NUMUNE" and len(table.records) == 60
    found = find_coordinates(table)
    assert (found.x_field, found.y_field) == table.names[1:3]
    cells = [cell for column in table.columns for cell in column]
    assert any(isinstance(cell, str) and cell.startswith("<0,") for cell in cells) and None in cells
    columns, _ = sample_columns(table, "NUMUNE")
    parts = np.array([column.values for column in columns if is_composition(column.name) and "%" in column.name])
    assert np.nansum(parts, axis=0).max() <= 100.0


def test_the_populations_differ_and_lie_together(root):
    with (root / "sample_data" / "simav" / "true_populations.csv").open(encoding="utf-8", newline="") as stream:
        population = {row["NUMUNE"]: int(row["population"]) for row in csv.DictReader(stream)}
    table = read_table(root / "sample_data" / "simav" / WORKBOOKS[0])
    labels = np.array([population[name] for name in table.column("NUMUNE")])
    assert sorted(set(labels)) == [1, 2, 3, 4]
    columns, _ = sample_columns(table, "NUMUNE")
    arsenic = np.array(next(column.values for column in columns if column.name == "As (ppm)"))
    assert np.nanmedian(arsenic[labels == 1]) > 3 * np.nanmedian(arsenic[labels == 4])
    xy = find_coordinates(table).xy
    distance = np.linalg.norm(xy[:, None] - xy[None], axis=2) + 1e9 * np.eye(len(xy))
    assert (labels[distance.argmin(axis=1)] == labels).mean() > 0.8


def test_the_earthquakes_are_the_catalogue_rows(root):
    table = read_table(root / "sample_data" / "simav" / WORKBOOKS[2])
    with (root / "sample_data" / "simav" / "usgs_comcat_simav.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == len(table.records) == 142
    assert table.column("Event") == [row["id"] for row in rows]
    assert table.column("ML") == [float(row["mag"]) for row in rows]
    assert sum(magnitude >= 4.0 for magnitude in table.column("ML")) == 53
