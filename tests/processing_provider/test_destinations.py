"""What stands at a destination is kept until the run has ended well."""

import sqlite3

import pytest
from qgis.core import QgsProcessing, QgsProcessingContext, QgsProcessingOutputLayerDefinition

from fumarole.algorithms.errors import DataError
from fumarole.processing_provider.destinations import Destination, Safeguard, destination_text

SERVER = "dbname='prospects' host=db.example port=5432 user='ana' password='secret' table=\"public\".\"waters\" (geom)"


@pytest.mark.parametrize(
    "text, path",
    [
        ("/data/out.gpkg", "/data/out.gpkg"),
        ("/data/out.shp", "/data/out.shp"),
        ("/data/out.dbf", "/data/out.dbf.shp"),
        ("/data/out.unknown", "/data/out.unknown.gpkg"),
        ("ogr:dbname='/data/all.gpkg' table=\"waters\" (geom)", "/data/all.gpkg"),
    ],
)
def test_files_are_found_in_destinations(qgis_app, text, path):
    assert Destination.parse(text).path.as_posix() == path


@pytest.mark.parametrize("text", ["", None, QgsProcessing.TEMPORARY_OUTPUT, "memory:", "memory:waters"])
def test_memory_is_no_file(text):
    assert Destination.parse(text) == Destination()


@pytest.mark.parametrize("prefix", ["postgres://", "postgis:"])
def test_servers_are_named_without_their_password(prefix):
    place = Destination.parse(prefix + SERVER)
    assert (place.path, place.provider, place.uri) == (None, "postgres", SERVER)
    assert str(place) == "the table 'waters' of the database 'prospects' on 'db.example'"


def test_a_project_output_is_read_without_promising_a_layer(qgis_app):
    context = QgsProcessingContext()
    parameters = {"OUTPUT": QgsProcessingOutputLayerDefinition("/data/out.gpkg"), "EMPTY": None}
    assert destination_text(parameters, "OUTPUT", context) == "/data/out.gpkg"
    assert destination_text(parameters, "EMPTY", context) == destination_text(parameters, "ABSENT", context) == ""
    assert not context.layersToLoadOnCompletion()


@pytest.mark.parametrize(
    "names, new",
    [
        (["out.shp", "out.dbf", "out.qml"], "out.shx"),
        (["out.tif", "out.tif.aux.xml", "out.qml"], "out.tif.ovr"),
        (["OUT.TIFF", "OUT.TIFF.ovr", "OUT.qml"], "OUT.TIFF.aux.xml"),
    ],
)
def test_what_stood_there_comes_back(tmp_path, names, new):
    for name in names:
        (tmp_path / name).write_text(f"before {name}")
    safeguard = Safeguard(Destination(tmp_path / names[0]))
    (tmp_path / names[0]).write_text("half")
    (tmp_path / new).write_text("half")
    (tmp_path / names[1]).unlink()
    assert safeguard.undo() == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert [(tmp_path / name).read_text() for name in names] == [f"before {name}" for name in names]


def test_neighbours_of_a_new_file_are_left_alone(tmp_path):
    (tmp_path / "out.shp").write_text("another layer")
    (tmp_path / "out.dbf").write_text("another layer")
    safeguard = Safeguard(Destination(tmp_path / "out.gpkg"))
    (tmp_path / "out.gpkg").write_text("half")
    safeguard.undo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.dbf", "out.shp"]


def test_an_open_database_comes_back_for_those_who_read_it(tmp_path):
    path = tmp_path / "all.gpkg"
    reader = sqlite3.connect(path)
    reader.execute("pragma journal_mode = wal")
    reader.execute("create table wells (name text)")
    reader.execute("insert into wells values ('BH-1')")
    reader.commit()  # in the write-ahead log, not yet in the file
    safeguard = Safeguard(Destination(path))
    writer = sqlite3.connect(path)
    writer.execute("create table half (name text)")
    writer.execute("delete from wells")
    writer.commit()
    writer.close()
    assert safeguard.undo() == ""
    assert reader.execute("select name from wells").fetchall() == [("BH-1",)]
    assert reader.execute("select name from sqlite_master").fetchall() == [("wells",)]
    reader.close()


def test_a_run_that_ended_well_stays(tmp_path):
    path = tmp_path / "out.html"
    path.write_text("before")
    safeguard = Safeguard(Destination(path))
    path.write_text("after")
    safeguard.forget()
    assert path.read_text() == "after"


def test_no_room_for_a_copy_is_said(tmp_path, monkeypatch):
    (tmp_path / "out.html").write_text("before")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copy2", full)
    with pytest.raises(DataError, match="out.html' exists, and a copy to fall back on cannot be made .*No space"):
        Safeguard(Destination(tmp_path / "out.html"))


def test_what_cannot_be_put_back_is_said_and_kept(tmp_path, monkeypatch):
    path = tmp_path / "out.html"
    path.write_text("before")
    safeguard = Safeguard(Destination(path))

    def refused(source, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("shutil.copy2", refused)
    warning = safeguard.undo()
    folder = warning.split("What stood there before is kept in ")[1].rstrip(".")
    with open(f"{folder}/out.html", encoding="utf-8") as kept:
        assert kept.read() == "before"
    safeguard.forget()
