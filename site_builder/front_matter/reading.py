"""YAML with exact places.

Keeps every scalar as the text that stands in the file (125460.30 keeps its zero, 2025-04-01 stays a word
until its field's type reads it); only true/false and null are more than text. Keys may not repeat; anchors,
aliases, merge keys and tags are refused: a value stands where it is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

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
        raise not_yaml(error, text) from error
    if node is None:
        return Document(None, None)
    return Document(_value(node, set(), 0, ""), node)


_TAB = re.compile(r" *\t")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_COLON = "："
"""What a Chinese keyboard writes for a colon: no colon to YAML."""
_BEGAN = frozenset({"while scanning a simple key", "while scanning a quoted scalar"})
"""What the parser was at when it went wrong much further down than what is wrong."""


def not_yaml(error: yaml.YAMLError, text: str) -> YamlError:
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
