"""A record of which no page can be made stops no other: the site stands without it, and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from site_builder import content_store
from site_builder import network as networks
from site_builder.pages import site as site_pages
from site_builder.pelican_site import segments
from site_builder.pelican_site.settings import configuration
from site_builder.pelican_site.sink import FolderSink
from site_builder.release import left_out
from site_builder.release.state import LEFT_OUT, Records
from site_builder.release.status import check
from tests.site_builder.conftest import AS_OF, THEMES

if TYPE_CHECKING:
    from site_builder.plan import Planned
    from tests.site_builder.conftest import Network

YEXIAO = "records/pingdu/story/yexiao-zouhong.md"
TRAP = "{% if page.record.title_short == '岔' %}{{ page.nothing.there }}{% endif %}"
Tree = Callable[[Path], dict[str, bytes]]


@pytest.fixture
def themes(tmp_path: Path) -> Path:
    """Whose stories cannot be rendered if their short title is 岔."""
    return shutil.copytree(THEMES, tmp_path / "themes")


def set_trap(themes: Path) -> None:
    template = themes / "base/templates/story.html"
    text = template.read_text("utf-8")
    assert text.count("{% block main %}") == 1
    template.write_text(text.replace("{% block main %}", "{% block main %}" + TRAP), "utf-8")


def pages_of(files: dict[str, bytes]) -> list[str]:
    return [path for path in files if path.endswith((".html", "index.json"))]


def add(network: Network, number: int, short: str) -> str:
    """Another story of pingdu; its file."""
    text = (network.places.content / YEXIAO).read_text("utf-8")
    kept = [row for row in text.split("\n") if not row.startswith(("id:", "slug:", "title:", "title_short:"))]
    title = [f"title: 岔路口{number}", f"title_short: {short}"]
    front = [f"id: {UUID(int=number, version=4)}", f"slug: cha-{number}", *title]
    file = f"records/pingdu/story/cha-{number}.md"
    (network.places.content / file).write_text("\n".join((kept[0], *front, *kept[1:])), "utf-8")
    return file


def test_the_rest_of_the_site_is_built_and_the_record_is_named(
    network: Network, themes: Path, tree: Tree
) -> None:
    set_trap(themes)
    network = network.with_themes(themes)
    network.build("pingdu")
    without = tree(network.live("pingdu"))
    network.edit(YEXIAO, lambda text: text.replace("为职工亮到周末", "亮到周末"))
    file = add(network, 7, "岔")

    report = network.build("pingdu")

    assert report.switched
    assert not report.failed
    [problem] = [one for one in report.problems if one.severity == "error"]
    assert (problem.code, problem.file, problem.record) == (LEFT_OUT, file, str(UUID(int=7, version=4)))
    assert "《岔路口7》" in problem.message
    assert "nothing" in problem.message
    live = tree(network.live("pingdu"))
    assert pages_of(live) == pages_of(without)
    assert any("亮到周末".encode() in data for data in live.values())
    assert not [path for path, data in live.items() if "岔路口".encode() in data]
    content = content_store.read(network.places.content)
    assert check(content, network.places, "pingdu") == []


def test_pelican_alone_leaves_it_out_too(network: Network, themes: Path, tree: Tree, tmp_path: Path) -> None:
    set_trap(themes)
    network = network.with_themes(themes)
    file = add(network, 7, "岔")
    network.build("pingdu")
    text = configuration(
        content_store.read(network.places.content).unions["pingdu"],
        content=network.places.content,
        themes=themes,
        output=tmp_path / "out",
        as_of=AS_OF,
    )
    (tmp_path / "pelicanconf.py").write_text(text, "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pelican", "-s", tmp_path / "pelicanconf.py", "-o", tmp_path / "out"],
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "COLUMNS": "1000"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert file in done.stdout + done.stderr
    assert tree(tmp_path / "out") == tree(network.live("pingdu"))


def test_it_is_there_when_it_was_corrected(network: Network, themes: Path, tree: Tree) -> None:
    set_trap(themes)
    network = network.with_themes(themes)
    file = add(network, 7, "岔")
    network.build("pingdu")
    network.edit(file, lambda text: text.replace("title_short: 岔", "title_short: 路口"))

    report = network.build("pingdu")

    assert report.problems == ()
    assert any("岔路口".encode() in data for data in tree(network.live("pingdu")).values())
    state = Records(network.places.data).state("pingdu")
    assert state is not None
    assert state.left_out == frozenset()


def test_a_full_build_leaves_out_the_same(network: Network, themes: Path, tree: Tree) -> None:
    set_trap(themes)
    network = network.with_themes(themes)
    network.build("pingdu")
    add(network, 7, "岔")
    network.build("pingdu")
    before = tree(network.live("pingdu"))

    report = network.build("pingdu", full=True)

    assert [problem.code for problem in report.problems] == [LEFT_OUT]
    assert tree(network.live("pingdu")) == before


def test_a_new_theme_that_breaks_what_readers_have_takes_nothing_down(
    network: Network, themes: Path, tree: Tree
) -> None:
    network = network.with_themes(themes)
    add(network, 7, "岔")
    assert network.build("pingdu").problems == ()
    before = tree(network.live("pingdu"))
    set_trap(themes)

    report = network.build("pingdu")

    assert report.failed
    assert report.problems[-1].code == "template-failed"
    assert report.problems[-1].record == str(UUID(int=7, version=4))
    assert tree(network.live("pingdu")) == before


def test_where_many_cannot_be_made_the_site_stays_as_it_is(network: Network, themes: Path) -> None:
    set_trap(themes)
    network = network.with_themes(themes)
    network.build("pingdu")
    for number in range(left_out.MOST + 1):
        add(network, number + 1, "岔")

    report = network.build("pingdu")

    assert report.failed
    assert not report.switched


@pytest.mark.parametrize(
    ("room", "name", "of"),
    [(site_pages, "card_facts", 0), (segments, "documents_of", 0)],
    ids=["its card", "what search finds of it"],
)
def test_whatever_of_it_cannot_be_made(
    network: Network, monkeypatch: pytest.MonkeyPatch, tree: Tree, room: Any, name: str, of: int
) -> None:
    made = getattr(room, name)

    def fails(*arguments: Any) -> Any:
        if arguments[of].record.title.startswith("岔路口"):
            raise LookupError("nobody foresaw this")
        return made(*arguments)

    monkeypatch.setattr(room, name, fails)
    add(network, 7, "路口")

    report = network.build("pingdu")

    assert [problem.code for problem in report.problems] == [LEFT_OUT]
    assert "LookupError: nobody foresaw this" in report.problems[0].message
    assert not [p for p, data in tree(network.live("pingdu")).items() if "岔路口".encode() in data]


def test_one_of_all_sites_stops_none(network: Network, monkeypatch: pytest.MonkeyPatch, tree: Tree) -> None:
    """Several processes, and a record of the province on the county's site too."""
    made = segments.documents_of

    def fails(item: Planned) -> Any:
        if item.record.slug == "falv-yuanzhu":
            raise LookupError("nobody foresaw this")
        return made(item)

    monkeypatch.setattr(segments, "documents_of", fails)
    places = network.places

    report = networks.build(places.content, places.data, places.output, as_of=AS_OF, jobs=2)

    assert [(site.union, site.switched) for site in report.sites] == [("pingdu", True), ("shandong", True)]
    for site in report.sites:
        assert {one.file for one in site.problems if one.code == LEFT_OUT} == {
            "records/shandong/guide/falv-yuanzhu.md"
        }
        live = tree(network.live(site.union))
        assert not [path for path in live if path.startswith("guides/falv-yuanzhu")]


def test_of_a_run_that_was_given_up_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/file").write_bytes(b"")
    first, second = FolderSink(tmp_path), FolderSink(tmp_path)
    for path in ("index.html", "news/a/index.html", "news/index.html", "theirs/page"):
        first.write(path, b"")
    for path in ("index.html", "news/index.html"):
        second.write(path, b"")
    first.remove(second)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "index.html", "news", "news/index.html", "theirs", "theirs/file",
    ]  # fmt: skip
