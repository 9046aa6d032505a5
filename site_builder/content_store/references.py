"""What a file names elsewhere: records, media, unions; and where it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from site_builder import body
from site_builder.errors import BodyError
from site_builder.front_matter import Document
from site_builder.records import REFERENCE_FIELDS


class Reference(NamedTuple):
    """A record, medium or union that a file names, and where."""

    target: str
    """`record:<uuid>`, `media:<union>/<name>` or `union:<slug>`."""
    field: str
    line: int | None


_RECORD_FIELDS = frozenset(("edition_of", *REFERENCE_FIELDS))
_REFERENCE = re.compile(r"^(?:record|media):\S+$")


def references(data: Mapping[str, Any], document: Document) -> Iterator[Reference]:
    """Yield what the fields of a record, a union or an adoption name."""
    for name, value in data.items():
        for path, text in _strings(value, (name,)):
            target = None
            if path[0] == "earlier" and path[-1] == "text" and len(path) == 3:
                # A whole text: what its blocks name stands in their options, not in links alone.
                yield from body_references(text, document.line(path) or 1, document.written(path))
                continue
            if name in _RECORD_FIELDS:
                target = f"record:{text.lower()}"
            elif _REFERENCE.match(text):
                target = text
            elif path[-1] == "union" and len(path) > 1:
                target = f"union:{text}"
            elif path[:2] == ("share", "to") and (match := re.match(r"^(?:line|union):(.+)$", text)):
                target = f"union:{match.group(1)}"
            if target:
                yield Reference(target, document.written(path), document.line(path))
            elif "](media:" in text or (len(text) > 50 and "](" in text):
                for link in _prose_links(text):
                    yield Reference(link, document.written(path), document.line(path))


def body_references(markdown: str, first: int, field: str = "body") -> Iterator[Reference]:
    """Yield what a body names, whose first line is line `first` of its file."""
    try:
        tree = body.parse(markdown)
    except BodyError:
        return
    lines: list[str] | None = None
    for link in body.links(tree):
        if link.startswith(("record:", "media:")):
            lines = markdown.split("\n") if lines is None else lines
            told = link.removeprefix("record:")  # a chart names its dataset by the id alone
            at = next((at for at, line in enumerate(lines) if told in line), 0)
            yield Reference(link, field, first + at)


def _strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _strings(inner, (*path, at))


def _prose_links(text: str) -> Iterator[str]:
    try:
        found = body.prose_links(body.parse_prose(text))
    except BodyError:
        return
    yield from (link for link in found if link.startswith(("record:", "media:")))
