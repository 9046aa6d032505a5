"""A release comes into being whole, under the hash of what it holds, and shares its disk with others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from site_builder.errors import BuildError
from site_builder.release import manifest as manifests
from site_builder.release.layers import layers_folder
from site_builder.release.manifest import Entry, Manifest, compare
from site_builder.release.store import Store
from site_builder.release.workspace import BUILDING, Workspace, release_folder, releases_folder

FILES = {"index.html": b"<p>home", "news/index.html": b"<p>news", "feeds/all.atom.xml": b"<feed/>"}


def release(
    output: Path, files: dict[str, bytes], previous: tuple[Path, Manifest] | None = None, union: str = "zgh"
) -> tuple[Manifest, bool]:
    workspace = Workspace(output, union, Store(output / "store"), previous)
    workspace.open()
    for path, data in files.items():
        workspace.write(path, data, shared=path.startswith("assets/"))
    result = workspace.finish()
    workspace.discard()
    return result


def test_the_same_bytes_are_the_same_release(tmp_path: Path) -> None:
    first, is_new = release(tmp_path, FILES)
    again, is_new_again = release(tmp_path, dict(reversed(FILES.items())))
    other, _ = release(tmp_path, {**FILES, "index.html": b"<p>other"})

    assert (is_new, is_new_again) == (True, False)
    assert first.id == again.id != other.id
    assert sorted(path.name for path in releases_folder(tmp_path, "zgh").iterdir()) == sorted(
        {first.id, other.id}
    )
    assert manifests.read(tmp_path, "zgh", first.id) == first


def test_two_unions_do_not_meet(tmp_path: Path) -> None:
    first, _ = release(tmp_path, FILES)
    second, is_new = release(tmp_path, FILES, union="qingdao")

    assert is_new
    assert first.id == second.id
    assert release_folder(tmp_path, "qingdao", second.id).is_dir()


def test_nothing_can_be_seen_before_it_is_whole(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "zgh", Store(tmp_path / "store"))
    workspace.open()
    workspace.write("index.html", b"x")

    assert [path.name.startswith(BUILDING) for path in releases_folder(tmp_path, "zgh").iterdir()] == [True]
    workspace.discard()
    assert list(releases_folder(tmp_path, "zgh").iterdir()) == []


def test_a_path_is_written_once(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "zgh", Store(tmp_path / "store"))
    workspace.open()
    workspace.write("index.html", b"x")

    with pytest.raises(BuildError, match=r"index\.html is written twice"):
        workspace.write("index.html", b"y")


def test_what_did_not_change_takes_no_disk(tmp_path: Path) -> None:
    first, _ = release(tmp_path, {**FILES, "assets/a.css": b"p{}"})
    folder = release_folder(tmp_path, "zgh", first.id)
    second, _ = release(tmp_path, {**FILES, "assets/a.css": b"p{}", "new.html": b"new"}, (folder, first))
    newer = release_folder(tmp_path, "zgh", second.id)

    for path in (*FILES, "assets/a.css"):
        assert (folder / path).samefile(newer / path)


def test_a_kept_page_is_kept_only_if_its_bytes_are_still_right(tmp_path: Path) -> None:
    first, _ = release(tmp_path, FILES)
    folder = release_folder(tmp_path, "zgh", first.id)
    (folder / "news/index.html").write_bytes(b"<p>NEWS")
    workspace = Workspace(tmp_path, "zgh", Store(tmp_path / "store"), (folder, first), verify=True)
    workspace.open()

    assert workspace.keep("index.html")
    assert not workspace.keep("news/index.html")
    assert not workspace.keep("index2.html")
    workspace.write("news/index.html", FILES["news/index.html"])
    second, _ = workspace.finish()
    made = release_folder(tmp_path, "zgh", second.id)
    assert (made / "news/index.html").read_bytes() == FILES["news/index.html"]


def test_building_again_repairs_what_was_damaged(tmp_path: Path) -> None:
    manifest, _ = release(tmp_path, FILES)
    folder = release_folder(tmp_path, "zgh", manifest.id)
    (folder / "index.html").write_bytes(b"<p>HOME")
    (folder / "news/index.html").unlink()
    (folder / "extra.html").write_bytes(b"?")
    difference = compare(folder, manifest)
    assert (difference.missing, difference.unplanned, difference.changed) == (
        ("news/index.html",), ("extra.html",), ("index.html",),
    )  # fmt: skip

    _, is_new = release(tmp_path, FILES)

    assert not is_new
    assert not compare(folder, manifest)


def test_the_store_shares_replaces_and_forgets(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", verify=True)
    row = store.link(b"picture", tmp_path / "a.png")
    source = tmp_path / "source.png"
    source.write_bytes(b"picture")
    assert store.link_file(source, tmp_path / "b.png") == row
    assert (tmp_path / "a.png").samefile(tmp_path / "b.png")
    assert not source.samefile(tmp_path / "b.png"), "a later edit of the content must not reach a release"

    store.path(Entry.of(row).hash).write_bytes(b"PICTURE")
    store.link(b"picture", tmp_path / "c.png")
    assert (tmp_path / "c.png").read_bytes() == b"picture"

    assert store.sweep() == 0
    (tmp_path / "c.png").unlink()
    assert store.sweep() == 1
    store.link(b"picture", tmp_path / "d.png")
    assert (tmp_path / "d.png").read_bytes() == b"picture"


def test_a_manifest_counts_pages_and_refuses_what_is_none(tmp_path: Path) -> None:
    manifest, _ = release(tmp_path, FILES)
    assert manifest.pages == 2
    manifests.manifest_path(tmp_path, "zgh", manifest.id).write_bytes(b'{"files": [{}]}')
    with pytest.raises(BuildError, match="cannot be read"):
        manifests.read(tmp_path, "zgh", manifest.id)


def test_what_nobody_planned_and_what_was_lost_on_the_way_is_noticed(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "zgh", Store(tmp_path / "store"))
    workspace.open()
    for path in ("index.html", "news/index.html", "news/a/index.html", "programs/p/index.html"):
        workspace.write(path, path.encode())
    [draft] = layers_folder(tmp_path, "zgh").iterdir()
    (draft / "news/a/index.html").unlink()
    shutil.rmtree(draft / "programs/p")
    (draft / "news/stray.txt").write_text("x")
    (draft / "other").mkdir()
    (draft / "other/stray.txt").write_text("x")
    (workspace.folder / "beside.txt").write_text("x")
    found = set(workspace.present())
    assert found >= {"index.html", "news/index.html", "news/stray.txt", "beside.txt"}
    assert not found & {"news/a/index.html", "programs/p/index.html"}
    assert any(path.startswith("other") for path in found)
