"""Synthetic profiles from which a network learns: what they may look like, and how they are drawn."""

from dataclasses import asdict, dataclass

import numpy as np

from ..errors import DataError
from . import background as polynomial
from .basis import DipoleBasis
from .bodies import SHAPE_EXPONENTS

RANGES = ("x0_m", "depth_m", "angle_deg", "k")  #: as ``bodies.PARAMETERS``; also the columns of every parameter table
GRID_LEVELS = (7, 5, 7, 7)  #: of x0, depth, angle and k in the reference study
FEWEST_STATIONS = 8
MOST_PLACES = 101  #: at which a network reads a profile; more stations are averaged
BACKGROUND_SHARE = 0.5  #: largest coefficient of the scaled background, over the largest value of the anomaly


@dataclass(frozen=True)
class TrainingSetup:
    """What the training profiles look like; the defaults are those of the reference study.

    Attributes
    ----------
    shape : str
        Sphere or cylinder (a key of ``bodies.SHAPE_EXPONENTS``).
    background : str
        One of ``background.BACKGROUNDS``.
    length_m : float
        Length of the profile, m, which runs from 0.
    n_stations : int
        Evenly spaced over the length.
    noise_sd_mv : float
        White Gaussian noise of every station, mV.
    x0_m, depth_m, angle_deg, k : (low, high)
        Ranges of the body's parameters: m, m, degrees (``high`` may exceed 360 for a range across 0) and
        mV m^(2q-1).
    """

    shape: str = "sphere"
    background: str = "none"
    length_m: float = 150.0
    n_stations: int = 101
    noise_sd_mv: float = 10.0**0.5
    x0_m: tuple = (50.0, 100.0)
    depth_m: tuple = (7.0, 75.0)
    angle_deg: tuple = (260.0, 340.0)
    k: tuple = (70_000.0, 110_000.0)

    @property
    def low(self):
        """Lower ends of the ranges (4,), in the order of ``RANGES``."""
        return np.array([getattr(self, name)[0] for name in RANGES], dtype=float)

    @property
    def high(self):
        """Upper ends of the ranges (4,), in the order of ``RANGES``."""
        return np.array([getattr(self, name)[1] for name in RANGES], dtype=float)

    @property
    def n_places(self):
        """Number of evenly spaced places at which a network reads the profile."""
        return min(self.n_stations, MOST_PLACES)

    @property
    def place_noise_sd_mv(self):
        """Noise of the value read at one place, mV: the average of the stations nearest to it."""
        return self.noise_sd_mv * (self.n_places / self.n_stations) ** 0.5

    def to_card(self):
        """Return the setup as plain values for a model card."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_card(cls, card):
        """Return the setup of a model card."""
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in card.items()})


def check(setup):
    """Raise DataError when no network can be trained on a setup."""
    if setup.shape not in SHAPE_EXPONENTS:
        raise DataError(
            f"A network cannot be trained for the body '{setup.shape}': choose one of {', '.join(SHAPE_EXPONENTS)}, or "
            "invert by least squares."
        )
    if setup.background not in polynomial.BACKGROUNDS:
        raise DataError(
            f"Background '{setup.background}' is not known: choose one of {', '.join(polynomial.BACKGROUNDS)}."
        )
    if setup.n_stations < FEWEST_STATIONS:
        raise DataError(f"{setup.n_stations} stations are too few to learn from: give at least {FEWEST_STATIONS}.")
    if not (np.isfinite(setup.length_m) and setup.length_m > 0):
        raise DataError(f"The length of the profile is {setup.length_m:g} m: give a length above 0.")
    if not (np.isfinite(setup.noise_sd_mv) and setup.noise_sd_mv >= 0):
        raise DataError(f"The standard deviation of the noise is {setup.noise_sd_mv:g} mV: give 0 or more.")
    words = {"x0_m": "place x0 (m)", "depth_m": "depth (m)", "angle_deg": "angle (degrees)", "k": "moment K"}
    for name, word in words.items():
        low, high = getattr(setup, name)
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise DataError(f"The range of the {word} runs from {low:g} to {high:g}: its end must lie above its start.")
    if setup.depth_m[0] <= 0:
        raise DataError(f"The smallest depth is {setup.depth_m[0]:g} m: depths count downwards and must be above 0.")
    if setup.k[0] <= 0:
        raise DataError(
            f"The smallest moment K is {setup.k[0]:g}: it must be above 0. A reversed polarisation is an angle 180 "
            "degrees on."
        )
    turn = setup.angle_deg[1] - setup.angle_deg[0]
    if turn > 360:
        raise DataError(f"The range of the angle covers {turn:g} degrees: give at most one turn, 360.")


def uniform_parameters(setup, n, rng):
    """Return parameters (n, 4) drawn evenly from the ranges, columns as ``RANGES``."""
    return rng.uniform(setup.low, setup.high, (n, len(RANGES)))


def grid_parameters(setup, n, rng):
    """Return parameters (n, 4) drawn from the nodes of the reference grid, columns as ``RANGES``.

    Notes
    -----
    The grid of the reference study has 7 x 5 x 7 x 7 = 1715 nodes, fewer than its 5000 profiles: every node is
    used as often as any other, but for the incomplete last round, each time with another draw of the noise.
    """
    axes = [np.linspace(*getattr(setup, name), levels) for name, levels in zip(RANGES, GRID_LEVELS)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(RANGES))
    rounds = -(-n // len(nodes))
    return nodes[np.concatenate([rng.permutation(len(nodes)) for _ in range(rounds)])[:n]]


def relative(setup, parameters):
    """Return parameters over the profile's length: ``x0 / L``, ``h / L``, radians, ``K / L^(2q-1)`` in mV."""
    x0_m, depth_m, angle_deg, k = np.asarray(parameters).T
    moment = k / setup.length_m ** (2.0 * SHAPE_EXPONENTS[setup.shape] - 1.0)
    return np.stack([x0_m / setup.length_m, depth_m / setup.length_m, np.radians(angle_deg), moment], axis=-1)


def profiles(setup, parameters, rng, dtype=np.float64):
    """Return noisy profiles (n, n_places), mV, of the bodies with these parameters.

    Parameters
    ----------
    setup : TrainingSetup
    parameters : ndarray (n, 4)
        Columns as ``RANGES``.
    rng : numpy.random.Generator
        Draws background and noise.
    dtype : numpy dtype
        ``float32`` is exact enough to learn from and twice as fast.

    Notes
    -----
    Every coefficient of the background is uniform within ``BACKGROUND_SHARE`` times the largest absolute value
    of the anomaly, over a profile scaled to run from -1 to 1.
    """
    place, depth, angle, moment = relative(setup, parameters).astype(dtype).T
    position = np.linspace(0.0, 1.0, setup.n_places, dtype=dtype)[None]
    along, down = DipoleBasis(setup.shape).columns(position, np.stack([place, np.log(depth)], axis=-1))
    values = (moment * np.cos(angle))[:, None] * along + (moment * np.sin(angle))[:, None] * down
    largest = np.abs(values).max(axis=1)
    for column in polynomial.columns(position, setup.background).astype(dtype):
        share = rng.uniform(-BACKGROUND_SHARE, BACKGROUND_SHARE, len(values)).astype(dtype)
        values += (share * largest)[:, None] * column
    return values + dtype(setup.place_noise_sd_mv) * rng.standard_normal(values.shape, dtype=dtype)
