"""The map of a clustering report: samples, hulls, boreholes and earthquakes in metres, equal aspect."""

import numpy as np

from ..palette import BOREHOLE, EARTHQUAKE, cluster_colour
from .figures import MAX_POINTS, axis, layout, plain_text, thinned, transparent
from .formats import count, significant

_PLOT_WIDTH_PX = 800  # of the map frame on a page of full width
_MARGINS_PX = 100
_SMALLEST_PX, _LARGEST_PX = 300, 700  # height of the map frame
_MAX_NOT_ASSIGNED = MAX_POINTS // 5  # they must not bury the clusters


def map_figure(membership, context):
    """Return the interactive map of a clustering.

    Parameters
    ----------
    membership : Membership
        Of ``n_samples`` rows.
    context : ReportContext
        Gives ``xy`` (required here) and what else lies on the map, metres. A ``picture`` takes the place of the
        samples.

    Returns
    -------
    dict
        Figure in the plotly.js schema. It draws the :func:`drawn_rows`, and of the earthquakes at most
        ``MAX_POINTS``, the strongest.
    """
    traces = [_hull_trace(number, outline) for number, outline in context.hulls]
    traces += _picture_traces(context) if context.picture else _sample_traces(membership, context)
    if context.earthquakes is not None and len(context.earthquakes):
        traces.append(_earthquake_trace(context.earthquakes, context.magnitudes))
    if context.boreholes is not None and len(context.boreholes):
        traces.append(_borehole_trace(context.boreholes))
    settings = {
        "xaxis": axis("Easting (m)", tickformat=",.0f", constrain="domain", mirror=True, showline=True),
        "yaxis": axis(
            "Northing (m)", tickformat=",.0f", scaleanchor="x", constrain="domain", mirror=True, showline=True
        ),
    }
    if context.picture:
        settings["images"] = [_image(context.picture)]
    return {"data": traces, "layout": layout(_height_px(traces), **settings)}


def drawn_rows(membership, context):
    """Return the rows that the map draws: at most ``MAX_POINTS`` assigned samples, and a fifth of that of others."""
    placed = np.isfinite(context.xy).all(axis=1)
    assigned = membership.cluster > 0
    others = thinned(np.flatnonzero(placed & ~assigned), _MAX_NOT_ASSIGNED)
    return np.concatenate([others, thinned(np.flatnonzero(placed & assigned))])


def magnitude_size_px(magnitudes):
    """Return the diameter of an earthquake's circle, pixels: half as large again with every magnitude."""
    return np.clip(10.0 * 1.5 ** (np.asarray(magnitudes, float) - 4.0), 3.0, 40.0)


def _hull_trace(number, outline):
    ring = np.round(np.vstack([outline, outline[:1]]), 1)
    colour = cluster_colour(number)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": ring[:, 0],
        "y": ring[:, 1],
        "fill": "toself",
        "fillcolor": transparent(colour, 0.2),
        "line": {"color": colour, "width": 2},
        "legendgroup": f"cluster {number}",
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _sample_traces(membership, context):
    placed = np.isfinite(context.xy).all(axis=1)
    shown = drawn_rows(membership, context)
    traces = []
    for number in np.unique(membership.cluster[placed]):
        rows = shown[membership.cluster[shown] == number]
        size = count(np.sum(membership.cluster[placed] == number))
        name = f"Cluster {number} ({size})" if number else f"Not assigned ({size})"
        hover = [_hover(row, membership, context) for row in rows]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "legendrank": 1000 if number else 2000,  # those not assigned come last
                "legendgroup": f"cluster {number}",
                "x": np.round(context.xy[rows, 0], 1),
                "y": np.round(context.xy[rows, 1], 1),
                "text": hover,
                "hovertemplate": "%{text}<br>E %{x:,.0f} m<br>N %{y:,.0f} m<extra></extra>",
                "marker": {
                    "color": cluster_colour(int(number)),
                    "size": _marker_size_px(len(shown)),
                    "symbol": "circle" if number else "x-thin-open",
                    "line": {
                        "color": "#ffffff" if number else cluster_colour(0),
                        "width": _outline_px(len(shown)) if number else 1,
                    },
                },
            }
        )
    return traces


def _picture_traces(context):
    """Return a trace that spans the picture, which no axis takes account of, and the entries of its legend."""
    picture, areas = context.picture, context.areas
    frame = {"type": "scatter", "mode": "markers", "marker": {"opacity": 0}, "showlegend": False, "hoverinfo": "skip"}
    traces = [{**frame, "x": [picture.west, picture.east], "y": [picture.south, picture.north]}]
    for position in np.flatnonzero(areas.n_pixels).tolist():
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": f"Cluster {position + 1} ({significant(areas.area_km2[position])} km\u00b2)",
                "x": [None],
                "y": [None],
                "marker": {"color": cluster_colour(position + 1), "size": 12, "symbol": "square"},
            }
        )
    return traces


def _image(picture):
    return {
        "source": picture.data_uri(),
        "xref": "x",
        "yref": "y",
        "x": picture.west,
        "y": picture.north,
        "sizex": picture.east - picture.west,
        "sizey": picture.north - picture.south,
        "sizing": "stretch",
        "layer": "below",
    }


def _marker_size_px(n_points):
    return 7 if n_points <= 1000 else 5 if n_points <= 2500 else 4


def _outline_px(n_points):
    return 0.6 if n_points <= 2500 else 0  # on small, crowded circles a rim is all that would be seen


def _hover(row, membership, context):
    name = f"Sample {plain_text(context.sample_name(row))}"
    if not membership.cluster[row]:
        return f"{name}<br>not assigned"
    return f"{name}<br>cluster {membership.cluster[row]}, confidence {membership.confidence[row]:.2f}"


def _earthquake_trace(xy, magnitudes):
    xy = np.asarray(xy, float)
    magnitudes = np.full(len(xy), np.nan) if magnitudes is None else np.asarray(magnitudes, float)
    strongest = np.argsort(-np.nan_to_num(magnitudes), kind="stable")[:MAX_POINTS]
    xy, magnitudes = xy[strongest], magnitudes[strongest]
    known = np.isfinite(magnitudes)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"Earthquakes ({count(len(xy))})",
        "x": np.round(xy[:, 0], 1),
        "y": np.round(xy[:, 1], 1),
        "text": [f"magnitude {value:.1f}" if ok else "magnitude unknown" for value, ok in zip(magnitudes, known)],
        "hovertemplate": "Earthquake, %{text}<extra></extra>",
        "marker": {
            "symbol": "circle-open",
            "color": EARTHQUAKE,
            "size": np.round(np.where(known, magnitude_size_px(magnitudes), 3.0), 1),
            "line": {"width": 1.6},
        },
    }


def _borehole_trace(xy):
    xy = np.asarray(xy, float)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"Boreholes ({count(len(xy))})",
        "x": np.round(xy[:, 0], 1),
        "y": np.round(xy[:, 1], 1),
        "hovertemplate": "Borehole<br>E %{x:,.0f} m<br>N %{y:,.0f} m<extra></extra>",
        "marker": {"symbol": "cross-thin-open", "color": BOREHOLE, "size": 11, "line": {"width": 2.2}},
    }


def _height_px(traces):
    """Return the height at which the map fills the width of the page, within reason."""
    extents = []
    for key in ("x", "y"):
        values = np.concatenate([np.asarray(trace[key], float) for trace in traces])
        values = values[np.isfinite(values)]
        extents.append(np.ptp(values) if len(values) else 0.0)
    width, height = extents
    frame = _PLOT_WIDTH_PX * height / width if width > 0 else _LARGEST_PX
    return int(np.clip(frame, _SMALLEST_PX, _LARGEST_PX)) + _MARGINS_PX
