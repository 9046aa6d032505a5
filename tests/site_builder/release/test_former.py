"""Styles and scripts that a switch leaves behind stay where web servers look for them, for a while."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from site_builder.release import former, pruning, switch
from site_builder.release.manifest import read
from site_builder.release.report import Places
from site_builder.release.store import Store
from site_builder.release.workspace import Workspace, release_folder

OLD = {
    "assets/site.0123456789ab.css": b"old style",
    "assets/site.0123456789ab/words.js": b"old script",
    "assets/brand.css": b"old colours",
    "search/0123456789ab/b/0.bin": b"a title that may be withdrawn",
    "search/index.json": b"{}",
    "index.html": b"old page",
    "assets/icon.ba9876543210.svg": b"an icon",
}
NEW = {
    "assets/site.cba987654321.css": b"new style",
    "assets/icon.ba9876543210.svg": b"an icon",
    "assets/brand.css": b"new colours",
    "index.html": b"new page",
}


def release(output: Path, files: dict[str, bytes], union: str = "zgh") -> str:
    workspace = Workspace(output, union, Store(output / "store"))
    workspace.open()
    for path, data in files.items():
        workspace.write(path, data)
    return workspace.finish()[0].id


def kept(output: Path) -> dict[str, bytes]:
    folder = output / former.FORMER
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def switched(output: Path, *contents: dict[str, bytes]) -> list[str]:
    ids = [release(output, files) for files in contents]
    for one in ids:
        switch.switch(output, "zgh", one)
    return ids


def test_what_is_named_after_its_content_stays_and_nothing_else(tmp_path: Path) -> None:
    old, _ = switched(tmp_path, OLD, NEW)
    left = ("assets/site.0123456789ab.css", "assets/site.0123456789ab/words.js")
    assert kept(tmp_path) == {path: OLD[path] for path in left}
    switch.switch(tmp_path, "zgh", old)
    assert kept(tmp_path).keys() == {*left, "assets/site.cba987654321.css"}, (
        "a rollback leaves some behind too"
    )


def test_a_theme_that_stays_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = release(tmp_path, OLD)
    before = release_folder(tmp_path, "zgh", first)
    workspace = Workspace(tmp_path, "zgh", Store(tmp_path / "store"), (before, read(tmp_path, "zgh", first)))
    workspace.open()
    workspace.keep_all(OLD.keys() - {"index.html"})
    workspace.write("index.html", b"new page")
    second = workspace.finish()[0].id
    monkeypatch.setattr(former, "files_in", lambda folder: pytest.fail("nobody need look"))
    switch.switch(tmp_path, "zgh", first)
    switch.switch(tmp_path, "zgh", second)
    assert kept(tmp_path) == {}


def test_it_goes_when_no_site_has_had_it_for_long(tmp_path: Path) -> None:
    places = Places(tmp_path / "content", tmp_path, tmp_path / "output", tmp_path / "themes")
    old, new = switched(places.output, OLD, NEW)
    pruning.tidy_store(places)
    assert len(kept(places.output)) == 2
    long_ago = time.time() - former.LASTS.total_seconds() - 60
    for path in kept(places.output):
        os.utime(places.output / former.FORMER / path, (long_ago, long_ago))
    switch.switch(places.output, "zgh", old)
    switch.switch(places.output, "zgh", new)
    pruning.tidy_store(places)
    assert len(kept(places.output)) == 3, "a site had them until now"
    for path in kept(places.output):
        os.utime(places.output / former.FORMER / path, (long_ago, long_ago))
    pruning.tidy_store(places)
    assert kept(places.output) == {}


def test_what_cannot_be_kept_stops_no_site(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / former.FORMER).write_bytes(b"in the way")
    with caplog.at_level(logging.WARNING):
        _, new = switched(tmp_path, OLD, NEW)
    assert switch.live(tmp_path, "zgh") == new
    assert "could not be kept" in caplog.text
