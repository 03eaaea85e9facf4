"""What kind of quantity a feature is: physical state, dynamics or kinematics of a subduction zone.

Only the name of a feature tells. For the features of Graciosa et al. (2025) the groups are those of the authors' own
heatmap of relevance; a few further codes are assigned here, and the user may assign any.

References
----------
Graciosa et al. (2025). Testing driving mechanisms of megathrust seismicity with explainable artificial intelligence.
J. Geophys. Res. Solid Earth 130, e2024JB028774. Groups and meanings: ``ntbk/2_make_lrp_heatmaps.ipynb`` in
https://github.com/jcgraciosa/xai-megathrust.
"""

from ..errors import DataError

PHYSICAL, DYNAMICS, KINEMATICS, OTHER = "physical state", "dynamics", "kinematics", "other"
GROUPS = (PHYSICAL, DYNAMICS, KINEMATICS, OTHER)

_STUDY = {  # beginning of the name: group and meaning, by the study
    "CRD": (PHYSICAL, "interface curvature along dip"),
    "CRS": (PHYSICAL, "interface curvature along strike"),
    "CRM": (PHYSICAL, "mean interface curvature"),
    "INV": (PHYSICAL, "second strain invariant"),
    "DLT": (PHYSICAL, "dilatation"),
    "SED": (PHYSICAL, "sediment thickness"),
    "SRO": (PHYSICAL, "roughness at short wavelengths"),
    "IRO": (PHYSICAL, "roughness at intermediate wavelengths"),
    "LRO": (PHYSICAL, "roughness at long wavelengths"),
    "FRE": (DYNAMICS, "free-air gravity anomaly"),
    "BGR": (DYNAMICS, "Bouguer gravity anomaly"),
    "EGO": (DYNAMICS, "geoid (EGM2008)"),
    "EGO_L": (DYNAMICS, "geoid (EGM2008), part L"),
    "EGO_SL": (DYNAMICS, "geoid (EGM2008), part SL"),
    "EGO_UM": (DYNAMICS, "geoid (EGM2008), part UM"),
    "EGR": (DYNAMICS, "free-air gravity anomaly (EGM2008)"),
    "EGR_BG": (DYNAMICS, "Bouguer gravity anomaly (EGM2008)"),
    "DXT": (DYNAMICS, "slab depth extent"),
    "FDM": (DYNAMICS, "along-trench gradient of slab depth"),
    "SDM": (DYNAMICS, "along-trench curvature of slab depth"),
    "V_UP": (KINEMATICS, "velocity of the upper plate"),
    "V_TN": (KINEMATICS, "velocity of the trench"),
    "AGE": (KINEMATICS, "age of the downgoing plate"),
}
_OWN = {  # codes the study does not group
    "DEP": (PHYSICAL, "slab depth"),
    "DIP": (PHYSICAL, "slab dip"),
    "THK": (PHYSICAL, "thickness"),
    "BAT": (PHYSICAL, "bathymetry"),
    "TOP": (PHYSICAL, "topography"),
    "ELE": (PHYSICAL, "elevation"),
    "ROU": (PHYSICAL, "roughness"),
    "GRA": (DYNAMICS, "gravity"),
    "GEO": (DYNAMICS, "geoid"),
    "VEL": (KINEMATICS, "velocity"),
    "CON": (KINEMATICS, "convergence"),
}
_KNOWN = {**_OWN, **_STUDY}
_PARTS = {"UP": "upper plate", "DG": "downgoing plate", "AVE": "mean", "STD": "spread", "GRD": "along-trench gradient"}


def parse_groups(text):
    """Return the user's assignment ``{beginning of a feature name: group}``.

    Parameters
    ----------
    text : str
        Such as ``dynamics=FRE,EGO; kinematics=V_``; empty for none. Upper and lower case are the same.

    Raises
    ------
    DataError
        If a part is not ``group=names``, a group is not one of :data:`GROUPS`, or two groups claim one beginning.
    """
    assignment = {}
    for clause in filter(None, (clause.strip() for clause in text.split(";"))):
        group, is_pair, names = clause.partition("=")
        group = " ".join(group.lower().split())
        beginnings = [name.strip().upper() for name in names.split(",") if name.strip()]
        if not is_pair or not beginnings or group not in GROUPS:
            raise DataError(
                f"'{clause}' assigns no features to a group. Write group=names with one of the groups "
                f"{', '.join(GROUPS)}, such as: dynamics=FRE,EGO; kinematics=V_"
            )
        for beginning in beginnings:
            if assignment.setdefault(beginning, group) != group:
                raise DataError(
                    f"'{beginning}' is assigned to both {assignment[beginning]} and {group}. Name it once only."
                )
    return assignment


def group_of(name, assignment=None):
    """Return the group of a feature, one of :data:`GROUPS`; the user's ``assignment`` by :func:`parse_groups` first.

    The longest beginning counts. The user's match anywhere within a word, the known codes whole words only.
    """
    claimed = [beginning for beginning in assignment or {} if name.upper().startswith(beginning)]
    if claimed:
        return assignment[max(claimed, key=len)]
    code = _code(name)
    return _KNOWN[code][0] if code else OTHER


def meaning(name):
    """Return what a feature is as far as its name tells, such as "sediment thickness, mean"; "" where it does not."""
    code = _code(name)
    if not code:
        return ""
    rest = [_part(part) for part in name.upper()[len(code) :].split("_") if part]
    return ", ".join([_KNOWN[code][1], *filter(None, rest)])


def _code(name):
    """Return the longest known code that ``name`` begins with, as whole words; "" if none."""
    words = name.upper().split("_")
    beginnings = ("_".join(words[:count]) for count in range(len(words), 0, -1))
    return next((beginning for beginning in beginnings if beginning in _KNOWN), "")


def _part(part):
    return f"over {part} km" if part.isdigit() else _PARTS.get(part, "")
