"""One colour per cluster number, the same for samples, hulls, rasters and reports.

The first eight colours stay apart under deuteranopia and protanopia (CIELAB difference above 15). They are
drawn from the palettes of Okabe and Ito (2008) and of Tol (2021), without the yellows that vanish on white
paper, and without the black of the boreholes and the red of the earthquakes.

References
----------
Okabe, M. and Ito, K. (2008). Color Universal Design. https://jfly.uni-koeln.de/color/
Tol, P. (2021). Colour Schemes. SRON/EPS/TN/09-002, issue 3.2.
"""

import colorsys

CLUSTER_COLOURS = (
    "#0072B2",  # blue
    "#E69F00",  # orange
    "#009E73",  # bluish green
    "#CC79A7",  # reddish purple
    "#543005",  # dark brown
    "#88CCEE",  # sky blue
    "#332288",  # indigo
    "#B35806",  # rust
    "#004D40",  # dark teal
    "#999933",  # olive
    "#117733",  # forest green
    "#AA3377",  # purple
)
NOT_ASSIGNED = "#8C8C8C"
BOREHOLE = "#000000"
EARTHQUAKE = "#D7191C"

_GOLDEN_RATIO = 0.618033988749895  # steps of this share of the colour circle never meet an earlier hue


def cluster_colour(number):
    """Return the colour of one cluster.

    Parameters
    ----------
    number : int or None
        Cluster number from 1; 0, a negative number or None means not assigned.

    Returns
    -------
    str
        ``"#RRGGBB"``. Grey when not assigned; beyond the fixed colours, hues at golden-ratio steps.
    """
    if number is None or number < 1:
        return NOT_ASSIGNED
    if number <= len(CLUSTER_COLOURS):
        return CLUSTER_COLOURS[number - 1]
    step = number - len(CLUSTER_COLOURS)
    red, green, blue = colorsys.hls_to_rgb(step * _GOLDEN_RATIO % 1.0, 0.35 + 0.1 * (step % 3), 0.6)
    return f"#{round(255 * red):02X}{round(255 * green):02X}{round(255 * blue):02X}"


def cluster_colours(count):
    """Return the colours of the clusters 1 to ``count``."""
    return [cluster_colour(number) for number in range(1, count + 1)]
