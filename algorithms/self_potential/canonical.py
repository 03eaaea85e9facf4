"""One way of writing each answer: the same curve has several sets of parameters, only one is reported.

For a sphere or a cylinder ``(h, a) -> (-h, -a)`` and ``(K, a) -> (-K, a + 180)`` leave the potential as it
is; for a sheet exchanging its two edges with the sign of ``k`` does, and so does a mirrored edge above ground.
"""

import numpy as np

from .bodies import SHEET


def canonical(shape, x0_m, depth_m, angle_deg, k, half_m=None):
    """Return the parameters of the same curve in the form that is reported.

    Parameters are those of :func:`.bodies.potential`, in any form.

    Returns
    -------
    tuple of ndarray
        ``x0_m, depth_m, angle_deg, k`` with depth > 0, k > 0 and the angle in [0, 360) degrees. For a sheet
        ``x0_m, depth_m, angle_deg, k, half_m`` with both edges below ground, half length > 0, the dip in
        [0, 180) degrees and ``k`` with its sign.
    """
    x0_m, depth_m, angle_deg, k = np.broadcast_arrays(*(np.asarray(v, float) for v in (x0_m, depth_m, angle_deg, k)))
    if shape == SHEET:
        return sheet_from_edges(*sheet_edges(x0_m, depth_m, angle_deg, half_m), k)
    angle_deg = np.where(depth_m < 0, -angle_deg, angle_deg)
    angle_deg = np.where(k < 0, angle_deg + 180.0, angle_deg) % 360.0
    angle_deg = np.where(angle_deg == 360.0, 0.0, angle_deg)  # what a tiny negative angle leaves
    return x0_m.copy(), np.abs(depth_m), angle_deg, np.abs(k)


def sheet_edges(x0_m, depth_m, angle_deg, half_m):
    """Return place and depth, m, of the two edges of a sheet: ``x1, z1`` of the positive one, ``x2, z2``."""
    across = half_m * np.cos(np.radians(angle_deg))
    down = half_m * np.sin(np.radians(angle_deg))
    return x0_m + across, depth_m - down, x0_m - across, depth_m + down


def sheet_from_edges(x1_m, z1_m, x2_m, z2_m, k):
    """Return ``x0_m, depth_m, angle_deg, k, half_m`` of the sheet ``V = k ln(r1² / r2²)`` between two edges."""
    z1_m, z2_m = np.abs(z1_m), np.abs(z2_m)
    swap = (z1_m > z2_m) | ((z1_m == z2_m) & (x1_m < x2_m))
    upper_x, lower_x = np.where(swap, x2_m, x1_m), np.where(swap, x1_m, x2_m)
    upper_z, lower_z = np.where(swap, z2_m, z1_m), np.where(swap, z1_m, z2_m)
    across, down = 0.5 * (upper_x - lower_x), 0.5 * (lower_z - upper_z)
    return (
        0.5 * (upper_x + lower_x),
        0.5 * (upper_z + lower_z),
        np.degrees(np.arctan2(down, across)),
        np.where(swap, -k, k),
        np.hypot(across, down),
    )
