"""What the inversion tools write: sources, their error bars, and the fit at every station."""

import numpy as np
from qgis.core import QgsGeometry, QgsLineString, QgsPoint, QgsPointXY

from ...algorithms.self_potential.bodies import SHEET_PARAMETERS

SOURCE_FIELDS = (
    ("line", "text"),
    ("body", "int"),
    ("shape", "text"),
    ("x0_m", "double"),
    ("depth_m", "double"),
    ("angle_deg", "double"),
    ("k", "double"),
    ("half_m", "double"),
    ("sd_x0", "double"),
    ("sd_depth", "double"),
    ("sd_angle", "double"),
    ("sd_k", "double"),
    ("sd_half", "double"),
    ("x0_lo", "double"),
    ("x0_hi", "double"),
    ("depth_lo", "double"),
    ("depth_hi", "double"),
    ("rms_mv", "double"),
    ("rms_pct", "double"),
    ("weight", "double"),
    ("azimuth", "double"),
    ("n_stations", "int"),
    ("status", "text"),
)
BAR_FIELDS = (("line", "text"), ("body", "int"), ("x0_m", "double"), ("sd_x0", "double"))
FIT_FIELDS = (
    ("line", "text"),
    ("distance_m", "double"),
    ("observed", "double"),
    ("fitted", "double"),
    ("residual", "double"),
    ("regional", "double"),
)


def source_rows(answers, survey, context):
    """Yield one feature per body: a PointZ at its place on the map, z = -depth; without place where a line failed."""
    for answer in answers:
        profile, found = survey.profiles[answer.index], answer.inversion
        if found is None:
            unknown = [None] * (len(SOURCE_FIELDS) - 3)
            yield None, [profile.name, *unknown, int(np.isfinite(profile.sp_mv).sum()), answer.status]
            continue
        places = survey.plane.unproject(profile.places(found.x0_m[0]), survey.crs, context).tolist()
        azimuths = profile.azimuths(found.x0_m[0]).tolist()
        for body in range(found.n_bodies):
            point = QgsPoint(*places[body], -float(found.depth_m[0, body]))
            yield QgsGeometry(point), [
                profile.name,
                body + 1,
                found.shape,
                *(float(getattr(found, name)[0, body]) for name in SHEET_PARAMETERS),
                *(_of_body(answer.sd.get(name), body) for name in SHEET_PARAMETERS),
                *(_of_body(end, body) for name in ("x0_m", "depth_m") for end in answer.interval[name]),
                float(found.rms_mv[0]),
                answer.rms_percent,
                answer.weight,
                azimuths[body],
                int(found.n_used[0]),
                answer.status,
            ]


def _of_body(values, body):
    """Return one body's value of a parameter; None for a parameter the shape does not have."""
    return None if values is None or not np.isfinite(values[body]) else float(values[body])


def bar_rows(answers, survey, context):
    """Yield one line per body, along its profile from one standard deviation before its place to one behind."""
    for answer in answers:
        if answer.inversion is None:
            continue
        profile = survey.profiles[answer.index]
        pairs = zip(answer.inversion.x0_m[0].tolist(), answer.sd["x0_m"].tolist())
        for body, (x0_m, sd) in enumerate(pairs, start=1):
            if not np.isfinite(sd):
                continue
            inside = profile.distance_m[(profile.distance_m > x0_m - sd) & (profile.distance_m < x0_m + sd)]
            along = np.concatenate([[x0_m - sd], np.unique(inside), [x0_m + sd]])
            places = survey.plane.unproject(profile.places(along), survey.crs, context)
            yield QgsGeometry(QgsLineString(*places.T.tolist())), [profile.name, body, x0_m, sd]


def fit_rows(answers, survey, context):
    """Yield one feature per station."""
    for answer in answers:
        if answer.inversion is None:
            continue
        profile, found = survey.profiles[answer.index], answer.inversion
        places = survey.plane.unproject(profile.places(profile.distance_m), survey.crs, context).tolist()
        columns = (found.x_m[0], found.observed_mv[0], found.fitted_mv[0], found.residual_mv[0], answer.regional_mv)
        for place, numbers in zip(places, np.stack(columns, axis=1).tolist()):
            yield QgsGeometry.fromPointXY(QgsPointXY(*place)), [profile.name, *numbers]
