"""A record's public fields, as a template reads them and as `index.json` says them.

Both walk the record types: a field is shown because records.py marks it public, and how a string is shown
(Markdown, link, media reference, plain) is read from its type. A new kind needs no code here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_type_hints
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from site_builder import body, paths
from site_builder.pages.view import View, parsed, parsed_prose
from site_builder.plan import naming_fields, validity
from site_builder.records import (
    BODY,
    MARKDOWN,
    BaseRecord,
    Byline,
    DecisionOutcome,
    EditorNote,
    Model,
    Parameter,
    Picture,
    Publicity,
    check_link,
)

Manner = Literal["plain", "markdown", "link", "media", "body"]
APART = frozenset({"body", "earlier"})
"""Public fields that templates read in another shape: as blocks, as pages of their own."""


def shown(record: BaseRecord, view: View, owner: str, root: str) -> dict[str, Any]:
    """The public fields of a record but those of APART, ready to show: see contexts.RecordPage."""
    show = _Shower(view, owner, root)
    fields = {
        name: show(getattr(record, name), manner)
        for name, manner in _public(type(record))
        if name not in APART
    }
    if "forms" in fields:
        refs = [ref for ref in record.forms if view.file(ref)]  # type: ignore[attr-defined]
        fields["form_links"] = tuple(
            {"href": paths.href(paths.media_path(ref)), "label": _media_title(view, ref)} for ref in refs
        )
    for name in naming_fields(type(record)):
        if isinstance(given := getattr(record, name), UUID):
            fields[name] = next(iter(_links((given,), view)), None)
        elif name in fields and name != "items" and given is not None:
            fields[name] = tuple(_links(given, view))
    return fields


def values(model: Model, view: View, owner: str, root: str) -> dict[str, Any]:
    """A value inside a record or a block (a figure, a contact, a step) in the same way."""
    return _Shower(view, owner, root).model(model)


def stored(record: BaseRecord, view: View) -> dict[str, Any]:
    """The public fields as they are stored: Markdown stays Markdown, references stay references.

    References to records that are public nowhere are left out: not even that they exist is told.
    """
    dumped = public_values(record)
    for name in naming_fields(type(record)):
        if isinstance(given := dumped.get(name), list):
            dumped[name] = [text for text in given if view.record_href(UUID(text)) is not None]
        elif given is not None:
            dumped[name] = given if view.record_href(UUID(given)) is not None else None
    return dumped


def public_values(record: BaseRecord) -> dict[str, Any]:
    """The public fields as they are stored, references included: what `stored` may leave out is there."""
    return record.model_dump(mode="json", include={name for name, _ in _public(type(record))})


_SAYING_NOTHING = frozenset({type(None), str, tuple})


class _Shower:
    def __init__(self, view: View, owner: str, root: str) -> None:
        self._view, self._owner, self._root = view, owner, root

    def __call__(self, value: Any, manner: Manner) -> Any:
        if not value and type(value) in _SAYING_NOTHING:  # as most fields of a record
            return value
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, Enum):
            return value.value
        if isinstance(value, str):
            return self._text(value, manner)
        if isinstance(value, tuple):
            parts = (self(part, manner) for part in value)
            return tuple(part for part in parts if part is not None)
        if isinstance(value, Picture):
            image = self._view.image(value)
            return None if image is None else asdict(image)
        if isinstance(value, Model):
            return self.model(value)
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, Decimal | UUID):
            return str(value)
        raise TypeError(f"records.py has a value of a type that cannot be shown: {type(value).__name__}")

    def model(self, value: Model) -> dict[str, Any]:
        fields = {name: self(getattr(value, name), manner) for name, manner in _manners(type(value)).items()}
        if isinstance(value, EditorNote):
            fields["html"] = fields["text"]
        elif isinstance(value, Parameter):
            fields["validity"] = validity(value, self._view.plan.as_of)
            if fields["validity"]:
                fields["valid"] = fields["validity"] == "current"
        elif isinstance(value, Publicity):
            fields |= {"opens": value.opens_at.isoformat(), "closes": value.closes_at.isoformat()}
            fields["state"] = publicity_state(value, self._view.plan.as_of)
        elif isinstance(value, DecisionOutcome):
            fields["links"] = tuple(_lead(link, self._view, self._owner) for link in value.links)
            fields["links"] = tuple(link for link in fields["links"] if link is not None)
        elif isinstance(value, Byline):
            union = self._view.content.unions.get(value.union or "")
            fields["href"] = f"{union.site.base_url}/" if union else ""
        return fields

    def _text(self, value: str, manner: Manner) -> str | None:
        if manner == "markdown":
            return self._view.markdown(value, self._owner, self._root)
        if manner == "link" or manner == "media":
            return self._view.href(value, self._owner)
        return value


def _lead(link: str, view: View, owner: str) -> dict[str, str] | None:
    """Where an outcome leads, called by what stands there; None if it leads nowhere here."""
    href = view.href(link, owner)
    if href is None:
        return None
    label = ""
    if link.startswith("record:"):
        id = UUID(link.removeprefix("record:"))
        here = view.plan.by_source.get(id)
        label = here.record.title if here else view.index.entries[id].record.title
    return {"href": href, "label": label}


def publicity_state(publicity: Publicity, as_of: datetime) -> Literal["upcoming", "open", "closed"]:
    """Whether one can object: 公示未开始, 公示中, 公示已结束."""
    if as_of < publicity.opens_at:
        return "upcoming"
    return "open" if publicity.is_open(as_of) else "closed"


def _links(ids: tuple[UUID, ...], view: View) -> list[dict[str, str]]:
    here = (view.plan.by_source[id] for id in ids if id in view.plan.by_source)
    return [
        {"id": str(item.record.id), "label": item.record.title, "href": paths.href(item.path)}
        for item in here
    ]


def _media_title(view: View, ref: str) -> str:
    name = ref.removeprefix("media:")
    media = view.content.media.get(name)
    return media.title if media else name.rpartition("/")[2]


@cache
def _public(kind: type[BaseRecord]) -> tuple[tuple[str, Manner], ...]:
    manners = _manners(kind)
    return tuple(
        (name, manners[name])
        for name, field in kind.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("public") is True
    )


@cache
def _manners(model: type[Model]) -> Mapping[str, Manner]:
    """How the strings of each field of a type are shown."""
    hints = get_type_hints(model, include_extras=True)
    return {name: _manner(hints[name]) for name in model.model_fields}


def _manner(annotation: Any) -> Manner:
    for mark in getattr(annotation, "__metadata__", ()):
        if mark == MARKDOWN:
            return "markdown"
        if mark == BODY:
            return "body"
        if isinstance(mark, AfterValidator) and mark.func is check_link:
            return "link"
        if isinstance(mark, StringConstraints) and str(mark.pattern or "").startswith("^media:"):
            return "media"
    found: set[Manner] = {_manner(part) for part in get_args(annotation)} - {"plain"}
    return found.pop() if found else "plain"


def media_references(record: BaseRecord) -> Iterator[str]:
    """Every `media:` reference in the public fields of a record, in Markdown too; not the body's."""
    return (link for link in field_links(record) if link.startswith("media:"))


def field_links(record: BaseRecord) -> Iterator[str]:
    """Every link and media reference in the public fields of a record, in Markdown too; not the body's."""
    for name, manner in _public(type(record)):
        if name != "body":
            yield from _links_in(getattr(record, name), manner)


def _links_in(value: Any, manner: Manner) -> Iterator[str]:
    if isinstance(value, tuple):
        for part in value:
            yield from _links_in(part, manner)
    elif isinstance(value, Model):
        for name, inner in _manners(type(value)).items():
            yield from _links_in(getattr(value, name), inner)
    elif isinstance(value, str) and manner == "markdown":
        yield from body.prose_links(parsed_prose(value))
    elif isinstance(value, str) and manner == "body":
        yield from body.links(parsed(value))
    elif isinstance(value, str) and value and manner in ("link", "media"):
        yield value
