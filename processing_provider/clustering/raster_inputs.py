"""The inputs of ``deep_embedded_clustering_raster``: rasters on one grid, masked, and what lies over them."""

from .raster_layers import open_rasters
from .raster_mask import PolygonMask, RasterMask, masked
from .raster_points import read_boreholes, read_earthquakes


def open_inputs(tool, parameters, context, feedback):
    """Open everything the tool reads, before the long work begins.

    Returns
    -------
    rasters : AlignedRasters or MaskedRasters
    overlays : list of Overlay
        Boreholes and earthquakes, as far as given.

    Raises
    ------
    DataError
        If something cannot be used, in one sentence.
    """
    rasters = open_rasters(tool.parameterAsLayerList(parameters, "INPUT", context), context)
    feedback.pushInfo(f"Bands: {', '.join(rasters.names)}.")
    polygons = tool.parameterAsSource(parameters, "MASK", context)
    if polygons is not None:
        rasters = masked(rasters, PolygonMask(polygons, rasters.grid, context))
    layer = tool.parameterAsRasterLayer(parameters, "MASK_RASTER", context)
    if layer is not None:
        rasters = masked(rasters, RasterMask(layer, rasters.grid, context))
    for note in rasters.notes:
        feedback.pushWarning(note)
    crs = rasters.grid.crs
    boreholes = read_boreholes(tool.parameterAsSource(parameters, "BOREHOLES", context), crs, context, feedback)
    earthquakes = read_earthquakes(
        tool.parameterAsSource(parameters, "EARTHQUAKES", context),
        crs,
        context,
        feedback,
        tool.parameterAsString(parameters, "MAGNITUDE_FIELD", context),
        tool.parameterAsDouble(parameters, "MIN_MAGNITUDE", context),
    )
    return rasters, [overlay for overlay in (boreholes, earthquakes) if overlay]
