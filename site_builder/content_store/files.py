"""Which files a content folder has, and which of them are refused before they are opened."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from site_builder.folder import Folder, Odd, Stamp, listed, stamp
from site_builder.records import Problem

MAX_BYTES = 5 * 1024 * 1024
"""Of a text file. The longest book fits; what is larger is a mistake and is not even opened."""

SYNONYMS = "synonyms.yaml"
"""Read by synonyms.py: a table for search, not a record."""

DEPLOY = "deploy.yaml"
"""Read by site_builder.deploy: where the sites go, not what is in them."""

RUN = frozenset((
    ".htm", ".html", ".xhtml", ".xht", ".shtml", ".hta", ".mht", ".mhtml", ".xml", ".xsl", ".xslt", ".svgz",
    ".js", ".mjs", ".css", ".swf", ".wasm", ".php", ".php3", ".php4", ".php5", ".php7", ".phtml", ".phar",
    ".cgi", ".fcgi", ".pl", ".py", ".rb", ".asp", ".aspx", ".ashx", ".cer", ".jsp", ".jspx", ".htaccess",
))  # fmt: skip
"""What browsers or web servers run. What somebody puts into content/media is somebody's text: it never
becomes script or markup of a site."""
_NOT_IN_A_NAME = re.compile(r"[\s/#?%\\\x00-\x1f]")

CHANGED = "content-changed"

Role = Literal["union", "record", "adoptions", "media", "svg", "picture"]
PICTURES = (
    ".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".avif", ".bmp", ".tif", ".tiff", ".heic", ".heif",
)  # fmt: skip
"""How the names of pictures end: a file of such a name is one, or refused."""


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


def find(root: Path, folder: Folder | None = None) -> Listing:
    """List a content folder without opening a file. `folder` is what was just listed of it."""
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
    folder = folder or listed(os.fspath(root))
    listing.problems += map(_odd, folder.odd)
    for relative, entry in folder.files:
        role = _role(relative)
        try:
            known = stamp(entry)
        except OSError:
            listing.problems.append(gone(relative))
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
        if role in (None, "svg", "picture") and relative.startswith("media/") and relative.count("/") == 2:
            listing.media[relative.removeprefix("media/")] = known
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
        elif role != "picture" and known[0] > MAX_BYTES:
            listing.problems.append(
                Problem(
                    code="file-size",
                    file=relative,
                    message=f"The file has {known[0] / 1024 / 1024:.1f} MB; a text has at most 5 MB",
                    action="Take out what is not text: pictures belong into content/media.",
                )
            )
        else:
            listing.files.append(Found(relative, role, known))
    listing.files.sort(key=lambda file: file.relative)
    return listing


def gone(relative: str) -> Problem:
    """Of a file that was there when the folder was listed: somebody moves or deletes while it is read."""
    return Problem(
        code=CHANGED,
        file=relative,
        message="The content folder changed while it was read: this file is gone",
        action="Put it back if it was moved; then this is to be done again.",
    )


def is_media_name(name: str) -> bool:
    """Whether a file of this name can be used: it can be referred to, is no description, is not run."""
    suffix = PurePosixPath(name).suffix.lower()
    return not (name.startswith(".") or _NOT_IN_A_NAME.search(name) or suffix in RUN or suffix == ".yaml")


def _odd(odd: Odd) -> Problem:
    match odd.what:
        case "unreadable":
            return Problem(
                code="file-unreadable",
                file=odd.relative or None,
                message=f"This folder cannot be read: {odd.why}",
                action="Check its permissions.",
            )
        case "name":
            return Problem(
                code="file-name",
                file=odd.relative.encode("utf-8", "backslashreplace").decode("ascii", "replace"),
                message="The name of this file is not UTF-8",
                action="Rename it.",
            )
        case "outside":
            return Problem(
                code="file-link",
                file=odd.relative,
                message="This is a link that leads out of the content folder",
                action="Put the file itself here.",
            )
        case "link":
            return Problem(
                code="file-link",
                file=odd.relative,
                message="This is a link to a folder, to itself or to nothing",
                action="Put the files themselves here.",
            )
        case "special":  # on which reading would wait for ever
            return Problem(
                severity="warning",
                code="file-stray",
                file=odd.relative,
                message="This is neither a file nor a folder and is not read",
                action="Remove it.",
            )


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
