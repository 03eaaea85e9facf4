"""Trench segments by a group they belong to: on a map of longitude and latitude, and along each trench."""

import html

import numpy as np

from .figures import axis, layout, plain_text, shortened, thinned
from .formats import fixed

_MOST_SEGMENTS = 4000  # drawn
_MOST_LABELS = 30  # trenches named on the map
_PLOT_WIDTH_PX = 950
_SMALLEST_PX, _LARGEST_PX = 260, 620  # height of the map frame
_STEPS_DEG = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60)
_MOST_TICKS = 6
_STRAIGHT = 0.03  # bend of a trench, as a share of its extent, below which it has no outer side
_LABEL_PLACES = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9, 0.0, 1.0)  # of a trench's length, best first
_LETTER_PX, _LINE_PX, _DOT_PX2 = 7.0, 18, 36  # size of the text and area of a segment's dot, about
_ANCHORS = {"left": 0.0, "center": 0.5, "right": 1.0, "bottom": 0.0, "middle": 0.5, "top": 1.0}  # shares of a label
_LANE = 0.36  # between two strips of one trench, in units of the distance between two trenches
_LEGEND = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}


def placed(segments):
    """Return a mask ``(n_segments,)`` of the segments (SegmentTable) whose longitude and latitude are known."""
    if segments.longitude is None or segments.latitude is None:
        return np.zeros(len(segments), dtype=bool)
    return np.isfinite(segments.longitude) & np.isfinite(segments.latitude)


def continuous_longitude(longitude):
    """Return longitudes (degrees) cut where the Earth is emptiest, so that neighbours stay neighbours.

    Parameters
    ----------
    longitude : ndarray (n,)
        In any of the usual ranges.

    Returns
    -------
    ndarray (n,)
        The same places, multiples of 360 degrees added; their middle lies between -180 and 180.
    """
    turned = np.mod(longitude, 360.0)
    ordered = np.unique(turned)
    gaps = np.diff(np.append(ordered, ordered[0] + 360.0))
    west = ordered[(int(np.argmax(gaps)) + 1) % len(ordered)]
    unrolled = west + np.mod(turned - west, 360.0)
    middle = (unrolled.min() + unrolled.max()) / 2
    return unrolled - 360.0 * np.floor((middle + 180.0) / 360.0)


def segment_map_figure(segments, number, groups, hover):
    """Return the map of the segments whose place is known.

    Parameters
    ----------
    segments : SegmentTable
        At least one of them :func:`placed`.
    number : ndarray of int (n_segments,)
        Group of every segment.
    groups : sequence of (int, str, str)
        Number, name and colour of the groups, in the order of the legend.
    hover : callable(int) -> str
        What is shown of the segment in a row.
    """
    rows = np.flatnonzero(placed(segments))
    x, y = np.full(len(segments), np.nan), np.full(len(segments), np.nan)
    x[rows], y[rows] = continuous_longitude(segments.longitude[rows]), segments.latitude[rows]
    stretch = 1.0 / np.cos(np.radians(np.clip(np.mean([y[rows].min(), y[rows].max()]), -60, 60)))
    drawn = thinned(rows, _MOST_SEGMENTS)
    traces = [_trench_lines(segments, x, y, rows)]
    traces += _marker_traces(drawn, np.round(x, 3), np.round(y, 3), number, groups, hover)
    ticks = {axis_name: _ticks(values[rows]) for axis_name, values in (("x", x), ("y", y))}
    settings = {
        "xaxis": axis(
            tickvals=ticks["x"],
            ticktext=[_degrees((value + 180) % 360 - 180, "E", "W") for value in ticks["x"]],
            tickangle=0,
            constrain="domain",
            mirror=True,
            showline=True,
        ),
        "yaxis": axis(
            tickvals=ticks["y"],
            ticktext=[_degrees(value, "N", "S") for value in ticks["y"]],
            scaleanchor="x",
            scaleratio=round(stretch, 4),
            constrain="domain",
            mirror=True,
            showline=True,
        ),
        "legend": _LEGEND,
    }
    width, height = max(np.ptp(x[rows]), 1.0), max(np.ptp(y[rows]) * stretch, 1.0)
    frame = int(np.clip(_PLOT_WIDTH_PX * height / width, _SMALLEST_PX, _LARGEST_PX))
    px_per_degree = min(_PLOT_WIDTH_PX / width, frame / height) * np.array([1.0, stretch])
    settings["annotations"] = _labels(segments, x, y, rows, px_per_degree)
    return {"data": traces, "layout": layout(frame + 100, meta={"map_px": frame}, **settings)}


def strip_figure(segments, lanes, groups, hover):
    """Return every trench as strips of segments.

    Parameters
    ----------
    segments, groups, hover
        See :func:`segment_map_figure`.
    lanes : sequence of ndarray of int (n_segments,)
        Groups of the segments, one strip each, from the top.
    """
    rows = thinned(np.arange(len(segments)), _MOST_SEGMENTS)
    names = list(dict.fromkeys(segments.region.tolist()))
    place = {name: index for index, name in enumerate(names)}
    trench = np.array([place[name] for name in segments.region.tolist()])
    length_km = _lengths_km(segments)
    traces = []
    for lane, number in enumerate(lanes):
        y = np.round(trench + _LANE * (lane - (len(lanes) - 1) / 2), 3)
        for group, name, colour in groups:
            inside = rows[number[rows] == group]
            traces.append(
                {
                    "type": "bar",
                    "orientation": "h",
                    "name": plain_text(name),
                    "legendgroup": str(group),
                    "showlegend": lane == 0,
                    "base": np.round(segments.position_km[inside] - length_km[inside] / 2, 2),
                    "x": np.round(length_km[inside], 2),
                    "y": y[inside],
                    "width": 0.8 * _LANE,
                    "text": [hover(row) for row in inside],
                    "textposition": "none",
                    "hovertemplate": "%{text}<extra></extra>",
                    "marker": {"color": colour, "line": {"width": 0}},
                }
            )
    settings = {
        "xaxis": axis("Along the trench (km)", tickformat=",.0f"),
        "yaxis": axis(
            tickvals=list(range(len(names))),
            ticktext=[plain_text(shortened(name, 22)) for name in names],
            range=[len(names) - 0.4, -0.6],
            showgrid=False,
            ticks="",
        ),
        "barmode": "overlay",
        "legend": _LEGEND,
        "margin": {"l": 24, "r": 16, "t": 48, "b": 48},
    }
    return {"data": traces, "layout": layout(120 + (14 + 17 * len(lanes)) * len(names), **settings)}


def place_words(segments, row):
    """Return where a segment lies: its trench and its position along it."""
    return f"{plain_text(segments.region[row])}, {fixed(segments.position_km[row], 0)} km"


def _marker_traces(rows, x, y, number, groups, hover):
    traces = []
    for group, name, colour in groups:
        inside = rows[number[rows] == group]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": plain_text(name),
                "x": x[inside],
                "y": y[inside],
                "text": [hover(row) for row in inside],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"color": colour, "size": 8 if len(rows) <= 1000 else 5, "line": {"width": 0}},
            }
        )
    return traces


def _trench_lines(segments, x, y, rows):
    """Return the trenches as one thin line, broken between two of them."""
    line_x, line_y = [], []
    for name in dict.fromkeys(segments.region[rows].tolist()):
        inside = rows[segments.region[rows] == name]
        inside = inside[np.argsort(segments.position_km[inside], kind="stable")]
        line_x += [*np.round(x[inside], 3).tolist(), None]
        line_y += [*np.round(y[inside], 3).tolist(), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": line_x,
        "y": line_y,
        "line": {"color": "#b8c0ca", "width": 1.5},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _labels(segments, x, y, rows, px_per_degree):
    """Return the names of the trenches, off each other and off the segments where that can be; none if too many."""
    names = list(dict.fromkeys(segments.region[rows].tolist()))
    if len(names) > _MOST_LABELS:
        return []
    everything = np.column_stack([x[rows], y[rows]])
    centre = (everything.min(axis=0) + everything.max(axis=0)) / 2
    labels, boxes = [], []

    def covered(box):
        return sum(_overlap(box, other) for other in boxes) + _DOT_PX2 * _n_inside(box, everything * px_per_degree)

    for name in names:
        inside = rows[segments.region[rows] == name]
        inside = inside[np.argsort(segments.position_km[inside], kind="stable")]
        line = np.column_stack([x[inside], y[inside]])
        tried = [_label(str(name), line, centre, share, side) for side in (1, -1) for share in _LABEL_PLACES]
        placed_boxes = [_box(label, px_per_degree) for label in tried]
        best = int(np.argmin(list(map(covered, placed_boxes))))  # the first of the best
        labels.append(tried[best])
        boxes.append(placed_boxes[best])
    return labels


def _label(name, line, centre, share, side):
    """Return a name beside a ``line`` (n, 2), at a ``share`` of its length.

    ``side`` 1 is its outer side, or towards ``centre`` if it is straight; -1 the other one.
    """
    place = int(share * (len(line) - 1))
    near = line[max(place - 2, 0) : place + 3]
    along = near[-1] - near[0]
    normal = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-9)
    outwards = line[place] - line.mean(axis=0)
    if abs(normal @ outwards) < _STRAIGHT * float(np.hypot(*np.ptp(line, axis=0))):
        outwards = centre - line[place]
    normal = normal * (side if normal @ outwards >= 0 else -side)
    return {
        "text": f"<b>{plain_text(shortened(name, 22))}</b>",
        "x": round(float(line[place, 0]), 3),
        "y": round(float(line[place, 1]), 3),
        "showarrow": False,
        "xanchor": "left" if normal[0] > 0.4 else "right" if normal[0] < -0.4 else "center",
        "yanchor": "bottom" if normal[1] > 0.4 else "top" if normal[1] < -0.4 else "middle",
        "xshift": round(9 * float(normal[0]), 1),
        "yshift": round(9 * float(normal[1]), 1),
        "bgcolor": "rgba(255,255,255,0.75)",
        "borderpad": 1,
    }


def _box(label, px_per_degree):
    """Return about where a label lies, in pixels: left, bottom, right, top."""
    width, height = _LETTER_PX * (len(html.unescape(label["text"])) - len("<b></b>")), _LINE_PX
    left = label["x"] * px_per_degree[0] + label["xshift"] - width * _ANCHORS[label["xanchor"]]
    bottom = label["y"] * px_per_degree[1] + label["yshift"] - height * _ANCHORS[label["yanchor"]]
    return left, bottom, left + width, bottom + height


def _overlap(one, other):
    """Return the area, in square pixels, that two boxes share."""
    across, up = (min(one[k + 2], other[k + 2]) - max(one[k], other[k]) for k in (0, 1))
    return max(across, 0.0) * max(up, 0.0)


def _n_inside(box, points):
    left, bottom, right, top = box
    (x, y), edge = points.T, _DOT_PX2**0.5 / 2
    return np.count_nonzero((x > left - edge) & (x < right + edge) & (y > bottom - edge) & (y < top + edge))


def _ticks(values):
    """Return round values within the range of ``values``, some six of them at most."""
    extent = max(float(np.ptp(values)), _STEPS_DEG[0])
    step = next((step for step in _STEPS_DEG if extent / step <= _MOST_TICKS), _STEPS_DEG[-1])
    first, last = np.floor(values.min() / step), np.ceil(values.max() / step)
    return [round(float(step * index), 6) for index in np.arange(first, last + 1)]


def _degrees(value, positive, negative):
    side = "" if value == 0 or abs(value) == 180 else positive if value > 0 else negative
    return f"{abs(value):g}\u00b0{side}"


def _lengths_km(segments):
    """Return the length ``(n_segments,)`` of every segment: the usual distance between two of its trench."""
    length = np.empty(len(segments))
    for name in np.unique(segments.region):
        inside = segments.region == name
        spacing = np.diff(np.sort(segments.position_km[inside]))
        length[inside] = np.median(spacing) if len(spacing) else 1.0
    return length
