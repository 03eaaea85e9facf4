"""A raster map of clusters as a small picture that lies inside a report."""

import base64
from dataclasses import dataclass

import numpy as np
from qgis.PyQt.QtCore import QBuffer, QIODevice
from qgis.PyQt.QtGui import QColor, QImage

from ..palette import cluster_colour

_TRANSPARENT = 0


@dataclass(frozen=True, eq=False)
class MapPicture:
    """A map of clusters in a few hundred pixels.

    Attributes
    ----------
    cluster : ndarray of uint8 (height, width)
        1..k and 0 = no data, the northernmost row first.
    west, south, east, north : float
        Outer edges, metres.
    """

    cluster: np.ndarray
    west: float
    south: float
    east: float
    north: float

    def data_uri(self):
        """Return a PNG in the colours of the clusters as a ``data:`` address."""
        height, width = self.cluster.shape
        # rows of an image begin at multiples of four bytes
        pixels = np.pad(self.cluster, ((0, 0), (0, -width % 4))).tobytes()
        image = QImage(pixels, width, height, len(pixels) // height, QImage.Format.Format_Indexed8)
        colours = [QColor(cluster_colour(number)).rgba() for number in range(1, int(self.cluster.max()) + 1)]
        image.setColorTable([_TRANSPARENT, *colours])
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        return f"data:image/png;base64,{base64.b64encode(bytes(buffer.data())).decode('ascii')}"
