"""The colours of self-potential layers and figures; all stay apart for the colour-blind.

References
----------
Crameri, F., Shephard, G. E. and Heron, P. J. (2020). The misuse of colour in science communication.
Nature Communications 11, 5444. (Why a ramp must be even in lightness.)
"""

SHALLOW_TO_DEEP = ("#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154")  # viridis, bright near the surface
NEGATIVE_TO_POSITIVE = ("#2C5AA0", "#7FA6D6", "#F2F2F2", "#E9A36A", "#B2500D")  # blue to orange, pale at zero
OBSERVED = "#1D2530"
FITTED = "#D55E00"
BACKGROUND = "#56657A"
ERROR_BAR = "#1D2530"
METHOD_COLOURS = {"network": "#0072B2", "least squares": "#D55E00", "network + polish": "#009E73"}
SHAPE_COLOURS = {
    "sphere": "#D55E00",
    "horizontal_cylinder": "#0072B2",
    "vertical_cylinder": "#009E73",
    "sheet": "#AA3377",
}


def ramp_colour(colours, share):
    """Return the colour at a share (0 to 1) of a ramp, linear between its colours."""
    place = min(max(share, 0.0), 1.0) * (len(colours) - 1)
    left = min(int(place), len(colours) - 2)
    mixed = [
        round(first + (place - left) * (second - first))
        for first, second in zip(_channels(colours[left]), _channels(colours[left + 1]))
    ]
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def _channels(colour):
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
