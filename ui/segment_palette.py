"""The colours of trench segments: classes of magnitude, relevance, groups of features; the same in maps and figures.

All stay apart under deuteranopia and protanopia. Classes run from cool to warm with the magnitude; relevance leaves
these hues free, so that nobody takes one for the other.
"""

from .palette import NOT_ASSIGNED

_CLASSES = {  # by number of classes, lowest magnitudes first
    1: ("#2F5FA8",),
    2: ("#2F5FA8", "#C8401A"),
    3: ("#2F5FA8", "#E3A018", "#B02A12"),
    4: ("#2F5FA8", "#6FB0C4", "#E3A018", "#B02A12"),
}
RELEVANCE = ("#8C510A", "#D8B365", "#F3F3F1", "#5AB4AC", "#01665E")  # against the class, none, for it
NOT_CLASSIFIED = NOT_ASSIGNED
OUTSIDE = "#1D2530"  # hatching of segments unlike the training
RIGHT, WRONG = "#56657A", "#1D2530"  # outlines of predictions
GROUP_COLORS = {
    "physical state": "#6E4A12",
    "dynamics": "#6A51C2",
    "kinematics": "#5CC49A",
    "other": NOT_ASSIGNED,
}


def class_color(number, n_classes):
    """Return the colour of a class.

    Parameters
    ----------
    number : int or None
        1.. from the lowest magnitudes; 0 or None where not classified.
    n_classes : int
        1 to 4.

    Returns
    -------
    str
        ``"#RRGGBB"``.
    """
    if not number:
        return NOT_CLASSIFIED
    return _CLASSES[n_classes][number - 1]
