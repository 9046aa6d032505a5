"""Many sites at once: the same bytes with any number of processes, and no site stops another."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_builder import content_store, network, network_search
from site_builder.content_store import read
from site_builder.errors import BuildError, UsageError
from site_builder.release import content_lock, switch
from site_builder.release import rollback as rollbacks
from site_builder.release.manifest import compare
from site_builder.release.manifest import read as read_manifest
from site_builder.release.status import status

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
UNIONS = ("pingdu", "shandong")
Tree = Callable[[Path], dict[str, bytes]]
Build = Callable[..., network.Report]


@pytest.fixture
def build(network: Network) -> Build:
    def run(*unions: str, as_of: datetime = AS_OF, output: Path | None = None, **options: object) -> object:
        places = network.places
        return _build(places.content, places.data, output or places.output, unions, as_of=as_of, **options)

    return run  # type: ignore[return-value]


_build = network.build


def test_any_number_of_processes_gives_the_same_bytes(build: Build, network: Network, tmp_path: Path) -> None:
    """And so do a second run, a full one, and one into another folder."""
    reports = [
        build(jobs=1),
        build(jobs=2),
        build(jobs=2, full=True),
        build(jobs=2, output=tmp_path / "elsewhere", full=True),
    ]
    assert {tuple((site.union, site.release) for site in report.sites) for report in reports} == {
        tuple((site.union, site.release) for site in reports[0].sites)
    }
    assert [site.union for site in reports[0].sites] == list(UNIONS)
    for report in reports:
        for site in report.sites:
            assert site.rendered + site.reused == site.pages > 0
    assert [site.rendered for site in reports[1].sites] == [0, 0]
    assert [site.reused for site in reports[2].sites] == [0, 0]


def test_incremental_is_full_after_any_edits(
    build: Build, network: Network, tmp_path: Path, tree: Tree
) -> None:
    """Rule 2, over edits of text, sharing, adoption, branding and time."""
    places = network.places
    program = "records/shandong/program/jinqiu-zhuxue.md"
    steps: list[tuple[str, Callable[[str], str]] | None] = [
        ("records/pingdu/story/yexiao-zouhong.md", lambda text: text.replace("先发问卷", "先发出问卷")),
        (program, lambda text: text.replace("mode: required", "mode: offer")),
        ("adoptions/pingdu.yaml", lambda text: text.replace("action: pin", "action: hide")),
        ("unions/pingdu.md", lambda text: text.replace("b0281a", "1f4e79")),
        None,
        (
            program,
            lambda text: text.replace("former_paths:", "expires: 2025-04-20T00:00:00+08:00\nformer_paths:"),
        ),
        ("records/pingdu/program/zhigong-yexiao.md", lambda text: text.replace("slug: zhigong-", "slug: ")),
        None,
    ]
    moment = AS_OF
    for number, step in enumerate(steps):
        if step is None:
            moment += timedelta(days=7)
        else:
            network.edit(*step)
        incremental = build(as_of=moment, jobs=1)
        fresh = _build(
            places.content, tmp_path / f"{number}", tmp_path / f"{number}/output", as_of=moment, jobs=1
        )
        assert [site.release for site in incremental.sites] == [site.release for site in fresh.sites], number
        for union in UNIONS:
            assert tree(network.live(union)) == tree(tmp_path / f"{number}/output/sites/{union}"), number


def test_a_folder_that_holds_no_themes_is_named_once(build: Build, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"has no base/") as error:
        build(themes=tmp_path)
    assert error.value.code == "theme-missing"


def test_a_site_that_fails_stops_no_other(build: Build, network: Network) -> None:
    network.edit("unions/pingdu.md", lambda text: text.replace("site:", "site:\n  theme: no-such-theme"))
    for jobs in (1, 2):
        report = build(jobs=jobs)
        pingdu, shandong = report.sites
        assert report.has_errors
        assert pingdu.failed
        assert "no-such-theme" in pingdu.problems[-1].message
        assert not shandong.failed
    assert switch.live(network.places.output, "shandong")
    assert switch.live(network.places.output, "pingdu") is None


def test_files_of_one_site_that_cannot_be_used_stop_no_other(build: Build, network: Network) -> None:
    """What lies there instead of a file refuses as missing rights do, to root as well."""
    build()
    notes, theirs = network.places.data / "builds", network.places.output / "manifests/pingdu"

    def edited(text: str) -> str:
        return text.replace("title: ", "title: 又", 1)

    network.edit("records/shandong/program/jinqiu-zhuxue.md", edited)
    (notes / "pingdu.json").unlink()
    (notes / "pingdu.json").mkdir()
    for options in ({}, {"due": True}, {"jobs": 2, "full": True}):
        pingdu, *others = build(**options).sites
        assert (pingdu.problems[-1].code, pingdu.problems[-1].file) == ("disk", f"{notes / 'pingdu.json'}")
        assert not any(site.failed for site in others)
    (notes / "pingdu.json").rmdir()

    theirs.rename(theirs.with_name("aside"))
    theirs.write_text("no folder")
    pingdu, shandong = build(full=True).sites
    assert (pingdu.failed, shandong.failed) == (True, False)
    theirs.unlink()
    theirs.with_name("aside").rename(theirs)

    assert not build().has_errors
    network.edit("records/shandong/program/jinqiu-zhuxue.md", edited)
    (notes / "pingdu.parts").unlink()
    (notes / "pingdu.parts").mkdir()
    (notes / "pingdu.parts/x").touch()
    pingdu = build().sites[0]
    assert pingdu.problems[-1].code == "build-unnoted"
    assert "又又" in (network.live("pingdu") / "programs/index.html").read_text("utf-8"), (
        "as it says, it is live"
    )
    assert pingdu.release == switch.live(network.places.output, "pingdu")
    (notes / "pingdu.parts/x").unlink()
    (notes / "pingdu.parts").rmdir()
    assert not build().has_errors


@pytest.mark.parametrize("folder", ["", "unions", "records/shandong", "media"])
def test_a_part_of_content_that_cannot_be_listed_takes_nothing_down(
    build: Build, network: Network, tree: Tree, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """A disk that is away, a folder of somebody else's: who builds without it takes down what lies there."""
    build()
    before, away, scandir = tree(network.live("pingdu")), network.places.content / folder, os.scandir

    def refused(path: Any) -> Any:
        if str(path) == str(away):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refused)
        for options in ({}, {"due": True}, {"full": True}):
            with pytest.raises(BuildError, match="cannot be read: Permission denied") as told:
                build(**options)
            assert str(away) in str(told.value)
    assert tree(network.live("pingdu")) == before
    assert not build().has_errors


@pytest.mark.parametrize("folder", ["", "unions", "records/shandong", "media"])
def test_content_that_goes_away_while_it_is_read_takes_nothing_down(
    build: Build, network: Network, tree: Tree, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Who moves it or brings in another file by file asks nobody."""
    build()
    before, content = tree(network.live("pingdu")), network.places.content
    moved, away = content / folder, content.parent / "away"

    def reading(*arguments: Any) -> Any:
        moved.rename(away)
        return read(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(content_store, "read", reading)
        with pytest.raises(BuildError, match=r"changed while it was read.*run this again") as told:
            build(full=True)
    assert told.value.code == "content-changed"
    assert tree(network.live("pingdu")) == before
    away.rename(moved)
    assert not build(full=True).has_errors, "with its folder each file is back as it was"


@pytest.mark.parametrize("folder", ["", "media"])
def test_content_that_goes_away_while_sites_are_built_is_no_fault_of_the_program(
    build: Build, network: Network, tree: Tree, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    build()
    before, content = tree(network.live("shandong")), network.places.content
    moved, away = content / folder, content.parent / "away"
    shutil.rmtree(network.places.pictures)

    def reading(*arguments: Any) -> Any:
        found = read(*arguments)
        moved.rename(away)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(content_store, "read", reading)
        report = build(full=True, jobs=1)
    failed = [site for site in report.sites if site.failed]
    assert failed
    for site in failed:
        problem = site.problems[-1]
        assert (problem.code, problem.severity) == ("content-changed", "error")
        assert "build again" in problem.action
    assert tree(network.live("shandong")) == before
    away.rename(moved)
    assert [site.failed for site in build(due=True).sites] == [False] * len(failed), "it is tried again"


def test_what_lies_beside_content_may_be_unreadable(
    build: Build, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `lost+found` is, where the folder is a disk of its own."""
    (network.places.content / "lost+found").mkdir()
    scandir = os.scandir

    def refused(path: Any) -> Any:
        if str(path).endswith("lost+found"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    assert not any(site.failed for site in build().sites)


def test_a_bad_record_is_named_and_the_rest_is_built(build: Build, network: Network) -> None:
    bad = network.places.content / "records/shandong/program/bad.md"
    bad.write_text("---\nid: 1\nkind: program\n---\n")
    (network.places.content / "records/shandong/program/worse.md").write_bytes(b"\xff\xfe")
    report = build()

    assert report.has_errors
    assert [site.union for site in report.sites if site.has_errors] == ["shandong"]
    assert {problem.file for problem in report.sites[1].problems} == {
        "records/shandong/program/bad.md",
        "records/shandong/program/worse.md",
    }
    assert all(site.release for site in report.sites)
    only = build("pingdu")
    assert [site.union for site in only.sites] == ["pingdu"]
    assert {problem.file for problem in only.problems} == {
        problem.file for problem in report.sites[1].problems
    }


def test_an_unknown_union_is_told_the_nearest(build: Build, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'pindu'; did you mean pingdu"):
        build("pindu")
    with pytest.raises(UsageError, match="not a content folder"):
        _build(tmp_path / "nothing", tmp_path / "var", tmp_path / "var/output")


def test_due_builds_what_is_due(build: Build, network: Network) -> None:
    def due(text: str) -> list[str]:
        moment = datetime.fromisoformat(f"2025-04-{text}:00+08:00")
        return [site.union for site in build(due=True, as_of=moment).sites]

    assert due("08T09:00") == list(UNIONS), "never built"
    assert due("08T11:59") == []
    assert due("08T12:00") == ["pingdu"], "its cron line"
    assert due("09T00:00") == list(UNIONS), "the day changes: so many days left"
    rollbacks.rollback(network.places, "pingdu")
    assert due("20T00:00") == ["shandong"], "a rollback holds"
    assert [site.union for site in build("pingdu", full=True, as_of=AS_OF).sites] == ["pingdu"]
    assert due("20T00:01") == ["pingdu"]


def test_a_failed_site_is_due_again(build: Build, network: Network) -> None:
    build()
    network.edit("unions/pingdu.md", lambda text: text.replace("site:", "site:\n  theme: no-such-theme"))
    assert build("pingdu").has_errors
    assert [site.union for site in build(due=True).sites] == ["pingdu"]
    state = {site.union.slug: site for site in status(read(network.places.content), network.places, UNIONS)}
    assert state["pingdu"].failed
    assert state["pingdu"].release
    assert not state["shandong"].failed


def test_a_site_whose_union_is_gone_is_taken_down(build: Build, network: Network) -> None:
    """By a build of the whole network; its releases stay, and it comes back with its union."""
    build()
    content = network.places.content
    aside = content.parent / "aside"
    shutil.copytree(content, aside)
    for file in ("unions/pingdu.md", "adoptions/pingdu.yaml"):
        (content / file).unlink()
    for folder in ("records/pingdu", "media/pingdu"):
        shutil.rmtree(content / folder)
    told = [(problem.code, problem.severity) for problem in build("shandong").problems]
    assert told == [("site-without-union", "warning")]
    assert switch.live(network.places.output, "pingdu"), "nobody asked for the whole network"
    report = build()
    assert [(problem.code, problem.severity) for problem in report.problems] == [
        ("site-taken-down", "warning")
    ]
    assert "pingdu" in report.problems[0].message
    assert switch.live(network.places.output, "pingdu") is None
    assert switch.releases(network.places.output, "pingdu")
    assert build().problems == ()

    shutil.rmtree(content)
    aside.rename(content)
    assert [site.switched for site in build("pingdu").sites] == [True]


def test_a_site_whose_union_cannot_be_read_stays_and_is_named(build: Build, network: Network) -> None:
    build()
    network.edit("unions/pingdu.md", lambda text: text.replace("level: ", "level: no-such-"))
    [told] = [problem for problem in build("shandong").problems if problem.code == "site-left-behind"]
    assert (told.file, told.severity) == ("unions/pingdu.md", "error")
    assert switch.live(network.places.output, "pingdu")


def test_most_sites_never_go_at_once(build: Build, network: Network) -> None:
    build()
    lost = network.places.output / "sites"
    for name in ("a", "b", "c"):
        (lost / name).symlink_to((lost / "pingdu").readlink())
    assert {problem.code for problem in build().problems} == {"site-without-union"}
    assert switch.live(network.places.output, "c")


def test_explain_gives_reasons_and_nothing_else_does(build: Build) -> None:
    assert "reasons" not in build().to_json()["sites"][0]
    explained = build(explain=True, full=True).to_json()["sites"]
    assert {row["reason"] for site in explained for row in site["reasons"]} == {"full build"}
    assert [len(site["reasons"]) for site in explained] == [site["pages"] for site in explained]
    assert [site["reasons"] for site in build(explain=True).to_json()["sites"]] == [[], []]


def test_the_network_is_searched_once_built(build: Build, network: Network) -> None:
    build()
    content = read(network.places.content)
    found = _search(content, network.places, "夜校")
    assert {hit["url"] for hit in found} >= {"https://sites.example/pingdu/programs/zhigong-yexiao/"}
    assert _search(content, network.places, "夜校", union="shandong") == []
    [shared] = _search(content, network.places, "金秋助学", union="pingdu", kind="program")
    assert (shared["union"], shared["owner"]) == ("pingdu", "shandong")
    assert shared["url"] == "https://sites.example/pingdu/programs/shandong/jinqiu-zhuxue/"
    for file in (network.places.data / "search").iterdir():
        if file.is_file():
            file.write_bytes(b"damaged")
    assert _search(content, network.places, "夜校") == found
    for secret in ("封锁正文", "撤回正文"):
        assert _search(content, network.places, secret) == []


def test_a_search_index_that_fails_is_a_warning(build: Build, network: Network) -> None:
    network.places.data.mkdir()
    (network.places.data / "search").write_text("in the way")
    report = build()
    assert [(problem.code, problem.severity) for problem in report.problems] == [("search-index", "warning")]
    assert not report.has_errors
    assert all(site.switched for site in report.sites)


_search = network_search.search


def _build_for_ever(content: Path, data: Path) -> None:
    os.setsid()
    for turn in range(10_000):
        moment = AS_OF + timedelta(days=turn % 2 * 7)
        _build(content, data, data / "output", as_of=moment, jobs=1 + turn % 4 // 2)


def test_killed_at_any_moment_a_whole_release_is_live(network: Network, tmp_path: Path, tree: Tree) -> None:
    """Rule 5. The builder is killed with its workers while it switches to and fro between two moments."""
    places = network.places
    chance = random.Random(20250408)
    whole = {}
    took = 0.0
    for days in (0, 7):
        started = time.monotonic()
        report = _build(
            places.content,
            tmp_path / f"{days}",
            tmp_path / f"{days}/output",
            as_of=AS_OF + timedelta(days=days),
        )
        for site in report.sites:
            whole[site.union, site.release] = tree(tmp_path / f"{days}/output/sites/{site.union}")
        took = max(took, time.monotonic() - started)
    _build(places.content, places.data, places.output, as_of=AS_OF)  # so that something is live
    seen = set()
    for _ in range(12):
        builder = multiprocessing.get_context("fork").Process(
            target=_build_for_ever, args=(places.content, places.data)
        )
        builder.start()
        while os.getpgid(builder.pid or 0) != builder.pid:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.05, took))
        assert builder.is_alive()
        os.killpg(builder.pid, signal.SIGKILL)  # type: ignore[arg-type]
        builder.join()
        builder.close()
        for union in UNIONS:
            live = switch.live(places.output, union)
            if live is not None:
                seen.add(live)
                assert tree(network.live(union)) == whole[union, live]
    assert seen, "nothing was ever live: the test tested nothing"

    report = _build(places.content, places.data, places.output, as_of=AS_OF)
    assert not report.has_errors
    for site in report.sites:
        assert site.release
        assert not compare(network.live(site.union), read_manifest(places.output, site.union, site.release))
        assert tree(network.live(site.union)) == whole[site.union, site.release]
        left = [
            path.name for path in (places.output / "releases" / site.union).iterdir() if path.name[0] == "."
        ]
        assert left == []


def test_content_is_read_under_the_shared_lock(build: Build, network: Network) -> None:
    with content_lock.shared(network.places):
        assert not build(jobs=1).has_errors
    with content_lock.alone(network.places, timeout=0):
        pass
