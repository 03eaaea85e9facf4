"""Reading between the cells of a raster, against scipy."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from fumarole.processing_provider.self_potential.raster_values import bilinear


def test_bilinear_is_that_of_scipy():
    rng = np.random.default_rng(1)
    cells = rng.normal(size=(7, 9))
    row, column = rng.uniform(0, 6, 200), rng.uniform(0, 8, 200)
    expected = map_coordinates(cells, [row, column], order=1)
    assert bilinear(cells, row, column) == pytest.approx(expected)


def test_at_a_centre_only_its_own_cell_counts():
    cells = np.array([[1.0, np.nan], [np.nan, 4.0]])
    values = bilinear(cells, np.array([0.0, 1.0, 0.5]), np.array([0.0, 1.0, 0.5]))
    assert values[:2].tolist() == [1.0, 4.0] and np.isnan(values[2])
