"""The tool sp_forward through Processing."""

import numpy as np
import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProcessingException

from fumarole.algorithms.self_potential.bodies import potential


def column(layer, name):
    return np.array([feature[name] for feature in layer.getFeatures()], dtype=float)


def test_positive_peak_above_the_body_at_270_degrees(run_tool):
    result = run_tool("sp_forward", {"X0": 60.0, "DEPTH": 20.0, "ANGLE": 270.0, "K": 1000.0, "OUTPUT": "memory:"})
    layer = result["OUTPUT"]
    assert layer.featureCount() == 101
    assert [field.name() for field in layer.fields()] == ["line", "distance_m", "sp_mv", "noise_free"]
    assert {feature["line"] for feature in layer.getFeatures()} == {"synthetic"}
    noise_free = column(layer, "noise_free")
    assert column(layer, "distance_m")[noise_free.argmax()] == 60.0
    assert result["HIGHEST"] == pytest.approx(1000.0 / 20.0**2)  # K h / h^3
    np.testing.assert_array_equal(column(layer, "sp_mv"), noise_free)


@pytest.mark.parametrize("body", ["sphere", "horizontal_cylinder", "vertical_cylinder", "sheet"])
def test_curve_is_that_of_the_body(run_tool, body):
    parameters = {"BODY": body, "X0": 40, "DEPTH": 30, "ANGLE": 60, "K": 90, "HALF_LENGTH": 12, "STATIONS": 21}
    layer = run_tool("sp_forward", {**parameters, "OUTPUT": "memory:"})["OUTPUT"]
    expected = potential(body, np.linspace(0, 150, 21), 40, 30, 60, 90, 12)
    assert column(layer, "noise_free") == pytest.approx(expected, rel=1e-12)


def test_noise_has_its_size_and_its_seed(run_tool):
    def noise(seed):
        parameters = {"STATIONS": 4000, "NOISE_SD": 3.0, "SEED": seed, "OUTPUT": "memory:"}
        layer = run_tool("sp_forward", parameters)["OUTPUT"]
        return column(layer, "sp_mv") - column(layer, "noise_free")

    assert noise(1).std() == pytest.approx(3.0, rel=0.05)
    np.testing.assert_array_equal(noise(1), noise(1))
    assert not np.array_equal(noise(1), noise(2))


def test_stations_lie_along_the_azimuth(run_tool):
    parameters = {"ORIGIN": "650000,4330000", "AZIMUTH": 30.0, "LENGTH": 100.0, "STATIONS": 3, "OUTPUT": "memory:"}
    layer = run_tool("sp_forward", parameters)["OUTPUT"]
    assert layer.crs() == QgsCoordinateReferenceSystem("EPSG:32635")
    last = [feature.geometry().asPoint() for feature in layer.getFeatures()][-1]
    assert (last.x(), last.y()) == pytest.approx((650_050.0, 4_330_000.0 + 100 * np.cos(np.radians(30))))
    assert layer.renderer().type() == "graduatedSymbol"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"TARGET_CRS": "EPSG:4326"}, "in degrees"),
        ({"K": 0.0}, "K = 0"),
        ({"BODY": "sheet", "DEPTH": 20.0, "HALF_LENGTH": 20.0, "ANGLE": 90.0, "X0": 75.0}, "out of the ground"),
    ],
)
def test_impossible_bodies_are_refused(run_tool, wrong, sentence):
    with pytest.raises(QgsProcessingException, match=sentence):
        run_tool("sp_forward", {**wrong, "OUTPUT": "memory:"})
