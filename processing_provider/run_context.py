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
        definition.description(): _shown(tool, definition, parameters, context)
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
    definition = tool.parameterDefinition("INPUT")
    return _shown(tool, definition, parameters, context) if definition else "-"


def _shown(tool, definition, parameters, context):
    """Return a parameter's value as people read it; layers by their name, for an address may hold a password."""
    name = definition.name()
    value = parameters.get(name, definition.defaultValue())
    if value is not None and definition.type() == "source":
        source = tool.parameterAsSource(parameters, name, context)
        only = getattr(value, "selectedFeaturesOnly", False)
        return f"{source.sourceName()}{' (selected features)' if only else ''}" if source else "-"
    if definition.type() in ("multilayer", "layer", "vector", "raster"):
        layers = tool.parameterAsLayerList(parameters, name, context)
        return ", ".join(layer.name() for layer in layers) or "-"
    return _as_text(value)


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
