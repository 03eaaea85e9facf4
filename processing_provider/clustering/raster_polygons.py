"""The clusters of a map as polygons: one row per cluster, of all its patches."""

import shutil
import tempfile
from functools import partial
from pathlib import Path

from osgeo import gdal, ogr
from qgis.core import QgsGeometry, QgsMultiPolygon, QgsProcessingException, QgsProcessingUtils, QgsWkbTypes

from ...algorithms.errors import Cancelled
from ...ui.styles import style_cluster_areas
from ..layers import fields_of
from ..raster_files import attempt
from .raster_areas import cluster_areas, open_map

POLYGON_FIELDS = (
    ("cluster", "int"),
    ("n_patches", "int"),
    ("n_pixels", "int"),
    ("area_km2", "double"),
    ("area_share", "double"),
    ("confidence", "double"),
    ("top_vars", "text"),
)
MOST_PATCHES = 1_000_000  # a layer with more is of no use in a GIS, and would not fit into memory
_CLUSTER = "cluster"


def write_polygons(outputs, path, areas, crs, n_clusters, top_variables, least_pixels, feedback):
    """Write the polygons of a cluster map; return a warning, "" if there is none.

    Parameters
    ----------
    outputs : Outputs
    path : str
        The cluster map; band 1 holds 1..k and 0 = no data.
    areas : PixelAreas
    crs : QgsCoordinateReferenceSystem
    n_clusters : int
        k.
    top_variables : mapping of int to str
        Text per cluster.
    least_pixels : int
        Smaller patches are given to their largest neighbour; 1 keeps all.
    feedback : QgsProcessingFeedback
        For Cancel.

    Notes
    -----
    The patches are traced row by row into a file, so that memory holds those of one cluster at a time. The areas are
    sums over pixels, as in the report.
    """
    folder = Path(tempfile.mkdtemp(dir=QgsProcessingUtils.tempFolder()))
    try:
        source = path if least_pixels < 2 else _sieved(path, folder / "sieved.tif", least_pixels, feedback)
        patches = _traced(source, folder / "patches.gpkg", feedback)
        if _has_too_many(patches.GetLayer()):
            return (
                f"No polygons were written: the map has more than the {MOST_PATCHES} patches that a layer can use. "
                "Give a larger 'Smallest patch of the polygons'."
            )
        measured = cluster_areas(source, areas, n_clusters, partial(_look_for_cancel, feedback))
        rows = _rows(patches.GetLayer(), measured, top_variables)
        style = partial(style_cluster_areas, cluster_count=n_clusters)
        kind = QgsWkbTypes.Type.MultiPolygon
        outputs.layer("POLYGONS", fields_of(*POLYGON_FIELDS), kind, crs, rows, style, "Cluster polygons")
    finally:
        patches = None  # closes the file
        shutil.rmtree(folder, ignore_errors=True)
    return ""


def _rows(layer, measured, top_variables):
    whole = measured.area_km2.sum()
    for position in range(len(measured.n_pixels)):
        number = position + 1
        layer.SetAttributeFilter(f"{_CLUSTER} = {number}")
        parts = QgsMultiPolygon()
        for patch in layer:
            geometry = QgsGeometry()
            geometry.fromWkb(bytes(patch.GetGeometryRef().ExportToWkb()))
            parts.addGeometry(geometry.get().clone())
        if parts.numGeometries():
            area = float(measured.area_km2[position])
            yield QgsGeometry(parts), [
                number,
                parts.numGeometries(),
                int(measured.n_pixels[position]),
                area,
                area / whole,
                float(measured.confidence[position]),
                top_variables.get(number),
            ]


def _sieved(path, target, least_pixels, feedback):
    """Write a copy of the map without small patches; returns its path."""
    source = open_map(path)
    options = ["TILED=YES", "COMPRESS=DEFLATE", "ZLEVEL=1"]
    copy = gdal.GetDriverByName("GTiff").CreateCopy(str(target), source, options=options)
    band = copy.GetRasterBand(1)
    arguments = band, band.GetMaskBand(), band, least_pixels, 4
    _check(attempt(gdal.SieveFilter, *arguments, callback=_callback(feedback)), feedback)
    del band, copy  # closes the file
    return str(target)


def _traced(path, target, feedback):
    """Trace the patches of band 1 into a GeoPackage, or a few more of them than are of use; returns it, open."""
    source = open_map(path)
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(target))
    layer = dataset.CreateLayer("patches", None, ogr.wkbPolygon, ["SPATIAL_INDEX=NO"])
    layer.CreateField(ogr.FieldDefn(_CLUSTER, ogr.OFTInteger))
    band = source.GetRasterBand(1)
    layer.StartTransaction()
    arguments = band, band.GetMaskBand(), layer, 0, []
    go_on = _callback(feedback, lambda: not _has_too_many(layer))
    error = attempt(gdal.Polygonize, *arguments, callback=go_on)
    _check(0 if _has_too_many(layer) else error, feedback)
    layer.CommitTransaction()
    return dataset


def _has_too_many(patches):
    return patches.GetFeatureCount() > MOST_PATCHES


def _callback(feedback, is_wanted=lambda: True):
    return lambda fraction, message, data: int(not feedback.isCanceled() and is_wanted())


def _look_for_cancel(feedback, fraction, message=""):
    if feedback.isCanceled():
        raise Cancelled()


def _check(error, feedback):
    _look_for_cancel(feedback, 0.0)
    if error != 0:
        raise QgsProcessingException(f"The polygons cannot be traced: {gdal.GetLastErrorMsg()}. Check the disk.")
