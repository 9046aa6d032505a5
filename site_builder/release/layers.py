"""Where the folders of a site's releases lie, so that a release shares with others what did not change.

    OUTPUT/store/layers/<union>/<layer>/    the folders that one build made anew of a site; they never change
    OUTPUT/releases/<union>/<id>/           the files at the site's root, and a link for each folder there

A folder in which something changed is made anew in the build's layer; in it are the files, and links to
those of its folders in which nothing did, wherever they lie. So what a build costs grows with what changed:
of a site of 340 folders one changed story makes nine. A layer's `.links` lists the links in it.

A *location* is the path of a folder from OUTPUT/store (`layers/pingdu/3f2a/news/2025`).
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import orjson

LINKS = ".links"
IN_RELEASE = "../../../store/"
"""How a link at the root of a release begins."""


def layers_folder(output: Path, union: str) -> Path:
    return output / "store" / "layers" / union


class Locations:
    """Where the folders of one complete release lie. Asked folder by folder, from the root down."""

    def __init__(self, store: Path, release: Path) -> None:
        self._store = os.fspath(store)
        self._release = os.fspath(release)
        self._known: dict[str, Mapping[str, str]] = {}

    def of(self, folder: str) -> str | None:
        """The location of a folder by its path on the site; None if it does not lie in the store."""
        upper, _, name = folder.rpartition("/")
        return self.below(upper).get(name)

    def below(self, folder: str) -> Mapping[str, str]:
        """The locations of the folders in a folder (`""`: in the release itself), by name."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = dict(self._read(folder))
        return known

    def path(self, location: str) -> str:
        return f"{self._store}/{location}"

    def _read(self, folder: str) -> Iterator[tuple[str, str]]:
        where = self.of(folder) if folder else None
        if folder and where is None:
            return
        try:
            entries = os.scandir(f"{self._store}/{where}" if where is not None else self._release)
        except OSError:
            return
        with entries:
            for entry in entries:
                if entry.is_symlink():
                    location = _location(where, os.readlink(entry.path))  # noqa: PTH115 - a path object costs more
                    if location is not None and os.path.isdir(f"{self._store}/{location}"):  # noqa: PTH112
                        yield entry.name, location
                elif where is not None and entry.is_dir():
                    yield entry.name, f"{where}/{entry.name}"


def _location(base: str | None, link: str) -> str | None:
    """The location to which a link leads that lies in the folder `base` (None: in a release)."""
    if base is None:
        return link.removeprefix(IN_RELEASE) if link.startswith(IN_RELEASE) else None
    location = posixpath.normpath(f"{base}/{link}")
    return None if location.startswith("..") else location


def relative(folder: str, location: str, union: str, *, at_root: bool) -> str:
    """What a link says that lies in `folder` of a layer of `union`, or at the root of a release."""
    if at_root:
        return f"{IN_RELEASE}{location}"
    own = f"layers/{union}/"
    up = "../" * (folder.count("/") + 2)
    if location.startswith(own):
        return up + location.removeprefix(own)
    return f"{up}../../{location}"


# --- what no release needs ------------------------------------------------------------------------


def sweep(output: Path, union: str, releases: Iterable[Path]) -> None:
    """Remove the layers of a union, and the folders in them, to which none of its `releases` leads.

    Call it only under the site's lock. Killed in the middle it leaves things that nobody needs, for the next.
    """
    folder = layers_folder(output, union)
    if not folder.is_dir():
        return
    wanted = _wanted(output / "store", union, releases)
    for layer in list(os.scandir(folder)):
        kept = wanted.get(layer.name)
        if kept is None:
            shutil.rmtree(layer.path)
        else:
            _thin(layer.path, "", kept, {upper for path in kept for upper in _uppers(path)})


def _wanted(store: Path, union: str, releases: Iterable[Path]) -> dict[str, set[str]]:
    """By layer the folders to which a release leads, straight or by way of another layer's links."""
    own = f"layers/{union}/"
    wanted: dict[str, set[str]] = {}
    links: dict[str, Mapping[str, str]] = {}
    pending = [location for release in releases for location in Locations(store, release).below("").values()]
    while pending:
        location = pending.pop()
        if not location.startswith(own):
            continue
        layer, _, path = location.removeprefix(own).partition("/")
        kept = wanted.setdefault(layer, set())
        if path in kept:
            continue
        kept.add(path)
        if layer not in links:
            links[layer] = _links(store / own / layer)
        pending += [to for at, to in links[layer].items() if at.startswith(f"{path}/")]
    return wanted


def _links(layer: Path) -> Mapping[str, str]:
    found: dict[str, str] = orjson.loads((layer / LINKS).read_bytes())
    return found


def _uppers(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _thin(layer: str, folder: str, kept: set[str], above: set[str]) -> None:
    with os.scandir(f"{layer}/{folder}") as entries:
        for entry in list(entries):
            path = f"{folder}/{entry.name}" if folder else entry.name
            if path in kept or path == LINKS:
                continue
            if path in above:
                _thin(layer, path, kept, above)
            elif entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108 - as above
