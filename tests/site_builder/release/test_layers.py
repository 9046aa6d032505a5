"""Folders in which nothing changed lie once for many releases, and as long as one of them needs them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from site_builder.release import layers, switch
from site_builder.release import manifest as manifests
from site_builder.release.layers import Locations, layers_folder
from site_builder.release.manifest import Manifest, compare
from site_builder.release.store import Store
from site_builder.release.workspace import Damaged, Workspace, release_folder

Tree = Callable[[Path], dict[str, bytes]]
SITE = {
    "index.html": b"home",
    "news/index.html": b"news",
    "news/2025/04/a/index.html": b"a",
    "news/2025/04/a/index.json": b"{}",
    "news/2025/04/b/index.html": b"b",
    "news/2024/c/index.html": b"c",
    "programs/p/index.html": b"p",
}


def release(
    output: Path,
    files: Mapping[str, bytes],
    before: Manifest | None = None,
    *,
    trees: Mapping[str, str] | None = None,
    union: str = "zgh",
    verify: bool = False,
    shared: bytes | None = None,
) -> Manifest:
    previous = (release_folder(output, union, before.id), before) if before else None
    workspace = Workspace(output, union, Store(output / "store"), previous, verify=verify)
    workspace.open()
    for path, data in files.items():
        workspace.write(path, data)
    for path, key in (trees or {}).items():
        workspace.tree(path, key, lambda key=key: {"s/0.bin": shared or key.encode()})  # type: ignore[misc]
    workspace.assemble()
    assert sorted(workspace.present()) == sorted(workspace.rows)
    workspace.prepare()
    workspace.publish()
    workspace.discard()
    return workspace.manifest


def folder(output: Path, manifest: Manifest, union: str = "zgh") -> Path:
    return release_folder(output, union, manifest.id)


def test_only_folders_with_a_change_are_made_anew(tmp_path: Path, tree: Tree) -> None:
    first = release(tmp_path, SITE)
    changed = {**SITE, "news/2025/04/a/index.html": b"A"}
    second = release(tmp_path, changed, first)

    assert tree(folder(tmp_path, second)) == changed
    assert tree(folder(tmp_path, first)) == SITE, "the release before stays what it was"
    for same in ("news/2024", "news/2025/04/b", "programs"):
        assert (folder(tmp_path, first) / same).resolve() == (folder(tmp_path, second) / same).resolve()
    news = (folder(tmp_path, second) / "news").resolve()
    assert (news / "2024").is_symlink()
    assert not (news / "2025").is_symlink()
    assert (news / "index.html").samefile(folder(tmp_path, first) / "news/index.html")


def test_links_lead_to_where_a_folder_lies_however_old(tmp_path: Path, tree: Tree) -> None:
    """Never to a link, so that no chain grows and no release depends on one in between."""
    before, files = None, dict(SITE)
    for turn in range(6):
        files["news/2025/04/a/index.html"] = f"turn {turn}".encode()
        before = release(tmp_path, files, before)
    assert before is not None
    locations = Locations(tmp_path / "store", folder(tmp_path, before))
    where = tmp_path / "store" / (locations.of("news/2024") or "")
    assert where.is_dir()
    assert where == where.resolve()
    assert tree(folder(tmp_path, before)) == files


def test_what_goes_and_what_comes_changes_the_folders_above(tmp_path: Path, tree: Tree) -> None:
    first = release(tmp_path, SITE)
    fewer = {path: data for path, data in SITE.items() if "/b/" not in path}
    second = release(tmp_path, fewer, first)
    assert tree(folder(tmp_path, second)) == fewer
    third = release(tmp_path, SITE, second)
    assert third.id == first.id
    assert tree(folder(tmp_path, third)) == SITE


def test_the_sweep_leaves_what_a_release_needs(tmp_path: Path, tree: Tree) -> None:
    manifests_, before, files = [], None, dict(SITE)
    for turn in range(5):
        files = {**files, "news/2025/04/a/index.html": f"turn {turn}".encode(), "index.html": b"%d" % turn}
        before = release(tmp_path, files, before)
        manifests_.append((before, files))
    other = release(tmp_path, SITE, union="qingdao")
    assert len(list(layers_folder(tmp_path, "zgh").iterdir())) == 5

    assert len(switch.prune(tmp_path, "zgh", keep=1, also=())) == 4

    last, said = manifests_[-1]
    assert tree(folder(tmp_path, last)) == said
    assert not compare(folder(tmp_path, last), last)
    left = {path.as_posix() for path in (tmp_path / "store/layers/zgh").rglob("a/index.html")}
    assert len(left) == 1, "of the first layer only what the last release links to is left"
    assert tree(folder(tmp_path, other, "qingdao")) == SITE, "another union's layers are its own"
    again = release(tmp_path, SITE, last)
    assert tree(folder(tmp_path, again)) == SITE


def test_a_shared_folder_lies_once_for_all(tmp_path: Path, tree: Tree) -> None:
    first = release(tmp_path, SITE, trees={"search/k1": "k1"})
    other = release(tmp_path, SITE, trees={"search/k1": "k1"}, union="qingdao")
    assert (folder(tmp_path, first) / "search/k1").resolve() == tmp_path / "store/trees/k1"
    assert (folder(tmp_path, other, "qingdao") / "search/k1").resolve() == tmp_path / "store/trees/k1"
    assert first.files["search/k1/s/0.bin"].size == 2

    second = release(tmp_path, SITE, first, trees={"search/k2": "k2"})
    assert set(tree(folder(tmp_path, second))) == {*SITE, "search/k2/s/0.bin"}
    third = release(tmp_path, {**SITE, "search/index.json": b"{}"}, second, trees={"search/k2": "k2"})
    assert set(tree(folder(tmp_path, third))) == {*SITE, "search/index.json", "search/k2/s/0.bin"}

    store = Store(tmp_path / "store")
    assert manifests.trees_in_use(tmp_path) == {"k1", "k2"}
    assert store.sweep_trees(manifests.trees_in_use(tmp_path)) == 0
    switch.take_down(tmp_path, "qingdao")
    switch.prune(tmp_path, "zgh", keep=1, also=())
    (manifests.trees_path(tmp_path, "qingdao", other.id)).unlink()
    assert store.sweep_trees(manifests.trees_in_use(tmp_path)) == 1
    assert tree(folder(tmp_path, third))["search/k2/s/0.bin"] == b"k2"


def test_a_release_keeps_the_shared_folders_it_links_to_whatever_they_are_called_now(
    tmp_path: Path, tree: Tree
) -> None:
    """A newer program knows the same bytes by another name: the release stays, with what it links to."""
    whole = {**SITE, "search/k/s/0.bin": b"same"}
    first = release(tmp_path, SITE, trees={"search/k": "old"}, shared=b"same")
    again = release(tmp_path, SITE, first, trees={"search/k": "new"}, shared=b"same")
    assert again == first
    assert manifests.read_trees(tmp_path, "zgh", first.id) == {"search/k": "old"}
    assert Store(tmp_path / "store").sweep_trees(manifests.trees_in_use(tmp_path)) == 1
    assert tree(folder(tmp_path, first)) == whole

    manifests.trees_path(tmp_path, "zgh", first.id).write_text('{"search/k": "new"}')  # is not true
    more = {**SITE, "search/index.json": b"{}"}
    second = release(tmp_path, more, first, trees={"search/k": "new"}, shared=b"same")
    Store(tmp_path / "store").sweep_trees({"new"})
    assert tree(folder(tmp_path, second)) == {**whole, "search/index.json": b"{}"}


def test_a_repair_takes_nothing_from_other_sites(tmp_path: Path, tree: Tree) -> None:
    first = release(tmp_path, SITE, trees={"search/k": "old"}, shared=b"same")
    other = release(tmp_path, SITE, trees={"search/k": "new"}, shared=b"same", union="qingdao")
    Store(tmp_path / "store").sweep_trees({"new"})
    again = release(tmp_path, SITE, first, trees={"search/k": "new"}, shared=b"same")

    whole = {**SITE, "search/k/s/0.bin": b"same"}
    assert tree(folder(tmp_path, again)) == tree(folder(tmp_path, other, "qingdao")) == whole


def test_a_damaged_shared_folder_is_made_again_by_a_full_build(tmp_path: Path) -> None:
    release(tmp_path, SITE, trees={"search/k1": "k1"})
    (tmp_path / "store/trees/k1/s/0.bin").write_bytes(b"??")
    Store(tmp_path / "store", verify=True).tree("k1", lambda: {"s/0.bin": b"k1"})
    assert (tmp_path / "store/trees/k1/s/0.bin").read_bytes() == b"k1"


def test_a_shared_folder_is_there_from_then_on_whoever_else_makes_it(tmp_path: Path) -> None:
    """Of two processes that make the same folder the slower one leaves the faster one's where it is."""
    files = {"s/0.bin": b"same", "s/1.bin": b"too"}
    target = tmp_path / "store/trees/k"
    made: list[int] = []

    class Slower(Store):
        """Another one makes the folder when this one has seen that it is missing."""

        def _add_tree(self, *args: Any) -> None:
            Store(tmp_path / "store").tree("k", lambda: files)
            made.append(target.stat().st_ino)
            super()._add_tree(*args)

    Slower(tmp_path / "store").tree("k", lambda: files)
    assert [target.stat().st_ino] == made
    assert sorted(tmp_path.glob("store/trees/*")) == [target, tmp_path / "store/trees/k.files"]


def test_a_damaged_shared_folder_is_mended_file_by_file(tmp_path: Path, tree: Tree) -> None:
    """Live sites link to it: what is sound in it is not away for a moment, and no draft stays."""
    files = {"s/0.bin": b"0", "s/1.bin": b"1", "t/2.bin": b"2"}
    Store(tmp_path / "store").tree("k", lambda: files)
    target = tmp_path / "store/trees/k"
    before = {path: (target / path).stat().st_ino for path in ("", "s", "s/1.bin")}
    (target / "s/0.bin").write_bytes(b"??")
    (target / "s/extra").write_bytes(b"")
    shutil.rmtree(target / "t")
    (target / "t").write_bytes(b"a file in the place of a folder")
    Store(tmp_path / "store", verify=True).tree("k", lambda: files)
    assert tree(target) == files
    assert {path: (target / path).stat().st_ino for path in before} == before
    assert {path.name for path in target.parent.iterdir()} == {"k", "k.files"}

    (target / "s/1.bin").unlink()
    (target / "s/1.bin/folder").mkdir(parents=True)
    Store(tmp_path / "store", verify=True).tree("k", lambda: files)
    assert tree(target) == files


def test_a_damaged_shared_folder_may_be_mended_by_two_at_once(
    tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"s/0.bin": b"0", "s/1.bin": b"1", "t/2.bin": b"2"}
    Store(tmp_path / "store").tree("k", lambda: files)
    target = tmp_path / "store/trees/k"
    (target / "s/1.bin").unlink()
    (target / "s/1.bin/folder").mkdir(parents=True)
    (target / "s/1.bin/folder/extra").write_bytes(b"")
    remove = shutil.rmtree

    def later(path: Path, **options: Any) -> None:
        """Before one takes away what stands in the way, the other has done so and put the file there."""
        monkeypatch.setattr(shutil, "rmtree", remove)
        Store(tmp_path / "store", verify=True).tree("k", lambda: files)
        remove(path, **options)

    monkeypatch.setattr(shutil, "rmtree", later)
    Store(tmp_path / "store", verify=True).tree("k", lambda: files)
    assert tree(target) == files


def test_damage_is_repaired_where_every_file_is_looked_at(tmp_path: Path, tree: Tree) -> None:
    first = release(tmp_path, SITE)
    changed = {**SITE, "index.html": b"HOME"}
    (folder(tmp_path, first) / "news/2024/c/index.html").write_bytes(b"?")
    (folder(tmp_path, first) / "programs/p/index.html").unlink()
    second = release(tmp_path, changed, first, verify=True)
    assert tree(folder(tmp_path, second)) == changed


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    first = release(tmp_path, SITE)
    for layer in layers_folder(tmp_path, "zgh").iterdir():
        layer.rename(layer.with_name("elsewhere"))
    with pytest.raises(Damaged):
        release(tmp_path, {**SITE, "index.html": b"HOME"}, first)


def test_an_unfinished_sweep_is_finished_by_the_next(tmp_path: Path, tree: Tree) -> None:
    first = release(tmp_path, SITE)
    second = release(tmp_path, {**SITE, "programs/p/index.html": b"P"}, first)
    killed = layers_folder(tmp_path, "zgh") / "feed0123"
    (killed / "news").mkdir(parents=True)
    layers.sweep(tmp_path, "zgh", [folder(tmp_path, first), folder(tmp_path, second)])
    assert not killed.exists()
    assert tree(folder(tmp_path, first)) == SITE
