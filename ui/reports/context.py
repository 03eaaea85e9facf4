"""What a report says about the run itself, beside the result."""

from dataclasses import dataclass, field
from typing import Optional

import numpy as np

from ...algorithms.clustering.results import ClusterAreas
from .map_picture import MapPicture


@dataclass(frozen=True)
class ReportContext:
    """Everything a report needs that is not part of the result.

    Attributes
    ----------
    title : str
        Heading of the report.
    input_name : str
        Name of the input layer.
    crs : str
        Coordinate system of all coordinates below, such as ``"EPSG:32635 - WGS 84 / UTM zone 35N"``.
    parameters : dict
        Label -> value of every parameter of the run.
    seed : int
    versions : dict
        Name -> version of the software used.
    plugin_version : str
    elapsed_s : float or None
        Duration of the run, seconds.
    created : str
        Date of the run, as it should be printed; empty to leave it out.
    xy : ndarray (n_samples, 2) or None
        Easting and northing of every input row, metres; NaN where a row has no place.
    sample_ids : tuple of str
        Name of every input row; empty to use row numbers from 1.
    hulls : tuple of (int, ndarray (m, 2))
        Cluster number and outline, metres; a cluster may have several.
    boreholes : ndarray (n_boreholes, 2) or None
        Metres.
    earthquakes : ndarray (n_earthquakes, 2) or None
        Metres.
    magnitudes : ndarray (n_earthquakes,) or None
    picture : MapPicture or None
        The map of the clusters, where they were mapped on a raster.
    areas : ClusterAreas or None
        What the clusters cover on it; comes with it.
    occurrences : tuple of (str, Occurrence)
        Points on that map, such as ``("Boreholes", ...)``.
    """

    title: str
    input_name: str
    crs: str
    parameters: dict
    seed: int
    versions: dict
    plugin_version: str
    elapsed_s: Optional[float] = None
    created: str = ""
    xy: Optional[np.ndarray] = field(default=None, repr=False)
    sample_ids: tuple = field(default=(), repr=False)
    hulls: tuple = field(default=(), repr=False)
    boreholes: Optional[np.ndarray] = field(default=None, repr=False)
    earthquakes: Optional[np.ndarray] = field(default=None, repr=False)
    magnitudes: Optional[np.ndarray] = field(default=None, repr=False)
    picture: Optional[MapPicture] = field(default=None, repr=False)
    areas: Optional[ClusterAreas] = field(default=None, repr=False)
    occurrences: tuple = field(default=(), repr=False)

    def sample_name(self, row):
        """Return the name of input row ``row`` (from 0): its id, or its number from 1."""
        return str(self.sample_ids[row]) if self.sample_ids else str(row + 1)
