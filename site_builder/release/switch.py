"""Which release is live: one symbolic link a site, replaced by a rename (as Zulip's deployments are)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path

from site_builder.errors import BuildError
from site_builder.release import former, layers
from site_builder.release.layers import layers_folder
from site_builder.release.manifest import manifest_path, manifests_folder, trees_path
from site_builder.release.workspace import (
    BUILDING,
    DELETING,
    release_folder,
    releases_folder,
    sync_folder,
)


def link_path(output: Path, union: str) -> Path:
    return output / "sites" / union


def live(output: Path, union: str) -> str | None:
    """The id of the live release; None if the site was never built."""
    link = link_path(output, union)
    return link.readlink().name if link.is_symlink() and link.exists() else None


def live_since(output: Path, union: str) -> float | None:
    """When the live release was switched to, in seconds since 1970: the age of the link itself."""
    link = link_path(output, union)
    return link.lstat().st_mtime if link.is_symlink() and link.exists() else None


def switch(output: Path, union: str, release: str, *, durable: bool = True) -> bool:
    """Make `release` live; returns False if it was. Atomic: readers see the old or the new site, whole.

    `durable`: a power cut right after this does not undo it; else the caller sees to that. Raises BuildError
    if there is no such release.
    """
    if not release_folder(output, union, release).is_dir():
        raise BuildError(f"there is no release {release}", union=union, code="release-missing")
    current = live(output, union)
    if current == release:
        return False
    link = link_path(output, union)
    link.parent.mkdir(parents=True, exist_ok=True)
    if current is not None:
        following = release_folder(output, union, release)
        former.keep(output, release_folder(output, union, current), following)
    beside = _beside(link)
    beside.unlink(missing_ok=True)
    beside.symlink_to(Path("..", "releases", union, release), target_is_directory=True)
    try:
        beside.replace(link)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(link.parent)
    return True


def _beside(link: Path) -> Path:
    """Where the next link is made, under the site's lock."""
    return link.with_name(f".{link.name}.next")


def take_down(output: Path, union: str) -> None:
    """Serve a site no longer. Its releases stay; `switch` makes one live again."""
    link = link_path(output, union)
    if link.is_symlink():
        link.unlink()
        sync_folder(link.parent)


def releases(output: Path, union: str) -> list[str]:
    """The ids of all complete releases of a union, the newest first (by the time they were made last)."""
    return _by_age(_stored(output, union))


def complete(output: Path, union: str) -> list[str]:
    """The same in no order."""
    try:
        entries = os.scandir(releases_folder(output, union))
    except FileNotFoundError:
        return []
    with entries:
        return [entry.name for entry in entries if not entry.name.startswith(".") and entry.is_dir()]


def _stored(output: Path, union: str) -> dict[str, float]:
    """All complete releases, with the time at which each was stored, or made once more."""
    notes, folder = manifests_folder(output, union), releases_folder(output, union)
    found = {}
    for name in complete(output, union):
        with suppress(FileNotFoundError):  # who only looks has no lock: a build may have removed it just now
            found[name] = _stored_at(f"{notes}/{name}.json", f"{folder}/{name}")
    return found


def _by_age(stored: Mapping[str, float]) -> list[str]:
    return sorted(stored, key=lambda name: (stored[name], name), reverse=True)


def sweep(output: Path, union: str) -> None:
    """Remove what killed builds left. Call it only under the site's lock."""
    for folder in (releases_folder(output, union), layers_folder(output, union)):
        if folder.is_dir():
            for name in os.listdir(folder):  # noqa: PTH208 - many names, few of which matter
                if name.startswith((BUILDING, DELETING)):
                    shutil.rmtree(folder / name)
    _beside(link_path(output, union)).unlink(missing_ok=True)
    records = manifests_folder(output, union)
    if records.is_dir():
        there = frozenset(complete(output, union))
        for name in os.listdir(records):  # noqa: PTH208 - as above
            if name.rpartition(".")[0] not in there:
                (records / name).unlink(missing_ok=True)


def prune(
    output: Path,
    union: str,
    *,
    keep: int,
    also: Collection[str],
    slack: int = 0,
    since: float | None = None,
) -> list[str]:
    """Remove all but the newest `keep` releases, the live one and those of `also`; returns what went.

    Nothing goes before there are `slack` more than `keep`. Stored before `since` (seconds since 1970), a
    release goes even if it is among the newest, but not the one before the live one: a rollback leads there.
    """
    stored = _stored(output, union)
    known, current = _by_age(stored), live(output, union)
    older = known[known.index(current) + 1 :][:1] if current in known else []
    wanted = {*(known if len(known) <= keep + slack else known[:keep])}
    if since is not None:
        wanted = {name for name in wanted if stored[name] >= since}
    wanted |= {*also, *older, *([current] if current else ())}
    gone = [release for release in known if release not in wanted]
    for release in gone:
        folder = release_folder(output, union, release)
        aside = folder.with_name(f"{DELETING}{release}")
        folder.rename(aside)
        shutil.rmtree(aside)
        manifest_path(output, union, release).unlink(missing_ok=True)
        trees_path(output, union, release).unlink(missing_ok=True)
    if gone:
        left = (release_folder(output, union, release) for release in known if release in wanted)
        layers.sweep(output, union, left)
    return gone


def _stored_at(note: str, folder: str) -> float:
    """The age of a release's manifest; of one without, that of its folder."""
    try:
        return os.stat(note).st_mtime  # noqa: PTH116 - asked of a dozen at each build
    except FileNotFoundError:
        return os.stat(folder).st_mtime  # noqa: PTH116
