"""From a layer of stations to answers, and from answers to layers: what the inversion tools share."""

import dataclasses
import time

import numpy as np
from qgis.core import QgsProcessingException, QgsWkbTypes

from ...algorithms.errors import DataError
from ...ui.sp_styles import style_error_bars, style_fit, style_sources
from ..layers import crs_name, fields_of
from ..outputs import Outputs
from ..run_context import run_context
from ..tool import progress_to
from .millivolts import millivolts_per_unit
from .profile_stations import read_survey
from .source_fields import BAR_FIELDS, FIT_FIELDS, SOURCE_FIELDS, bar_rows, fit_rows, source_rows

DETAILED = 3  # lines shown in full where there are many: the first, and those with the largest misfit
_WARNED = 10


def read_stations(tool, parameters, context, feedback):
    """Return the :class:`Survey` of the tool's input, in mV."""
    source = tool.parameterAsSource(parameters, "INPUT", context)
    if source is None:
        raise QgsProcessingException(tool.invalidSourceError(parameters, "INPUT"))
    field, line, distance = (
        tool.parameterAsString(parameters, name, context) for name in ("SP_FIELD", "LINE_FIELD", "DISTANCE_FIELD")
    )
    survey = read_survey(source, field, line, distance, context, feedback)
    if survey.plane.note:
        feedback.pushInfo(survey.plane.note)
    if survey.n_unplaced:
        feedback.pushWarning(f"{survey.n_unplaced} stations have no place along a line and are left out.")
    unit = tool.parameterAsEnumString(parameters, "UNIT", context)
    factor = millivolts_per_unit(np.concatenate([profile.sp_mv for profile in survey.profiles]), unit, field)
    if factor == 1.0:
        return survey
    profiles = [dataclasses.replace(profile, sp_mv=factor * profile.sp_mv) for profile in survey.profiles]
    return dataclasses.replace(survey, profiles=profiles)


def lines_in_detail(answers):
    """Return the positions of the answers the report shows in full: the first one and the worst fitted."""
    found = [position for position, answer in enumerate(answers) if answer.inversion is not None]
    worst = sorted(found[1:], key=lambda position: -answers[position].rms_percent)
    return sorted(found[:1] + worst[: DETAILED - 1])


def require_answers(answers):
    """Raise a :class:`DataError` with the first reason when no line could be inverted."""
    if not any(answer.inversion is not None for answer in answers):
        first = answers[0].problem
        raise DataError(first if len(answers) == 1 else f"No line can be inverted. The first: {first}")


def write(tool, parameters, context, feedback, survey, answers, report, started, seconds):
    """Write every output of an inversion tool and return its results.

    Parameters
    ----------
    answers : list of Answer
        In the order of the survey's profiles.
    report : callable(names, answers, survey_map, context)
        Returns HTML; called only when the report is wanted.
    started : float
        ``time.monotonic()`` at the start of the run.
    seconds : dict of str to float
        What the run took so far: reading and inverting.
    """
    _tell(survey, answers, feedback)
    writing = time.monotonic()
    progress_to(feedback)(0.9, "Writing the results")
    point, crs = QgsWkbTypes.Type.Point, survey.crs
    with Outputs(tool, parameters, context, feedback) as outputs:
        rows = source_rows(answers, survey, context)
        outputs.layer(
            "OUTPUT",
            fields_of(*SOURCE_FIELDS),
            QgsWkbTypes.Type.PointZ,
            crs,
            rows,
            style_sources,
            "Self-potential sources",
        )
        rows = fit_rows(answers, survey, context)
        outputs.layer("FIT", fields_of(*FIT_FIELDS), point, crs, rows, style_fit, "Self-potential fit")
        rows = bar_rows(answers, survey, context)
        line = QgsWkbTypes.Type.LineString
        outputs.layer("ERROR_BARS", fields_of(*BAR_FIELDS), line, crs, rows, style_error_bars, "Error bars of sources")

        def write_report(path):
            about = run_context(tool, parameters, context, started, crs=crs_name(crs) if crs.isValid() else "")
            names = [survey.profiles[answer.index].name for answer in answers]
            path.write_text(report(names, answers, _survey_map(answers, survey), about), encoding="utf-8")

        outputs.file("REPORT", write_report)
    n_stations = sum(len(profile.sp_mv) for profile in survey.profiles)
    seconds = {**seconds, "writing": time.monotonic() - writing}
    split = ", ".join(f"{name} {duration:.1f} s" for name, duration in seconds.items())
    feedback.pushInfo(f"{len(answers)} lines with {n_stations} stations: {split}.")
    return {**outputs.results, **_numbers(answers)}


def _tell(survey, answers, feedback):
    """Log what the lines are worth."""
    for answer in [answer for answer in answers if answer.inversion is None][:_WARNED]:
        feedback.pushWarning(f"Line '{survey.profiles[answer.index].name}': {answer.status}")
    kinds = {}
    for answer in answers:
        kinds.setdefault("not inverted" if answer.inversion is None else answer.status, []).append(answer.index)
    for status, indices in kinds.items():
        feedback.pushInfo(f"{len(indices)} of {len(answers)} lines: {status}")


def _numbers(answers):
    """Return the numeric outputs, those of the first line that was inverted."""
    first = next(answer for answer in answers if answer.inversion is not None)
    found = first.inversion
    return {
        "N_LINES": len(answers),
        "N_FAILED": sum(answer.inversion is None for answer in answers),
        "X0": float(found.x0_m[0, 0]),
        "DEPTH": float(found.depth_m[0, 0]),
        "ANGLE": float(found.angle_deg[0, 0]),
        "K": float(found.k[0, 0]),
        "HALF_LENGTH": float(found.half_m[0, 0]),
        "RMS": float(found.rms_mv[0]),
        "STATUS": first.status,
    }


def _survey_map(answers, survey):
    """Return the :class:`SurveyMap` for the report; None without geometry."""
    from ...ui.reports.self_potential import SurveyMap

    if any(profile.xy is None for profile in survey.profiles):
        return None
    places = np.full((len(answers), 2), np.nan)
    for row, answer in enumerate(answers):
        if answer.inversion is not None:
            places[row] = survey.profiles[answer.index].places(answer.inversion.x0_m[0, :1])[0]
    return SurveyMap(places, [survey.profiles[answer.index].xy for answer in answers])
