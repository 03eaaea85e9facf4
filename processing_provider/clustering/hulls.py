"""Hull polygons around the points of each cluster."""

import numpy as np
from qgis.core import QgsDistanceArea, QgsGeometry, QgsPointXY, QgsUnitTypes

HULL_FIELDS = (("cluster", "int"), ("n_samples", "int"), ("area_km2", "double"), ("top_vars", "text"))
CONVEX, CONCAVE = "convex", "concave"
_COLLINEAR = 1e-6  # width over length below which points lie on a line: 1 mm in 1 km


def cluster_hulls(xy, cluster, crs, transform_context, method=CONVEX, top_variables=None):
    """Return one hull per cluster, and why a cluster has none.

    Parameters
    ----------
    xy : ndarray (n_samples, 2)
        Positions in units of ``crs``, metres; a row that is not finite has no position and only counts.
    cluster : ndarray of int (n_samples,)
        Cluster numbers; 0 and below mean not assigned.
    crs : QgsCoordinateReferenceSystem
        Projected.
    transform_context : QgsCoordinateTransformContext
        For the ellipsoidal areas.
    method : str
        ``"convex"``, or ``"concave"``: the characteristic shape, one simple polygon that follows the points.
    top_variables : mapping of int to str, optional
        Text per cluster for the field ``top_vars``.

    Returns
    -------
    rows : list of (QgsGeometry, list)
        Polygons and the values of ``HULL_FIELDS``, by rising cluster number.
    messages : list of str
        One sentence per cluster without a hull.
    """
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, transform_context)
    measure.setEllipsoid(crs.ellipsoidAcronym())
    rows, messages = [], []
    for number in np.unique(cluster[cluster > 0]).tolist():
        members = xy[cluster == number]
        points = members[np.isfinite(members).all(axis=1)]
        distinct = np.unique(points, axis=0) if len(points) else points
        reason = _why_no_hull(distinct)
        if reason:
            messages.append(f"Cluster {number} ({_samples(len(members))}) gets no hull: {reason}.")
            continue
        hull = _convex(distinct) if method == CONVEX else _concave(distinct)
        area = measure.convertAreaMeasurement(measure.measureArea(hull), QgsUnitTypes.AreaUnit.AreaSquareKilometers)
        text = (top_variables or {}).get(number)
        rows.append((hull, [number, len(members), area, text]))
    return rows, messages


def _why_no_hull(distinct):
    if len(distinct) == 0:
        return "none of its samples has a position"
    if len(distinct) < 3:
        return f"its samples lie at only {len(distinct)} distinct position{'s' if len(distinct) > 1 else ''}"
    length, width = np.linalg.svd(distinct - distinct.mean(axis=0), compute_uv=False)
    if width <= _COLLINEAR * length:
        return "its samples lie on one straight line"
    return ""


def _convex(points):
    return QgsGeometry.fromMultiPointXY([QgsPointXY(x, y) for x, y in points.tolist()]).convexHull()


def _concave(points):
    from ...algorithms.clustering.concave_hull import concave_ring

    ring = [QgsPointXY(x, y) for x, y in concave_ring(points).tolist()]
    return QgsGeometry.fromPolygonXY([ring + ring[:1]])


def _samples(count):
    return f"{count} sample{'' if count == 1 else 's'}"
