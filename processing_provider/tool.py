"""The small base class every tool shares."""

from traceback import clear_frames

from qgis.core import (
    QgsProcessing,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingParameterDefinition,
)
from qgis.PyQt.QtGui import QIcon

from ..algorithms.errors import Cancelled, FumaroleError
from .destinations import Destination, destination_text
from .libraries import how_to_install, missing_libraries
from .provider_groups import GROUPS, HELP_URL, ICONS


class Tool(QgsProcessingAlgorithm):
    """A Processing tool described by class attributes.

    A leaf tool sets the attributes below, adds its parameters in ``define`` and does its work in
    ``work``, which returns the dictionary of outputs. A :class:`FumaroleError` raised in ``work``
    becomes the sentence the user reads; any other exception is a defect and is shown as such.
    """

    tool_id = ""  #: fixed id, also the name of the module
    title = ""  #: name in the toolbox, sentence case
    group_key = "clustering"
    summary = ""  #: HTML shown beside the dialog: what it does, what it needs, what to trust
    keywords = ()  #: search words
    libraries = ()  #: import names of optional libraries the run needs

    def define(self):
        """Add the parameters and outputs."""
        raise TypeError(f"{type(self).__name__} does not define its parameters")

    def work(self, parameters, context, feedback):
        """Do the work and return the outputs."""
        raise TypeError(f"{type(self).__name__} does not define its work")

    def refusal(self, parameters, context):
        """Return a sentence on what is wrong with the parameters, as far as they tell before the run; "" if nothing."""
        return ""

    def add(self, parameter, help_text, advanced=False):
        """Add a parameter with its help.

        A field or coordinate system with a default is made optional, because QGIS 3.22 asks for it otherwise; left
        out it takes its default.
        """
        flag = QgsProcessingParameterDefinition.Flag
        parameter.setHelp(help_text)
        if advanced:
            parameter.setFlags(parameter.flags() | flag.FlagAdvanced)
        if parameter.type() in ("crs", "field") and parameter.defaultValue() is not None:
            parameter.setFlags(parameter.flags() | flag.FlagOptional)
        self.addParameter(parameter)

    # --- what QGIS calls -----------------------------------------------------------------------

    def createInstance(self):  # noqa: N802
        return type(self)()

    def initAlgorithm(self, configuration=None):  # noqa: N802
        self.define()

    def name(self):
        return self.tool_id

    def displayName(self):  # noqa: N802
        return self.title

    def group(self):
        return GROUPS[self.group_key]

    def groupId(self):  # noqa: N802
        return self.group_key

    def shortHelpString(self):  # noqa: N802
        return self.summary

    def helpUrl(self):  # noqa: N802
        return HELP_URL.format(tool_id=self.tool_id)

    def tags(self):
        return list(self.keywords)

    def icon(self):
        return QIcon(str(ICONS / f"{self.tool_id}.svg"))

    def canExecute(self):  # noqa: N802
        missing = missing_libraries(self.libraries)
        return (False, how_to_install(missing)) if missing else (True, "")

    def checkParameterValues(self, parameters, context):  # noqa: N802
        sentence = self._tables_in_shapefiles(parameters, context) or self.refusal(parameters, context)
        return (False, sentence) if sentence else super().checkParameterValues(parameters, context)

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802
        missing = missing_libraries(self.libraries)
        if missing:
            raise QgsProcessingException(how_to_install(missing))
        try:
            return self.work(parameters, context, feedback)
        except (FumaroleError, QgsProcessingException) as error:
            failure = QgsProcessingException(str(error))
            # the frames hold layers and projects, which QGIS must not find alive when it closes
            clear_frames(error.__traceback__)
        raise failure

    def _tables_in_shapefiles(self, parameters, context):
        for definition in self.destinationParameterDefinitions():
            is_table = definition.type() == "sink" and definition.dataType() == QgsProcessing.SourceType.TypeVector
            if is_table and Destination.parse(destination_text(parameters, definition.name(), context)).is_shapefile:
                return (
                    f"'{definition.description()}' is a table without geometry, which a Shapefile cannot hold. End its "
                    "name in .gpkg, .xlsx or .csv."
                )
        return ""


def progress_to(feedback, start=0.0, stop=1.0):
    """Return the ``progress`` callable of the maths, reporting to ``feedback`` and obeying its Cancel.

    ``start`` and ``stop`` (0 to 1) are the share of the tool's progress bar it fills.
    """
    last_message = ""

    def report(fraction, message=""):
        nonlocal last_message
        if feedback.isCanceled():
            raise Cancelled()
        feedback.setProgress(100.0 * (start + (stop - start) * fraction))
        if message and message != last_message:
            feedback.setProgressText(message)
            last_message = message

    return report
