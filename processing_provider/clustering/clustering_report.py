"""What the clustering tools tell their reports about the run."""

from ..layers import crs_name
from ..run_context import run_context


def report_context(tool, parameters, context, samples, hulls, boreholes, earthquakes, strong, magnitudes, started):
    """Return the context of a clustering report: the run and what lies on its map."""
    import numpy as np

    return run_context(
        tool,
        parameters,
        context,
        started,
        crs=crs_name(samples.crs),
        xy=samples.xy,
        sample_ids=sample_names(samples),
        hulls=tuple((values[0], _outline(geometry)) for geometry, values in hulls),
        boreholes=boreholes.xy if boreholes else None,
        earthquakes=earthquakes.xy[strong] if earthquakes else None,
        magnitudes=np.array(magnitudes) if earthquakes else None,
    )


def sample_names(table):
    """Return the names of the samples from a field such as "Sample_ID"; empty when there is none."""
    from ...algorithms.clustering.coordinates import is_id

    for field in table.fields:
        if is_id(field.name()):
            return tuple("" if value is None else str(value) for value in table.column(field.name()))
    return ()


def _outline(geometry):
    import numpy as np

    return np.array([(point.x(), point.y()) for point in geometry.asPolygon()[0]])
