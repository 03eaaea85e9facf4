"""Bands that hold codes instead of amounts, which clustering would take for what they are not."""

import numpy as np

_MOST_CODES = 32  # a band of more different values may well be a coarse measurement
_PIXELS_PER_CODE = 10  # fewer repetitions say nothing


def code_warnings(names, values):
    """Return a sentence for every band that holds a few whole numbers only, as codes of rock or land cover do.

    Parameters
    ----------
    names : sequence of str
        ``n_bands`` names.
    values : ndarray (n_pixels, n_bands)
        Without NaN. A constant band is no case for this.
    """
    warnings = []
    for name, column in zip(names, np.transpose(values)):
        distinct = np.unique(column)
        few = 1 < len(distinct) <= min(_MOST_CODES, len(column) // _PIXELS_PER_CODE)
        if few and (distinct == np.round(distinct)).all():
            warnings.append(
                f"Band '{name}' holds only {len(distinct)} different whole numbers. If they are codes, such as those "
                "of rocks, leave it out: clustering takes them for amounts, and code 4 for twice code 2."
            )
    return warnings
