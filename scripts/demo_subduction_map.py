"""The map and the project of the subduction example, around the Pacific: nothing is torn at 180 degrees."""

import geopandas
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFillSymbol,
    QgsLayoutItemLabel,
    QgsLayoutItemMap,
    QgsLayoutItemMapGrid,
    QgsLayoutItemPage,
    QgsLineSymbol,
    QgsPalLayerSettings,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsReferencedRectangle,
    QgsSingleSymbolRenderer,
    QgsTextBufferSettings,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QColor
from shapely.geometry import box

from ..processing_provider.clustering.map_files import export_map, save_project
from ..ui.map_layout import PAGES, place
from ..ui.map_legend import LegendEntry, add_legend
from ..ui.map_text import INK, QUIET_INK, literal, set_letters, text_format
from ..ui.styles import style_earthquakes

PACIFIC = "+proj=eqearth +lon_0=190 +datum=WGS84 +units=m +no_defs"  # Equal Earth, cut at 10° E
WINDOW = QgsRectangle(86.0, -50.0, 296.0, 63.0)  # degrees
LARGEST_MAGNITUDES = 7.5  # of the earthquakes drawn
SEA, LAND, GRATICULE = "#E4EBF0", "#FBFAF7", "90,110,125,70"
DPI = 200
SHOWN = ("earthquakes", "trenches", "classes", "boundaries", "land")  # on the printed map
_TITLE = "Where the largest earthquake since 1973 reached magnitude {bound}, as five networks see it"
_SUBTITLE = (
    "Thirteen trenches in segments of {spacing:.0f} km, classified by topography, geoid, gravity and slab depth. No "
    "forecast: the report says how little such features tell. Cascadia was not in the training."
)
_CREDIT = (
    "Trenches: USGS Slab2. Earthquakes: USGS ComCat. Topography: NOAA. Geoid: NGA and NASA. Plate boundaries: PB2002, "
    "Hugo Ahlenius, Nordpil, and Peter Bird (ODC-By 1.0). Land: Natural Earth, as QGIS brings it. Equal Earth projection."
)


def draw(folder, trenches, boundaries, bound, spacing_km):
    """Write ``map.jpg`` and ``subduction.qgz`` from the results in ``folder``.

    Parameters
    ----------
    folder, trenches, boundaries : Path
    bound : str
        Of the two classes, for the title.
    spacing_km : float
        Length of a segment, for the subtitle.
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
    extent = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("EPSG:4326"), project.crs(), project
    ).transformBoundingBox(WINDOW)
    project.viewSettings().setDefaultViewExtent(QgsReferencedRectangle(extent, project.crs()))
    texts = _TITLE.format(bound=bound), _SUBTITLE.format(spacing=spacing_km), _CREDIT
    layout = lay_out(project, layers, extent, texts)
    export_map(layout, folder / "map.jpg", DPI)
    save_project(project, folder / "subduction.qgz")
    project.clear()

def open_layers(folder, trenches, boundaries):
    """Return the layers by key, top layer first; the results bring their styles."""
    land = land_polygons(folder / "land.gpkg")
    layers = {
        "earthquakes": QgsVectorLayer(
            f"{folder / 'earthquakes.gpkg'}|subset=\"mag\" >= {LARGEST_MAGNITUDES}",
            f"Earthquakes of magnitude {LARGEST_MAGNITUDES:g} and above, 1973-2025",
            "ogr",
        ),
        "trenches": QgsVectorLayer(str(trenches), "Trenches", "ogr"),
        "classes": QgsVectorLayer(str(folder / "classes.gpkg"), "Classified segments", "ogr"),
        "predictions": QgsVectorLayer(str(folder / "predictions.gpkg"), "Cross-validated predictions", "ogr"),
        "relevance": QgsVectorLayer(str(folder / "relevance.gpkg"), "Explained segments", "ogr"),
        "segments": QgsVectorLayer(str(folder / "segments.gpkg"), "Trench segments", "ogr"),
        "boundaries": QgsVectorLayer(str(boundaries), "Plate boundaries (PB2002)", "ogr"),
        "land": QgsVectorLayer(str(land), "Land", "ogr"),
    }
    style_earthquakes(layers["earthquakes"], "mag")
    symbols = {
        "trenches": QgsLineSymbol.createSimple({"line_color": INK, "line_width": "0.35"}),
        "boundaries": QgsLineSymbol.createSimple({"line_color": "#9AA7B1", "line_width": "0.2"}),
        "land": QgsFillSymbol.createSimple({"color": LAND, "outline_style": "no"}),
    }
    for key, symbol in symbols.items():
        layers[key].setRenderer(QgsSingleSymbolRenderer(symbol))
    label(layers["trenches"])
    return layers


def land_polygons(path):
    """Write the land around the Pacific, from the map of the world that QGIS brings; return the path.

    It is cut far from what is shown: a polygon across the edge of the projection would be drawn around the Earth.
    """
    world = f"{QgsApplication.pkgDataPath()}/resources/data/world_map.gpkg"
    countries = geopandas.read_file(world, layer="countries").geometry.simplify(0.05).buffer(0.0)
    pieces = [countries.clip(box(*window)) for window in ((60.0, -60.0, 180.0, 80.0), (-180.0, -60.0, -40.0, 80.0))]
    geometry = [piece.unary_union for piece in pieces]
    geopandas.GeoDataFrame(geometry=geometry, crs="EPSG:4326").to_file(path, driver="GPKG")
    return path


def label(layer):
    """Write the region beside each trench."""
    style, halo = text_format(7.0), QgsTextBufferSettings()
    halo.setEnabled(True)
    halo.setSize(0.6)
    halo.setColor(QColor(255, 255, 255, 210))
    style.setBuffer(halo)
    settings = QgsPalLayerSettings()
    settings.fieldName = "region"
    settings.setFormat(style)
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
    item.zoomToExtent(extent)
    grid = QgsLayoutItemMapGrid("Graticule", item)
    item.grids().addGrid(grid)
    grid.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    grid.setIntervalX(30.0)
    grid.setIntervalY(30.0)
    grid.setLineSymbol(QgsLineSymbol.createSimple({"line_color": GRATICULE, "line_width": "0.15"}))
    entries = [
        LegendEntry(layers["classes"], "Class of the segment"),
        LegendEntry(layers["earthquakes"], "Earthquakes"),
        LegendEntry(layers["boundaries"], ""),
    ]
    add_legend(layout, item, entries, 16.0, height - 110.0, 70.0, 90.0, 1.1)
    project.layoutManager().addLayout(layout)
    return layout


def add_text(layout, text, style, frame):
    """Add a label in a frame: left, top, width and height in millimetres."""
    item = QgsLayoutItemLabel(layout)
    layout.addLayoutItem(item)
    item.setText(literal(text))
    item.setMarginX(0.0)
    item.setMarginY(0.0)
    set_letters(item, style)
    place(item, *frame)
