"""The self-potential chain that ships: from a raster and lines to sources on the map."""

from .chain import Chain, Input, Step

_INPUTS = (
    Input(
        "RASTER",
        "sp_profiles",
        "RASTER",
        "Raster of self-potential",
        "Grid of self-potential, in millivolts.",
        required=True,
    ),
    Input("LINES", "sp_profiles", "LINES"),
    Input("LINE_FIELD", "sp_profiles", "LINE_FIELD"),
    Input("SPACING", "sp_profiles", "SPACING"),
    Input("BODY", "invert_sp", "BODY"),
    Input("BACKGROUND", "invert_sp", "BACKGROUND"),
    Input("UNCERTAINTY", "invert_sp", "UNCERTAINTY"),
    Input("SEED", "invert_sp", "SEED"),
)
_PROFILES = Step(
    "profiles",
    "sp_profiles",
    "Read the profiles",
    {name: name for name in ("RASTER", "LINES", "LINE_FIELD", "SPACING")},
    {"stations": ("OUTPUT", "Stations")},
    (1, 1),
)
_INVERSION = Step(
    "inversion",
    "invert_sp",
    "Invert the profiles",
    {"INPUT": ("profiles", "OUTPUT"), **{name: name for name in ("BODY", "BACKGROUND", "UNCERTAINTY", "SEED")}},
    {
        "sources": ("OUTPUT", "Sources"),
        "fit": ("FIT", "Fit"),
        "bars": ("ERROR_BARS", "Error bars"),
        "report": ("REPORT", "Report"),
    },
    (2, 3),
    {"SP_FIELD": "sp_mv", "LINE_FIELD": "line", "DISTANCE_FIELD": "distance_m"},
)
SELF_POTENTIAL_CHAINS = (
    Chain(
        "sp_sources_from_raster",
        "Self-potential sources from a raster",
        "<p>From a grid of self-potential and lines across its anomalies to the bodies below them, on the map: one "
        "run of <i>Self-potential profiles</i> and <i>Invert self-potential</i>.</p><p><b>Draw each line</b> across "
        "one anomaly, along its steepest flanks, and let it reach the undisturbed field on both "
        "sides.</p><p><b>Mind</b> that a grid was interpolated from stations: its profiles are smoother than the "
        "ground, and the uncertainty comes out too small.</p><p><b>To change the chain</b>, open its file in the "
        "graphical modeler (folder <i>processing_provider/models</i> of the plugin) and save it under another "
        "name.</p>",
        _INPUTS,
        (_PROFILES, _INVERSION),
        "self_potential",
    ),
)
