"""The self-potential of simple polarised bodies along a profile, and its derivatives.

Every function takes distances and depths in metres and angles in degrees and gives millivolts. The station
axis is the last one: ``x_m`` is ``(n_stations,)`` or ``(n_profiles, n_stations)``, each body parameter a scalar
or ``(n_profiles,)``, and the answer ``(n_stations,)`` or ``(n_profiles, n_stations)``.
"""

import numpy as np

SHAPE_EXPONENTS = {"sphere": 1.5, "horizontal_cylinder": 1.0, "vertical_cylinder": 0.5}
SHEET = "sheet"
SHAPES = (*SHAPE_EXPONENTS, SHEET)
PARAMETERS = ("x0_m", "depth_m", "angle_deg", "k")  #: of every shape; a sheet adds ``half_m``
SHEET_PARAMETERS = (*PARAMETERS, "half_m")


def parameter_names(shape):
    """Return the names of the parameters of a shape, in the order of :func:`jacobian`."""
    return SHEET_PARAMETERS if shape == SHEET else PARAMETERS


def moment_unit(shape):
    """Return the unit of ``k``: mV m^(2q - 1), which is mV for the sheet and the vertical cylinder."""
    power = 0 if shape == SHEET else int(round(2 * SHAPE_EXPONENTS[shape] - 1))
    return ("mV", "mV m", "mV m²")[power]


def potential(shape, x_m, x0_m, depth_m, angle_deg, k, half_m=None):
    r"""Return the self-potential of one body, in mV.

    Parameters
    ----------
    shape : str
        One of ``SHAPES``.
    x_m : array_like (n_stations,) or (n_profiles, n_stations)
        Distances along the profile, m.
    x0_m, depth_m : array_like, scalar or (n_profiles,)
        Place along the profile and depth of the centre, m.
    angle_deg : array_like, scalar or (n_profiles,)
        Polarisation angle from the profile's +x direction, degrees; 270 gives a positive peak. For the sheet
        its dip, 0 to 180 degrees: the upper edge lies at ``x0 + half cos(dip)``.
    k : array_like, scalar or (n_profiles,)
        Electric dipole moment, mV m^(2q-1). For the sheet its strength, mV, with a sign.
    half_m : array_like, scalar or (n_profiles,), optional
        Half of the sheet's length down the dip, m; not used by the other shapes.

    Returns
    -------
    ndarray (n_stations,) or (n_profiles, n_stations)
        mV.

    Notes
    -----
    Sphere (q = 1.5), horizontal cylinder (q = 1.0) and vertical cylinder (q = 0.5) [1]_ [2]_:

    .. math:: V = K \frac{(x - x_0)\cos a - h \sin a}{[(x - x_0)^2 + h^2]^q}

    Inclined sheet, two line poles at its edges [3]_:

    .. math:: V = k \ln\frac{(x - x_0 - l\cos d)^2 + (h - l\sin d)^2}{(x - x_0 + l\cos d)^2 + (h + l\sin d)^2}

    References
    ----------
    .. [1] Yungul, S. (1950). Interpretation of spontaneous polarization anomalies caused by spheroidal ore
       bodies. Geophysics 15(2), 237-246.
    .. [2] Abdelrahman, E. M., and Sharafeldin, S. M. (1997). A least-squares approach to depth determination
       from self-potential anomalies caused by horizontal cylinders and spheres. Geophysics 62(1), 44-48.
    .. [3] Murty, B. V. S., and Haricharan, P. (1985). Nomogram for the complete interpretation of spontaneous
       potential profiles over sheet-like and cylindrical two-dimensional sources. Geophysics 50(7), 1127-1135.
    """
    x_m = np.asarray(x_m, dtype=float)
    x0_m, depth_m, angle, k = _per_profile(x0_m, depth_m, np.radians(angle_deg), k)
    if shape == SHEET:
        (half_m,) = _per_profile(half_m)
        across, down = half_m * np.cos(angle), half_m * np.sin(angle)
        upper = (x_m - x0_m - across) ** 2 + (depth_m - down) ** 2
        lower = (x_m - x0_m + across) ** 2 + (depth_m + down) ** 2
        return k * np.log(upper / lower)
    offset = x_m - x0_m
    return k * (offset * np.cos(angle) - depth_m * np.sin(angle)) / (offset**2 + depth_m**2) ** SHAPE_EXPONENTS[shape]


def jacobian(shape, x_m, x0_m, depth_m, angle_deg, k, half_m=None):
    """Return the derivatives of :func:`potential` by its parameters.

    Parameters are those of :func:`potential`.

    Returns
    -------
    ndarray (..., n_stations, n_parameters)
        Columns in the order of :func:`parameter_names`: mV/m, mV/m, mV/degree, mV per unit of ``k`` and, for
        the sheet, mV/m.
    """
    x_m = np.asarray(x_m, dtype=float)
    x0_m, depth_m, angle, k = _per_profile(x0_m, depth_m, np.radians(angle_deg), k)
    cosine, sine = np.cos(angle), np.sin(angle)
    if shape == SHEET:
        (half_m,) = _per_profile(half_m)
        columns = _sheet_derivatives(x_m - x0_m, depth_m, cosine, sine, k, half_m)
    else:
        columns = _dipole_derivatives(x_m - x0_m, depth_m, cosine, sine, k, SHAPE_EXPONENTS[shape])
    columns[2] = columns[2] * (np.pi / 180.0)
    return np.stack(np.broadcast_arrays(*columns), axis=-1)


def _dipole_derivatives(offset, depth_m, cosine, sine, k, exponent):
    """Return the derivatives by x0, depth, angle in radians and k of a sphere or a cylinder."""
    square = offset**2 + depth_m**2
    decay = square**-exponent
    unit = (offset * cosine - depth_m * sine) * decay
    fall = 2.0 * exponent * k * unit / square
    return [
        -k * cosine * decay + fall * offset,
        -k * sine * decay - fall * depth_m,
        -k * (offset * sine + depth_m * cosine) * decay,
        unit,
    ]


def _sheet_derivatives(offset, depth_m, cosine, sine, k, half_m):
    """Return the derivatives by x0, depth, dip in radians, k and half length of a sheet."""
    upper_x, upper_z = offset - half_m * cosine, depth_m - half_m * sine
    lower_x, lower_z = offset + half_m * cosine, depth_m + half_m * sine
    upper, lower = upper_x**2 + upper_z**2, lower_x**2 + lower_z**2
    upper_x, upper_z = 2.0 * k * upper_x / upper, 2.0 * k * upper_z / upper
    lower_x, lower_z = 2.0 * k * lower_x / lower, 2.0 * k * lower_z / lower
    return [
        lower_x - upper_x,
        upper_z - lower_z,
        half_m * (sine * (upper_x + lower_x) - cosine * (upper_z + lower_z)),
        np.log(upper / lower),
        -cosine * (upper_x + lower_x) - sine * (upper_z + lower_z),
    ]


def _per_profile(*values):
    """Return each value as an array that broadcasts against the stations on the last axis."""
    arrays = [np.asarray(value, dtype=float) for value in values]
    return [array[..., None] if array.ndim else array for array in arrays]
