"""A trained network for self-potential profiles: answers with numpy alone, and travels as one safe file."""

from dataclasses import dataclass, replace

import numpy as np

from .. import model_file
from ..errors import ModelFileError
from ..progress import silent
from . import network_presets
from .inversion import n_unknowns, reinvert
from .network_answer import answer
from .network_inputs import read_at_places
from .network_presets import PRESETS
from .network_remarks import outside_training
from .profiles import Profiles, prepare
from .results import Inversion
from .training_data import TrainingSetup

KIND = "sp_network"
CHUNK = 2048  #: profiles answered together: bounds the memory


@dataclass(frozen=True)
class Prediction:
    """A network's answers.

    Attributes
    ----------
    inversion : Inversion
        As any other method gives them, with the network's own standard deviations.
    remarks : tuple of tuple of str
        For each profile, a sentence for everything it was not trained for; empty when all is as in the training.
    """

    inversion: Inversion
    remarks: tuple

    @property
    def outside(self):
        """Whether each profile (n_profiles,) has a remark."""
        return np.array([bool(sentences) for sentences in self.remarks])


@dataclass(frozen=True, eq=False)
class SpNetwork:
    """Everything needed to answer with a trained network.

    Attributes
    ----------
    setup : TrainingSetup
        What it was trained on.
    network : ReferenceNetwork or ModernNetwork
        What it reads and what its outputs mean.
    arrays : dict of str to ndarray
        Weights and biases.
    sigma_factor : ndarray (4,)
        Calibration of the standard deviations of place, log depth, angle and log moment.
    largest_mv : ndarray (2,)
        Extremes over the training profiles of the largest absolute value, mV.
    card : dict
        JSON description: preset, setup, seed, versions, quality and so on.
    """

    setup: TrainingSetup
    network: object
    arrays: dict
    sigma_factor: np.ndarray
    largest_mv: np.ndarray
    card: dict

    @property
    def preset(self):
        """``reference`` or ``modern``."""
        return self.card["preset"]

    def require_shape(self, shape):
        """Raise ModelFileError when the network was trained for another body."""
        if shape != self.setup.shape:
            raise ModelFileError(
                f"The model was trained for the body '{self.setup.shape}', but '{shape}' was asked for: choose "
                f"'{self.setup.shape}', or train a network for '{shape}'."
            )

    def predict(self, x_m, v_mv, background=None, progress=silent):
        """Answer profiles.

        Parameters
        ----------
        x_m : array_like (n_stations,) or (n_profiles, n_stations)
            Distances along the profile, m, in any order.
        v_mv : array_like (n_stations,) or (n_profiles, n_stations)
            Self-potential, mV; NaN where a station is missing.
        background : str, optional
            Fitted together with the moment; default that of the training.
        progress : Progress
            Called per chunk of profiles.

        Returns
        -------
        Prediction

        Raises
        ------
        DataError
            A profile cannot be inverted (see :func:`.profiles.problems`).
        """
        background = background or self.setup.background
        profiles = prepare(x_m, v_mv, n_unknowns(self.setup.shape, background))
        total = len(profiles.values)
        parts, filled = [], []
        for start in range(0, total, CHUNK):
            progress(start / total, "Applying the network")
            chunk = _rows(profiles, slice(start, start + CHUNK))
            estimate, share = self.estimate(chunk)
            parts.append(answer(self.setup.shape, background, chunk, estimate, self.sigma_factor))
            filled.append(share)
        inversion = _joined(parts)
        progress(1.0, "")
        return Prediction(inversion, outside_training(self.setup, self.largest_mv, inversion, np.concatenate(filled)))

    def estimate(self, profiles):
        """Return what the network says of :class:`.profiles.Profiles`, and how well their stations fill its places."""
        values, filled = read_at_places(profiles, self.setup.n_places)
        return self.network.estimate(network_presets.outputs(self.network, self.arrays, values)), filled

    def save(self, path):
        """Write the model file."""
        arrays = {
            **self.arrays,
            **{f"network.{name}": value for name, value in vars(self.network).items()},
            "sigma_factor": self.sigma_factor,
            "largest_mv": self.largest_mv,
        }
        model_file.save(path, KIND, arrays, {**self.card, "setup": self.setup.to_card()})

    @classmethod
    def load(cls, path):
        """Read a model file; raises :class:`~..errors.ModelFileError` when it is not a self-potential network."""
        arrays, card = model_file.load(path, KIND)
        try:
            network_class = PRESETS[card["preset"]]
            network = network_class(**{name: arrays[f"network.{name}"] for name in network_class.__dataclass_fields__})
            setup = TrainingSetup.from_card(card["setup"])
            shapes = network_presets.shapes(network, setup.n_places)
            model = cls(
                setup,
                network,
                {name: arrays[name] for name in shapes},
                arrays["sigma_factor"],
                arrays["largest_mv"],
                card,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(f"The model file lacks the entry {error}. Train the model again.") from error
        fits = all(model.arrays[name].shape == shape for name, shape in shapes.items())
        if not fits or model.sigma_factor.shape != (4,) or model.largest_mv.shape != (2,):
            raise ModelFileError("The arrays in the model file do not fit each other. Train the model again.")
        return model


def polish(prediction, robust=False, progress=silent):
    """Fit each profile by least squares, starting from the network's answer.

    Parameters
    ----------
    prediction : Prediction
    robust : bool
        Minimise the Cauchy loss instead of the sum of squares.
    progress : Progress
        Called per profile.

    Returns
    -------
    Inversion
        With the background of the prediction.
    """
    start = replace(prediction.inversion, robust=robust)
    parts = []
    for index in range(start.n_profiles):
        progress(index / start.n_profiles, "Polishing by least squares")
        parts.append(reinvert(start, index, start.observed_mv[[index]]))
    progress(1.0, "")
    return _joined(parts)


def _rows(profiles, rows):
    return Profiles(**{name: value[rows] for name, value in vars(profiles).items()})


def _joined(parts):
    fields = dict(vars(parts[0]))
    for name, value in fields.items():
        if isinstance(value, np.ndarray):
            fields[name] = np.concatenate([getattr(part, name) for part in parts])
    return Inversion(**fields)
