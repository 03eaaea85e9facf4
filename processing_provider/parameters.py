"""Parameters that tools of several groups share, in one wording."""

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
)

INTEGER = QgsProcessingParameterNumber.Type.Integer
DOUBLE = QgsProcessingParameterNumber.Type.Double


def add_enum(tool, name, label, choices, default, help_text, advanced=False):
    """Add a choice between static strings."""
    tool.add(
        QgsProcessingParameterEnum(name, label, list(choices), defaultValue=default, usesStaticStrings=True),
        help_text,
        advanced,
    )


def add_number(tool, name, label, default, help_text, low=None, high=None, kind=DOUBLE, advanced=False):
    """Add a number with its bounds; without a default (None) it may be left empty."""
    bounds = {key: value for key, value in (("minValue", low), ("maxValue", high)) if value is not None}
    number = QgsProcessingParameterNumber(name, label, kind, default, optional=default is None, **bounds)
    tool.add(number, help_text, advanced)


def add_integer(tool, name, label, default, help_text, low=None, high=None, advanced=False):
    """Add a whole number with its bounds."""
    add_number(tool, name, label, default, help_text, low, high, INTEGER, advanced)


def add_boolean(tool, name, label, default, help_text, advanced=False):
    """Add a yes or no."""
    tool.add(QgsProcessingParameterBoolean(name, label, default), help_text, advanced)


def add_seed(tool):
    """Add the seed."""
    text = "The same seed and input give the same result on the same machine."
    add_integer(tool, "SEED", "Seed", 42, text, 0)


def add_layer(tool, name, label, help_text, geometry=QgsProcessing.SourceType.TypeVectorPoint, optional=False):
    """Add a vector output."""
    tool.add(QgsProcessingParameterFeatureSink(name, label, geometry, optional=optional), help_text)


def add_report(tool):
    """Add the optional HTML report."""
    tool.add(
        QgsProcessingParameterFileDestination("REPORT", "Report", "HTML (*.html)", optional=True),
        "One HTML file with all figures and tables; opens in any browser, without a network.",
    )


def add_number_outputs(tool, pairs):
    """Add numeric outputs: (id, label) pairs."""
    for name, label in pairs:
        tool.addOutput(QgsProcessingOutputNumber(name, label))
