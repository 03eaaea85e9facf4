"""Fumarole: geothermal prospects, subduction zones and self-potential surveys in QGIS Processing."""


def classFactory(iface):  # noqa: N802 (the name QGIS calls)
    """Return the plugin; ``iface`` is None under ``qgis_process``."""
    from .plugin import FumarolePlugin

    return FumarolePlugin(iface)
