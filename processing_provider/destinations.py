"""What stands at the destination of an output before a run, and how it is put back when the run fails."""

import re
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import (
    QgsDataSourceUri,
    QgsProcessing,
    QgsProcessingOutputLayerDefinition,
    QgsProviderConnectionException,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from ..algorithms.errors import DataError

_ADDRESS = re.compile(r"(.{3,}?):(?://)?(.*)", re.DOTALL)  # three letters at least, unlike a drive of Windows
_PROVIDERS = {"postgis": "postgres"}  # names in destinations that are not those of the providers
_SIDECARS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qmd"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
BESIDE_GEOTIFF = (".aux.xml", ".ovr", ".msk")  # GDAL's files, named after the whole name of the GeoTIFF
_SQLITE_START = b"SQLite format 3\0"


@dataclass(frozen=True)
class Destination:
    """Where an output goes.

    Attributes
    ----------
    path : Path or None
        The file, None for memory and for a database server.
    provider, uri : str
        Of a table on a database server; empty otherwise.
    """

    path: Optional[Path] = None
    provider: str = ""
    uri: str = ""

    @classmethod
    def parse(cls, text):
        """Read a destination as Processing takes it: a path, ``ogr:dbname='...'``, ``postgres://...``, ``memory:``."""
        if not text or text == QgsProcessing.TEMPORARY_OUTPUT:
            return cls()
        address = _ADDRESS.fullmatch(text)
        if address is None:
            return cls(_completed(Path(text)))
        provider, uri = address.groups()
        if provider == "ogr":
            return cls(Path(QgsDataSourceUri(uri).database()))
        return cls() if provider == "memory" else cls(None, _PROVIDERS.get(provider, provider), uri)

    @property
    def is_shapefile(self):
        """Whether a Shapefile is written."""
        return self.path is not None and self.path.suffix.lower() == ".shp"

    def __str__(self):
        """Return the destination as a message may say it: without a password."""
        if not self.provider:
            return f"'{self.path}'" if self.path else "memory"
        source = QgsDataSourceUri(self.uri)
        if not source.table():
            return f"a layer of the provider '{self.provider}'"
        return f"the table '{source.table()}' of the database '{source.database()}' on '{source.host()}'"


def destination_text(parameters, name, context):
    """Return the destination of a sink parameter as text; "" when the user left an optional output empty."""
    value = parameters.get(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value, _ = value.sink.valueAsString(context.expressionContext())
    return value or ""


def opened(written):
    """Return the layer that Processing says it wrote; not valid when there is none."""
    place = Destination.parse(written)
    if place.provider:
        return QgsVectorLayer(place.uri, "", place.provider)
    layer = QgsVectorLayer(written, "", "ogr")
    if layer.isValid():
        return layer
    options = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)  # QGIS would read all pixels to stretch the colours
    return QgsRasterLayer(written, "", "gdal", options)


class Safeguard:
    """Keeps what stands at a destination until the run has ended well.

    Parameters
    ----------
    place : Destination

    Attributes
    ----------
    has_begun : bool
        Set to True once the run has begun to write; a table that nobody touched is not dropped.

    Raises
    ------
    DataError
        If there is no room for a copy of the files that stand there.
    """

    def __init__(self, place):
        self.has_begun = False
        self._place = place
        self._files = _family(place.path) if place.path else []
        self._copies = {}
        self._folder = None
        present = [file for file in self._files if file.is_file()]
        if not present:
            return
        self._folder = Path(tempfile.mkdtemp(prefix="fumarole-"))
        try:
            for file in present:
                _copy(file, self._folder / file.name)
                self._copies[file] = self._folder / file.name
        except (OSError, sqlite3.Error) as error:
            self.forget()
            raise DataError(
                f"{place} exists, and a copy to fall back on cannot be made ({error}). Choose another name, or free "
                "space in the temporary folder."
            ) from error

    def undo(self):
        """Put the destination back as it was; return a warning, or "" when it is."""
        try:
            if self._place.provider and self.has_begun:
                _drop_table(self._place)
            for file in self._files:
                if file in self._copies:
                    _copy(self._copies[file], file)
                elif file.is_file():
                    file.unlink()
        except (OSError, sqlite3.Error, QgsProviderConnectionException):
            kept = f" What stood there before is kept in {self._folder}." if self._folder else ""
            return f"What this run began to write to {self._place} could not be removed.{kept}"
        self.forget()
        return ""

    def forget(self):
        """Let go of what stood there before."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _completed(path):
    """Return the file that QGIS writes for a path whose ending is not that of a format."""
    driver = QgsVectorFileWriter.driverForExtension(path.suffix[1:])
    if driver == "ESRI Shapefile" and path.suffix.lower() != ".shp":
        return path.with_name(f"{path.name}.shp")
    return path if driver else path.with_name(f"{path.name}.gpkg")


def _family(path):
    suffix = path.suffix.lower()
    appended = BESIDE_GEOTIFF if suffix in (".tif", ".tiff") else ()
    return [
        path,
        *(path.with_suffix(ending) for ending in (*_SIDECARS.get(suffix, ()), ".qml")),
        *(path.with_name(path.name + ending) for ending in appended),
    ]


def _copy(source, target):
    """Copy a file; a database through SQLite, so that programs which have it open are not disturbed."""
    with open(source, "rb") as stream:
        is_database = stream.read(len(_SQLITE_START)) == _SQLITE_START
    if not is_database:
        shutil.copy2(source, target)
        return
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)


def _drop_table(place):
    source = QgsDataSourceUri(place.uri)
    connection = QgsProviderRegistry.instance().providerMetadata(place.provider).createConnection(place.uri, {})
    if connection.tableExists(source.schema(), source.table()):
        connection.dropVectorTable(source.schema(), source.table())
