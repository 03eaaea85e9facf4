"""The sample of pixels: even over the area, inside the raster, seeded."""

import numpy as np
import pytest

from fumarole.algorithms.clustering.raster_sample import candidate_pixels, thinned_evenly


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (37, 3), (300, 500)])
def test_of_a_small_raster_every_pixel_is_a_candidate_once(shape):
    rows, columns = candidate_pixels(shape[1], shape[0], 10_000, 1)
    assert sorted(zip(rows.tolist(), columns.tolist())) == [(r, c) for r in range(shape[0]) for c in range(shape[1])]


def test_of_a_large_raster_every_cell_has_one_candidate():
    rows, columns = candidate_pixels(100_000, 70_003, 1000, 1)
    assert 16_000 <= len(rows) <= 17_000
    assert rows.min() >= 0 and rows.max() < 70_003 and columns.min() >= 0 and columns.max() < 100_000
    side = int(np.sqrt(100_000 * 70_003 / 16_000))
    assert len(set(zip((rows // side).tolist(), (columns // side).tolist()))) == len(rows)


def test_the_sample_is_even_over_the_area():
    rows, columns = candidate_pixels(2000, 1000, 1000, 7)
    kept = thinned_evenly(len(rows), 1000, 7)
    counts, _, _ = np.histogram2d(rows[kept], columns[kept], bins=(5, 10), range=((0, 1000), (0, 2000)))
    assert counts.sum() == 1000
    assert counts.min() >= 15 and counts.max() <= 25  # 20 on average; a purely random sample strays from 10 to 32


def test_neighbours_in_the_order_are_neighbours_on_the_ground():
    rows, columns = candidate_pixels(1024, 1024, 1000, 3)
    steps = np.hypot(np.diff(rows), np.diff(columns))
    assert np.median(steps) < 20  # pixels; a random order would make it about 500


def test_thinning_takes_all_of_few_and_exactly_as_many_as_wanted():
    np.testing.assert_array_equal(thinned_evenly(5, 10, 1), np.arange(5))
    kept = thinned_evenly(12_345, 1000, 1)
    assert len(np.unique(kept)) == 1000 and kept.max() < 12_345
    assert set(np.diff(kept)) <= {12, 13}


def test_the_seed_decides():
    first, again, other = (candidate_pixels(5000, 5000, 100, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
