"""What lies in a folder, and the stamps that tell whether any of it changed. Opens no file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Literal, NamedTuple

Stamp = tuple[int, int, int, int]
"""Size, change of content and of status in nanoseconds, inode: a file with the same stamp is the same."""

FRESH = 2_000_000_000
"""Nanoseconds. A file that changed this recently may change again without a new stamp: none is trusted."""

_name = attrgetter("name")


class Odd(NamedTuple):
    """What is neither a file nor a folder that can be read."""

    what: Literal["unreadable", "name", "outside", "link", "special"]
    """A folder that cannot be listed; a name that is not UTF-8; a link out of the folder; a link to a folder,
    to itself or to nothing; a pipe or a socket."""
    relative: str
    why: str = ""
    """For "unreadable": the system's words."""


@dataclass
class Folder:
    """The files below a folder, each folder's by name."""

    files: list[tuple[str, os.DirEntry[str]]] = field(default_factory=list)
    """By path from the folder. Links to files within it are among them."""
    odd: list[Odd] = field(default_factory=list)


def listed(root: str, *, hidden: bool = False) -> Folder:
    """List all that lies below `root`, which may be absent; links to folders are not followed.

    `hidden`: also what has a name that begins with a dot.
    """
    found = Folder()
    _list(root, "", found, os.path.realpath(root) + os.sep, hidden)
    return found


def _list(folder: str, prefix: str, found: Folder, inside: str, hidden: bool) -> None:
    try:
        with os.scandir(folder) as entries:
            ordered = sorted(entries, key=_name)
    except OSError as error:
        found.odd.append(Odd("unreadable", prefix.rstrip("/"), error.strerror or ""))
        return
    for entry in ordered:
        name = entry.name
        if name.startswith(".") and not hidden:
            continue
        relative = prefix + name
        if not name.isascii() and not _encodes(name):
            found.odd.append(Odd("name", relative))
        elif entry.is_symlink() and not os.path.realpath(entry.path).startswith(inside):
            found.odd.append(Odd("outside", relative))
        elif entry.is_dir(follow_symlinks=False):
            _list(entry.path, f"{relative}/", found, inside, hidden)
        elif _is_file(entry):
            found.files.append((relative, entry))
        else:
            found.odd.append(Odd("link" if entry.is_symlink() else "special", relative))


def _encodes(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def stamp(entry: os.DirEntry[str]) -> Stamp:
    """Raises OSError for a file that is gone. An entry asks the system once: later calls say the same."""
    stat = entry.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


def rows(found: Folder, *, before: int, suffix: str = "") -> Iterable[str] | None:
    """A line for each file (with `suffix`): as long as they stay the same, so does each of these files.

    None where that cannot be promised: something odd lies there, a link whose goal may change, or a file
    changed after the moment `before` (nanoseconds since 1970; see FRESH).
    """
    if found.odd:
        return None
    made = []
    for relative, entry in found.files:
        if not relative.endswith(suffix):
            continue
        try:
            size, changed, status, inode = stamp(entry)
        except OSError:
            return None
        if changed > before or status > before or entry.is_symlink():
            return None
        made.append(f"{relative} {size} {changed} {status} {inode}")
    return made
