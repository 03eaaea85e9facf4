"""Run by QGIS Desktop when it starts (``make qgis``): shows the Processing toolbox, with Fumarole unfolded."""

from qgis.PyQt.QtWidgets import QDockWidget, QTreeView
from qgis.utils import iface

toolbox = iface.mainWindow().findChild(QDockWidget, "ProcessingToolbox")
if toolbox is not None:
    toolbox.setUserVisible(True)
    tree = toolbox.findChild(QTreeView)
    providers = (tree.model().index(row, 0) for row in range(tree.model().rowCount()))
    for provider in providers:
        if provider.data() == "Fumarole":
            tree.expandRecursively(provider)
            tree.scrollTo(provider, QTreeView.ScrollHint.PositionAtTop)
