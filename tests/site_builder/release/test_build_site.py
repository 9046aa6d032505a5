"""One site from content to live: complete, reproducible, incremental, and untouched when something fails."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_builder import content_store, locks
from site_builder.errors import UsageError
from site_builder.pages.view import View
from site_builder.pelican_site import files
from site_builder.pelican_site.files import PlannedFile
from site_builder.plan import Planned
from site_builder.release import manifest as manifests
from site_builder.release import pruning, site_locks, switch, workspace
from site_builder.release import rollback as rollbacks
from site_builder.release.inputs import Inputs
from site_builder.release.notes import state_file
from site_builder.release.pruning import tidy_store
from site_builder.release.state import Records
from site_builder.release.status import check

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
Tree = Callable[[Path], dict[str, bytes]]
YEXIAO = "records/pingdu/story/yexiao-zouhong.md"


def retitle(text: str) -> str:
    return text.replace("为职工亮到周末", "亮到周末")


@pytest.mark.parametrize("union", ["shandong", "pingdu"])
def test_a_site_is_built_and_sound(network: Network, union: str, tree: Tree) -> None:
    report = network.build(union)

    assert not report.failed
    assert report.problems == ()
    assert report.switched
    assert (
        report.pages == report.rendered == sum(path.endswith(".html") for path in tree(network.live(union)))
    )
    assert check(content_store.read(network.places.content), network.places, union) == []


def test_nothing_of_another_moment_or_of_the_builder_is_in_any_file(network: Network, tree: Tree) -> None:
    """Embargoed and withdrawn texts are nowhere, and no file tells when or as of when it was built."""
    for union in ("shandong", "pingdu"):
        report = network.build(union)
        for path, data in tree(network.live(union)).items():
            text = data.decode("utf-8", "replace")
            for secret in ("封锁正文", "未到时间的稿件", "撤回正文", "不留一字", "descendants", "2025-05-01"):
                assert secret not in text, path
            assert "jiemi" not in path
            assert "2025-04-08T09:00" not in text, path
            assert datetime.now().strftime("%Y-%m-%d") not in text, path
        assert report.next_change is not None


def test_the_same_again_changes_nothing_live(network: Network) -> None:
    first = network.build("pingdu")
    before = os.lstat(network.places.output / "sites/pingdu")
    again = network.build("pingdu")

    assert again.release == first.release
    assert not again.switched
    assert (again.rendered, again.reused) == (0, first.pages)
    assert os.lstat(network.places.output / "sites/pingdu").st_ino == before.st_ino


def test_only_what_an_edit_changes_is_made_anew(network: Network, tree: Tree, tmp_path: Path) -> None:
    first = network.build("pingdu")
    network.edit(YEXIAO, retitle)
    second = network.build("pingdu")

    assert second.release != first.release
    assert second.rendered + second.reused == second.pages
    reasons = dict(second.reasons or ())
    assert len(reasons) == second.rendered < second.pages
    assert "title" in reasons["news/2024/10/yexiao-zouhong/index.html"]
    assert "programs/zhigong-yexiao/index.html" not in reasons
    assert network.build("pingdu", full=True).release == second.release, "full and incremental agree"


def test_a_file_that_is_called_otherwise_than_its_record_is_followed(network: Network) -> None:
    """Who corrects a slug in a file need not rename it: what is written there later comes as well."""
    other = "records/pingdu/story/gaopa.md"
    (network.places.content / YEXIAO).rename(network.places.content / other)
    first = network.build("pingdu")
    network.edit(other, retitle)
    second = network.build("pingdu")
    assert second.release != first.release
    assert "title" in dict(second.reasons or ())["news/2024/10/yexiao-zouhong/index.html"]
    content = content_store.read(network.places.content)
    themes, data = network.places.themes, network.places.compiled
    known = Inputs(content, themes, data).of("pingdu", ())
    network.edit(other, lambda text: text.replace("亮到周末", "亮到天明"))
    assert Inputs(content_store.read(network.places.content), themes, data).of("pingdu", ()) != known
    assert network.build("pingdu", full=True).release == network.build("pingdu").release


def test_a_moment_of_the_plan_is_told(network: Network) -> None:
    first = network.build("pingdu")
    assert first.next_change is not None
    closed = network.build("pingdu", datetime.fromisoformat("2025-04-14T09:00:00+08:00"))

    reasons = dict(closed.reasons or ())
    assert reasons["programs/shandong/jinqiu-zhuxue/index.html"] == "state changed from closing to ended"
    assert reasons["news/2025/04/jiemi/index.html"] == "new page"


def test_what_goes_is_counted(network: Network) -> None:
    network.build("pingdu")
    (network.places.content / YEXIAO).unlink()
    assert network.build("pingdu").deleted == 2, "the story, and the list that has nothing left"


def test_a_broken_link_is_told_and_does_not_hold_up(network: Network, tmp_path: Path) -> None:
    shutil.copytree(network.places.themes / "base", tmp_path / "themes/base")
    (tmp_path / "themes/base/templates/about.html").write_text('<a href="../gone/">{{ page.title }}</a>')
    report = network.with_themes(tmp_path / "themes").build("pingdu")

    assert report.switched
    assert [(p.code, p.severity, p.file) for p in report.problems] == [
        ("broken-link", "warning", "about/index.html")
    ]
    assert not report.has_errors


def test_a_theme_that_fails_leaves_the_live_site(network: Network, tmp_path: Path, tree: Tree) -> None:
    network.build("pingdu")
    before = tree(network.live("pingdu"))
    broken = tmp_path / "themes/base/templates"
    broken.mkdir(parents=True)
    (broken / "home.html").write_text("{{ page.nothing }}")
    (tmp_path / "themes/base/static").mkdir()
    (tmp_path / "themes/base/strings").mkdir()
    report = network.with_themes(tmp_path / "themes").build("pingdu")

    assert report.failed
    assert report.has_errors
    assert re.search("home.html", report.problems[-1].message)
    assert tree(network.live("pingdu")) == before
    assert Records(network.places.data).state("pingdu").failed  # type: ignore[union-attr]
    assert not network.build("pingdu").failed


@pytest.mark.parametrize(("code", "said"), [(errno.ENOSPC, "disk"), (errno.EACCES, "disk-refused")])
def test_a_disk_that_refuses_leaves_the_live_site(
    network: Network, monkeypatch: pytest.MonkeyPatch, code: int, said: str, tree: Tree
) -> None:
    network.build("pingdu")
    before = tree(network.live("pingdu"))
    network.edit(YEXIAO, retitle)
    written = workspace.write_file

    def refuse(path: str, data: bytes) -> None:
        if path.endswith("/sitemap.xml") or "/feeds/" in path:
            raise OSError(code, os.strerror(code), path)
        written(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(workspace, "write_file", refuse)
        report = network.build("pingdu")

    assert report.failed
    assert report.problems[-1].code == said
    assert tree(network.live("pingdu")) == before
    assert [
        path for path in (network.places.output / "releases/pingdu").iterdir() if path.name[0] == "."
    ] == []
    assert network.build("pingdu").switched


def test_a_release_that_lacks_a_file_is_not_switched_to(
    network: Network, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.build("pingdu")
    before = tree(network.live("pingdu"))
    write = workspace.Workspace.write

    def forgetful(self: workspace.Workspace, path: str, data: bytes, *, shared: bool = False) -> None:
        write(self, path, data, shared=shared)
        if path.startswith("news/") and path.endswith("/index.html"):
            Path(self._place(path)).unlink(missing_ok=True)

    monkeypatch.setattr(workspace.Workspace, "write", forgetful)
    network.edit(YEXIAO, retitle)
    report = network.build("pingdu")

    assert report.failed
    assert tree(network.live("pingdu")) == before
    [problem] = report.problems
    assert problem.code == "page-missing"
    assert re.fullmatch(
        r"news/\S+/index\.html is planned and was not written\. Run unionpress build --full for this union",
        problem.message,
    )


def test_check_finds_what_was_changed_after_the_build(network: Network) -> None:
    network.build("pingdu")
    network.build("shandong")
    live = network.live("pingdu")
    (live / "about/index.html").unlink()
    (live / "robots.txt").write_bytes(b"User-agent: *\nDisallow: /\n")
    (live / "extra.html").write_text("<p>")
    content = content_store.read(network.places.content)

    found = {(problem.code, problem.file) for problem in check(content, network.places, "pingdu")}
    assert {
        ("file-missing", "about/index.html"),
        ("file-changed", "robots.txt"),
        ("file-unplanned", "extra.html"),
    } <= found
    assert check(content, network.places, "shandong") == []

    network.build("pingdu")
    assert check(content, network.places, "pingdu") == []


def test_check_compares_with_the_plan(network: Network) -> None:
    network.build("pingdu")
    (network.places.content / YEXIAO).unlink()
    content = content_store.read(network.places.content)
    found = {(problem.code, problem.file) for problem in check(content, network.places, "pingdu")}
    assert ("page-unplanned", "news/2024/10/yexiao-zouhong/index.html") in found
    assert [problem.code for problem in check(content, network.places, "shandong")] == ["not-built"]


def test_what_was_live_before_it_was_noted_is_compared_with_its_own_moment(network: Network) -> None:
    network.build("shandong")
    [release] = rollbacks.releases(network.places, "shandong")
    state_file(network.places.data, "shandong").unlink()  # as a builder who was killed leaves it
    record = manifests.manifest_path(network.places.output, "shandong", release.id)
    content = content_store.read(network.places.content)
    os.utime(record, (AS_OF.timestamp() + 2 * 365 * 86_400,) * 2)
    assert check(content, network.places, "shandong") != []
    os.utime(record, (AS_OF.timestamp(),) * 2)
    assert check(content, network.places, "shandong") == []

    os.utime(record)
    (network.places.data / "clock.json").write_text(f'{{"as_of": "{AS_OF.isoformat()}"}}', "utf-8")
    assert check(content, network.places, "shandong") == []


def test_a_rollback_holds_until_a_full_build(network: Network) -> None:
    first = network.build("pingdu")
    network.edit(YEXIAO, retitle)
    second = network.build("pingdu")

    assert rollbacks.rollback(network.places, "pingdu") == first.release
    assert switch.live(network.places.output, "pingdu") == first.release
    held = network.build("pingdu")
    assert (held.release, held.rendered, held.reused, held.switched) == (first.release, 0, first.pages, False)
    assert [problem.code for problem in held.problems] == ["held"]
    listed = rollbacks.releases(network.places, "pingdu")
    assert [(release.id, release.live, release.held) for release in listed] == [
        (second.release, False, False),
        (first.release, True, True),
    ]
    assert [release.as_of for release in listed] == [AS_OF, AS_OF]

    assert network.build("pingdu", full=True).release == second.release
    assert switch.live(network.places.output, "pingdu") == second.release


def test_a_release_that_is_made_once_more_is_the_newest_again(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is put back as it was, then changed again: a rollback leads to what readers saw before."""
    monkeypatch.setattr(pruning, "KEEP", 1)
    monkeypatch.setattr(pruning, "MOST", 3)
    first = network.build("pingdu")
    text = (network.places.content / YEXIAO).read_text("utf-8")
    network.edit(YEXIAO, retitle)
    second = network.build("pingdu")
    network.edit(YEXIAO, lambda _: text)
    assert network.build("pingdu").release == first.release
    assert switch.releases(network.places.output, "pingdu") == [first.release, second.release]
    network.edit(YEXIAO, lambda text: text.replace("亮到周末", "亮到周日"))
    monkeypatch.setattr(pruning, "MOST", 1)
    third = network.build("pingdu")
    assert switch.releases(network.places.output, "pingdu") == [third.release, first.release]
    assert rollbacks.rollback(network.places, "pingdu") == first.release


def test_a_check_waits_until_the_site_is_built(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the switch and the note of it, what is live is of one build, and what is known of another."""
    network.build("pingdu")
    live, asked = switch.live, []

    def meanwhile(output: Path, union: str) -> str | None:
        for lock in site_locks.files(network.places, union):
            with pytest.raises(locks.LockTimeout), locks.exclusive(lock, timeout=0):
                pass
        asked.append(union)
        return live(output, union)

    monkeypatch.setattr(switch, "live", meanwhile)
    assert check(content_store.read(network.places.content), network.places, "pingdu") == []
    assert asked == ["pingdu"]


def test_rolling_back_by_name(network: Network) -> None:
    first = network.build("pingdu")
    assert first.release is not None
    with pytest.raises(UsageError, match="no release older"):
        rollbacks.rollback(network.places, "pingdu")
    with pytest.raises(UsageError, match="is no release"):
        rollbacks.rollback(network.places, "pingdu", "zz")
    assert rollbacks.rollback(network.places, "pingdu", first.release[:6]) == first.release


def test_old_releases_go_and_the_live_one_stays(network: Network) -> None:
    for day in range(9):
        network.build("pingdu", AS_OF + timedelta(days=day))
    kept = switch.releases(network.places.output, "pingdu")
    assert 5 <= len(kept) <= 7
    assert switch.live(network.places.output, "pingdu") in kept
    tidy_store(network.places)
    stored = {path.name for path in (network.places.output / "store").glob("??/*")}
    manifest = manifests.read(network.places.output, "pingdu", kept[0])
    assert stored <= {entry.hash for entry in manifest.files.values()}


def test_the_notes_of_a_build_may_be_lost(network: Network, tree: Tree) -> None:
    first = network.build("pingdu")
    for note in (network.places.data / "builds").iterdir():
        note.write_bytes(b"{")
    again = network.build("pingdu")
    assert (again.release, again.rendered) == (first.release, first.pages)


def test_a_moment_concerns_what_changes_at_it(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """An embargo that lifts, a day that begins: what goes on as it was is not even thought of."""
    made: list[str] = []
    plain = files._record_files

    def counted(item: Planned, view: View) -> Iterator[PlannedFile]:
        made.append(item.path)
        return plain(item, view)

    monkeypatch.setattr(files, "_record_files", counted)
    moment, all_made = network.build("pingdu").next_change, len(made)
    assert moment is not None
    assert len(set(made)) == all_made
    made.clear()
    report = network.build("pingdu", moment)
    assert report.rendered
    assert made
    assert not [path for path in made if path.startswith("/news/")]
    made.clear()
    network.build("pingdu")  # and back
    assert made
    assert not [path for path in made if path.startswith("/news/")]


def test_a_site_of_which_nothing_changed_is_looked_at_file_by_file(network: Network) -> None:
    """Not one whose moment has come: that has a reason to be built."""
    moment = network.build("pingdu").next_change
    assert moment is not None
    damaged = network.live("pingdu") / "about/index.html"
    damaged.unlink()
    damaged.write_text("anything else", "utf-8")
    network.build("pingdu")
    assert (network.live("pingdu") / "about/index.html").read_text("utf-8") != "anything else"
