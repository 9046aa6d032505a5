"""Of each kind of file the canonical text, and where it lies in content/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

from site_builder import body
from site_builder.front_matter import dump, plain
from site_builder.records import (
    Adoption,
    BaseRecord,
    Media,
    Union,
)


def record_text(record: BaseRecord) -> str:
    """Return a record's canonical file. Raises BodyError where its body is not of the dialect."""
    data = plain(record)
    data.pop("body", None)
    return _text(data, record.body)


def union_text(union: Union) -> str:
    """Return a union's canonical file. Raises BodyError where its body is not of the dialect."""
    return _text(plain(union), union.body)


def _text(data: Mapping[str, Any], markdown: str) -> str:
    text = body.write(body.parse(markdown))
    return f"---\n{dump(data)}---\n" + (f"\n{text}" if text else "")


def adoptions_text(adoptions: Iterable[Adoption]) -> str:
    """Return the canonical file of one union's adoptions, in the order of their records' ids."""
    return dump([plain(adoption) for adoption in sorted(adoptions, key=lambda item: str(item.record))])


def media_text(media: Media) -> str:
    """Return the canonical description of a medium."""
    return dump(plain(media))


def record_name(record: BaseRecord) -> str:
    """Where a record's file lies, relative to content/."""
    return f"records/{record.union}/{record.kind}/{record.slug}.md"


def record_path(record: BaseRecord) -> PurePosixPath:
    """The same as a path."""
    return PurePosixPath(record_name(record))


def union_path(slug: str) -> PurePosixPath:
    return PurePosixPath("unions", f"{slug}.md")


def adoptions_path(slug: str) -> PurePosixPath:
    return PurePosixPath("adoptions", f"{slug}.yaml")


def media_path(ref: str) -> PurePosixPath:
    """Where a medium's file lies, for a reference with or without `media:`; its description is beside it."""
    return PurePosixPath("media", ref.removeprefix("media:"))
