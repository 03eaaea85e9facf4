"""What the raster tool tells its report about the run."""

from dataclasses import replace

from ..layers import crs_name
from ..run_context import run_context
from .raster_checks import in_metres
from .raster_picture import map_picture
from .raster_points import BOREHOLES, EARTHQUAKES, positions_in


def report_context(tool, parameters, context, started, layers, grid, sample, path, areas, standings):
    """Return the context of the report: the run, the pixels learnt from, and what the map holds.

    Parameters
    ----------
    layers : list of QgsRasterLayer
    grid : Grid
    sample : PixelSample
    path : str
        The map.
    areas : ClusterAreas
    standings : list of Standing
    """
    from ...algorithms.clustering.occurrence import occurrence

    xy, crs = in_metres(grid.centres(sample.rows, sample.columns), grid.crs, context)
    overlays = {standing.overlay.kind: standing.overlay for standing in standings}
    earthquakes = overlays.get(EARTHQUAKES)
    about = run_context(
        tool,
        parameters,
        context,
        started,
        crs=crs_name(crs),
        xy=xy,
        sample_ids=sample.names,
        boreholes=positions_in(overlays.get(BOREHOLES), crs, context),
        earthquakes=positions_in(earthquakes, crs, context),
        magnitudes=earthquakes.magnitudes if earthquakes else None,
        picture=map_picture(path, grid, crs),
        areas=areas,
        occurrences=tuple(
            (standing.overlay.kind, occurrence(standing.cluster, areas.area_km2)) for standing in standings
        ),
    )
    names = ", ".join(layer.name() for layer in layers)
    label = tool.parameterDefinition("INPUT").description()
    return replace(about, input_name=names, parameters={**about.parameters, label: names})
