"""Which release is live: one symbolic link a site, replaced by a rename (as Zulip's deployments are)."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

from site_builder.errors import BuildError
from site_builder.release.manifest import manifest_path
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


def switch(output: Path, union: str, release: str) -> bool:
    """Make `release` live; returns False if it was. Atomic: readers see the old or the new site, whole.

    Raises BuildError if there is no such release.
    """
    if not release_folder(output, union, release).is_dir():
        raise BuildError(f"there is no release {release}", union=union, code="release-missing")
    if live(output, union) == release:
        return False
    link = link_path(output, union)
    link.parent.mkdir(parents=True, exist_ok=True)
    beside = link.with_name(f".{union}.{secrets.token_hex(4)}")
    beside.symlink_to(Path("..", "releases", union, release), target_is_directory=True)
    try:
        beside.replace(link)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(link.parent)
    return True


def take_down(output: Path, union: str) -> None:
    """Serve a site no longer. Its releases stay; `switch` makes one live again."""
    link = link_path(output, union)
    if link.is_symlink():
        link.unlink()
        sync_folder(link.parent)


def releases(output: Path, union: str) -> list[str]:
    """The ids of all complete releases of a union, the newest first (by the time they were stored)."""
    folder = releases_folder(output, union)
    if not folder.is_dir():
        return []
    found = [entry for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith(".")]
    return [
        entry.name for entry in sorted(found, key=lambda entry: _stored(output, union, entry), reverse=True)
    ]


def _stored(output: Path, union: str, entry: os.DirEntry[str]) -> tuple[float, str]:
    record = manifest_path(output, union, entry.name)
    moment = record.stat().st_mtime if record.exists() else entry.stat().st_mtime
    return moment, entry.name


def sweep(output: Path, union: str) -> None:
    """Remove what killed builds left. Call it only under the site's lock."""
    folder = releases_folder(output, union)
    if folder.is_dir():
        for entry in list(folder.iterdir()):
            if entry.name.startswith((BUILDING, DELETING)):
                shutil.rmtree(entry)
    for stale in link_path(output, union).parent.glob(f".{union}.*"):
        stale.unlink(missing_ok=True)
    records = manifest_path(output, union, "any").parent
    if records.is_dir():
        for record in list(records.iterdir()):
            if not release_folder(output, union, record.stem).is_dir():
                record.unlink(missing_ok=True)


def prune(output: Path, union: str, *, keep: int, also: Collection[str]) -> list[str]:
    """Remove all but the newest `keep` releases, the live one and those of `also`; returns what went."""
    wanted = {*releases(output, union)[:keep], *also, live(output, union)}
    gone = [release for release in releases(output, union) if release not in wanted]
    for release in gone:
        folder = release_folder(output, union, release)
        aside = folder.with_name(f"{DELETING}{release}")
        folder.rename(aside)
        shutil.rmtree(aside)
        manifest_path(output, union, release).unlink(missing_ok=True)
    return gone
