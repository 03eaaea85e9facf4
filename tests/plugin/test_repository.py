"""What the repository says about itself: no trace of a machine, no broken link."""

import re
from pathlib import Path

import pytest

TEXT = {".py", ".md", ".txt", ".toml", ".sh", ".svg", ".qrc", ".css", ".js", ".html", ".json", ".model3", ".qml", ""}
GENERATED = {"build", "demo", "dist", "__pycache__"}
HIDDEN_BUT_OURS = {".ci", ".gitignore", ".gitattributes"}
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt|srv)/\w|[A-Z]:\\Users\\")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@pytest.fixture(scope="module")
def texts(root):
    """Every text file of the repository but this one."""
    found = {}
    for path in root.rglob("*"):
        relative = path.relative_to(root)
        hidden = {part for part in relative.parts if part.startswith(".")} - HIDDEN_BUT_OURS
        if hidden or GENERATED & set(relative.parts) or path.suffix not in TEXT or not path.is_file():
            continue
        if path != Path(__file__):
            found[relative] = path.read_text(encoding="utf-8")
    return found


def test_no_path_of_a_machine(texts):
    assert {path.as_posix() for path, text in texts.items() if MACHINE_PATH.search(text)} == set()


def test_no_personal_address(texts):
    found = {address for path, text in texts.items() for address in MAIL.findall(text) if path.name != "LICENSE"}
    assert {address for address in found if not address.endswith((".example", "example.com", "example.org"))} == set()


def test_links_inside_the_documentation_lead_somewhere(texts, root):
    broken = [
        f"{path.as_posix()}: {target}"
        for path, text in texts.items()
        if path.suffix == ".md"
        for target in LINK.findall(COMMENT.sub("", text))
        if "://" not in target and not (root / path.parent / target).exists()
    ]
    assert broken == []


def test_ci_runs_tests_then_demo(root):
    steps = re.findall(r"^make (\w+)$", (root / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)
    assert steps == ["test", "demo"]
    assert "set -euo pipefail" in (root / ".ci" / "run").read_text(encoding="utf-8")
