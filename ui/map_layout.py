"""The print layout of a prospect map: map with grid, title, legend, scale bar, north arrow and credits."""

from dataclasses import dataclass

from qgis.core import (
    QgsLayoutItemLabel,
    QgsLayoutItemMap,
    QgsLayoutItemPage,
    QgsLayoutMeasurement,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsRectangle,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from .map_furniture import add_grid, add_north_arrow, add_scale_bar
from .map_legend import add_legend
from .map_scale import round_interval, round_scale
from .map_text import INK, QUIET_INK, fitted, grouped, literal, set_letters, text_format

MILLIMETRES = QgsUnitTypes.LayoutUnit.LayoutMillimeters
PAGES = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}  # landscape, mm
_MARGIN_MM = 10.0
_GRID_LABEL_MM = 5.5  # room for the grid's labels outside the frame
_SMALLEST_EXTENT_M = 1000.0
_EXTENT_MARGIN = 0.06  # share of the larger side left free on every side of the data


@dataclass(frozen=True)
class MapText:
    """The words of a map.

    Attributes
    ----------
    title, subtitle, credit, date : str
        As given; shown literally. ``credit`` and ``date`` may be empty.
    """

    title: str
    subtitle: str = ""
    credit: str = ""
    date: str = ""


@dataclass(frozen=True)
class MapFigures:
    """What was chosen for the map: scale denominator and grid interval in metres."""

    scale: float
    grid_interval_m: float


def build_layout(project, layers, legend, extent, crs, text, page="A4"):
    """Add a print layout to ``project``; return it and its figures.

    Parameters
    ----------
    project : QgsProject
        Holds the layers.
    layers : list of QgsVectorLayer
        Top layer first.
    legend : list of LegendEntry
    extent : QgsRectangle
        What must be visible, in ``crs``.
    crs : QgsCoordinateReferenceSystem
        Projected, metres.
    text : MapText
    page : str
        ``"A4"`` or ``"A3"``, landscape.

    Returns
    -------
    layout : QgsPrintLayout
    figures : MapFigures
    """
    width, height = PAGES[page]
    size = 1.0 if page == "A4" else 1.25  # of letters and furniture
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.setName("Prospect map")
    layout.pageCollection().page(0).setPageSize(page, QgsLayoutItemPage.Orientation.Landscape)

    panel_width = 64.0 * size
    panel_left = width - _MARGIN_MM - panel_width
    top = _add_titles(layout, text, width, size)
    frame = QgsRectangle(
        _MARGIN_MM + _GRID_LABEL_MM, top, panel_left - 6.0 * size, height - _MARGIN_MM - _GRID_LABEL_MM
    )
    map_item, figures = _add_map(layout, layers, extent, crs, frame, size)

    notes = _map_notes(crs, figures, text, page)
    notes_height = _add_notes(layout, notes, panel_left, frame.yMaximum(), panel_width, size)
    bar_top = frame.yMaximum() - notes_height - 13.0 * size
    add_scale_bar(layout, map_item, panel_left, bar_top, panel_width, size)
    arrow_top = bar_top - 19.0 * size
    add_north_arrow(layout, map_item, panel_left, arrow_top, size)
    add_legend(layout, map_item, legend, panel_left, top, panel_width, arrow_top - top - 4.0 * size, size)
    project.layoutManager().addLayout(layout)
    return layout, figures


def place(item, left, top, width, height):
    """Put a layout item at a position with a size, all in millimetres."""
    item.attemptMove(QgsLayoutPoint(left, top, MILLIMETRES))
    item.attemptResize(QgsLayoutSize(width, height, MILLIMETRES))


def _add_map(layout, layers, extent, crs, frame, size):
    item = QgsLayoutItemMap(layout)
    layout.addLayoutItem(item)
    place(item, frame.xMinimum(), frame.yMinimum(), frame.width(), frame.height())
    item.setCrs(crs)
    item.setLayers(layers)
    item.setKeepLayerSet(True)
    item.setFrameEnabled(True)
    item.setFrameStrokeWidth(QgsLayoutMeasurement(0.3, MILLIMETRES))
    item.setFrameStrokeColor(QColor(INK))
    item.setBackgroundColor(QColor("#FFFFFF"))

    margin = _EXTENT_MARGIN * max(extent.width(), extent.height(), _SMALLEST_EXTENT_M)
    needed_width = max(extent.width() + 2.0 * margin, _SMALLEST_EXTENT_M)
    needed_height = max(extent.height() + 2.0 * margin, _SMALLEST_EXTENT_M)
    scale = round_scale(1000.0 * max(needed_width / frame.width(), needed_height / frame.height()))
    half_width, half_height = 0.5e-3 * scale * frame.width(), 0.5e-3 * scale * frame.height()
    centre = extent.center()
    item.setExtent(
        QgsRectangle(
            centre.x() - half_width, centre.y() - half_height, centre.x() + half_width, centre.y() + half_height
        )
    )
    interval = round_interval(2.0 * half_height / 3.0)
    add_grid(item, interval, size)
    return item, MapFigures(scale, interval)


def _add_titles(layout, text, width, size):
    """Add title and subtitle; return the top of what follows, in millimetres."""
    room = width - 2.0 * _MARGIN_MM
    top = _MARGIN_MM - 2.0
    lines, points = fitted(text.title, room, 17.0 * size, 11.0 * size, bold=True)
    if lines:
        height = 0.46 * points * len(lines)
        _add_label(layout, "\n".join(lines), _MARGIN_MM, top, room, height, text_format(points, bold=True))
        top += height
    lines, points = fitted(text.subtitle, room, 9.5 * size, 8.0 * size)
    if lines:
        height = 0.46 * points * len(lines)
        _add_label(layout, "\n".join(lines), _MARGIN_MM, top, room, height, text_format(points, colour=QUIET_INK))
        top += height
    return top + 3.0


def _map_notes(crs, figures, text, page):
    notes = [
        f"Scale 1 : {grouped(figures.scale)} ({page})",
        f"{crs.description()} ({crs.authid()})" if crs.authid() else crs.description(),
        f"Grid {grouped(figures.grid_interval_m)} m, grid north up",
    ]
    return notes + [note for note in (text.credit, text.date) if note]


def _add_notes(layout, notes, left, bottom, width, size):
    """Add the small print, ending at ``bottom``; return its height in millimetres."""
    lines, points = [], 7.0 * size
    for note in notes:
        lines += fitted(note, width, points, points, most_lines=4)[0]
    height = 0.46 * points * len(lines)
    label = _add_label(
        layout, "\n".join(lines), left, bottom - height, width, height, text_format(points, colour=QUIET_INK)
    )
    label.setVAlign(Qt.AlignmentFlag.AlignBottom)
    return height


def _add_label(layout, text, left, top, width, height, style):
    label = QgsLayoutItemLabel(layout)
    layout.addLayoutItem(label)
    label.setText(literal(text))
    label.setMarginX(0.0)
    label.setMarginY(0.0)
    set_letters(label, style)
    place(label, left, top, width, height)
    return label
