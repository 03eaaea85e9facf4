"""The set-up script says exactly what is missing when it may not install it, and does nothing twice."""

import os
import re
import shutil
import subprocess

import pytest


@pytest.fixture
def checkout(root, tmp_path):
    """A checkout of its own that holds nothing but the script, on a machine that answers as the test wishes."""
    (tmp_path / "checkout" / "scripts").mkdir(parents=True)
    shutil.copy2(root / "scripts" / "setup.sh", tmp_path / "checkout" / "scripts")
    (tmp_path / "bin").mkdir()

    def answer(command, script):
        path = tmp_path / "bin" / command
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def run():
        path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
        script = tmp_path / "checkout" / "scripts" / "setup.sh"
        return subprocess.run([script], capture_output=True, text=True, env={**os.environ, "PATH": path})

    run.folder, run.answer = tmp_path / "checkout", answer
    return run


def test_without_rights_it_names_the_packages_and_fails(checkout):
    checkout.answer("id", "echo 1000")
    checkout.answer("sudo", "exit 1")
    checkout.answer("dpkg-query", 'test "$3" = python3-torch || echo installed')
    done = checkout()
    assert done.returncode != 0
    assert "sudo apt-get install --no-install-recommends python3-torch\n" in done.stderr
    assert not (checkout.folder / "build" / "setup.stamp").exists()


def test_a_failing_package_manager_stops_it(checkout):
    checkout.answer("id", "echo 0")
    checkout.answer("dpkg-query", "exit 1")
    checkout.answer("apt-get", "echo no such mirror; exit 100")
    done = checkout()
    assert done.returncode != 0
    assert "no such mirror" in done.stderr
    assert not (checkout.folder / "build" / "setup.stamp").exists()


def test_the_second_time_it_does_nothing(checkout):
    checkout.answer("dpkg-query", "echo installed")
    python = checkout.folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    python.chmod(0o755)
    first, second = checkout(), checkout()
    assert first.returncode == second.returncode == 0, first.stderr
    assert "[setup] done" in first.stdout
    assert re.fullmatch(r"\[setup\] already done .*\n", second.stdout)
    assert (checkout.folder / "build" / "plugins" / "fumarole").resolve() == checkout.folder


def test_no_tool_of_the_tests_can_replace_the_systems_torch(root):
    text = (root / "scripts" / "setup.sh").read_text(encoding="utf-8")
    pip_packages = re.search(r"^test_tools=\((.*)\)$", text, re.MULTILINE).group(1).split()
    assert pip_packages == ["pytest-qgis", "bandit", "detect-secrets"]
