"""Errors whose text a GIS analyst understands and can act on."""


class FumaroleError(Exception):
    """Base of every error the tools show as one sentence instead of a traceback."""


class DataError(FumaroleError):
    """The input data or a parameter cannot be used as it is."""


class ModelFileError(FumaroleError):
    """A model file is damaged, of another kind, or does not fit the data."""


class Cancelled(FumaroleError):
    """The user pressed Cancel."""

    def __init__(self, message="Cancelled by the user. Nothing was written."):
        super().__init__(message)
