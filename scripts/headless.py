"""Starts QGIS without a window, with Processing and the Fumarole provider ready, for the scripts in this folder."""

import os
import sys
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def fumarole_provider():
    """Yield the registered provider; QGIS ends with the block."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from qgis.core import QgsApplication

    application = QgsApplication([], False)
    application.initQgis()
    sys.path.append(str(Path(application.pkgDataPath()) / "python" / "plugins"))
    from processing.core.Processing import Processing

    from .. import classFactory

    Processing.initialize()
    plugin = classFactory(None)
    plugin.initProcessing()
    try:
        yield plugin.provider
    finally:
        plugin.unload()
        Processing.deinitialize()
        application.exitQgis()
