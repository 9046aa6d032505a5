"""The house keeps its shape: who may import whom, and how large a room may grow."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Each room of site_builder may import the rooms before it, never one after it.
ROOMS = [
    ("errors", "times", "records"),
    (
        "body",
        "collecting",
        "folder",
        "locks",
        "front_matter",
        "formats",
        "assets",
        "environment",
        "qr",
        "cutting",
    ),
    ("headlines",),
    ("pictures",),
    ("content_store", "paths", "schemas"),
    ("plan", "geo"),
    ("gaps",),
    ("contexts", "pages"),
    ("halves", "charts"),
    ("template_words",),
    ("render",),
    ("outputs",),
    ("search",),
    ("proofing",),
    ("pelican_site",),
    ("release",),
    ("processes",),
    ("choosing",),
    ("network_search",),
    ("network_build",),
    ("network", "serving"),
    (
        "cli",
        "__main__",
        "styleguide",
        "gap_command",
        "output_commands",
        "progress",
        "search_command",
    ),
    ("deploy",),
    ("record_status",),
    ("site_commands",),
    ("hosting",),
]
ORDER = {name: place for place, names in enumerate(ROOMS) for name in names}
# Only these rooms know these libraries, so that each can be replaced in one place.
KEEPERS = {
    "pelican": "site_builder/pelican_site",
    "feedgenerator": "site_builder/pelican_site",
    "whoosh": "site_builder/search",
    "rjieba": "site_builder/cutting.py",
    "markdown": "site_builder/body",
    "pymdownx": "site_builder/body",
    "yaml": "site_builder/",
    "boto3": "site_builder/deploy",
    "asyncssh": "site_builder/deploy",
    "svg": "site_builder/charts",
}


def sources(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


@cache
def imports(path: Path) -> list[tuple[int, str]]:
    """Line and dotted name of every import, those inside functions and type checks included."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            found.append((node.lineno, node.module or ""))
            if node.module in {"site_builder", "cms"}:
                found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_site_builder_works_without_the_cms() -> None:
    forbidden = {"cms", "django", "wagtail", "ninja"}
    found = [
        f"{named(path)}:{line}: {name}"
        for path in sources("site_builder")
        for line, name in imports(path)
        if name.split(".")[0] in forbidden
    ]
    assert not found


def test_data_flows_down_the_rooms_never_up() -> None:
    found = []
    for path in sources("site_builder"):
        room = path.relative_to(ROOT / "site_builder").parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in ORDER, f"{named(path)}: a new room; give it a place in ROOMS"
        for line, name in imports(path):
            parts = name.split(".")
            if parts[0] == "site_builder" and len(parts) > 1 and ORDER.get(parts[1], -1) > ORDER[room]:
                found.append(f"{named(path)}:{line}: {room} imports {parts[1]}")
    assert not found


@pytest.mark.parametrize(("library", "keeper"), KEEPERS.items())
def test_one_keeper_for_each_library(library: str, keeper: str) -> None:
    found = [
        f"{named(path)}:{line}"
        for folder in ("site_builder", "cms")
        for path in sources(folder)
        for line, name in imports(path)
        if name.split(".")[0] == library and not named(path).startswith(keeper)
    ]
    assert not found


def test_the_environment_is_read_in_settings_only() -> None:
    found = [
        f"{named(path)}:{number}"
        for folder in ("site_builder", "cms")
        for path in sources(folder)
        if not named(path).startswith("cms/settings/")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "os.environ[" in line or "os.environ.get" in line or "getenv(" in line
    ]
    assert not found
