"""Every program of benchmarks/ still runs, at the smallest size, and measures what it says."""

from __future__ import annotations

import ast
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests import patience

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "benchmarks"
SIZE = ("--unions", "2", "--records", "10", "--shared", "9")
"""A program among them, which looks different on another day."""


def run(program: str, *arguments: str | Path, where: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, PROGRAMS / f"{program}.py", *map(str, arguments)],
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=3 * patience.SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    content = tmp_path_factory.mktemp("benchmarks") / "content"
    run("networks", content, *SIZE)
    return content


@pytest.fixture
def content(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "content"))


def test_a_network_has_the_size_that_was_asked_for(small: Path) -> None:
    assert len(list(small.glob("unions/*.md"))) == 2
    assert [len(list(small.glob(f"records/{union}/*/*.md"))) for union in ("u0000", "u0001")] == [9, 1]


def test_a_cold_build_is_whole_and_without_problems(content: Path, tmp_path: Path) -> None:
    for less, left in (("--lean", True), ("--plain", False)):
        told = json.loads(run("cold_build", content, tmp_path / less, less, "--jobs", "1", "--memory"))
        assert (told["sites"], told["failed"], told["problems"]) == (2, 0, 0)
        assert told["rendered"] == told["pages"] > 0
        assert told["peak of all processes, MB"] > 0
        site = tmp_path / less / "output/sites/u0001"
        assert (site / "programs/u0000/r8/index.html").is_file()
        assert not (site / "programs/u0000/r8/poster.html").exists()
        assert (site / "search/index.json").exists() == left


def test_what_a_change_costs_is_told_of_each_kind(content: Path, tmp_path: Path) -> None:
    told: dict[str, Any] = json.loads(run("changes", content, tmp_path / "data", "--rounds", "1"))
    assert told.pop("largest process, MB") > 0
    nothing = {name for name, cost in told.items() if not cost["rendered"]}
    assert nothing == {"nothing changed", "a picture that nothing names"}
    assert all(cost["sites"] == 2 and cost["wall"] > 0 for cost in told.values())


def test_a_kill_loses_nothing(content: Path, tmp_path: Path) -> None:
    told = json.loads(run("kills", content, "work", "--kills", "2", where=tmp_path))
    assert (told["kills"], told["of"], told["wrong"]) == (2, 4, [])
    assert not (ROOT / "work").exists()


def test_hugo_is_given_the_same_sites(content: Path, tmp_path: Path) -> None:
    run("hugo_sites", content, tmp_path / "hugo", "--json")
    assert {path.parent.name for path in tmp_path.glob("hugo/*/hugo.json")} == {"u0000", "u0001"}
    assert len(list(tmp_path.glob("hugo/shared/*/*.md"))) == 9


@pytest.mark.needs("hugo")
def test_hugo_is_measured_beside(tmp_path: Path) -> None:
    told = run("against_hugo", tmp_path / "work", *SIZE, "--rounds", "1", "--plain")
    assert '"unionpress / hugo"' in told


@pytest.mark.needs("chromium")
def test_a_phone_is_asked_how_long_a_page_takes(content: Path, tmp_path: Path) -> None:
    run("cold_build", content, tmp_path / "data", "--plain", "--jobs", "1")
    told = json.loads(run("reading", tmp_path / "data/output", "u0001", "news/", "--rounds", "1"))
    [page] = told["pages"].values()
    assert page["paint_ms"] > 0
    assert page["other_hosts"] == []


def test_no_program_is_forgotten() -> None:
    """Those of benchmarks/search need a corpus; what they ask of the program is looked at below."""
    tried = Path(__file__).read_text("utf-8")
    assert [path.stem for path in PROGRAMS.glob("*.py") if f'run("{path.stem}", ' not in tried] == []


@pytest.mark.parametrize("program", sorted(PROGRAMS.rglob("*.py")), ids=lambda path: path.stem)
def test_what_is_measured_by_is_there(program: Path) -> None:
    """Each name that a program has of `site_builder`, and each parameter that it gives to what it calls."""
    tree = ast.parse(program.read_text("utf-8"))
    named: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("site_builder"):
            module = import_module(node.module or "")
            for alias in node.names:
                if not hasattr(module, alias.name):
                    import_module(f"{node.module}.{alias.name}")
                named[alias.asname or alias.name] = getattr(module, alias.name)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=called) if (thing := _meant(called, named)) is not None:
                _can_be_called(thing, node)
            case ast.Call(func=ast.Name("partial"), args=[called, *_]) if thing := _meant(called, named):
                _can_be_called(thing, node, first=1, some=True)


def _meant(node: ast.expr, named: Mapping[str, Any]) -> Any:
    """What a name, or an attribute of a module, stands for; None: nothing of ours."""
    match node:
        case ast.Name(name):
            return named.get(name)
        case ast.Attribute(ast.Name(name), attribute) if isinstance(named.get(name), ModuleType | type):
            return getattr(named[name], attribute)
    return None


def _can_be_called(thing: Any, call: ast.Call, first: int = 0, some: bool = False) -> None:
    given = call.args[first:]
    if any(isinstance(one, ast.Starred) for one in given) or any(word.arg is None for word in call.keywords):
        some, given = True, []
    bound = inspect.signature(thing)
    (bound.bind_partial if some else bound.bind)(
        *given, **{word.arg: word for word in call.keywords if word.arg}
    )
