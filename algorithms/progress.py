"""Progress and cancellation, as one callable that the maths takes and the tools supply.

A ``Progress`` is called as ``progress(fraction, message)`` with ``fraction`` from 0 to 1 and a short
message (empty to keep the last one). It raises :class:`~.errors.Cancelled` when the user has cancelled,
so a long computation only has to call it often enough.
"""

from typing import Callable

Progress = Callable[[float, str], None]


def silent(fraction, message=""):
    """Ignore progress: the default of every function that reports it."""


def part(progress, start, stop):
    """Return a progress that maps its own 0..1 onto ``start``..``stop`` of ``progress``."""

    def report(fraction, message=""):
        progress(start + (stop - start) * fraction, message)

    return report
