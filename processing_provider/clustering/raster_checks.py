"""Where a cluster map may go, and where its sample lies in metres."""

import os
from pathlib import Path

from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessing, QgsProcessingUtils, QgsUnitTypes

from ...algorithms.errors import DataError
from ...algorithms.grid_zone import zone_for
from ..destinations import Destination, destination_text
from ..layers import transformed
from ..raster_files import attempt

_UTM_REACH_DEGREES = 12.0  # of longitude; wider areas are drawn on a cylinder
_UTM_LATITUDES = (-80.0, 84.0)
_WORLD = "EPSG:6933"  # equal-area cylinder, metres


def unreadable_raster(value, context):
    """Return a sentence on the first of several rasters that QGIS cannot open; "" if there is none.

    ``value`` is that of the parameter. QGIS alone would say no more than that it is incorrect.
    """
    for place in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(place, str) and place and QgsProcessingUtils.mapLayerFromString(place, context) is None:
            return f"'{place}' is no raster that QGIS can open. Check its path, and the file."
    return ""


def check_destination(destination, layers):
    """Refuse, with a DataError, a destination that is no GeoTIFF or is a file of the ``layers``.

    The map is written last: whoever chose a wrong place should not wait for the clustering to hear of it.
    """
    path = Path(destination)
    if destination == QgsProcessing.TEMPORARY_OUTPUT:
        return
    if path.suffix.lower() not in (".tif", ".tiff"):
        raise DataError(f"The cluster map is a GeoTIFF: give '{path.name}' a name that ends in .tif.")
    for layer in layers if path.exists() else ():
        if any(file.exists() and path.samefile(file) for file in _files_of(layer)):
            raise DataError(
                f"The cluster map would overwrite the raster '{layer.name()}' that it is made from. Choose another "
                "name."
            )


def check_places(tool, parameters, context):
    """Refuse, with a DataError, outputs of a tool in files that cannot be written, before the long work begins."""
    for definition in tool.destinationParameterDefinitions():
        text = str(destination_text(parameters, definition.name(), context))
        is_layer, is_temporary = definition.type() == "sink", text in ("", QgsProcessing.TEMPORARY_OUTPUT)
        path = Destination.parse(text).path if is_layer or is_temporary else Path(text)
        if path is None:
            continue
        standing = path if path.exists() else next(folder for folder in path.absolute().parents if folder.exists())
        is_in_the_way = standing.is_dir() == path.exists()  # a folder where the file goes, or a file as a folder
        if is_in_the_way or not os.access(standing, os.W_OK):
            raise DataError(
                f"The output '{definition.description()}' cannot be written to '{path}': '{standing}' is read-only or "
                "not a folder. Choose another place."
            )


def _files_of(layer):
    """Return the files of a raster layer; of a virtual raster those, too, that it is made from."""
    dataset = attempt(gdal.Open, layer.dataProvider().dataSourceUri()) if layer.providerType() == "gdal" else None
    return map(Path, (dataset.GetFileList() or ()) if dataset else ())


def in_metres(xy, crs, context):
    """Return positions ``(n, 2)`` and their coordinate system, in metres: for others the UTM zone of their middle."""
    if QgsUnitTypes.encodeUnit(crs.mapUnits()) == "meters":  # the enum's own name differs between versions of QGIS
        return xy, crs
    degrees, _ = transformed(xy, crs, QgsCoordinateReferenceSystem("EPSG:4326"), context)
    (west, south), (east, north) = degrees.min(axis=0).tolist(), degrees.max(axis=0).tolist()
    is_local = east - west <= _UTM_REACH_DEGREES and _UTM_LATITUDES[0] <= south and north <= _UTM_LATITUDES[1]
    code = f"EPSG:{zone_for((west + east) / 2, (south + north) / 2)[1]}" if is_local else _WORLD
    target = QgsCoordinateReferenceSystem(code)
    return transformed(xy, crs, target, context)[0], target
