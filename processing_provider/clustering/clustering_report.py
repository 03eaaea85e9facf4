"""What the clustering tools tell their reports about the run."""

import datetime
import time

from qgis.core import Qgis

from ..layers import crs_name
from ..provider_groups import plugin_version

_NOT_SHOWN = {"OUTPUT", "HULLS", "BOREHOLES_OUTPUT", "EARTHQUAKES_OUTPUT", "LATENT", "PROFILES", "SCORES", "MODEL", "REPORT"}


def run_context(tool, parameters, context, started, **more):
    """Return a :class:`~ui.reports.context.ReportContext` of this run.

    Parameters
    ----------
    tool : Tool
    started : float
        ``time.monotonic()`` at the start.
    **more
        Further fields of the context: positions, hulls, names.
    """
    from ...algorithms.model_file import software_versions
    from ...ui.reports.context import ReportContext

    layer = tool.parameterAsVectorLayer(parameters, "INPUT", context)
    shown = {
        definition.description(): _as_text(parameters.get(definition.name(), definition.defaultValue()))
        for definition in tool.parameterDefinitions()
        if definition.name() not in _NOT_SHOWN
    }
    return ReportContext(
        title=tool.title,
        input_name=layer.name() if layer else str(parameters["INPUT"]),
        parameters=shown,
        seed=tool.parameterAsInt(parameters, "SEED", context),
        versions={"QGIS": Qgis.QGIS_VERSION, **software_versions()},
        plugin_version=plugin_version(),
        elapsed_s=time.monotonic() - started,
        created=datetime.date.today().isoformat(),
        **more,
    )


def report_context(
    tool, parameters, context, samples, hulls, boreholes, earthquakes, strong, magnitudes, started
):
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


def _as_text(value):
    if value is None or value == "" or value == []:
        return "-"
    if hasattr(value, "authid"):
        return value.authid()
    if hasattr(value, "sourceName") or hasattr(value, "name"):
        return value.name()
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
