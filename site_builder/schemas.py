"""The record types as JSON Schema, and as the tables of content/README.md.

    python -m site_builder.schemas            write site_builder/schema/*.json and the tables anew

A test fails when either is not current.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from site_builder import records
from site_builder.content_store import write

FOLDER = Path(__file__).parent / "schema"
README = Path(__file__).parent.parent / "content" / "README.md"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_ADOPTIONS: TypeAdapter[tuple[records.Adoption, ...]] = TypeAdapter(tuple[records.Adoption, ...])
_FILES: Mapping[str, tuple[Any, str, frozenset[str]]] = {
    **{
        kind.value: (model, f"The front matter of a {kind.value}: records/<union>/{kind.value}/<slug>.md",
                     frozenset({"body"}))
        for kind, model in records.RECORD_TYPES.items()
    },
    "union": (records.Union, "The front matter of a union: unions/<slug>.md", frozenset({"body", "slug"})),
    "media": (records.Media, "What belongs to a picture: media/<union>/<name>.yaml", frozenset({"ref"})),
    "adoptions": (_ADOPTIONS, "What a union says of shared records: adoptions/<union>.yaml", frozenset()),
}  # fmt: skip
"""File -> its type, what it describes, the fields of the type that do not stand in the file."""


def schemas() -> dict[str, str]:
    """Return the schema files: name -> JSON text. They describe files whose scalars are read as text.

    `"public": true` marks the fields that sites may show.
    """
    return {f"{name}.json": _schema(name, *described) for name, described in _FILES.items()}


def _schema(name: str, described: Any, title: str, absent: frozenset[str]) -> str:
    adapter: TypeAdapter[Any] = described if isinstance(described, TypeAdapter) else TypeAdapter(described)
    schema = adapter.json_schema(mode="validation", ref_template="#/$defs/{model}")
    for field in absent:
        schema.get("properties", {}).pop(field, None)
    if "required" in schema:
        schema["required"] = [field for field in schema["required"] if field not in absent]
    schema = {"$schema": DIALECT, "$id": f"{name}.json", **schema, "title": title}
    return json.dumps(_without_titles(schema), ensure_ascii=False, indent=2) + "\n"


def _without_titles(schema: Any, top: bool = True) -> Any:
    """Pydantic gives every field its own name as title: noise."""
    if isinstance(schema, list):
        return [_without_titles(item, False) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _without_titles(inner, False) for name, inner in value.items()}
        if key in ("properties", "$defs")
        else _without_titles(value, False)
        for key, value in schema.items()
        if top or key != "title" or not isinstance(value, str)
    }


# --- the tables of the README ---------------------------------------------------------------------

_TYPES: Mapping[type, str] = {
    UUID: "id",
    bool: "true or false",
    int: "whole number",
    str: "text",
    date: "date",
    Decimal: "number",
}
_KNOWN: tuple[tuple[Any, str], ...] = (
    (records.Slug, "slug"), (records.Title, "title"), (records.Line, "line"), (records.Text, "text"),
    (records.Markdown, "Markdown"), (records.BodyText, "body"), (records.BodyOrRole, "line"),
    (records.Moment, "moment"), (records.DayOrMoment, "date or moment"),
    (records.PartialDate, "partial date"),
    (records.Number, "number"), (records.Link, "link"), (records.MediaRef, "media reference"),
    (records.RecordRef, "record reference"),
    (records.Colour, "colour"), (records.SitePath, "path"), (records.ShareTarget, "share target"),
    (records.GroupTarget, "share target"),
    (records.Qualifier, "qualifier"), (records.SlotName, "slot"), (records.Clock, "time of day"),
    (records.Weekday, "weekday"),
    (tuple[float, float], "list of two numbers"),
)  # fmt: skip
"""Types with a name of their own, which content/README.md explains."""
_VALUES = (
    records.Share, records.Withdrawn, records.Picture, records.Figure, records.Contact, records.Byline,
    records.SourceCredit, records.Abstract, records.EditorNote, records.ForWechat, records.Window,
    records.Quota, records.Paper,
    records.Step, records.Benefit, records.Cost, records.ApplyWay, records.Question, records.Basis,
    records.Parameter, records.ChangeNote, records.Reviewed, records.Consent, records.Disclosure,
    records.PolicyDocument,
    records.EarlierText,
    records.Slots, records.Session,
    records.Repetition, records.Seats, records.Price, records.AgendaItem, records.Stage, records.Employer,
    records.Post, records.Desk, records.Result, records.Publicity, records.Decision,
    records.DecisionQuestion, records.DecisionOption, records.DecisionOutcome, records.Matrix,
    records.MatrixRow,
    records.Position, records.Hours, records.HolidayHours,
    records.Equipment, records.Counter, records.Milestone, records.Indicator, records.Reading,
    records.Ranking, records.Ranked, records.Honour, records.Chart, records.Listing, records.Palette,
    records.MenuItem, records.Wechat, records.NewShare,
    records.Notice, records.Festival, records.Mourning, records.Season, records.Home,
    records.Footer, records.Site, records.Closure, records.Schedule,
)  # fmt: skip


def tables() -> str:
    """Return the tables of every type, in Markdown: what content/README.md holds between its markers."""
    common = records.BaseRecord.model_fields
    parts = ["### Every record", _table(records.BaseRecord, frozenset({"body"}), public=True)]
    for kind, model in records.RECORD_TYPES.items():
        parts += [f"### {kind.value}", _table(model, frozenset(common) - {"kind"}, public=True)]
    parts += ["### Union", _table(records.Union, frozenset({"body", "slug"}))]
    parts += ["### Adoption", _table(records.Adoption, frozenset())]
    parts += ["### Media", _table(records.Media, frozenset({"ref"}))]
    for value in _VALUES:
        parts += [f"### {value.__name__}", _table(value, frozenset())]
    return "\n\n".join(parts)


def _table(model: type[BaseModel], without: frozenset[str], public: bool = False) -> str:
    annotations = get_type_hints(model, include_extras=True)
    heads = ["field", "is", "if absent", *(["public"] if public else []), ""]
    lines = [heads, ["---"] * len(heads)]
    for name, info in model.model_fields.items():
        if name not in without:
            shown = ["yes" if _is_public(info) else ""] if public else []
            meaning = _cell(info.description or "")
            lines.append([f"`{name}`", _type(annotations[name]), _default(info), *shown, meaning])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _is_public(info: FieldInfo) -> bool:
    return isinstance(info.json_schema_extra, dict) and bool(info.json_schema_extra.get("public"))


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    default = info.get_default()
    if default is None or default == "" or default == ():
        return "empty"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return "empty" if isinstance(default, BaseModel) else f"`{default}`"


def _type(annotation: Any) -> str:
    return _cell(" or ".join(dict.fromkeys(_named(annotation))))


def _named(annotation: Any) -> Iterator[str]:
    name = next((name for known, name in _KNOWN if annotation == known), None)
    origin = get_origin(annotation)
    if name is not None:
        yield name
    elif origin is Annotated:
        yield from _named(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for inner in get_args(annotation):
            if inner is not NoneType:
                yield from _named(inner)
    elif origin is tuple:
        yield f"list of {_type(get_args(annotation)[0])}"
    elif origin is Literal:
        yield " ".join(f"`{getattr(value, 'value', value)}`" for value in get_args(annotation) if value != "")
    elif issubclass(annotation, BaseModel):
        yield f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    elif issubclass(annotation, StrEnum):
        yield " ".join(f"`{member.value}`" for member in annotation)
    else:
        yield _TYPES[annotation]


_START = "<!-- fields: written by python -m site_builder.schemas -->"
_END = "<!-- end of fields -->"


def readme(text: str) -> str:
    """Return the README's text with current tables between its markers."""
    before, _, rest = text.partition(_START)
    _, _, after = rest.partition(_END)
    return f"{before}{_START}\n\n{tables()}\n\n{_END}{after}"


def main() -> None:
    """Write what is not current."""
    for name, text in schemas().items():
        write(FOLDER, name, text)
    write(README.parent, README.name, readme(README.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
