"""The YAML of content files: read with exact places, written in one canonical form.

Reading keeps every scalar as the text that stands in the file (125460.30 keeps its zero, 2025-04-01
stays a word until its field's type reads it); only true/false and null are more than text. Keys may not
repeat; anchors, aliases, merge keys and tags are refused: a value stands where it is used.

Writing is block style, two spaces deep, never folded. Text is quoted only where a YAML 1.1 reader would
take it for something else, and text of several lines is a literal block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, get_args, get_type_hints
from uuid import UUID

import yaml
from pydantic import BaseModel, StringConstraints

from site_builder import records
from site_builder.records import BEIJING, PartialDate

Path = tuple[str | int, ...]
MAX_DEPTH = 12
"""No value of the format nests deeper; deeper input is an error instead of a full stack."""

_TOO_DEEP = "This is nested too deeply"
_FLATTEN = "No field needs that: flatten it."
_SCALARS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "timestamp", "value"))
_BOOL = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_TRUE = frozenset({"true", "yes", "on"})


class YamlError(ValueError):
    """Text that is not YAML of this format. `line` counts from 1 within the text."""

    def __init__(self, message: str, action: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.action = action
        self.line = line
        self.field = field


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data (dict, list, str, bool, None) and the place of each value."""

    value: Any
    _node: yaml.Node | None = field(repr=False)

    def line(self, path: Sequence[str | int]) -> int | None:
        """The line, from 1, on which the value at `path` begins, or of the nearest value around it.

        Parts of the path that are not in the file (pydantic adds names of union members) are passed over.
        """
        node = self._node
        if node is None:
            return None
        line = _line(node)
        for part in path:
            if isinstance(node, yaml.MappingNode):
                for key, value in node.value:
                    if key.value == part:
                        line, node = _line(key), value
                        break
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                line = _line(node)
        return line

    def lines(self) -> dict[str, int]:
        """The line of each top-level field."""
        fields = self._node.value if isinstance(self._node, yaml.MappingNode) else ()
        return {key.value: _line(key) for key, _ in fields}

    def written(self, path: Sequence[str | int]) -> str:
        """`path` as a person would name it, without the parts that are not in the file: figures[2].as_of."""
        node, name = self._node, ""
        for position, part in enumerate(path):
            inner = None
            if isinstance(node, yaml.MappingNode):
                inner = next((value for key, value in node.value if key.value == part), None)
                # The last part names a field that is missing.
                if inner is not None or (position == len(path) - 1 and isinstance(part, str)):
                    name += f".{part}" if name else str(part)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                inner = node.value[part]
                name += f"[{part}]"
            node = inner if inner is not None else node
        return name

    def part(self, at: int) -> Document:
        """The entry `at` of a list as a document of its own; its lines are those of the whole."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise TypeError("only a list has parts")
        return Document(self.value[at], self._node.value[at])


class _Loader(yaml.CSafeLoader):
    """What a scalar is may depend on where it stands: never here, and to ask each time takes its time."""

    def descend_resolver(self, current_node: Any, current_index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is yaml.ScalarNode and value[:1] not in self.yaml_implicit_resolvers:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]


def load(text: str) -> Document:
    """Read one YAML document. Raises YamlError."""
    try:
        _check_depth(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _not_yaml(error, text) from error
    if node is None:
        return Document(None, None)
    return Document(_value(node, set(), 0, ""), node)


_TAB = re.compile(r" *\t")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COLON = "："
"""What a Chinese keyboard writes for a colon: no colon to YAML."""
_BEGAN = frozenset({"while scanning a simple key", "while scanning a quoted scalar"})
"""What the parser was at when it went wrong much further down than what is wrong."""


def _not_yaml(error: yaml.YAMLError, text: str) -> YamlError:
    """What the parser says, at the line where it began, and what such a line mostly is."""
    mark = getattr(error, "problem_mark", None)
    began = getattr(error, "context", None) in _BEGAN
    at = getattr(error, "context_mark" if began else "problem_mark", None) or mark
    control = None if mark else _CONTROL.search(text)
    line = text.count("\n", 0, control.start()) + 1 if control else None if at is None else int(at.line) + 1
    lines = text.split("\n")
    written = lines[line - 1] if line and line <= len(lines) else ""
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    if control:
        action = f"Write the line anew: it holds an invisible sign (U+{ord(control[0]):04X})."
    elif _TAB.match(written):
        problem, action = "the line is indented by a tab", "Indent by spaces, two for each step."
    elif _COLON in written and ":" not in written:
        problem = f"{_COLON} is no colon between a field and its value"
        action = "Write the colon of Latin letters and a space: title: ..."
    elif problem == "found unexpected end of stream":
        problem, action = "a quote that begins here does not end", "Close the quote, or leave it out."
    else:
        action = (
            "Check indentation and quotes; put text that contains ': ' or ' #', or begins with a quote or a "
            "sign like @ * [ { % -, in double quotes."
        )
    return YamlError(f"This is not YAML: {problem}", action, line)


_INDICATORS = re.compile(r"[-?:] +(?:[-?:] +){19}")
_FAR = " " * 60


def _check_depth(text: str) -> None:
    """Composing is a recursion in C, which ends the process when it is too deep: look before.

    Only text that could nest deeply is looked at: collections in a line begin with a bracket or an
    indicator, others further to the right than what they are in.
    """
    if text.count("[") + text.count("{") < 100 and _FAR not in text and not _INDICATORS.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise YamlError(_TOO_DEEP, _FLATTEN, _line(event))


def _line(marked: yaml.Node | yaml.Event) -> int:
    return 1 if marked.start_mark is None else int(marked.start_mark.line) + 1


def _value(node: yaml.Node, seen: set[int], depth: int, name: str, used: int | None = None) -> Any:
    # An alias is the node that it stands for: it has no line of its own but that of its key.
    line = used or _line(node)
    if id(node) in seen:
        raise YamlError(
            "YAML anchors and aliases (&, *) are not part of the format",
            "Write the value again where it is used; put text that begins with * or & in quotes.",
            line,
            name or None,
        )
    seen.add(id(node))
    if depth > MAX_DEPTH:
        raise YamlError("This value is nested too deeply", _FLATTEN, line, name or None)
    if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise YamlError("A key must be a word", "Write field: value.", line, name or None)
            inner = f"{name}.{key.value}" if name else key.value
            if key.value in mapping:
                raise YamlError(
                    f"The field {key.value!r} stands here twice",
                    "Keep one of the two.",
                    _line(key),
                    inner,
                )
            mapping[key.value] = _value(value, seen, depth + 1, inner, _line(key))
        return mapping
    if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
        return [_value(item, seen, depth + 1, f"{name}[{at}]") for at, item in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        if node.tag in _SCALARS:
            return node.value
        if node.tag == _BOOL:
            return node.value.lower() in _TRUE
        if node.tag == _NULL:
            return None
    raise YamlError(
        f"The YAML tag {node.tag!r} is not part of the format", "Remove the tag.", line, name or None
    )


# --- what pydantic says, for people -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Explained:
    code: str
    field: str
    line: int | None
    message: str
    action: str


_NO_DAY = re.compile(r"(?:day|month|year) |Invalid isoformat")
"""How Python's `date` begins to say that there is no such day."""
_MOMENT = "Write 2025-04-01T09:00:00+08:00, or 2025-04-01 for the beginning of that day in Beijing."
_WAYS = {
    records.SLUG_PATTERN: "Write 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or a digit.",
    **{
        next(part.pattern for part in get_args(kind) if isinstance(part, StringConstraints)): way
        for kind, way in (
            (records.Line, "Write it on one line."),
            (records.PartialDate, "Write 2024, 2024-10 or 2024-10-11, as exactly as it is known."),
            (
                records.MediaRef,
                "Write media:<union>/<name>: the file is media/<union>/<name>, its name without spaces.",
            ),
            (records.RecordRef, "Write record:<id>, with the id of that record."),
            (
                records.ShareTarget,
                "Write descendants, children, level:<level>, line:<union> or union:<slug>.",
            ),
            (records.Colour, 'Write "#a4161a": six digits, small letters, in double quotes.'),
            (records.SitePath, "Write a path from the root of the site: /programs/old-slug/."),
            (records.Clock, 'Write 08:30, with two digits for the hour; "24:00" is the end of the day.'),
            (records.BaseUrl, "Write https://, the host and perhaps a path, without a slash at the end."),
            (records.QuietHours, "Write 23:00-06:00."),
        )
    },
}
"""How what is held to a pattern is written: pattern -> words."""
_SHOWN = 60
"""Characters of a value that a message repeats."""


def explained(detail: Mapping[str, Any], document: Document) -> Explained:
    """One error of a pydantic ValidationError as a writer needs it."""
    path = detail["loc"]
    kind, name = detail["type"], str(path[-1]) if path else ""
    code, message = "field-value", str(detail["msg"]).removeprefix("Value error, ")
    action = "Write it as content/README.md describes the field."
    if kind == "extra_forbidden":
        code, message = "field-unknown", f"There is no field {name!r} here"
        action = "Check its spelling; content/README.md lists the fields."
    elif kind == "missing":
        code, message, action = "field-missing", f"The field {name!r} is missing", "Write it."
    elif kind == "string_type" and detail["input"] is None:
        message = "Nothing is written here"
        action = "Write it, or leave the field out; put text that begins with # in double quotes."
    elif kind.startswith("bool"):
        message, action = "This must be true or false", "Write true or false, or leave the field out."
    elif kind == "string_type":
        message, action = (
            "This must be text",
            "Write one value; put words like yes, no and null in double quotes.",
        )
    elif kind == "tuple_type":
        message, action = "This must be a list", "Write one entry a line, each after a hyphen."
    elif kind in ("model_type", "model_attributes_type", "dict_type"):
        message, action = "This must be a set of fields", "Write its fields below it, indented by two spaces."
    elif kind == "timezone_aware":
        message, action = "This moment has no time zone", _MOMENT
    elif kind.startswith(("datetime", "date_")) or _NO_DAY.match(message):
        message, action = "This is not a date that exists", _MOMENT
    elif kind.startswith("uuid"):
        message, action = "This is not an id", "Write a UUID: 00000000-0000-4000-8000-000000000000."
    elif kind == "string_pattern_mismatch":
        message = f"{_shown(detail['input'])} is not written as it must be"
        action = _WAYS.get(detail["ctx"]["pattern"], action)
    return Explained(code, document.written(path), document.line(path), message, action)


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


# --- writing --------------------------------------------------------------------------------------


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
