"""What a tool tells its report about the run."""

import datetime
import time

from qgis.core import Qgis

from .provider_groups import plugin_version


def run_context(tool, parameters, context, started, **more):
    """Return a :class:`~ui.reports.context.ReportContext` of this run.

    Parameters
    ----------
    tool : Tool
        With the parameters ``INPUT`` and ``SEED``, or without.
    started : float
        ``time.monotonic()`` at the start.
    **more
        Further fields of the context, such as ``crs``; they take precedence.
    """
    from ..algorithms.model_file import software_versions
    from ..ui.reports.context import ReportContext

    shown = {
        definition.description(): _as_text(parameters.get(definition.name(), definition.defaultValue()))
        for definition in tool.parameterDefinitions()
        if not definition.isDestination()
    }
    about = {
        "title": tool.title,
        "input_name": _input_name(tool, parameters, context),
        "crs": "",
        "parameters": shown,
        "seed": tool.parameterAsInt(parameters, "SEED", context) if tool.parameterDefinition("SEED") else "-",
        "versions": {"QGIS": Qgis.QGIS_VERSION, **software_versions()},
        "plugin_version": plugin_version(),
        "elapsed_s": time.monotonic() - started,
        "created": datetime.date.today().isoformat(),
    }
    return ReportContext(**{**about, **more})


def _input_name(tool, parameters, context):
    if not tool.parameterDefinition("INPUT"):
        return "-"
    layer = tool.parameterAsVectorLayer(parameters, "INPUT", context)
    return layer.name() if layer else str(parameters["INPUT"])


def _as_text(value):
    if value is None or value == "" or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    for name in ("authid", "name"):
        if hasattr(value, name):
            return getattr(value, name)()
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return str(value)
