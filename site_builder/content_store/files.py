"""Which files a content folder has, and which of them are refused before they are opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from site_builder.records import Problem

MAX_BYTES = 5 * 1024 * 1024
"""Of a text file. The longest book fits; what is larger is a mistake and is not even opened."""

SYNONYMS = "synonyms.yaml"
"""Read by synonyms.py: a table for search, not a record."""

DEPLOY = "deploy.yaml"
"""Read by site_builder.deploy: where the sites go, not what is in them."""

Role = Literal["union", "record", "adoptions", "media", "svg", "picture"]
PICTURES = (
    ".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff", ".heic", ".heif",
)  # fmt: skip
"""How the names of pictures end: a file of such a name is one, or refused."""

Stamp = tuple[int, int, int, int]
"""Size, change of content and of status in nanoseconds, inode: a file with the same stamp is the same."""


@dataclass(frozen=True, slots=True)
class Found:
    relative: str
    role: Role
    stamp: Stamp


@dataclass
class Listing:
    """The files to parse and the media beside them, in the order of their paths."""

    files: list[Found] = field(default_factory=list)
    media: dict[str, Stamp] = field(default_factory=dict)
    """"<union>/<name>" of every file in media/ that is no description."""
    problems: list[Problem] = field(default_factory=list)


def find(root: Path) -> Listing:
    """List a content folder without opening a file."""
    listing = Listing()
    if not root.is_dir():
        listing.problems.append(
            Problem(
                code="content-missing",
                message=f"There is no folder {root.name}/",
                action="Name the folder that holds unions/ and records/ with --content.",
            )
        )
        return listing
    real = os.path.realpath(root)
    for relative, entry in _walk(os.fspath(root), "", listing, real):
        role = _role(relative)
        try:
            stat = entry.stat()
        except OSError:
            # Gone since the folder was listed, or a link to nothing.
            listing.problems.append(
                Problem(
                    code="file-unreadable",
                    file=relative,
                    message="The file cannot be found",
                    action="Remove it.",
                )
            )
            continue
        if relative.startswith("media/") and not os.access(entry.path, os.R_OK):
            # A picture is opened only where it is shown, and by then it would stop the whole site.
            listing.problems.append(
                Problem(
                    code="file-unreadable",
                    file=relative,
                    message="The file cannot be read: Permission denied",
                    action="Check its permissions.",
                )
            )
            continue
        stamp = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        if role in (None, "svg", "picture") and relative.startswith("media/") and relative.count("/") == 2:
            listing.media[relative.removeprefix("media/")] = stamp
        if role is None:
            if relative.removeprefix("media/") not in listing.media and relative not in (
                "README.md",
                SYNONYMS,
                DEPLOY,
            ):
                listing.problems.append(
                    Problem(
                        severity="warning",
                        code="file-stray",
                        file=relative,
                        message="This file is not part of the format and is not read",
                        action="Remove it, or move it to where content/README.md says.",
                    )
                )
        elif role != "picture" and stat.st_size > MAX_BYTES:
            listing.problems.append(
                Problem(
                    code="file-size",
                    file=relative,
                    message=f"The file has {stat.st_size / 1024 / 1024:.1f} MB; a text has at most 5 MB",
                    action="Take out what is not text: pictures belong into content/media.",
                )
            )
        else:
            listing.files.append(Found(relative, role, stamp))
    listing.files.sort(key=lambda file: file.relative)
    return listing


def _walk(folder: str, prefix: str, listing: Listing, real: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        listing.problems.append(
            Problem(
                code="file-unreadable",
                file=prefix.rstrip("/") or None,
                message=f"This folder cannot be read: {error.strerror}",
                action="Check its permissions.",
            )
        )
        return
    for entry in ordered:
        relative = f"{prefix}{entry.name}"
        if entry.name.startswith("."):
            continue
        try:
            relative.encode("utf-8")
        except UnicodeEncodeError:
            listing.problems.append(
                Problem(
                    code="file-name",
                    file=relative.encode("utf-8", "backslashreplace").decode("ascii", "replace"),
                    message="The name of this file is not UTF-8",
                    action="Rename it.",
                )
            )
            continue
        if entry.is_symlink() and not _inside(entry.path, real):
            listing.problems.append(
                Problem(
                    code="file-link",
                    file=relative,
                    message="This is a link that leads out of the content folder",
                    action="Put the file itself here.",
                )
            )
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, f"{relative}/", listing, real)
        elif _is_file(entry):
            yield relative, entry
        elif entry.is_symlink():
            listing.problems.append(
                Problem(
                    code="file-link",
                    file=relative,
                    message="This is a link to a folder, to itself or to nothing",
                    action="Put the files themselves here.",
                )
            )
        else:  # a pipe or a socket, on which reading would wait for ever
            listing.problems.append(
                Problem(
                    severity="warning",
                    code="file-stray",
                    file=relative,
                    message="This is neither a file nor a folder and is not read",
                    action="Remove it.",
                )
            )


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _inside(path: str, real: str) -> bool:
    return os.path.realpath(path).startswith(real + os.sep)


def _role(relative: str) -> Role | None:
    parts = relative.split("/")
    match parts:
        case ["unions", name] if name.endswith(".md"):
            return "union"
        case ["records", _, _, name] if name.endswith(".md"):
            return "record"
        case ["adoptions", name] if name.endswith(".yaml"):
            return "adoptions"
        case ["media", _, name] if name.endswith(".yaml"):
            return "media"
        case ["media", _, name] if name.lower().endswith(".svg"):
            return "svg"
        case ["media", _, name] if name.lower().endswith(PICTURES):
            return "picture"
        case _:
            return None
