"""The texts of a record, one a paragraph, item or field, each with the place where it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Literal, NamedTuple

from pydantic import BaseModel

from site_builder import body
from site_builder.errors import BodyError
from site_builder.records import BODY, MARKDOWN, ApplyWay, Contact, Picture

Way = Literal["prose", "contact", "terms", "twice"]
Path = tuple[str | int, ...]


class Part(NamedTuple):
    """`contact` is where a body says how to reach it; `terms` are words that no reader sees; `twice` is what
    a picture says to those who do not see it, where its caption says the same."""

    path: Path
    text: str
    way: Way = "prose"


_NEVER_SHOWN = frozenset({"id", "slug", "kind", "union", "share", "former_paths", "consents", "media"})
_CONTACTS = frozenset({"phone", "hotline", "address", "fallback", "contact", "contacts"})
_REFERENCE = re.compile(r"[a-z][a-z+.-]*:[!-~]*|[/#][!-~]*")


def parts(value: object, path: Path = (), way: Way = "prose") -> Iterator[Part]:
    """Every text in a record or a part of one."""
    if isinstance(value, str):
        if not _REFERENCE.fullmatch(value):
            yield from (Part(path, line, way) for line in value.split("\n") if line)
    elif isinstance(value, BaseModel):
        yield from _of_model(value, path, way)
    elif isinstance(value, body.Paragraph | body.List):
        yield from parts(body.prose_text((value,)), path, way)
    elif is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name), path, _way(field.name, way))
    elif isinstance(value, tuple | list):
        in_body = path[:1] == ("body",)
        for at, inner in enumerate(value):
            yield from parts(inner, path if in_body else (*path, at), way)


def _of_model(model: BaseModel, path: Path, way: Way) -> Iterator[Part]:
    if isinstance(model, Contact | ApplyWay):
        way = "contact"
    in_body = path[:1] == ("body",)
    if isinstance(model, Picture) and model.alt and _bare(model.alt) == _bare(model.caption):
        yield Part(path if in_body else (*path, "alt"), model.alt, "twice")
    for name, field in type(model).model_fields.items():
        if name in _NEVER_SHOWN:
            continue
        value, here = getattr(model, name), path if in_body else (*path, name)
        if isinstance(value, str) and (MARKDOWN in field.metadata or _whole(name, field.metadata)):
            yield from _written(value, here, way, whole=_whole(name, field.metadata))
        else:
            yield from parts(value, here, _way(name, way))


def _bare(words: str) -> str:
    return words.strip("。.！! ")


def _whole(name: str, metadata: list[object]) -> bool:
    return BODY in metadata or name == "body"


def _way(name: str, way: Way) -> Way:
    return "terms" if name == "keywords" else "contact" if name in _CONTACTS else way


def _written(text: str, path: Path, way: Way, *, whole: bool) -> Iterator[Part]:
    """What readers see of Markdown; text that is not of the dialect is told of where files are read."""
    try:
        for block in body.parse(text) if whole else body.parse_prose(text):
            yield from parts(block, path, way)
    except BodyError:
        yield from (Part(path, line, way) for line in text.split("\n") if line)
