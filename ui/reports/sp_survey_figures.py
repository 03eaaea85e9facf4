"""Figures over many inverted lines: sources on the map, and their depths."""

import numpy as np

from ..sp_palette import SHALLOW_TO_DEEP, SHAPE_COLOURS
from .figures import GRID, MAX_POINTS, axis, layout, thinned
from .sp_words import shape_name

_BINS = 30
_MOST_TRACKS = 300  # drawn
_TRACK_POINTS = 20  # of each line


def source_map_figure(places, depth_m, names, tracks):
    """Return the sources seen from above, coloured by depth, and their lines.

    Parameters
    ----------
    places : ndarray (n_sources, 2)
        Easting and northing, m.
    depth_m : ndarray (n_sources,)
    names : sequence of str
        Of their lines.
    tracks : sequence of ndarray (n, 2)
        The lines, m.
    """
    drawn = thinned(np.flatnonzero(np.isfinite(places).all(axis=1)), MAX_POINTS)
    scale = [[share, colour] for share, colour in zip(np.linspace(0, 1, len(SHALLOW_TO_DEEP)), SHALLOW_TO_DEEP)]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": np.round(places[drawn, 0], 1),
        "y": np.round(places[drawn, 1], 1),
        "text": [f"Line {names[row]}: {depth_m[row]:.1f} m deep" for row in drawn],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": np.round(depth_m[drawn], 2),
            "colorscale": scale,
            "size": 9 if len(drawn) < 500 else 5,
            "line": {"color": "#ffffff", "width": 0.5},
            "colorbar": {"title": {"text": "Depth (m)"}, "thickness": 14, "outlinewidth": 0},
        },
    }
    settings = {
        "xaxis": axis("Easting (m)", tickformat=",.0f"),
        "yaxis": axis("Northing (m)", scaleanchor="x", tickformat=",.0f"),
    }
    return {"data": [_track_trace(tracks), trace], "layout": layout(520, showlegend=False, **settings)}


def _track_trace(tracks):
    """Return the lines as one trace, a gap between two."""
    gap = np.full((1, 2), np.nan)
    shown = [tracks[row] for row in thinned(np.arange(len(tracks)), _MOST_TRACKS)]
    points = [np.concatenate([track[thinned(np.arange(len(track)), _TRACK_POINTS)], gap]) for track in shown]
    x, y = np.concatenate([*points, gap]).round(1).T
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": "#B8C0CA", "width": 1.5},
        "hoverinfo": "skip",
    }


def depth_figure(depth_m, shapes):
    """Return the distribution of depths, stacked by shape.

    Parameters
    ----------
    depth_m : ndarray (n_sources,)
    shapes : ndarray of str (n_sources,)
    """
    edges = np.linspace(0.0, float(np.percentile(depth_m, 99)) * 1.02 or 1.0, _BINS + 1)
    traces = [
        {
            "type": "bar",
            "name": shape_name(shape),
            "x": np.round((edges[:-1] + edges[1:]) / 2, 3),
            "y": np.histogram(np.minimum(depth_m[shapes == shape], edges[-1]), edges)[0],
            "marker": {"color": SHAPE_COLOURS[shape]},
            "hovertemplate": "%{y} sources near %{x:.1f} m<extra>" + shape_name(shape) + "</extra>",
        }
        for shape in np.unique(shapes)
    ]
    settings = {
        "barmode": "stack",
        "bargap": 0.04,
        "xaxis": axis("Depth (m)"),
        "yaxis": axis("Sources", gridcolor=GRID),
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "showlegend": len(traces) > 1,
    }
    return {"data": traces, "layout": layout(320, **settings)}
