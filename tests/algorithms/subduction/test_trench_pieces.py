"""Pieces of a trench put end to end, whatever their order and direction."""

import itertools

import numpy as np
import pytest

from fumarole.algorithms.errors import DataError
from fumarole.algorithms.subduction.trench_pieces import join_pieces

WHOLE = np.array([[178.0, -22.0], [179.0, -20.0], [179.9, -19.0], [-179.2, -17.0], [-178.0, -16.2], [-177.5, -14.0]])
PIECES = [WHOLE[:3], WHOLE[2:4], WHOLE[3:]]  # synthetic, across 180 degrees; the middle one is the shortest


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
@pytest.mark.parametrize("turned", [(), (0,), (1,), (2,)])
def test_order_and_one_turned_piece_do_not_matter(order, turned):
    pieces = [PIECES[index][::-1] if index in turned else PIECES[index] for index in order]
    (line,) = join_pieces(pieces, 1.0)
    assert [order[index] for index in line.order] == [0, 1, 2]
    assert [order[index] for index in line.reversed] == list(turned)
    assert np.array_equal(line.longitude, WHOLE[[0, 1, 2, 2, 3, 3, 4, 5], 0])
    assert line.gaps_km == pytest.approx((0.0, 0.0), abs=1e-6)


def test_the_greater_length_decides_the_direction():
    (line,) = join_pieces([PIECES[0][::-1], PIECES[1], PIECES[2][::-1]], 1.0)
    assert line.order == (2, 1, 0)
    assert line.reversed == (1,)


def test_of_two_pieces_of_one_length_the_first_decides():
    east, west = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[2.0, 0.0], [1.0, 0.0]])
    for first, second, start in ((east, west, 0.0), (west, east, 2.0)):
        (line,) = join_pieces([first, second], 1.0)
        assert (line.order, line.reversed, line.longitude[0]) == ((0, 1), (1,), start)


def test_longitudes_of_both_conventions_meet():
    (line,) = join_pieces([WHOLE[3:], np.array([[178.0, -22.0], [180.8, -17.0]])], 1.0)
    assert line.order == (1, 0)


def test_gaps_are_closed_up_to_the_largest():
    apart = [np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[1.2, 0.0], [2.0, 0.0]]), np.array([[5.0, 0.0], [6.0, 0.0]])]
    assert [line.order for line in join_pieces(apart, 0.0)] == [(0,), (1,), (2,)]
    near, far = join_pieces(apart, 30.0)
    assert (near.order, far.order) == ((0, 1), (2,))
    assert near.gaps_km == pytest.approx((22.26,), abs=0.01)
    assert [line.order for line in join_pieces(apart, 400.0)] == [(0, 1, 2)]


def test_a_branch_stays_a_line_of_its_own():
    stem, branch = np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[2.0, 0.0], [3.0, 2.0]])
    ahead = np.array([[2.0, 0.0], [4.0, 0.0]])
    assert [line.order for line in join_pieces([stem, ahead, branch], 1.0)] == [(0, 1), (2,)]


def test_a_ring_is_opened_where_its_first_piece_starts():
    ring = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    (whole,) = join_pieces([ring], 10.0)
    (pieces,) = join_pieces([ring[:2], ring[1:]], 10.0)
    assert whole.longitude.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert (pieces.order, pieces.longitude[0], pieces.longitude[-1]) == ((0, 1), 0.0, 0.0)


def test_vertices_that_are_no_places_get_a_sentence():
    with pytest.raises(DataError, match="vertices that are no places"):
        join_pieces([np.array([[0.0, 0.0], [np.nan, 1.0]])], 50.0)


def test_a_negative_gap_gets_a_sentence():
    with pytest.raises(DataError, match="must not be below 0 km"):
        join_pieces(PIECES, -1.0)
