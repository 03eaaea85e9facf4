"""Outputs are whole or absent, with their look, and replace what stood there only on success."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.layers import fields_of
from fumarole.processing_provider.outputs import Outputs
from fumarole.processing_provider.tool import Tool
from fumarole.ui.styles import style_boreholes

FIELDS = (
    ("number", "int"),
    ("cluster", "int"),
    ("confidence_interval", "double"),
    ("confidence", "double"),
    ("note", "text"),
)
COUNT = 2500  # more than are written at once


class Writer(Tool):
    """Writes points, a table and a report; ``fail_at`` is the point at which it meets an error."""

    tool_id = "writer"
    title = "Writer"
    fail_at = None

    def define(self):
        self.add(QgsProcessingParameterFeatureSink("OUTPUT", "Points", QgsProcessing.SourceType.TypeVectorPoint), "-")
        table = QgsProcessing.SourceType.TypeVector
        self.add(QgsProcessingParameterFeatureSink("TABLE", "Table", table, optional=True), "-")
        self.add(QgsProcessingParameterFileDestination("REPORT", "Report", "HTML (*.html)", optional=True), "-")

    def work(self, parameters, context, feedback):
        crs = QgsCoordinateReferenceSystem("EPSG:32635")
        with Outputs(self, parameters, context, feedback) as outputs:
            outputs.file("REPORT", lambda path: path.write_text("new"))
            table = ((None, [1, None, 0.5, float("nan"), "a"]) for _ in range(3))
            outputs.layer(
                "TABLE", fields_of(*FIELDS), QgsWkbTypes.Type.NoGeometry, QgsCoordinateReferenceSystem(), table
            )
            fields, kind = fields_of(*FIELDS), QgsWkbTypes.Type.Point
            outputs.layer("OUTPUT", fields, kind, crs, self._rows(), style_boreholes, "Wells")
        return outputs.results

    def _rows(self):
        for row in range(COUNT):
            if row == Writer.fail_at:
                raise DataError("The data broke.")
            yield QgsGeometry.fromWkt(f"Point({650000 + row} 4330000)"), [row, None, 1.5, 9.5, "x" * (1 + row % 3)]


@pytest.fixture
def write(qgis_app, monkeypatch):
    """Run the writer, to its end or to an error at a row."""

    def run(feedback=None, context=None, fail_at=None, **parameters):
        monkeypatch.setattr(Writer, "fail_at", fail_at)
        context = context or QgsProcessingContext()
        context.setProject(QgsProject.instance())
        feedback = feedback or QgsProcessingFeedback(False)
        return Writer().create().run(parameters, context, feedback, {}, False)[0]

    return run


def opened(path):
    return QgsVectorLayer(str(path), "result", "ogr")


def is_cross(layer):
    """Whether a layer looks as ``style_boreholes`` makes it."""
    return layer.renderer().symbol().symbolLayer(0).properties()["name"] == "cross"


def in_geopackage(path, table, geometry=" (geom)"):
    return f"ogr:dbname='{path}' table=\"{table}\"{geometry}"


def tables(path):
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("select table_name from gpkg_contents").fetchall()
    return {name for (name,) in rows} - {"layer_styles"}


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson", "fgb", "csv"])
def test_every_format_keeps_rows_values_and_look(write, tmp_path, ending):
    path = tmp_path / f"wells.{ending}"
    assert write(OUTPUT=str(path))["OUTPUT"] == str(path)
    layer = opened(path)
    assert layer.featureCount() == COUNT
    names = layer.fields().names()
    assert {"number", "cluster", "confidence", "note"} <= set(names)
    last = max(layer.getFeatures(), key=lambda feature: int(feature["number"]))
    assert (
        int(last["number"]) == COUNT - 1
        and last["note"] == "x" * (1 + (COUNT - 1) % 3)
        and float(last["confidence"]) > 9
    )
    assert last["cluster"] in (None, "")
    assert layer.renderer() is None or layer.renderer().type() == "singleSymbol"
    stored = path.with_suffix(".qml").exists() if ending != "gpkg" else layer.listStylesInDatabase()[2] == ["Wells"]
    assert stored


def test_what_is_not_wanted_is_absent(write, tmp_path):
    empty = QgsProcessingOutputLayerDefinition("")
    assert set(write(OUTPUT="memory:", TABLE=empty, REPORT="")) == {"OUTPUT"}
    assert set(write(OUTPUT="memory:", TABLE="memory:", REPORT=str(tmp_path / "r.html"))) == {
        "OUTPUT",
        "TABLE",
        "REPORT",
    }


def test_only_written_layers_are_promised_to_the_project(write):
    context = QgsProcessingContext()
    temporary = [
        QgsProcessingOutputLayerDefinition(QgsProcessing.TEMPORARY_OUTPUT, QgsProject.instance()) for _ in range(2)
    ]
    results = write(context=context, OUTPUT=temporary[0], TABLE=temporary[1])
    promised = context.layersToLoadOnCompletion()
    assert set(promised) == {results["OUTPUT"], results["TABLE"]}
    assert promised[results["OUTPUT"]].postProcessor() is not None
    assert promised[results["TABLE"]].postProcessor() is None


def test_a_layer_is_styled_when_it_is_loaded(write, tmp_path):
    context, path = QgsProcessingContext(), tmp_path / "wells.gpkg"
    write(context=context, OUTPUT=QgsProcessingOutputLayerDefinition(str(path), QgsProject.instance()))
    layer = QgsVectorLayer("Point?field=id:integer", "loaded", "memory")
    context.layersToLoadOnCompletion()[str(path)].postProcessor().postProcessLayer(layer, context, None)
    assert is_cross(layer) and layer.labelsEnabled()


def test_memory_layers_are_styled(write):
    context = QgsProcessingContext()
    layer = context.takeResultLayer(write(context=context, OUTPUT="memory:")["OUTPUT"])
    assert is_cross(layer)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "csv"])
@pytest.mark.parametrize("fail_at", [0, 1, 2400])
def test_a_failed_run_leaves_no_file(write, tmp_path, ending, fail_at):
    with pytest.raises(QgsProcessingException, match="The data broke."):
        write(
            fail_at=fail_at,
            OUTPUT=str(tmp_path / f"wells.{ending}"),
            TABLE=str(tmp_path / "table.csv"),
            REPORT=str(tmp_path / "report.html"),
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["gpkg", "shp", "csv"])
def test_a_failed_run_brings_back_the_earlier_result(write, tmp_path, ending):
    paths = {"OUTPUT": tmp_path / f"wells.{ending}", "REPORT": tmp_path / "report.html"}
    destinations = {name: str(path) for name, path in paths.items()}
    write(**destinations)
    paths["REPORT"].write_text("old")
    names = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(QgsProcessingException):
        write(fail_at=2, **destinations)
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert opened(paths["OUTPUT"]).featureCount() == COUNT and paths["REPORT"].read_text() == "old"
    if ending == "gpkg":
        assert is_cross(opened(paths["OUTPUT"]))


def test_a_good_run_replaces_the_earlier_result(write, tmp_path):
    path = tmp_path / "wells.gpkg"
    for _ in range(2):
        write(OUTPUT=str(path))
    assert opened(path).featureCount() == COUNT and tables(path) == {"wells"}


def test_tables_are_added_to_a_geopackage(write, tmp_path):
    path = tmp_path / "all.gpkg"
    write(OUTPUT=in_geopackage(path, "first"), TABLE=in_geopackage(path, "scores", ""))
    write(OUTPUT=in_geopackage(path, "second"))
    assert tables(path) == {"first", "second", "scores"}
    for name in ("first", "second"):
        layer = opened(f"{path}|layername={name}")
        assert layer.featureCount() == COUNT
        assert is_cross(layer)


@pytest.mark.parametrize("table", ["first", "second"])
def test_the_other_tables_survive_a_failed_run(write, tmp_path, table):
    path = tmp_path / "all.gpkg"
    write(OUTPUT=in_geopackage(path, "first"))
    in_use = opened(f"{path}|layername=first")
    assert next(in_use.getFeatures())["number"] == 0
    with pytest.raises(QgsProcessingException):
        write(fail_at=2000, OUTPUT=in_geopackage(path, table), TABLE=in_geopackage(path, "scores", ""))
    assert tables(path) == {"first"}
    assert opened(f"{path}|layername=first").featureCount() == COUNT
    assert sum(1 for _ in in_use.getFeatures()) == COUNT
    del in_use  # the traceback of the error would keep it beyond the end of QGIS


def test_cancel_while_writing_leaves_nothing(write, tmp_path):
    class Impatient(QgsProcessingFeedback):
        looks = 0

        def isCanceled(self):  # noqa: N802
            self.looks += 1
            return self.looks > 3

    with pytest.raises(QgsProcessingException, match="Cancelled by the user. Nothing was written."):
        write(feedback=Impatient(False), OUTPUT=str(tmp_path / "wells.gpkg"), REPORT=str(tmp_path / "report.html"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name, destination",
    [
        ("OUTPUT", "{below}/wells.gpkg"),
        ("OUTPUT", "{below}/wells.shp"),
        ("OUTPUT", "{folder}/no/such/folder/wells.gpkg"),
        ("OUTPUT", "ogr:dbname='{below}/all.gpkg' table=\"wells\" (geom)"),
        ("OUTPUT", "nonsense://host"),
        ("REPORT", "{below}/report.html"),
        ("REPORT", "{folder}"),
    ],
)
def test_a_place_that_cannot_be_written_gets_a_sentence(write, tmp_path, name, destination):
    blocker = tmp_path / "a file"
    blocker.write_text("kept")
    place = destination.format(below=blocker, folder=tmp_path)
    with pytest.raises(QgsProcessingException) as caught:
        write(**{"OUTPUT": "memory:", name: place})
    said = str(caught.value)
    assert "cannot be written" in said and "Traceback" not in said and "\n" not in said
    assert said.count("wells.gpkg") <= 2 and said.endswith(".")
    assert [path.name for path in tmp_path.iterdir()] == ["a file"] and blocker.read_text() == "kept"


def test_a_password_is_not_repeated(write):
    server = "postgres://dbname='none' host=127.0.0.1 port=1 user='ana' password='secret' table=\"wells\" (geom)"
    with pytest.raises(QgsProcessingException) as caught:
        write(OUTPUT=server)
    assert "secret" not in str(caught.value) and "the table 'wells' of the database 'none'" in str(caught.value)


def test_copies_to_fall_back_on_are_thrown_away(write, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    Path(tmp_path / "scratch").mkdir()
    path = tmp_path / "wells.gpkg"
    write(OUTPUT=str(path))
    write(OUTPUT=str(path))
    with pytest.raises(QgsProcessingException):
        write(fail_at=3, OUTPUT=str(path))
    assert list((tmp_path / "scratch").iterdir()) == []
