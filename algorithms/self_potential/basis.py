"""Each body as a linear combination of curves that depend on a few non-linear parameters.

Lengths are in units of the profile's length. A sphere or cylinder has the non-linear parameters ``(x0, log h)``
and the two coefficients ``A = K cos a`` and ``B = K sin a``; a sheet has ``(x1, log z1, x2, log z2)``, its two
edges, and the one coefficient ``k``. Several bodies stand one after the other.
"""

import numpy as np

from .bodies import SHAPE_EXPONENTS, SHEET
from .canonical import canonical, sheet_edges, sheet_from_edges


class DipoleBasis:
    """Spheres or cylinders: ``V = A u / r^2q - B h / r^2q`` with ``u = x - x0`` and ``r² = u² + h²``."""

    nonlinear = 2  #: per body
    linear = 2

    def __init__(self, shape, n_bodies=1):
        self.shape = shape
        self.exponent = SHAPE_EXPONENTS[shape]
        self.n_bodies = n_bodies

    def columns(self, position, theta):
        """Return ``linear n_bodies`` curves, each (n_profiles, n_stations), for ``theta`` (n_profiles, n)."""
        curves = []
        for body in range(self.n_bodies):
            offset, depth, square = self._geometry(position, theta, body)
            decay = self._decay(square)
            curves += [offset * decay, -depth * decay]
        return curves

    def derivatives(self, position, theta, coefficients):
        """Return the derivative of the whole curve by each entry of ``theta``."""
        slopes = []
        for body in range(self.n_bodies):
            offset, depth, square = self._geometry(position, theta, body)
            along, down = coefficients[:, 2 * body, None], coefficients[:, 2 * body + 1, None]
            decay = self._decay(square)
            fall = (2.0 * self.exponent) * (along * offset - down * depth) / square
            slopes += [decay * (fall * offset - along), -(down * depth + fall * depth**2) * decay]
        return slopes

    def step_scale(self, theta):
        """Return the length by which a step of each entry of ``theta`` is judged (n_profiles, n)."""
        scale = np.ones_like(theta)
        scale[:, 0::2] = depths(theta)
        return scale

    def parameters(self, theta, coefficients, origin_m, length_m):
        """Return canonical parameters, each (n_profiles, n_bodies): m, m, degrees, moment, (NaN) half length."""
        place = theta[:, 0::2] * length_m[:, None] + origin_m[:, None]
        depth = depths(theta) * length_m[:, None]
        along, down = coefficients[:, 0::2].copy(), coefficients[:, 1::2].copy()
        moment = np.hypot(along, down) * length_m[:, None] ** (2.0 * self.exponent - 1.0)
        body = canonical(self.shape, place, depth, np.degrees(np.arctan2(down, along)), moment)
        return (*body, np.full_like(moment, np.nan))

    def theta(self, parameters, origin_m, length_m):
        """Return ``theta`` (n_profiles, n) of canonical parameters, the inverse of :meth:`parameters`."""
        place = (parameters[0] - origin_m[:, None]) / length_m[:, None]
        return _interleaved(place, np.log(parameters[1] / length_m[:, None]))

    def _geometry(self, position, theta, body):
        offset = position - theta[:, 2 * body, None]
        depth = depths(theta)[:, body, None]
        return offset, depth, offset * offset + depth * depth

    def _decay(self, square):
        """Return ``square ** -exponent``, without the slow general power."""
        if self.exponent == 1.0:
            return 1.0 / square
        return 1.0 / np.sqrt(square) if self.exponent == 0.5 else 1.0 / (square * np.sqrt(square))


class SheetBasis:
    """Inclined sheets as two line poles: ``V = k (ln r1² - ln r2²)``."""

    nonlinear = 4
    linear = 1
    shape = SHEET

    def __init__(self, n_bodies=1):
        self.n_bodies = n_bodies

    def columns(self, position, theta):
        """Return one curve per sheet, each (n_profiles, n_stations), for ``theta`` (n_profiles, n)."""
        return [
            np.log(self._pole(position, theta, 4 * body)[2] / self._pole(position, theta, 4 * body + 2)[2])
            for body in range(self.n_bodies)
        ]

    def derivatives(self, position, theta, coefficients):
        """Return the derivative of the whole curve by each entry of ``theta``."""
        slopes = []
        for body in range(self.n_bodies):
            for start, sign in ((4 * body, 2.0), (4 * body + 2, -2.0)):
                offset, depth, square = self._pole(position, theta, start)
                factor = sign * coefficients[:, body, None] / square
                slopes += [-factor * offset, factor * depth**2]
        return slopes

    def step_scale(self, theta):
        """Return the length by which a step of each entry of ``theta`` is judged (n_profiles, n)."""
        scale = np.ones_like(theta)
        scale[:, 0::2] = depths(theta)
        return scale

    def parameters(self, theta, coefficients, origin_m, length_m):
        """Return canonical parameters, each (n_profiles, n_bodies): m, m, degrees, mV, half length in m."""
        edges = theta.reshape(len(theta), self.n_bodies, 4)
        place = edges[..., 0::2] * length_m[:, None, None] + origin_m[:, None, None]
        depth = np.exp(edges[..., 1::2].copy()) * length_m[:, None, None]
        return sheet_from_edges(place[..., 0], depth[..., 0], place[..., 1], depth[..., 1], coefficients)

    def theta(self, parameters, origin_m, length_m):
        """Return ``theta`` (n_profiles, n) of canonical parameters, the inverse of :meth:`parameters`."""
        x1_m, z1_m, x2_m, z2_m = sheet_edges(parameters[0], parameters[1], parameters[2], parameters[4])
        place = (_interleaved(x1_m, x2_m) - origin_m[:, None]) / length_m[:, None]
        return _interleaved(place, np.log(_interleaved(z1_m, z2_m) / length_m[:, None]))

    @staticmethod
    def _pole(position, theta, start):
        offset = position - theta[:, start, None]
        depth = depths(theta)[:, start // 2, None]
        return offset, depth, offset * offset + depth * depth


def depths(theta):
    """Return the depths (n_profiles, n) in ``theta``.

    The logarithms are copied side by side first: of numbers that lie apart, numpy may take the exponential by
    another routine, with another last digit, whenever the memory happens to lie so.
    """
    return np.exp(theta[:, 1::2].copy())


def _interleaved(first, second):
    """Return the columns of two arrays (n_profiles, n) in turn."""
    return np.stack([first, second], axis=-1).reshape(len(first), -1)


def basis_of(shape, n_bodies=1):
    """Return the basis of ``n_bodies`` bodies of one shape."""
    return SheetBasis(n_bodies) if shape == SHEET else DipoleBasis(shape, n_bodies)
