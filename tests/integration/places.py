"""The kinds of targets, each with a way to see what readers would see there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.site_builder.conftest import tree

FOLDERS = [
    pytest.param("file", "", id="file"),
    pytest.param("file", "mode=files", id="file-in-place"),
    pytest.param("sftp", "", id="sftp", marks=pytest.mark.needs("sshd", "ssh-keygen")),
    pytest.param("sftp", "mode=files", id="sftp-in-place", marks=pytest.mark.needs("sshd", "ssh-keygen")),
    pytest.param("rsync+ssh", "", id="rsync", marks=pytest.mark.needs("sshd", "ssh-keygen", "ssh", "rsync")),
    pytest.param(
        "rsync+ssh",
        "mode=files",
        id="rsync-in-place",
        marks=pytest.mark.needs("sshd", "ssh-keygen", "ssh", "rsync"),
    ),
]
ALL = [*FOLDERS, pytest.param("s3", "mode=files", id="s3")]
SOME = [kind for kind in ALL if kind.id in ("file", "sftp", "rsync-in-place", "s3")]
"""One of each library and of each layout: all seven together take long."""


@dataclass(frozen=True)
class Place:
    """Targets of one kind. `url` has {union} in it."""

    url: str
    in_place: bool
    served: Callable[[str], Mapping[str, bytes]]
    """By union: what lies where readers look, by path; our own notes left out."""
    write: Callable[[str, bytes], None]
    """Put a foreign file at a path that starts with the union."""
    root: Path | None


def place(request: pytest.FixtureRequest, tmp_path: Path, scheme: str, options: str) -> Place:
    if scheme == "s3":
        return _bucket(request.getfixturevalue("object_store"))
    root = tmp_path / "www"
    root.mkdir()
    if scheme == "file":
        url = f"file://{root}/{{union}}?{options}"
    else:
        sshd = request.getfixturevalue("sshd")
        url = sshd.url(f"{root}/{{union}}", scheme) + (f"&{options}" if options else "")

    def write(path: str, data: bytes) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)

    def served(union: str) -> Mapping[str, bytes]:
        found = tree((root / union).resolve()) if (root / union).exists() else {}
        return {path: data for path, data in found.items() if not path.startswith(".unionpress/")}

    return Place(url, bool(options), served, write, root)


def _bucket(store) -> Place:
    def served(union: str) -> Mapping[str, bytes]:
        prefix = f"www/{union}/"
        keys = {key.removeprefix(prefix): key for key in store.keys(prefix)}
        return {path: store.bytes(key) for path, key in keys.items() if not path.startswith(".unionpress/")}

    def write(path: str, data: bytes) -> None:
        store.client().put_object(Bucket=store.bucket, Key=f"www/{path}", Body=data)

    return Place(store.url("www/{union}"), True, served, write, None)


def everywhere(kinds) -> pytest.MarkDecorator:
    packed = [pytest.param(tuple(kind.values), id=kind.id, marks=kind.marks) for kind in kinds]
    return pytest.mark.parametrize("place", packed, indirect=True)
