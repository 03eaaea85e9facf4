"""The pieces of HTML: escaping, numbers, and JSON that cannot leave its script element."""

import json
import re

import numpy as np
import pytest
from fumarole.ui.reports import blocks, formats

HOSTILE = '</script><script>alert("x")</script> & \U0001f30b'


@pytest.mark.parametrize(
    "block",
    [
        blocks.paragraph(HOSTILE),
        blocks.bullets([HOSTILE]),
        blocks.unmarked([HOSTILE]),
        blocks.callout(HOSTILE, [HOSTILE]),
        blocks.facts([(HOSTILE, HOSTILE)]),
        blocks.definitions([(HOSTILE, HOSTILE)]),
        blocks.table(HOSTILE, [HOSTILE], [[HOSTILE], [blocks.Cell(HOSTILE, HOSTILE)]]),
        blocks.verdict([HOSTILE]),
        blocks.ramp(HOSTILE, [HOSTILE], HOSTILE),
        blocks.side_by_side([HOSTILE]),
        blocks.folded(HOSTILE, HOSTILE),
        blocks.joined(HOSTILE, blocks.strong(HOSTILE), blocks.swatch(HOSTILE), blocks.subtitle(HOSTILE)),
    ],
)
def test_every_block_escapes_its_text(block):
    assert "<script" not in block
    assert "&lt;script&gt;" in block
    assert "\U0001f30b" in block


def test_markup_is_not_escaped_twice():
    assert blocks.paragraph(blocks.strong("a < b")) == "<p><strong>a &lt; b</strong></p>"


def test_no_callout_without_a_message():
    assert blocks.callout("Read this first", []) == ""


def test_figure_data_survive_and_stay_inside_their_element():
    specification = {"data": [{"name": HOSTILE, "y": np.array([1.5, np.nan, -np.inf]), "n": np.int64(3)}], "layout": {}}
    figure = blocks.figure(specification, HOSTILE, HOSTILE)
    embedded = re.search(r'<script type="application/json">(.*?)</script>', figure, re.DOTALL).group(1)
    assert "<" not in embedded
    assert json.loads(embedded) == {"data": [{"name": HOSTILE, "y": [1.5, None, None], "n": 3}], "layout": {}}
    assert figure.count("<script") == figure.count("</script>") == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.012345, "0.0123"),
        (1.5, "1.50"),
        (-25.04, "\u221225.0"),
        (12345.6, "12\u202f346"),
        (1e300, "1.00e300"),
        (2.5e-7, "2.50e\u22127"),
        (float("nan"), "\u2013"),
        (float("inf"), "\u2013"),
        (None, "\u2013"),
    ],
)
def test_significant_digits(value, text):
    assert formats.significant(value) == text


def test_other_formats():
    assert formats.count(1234567) == "1\u202f234\u202f567"
    assert formats.percent(0.005) == "0.5\u00a0%"
    assert formats.percent(0.44) == "44\u00a0%"
    assert formats.listed(["a"]) == "a"
    assert formats.listed(["a", "b", "c"]) == "a, b and c"
    assert formats.quantity("B", "ppm") == "B (ppm)"
    assert formats.quantity("B (PPM)", "ppm") == "B (PPM)"
    assert formats.quantity("Th_mgkg", "mg/kg") == "Th_mgkg"
    assert formats.quantity("pH", "") == "pH"
