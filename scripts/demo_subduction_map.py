"""The map and the project of the subduction example, around the Pacific: nothing is torn at 180 degrees."""

import shutil

import geopandas
import numpy as np
from pyproj import Geod
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFillSymbol,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemMapGrid,
    QgsLayoutItemPage,
    QgsLayoutSize,
    QgsLineSymbol,
    QgsMarkerSymbol,
    QgsNullSymbolRenderer,
    QgsPalLayerSettings,
    QgsPointXY,
    QgsPrintLayout,
    QgsProject,
    QgsProperty,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor
from shapely.geometry import Point, box

from ..processing_provider.clustering.map_files import export_map, save_project
from ..ui.map_layout import MILLIMETRES, PAGES, place
from ..ui.map_legend import LegendEntry, add_legend
from ..ui.map_text import INK, QUIET_INK, literal, set_letters, text_format

PACIFIC = "+proj=eqearth +lon_0=190 +datum=WGS84 +units=m +no_defs"  # Equal Earth, cut at 10° E
WINDOW = ((84.0, 0.0), (-62.0, 0.0), (-170.0, -49.0), (-170.0, 64.0))  # its sides; longitude and latitude, degrees
LAND_WINDOWS = ((12.0, -60.0, 180.0, 85.0), (-180.0, -60.0, 8.0, 85.0))  # west, south, east, north; degrees
NAMES_KM = 700.0  # from the trench, over the downgoing plate
LARGEST_MAGNITUDES = 7.5  # of the earthquakes drawn
SEA, LAND, GRATICULE = "#E4EBF0", "#FBFAF7", "90,110,125,70"
DPI = 200
LEGEND_MM = (237.0, 196.0, 90.0, 70.0)  # left, top, width, height: in the open Pacific
SHOWN = ("names", "earthquakes", "trenches", "classes", "boundaries", "land")  # on the printed map
_TITLE = "Where the largest earthquake since 1973 reached magnitude {bound}, as five networks see it"
_SUBTITLE = (
    "Segments of {spacing:.0f} km, classified by topography, geoid, gravity and slab depth. All trenches but {unseen} "
    "trained the networks: their classes show a fit, not a forecast. What the networks are worth stands in the report."
)
_CREDIT = (
    "Trenches: USGS Slab2. Earthquakes: USGS ComCat. Topography: NOAA. Geoid: NGA and NASA. Plate boundaries: PB2002, "
    "Hugo Ahlenius, Nordpil, and Peter Bird (ODC-By 1.0). Land: Natural Earth, as QGIS brings it. Equal Earth "
    "projection."
)


def draw(folder, trenches, boundaries, bound, spacing_km, unseen):
    """Write ``map.jpg`` and ``subduction.qgz`` from the results in ``folder``.

    Parameters
    ----------
    folder, trenches, boundaries : Path
    bound : str
        Of the two classes, for the title.
    spacing_km : float
        Length of a segment.
    unseen : str
        The trench that was left out of the training.
    """
    project = QgsProject()
    project.setTitle("Subduction zones around the Pacific")
    project.setCrs(QgsCoordinateReferenceSystem.fromProj(PACIFIC))
    project.setFilePathStorage(Qgis.FilePathType.Relative)
    project.setBackgroundColor(QColor(SEA))
    layers = open_layers(folder, trenches, boundaries)
    for layer in reversed(layers.values()):
        project.addMapLayer(layer)
    for hidden in ("predictions", "relevance", "segments"):
        project.layerTreeRoot().findLayer(layers[hidden]).setItemVisibilityChecked(False)
    extent = window(project)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, project.crs()))
    texts = _TITLE.format(bound=bound), _SUBTITLE.format(spacing=spacing_km, unseen=unseen), _CREDIT
    layout = lay_out(project, layers, extent, texts)
    export_map(layout, folder / "map.jpg", DPI)
    save_project(project, folder / "subduction.qgz")
    project.clear()

def window(project):
    """Return the rectangle to show, in the project's system."""
    to_map = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), project.crs(), project)
    west, east, south, north = [to_map.transform(QgsPointXY(*side)) for side in WINDOW]
    return QgsRectangle(west.x(), south.y(), east.x(), north.y())


def open_layers(folder, trenches, boundaries):
    """Return the layers by key, top layer first; the results bring their styles."""
    land, names = land_polygons(folder / "land.gpkg"), name_points(trenches, folder / "names.gpkg")
    trenches, boundaries = (shutil.copy(path, folder) for path in (trenches, boundaries))  # the project is whole
    layers = {
        "names": QgsVectorLayer(str(names), "Names of the trenches", "ogr"),
        "earthquakes": QgsVectorLayer(
            f"{folder / 'earthquakes.gpkg'}|subset=\"mag\" >= {LARGEST_MAGNITUDES}",
            f"Earthquakes of magnitude {LARGEST_MAGNITUDES:g} and above, 1973-2025",
            "ogr",
        ),
        "trenches": QgsVectorLayer(trenches, "Trenches", "ogr"),
        "classes": QgsVectorLayer(str(folder / "classes.gpkg"), "Classified segments", "ogr"),
        "predictions": QgsVectorLayer(str(folder / "predictions.gpkg"), "Cross-validated predictions", "ogr"),
        "relevance": QgsVectorLayer(str(folder / "relevance.gpkg"), "Explained segments", "ogr"),
        "segments": QgsVectorLayer(str(folder / "segments.gpkg"), "Trench segments", "ogr"),
        "boundaries": QgsVectorLayer(boundaries, "Plate boundaries (PB2002)", "ogr"),
        "land": QgsVectorLayer(str(land), "Land", "ogr"),
    }
    symbols = {
        "earthquakes": QgsMarkerSymbol.createSimple(
            {"name": "circle", "color": "0,0,0,0", "outline_color": INK, "outline_width": "0.25", "size": "2.4"}
        ),
        "trenches": QgsLineSymbol.createSimple({"line_color": INK, "line_width": "0.35"}),
        "boundaries": QgsLineSymbol.createSimple({"line_color": "#9AA7B1", "line_width": "0.2"}),
        "land": QgsFillSymbol.createSimple({"color": LAND, "outline_style": "no"}),
    }
    by_magnitude = QgsProperty.fromExpression(f'scale_linear("mag", {LARGEST_MAGNITUDES}, 9.1, 1.6, 5.5)')
    symbols["earthquakes"].setDataDefinedSize(by_magnitude)
    for key, symbol in symbols.items():
        layers[key].setRenderer(QgsSingleSymbolRenderer(symbol))
    label(layers["names"])
    return layers


def land_polygons(path):
    """Write the land around the Pacific, from the map of the world that QGIS brings; return the path.

    It is cut at the edge of the projection: a polygon across it would be drawn around the whole Earth.
    """
    world = f"{QgsApplication.pkgDataPath()}/resources/data/world_map.gpkg"
    countries = geopandas.read_file(world, layer="countries").geometry.simplify(0.05).buffer(0.0)
    # clip() would need a spatial index, for which not every geopandas brings a library
    pieces = [countries.intersection(box(*window)).buffer(0.0) for window in LAND_WINDOWS]
    geometry = [piece.unary_union for piece in pieces]
    geopandas.GeoDataFrame(geometry=geometry, crs="EPSG:4326").to_file(path, driver="GPKG")
    return path


def name_points(trenches, path):
    """Write a point out at sea beside each trench, for its name; return the path."""
    table = geopandas.read_file(trenches)
    lines = [np.vstack([part.coords for part in getattr(line, "geoms", [line])]) for line in table.geometry]
    places = [Point(_name_place(lonlat, np.vstack(lines))) for lonlat in lines]
    geopandas.GeoDataFrame({"region": table["region"]}, geometry=places, crs="EPSG:4326").to_file(path, driver="GPKG")
    return path


def _name_place(lonlat, vertices):
    """Return a place over the downgoing plate, on the right of a line: near its middle, and off all trenches."""
    geod, found = Geod(ellps="WGS84"), []
    for share in (0.5, 0.4, 0.6, 0.3, 0.7):
        middle = int(share * len(lonlat))
        azimuth, _, _ = geod.inv(*lonlat[max(middle - 5, 0)], *lonlat[min(middle + 5, len(lonlat) - 1)])
        place = geod.fwd(*lonlat[middle], azimuth + 90.0, 1000.0 * NAMES_KM)[:2]
        distances_m = geod.inv(*np.repeat([place], len(vertices), axis=0).T, *vertices.T)[2]
        found.append((min(np.min(distances_m) / 1000.0, 0.95 * NAMES_KM), place))
    return max(found, key=lambda pair: pair[0])[1]  # the first of the best


def label(layer):
    """Show the names instead of the points."""
    style, halo = text_format(9.0, bold=True), QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.8)
    halo.setColor(QColor(SEA))
    style.setBuffer(halo)
    settings = QgsPalLayerSettings()
    settings.fieldName = "region"
    settings.placement = QgsPalLayerSettings.Placement.OverPoint
    settings.setFormat(style)
    layer.setRenderer(QgsNullSymbolRenderer())
    layer.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    layer.setLabelsEnabled(True)


def lay_out(project, layers, extent, texts):
    """Add the print layout to the project and return it: map with graticule, title, legend and credit."""
    width, height = PAGES["A3"]
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.setName("Subduction zones")
    layout.pageCollection().page(0).setPageSize("A3", QgsLayoutItemPage.Orientation.Landscape)
    title, subtitle, credit = texts
    add_text(layout, title, text_format(20.0, bold=True), (12.0, 9.0, width - 24.0, 9.0))
    add_text(layout, subtitle, text_format(11.0, colour=QUIET_INK), (12.0, 19.0, width - 24.0, 11.0))
    add_text(layout, credit, text_format(8.0, colour=QUIET_INK), (12.0, height - 14.0, width - 24.0, 9.0))
    room = width - 24.0, height - 34.0 - 16.0
    item = QgsLayoutItemMap(layout)
    layout.addLayoutItem(item)
    place(item, 12.0, 33.0, *room)
    item.setCrs(project.crs())
    item.setLayers([layers[key] for key in SHOWN])
    item.setKeepLayerSet(True)
    item.setBackgroundColor(QColor(SEA))
    item.setFrameEnabled(True)
    item.setExtent(extent)
    item.attemptResize(QgsLayoutSize(*room, MILLIMETRES))  # the extent had changed it
    grid = QgsLayoutItemMapGrid("Graticule", item)
    item.grids().addGrid(grid)
    grid.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    grid.setIntervalX(30.0)
    grid.setIntervalY(30.0)
    grid.setLineSymbol(QgsLineSymbol.createSimple({"line_color": GRATICULE, "line_width": "0.15"}))
    entries = [
        LegendEntry(layers["classes"], "Largest earthquake of the segment", class_texts(layers["classes"])),
        *(LegendEntry(layers[key], "", {0: layers[key].name()}) for key in ("earthquakes", "trenches", "boundaries")),
    ]
    add_legend(layout, item, entries, *LEGEND_MM, 1.1)
    legend = next(part for part in layout.items() if isinstance(part, QgsLayoutItemLegend))
    legend.setBoxSpace(2.5)
    legend.adjustBoxSize()
    project.layoutManager().addLayout(layout)
    return layout


def class_texts(layer):
    """Return the texts of the legend symbols that occur on the map, by their position."""
    texts = {position: rule.label() for position, rule in enumerate(layer.renderer().rootRule().children())}
    some_outside = 1 in layer.uniqueValues(layer.fields().indexOf("outside"))
    unused = {"Not classified"} if some_outside else {"Not classified", "Unlike any training segment"}
    return {position: text for position, text in texts.items() if text not in unused}


def add_text(layout, text, style, frame):
    """Add a label in a frame: left, top, width and height in millimetres."""
    item = QgsLayoutItemLabel(layout)
    layout.addLayoutItem(item)
    item.setText(literal(text))
    item.setMarginX(0.0)
    item.setMarginY(0.0)
    set_letters(item, style)
    place(item, *frame)
