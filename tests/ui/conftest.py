"""How far apart colours look, also to colour-blind readers."""

from itertools import combinations

import numpy as np
import pytest

# Machado, Oliveira and Fernandes (2009), IEEE TVCG 15, 1291-1298: severity 1.0, linear RGB
_VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
_RGB_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE_D65 = np.array([0.95047, 1.0, 1.08883])


@pytest.fixture(params=_VISION)
def vision(request):
    """A kind of colour vision, by name."""
    return request.param


@pytest.fixture(scope="session")
def cielab():
    """A callable: a colour ``"#RRGGBB"`` as seen with one kind of vision, in CIELAB."""

    def convert(colour, vision):
        srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
        linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        seen = np.clip(np.asarray(_VISION[vision]) @ linear, 0.0, 1.0)
        ratio = _RGB_TO_XYZ @ seen / _WHITE_D65
        f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
        return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])

    return convert


@pytest.fixture(scope="session")
def smallest_difference(cielab):
    """A callable: the smallest CIELAB difference between any two of some colours."""

    def difference(colours, vision):
        seen = [cielab(colour, vision) for colour in colours]
        return min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))

    return difference
