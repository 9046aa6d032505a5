"""A theme's static files as a site serves them: joined, lean, under names that carry their content's hash.

This module reads no file: `render.Bundle` hands it the layers of a theme.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from site_builder.errors import BuildError

THEME_PARTS = ("templates", "static", "strings")
"""The folders of a theme. What else lies in it, or beside themes, nobody reads."""
PART = r"assets/(?:[^/]+/)*[^/]*\.[0-9a-f]{12}(?:\.[a-z0-9]+$|/.*)"
"""The path, from a site's root, of what `gather` names after its content: under one name it never changes."""
_CSS_URL = re.compile(r"""url\(\s*["']?(?!data:|#|https?:)([^"')]+)["']?\s*\)""")


@dataclass(frozen=True, slots=True)
class Layer:
    """One theme's files by their path inside it (`templates/base.html`)."""

    name: str
    files: Mapping[str, bytes]

    def under(self, folder: str) -> dict[str, bytes]:
        return {path.removeprefix(folder + "/"): data for path, data in self.files.items()
                if path.startswith(folder + "/")}  # fmt: skip


def gather(
    layers: Sequence[Layer], strings: Mapping[str, Mapping[str, str]]
) -> tuple[dict[str, str], dict[str, bytes]]:
    """Where each asset lies (`site.css` -> `/assets/site.<hash>.css`), and the bytes at each place.

    Raises BuildError for a style sheet that asks for a file the theme does not have.

    Every file of `static/css/` is joined into `site.css`, which all pages load, and every file of
    `static/css/<part>/` into `<part>.css`, which only the pages that name it load; the brand's after the
    base's. A folder of scripts keeps its own inner names, so that modules find each other, and carries the
    hash of them all.
    """
    files: dict[str, bytes] = {}
    styles: dict[str, bytes] = {}
    for layer in layers:
        for path, data in layer.under("static").items():
            if path.startswith("css/"):
                styles.pop(path, None)
                styles[path] = data
            else:
                files[path] = _lean(data) if path.endswith(".js") else data
    for language, words in strings.items():
        files[f"strings.{language}.json"] = json.dumps(words, ensure_ascii=False, sort_keys=True).encode()

    paths: dict[str, str] = {}
    for folder in sorted({PurePosixPath(path).parts[0] for path in files if "/" in path}):
        inside = {path: data for path, data in files.items() if path.startswith(folder + "/")}
        mark = digest(part for path in sorted(inside) for part in (path.encode(), inside[path]))
        paths |= {path: f"/assets/{folder}.{mark}/{path.removeprefix(folder + '/')}" for path in inside}
    paths |= {path: _hashed(path, data) for path, data in files.items() if "/" not in path}

    def place(match: re.Match[str]) -> str:
        name = re.sub(r"^(\.\./)+", "", match[1])
        if name not in paths:
            raise BuildError(
                f"a style sheet asks for {match[1]!r}, which is not in static/", code="theme-broken"
            )
        return f'url("{paths[name].removeprefix("/assets/")}")'

    sheets: dict[str, list[bytes]] = {}
    for path, data in styles.items():
        _css, *part, _file = PurePosixPath(path).parts
        sheets.setdefault(f"{'-'.join(part) or 'site'}.css", []).append(data)
    for name, parts in sheets.items():
        style = _CSS_URL.sub(place, _lean_style(b"\n".join(parts).decode())).encode()
        files[name] = style
        paths[name] = _hashed(name, style)
    return paths, {paths[name]: data for name, data in sorted(files.items())}


_COMMENT_LINES = re.compile(rb"^[ \t]*(?://.*|/\*(?:[^*]|\*(?!/))*\*/[ \t]*)\n", re.MULTILINE)


def _lean(script: bytes) -> bytes:
    """Without lines that are nothing but comment and, unless a text goes over lines, without indentation.

    Every phone loads it. What stands behind code on a line stays.
    """
    script = _COMMENT_LINES.sub(b"", script)
    if any(line.count(b"`") % 2 for line in script.split(b"\n")):
        return script
    return re.sub(rb"^[ \t]+", b"", script, flags=re.MULTILINE)


_CSS_TEXT = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_CSS_COMMENT = re.compile(_CSS_TEXT + r"|/\*.*?\*/", re.DOTALL)
_CSS_PIECE = re.compile(_CSS_TEXT + r"|\s*([{};])\s*|([:,])\s+|\s+", re.DOTALL)


def _lean_style(style: str) -> str:
    """Without comments and without the spaces that say nothing; texts in quotes stay as they are.

    A space before a colon says something (`main :first-child`), as those around + and - do in calc().
    """
    said = _CSS_COMMENT.sub(lambda piece: piece[1] or "", style)
    kept = _CSS_PIECE.sub(lambda piece: piece[1] or piece[2] or piece[3] or " ", said)
    return re.sub(r";(?=\})|^ ", "", kept) + "\n"


def _hashed(name: str, data: bytes) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"/assets/{stem}.{digest([data])}{dot}{suffix}"


def digest(parts: Iterable[bytes], size: int = 6) -> str:
    """`size` bytes in hexadecimal, of parts whose borders count."""
    made = hashlib.blake2b(digest_size=size)
    for part in parts:
        made.update(len(part).to_bytes(8, "big"))
        made.update(part)
    return made.hexdigest()
