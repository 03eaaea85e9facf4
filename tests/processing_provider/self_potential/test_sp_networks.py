"""The network tools through Processing: train, apply with and without polish, compare, and bad input."""

import numpy as np
import pytest
from qgis.core import QgsProcessingException

from fumarole.algorithms.self_potential.bodies import potential

pytest.importorskip("torch")
X_M = np.linspace(0.0, 150.0, 101)
EASTING, NORTHING = 650_000.0, 4_330_000.0


@pytest.fixture(scope="module")
def model(fumarole, tmp_path_factory):
    """A modern network trained for a few seconds: path and results of the tool."""
    import processing

    folder = tmp_path_factory.mktemp("model")
    parameters = {"BUDGET": 2.0, "MODEL": str(folder / "model.npz"), "REPORT": str(folder / "report.html")}
    return processing.run("fumarole:train_sp_network", parameters)


@pytest.fixture
def survey(point_layer):
    """Three synthetic lines over spheres of the default training ranges, and one far outside."""
    rng = np.random.default_rng(4)
    bodies = [(70, 30, 300, 90_000), (80, 45, 280, 80_000), (60, 25, 320, 100_000), (75, 20, 90, 90_000)]
    curves = [potential("sphere", X_M, *body) + rng.normal(0, 10.0**0.5, len(X_M)) for body in bodies]
    xy = np.concatenate([[EASTING, NORTHING + 100.0 * row] + X_M[:, None] * [1.0, 0.0] for row in range(len(bodies))])
    names = [name for name in ("A", "B", "C", "outside") for _ in X_M]
    return point_layer(xy, sp=np.concatenate(curves), line=names, d=np.tile(X_M, len(bodies)))


def given(survey, model, **more):
    fields = {"SP_FIELD": "sp", "LINE_FIELD": "line", "DISTANCE_FIELD": "d"}
    return {"INPUT": survey, **fields, "MODEL": model["MODEL"], "OUTPUT": "memory:", **more}


def test_training_writes_model_error_and_report(model):
    assert 0 < model["MSE"] < 0.05
    report = open(model["REPORT"], encoding="utf-8").read()
    assert "scaled from its range to 0..1" in report and "Ranges of the training profiles" in report


def test_training_refuses_a_range_that_ends_before_it_starts(run_tool, tmp_path):
    with pytest.raises(QgsProcessingException, match="range of the depth runs from 50 to 10"):
        run_tool("train_sp_network", {"MIN_DEPTH": 50.0, "MAX_DEPTH": 10.0, "MODEL": str(tmp_path / "m.npz")})
    assert not (tmp_path / "m.npz").exists()


def test_the_polish_is_the_answer_of_least_squares(run_tool, survey, model):
    polished = run_tool("invert_sp_network", given(survey, model, POLISH=True, FIT="memory:"))
    squares = run_tool(
        "invert_sp",
        {
            "INPUT": survey,
            "SP_FIELD": "sp",
            "LINE_FIELD": "line",
            "DISTANCE_FIELD": "d",
            "BACKGROUND": "none",
            "ROBUST": False,
            "OUTPUT": "memory:",
        },
    )
    pairs = list(zip(polished["OUTPUT"].getFeatures(), squares["OUTPUT"].getFeatures()))
    assert [first["line"] for first, _ in pairs] == ["A", "B", "C", "outside"]
    for first, second in pairs[:3]:
        assert first["x0_m"] == pytest.approx(second["x0_m"], abs=1e-2)
        assert first["depth_m"] == pytest.approx(second["depth_m"], abs=1e-2)
    assert polished["FIT"].featureCount() == 4 * len(X_M)


def test_the_network_alone_is_near_and_warns_outside_its_ranges(run_tool, survey, model):
    result = run_tool("invert_sp_network", given(survey, model, POLISH=False))
    found = {feature["line"]: feature for feature in result["OUTPUT"].getFeatures()}
    assert found["A"]["depth_m"] == pytest.approx(30.0, abs=6.0)
    assert "least squares" in found["outside"]["status"] and "least squares" not in found["A"]["status"]


def test_three_methods_stand_side_by_side(run_tool, survey, model, tmp_path):
    report = tmp_path / "compare.html"
    result = run_tool("compare_sp_inversions", given(survey, model, REPORT=str(report)))
    assert (result["N_LINES"], result["N_FAILED"]) == (4, 0)
    rows = [(feature["line"], feature["method"], feature["sigmas"]) for feature in result["OUTPUT"].getFeatures()]
    assert [method for _, method, _ in rows[:3]] == ["network", "least squares", "network + polish"]
    assert {line for line, _, _ in rows} == {"A", "B", "C", "outside"}
    sigmas = {(line, method): value for line, method, value in rows}
    assert all(sigmas[line, "least squares"] == 0.0 for line in "ABC")
    assert sigmas["A", "network + polish"] < 0.01 < sigmas["A", "network"] < 5.0
    assert result["N_AGREE"] < 4  # not the line outside
    assert "must not be trusted" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("tool", ["invert_sp_network", "compare_sp_inversions"])
def test_another_kind_of_file_is_refused(run_tool, survey, tmp_path, tool):
    path = tmp_path / "text.npz"
    path.write_text("no model", encoding="utf-8")
    with pytest.raises(QgsProcessingException, match="not a readable Fumarole model"):
        run_tool(tool, given(survey, {"MODEL": str(path)}))
