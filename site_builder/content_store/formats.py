"""One file's text -> one value, for each of the four kinds of file."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath, PurePosixPath
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, TypeAdapter, ValidationError

from site_builder import body
from site_builder.content_store.references import Reference, body_references, references
from site_builder.errors import BodyError, ContentError
from site_builder.front_matter import Document, YamlError, explained, load
from site_builder.records import (
    RECORD_TYPES,
    SLUG_PATTERN,
    Adoption,
    BodyText,
    Kind,
    Markdown,
    Media,
    Problem,
    Record,
    Union,
)

Value = TypeVar("Value")

logger = logging.getLogger(__name__)

MAX_PROBLEMS = 20
"""Reported for one file; who has mended these sees the rest."""


class Parsed(NamedTuple, Generic[Value]):
    """What one file says: a value or problems; a file with warnings only has both."""

    value: Value | None
    problems: tuple[Problem, ...] = ()
    references: tuple[Reference, ...] = ()
    lines: Mapping[str, int] | None = None
    """The line of each top-level field."""
    digest: str = ""
    """Of the bytes of the file, in hexadecimal."""
    paths: bool = False
    """Whether it may have links to paths (`/about/`)."""


# --- records and unions ---------------------------------------------------------------------------


def record_file(text: str, file: str) -> Parsed[Record]:
    """Parse one record; `file` is its path relative to content/, for messages. Never raises for bad text."""
    parsed = _guarded(file, lambda: _record(text, file))
    return parsed if parsed.value else meant(parsed, text)


def meant(parsed: Parsed[Any], text: str) -> Parsed[Any]:
    """Whoever asks for the record, or names it, is told of this file, even where it is no YAML or UTF-8."""
    written = _ID.search(text)
    if written is None:
        return parsed
    problems = tuple(
        problem if problem.record else problem.model_copy(update={"record": written[1]})
        for problem in parsed.problems
    )
    return parsed._replace(problems=problems)


_ID = re.compile(r"^id: *([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})[ \r]*$", re.MULTILINE)


def _record(text: str, file: str) -> Parsed[Record]:
    front = _front(text)
    data = front.fields
    name = data.get("kind")
    kind = name if isinstance(name, str) else ""
    record_type = RECORD_TYPES.get(Kind(kind)) if kind in set(Kind) else None
    if record_type is None:
        known = ", ".join(RECORD_TYPES)
        raise ContentError(
            Problem(
                code="record-kind",
                line=front.document.line(("kind",)) or 1,
                field="kind",
                message=f"{kind!r} is not a kind of record",
                action=f"Use one of: {known}.",
            )
        )
    value, problems = _model(record_type, data, front)
    record = cast("Record | None", value)
    identity = str(record.id) if record else str(data.get("id", "")) or None
    problems = [*problems, *_markdown_problems(record_type, data, front.document), *front.body_problems()]
    found = front.references() if record else ()
    return Parsed(
        None if problems else record,
        tuple(problem.model_copy(update={"file": file, "record": identity}) for problem in problems),
        found,
        front.lines(),
    )


def union_file(text: str, file: str) -> Parsed[Union]:
    """Parse one union; its slug is the file's name."""
    return _guarded(file, lambda: _union(text, file))


def _union(text: str, file: str) -> Parsed[Union]:
    front = _front(text)
    data = dict(front.fields)
    slug = PurePosixPath(file).stem
    problems: list[Problem] = []
    if "slug" in data:
        problems.append(
            Problem(
                code="field-unknown",
                line=front.document.line(("slug",)),
                field="slug",
                message="A union's slug is the name of its file",
                action="Remove the field.",
            )
        )
    if not re.fullmatch(SLUG_PATTERN, slug):
        problems.append(_bad_name(slug))
    union, invalid = _model(Union, {**data, "slug": slug}, front)
    problems += [problem for problem in invalid if problem.field != "slug"]
    problems += front.body_problems()
    return Parsed(
        None if problems else union,
        _at(file, problems),
        front.references() if union else (),
        front.lines(),
    )


@dataclass(frozen=True, slots=True)
class _Front:
    """A file cut into its front matter and its body; all lines count from 1 within the file."""

    document: Document
    fields: Mapping[str, Any]
    body: str
    body_line: int

    def lines(self) -> dict[str, int]:
        return self.document.lines()

    def references(self) -> tuple[Reference, ...]:
        in_body = body_references(self.body, self.body_line) if self.body else ()
        return (*references(self.fields, self.document), *in_body)

    def body_problems(self) -> list[Problem]:
        try:
            body.parse(self.body)
        except BodyError as error:
            found = error.problem
            line = None if found.line is None else found.line + self.body_line - 1
            return [found.model_copy(update={"line": line})]
        return []


_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


def _front(text: str) -> _Front:
    """Cut a file into front matter and body. Raises ContentError."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    opening = _FENCE.match(text)
    closing = _FENCE.search(text, opening.end()) if opening else None
    if not opening or not closing:
        _fail(
            "front-matter",
            "The closing --- of the front matter is missing"
            if opening
            else "The file does not begin with front matter",
            "Begin the file with a line ---, then the fields, then a line ---, then the text.",
            1,
        )
    # The YAML keeps the opening line's end, so that its lines are those of the file.
    document = _load(text[opening.end() : closing.start()])
    fields = {} if document.value is None else document.value
    if not isinstance(fields, dict):
        _fail("front-matter", "The front matter is not a set of fields", "Write field: value.", 2)
    rest = text[closing.end() :]
    content = rest.strip("\n")
    blank = len(rest) - len(rest.lstrip("\n"))
    return _Front(document, fields, content, text[: closing.end()].count("\n") + 1 + blank)


def _load(text: str) -> Document:
    try:
        return load(text)
    except YamlError as error:
        raise ContentError(
            Problem(
                code="yaml",
                line=error.line or 1,
                field=error.field,
                message=error.message,
                action=error.action,
            )
        ) from error


Validated = TypeVar("Validated", bound=BaseModel)


def _model(
    model: type[Validated], data: Mapping[str, Any], front: _Front
) -> tuple[Validated | None, list[Problem]]:
    if "body" in data:
        _fail(
            "field-unknown",
            "The text of a file stands below its front matter",
            "Move the text below the second ---.",
            front.document.line(("body",)) or 1,
            "body",
        )
    return _validated(_adapter(model), {**data, "body": front.body}, front.document)


@cache
def _adapter(model: type[Validated]) -> TypeAdapter[Validated]:
    return TypeAdapter(model)


def _validated(
    adapter: TypeAdapter[Value], data: Any, document: Document
) -> tuple[Value | None, list[Problem]]:
    try:
        return adapter.validate_python(data), []
    except ValidationError as error:
        problems: dict[str, Problem] = {}
        for detail in error.errors(include_url=False):
            place = explained(detail, document)
            problems.setdefault(
                place.field,
                Problem(
                    code=place.code,
                    line=place.line or document.line(()),
                    field=place.field or None,
                    message=place.message,
                    action=place.action,
                ),
            )
        return None, list(problems.values())[:MAX_PROBLEMS]


@cache
def _markdown_fields(model: type[BaseModel], wanted: Any = Markdown) -> tuple[tuple[str, ...], ...]:
    """The places of Markdown, or of whole texts, in a model's data: ("steps", "*", "text")."""
    found: list[tuple[str, ...]] = []
    for name, hint in get_type_hints(model, include_extras=True).items():
        if hint == wanted:
            found.append((name,))
            continue
        for inner in (hint, *get_args(hint)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                each = ("*",) if get_origin(hint) is tuple else ()
                found += [(name, *each, *path) for path in _markdown_fields(inner, wanted)]
    return tuple(found)


def _markdown_problems(model: type[BaseModel], data: Any, document: Document) -> Iterator[Problem]:
    whole = _markdown_fields(model, BodyText)
    for pattern in (*_markdown_fields(model), *whole):
        for path, text in _at_path(data, pattern, ()):
            try:
                (body.parse if pattern in whole else body.parse_prose)(text)
            except BodyError as error:
                yield error.problem.model_copy(
                    update={"line": document.line(path), "field": document.written(path)}
                )


def _at_path(
    data: Any, pattern: tuple[str, ...], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not pattern:
        if isinstance(data, str):
            yield path, data
    elif pattern[0] == "*":
        for at, inner in enumerate(data if isinstance(data, list) else ()):
            yield from _at_path(inner, pattern[1:], (*path, at))
    elif isinstance(data, dict) and pattern[0] in data:
        yield from _at_path(data[pattern[0]], pattern[1:], (*path, pattern[0]))


# --- adoptions and media --------------------------------------------------------------------------


def adoptions_file(text: str, file: str) -> Parsed[tuple[Adoption, ...]]:
    """Parse the adoptions of the union that the file is named after."""
    return _guarded(file, lambda: _adoptions(text, file))


def _adoptions(text: str, file: str) -> Parsed[tuple[Adoption, ...]]:
    document = _load(text.removeprefix("\ufeff"))
    if document.value is None:
        return Parsed(())
    if not isinstance(document.value, list):
        _fail("adoptions-shape", "The file is not a list", "Write one entry a record: - record: <id>", 1)
    kept: dict[UUID, Adoption] = {}
    problems: list[Problem] = []
    found_references: list[Reference] = []
    for at, entry in enumerate(document.value):
        part = document.part(at)
        line = document.line((at,))
        checked = _validated(_adapter(Adoption), entry, part)
        adoption, found = checked
        found += _markdown_problems(Adoption, entry, part)
        if adoption and adoption.record in kept:
            found.append(
                Problem(
                    code="adoption-twice",
                    line=line,
                    field="record",
                    message="This record is adopted twice",
                    action="Keep one of the two entries.",
                )
            )
        if adoption and not found:
            kept[adoption.record] = adoption
            found_references.append(Reference(f"record:{adoption.record}", "record", line))
            found_references += references(entry, part)
        record = str(adoption.record) if adoption else None
        problems += [
            problem.model_copy(update={"record": record, "line": problem.line or line}) for problem in found
        ]
    return Parsed(tuple(kept.values()), _at(file, problems), tuple(found_references))


def media_description(text: str, file: str) -> Parsed[Media]:
    """Parse the description of a medium; `file` is its path, media/<union>/<name>.yaml."""
    return _guarded(file, lambda: _media(text, file))


def _media(text: str, file: str) -> Parsed[Media]:
    document = _load(text.removeprefix("\ufeff"))
    fields = {} if document.value is None else document.value
    if not isinstance(fields, dict):
        _fail("media-shape", "The file is not a set of fields", "Write title: and credit:.", 1)
    path = PurePosixPath(file)
    if "ref" in fields:
        _fail(
            "field-unknown",
            "A medium's reference is its path",
            "Remove the field.",
            document.line(("ref",)),
            "ref",
        )
    ref = f"{path.parent.name}/{path.name.removesuffix('.yaml')}"
    media, problems = _validated(_adapter(Media), {**fields, "ref": ref}, document)
    if media and media.focal_point and not all(0 <= value <= 1 for value in media.focal_point):
        problems.append(
            Problem(
                code="field-value",
                line=document.line(("focal_point",)),
                field="focal_point",
                message="The focal point lies outside the picture",
                action="Write two numbers from 0 to 1: x from the left, y from the top.",
            )
        )
    return Parsed(
        None if problems else media, _at(file, problems), (), {n: document.line((n,)) or 1 for n in fields}
    )


# --- errors ---------------------------------------------------------------------------------------


def _fail(code: str, message: str, action: str, line: int | None, field: str | None = None) -> NoReturn:
    raise ContentError(Problem(code=code, line=line, field=field, message=message, action=action))


def _bad_name(name: str) -> Problem:
    return Problem(
        code="file-name",
        message=f"{name!r} cannot be a slug",
        action="Name the file with small letters, digits and hyphens, 63 at most.",
    )


def _at(file: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem.model_copy(update={"file": file}) for problem in problems)


def _guarded(file: str, parse: Any) -> Parsed[Any]:
    try:
        return cast("Parsed[Any]", parse())
    except ContentError as error:
        return Parsed(None, _at(file, [error.problem]))
    except Exception as error:
        # Nobody foresaw this file: it must not stop those of everybody else.
        logger.exception("Reading %s failed", file)
        fault = Problem(
            code="internal-error",
            message=f"{type(error).__name__}: {error}",
            action="This is a fault of the program, which this file brings out; it is left out",
        )
        return Parsed(None, _at(file, [fault]))


def _value_of(parsed: Parsed[Value]) -> Value:
    if parsed.value is None or parsed.problems:
        raise ContentError(parsed.problems[0])
    return parsed.value


def parse_record(text: str, file: str | PurePath) -> Record:
    """Return the record that a file's text is. Raises ContentError with the first problem."""
    return _value_of(record_file(text, str(file)))


def parse_union(text: str, file: str | PurePath) -> Union:
    """Return the union that a file's text is; its slug is the file's name. Raises ContentError."""
    return _value_of(union_file(text, str(file)))


def parse_adoptions(text: str, file: str | PurePath) -> tuple[Adoption, ...]:
    """Return a union's adoptions. Raises ContentError."""
    return _value_of(adoptions_file(text, str(file)))


def parse_media(text: str, file: str | PurePath) -> Media:
    """Return a medium's description; its ref comes from the file's path. Raises ContentError."""
    return _value_of(media_description(text, str(file)))
