"""A raster as the source of the stations of a profile."""

import numpy as np

from .raster_values import cell_size, values_at

_MOST_STATIONS = 100_000  # per line: beyond that a spacing was surely mistyped


class RasterStations:
    """Reads the stations of each line from a raster.

    Parameters
    ----------
    layer : QgsRasterLayer
    band : int
    spacing_m : float
        Between two stations; 0 = the size of a cell.
    plane : MetricPlane
        Of the lines.
    context : QgsProcessingContext
    """

    n_unused = 0  #: a raster leaves no points over

    def __init__(self, layer, band, spacing_m, plane, context):
        self._provider, self._crs = layer.dataProvider().clone(), layer.crs()  # a worker thread needs its own
        self.name, self._band = layer.name(), band
        self._plane, self._context = plane, context
        self._spacing_m = spacing_m
        self.n_missing = 0

    def along(self, line):
        """Return the stations of a :class:`ProfileLine`, as :meth:`PointStations.along` does."""
        spacing = max(self._spacing_m or self._cell_m(line), line.length_m / _MOST_STATIONS)
        distance = np.arange(int(line.length_m / spacing + 1e-9) + 1) * spacing
        places = self._plane.unproject(line.places(distance), self._crs, self._context)
        values = values_at(self._provider, self._band, places)
        found = np.isfinite(values)
        self.n_missing += int((~found).sum())
        columns = np.stack([values, np.zeros(len(values))], axis=1)[found]
        return distance[found], columns, np.ones(int(found.sum()), dtype=int)

    def summary(self):
        """Return what the log says after all lines."""
        return f"{self.n_missing} places on them have no data in '{self.name}'"

    def why_nothing(self, lines):
        """Return the sentence for a run in which no line met a station."""
        return (
            f"No line meets a cell with data of the raster '{self.name}'. Check that lines and raster lie in the same "
            "place and that each has the right coordinate system."
        )

    def _cell_m(self, line):
        """Return the smaller side of a cell at the start of a line, m."""
        start = self._plane.unproject(line.vertices[:1], self._crs, self._context)
        width, height = cell_size(self._provider)
        corners = start + np.array([[0.0, 0.0], [width, 0.0], [0.0, height]])
        plane = self._plane.project(corners, self._crs, self._context)
        return float(np.hypot(*(plane[1:] - plane[0]).T).min())
