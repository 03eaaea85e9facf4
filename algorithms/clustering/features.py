"""From a table of measurements to the matrix that is clustered, as a fitted transform."""

from dataclasses import dataclass, fields, replace

import numpy as np

from ..errors import DataError, ModelFileError
from ..model_file import match_features
from .feature_notes import application_notes, feature_notes, fit_notes, fit_warnings
from .imputation import Gaussian
from .screening import enough_values, missing_cells, screen
from .transforms import Margins, Standardisation, cleaned, is_censored
from .units import is_composition, mass_factor, unit_of

TRANSFORMS = ("auto", "clr", "yeo_johnson", "none")
MISSING = ("impute", "skip", "fail")
_PARTS = {"margins": Margins, "gaussian": Gaussian, "standardisation": Standardisation}


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Measurements as they were read from a layer.

    Attributes
    ----------
    names : tuple of str
        ``n_features`` field names.
    values : ndarray (n_samples, n_features) float64
        In the input's units; NaN = missing. Below detection: 0.65 times the limit, NaN when it is unknown.
    below_detection : ndarray of bool (n_samples, n_features)
    """

    names: tuple
    values: np.ndarray
    below_detection: np.ndarray


@dataclass(frozen=True, eq=False)
class PreparedFeatures:
    """A table brought into the form that is clustered.

    Attributes
    ----------
    matrix : ndarray (n_samples, n_used) float64
        Transformed features in standard deviations of the training samples; NaN rows where not assigned.
    assigned : ndarray of bool (n_samples,)
        Whether the sample has enough values to be clustered.
    values : ndarray (n_samples, n_used)
        The same columns in the input's units; NaN = missing, values below detection substituted, beyond +-1e100 cut.
    n_imputed : int
        Blank cells that were filled in ``matrix``.
    n_clipped : ndarray of int (n_used,)
        Measured values of assigned samples that lay far outside the training values and were cut.
    notes : tuple of str
        What was done, in sentences.
    """

    matrix: np.ndarray
    assigned: np.ndarray
    values: np.ndarray
    n_imputed: int
    n_clipped: np.ndarray
    notes: tuple


@dataclass(frozen=True, eq=False)
class FeatureTransform:
    """The fitted way from a table to the matrix; needs numpy alone.

    Attributes
    ----------
    names, units, treatments : tuple of str
        ``n_used`` field names, units in the names, and ``"clr"``, ``"yeo_johnson"`` or ``"none"``.
    impute : bool
        Whether samples with blanks are filled (from 60 % of the features on) or left unassigned.
    margins : Margins
    gaussian : Gaussian
    standardisation : Standardisation

    Notes
    -----
    Blanks are filled between the single-feature transforms and the log-ratios, so that every log-ratio refers to
    the mean logarithm of all parts of the composition.
    """

    names: tuple
    units: tuple
    treatments: tuple
    impute: bool
    margins: Margins
    gaussian: Gaussian
    standardisation: Standardisation

    def apply(self, table):
        """Transform a table; its fields are matched by name and may be more than the features.

        Parameters
        ----------
        table : FeatureTable

        Returns
        -------
        PreparedFeatures

        Raises
        ------
        ModelFileError
            If the table lacks a feature.
        """
        columns = match_features(self.names, table.names)
        values, below = cleaned(table.values[:, columns]), table.below_detection[:, columns]
        composition = self.margins.composition
        missing = missing_cells(values, is_censored(values, below, composition), composition)
        assigned = enough_values(missing, self.impute)
        transformed, cut = self.margins.apply(values[assigned], below[assigned])
        standardised, cut_again = self.standardisation.apply(self.gaussian.fill(transformed), composition)
        matrix = np.full(values.shape, np.nan)
        matrix[assigned] = standardised
        return PreparedFeatures(
            matrix,
            assigned,
            self.margins.substituted(values, below),
            int(missing[assigned].sum()),
            ((cut | cut_again) & ~missing[assigned]).sum(axis=0),
            application_notes(missing, assigned, self.impute),
        )

    def to_arrays(self):
        """Return the arrays for a model file."""
        return {
            f"features.{part}.{field.name}": getattr(getattr(self, part), field.name)
            for part, kind in _PARTS.items()
            for field in fields(kind)
        }

    def to_card(self):
        """Return the entries for the card of a model file."""
        return {
            "feature_names": list(self.names),
            "feature_units": list(self.units),
            "feature_treatments": list(self.treatments),
            "impute": self.impute,
        }

    @classmethod
    def from_model(cls, arrays, card):
        """Rebuild the transform from the arrays and the card of a model file.

        Raises
        ------
        ModelFileError
            If entries are missing or do not fit each other.
        """
        try:
            names, units, treatments = (
                tuple(map(str, card[key])) for key in ("feature_names", "feature_units", "feature_treatments")
            )
            parts = {
                part: kind(*(arrays[f"features.{part}.{field.name}"] for field in fields(kind)))
                for part, kind in _PARTS.items()
            }
            impute = bool(card["impute"])
        except (KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                "The model file lacks the description of its features. Train the model again."
            ) from error
        shapes = {array.shape for part in parts.values() for array in vars(part).values()}
        n_used = len(names)
        lengths_fit = len(units) == n_used and len(treatments) == n_used
        if not lengths_fit or shapes != {(n_used,), (n_used, n_used)} or parts["margins"].composition.dtype != bool:
            raise ModelFileError("The feature tables in the model file do not fit each other. Train the model again.")
        return cls(names, units, treatments, impute, **parts)


def fit_features(table, transform="auto", missing="impute"):
    """Choose the usable features and samples of a table and fit their transform.

    Parameters
    ----------
    table : FeatureTable
    transform : {"auto", "clr", "yeo_johnson", "none"}
        "auto": columns with a mass unit form one composition (centred log-ratios), if 3 of them are usable; all
        others get a Yeo-Johnson transform. "clr": all columns form one composition. "yeo_johnson": each column
        by itself. "none": columns are only standardised.
    missing : {"impute", "skip", "fail"}
        "impute": samples with at least 60 % of the features are kept and their blanks filled. "skip": samples
        with blanks are not assigned. "fail": blanks in any column are an error.

    Returns
    -------
    transform : FeatureTransform
    prepared : PreparedFeatures
        The table itself, as ``transform.apply(table)`` gives it, with the notes of the fit before its own.
    feature_notes : tuple of FeatureNote
        One per column of the table, in its order.
    warnings : tuple of str

    Raises
    ------
    DataError
        If the table cannot be clustered, naming why each field was dropped.
    """
    if transform not in TRANSFORMS or missing not in MISSING:
        raise DataError(
            f"Unknown transform '{transform}' or treatment of blanks '{missing}'. Use one of {', '.join(TRANSFORMS)} "
            f"and one of {', '.join(MISSING)}."
        )
    if not table.names:
        raise DataError("No numeric field was chosen. Choose at least two fields to cluster on.")
    values, impute = cleaned(table.values), missing == "impute"
    candidates = np.array([transform == "clr" or (transform == "auto" and is_composition(n)) for n in table.names])
    if missing == "fail":
        _refuse_blanks(table, values, candidates)
    screening = screen(table.names, values, table.below_detection, candidates, impute)
    used, samples = np.flatnonzero(screening.used), screening.samples
    gave_up_composition = bool(candidates.any()) and not screening.composition.any()
    if transform == "clr" and gave_up_composition:
        raise DataError(
            "Centred log-ratios need at least 3 usable fields with positive values, and fewer were chosen. "
            "Choose more parts of the composition, or the Yeo-Johnson transform."
        )
    units = tuple(unit_of(name) for name in table.names)
    single = "none" if transform == "none" else "yeo_johnson"
    treatments = tuple("clr" if is_part else single for is_part in screening.composition)
    composition = screening.composition[used]
    factor = np.array([mass_factor(units[i]) or 1.0 if treatments[i] == "clr" else 1.0 for i in used])
    training = values[np.ix_(samples, used)], table.below_detection[np.ix_(samples, used)]
    margins = Margins.fit(*training, composition, factor, gaussianise=single == "yeo_johnson")
    transformed, _ = margins.apply(*training)
    gaussian = Gaussian.fit(transformed)
    standardisation = Standardisation.fit(gaussian.fill(transformed), composition)
    names, used_units, used_treatments = (tuple(texts[i] for i in used) for texts in (table.names, units, treatments))
    _refuse_fixed_proportions(names, standardisation)
    fitted = FeatureTransform(names, used_units, used_treatments, impute, margins, gaussian, standardisation)
    prepared = fitted.apply(table)
    notes = feature_notes(table.names, units, treatments, screening, prepared.n_clipped)
    n_substituted = int((screening.censored & ~screening.missing)[:, used].sum())
    prepared = replace(prepared, notes=fit_notes(notes, gave_up_composition, n_substituted) + prepared.notes)
    n_without_limit = (screening.censored & screening.missing).sum(axis=0)
    return fitted, prepared, notes, fit_warnings(notes, np.isinf(table.values).sum(axis=0), n_without_limit)


def _refuse_blanks(table, values, composition):
    blank = missing_cells(values, is_censored(values, table.below_detection, composition), composition)
    counts = blank.sum(axis=0)
    if counts.any():
        listed = ", ".join(f"'{name}' ({count})" for name, count in zip(table.names, counts) if count)
        raise DataError(
            f"{counts.sum()} values are blank: {listed}. Fill them, leave these fields out, or choose to impute or to "
            "skip missing values."
        )


def _refuse_fixed_proportions(names, standardisation):
    fixed = [f"'{name}'" for name, sd in zip(names, standardisation.sd) if sd == 0]
    if fixed:
        raise DataError(
            f"{', '.join(fixed)} keep the same proportions in all samples, so their composition tells none apart. "
            "Leave these fields out or choose the Yeo-Johnson transform."
        )
