"""The background that belongs to given bodies, and the residual that both leave."""

import numpy as np

from . import background as polynomial


def background_fit(left, position, background, weight=None):
    """Return the background's coefficients and what it leaves.

    Parameters
    ----------
    left : ndarray (n_profiles, n_stations)
        Values minus the bodies' curves, mV.
    position : ndarray (n_profiles or 1, n_stations)
    background : str
    weight : ndarray (n_profiles, n_stations), optional
        Root weights.

    Returns
    -------
    coefficients : ndarray (n_profiles, n_terms)
        Of ``background.columns``.
    residual : ndarray (n_profiles, n_stations)
    """
    terms = polynomial.columns(position, background)
    if not len(terms):
        return np.zeros((len(left), 0)), left
    terms = np.broadcast_to(terms, (len(terms), *left.shape))
    weighted = terms if weight is None else terms * weight**2
    normal = np.einsum("ans,bns->nab", weighted, terms)
    coefficients = np.linalg.solve(normal, np.einsum("ans,ns->na", weighted, left)[..., None])[..., 0]
    return coefficients, left - np.einsum("na,ans->ns", coefficients, terms)


def residual_of(basis, theta, coefficients, position, values, background, weight=None):
    """Return the background's coefficients and the residual (not weighted) of bodies at ``theta``."""
    left = values.copy()
    for column, curve in enumerate(basis.columns(position, theta)):
        left -= coefficients[:, column, None] * curve
    return background_fit(left, position, background, weight)
