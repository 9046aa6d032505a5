"""Switching: readers see one complete release at every instant."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from site_builder.errors import BuildError
from site_builder.release import switch
from site_builder.release.manifest import manifest_path
from site_builder.release.store import Store
from site_builder.release.workspace import Workspace, release_folder, releases_folder


def release(output: Path, text: str, union: str = "zgh") -> str:
    workspace = Workspace(output, union, Store(output / "store"))
    workspace.open()
    for number in range(5):
        workspace.write(f"{number}.html", f"{text} {number}".encode())
    return workspace.finish()[0].id


def test_a_link_to_the_release_relative_and_replaced(tmp_path: Path) -> None:
    first, second = release(tmp_path, "a"), release(tmp_path, "b")
    assert switch.live(tmp_path, "zgh") is None
    assert switch.switch(tmp_path, "zgh", first)
    assert not switch.switch(tmp_path, "zgh", first)
    assert switch.switch(tmp_path, "zgh", second)

    link = tmp_path / "sites/zgh"
    assert link.is_symlink()
    assert str(link.readlink()) == f"../releases/zgh/{second}"
    assert link.resolve() == release_folder(tmp_path, "zgh", second)
    assert [path.name for path in link.parent.iterdir()] == ["zgh"]


def test_a_release_that_is_not_there_is_refused(tmp_path: Path) -> None:
    first = release(tmp_path, "a")
    switch.switch(tmp_path, "zgh", first)
    with pytest.raises(BuildError, match="no release"):
        switch.switch(tmp_path, "zgh", "0" * 32)
    assert switch.live(tmp_path, "zgh") == first


def test_concurrent_readers_see_whole_releases(tmp_path: Path) -> None:
    texts = ["a", "b", "c"]
    ids = [release(tmp_path, text) for text in texts]
    switch.switch(tmp_path, "zgh", ids[0])
    stop = threading.Event()
    seen: set[str] = set()
    wrong: list[str] = []

    def read() -> None:
        while not stop.is_set():
            root = (tmp_path / "sites/zgh").resolve()
            try:
                words = {(root / f"{number}.html").read_text().split()[0] for number in range(5)}
            except OSError as error:
                wrong.append(str(error))
                continue
            seen.update(words)
            if len(words) != 1:
                wrong.append(str(words))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        for turn in range(60):
            switch.switch(tmp_path, "zgh", ids[turn % 3])
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert len(seen) > 1


def test_releases_are_listed_while_a_build_removes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who lists them has no lock: a desk, a receipt, `unionpress releases`."""
    names = [release(tmp_path, text) for text in "abc"]
    complete = switch.complete

    def then_pruned(output: Path, union: str) -> list[str]:
        found = complete(output, union)
        monkeypatch.setattr(switch, "complete", complete)
        switch.prune(output, union, keep=1, also=())
        return found

    switch.switch(tmp_path, "zgh", names[2])
    for seconds, name in enumerate(names):
        os.utime(manifest_path(tmp_path, "zgh", name), (seconds, seconds))
    monkeypatch.setattr(switch, "complete", then_pruned)
    assert switch.releases(tmp_path, "zgh") == [names[2], names[1]]


def test_the_sweep_removes_what_killed_builds_left(tmp_path: Path) -> None:
    kept = release(tmp_path, "a")
    other = release(tmp_path, "a", union="qingdao")
    switch.switch(tmp_path, "zgh", kept)
    for name in (".building-1-aa", ".deleting-bb"):
        (releases_folder(tmp_path, "zgh") / name / "news").mkdir(parents=True)
    (releases_folder(tmp_path, "qingdao") / ".building-2-cc").mkdir()
    (tmp_path / "sites/.zgh.next").symlink_to("nowhere")
    (tmp_path / "manifests/zgh/00.json").write_text("{}")

    switch.sweep(tmp_path, "zgh")

    assert [path.name for path in releases_folder(tmp_path, "zgh").iterdir()] == [kept]
    assert [path.name for path in (tmp_path / "sites").iterdir()] == ["zgh"]
    assert {path.stem for path in (tmp_path / "manifests/zgh").iterdir()} == {kept}
    assert len(list(releases_folder(tmp_path, "qingdao").iterdir())) == 2, "another union's builds go on"
    assert switch.releases(tmp_path, "qingdao") == [other]


def test_pruning_keeps_the_newest_the_live_and_the_held(tmp_path: Path) -> None:
    ids = [release(tmp_path, str(number)) for number in range(8)]
    switch.switch(tmp_path, "zgh", ids[0])

    gone = switch.prune(tmp_path, "zgh", keep=3, also={ids[2]})

    assert set(gone) == {ids[1], ids[3], ids[4]}
    assert set(switch.releases(tmp_path, "zgh")) == {ids[0], ids[2], *ids[5:]}
    assert {path.stem for path in (tmp_path / "manifests/zgh").iterdir()} == {ids[0], ids[2], *ids[5:]}
