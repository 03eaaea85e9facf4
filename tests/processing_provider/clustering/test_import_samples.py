"""The tool ``import_samples``, run as QGIS runs it."""

import csv

import pytest
from qgis.core import QgsProcessingException, QgsProcessingFeedback, QgsVectorLayer

SIMAV = "sample_data/simav"


class Log(QgsProcessingFeedback):
    """Collects what the user reads in the log."""

    def __init__(self):
        super().__init__(False)
        self.lines = []

    def pushInfo(self, info):  # noqa: N802
        self.lines.append(info)


def write(path, rows, delimiter=",", encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return str(path)


@pytest.fixture
def imported(run_tool):
    def run(path, output="memory:", **options):
        return run_tool("import_samples", {"INPUT": str(path), "OUTPUT": output, **options})

    return run


def features(layer):
    if isinstance(layer, str):
        layer = QgsVectorLayer(layer, "read back", "ogr")
    assert layer.isValid()
    return layer, list(layer.getFeatures())


def test_simav_samples_in_columns(imported, root):
    result = imported(root / SIMAV / "simav_geothermal.xlsx")
    layer, rows = features(result["OUTPUT"])
    assert (result["COUNT"], result["DROPPED"], len(rows)) == (60, 0, 60)
    assert layer.crs().authid() == "EPSG:32635"
    assert layer.fields().field("As (ppm)").isNumeric() and not layer.fields().field("NUMUNE").isNumeric()
    assert layer.fields().names()[-1] == "below_dl"
    extent = layer.extent()
    assert 630e3 <= extent.xMinimum() and extent.xMaximum() <= 690e3
    assert 4325e3 <= extent.yMinimum() and extent.yMaximum() <= 4345e3
    censored = [row for row in rows if row["below_dl"]]
    assert censored
    for row in censored:
        limits = {"Au (ppb)": 0.5, "Hg (ppm)": 0.01}
        for name in row["below_dl"].split("; "):
            assert row[name] == pytest.approx(0.65 * limits[name])
    for fact in ("each sample is a column", "35S is assumed", "latitude band S", "EPSG:32735", "0.65 of the limit"):
        assert fact in result["NOTES"]


def test_simav_boreholes_with_metres_under_degree_names(imported, root):
    result = imported(root / SIMAV / "kuyular simav son.xlsx", SHEET="Sayfa2", GRID_ZONE="35S")
    layer, rows = features(result["OUTPUT"])
    assert result["COUNT"] == 16
    assert rows[0].geometry().asPoint().y() == rows[0]["latitude"] > 4e6
    assert "named like degrees but hold metres" in result["NOTES"]


def test_simav_earthquakes_lie_where_the_catalogue_says(imported, root):
    metres = imported(root / SIMAV / "Simav_Region_Earthquake_Datas_35S_UTM.xlsx")["OUTPUT"]
    degrees = imported(root / SIMAV / "usgs_comcat_simav.csv")["OUTPUT"]
    _, left = features(metres)
    _, right = features(degrees)
    assert len(left) == len(right) == 142
    for one, other in zip(left, right):
        assert one["Event"] == other["id"] and one["ML"] == other["mag"]
        assert one.geometry().distance(other.geometry()) < 0.1
    assert sum(row["ML"] >= 4 for row in left) == 53


def test_great_basin_in_its_own_zone(imported, root):
    result = imported(root / "sample_data/great_basin_geothermal.csv", TARGET_CRS="EPSG:32611")
    layer, rows = features(result["OUTPUT"])
    assert result["COUNT"] + result["DROPPED"] == 14258
    assert "read in WGS 84 (EPSG:4326)" in result["NOTES"]
    assert all(field.isNumeric() for field in layer.fields() if field.name().endswith("_PPM"))


def test_a_target_far_away_is_named_with_the_right_zone(imported, tmp_path):
    path = write(tmp_path / "far.csv", [["id", "lon", "lat", "As"], ["a", 33.5, 39.5, 1], ["b", 33.6, 39.6, 2]])
    assert "Their own grid zone is 36S, EPSG:32636" in imported(path)["NOTES"]


def test_records_without_position_are_left_out_and_listed(imported, tmp_path):
    path = write(
        tmp_path / "gaps.csv",
        [["id", "X", "Y", "As"], ["a", 650000, 4330000, 1], ["b", "", 4330000, 2], ["c", 0, 0, 3], ["d", "?", 4e6, 4],
         ["e", 651000, 4331000, 5], ["f", 28.9, 39.1, 6], *([str(n), 650000 + n, 4330000, 7] for n in range(9))],
    )  # fmt: skip
    result = imported(path)
    assert (result["COUNT"], result["DROPPED"]) == (11, 4)
    for fact in ("row 3: 'X' is empty", "row 4: both coordinates are 0", "row 5: 'X' is '?'", "row 7: degrees among"):
        assert fact in result["NOTES"]


def test_unreadable_cells_are_named_and_mixed_columns_stay_text(imported, tmp_path):
    cells = [["id", "X", "Y", "As", "rock"]]
    cells += [[str(n), 650000 + n, 4330000, n / 2, "12" if n % 2 else "tuff"] for n in range(20)]
    cells[5][3] = "broken"
    result = imported(write(tmp_path / "mixed.csv", cells))
    layer, rows = features(result["OUTPUT"])
    assert layer.fields().field("As").isNumeric() and not layer.fields().field("rock").isNumeric()
    assert not rows[4]["As"] and rows[0]["rock"] == "tuff"
    assert "'As': 1 cells are no numbers and are empty: 'broken' (row 6)" in result["NOTES"]
    assert "'rock' stays text: 10 of its 20" in result["NOTES"]


NASTY = [
    'As "total"',
    "<script>alert(1)</script>",
    "🌋 ppm",
    "it's; DROP TABLE",
    "fid",
    "geom",
    "below_dl",
    "a/b\\c",
    "%",
]


@pytest.mark.parametrize("suffix", ["memory", "gpkg", "shp", "geojson", "csv"])
def test_every_format_keeps_every_value_whatever_the_field_is_called(imported, tmp_path, suffix):
    names = ["id", "X", "Y", *NASTY, "a very long name (ppm)", "a very long name (ppb)"]
    rows = [[f"s{n}", 650000 + n, 4330000 + n, *(n * 100.0 + k for k in range(len(names) - 3))] for n in range(1, 6)]
    path = write(tmp_path / "nasty.csv", [names, *rows])
    output = "memory:" if suffix == "memory" else str(tmp_path / f"out.{suffix}")
    result = imported(path, output, TARGET_CRS="EPSG:32635")
    layer, found = features(result["OUTPUT"])
    assert len(found) == 5
    for feature, row in zip(found, rows):
        values = {float(value) for value in feature.attributes() if _is_number(value)}
        assert values >= set(row[3:])
    if suffix == "gpkg":
        assert {*NASTY, "below_dl_in", "fid_in", "geom_in"} - {"geom"} <= set(layer.fields().names())


def _is_number(value):
    try:
        return value is not None and float(str(value)) is not None
    except ValueError:
        return False


def test_long_lists_of_censored_columns_survive(imported, tmp_path):
    names = [f"Element number {n} (ppm)" for n in range(60)]
    rows = [["a", 650000, 4330000, *["<1"] * 60], ["b", 650100, 4330100, *range(60)]]
    path = write(tmp_path / "censored.csv", [["id", "X", "Y", *names], *rows])
    _, found = features(imported(path, str(tmp_path / "out.gpkg"))["OUTPUT"])
    assert found[0]["below_dl"].split("; ") == names
    assert not found[1]["below_dl"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"GRID_ZONE": "99S"}, "is no grid zone"),
        ({"GRID_ZONE": "35S", "SOURCE_CRS": "EPSG:4326"}, "not both"),
        ({"GRID_ZONE": "35S"}, "hold degrees"),
        ({"SOURCE_CRS": "EPSG:32635"}, "hold degrees"),
        ({"X_FIELD": "nope"}, "There is no column 'nope' for the x field. The columns are: 'id', 'lon'"),
        ({"ID_FIELD": "nope"}, "There is no column 'nope' for the id field"),
        ({"SHEET": "Sayfa9"}, "is a text file and has no sheet 'Sayfa9'"),
    ],
)
def test_parameters_that_cannot_be_used(imported, tmp_path, options, sentence):
    path = write(tmp_path / "degrees.csv", [["id", "lon", "lat", "As"], ["a", 28.9, 39.1, 1], ["b", 28.8, 39.2, 2]])
    output = tmp_path / "out.gpkg"
    with pytest.raises(QgsProcessingException, match=sentence):
        imported(path, str(output), **options)
    assert not output.exists()


def test_metres_in_a_geographic_system_are_refused(imported, tmp_path):
    path = write(tmp_path / "metres.csv", [["id", "E", "N"], ["a", 650000, 4330000], ["b", 650100, 4330100]])
    with pytest.raises(QgsProcessingException, match="hold metres .* but WGS 84"):
        imported(path, SOURCE_CRS="EPSG:4326")


def test_no_usable_position_at_all(imported, tmp_path):
    path = write(tmp_path / "none.csv", [["id", "X", "Y"], ["a", 0, 0], ["b", 0, 0]])
    with pytest.raises(QgsProcessingException, match="No record has a usable position"):
        imported(path)


def test_the_missing_library_is_named_only_when_it_is_needed(imported, root, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    path = write(tmp_path / "fine.csv", [["id", "X", "Y"], ["a", 650000, 4330000]])
    assert imported(path)["COUNT"] == 1
    with pytest.raises(QgsProcessingException, match="needs the Python library openpyxl"):
        imported(root / SIMAV / "simav_geothermal.xlsx")


def test_swapped_axes_are_put_right_and_said_in_the_log(fumarole, tmp_path):
    import processing

    path = write(
        tmp_path / "survey.csv",
        [["Nokta", "X", "Y", "Cl (mg/l)"], ["a", "4330000,5", "650000,25", "1,5"], ["b", "4330100", "650100", "<0,5"]],
        ";",
        "cp1254",
    )
    log = Log()
    result = processing.run(
        "fumarole:import_samples", {"INPUT": path, "GRID_ZONE": "35S", "OUTPUT": "memory:"}, feedback=log
    )
    _, rows = features(result["OUTPUT"])
    point = rows[0].geometry().asPoint()
    assert (point.x(), point.y()) == (650000.25, 4330000.5)
    text = "\n".join(log.lines)
    assert "The axes are swapped" in text and "Grid zone 35S was read as UTM zone 35" in text


def test_cancel_leaves_nothing_behind(fumarole, root, tmp_path):
    import processing

    log = Log()
    log.cancel()
    output = tmp_path / "out.gpkg"
    with pytest.raises(QgsProcessingException, match="Cancelled by the user"):
        processing.run(
            "fumarole:import_samples",
            {"INPUT": str(root / SIMAV / "simav_geothermal.xlsx"), "OUTPUT": str(output)},
            feedback=log,
        )
    assert not output.exists()


def test_an_output_that_cannot_be_written_gets_a_sentence(imported, root):
    with pytest.raises(QgsProcessingException, match="nowhere|cannot be written|Could not create"):
        imported(root / SIMAV / "simav_geothermal.xlsx", "/proc/nowhere/out.gpkg")


def test_the_simav_chain_in_one_target_gives_one_study_area(imported, root):
    """Samples, boreholes and earthquakes of the three workbooks, each in its own layout, meet on the map."""
    extents = []
    for name in ("simav_geothermal.xlsx", "kuyular simav son.xlsx", "Simav_Region_Earthquake_Datas_35S_UTM.xlsx"):
        layer, _ = features(imported(root / SIMAV / name, GRID_ZONE="35S", TARGET_CRS="EPSG:32635")["OUTPUT"])
        extents.append(layer.extent())
    assert extents[2].contains(extents[0]) and extents[0].buffered(1500.0).contains(extents[1])


def test_the_loaded_layer_is_named_after_its_file(fumarole, root):
    import processing
    from qgis.core import QgsProcessingContext, QgsProcessingOutputLayerDefinition, QgsProject

    context, project = QgsProcessingContext(), QgsProject()
    context.setProject(project)
    parameters = {
        "INPUT": str(root / SIMAV / "simav_geothermal.xlsx"),
        "OUTPUT": QgsProcessingOutputLayerDefinition("memory:", project),
    }
    processing.run("fumarole:import_samples", parameters, context=context)
    (details,) = context.layersToLoadOnCompletion().values()
    assert details.name == "simav_geothermal"
