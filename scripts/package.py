"""Build ``dist/fumarole-<version>.zip`` as the QGIS plugin site wants it: one top folder, nothing but the plugin.

The list below is what ships; whatever else the repository holds (tests, benchmarks, scripts, docs) stays out.
The same tree always gives the same bytes.
"""

import argparse
import configparser
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "fumarole"
SHIPPED_FILES = (
    "__init__.py",
    "plugin.py",
    "metadata.txt",
    "resources.qrc",
    "requirements.txt",
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
)
SHIPPED_FOLDERS = ("algorithms", "processing_provider", "ui", "sample_data")
_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the format knows no earlier one


def version(root=ROOT):
    """Return the plugin's version, as ``metadata.txt`` states it."""
    metadata = configparser.ConfigParser()
    metadata.read(root / "metadata.txt", encoding="utf-8")
    return metadata["general"]["version"]


def shipped(root=ROOT):
    """Return the files that belong into the zip, sorted, relative to ``root``."""
    files = [Path(name) for name in SHIPPED_FILES]
    for folder in SHIPPED_FOLDERS:
        files += [path.relative_to(root) for path in (root / folder).rglob("*") if path.is_file()]
    return sorted(path for path in files if not _is_by_product(path))


def build(folder, root=ROOT):
    """Write the zip into ``folder`` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{PACKAGE}-{version(root)}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in shipped(root):
            entry = zipfile.ZipInfo(f"{PACKAGE}/{path.as_posix()}", _FIRST_ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (root / path).read_bytes())
    return target


def _is_by_product(path):
    return path.name.endswith((".pyc", ".aux", ".aux.xml")) or any(part.startswith(".") or part == "__pycache__" for part in path.parts)


def main():
    """Build the zip and say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "dist", help="where the zip goes (default: dist)")
    target = build(parser.parse_args().folder)
    print(f"{target}: {len(shipped())} files, {target.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
