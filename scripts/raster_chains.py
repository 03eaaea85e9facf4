"""The raster chain that ships: from grids to clusters, polygons and map."""

from .chain import Chain, Input, Step

_TOOL = "deep_embedded_clustering_raster"
_CHOICES = ("MASK", "BOREHOLES", "EARTHQUAKES", "MIN_MAGNITUDE", "N_CLUSTERS", "SAMPLE_SIZE", "EFFORT", "SEED")
_INPUTS = (
    Input("RASTERS", _TOOL, "INPUT"),
    *(Input(name, _TOOL, name) for name in _CHOICES),
    Input("MIN_PIXELS", _TOOL, "MIN_PIXELS"),
    Input("TITLE", "prospect_map", "TITLE", "Title of the map"),
    Input("SUBTITLE", "prospect_map", "SUBTITLE", "Subtitle of the map"),
)
_CLUSTERING = Step(
    "clustering",
    _TOOL,
    "Cluster the pixels",
    {"INPUT": "RASTERS", "MIN_PIXELS": "MIN_PIXELS", **{name: name for name in _CHOICES}},
    {
        "raster": ("OUTPUT", "Cluster map"),
        "polygons": ("POLYGONS", "Cluster polygons"),
        "boreholes": ("BOREHOLES_OUTPUT", "Boreholes on the map"),
        "earthquakes": ("EARTHQUAKES_OUTPUT", "Earthquakes on the map"),
        "model": ("MODEL", "Model"),
        "report": ("REPORT", "Report"),
    },
    (1, 1),
)
_PAGE = Step(
    "map",
    "prospect_map",
    "Lay out the map",
    {
        "CLUSTERS": ("clustering", "POLYGONS"),
        "BOREHOLES": ("clustering", "BOREHOLES_OUTPUT"),
        "EARTHQUAKES": ("clustering", "EARTHQUAKES_OUTPUT"),
        "TITLE": "TITLE",
        "SUBTITLE": "SUBTITLE",
    },
    {"map": ("MAP", "Map"), "project": ("PROJECT", "Project")},
    (2, 8),
)
RASTER_CHAINS = (
    Chain(
        "prospect_from_rasters",
        "Prospect from rasters",
        "<p>From grids of geophysics or geochemistry to clusters, polygons, report and map: one run of <i>Deep "
        "embedded clustering (raster)</i> and <i>Prospect map</i>.</p><p><b>The first raster</b> gives the pixels; the others "
        "are aligned on it. Boreholes and earthquakes may be left out.</p><p><b>Noisy grids</b> give many small "
        "patches. A larger <i>Smallest patch of the polygons</i> makes the map easier to read; the raster keeps "
        "them.</p><p><b>To change the chain</b>, open its file in the graphical modeler (folder "
        "<i>processing_provider/models</i> of the plugin) and save it under another name.</p>",
        _INPUTS,
        (_CLUSTERING, _PAGE),
    ),
)
