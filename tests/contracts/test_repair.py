"""What somebody damages by hand, or another version of the program left behind, the next build puts right."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from site_builder import network, pictures
from site_builder.content_store import read as read_content
from site_builder.release import switch
from site_builder.release.manifest import compare
from site_builder.release.manifest import read as read_manifest
from site_builder.release.report import Places
from site_builder.release.status import check
from tests.contracts.handmade import REQUIRED, Handmade

UNION = "jia"


@pytest.fixture
def made(tmp_path: Path) -> Handmade:
    network = Handmade(tmp_path)
    network.record("allen", "sheng", fields=REQUIRED)
    network.record("eigen", UNION)
    network.build()
    return network


def _folder_of_the_store(made: Handmade) -> None:
    shutil.rmtree((made.output / "sites" / UNION / "news").resolve())


def _layers(made: Handmade) -> None:
    shutil.rmtree(made.output / "store" / "layers")


def _store(made: Handmade) -> None:
    shutil.rmtree(made.output / "store")


def _manifests(text: str) -> Callable[[Handmade], None]:
    def damage(made: Handmade) -> None:
        for file in (made.output / "manifests").rglob("*.*"):
            file.write_text(text)

    return damage


DAMAGES: dict[str, Callable[[Handmade], None]] = {
    "a folder of the store": _folder_of_the_store,
    "the layers": _layers,
    "the whole store": _store,
    "manifests that are none": _manifests("garbage"),
    "manifests of another shape": _manifests("[1]"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_full_build_puts_right_what_is_damaged(made: Handmade, name: str) -> None:
    before = switch.live(made.output, UNION)
    DAMAGES[name](made)
    report = made.build(full=True)
    assert {problem.code for site in report.sites for problem in site.problems} == set()
    for union in ("sheng", UNION, "yi"):
        release = switch.live(made.output, union)
        assert release is not None
        manifest = read_manifest(made.output, union, release)
        assert not compare(made.output / "sites" / union, manifest)
    assert switch.live(made.output, UNION) == before


def _folders_for_files(site: Path) -> None:
    for path in [path for path in sorted(site.rglob("*")) if path.is_file()]:
        path.unlink()
        (path / "more").mkdir(parents=True)
        (path / "more/extra").write_bytes(b"")


def _a_file_for_a_folder(site: Path) -> None:
    shutil.rmtree(site)
    site.write_bytes(b"")


@pytest.mark.parametrize("damage", [_folders_for_files, _a_file_for_a_folder])
@pytest.mark.parametrize("shared", ["assets", "search"])
def test_a_full_build_by_another_version_puts_it_right_too(
    made: Handmade, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None], shared: str
) -> None:
    """Whose folders have other names: the release of the same bytes goes on leading to the damaged one."""
    before = switch.live(made.output, UNION)
    damaged = {path.resolve() for path in (made.output / "sites" / UNION / shared).iterdir() if path.is_dir()}
    assert damaged
    for folder in damaged:
        damage(folder)
    for module in ("pelican_site.engine", "pelican_site.segments", "release.build", "release.inputs"):
        monkeypatch.setattr(f"site_builder.{module}.code_version", lambda: "another")
    report = made.build(full=True)
    assert {problem.code for site in report.sites for problem in site.problems} == set()
    assert before is not None
    assert switch.live(made.output, UNION) == before
    assert not compare(made.output / "sites" / UNION, read_manifest(made.output, UNION, before))


def test_files_behind_a_link_that_leads_nowhere_are_missing_like_others(made: Handmade) -> None:
    _folder_of_the_store(made)
    release = switch.live(made.output, UNION)
    assert release is not None
    found = compare(made.output / "sites" / UNION, read_manifest(made.output, UNION, release))
    assert found.missing
    assert all(path.startswith("news/") for path in found.missing)


@pytest.mark.parametrize("text", ["[1]", "{}", "", '{"width": 3, "shape": "round"}'])
def test_what_another_version_noted_of_a_picture_is_looked_at_again(tmp_path: Path, text: str) -> None:
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    cache = tmp_path / "cache"
    known = pictures.facts(tmp_path / "a.png", cache)
    assert known is not None
    (note,) = cache.rglob("*.json")
    note.write_text(text)
    pictures._facts.cache_clear()
    assert pictures.facts(tmp_path / "a.png", cache) == known


def test_a_site_that_is_merely_behind_is_told_to_be_built_in_few_words(made: Handmade) -> None:
    made.change(f"records/{UNION}/story/eigen.md", "之文", "的文")
    places = Places(content=made.content, data=made.root / "data", output=made.output, themes=network.THEMES)
    problems = check(read_content(made.content), places, UNION)
    assert sorted(problem.code for problem in problems) == ["page-missing", "page-unplanned"]
    for problem in problems:
        assert (problem.file or "").startswith("search/")
        assert (problem.file or "").endswith("/")
        assert problem.action.startswith("Run unionpress build,")
