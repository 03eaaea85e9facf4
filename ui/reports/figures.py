"""What all figures share. A figure is a dictionary in the plotly.js schema: ``data`` and ``layout``."""

import html

import numpy as np

from .formats import THIN_SPACE, count

MAX_POINTS = 5000  # drawn per figure: more neither shows more nor opens quickly
INK = "#1d2530"
GRID = "#e4e7eb"
TOOLBAR_PX = 34  #: margin at the top that the toolbar of plotly.js fits into, for figures without a legend there
FONT = '"Segoe UI", "Noto Sans", "Helvetica Neue", Arial, sans-serif'


def layout(height_px, **settings):
    """Return the layout of a figure of ``height_px``, with the ``settings`` of plotly.js added."""
    return {
        "height": height_px,
        "margin": {"l": 64, "r": 16, "t": 48, "b": 48},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "hovermode": "closest",
        "separators": f".{THIN_SPACE}",
        "legend": {"itemsizing": "constant", "tracegroupgap": 0},
        **settings,
    }


def axis(title="", **settings):
    """Return an axis with a plain-text ``title``."""
    return {
        "title": {"text": plain_text(title), "standoff": 8},
        "gridcolor": GRID,
        "linecolor": "#9aa3ae",
        "ticks": "outside",
        "tickcolor": "#9aa3ae",
        "zeroline": False,
        "automargin": True,
        **settings,
    }


def panel(number, columns, rows, width_gap=0.07, height_gap=0.12):
    """Return the ``(left, right)`` and ``(bottom, top)`` shares of panel ``number`` (from 0, row by row)."""
    width = (1 - width_gap * (columns - 1)) / columns
    height = (1 - height_gap * (rows - 1)) / rows
    row, column = divmod(number, columns)
    left, top = column * (width + width_gap), 1 - row * (height + height_gap)
    return [left, min(left + width, 1.0)], [max(top - height, 0.0), top]


def panel_title(text, horizontal, vertical):
    """Return the annotation that stands centred above a panel (domains as from :func:`panel`)."""
    return {
        "text": f"<b>{plain_text(text)}</b>",
        "x": sum(horizontal) / 2,
        "y": vertical[1],
        "xref": "paper",
        "yref": "paper",
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
    }


def plain_text(text):
    """Return ``text`` so that plotly.js, which knows a little HTML, shows it as it is."""
    return html.escape(str(text), quote=False)


def shortened(text, length=26):
    """Return ``text`` cut to ``length`` characters, with an ellipsis when it was longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "\u2026"


def transparent(colour, opacity):
    """Return ``#rrggbb`` as an ``rgba`` colour."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def thinned(rows, limit=MAX_POINTS):
    """Return at most ``limit`` of ``rows`` at regular steps, so that the same rows give the same figure."""
    rows = np.asarray(rows)
    if len(rows) <= limit:
        return rows
    return rows[np.linspace(0, len(rows) - 1, limit).astype(int)]


def thinning_note(n_drawn, n_samples):
    """Return the sentence that owns up to :func:`thinned`; empty when nothing was left out."""
    if n_drawn == n_samples:
        return ""
    return f" Of {count(n_samples)} samples, {count(n_drawn)} at regular steps are drawn."
