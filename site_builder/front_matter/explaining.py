"""What pydantic says of a value, for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import StringConstraints

from site_builder import records
from site_builder.front_matter.reading import Document


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
