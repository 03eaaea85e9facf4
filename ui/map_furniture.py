"""What stands on and beside a map: grid, scale bar and north arrow."""

import base64

from qgis.core import (
    QgsFillSymbol,
    QgsLayoutItemMapGrid,
    QgsLayoutItemPicture,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLineSymbol,
    QgsUnitTypes,
)

from .map_scale import round_interval
from .map_text import INK, text_format

_MILLIMETRES = QgsUnitTypes.LayoutUnit.LayoutMillimeters
_GRID_LABEL = """
with_variable('room', {half_label_mm} * @map_scale / 1000,
  if(@grid_axis = 'x',
    if(@grid_number < x_min(@map_extent) + @room or @grid_number > x_max(@map_extent) - @room, '', {grouped} || ' m E'),
    if(@grid_number < y_min(@map_extent) + @room or @grid_number > y_max(@map_extent) - @room, '', {grouped} || ' m N')
  ))"""  # no label where it would stand out over a corner of the frame
_GROUPED = "regexp_replace(to_string(round(@grid_number)), '(\\\\d)(?=(\\\\d{3})+$)', '\\\\1 ')"  # 4 330 000
_HALF_LABEL_MM = 8.5
_NORTH_ARROW = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 64" width="40" height="64">
<path d="M20 18 L8 62 L20 54 Z" fill="{INK}"/>
<path d="M20 18 L32 62 L20 54 Z" fill="#ffffff" stroke="{INK}" stroke-width="1.2" stroke-linejoin="round"/>
<path d="M14.5 14 V2 L25.5 14 V2" fill="none" stroke="{INK}" stroke-width="2.6"/>
</svg>"""


def add_grid(map_item, interval_m, size):
    """Draw a faint hairline grid, its labels in metres outside the frame, left and below."""
    grid = QgsLayoutItemMapGrid("Grid", map_item)
    map_item.grids().addGrid(grid)
    grid.setCrs(map_item.crs())
    grid.setIntervalX(interval_m)
    grid.setIntervalY(interval_m)
    grid.setStyle(QgsLayoutItemMapGrid.GridStyle.Solid)
    grid.setLineSymbol(QgsLineSymbol.createSimple({"color": "60,60,60,60", "width": "0.1"}))
    grid.setAnnotationEnabled(True)
    grid.setAnnotationFormat(QgsLayoutItemMapGrid.AnnotationFormat.CustomFormat)
    grid.setAnnotationExpression(_GRID_LABEL.format(half_label_mm=_HALF_LABEL_MM * size, grouped=_GROUPED))
    grid.setAnnotationTextFormat(text_format(6.5 * size))
    grid.setAnnotationFrameDistance(1.2 * size)
    side, display = QgsLayoutItemMapGrid.BorderSide, QgsLayoutItemMapGrid.DisplayMode
    grid.setAnnotationDisplay(display.LongitudeOnly, side.Bottom)
    grid.setAnnotationDisplay(display.LatitudeOnly, side.Left)
    for hidden in (side.Top, side.Right):
        grid.setAnnotationDisplay(display.HideAll, hidden)
    for shown in (side.Bottom, side.Left):
        grid.setAnnotationPosition(QgsLayoutItemMapGrid.AnnotationPosition.OutsideMapFrame, shown)
    grid.setAnnotationDirection(QgsLayoutItemMapGrid.AnnotationDirection.Vertical, side.Left)
    grid.setAnnotationDirection(QgsLayoutItemMapGrid.AnnotationDirection.Horizontal, side.Bottom)
    return grid


def add_scale_bar(layout, map_item, left, top, width, size):
    """Add a scale bar of three to five round segments, in kilometres, or in metres where these would be fractions."""
    bar = QgsLayoutItemScaleBar(layout)
    layout.addLayoutItem(bar)
    bar.setLinkedMap(map_item)
    bar.setStyle("Single Box")
    longest_m = 0.7e-3 * width * map_item.scale()
    length_m, segments = max((round_interval(longest_m / count) * count, count) for count in (3, 4, 5))
    segment_m = length_m / segments
    in_kilometres = segment_m >= 1000.0
    units = QgsUnitTypes.DistanceUnit
    bar.setUnits(units.DistanceKilometers if in_kilometres else units.DistanceMeters)
    bar.setUnitLabel("km" if in_kilometres else "m")
    bar.setUnitsPerSegment(segment_m / 1000.0 if in_kilometres else segment_m)
    bar.setNumberOfSegments(segments)
    bar.setNumberOfSegmentsLeft(0)
    bar.setHeight(1.6 * size)
    bar.setBoxContentSpace(0.5)
    bar.setLabelBarSpace(1.2 * size)
    bar.setTextFormat(text_format(7.0 * size))
    outline = {"outline_color": INK, "outline_width": "0.2"}
    bar.setFillSymbol(QgsFillSymbol.createSimple({"color": INK, **outline}))
    bar.setAlternateFillSymbol(QgsFillSymbol.createSimple({"color": "#FFFFFF", **outline}))
    bar.setLineSymbol(QgsLineSymbol.createSimple({"color": INK, "width": "0.2"}))
    bar.update()
    bar.attemptMove(QgsLayoutPoint(left, top, _MILLIMETRES))
    return bar


def add_north_arrow(layout, map_item, left, top, size):
    """Add an arrow to grid north. It is part of the layout, so that the project needs no other file."""
    arrow = QgsLayoutItemPicture(layout)
    layout.addLayoutItem(arrow)
    arrow.setPicturePath("base64:" + base64.b64encode(_NORTH_ARROW.encode()).decode())
    arrow.setLinkedMap(map_item)
    arrow.setNorthMode(QgsLayoutItemPicture.NorthMode.GridNorth)
    arrow.attemptMove(QgsLayoutPoint(left, top, _MILLIMETRES))
    arrow.attemptResize(QgsLayoutSize(10.0 * size, 16.0 * size, _MILLIMETRES))
    return arrow
