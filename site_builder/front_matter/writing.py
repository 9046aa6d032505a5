"""One canonical form: block style, two spaces deep, never folded.

Text is quoted only where a YAML 1.1 reader would take it for something else, and text of several lines is a
literal block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints
from uuid import UUID

import yaml
from pydantic import BaseModel

from site_builder.records import BEIJING, PartialDate


class Word(str):
    """Text that is written as it stands, though YAML 1.1 would read a date or a number: a partial date."""

    __slots__ = ()


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as data for `dump`: in the order of its fields, without what is empty or the default."""
    data: dict[str, Any] = {}
    partial = _partial_dates(type(model))
    for name, info in type(model).model_fields.items():
        if info.exclude:
            continue
        value = getattr(model, name)
        if value is None or value == () or (not info.is_required() and value == info.get_default()):
            continue
        data[name] = Word(value) if name in partial else _plain_value(value)
    return data


def _plain_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return plain(value)
    if isinstance(value, tuple | list):
        return [_plain_value(item) for item in value]
    return value


@cache
def _partial_dates(model: type[BaseModel]) -> frozenset[str]:
    hints = get_type_hints(model, include_extras=True)
    return frozenset(
        name for name, hint in hints.items() if hint == PartialDate or PartialDate in get_args(hint)
    )


def dump(value: Mapping[str, Any] | Sequence[Any], *, blank_lines: bool = True) -> str:
    """Write plain data in canonical form, ending with one line end ("" if empty).

    `blank_lines=False` is for the options of fences, which end at a blank line: text that has one is
    then written in double quotes.
    """
    return "".join(f"{line}\n" for line in _lines(value, blank_lines))


def _lines(value: Any, blank_lines: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if _is_collection(inner):
                yield f"{key}:"
                yield from (f"  {line}" if line else "" for line in _lines(inner, blank_lines))
            else:
                yield from _entry(f"{key}: ", inner, blank_lines)
    else:
        for inner in value:
            if _is_collection(inner):
                lines = _lines(inner, blank_lines)
                yield f"- {next(lines)}"
                yield from (f"  {line}" if line else "" for line in lines)
            else:
                yield from _entry("- ", inner, blank_lines)


def _is_collection(value: Any) -> bool:
    return bool(value) and isinstance(value, Mapping | list | tuple)


def _entry(start: str, value: Any, blank_lines: bool) -> Iterator[str]:
    if isinstance(value, str) and "\n" in value and _is_literal(value, blank_lines):
        yield f"{start}|-"
        yield from (f"  {line}" if line else "" for line in value.split("\n"))
    else:
        yield start + scalar(value)


def scalar(value: Any) -> str:
    """One value on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Word():
            return str(value)
        case Enum():
            return scalar(value.value)
        case str():
            return value if _is_plain(value) else quoted(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(BEIJING).isoformat()
        case date():
            return value.isoformat()
        case int() | float() | UUID():
            return str(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
    raise TypeError(f"no YAML for {type(value).__name__}")


_UNPRINTABLE = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NOT_PLAIN = re.compile(r"""^[,\[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^---|^\.\.\.|:(?:\s|$)|\s\#|^\s|\s$""")
_RESOLVERS: Mapping[str | None, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers


def _is_plain(text: str) -> bool:
    if not text or _UNPRINTABLE.search(text) or _NOT_PLAIN.search(text):
        return False
    return not any(pattern.match(text) for _, pattern in _RESOLVERS.get(text[0], ()))


def _is_literal(text: str, blank_lines: bool) -> bool:
    lines = text.split("\n")
    if any(_UNPRINTABLE.search(line) or (line != line.strip(" ") and line.endswith(" ")) for line in lines):
        return False
    if not lines[0] or not lines[-1] or lines[0].startswith(" "):
        return False
    return blank_lines or all(line.strip() for line in lines)


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    """Text on one line in double quotes, whatever is in it."""
    return '"' + "".join(_ESCAPES.get(char) or _escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if not _UNPRINTABLE.match(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
