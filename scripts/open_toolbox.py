"""Run by QGIS Desktop when it starts (``make qgis``): shows the Processing toolbox."""

from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface

toolbox = iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox")
if toolbox is not None:
    toolbox.setUserVisible(True)
