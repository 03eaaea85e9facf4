"""The public contract of every tool as plain data, and the golden file ``tests/plugin/interface.json`` that holds it.

Run as ``make docs``. Tool, parameter and output ids are never renamed: look at the difference before committing it.
"""

import json
import sys
from pathlib import Path

from qgis.core import (
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterField,
    QgsProcessingParameterNumber,
)

GOLDEN_FILE = Path(__file__).resolve().parent.parent / "tests" / "plugin" / "interface.json"
_FLAG = QgsProcessingParameterDefinition.Flag


def describe(provider):
    """Return ``{tool id: {"group", "parameters", "outputs"}}`` for every tool of ``provider``."""
    return {
        tool.name(): {
            "group": tool.groupId(),
            "parameters": {
                parameter.name(): describe_parameter(parameter) for parameter in tool.parameterDefinitions()
            },
            "outputs": {output.name(): output.type() for output in tool.outputDefinitions()},
        }
        for tool in sorted(provider.algorithms(), key=lambda tool: tool.name())
    }


def describe_parameter(parameter):
    """Return what a model or script relies on: type, default, flags, and the choices or the parent."""
    contract = {
        "type": parameter.type(),
        "default": _plain(parameter.defaultValue()),
        "optional": bool(parameter.flags() & _FLAG.FlagOptional),
        "advanced": bool(parameter.flags() & _FLAG.FlagAdvanced),
    }
    if isinstance(parameter, QgsProcessingParameterEnum):
        contract["options"] = parameter.options()
        contract["static_strings"] = parameter.usesStaticStrings()
        contract["multiple"] = parameter.allowMultiple()
    elif isinstance(parameter, QgsProcessingParameterField):
        contract["parent"] = parameter.parentLayerParameterName()
        contract["multiple"] = parameter.allowMultiple()
    elif isinstance(parameter, QgsProcessingParameterNumber):
        contract["integer"] = parameter.dataType() == QgsProcessingParameterNumber.Type.Integer
    return contract


def as_text(interface):
    """Return the contract as it stands in the golden file."""
    return json.dumps(interface, indent=2, ensure_ascii=False) + "\n"


def _plain(value):
    if hasattr(value, "authid"):
        return value.authid()
    if value == "" or (hasattr(value, "isNull") and value.isNull()):
        return None  # an empty text and no default are the same, and versions of QGIS tell them apart differently
    return value


def main():
    """Write the golden file."""
    from .headless import fumarole_provider

    with fumarole_provider() as provider:
        interface = describe(provider)
    GOLDEN_FILE.write_text(as_text(interface), encoding="utf-8")
    print(f"{GOLDEN_FILE.name}: {len(interface)} tools")
    return 0


if __name__ == "__main__":
    sys.exit(main())
