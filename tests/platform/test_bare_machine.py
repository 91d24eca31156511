"""What `make` does on a machine that has nothing yet, short of the long downloads."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files that `make` needs, without a virtual environment."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    return tmp_path


def make(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=clone, capture_output=True, text=True, check=False
    )


def test_a_wrong_python_is_one_sentence(clone: Path) -> None:
    result = make(clone, "demo", "PYTHON=/bin/false")
    assert result.returncode != 0
    assert result.stderr.splitlines()[0].startswith("Lotledger needs Python 3.11 or 3.12; install one")
    assert not (clone / ".venv").exists()


def test_what_is_installed_is_not_installed_again(clone: Path) -> None:
    (clone / "requirements.txt").write_text("")
    (clone / "requirements-dev.txt").write_text("")
    assert "Installing requirements.txt" in make(clone, "run-venv").stdout
    assert make(clone, "run-venv").stdout == ""
    (clone / "requirements.txt").write_text("# changed\n")
    assert "Installing requirements.txt" in make(clone, "run-venv").stdout


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_names_no_registry(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    pinned = re.compile(r"[A-Za-z0-9._-]+==[0-9][^ ]*( ; .+)?|-r requirements\.txt")
    assert [line for line in lines if not pinned.fullmatch(line)] == []


def test_what_the_program_imports_is_among_what_it_runs_with() -> None:
    pinned = {
        _canonical(line.split("==")[0]) for line in (ROOT / "requirements.txt").read_text().splitlines()
    }
    distributions = packages_distributions()
    sources = [*(ROOT / "app").rglob("*.py"), *ROOT.glob("*.py")]
    imported = {name for source in sources for name in _imports(source)} - {"app", "config", "wsgi"}
    strangers = imported - set(sys.stdlib_module_names)
    missing = {
        name
        for name in strangers
        if not pinned & {_canonical(found) for found in distributions.get(name, [])}
    }
    assert missing == set()


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower().strip()


def _imports(source: Path) -> Iterator[str]:
    """The first names of what the file imports."""
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def test_ci_calls_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "exec make test"
    assert len(lines) == 4
