"""The plugin object QGIS creates: it registers the Processing provider and nothing else."""

from qgis.core import QgsApplication

from .processing_provider.provider import FumaroleProvider


class FumarolePlugin:
    """Adds the Fumarole tools to Processing; works without a QGIS window (``iface`` None)."""

    def __init__(self, iface):
        self.iface = iface
        self.provider = None

    def initProcessing(self):  # noqa: N802
        """Register the provider (also called alone by ``qgis_process``)."""
        self.provider = FumaroleProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)
        self.provider.refreshAlgorithms()  # the shipped models find their tools only in a registered provider

    def initGui(self):  # noqa: N802
        """Called by QGIS Desktop when the plugin is switched on."""
        self.initProcessing()

    def unload(self):
        """Called by QGIS Desktop when the plugin is switched off."""
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
