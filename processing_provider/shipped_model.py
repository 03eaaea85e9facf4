"""The chains of tools that ship as ``.model3`` files, offered in the toolbox as tools of the provider."""

from pathlib import Path

from qgis.core import QgsProcessingException, QgsProcessingModelAlgorithm
from qgis.PyQt.QtGui import QIcon

from .libraries import how_to_install, missing_libraries
from .provider_groups import GROUPS, HELP_URL, ICONS

MODELS = Path(__file__).resolve().parent / "models"
_TAGS = ["model", "chain", "workflow"]


class ShippedModel(QgsProcessingModelAlgorithm):
    """A chain that the graphical modeler opens, under the provider's own id and icon.

    The file's name is the id; the title, the texts and the chain itself stand in the file.
    """

    def __init__(self, path):
        super().__init__()
        self._path = Path(path)
        if not self.fromFile(str(self._path)):
            raise ValueError(f"'{self._path.name}' is no model that this QGIS can read.")
        self.setSourceFilePath(str(self._path))
        self._restore_help()

    @property
    def libraries(self):
        """Import names of the optional libraries that its steps need."""
        steps = (child.algorithm() for child in self.childAlgorithms().values())
        return tuple(sorted({name for step in steps for name in step.libraries}))

    def createInstance(self):  # noqa: N802
        return type(self)(self._path)

    def name(self):
        return self._path.stem

    def groupId(self):  # noqa: N802
        return next(key for key, title in GROUPS.items() if title == self.group())

    def shortHelpString(self):  # noqa: N802
        return self.helpContent()["ALG_DESC"]

    def helpUrl(self):  # noqa: N802
        return HELP_URL.format(tool_id=self.name())

    def tags(self):
        steps = (child.algorithm() for child in self.childAlgorithms().values())
        return sorted({*_TAGS, *(tag for step in steps for tag in step.tags())})

    def icon(self):
        return QIcon(str(ICONS / f"{self.name()}.svg"))

    def canExecute(self):  # noqa: N802
        missing = missing_libraries(self.libraries)
        return (False, how_to_install(missing)) if missing else super().canExecute()

    def processAlgorithm(self, parameters, context, feedback):  # noqa: N802
        missing = missing_libraries(self.libraries)
        if missing:
            raise QgsProcessingException(how_to_install(missing))
        return super().processAlgorithm({**self._defaults(), **parameters}, context, feedback)

    def _defaults(self):
        """Return the inputs' defaults, which QGIS 3.22 does not hand on to the steps when they are left out."""
        inputs = (parameter for parameter in self.parameterDefinitions() if not parameter.isDestination())
        return {parameter.name(): parameter.defaultValue() for parameter in inputs}

    def _restore_help(self):
        """Give the parameters the help that the file holds, which QGIS 3.22 leaves behind."""
        texts = self.helpContent()
        for parameter in self.parameterDefinitions():
            if parameter.name() in texts:
                parameter.setHelp(texts[parameter.name()])


def shipped_models():
    """Return the paths of the shipped models, sorted by id."""
    return sorted(MODELS.glob("*.model3"))
