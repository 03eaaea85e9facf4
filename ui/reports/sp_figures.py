"""Figures of one inverted line: curve with residuals and section."""

import numpy as np

from ..sp_palette import BACKGROUND, ERROR_BAR, FITTED, OBSERVED, SHAPE_COLOURS
from .figures import GRID, INK, axis, layout, thinned, transparent

_CURVE, _RESIDUAL, _SECTION = [0.54, 1.0], [0.36, 0.49], [0.0, 0.30]  # panels, bottom to top of the figure
_ARROW_PX = 34
_MOST_STATIONS = 2000  # drawn


def profile_figure(answer):
    """Return observed and fitted curve, residuals, and the section with the bodies, above one another.

    Parameters
    ----------
    answer : Answer
        With an inversion.
    """
    found = answer.inversion
    order = np.argsort(found.x_m[0], kind="stable")
    drawn = thinned(order[np.isfinite(found.x_m[0][order])], _MOST_STATIONS)
    x_m, residual = found.x_m[0][drawn], found.residual_mv[0][drawn]
    rms = float(found.rms_mv[0])
    traces = [
        _markers("Observed", x_m, found.observed_mv[0][drawn]),
        _line("Fitted", x_m, found.fitted_mv[0][drawn], FITTED, 2.2),
    ]
    if found.background != "none":
        traces.append(_line("Background", x_m, answer.regional_mv[drawn], BACKGROUND, 1.5, "dash"))
    traces += [
        {
            **_markers("Residual", x_m, residual),
            "yaxis": "y2",
            "showlegend": False,
            "hovertemplate": "%{x:.1f} m: %{y:.2f} mV<extra></extra>",
        }
    ]
    section, annotations, deepest = _section(answer)
    start, stop = _reach(answer)
    settings = {
        "xaxis": axis("Distance along the line (m)", anchor="y3", range=[start, stop]),
        "yaxis": axis("Self-potential (mV)", domain=_CURVE, zeroline=True, zerolinecolor=GRID),
        "yaxis2": axis("Residual (mV)", domain=_RESIDUAL, zeroline=True, zerolinecolor=INK, nticks=4),
        "yaxis3": axis("Depth (m)", domain=_SECTION, range=[deepest, -0.12 * deepest], nticks=6),
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "shapes": [*_bands(rms, start, stop), _ground(start, stop)],
        "annotations": annotations,
    }
    return {"data": [*traces, *section], "layout": layout(680, **settings)}


def _section(answer):
    """Return traces and arrows of the bodies below the line, and the depth the panel must show."""
    found = answer.inversion
    traces, annotations = [], []
    deepest = 0.0
    colour = SHAPE_COLOURS[found.shape]
    for body in range(found.n_bodies):
        x0, depth, angle = (float(getattr(found, name)[0, body]) for name in ("x0_m", "depth_m", "angle_deg"))
        radians = np.radians(angle)
        spans = [answer.interval[name][:, body] for name in ("x0_m", "depth_m")]
        lower = depth
        if found.shape == "sheet":
            half = float(found.half_m[0, body])
            across, down = half * np.cos(radians), half * np.sin(radians)
            traces.append(_in_section([x0 + across, x0 - across], [depth - down, depth + down], colour, 5))
            lower = depth + down
        else:
            annotations.append(_arrow(x0, depth, radians, colour))
        for span, vertical in zip(spans, (False, True)):
            if np.isfinite(span).all():
                ends = [x0, x0], [max(span[0], 0.0), span[1]]
                traces.append(_in_section(*(ends if vertical else (span.tolist(), [depth, depth])), ERROR_BAR, 1.6))
        traces.append(_body_marker(x0, depth, colour, body, found.n_bodies))
        reach = spans[1][1] if np.isfinite(spans[1][1]) else depth
        deepest = max(deepest, 1.25 * min(max(reach, lower), 3.0 * lower))
    return traces, annotations, deepest


def _reach(answer):
    """Return the distances between which the figure shows the line: all stations and all bodies."""
    found = answer.inversion
    x_m = found.x_m[0][np.isfinite(found.x_m[0])]
    low, high = min(x_m.min(), found.x0_m.min()), max(x_m.max(), found.x0_m.max())
    margin = 0.03 * (high - low)
    return float(low - margin), float(high + margin)


def _markers(name, x, y):
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": np.round(x, 3),
        "y": np.round(y, 4),
        "marker": {"color": OBSERVED, "size": 5, "opacity": 0.75},
        "hovertemplate": "%{x:.1f} m: %{y:.1f} mV<extra>" + name + "</extra>",
    }


def _line(name, x, y, colour, width, dash="solid"):
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": np.round(x, 3),
        "y": np.round(y, 4),
        "line": {"color": colour, "width": width, "dash": dash},
        "hovertemplate": "%{x:.1f} m: %{y:.1f} mV<extra>" + name + "</extra>",
    }


def _in_section(x, y, colour, width):
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [round(float(value), 3) for value in x],
        "y": [round(float(value), 3) for value in y],
        "yaxis": "y3",
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _body_marker(x0, depth, colour, body, n_bodies):
    name = "Body" if n_bodies == 1 else f"Body {body + 1}"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(x0, 3)],
        "y": [round(depth, 3)],
        "yaxis": "y3",
        "marker": {"color": colour, "size": 14, "line": {"color": "#ffffff", "width": 1.5}},
        "hovertemplate": name + ": x0 %{x:.1f} m, depth %{y:.1f} m<extra></extra>",
        "showlegend": False,
    }


def _arrow(x0, depth, radians, colour):
    """Return an arrow from the body along its polarisation; true on the page, whatever the scales of the axes."""
    return {
        "x": x0,
        "y": depth,
        "xref": "x",
        "yref": "y3",
        "ax": -_ARROW_PX * float(np.cos(radians)),
        "ay": -_ARROW_PX * float(np.sin(radians)),
        "axref": "pixel",
        "ayref": "pixel",
        "xshift": _ARROW_PX * float(np.cos(radians)),
        "yshift": -_ARROW_PX * float(np.sin(radians)),
        "arrowcolor": colour,
        "arrowwidth": 2.5,
        "arrowhead": 2,
        "showarrow": True,
        "text": "",
    }


def _bands(rms, start, stop):
    """Return the band of one root mean square residual to either side of zero."""
    return [
        {
            "type": "rect",
            "yref": "y2",
            "x0": start,
            "x1": stop,
            "y0": -rms,
            "y1": rms,
            "fillcolor": transparent(FITTED, 0.15),
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def _ground(start, stop):
    return {
        "type": "line",
        "yref": "y3",
        "x0": start,
        "x1": stop,
        "y0": 0,
        "y1": 0,
        "line": {"color": "#7A5C3A", "width": 2},
    }
