"""The background is a polynomial, whatever the coordinate it is written in."""

import numpy as np
import pytest

from fumarole.algorithms.self_potential import background as polynomial

X = np.linspace(2000.0, 2600.0, 25)


@pytest.mark.parametrize("background", polynomial.BACKGROUNDS)
def test_scaled_and_natural_coefficients_are_the_same_curve(background):
    scaled = np.array([[3.0, -2.0, 0.7], [0.1, 5.0, -4.0]])[:, : polynomial.n_terms(background)]
    origin, length = np.array([2000.0, 1990.0]), np.array([600.0, 650.0])
    position = (X - origin[:, None]) / length[:, None]
    natural = polynomial.powers_of_distance(scaled, origin, length)
    curve = np.einsum("nt,tns->ns", scaled, polynomial.columns(position, background))
    assert polynomial.evaluate(natural, X) == pytest.approx(curve, rel=1e-9)


def test_terms():
    assert [polynomial.n_terms(name) for name in ("none", "constant", "linear", "quadratic")] == [0, 1, 2, 3]
