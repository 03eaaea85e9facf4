"""Text fits into its room and is shown as it is."""

import pytest
from qgis.core import QgsExpression

from fumarole.ui.map_text import fitted, grouped, literal, width_mm


def test_a_short_text_keeps_its_size(qgis_app):
    assert fitted("Simav", 200.0, 17.0, 11.0) == (["Simav"], 17.0)


def test_a_longer_text_gets_smaller_letters_before_it_is_broken(qgis_app):
    text = "Hydrochemical prospects of the Simav graben"
    lines, points = fitted(text, 100.0, 17.0, 8.0)
    assert lines == [text]
    assert 8.0 < points < 17.0
    assert width_mm(text, points) <= 100.0


@pytest.mark.parametrize("text", ["word " * 200, "W" * 500, "a " + "W" * 500, "\U0001f30b" * 300])
def test_a_very_long_text_ends_in_an_ellipsis(qgis_app, text):
    lines, points = fitted(text, 150.0, 17.0, 11.0, bold=True)
    assert points == 11.0
    assert len(lines) == 2
    assert lines[-1].endswith("\u2026")
    assert all(width_mm(line, points, bold=True) <= 150.0 for line in lines)


def test_nothing_gives_no_line(qgis_app):
    assert fitted(" \n ", 100.0, 9.0, 8.0)[0] == []


def test_expressions_in_a_title_are_not_evaluated(qgis_app):
    shown = QgsExpression.replaceExpressionText(literal("[% 1 + 1 %] of As"), None)
    assert shown.replace("\u200b", "") == "[% 1 + 1 %] of As"


def test_digits_in_threes():
    assert grouped(1_250_000.4) == "1 250 000"
