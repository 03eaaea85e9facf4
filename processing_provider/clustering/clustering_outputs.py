"""Writing the layers and tables of ``deep_embedded_clustering``."""

from functools import partial

from qgis.core import QgsCoordinateReferenceSystem, QgsWkbTypes

from ...ui.styles import style_boreholes, style_earthquakes, style_hulls, style_samples
from ..layers import extended, fields_of
from .cluster_fields import (
    PROFILE_FIELDS,
    SCORE_FIELDS,
    latent_table,
    membership_pairs,
    membership_values,
    profile_rows,
    score_rows,
)
from .hulls import HULL_FIELDS

_POINT, _POLYGON, _TABLE = QgsWkbTypes.Type.Point, QgsWkbTypes.Type.Polygon, QgsWkbTypes.Type.NoGeometry


def write_clusters(outputs, samples, result, hulls):
    """Write the clustered samples and the rows of :func:`~.hulls.cluster_hulls`."""
    membership = result.membership
    pairs = membership_pairs(membership.latent.shape[1], with_silhouette=True)
    added = membership_values(membership, result.silhouette)
    rows = zip(samples.points(), (old + new for old, new in zip(samples.attributes, added)))
    style = partial(style_samples, cluster_count=result.n_clusters)
    outputs.layer("OUTPUT", extended(samples.fields, *pairs), _POINT, samples.crs, rows, style, "Clusters")
    style = partial(style_hulls, cluster_count=result.n_clusters)
    outputs.layer("HULLS", fields_of(*HULL_FIELDS), _POLYGON, samples.crs, hulls, style, "Cluster hulls")


def write_surroundings(outputs, boreholes, earthquakes, strong, magnitude_field):
    """Write the boreholes and the ``strong`` (row numbers) of the earthquakes; either may be None."""
    if boreholes:
        rows = zip(boreholes.points(), boreholes.attributes)
        outputs.layer(
            "BOREHOLES_OUTPUT", boreholes.fields, _POINT, boreholes.crs, rows, style_boreholes, "Boreholes"
        )
    if earthquakes:
        points = earthquakes.points()
        rows = ((points[row], earthquakes.attributes[row]) for row in strong)
        style = partial(style_earthquakes, magnitude_field=magnitude_field)
        outputs.layer("EARTHQUAKES_OUTPUT", earthquakes.fields, _POINT, earthquakes.crs, rows, style, "Earthquakes")


def write_tables(outputs, result):
    """Write the latent coordinates, the cluster profiles and the scores."""
    names = [str(number + 1) for number in range(len(result.membership.cluster))]
    latent_fields, latent_rows = latent_table(result.membership, names)
    no_crs = QgsCoordinateReferenceSystem()
    outputs.layer("LATENT", latent_fields, _TABLE, no_crs, latent_rows)
    outputs.layer("PROFILES", fields_of(*PROFILE_FIELDS), _TABLE, no_crs, profile_rows(result.profiles))
    outputs.layer("SCORES", fields_of(*SCORE_FIELDS), _TABLE, no_crs, score_rows(result.scores))
