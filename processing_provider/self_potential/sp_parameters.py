"""Parameters that the self-potential tools share, in one wording."""

from qgis.core import QgsProcessingParameterField

from ..parameters import add_enum
from .millivolts import AUTO, UNITS

ANY_FIELD = QgsProcessingParameterField.DataType.Any


def add_unit(tool):
    """Add the unit of the self-potential."""
    add_enum(
        tool,
        "UNIT",
        "Unit of the self-potential",
        UNITS,
        AUTO,
        "auto: millivolts; values that look like volts are refused with a question. millivolts: taken as they are. "
        "volts: multiplied by 1000.",
        advanced=True,
    )
