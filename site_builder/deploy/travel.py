"""What differs between a release and a target, and in which order it travels.

Where nothing switches atomically, a reader may come between any two files. So a page comes after what it
needs, a list after the pages it names, and what is gone goes last, pages before what they needed. Styles and
scripts of a theme before stay for a while (`release.former`): pages that somebody has kept ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from site_builder.deploy.port import Port, Upload
from site_builder.paths import SEARCH, is_fixed
from site_builder.release.former import LASTS, is_part
from site_builder.release.manifest import Manifest

NEEDED, PAGES, LISTS = range(3)
_INDEX = re.compile(r"(^|/)index\.(html|json)$")
_COLLECTIONS = ("topics/", "columns/", "series/")
"""Their pages are lists of other pages."""


@dataclass(frozen=True, slots=True)
class Release:
    """One complete release as it lies on this machine. Links in its folder are followed."""

    union: str
    id: str
    manifest: Manifest
    folder: Path

    def upload(self, path: str) -> Upload:
        return Upload(path, self.folder, self.manifest.files[path])

    def uploads(self) -> list[Upload]:
        return [self.upload(path) for path in self.manifest.rows]


@dataclass(frozen=True, slots=True)
class Travel:
    """`stages`: the files to send, in order. `gone`: the paths to remove afterwards, in order."""

    stages: tuple[tuple[Upload, ...], ...]
    gone: tuple[str, ...]
    former: Mapping[str, datetime] = field(default_factory=dict)
    """What is no part of the release and stays all the same, until when."""

    @property
    def sent(self) -> list[Upload]:
        return [file for stage in self.stages for file in stage]

    @property
    def bytes(self) -> int:
        return sum(file.entry.size for file in self.sent)

    def __bool__(self) -> bool:
        return bool(self.gone) or any(self.stages)


def stage(path: str) -> int:
    """In which stage a file travels, by its path from the site's root."""
    page = "/" + _INDEX.sub(r"\1", path)
    if path.startswith(("assets/", "media/")):
        return NEEDED
    if path.startswith("search/") and page != SEARCH:
        return NEEDED
    if is_fixed(page) or path.startswith(_COLLECTIONS):
        return LISTS
    return PAGES


def travel(
    release: Release, held: Mapping[str, str | None], former: Mapping[str, datetime] | None = None
) -> Travel:
    """What must be sent and removed where `held` lies: the hash of every file there that came from here.

    None stands for a file of which nobody knows what it is, because a connection was cut meanwhile. `former`:
    until when those stay that already were no part of the release before.
    """
    stages: tuple[list[Upload], ...] = ([], [], [])
    for path, entry in sorted(release.manifest.files.items()):
        if held.get(path) != entry.hash:
            stages[stage(path)].append(release.upload(path))
    now = datetime.now(UTC)
    left = held.keys() - release.manifest.rows.keys()
    until = {path: (former or {}).get(path, now + LASTS) for path in sorted(left) if is_part(path)}
    staying = {path: moment for path, moment in until.items() if moment > now}
    gone = sorted(left - staying.keys(), key=lambda path: (-stage(path), path))
    return Travel(tuple(map(tuple, stages)), tuple(gone), staying)


def batches(files: Sequence[Upload], port: Port) -> Iterator[list[Upload]]:
    """What goes to a port at once, as it likes it."""
    batch: list[Upload] = []
    size = 0
    for file in files:
        if batch and (len(batch) >= port.batch_files or size + file.entry.size > port.batch_bytes):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.entry.size
    if batch:
        yield batch
