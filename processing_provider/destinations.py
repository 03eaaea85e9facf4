"""What stands at the destination of an output before a run, and how it is put back when the run fails."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from qgis.core import (
    QgsDataSourceUri,
    QgsProcessing,
    QgsProcessingOutputLayerDefinition,
    QgsProviderConnectionException,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsVectorLayer,
)

from ..algorithms.errors import DataError

_SIDECARS = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".qmd"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
_SQLITE_START = b"SQLite format 3\0"


def destination_text(parameters, name, context):
    """Return the destination of a sink parameter as text; "" when the user left an optional output empty."""
    value = parameters.get(name)
    if isinstance(value, QgsProcessingOutputLayerDefinition):
        value, _ = value.sink.valueAsString(context.expressionContext())
    return value or ""


def opened(destination):
    """Return the layer at the destination of a finished output; not valid when there is none."""
    provider, is_address, uri = destination.partition("://")
    if is_address:
        return QgsVectorLayer(uri, "", provider)
    layer = QgsVectorLayer(destination, "", "ogr")
    if layer.isValid():
        return layer
    options = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)  # QGIS would read all pixels to stretch the colours
    return QgsRasterLayer(destination, "", "gdal", options)


class Safeguard:
    """Keeps what stands at a destination until the run has ended well.

    Parameters
    ----------
    destination : str
        As Processing takes it: a path, ``ogr:dbname='...' table="..."``, ``postgres://...`` or ``memory:``.

    Raises
    ------
    DataError
        If there is no room for a copy of the files that stand there.
    """

    def __init__(self, destination):
        self._table = destination if "://" in destination else ""
        path = None if self._table else _file_of(destination)
        self._files = _family(path) if path else []
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
                f"'{path.name}' exists, and a copy to fall back on cannot be made ({error}). "
                "Choose another name, or free space in the temporary folder."
            ) from error

    def undo(self):
        """Put the destination back as it was; return a warning, or "" when it is."""
        try:
            if self._table:
                _drop_table(self._table)
            for file in self._files:
                if file in self._copies:
                    _copy(self._copies[file], file)
                elif file.is_file():
                    file.unlink()
        except (OSError, sqlite3.Error, QgsProviderConnectionException) as error:
            kept = f" The earlier files are kept in {self._folder}." if self._folder else ""
            return f"What this run began to write could not be removed: {error}.{kept}"
        self.forget()
        return ""

    def forget(self):
        """Let go of what stood there before."""
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)


def _file_of(destination):
    if destination.startswith("ogr:"):
        return Path(QgsDataSourceUri(destination[len("ogr:") :]).database())
    if not destination or destination == QgsProcessing.TEMPORARY_OUTPUT or destination.startswith("memory:"):
        return None
    return Path(destination)


def _family(path):
    suffixes = (*_SIDECARS.get(path.suffix.lower(), ()), ".qml")
    return [path, *(path.with_suffix(suffix) for suffix in suffixes)]


def _copy(source, target):
    """Copy a file; a database through SQLite, so that programs which have it open are not disturbed."""
    with open(source, "rb") as stream:
        is_database = stream.read(len(_SQLITE_START)) == _SQLITE_START
    if not is_database:
        shutil.copy2(source, target)
        return
    with closing(sqlite3.connect(source)) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)


def _drop_table(destination):
    provider, _, uri = destination.partition("://")
    source = QgsDataSourceUri(uri)
    connection = QgsProviderRegistry.instance().providerMetadata(provider).createConnection(uri, {})
    if connection.tableExists(source.schema(), source.table()):
        connection.dropVectorTable(source.schema(), source.table())
