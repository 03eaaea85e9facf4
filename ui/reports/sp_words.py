"""What a self-potential inversion means, in sentences."""

import numpy as np

from .formats import fixed, listed, percent, significant

SHAPE_NAMES = {
    "sphere": "sphere",
    "horizontal_cylinder": "horizontal cylinder",
    "vertical_cylinder": "vertical cylinder",
    "sheet": "inclined sheet",
}
PARAMETER_NAMES = {
    "x0_m": "Place x0 (m)",
    "depth_m": "Depth (m)",
    "angle_deg": "Angle (degrees)",
    "k": "Strength K",
    "half_m": "Half-length (m)",
}
BACKGROUND_NAMES = ("Background (mV)", "Background (mV/m)", "Background (mV/m\u00b2)")
MOMENT_UNITS = {"sphere": "mV m\u00b2", "horizontal_cylinder": "mV m", "vertical_cylinder": "mV", "sheet": "mV"}
GOOD_MISFIT_PERCENT, FAIR_MISFIT_PERCENT = 3.0, 8.0
_HOPELESS = 10.0  # times its value: a standard deviation beyond it says only that nothing is known
_MOST_DECIMALS = 4
_LARGE_POWER = 4  # of ten: strengths from there on are written with a power
_NEARLY = 20.0  # degrees from a main direction


def parameter_label(name):
    """Return the name of a parameter of ``Inversion.parameter_names`` as people read it."""
    bare, _, number = name.rpartition("_")
    if bare == "background":
        return BACKGROUND_NAMES[int(number)]
    if name in PARAMETER_NAMES:
        return PARAMETER_NAMES[name]
    return f"{PARAMETER_NAMES[bare]} of body {number}"


def shape_name(shape):
    """Return a shape in words."""
    return SHAPE_NAMES[shape]


def with_sd(value, sd, decimals):
    """Return ``value ± sd`` with at least so many decimals, and more where the deviation needs them to show."""
    if sd is None or not np.isfinite(sd):
        return fixed(value, decimals)
    if 0 < sd < 0.5 * 10.0**-decimals:
        decimals = min(int(np.ceil(-np.log10(sd))), _MOST_DECIMALS)
    return f"{fixed(value, decimals)} \u00b1 {fixed(sd, decimals)}"


def strength_with_sd(value, sd):
    """Return ``K ± sd`` with few digits; words where the profile says nothing of it."""
    if sd is None or not np.isfinite(sd):
        return significant(value)
    if sd > _HOPELESS * abs(value):
        return "not determined"
    power = int(np.floor(np.log10(abs(value))))
    if power < _LARGE_POWER:
        return f"{significant(value)} \u00b1 {significant(sd, 2)}"
    return f"({fixed(value / 10.0**power, 2)} \u00b1 {fixed(sd / 10.0**power, 2)})e{power}"


def background_words(background):
    """Return a background as it stands in a sentence."""
    return "no background" if background == "none" else f"a {background} background"


def direction_words(shape, angle_deg):
    """Return what a polarisation angle or a dip looks like in the section."""
    if shape == "sheet":
        if min(angle_deg, 180.0 - angle_deg) < _NEARLY:
            return "it lies nearly flat"
        if abs(angle_deg - 90.0) < _NEARLY:
            return "it stands nearly upright"
        return f"its upper edge lies towards {'+x' if angle_deg < 90.0 else '-x'}"
    for main, words in (
        (270.0, "polarised nearly upwards, which gives a positive peak above it"),
        (90.0, "polarised nearly downwards, which gives a negative peak above it"),
        (0.0, "polarised nearly along +x"),
        (180.0, "polarised nearly along -x"),
    ):
        if abs((angle_deg - main + 180.0) % 360.0 - 180.0) < _NEARLY:
            return words
    vertical = "upwards" if angle_deg > 180.0 else "downwards"
    return f"polarised obliquely {vertical} towards {'+x' if np.cos(np.radians(angle_deg)) > 0 else '-x'}"


def body_sentence(answer, body):
    """Return where a body is, with its uncertainty, and how it is polarised."""
    found = answer.inversion
    values = {name: getattr(found, name)[0, body] for name in PARAMETER_NAMES}
    sd = {name: answer.sd[name][body] for name in answer.sd}
    place = f"{with_sd(values['x0_m'], sd['x0_m'], 1)} m along the line"
    depth = f"{with_sd(values['depth_m'], sd['depth_m'], 1)} m below it"
    angle = f"{with_sd(values['angle_deg'], sd['angle_deg'], 1)} degrees"
    name = shape_name(found.shape)
    if found.shape == "sheet":
        half = f"{with_sd(values['half_m'], sd['half_m'], 1)} m"
        return (
            f"The {name} has its centre {place} and {depth}, a half-length of {half} and a dip of {angle}: "
            f"{direction_words(found.shape, values['angle_deg'])}."
        )
    return (
        f"The {name} lies {place} and {depth}; its polarisation angle is {angle}: "
        f"{direction_words(found.shape, values['angle_deg'])}."
    )


def misfit_sentence(answer):
    """Return how well the curve is explained."""
    share = answer.rms_percent
    meaning = "good" if share <= GOOD_MISFIT_PERCENT else "fair" if share <= FAIR_MISFIT_PERCENT else "poor"
    text = (
        f"The fit is {meaning}: it leaves {significant(float(answer.inversion.rms_mv[0]))} mV (root mean square), "
        f"{fixed(share, 1)} % of the observed range."
    )
    if meaning == "poor":
        text += " Look at the residuals: another body, a second one or a bent background may be there."
    return text


def shape_sentences(alternatives):
    """Return what the comparison of shapes says, over all backgrounds tried."""
    weights, depths = {}, {}
    for option in alternatives:
        shape = option.inversion.shape
        weights[shape] = weights.get(shape, 0.0) + option.weight
        if shape not in depths or option.weight > depths[shape][0]:
            depths[shape] = (option.weight, float(option.inversion.depth_m[0, 0]))
    ranked = sorted(weights, key=lambda shape: -weights[shape])
    likely = [shape for shape in ranked if weights[shape] >= 0.05]
    if len(likely) == 1:
        return [
            f"Of the shapes tried, only the {shape_name(likely[0])} explains the curve ({percent(weights[likely[0]])})."
        ]
    named = listed(
        f"{shape_name(shape)} ({percent(weights[shape])}, {fixed(depths[shape][1], 1)} m)" for shape in likely
    )
    return [
        f"The curve alone does not tell the shape: {named} remain, with their probability and depth. The depth "
        "depends on the shape assumed, so never quote it without the shape."
    ]
