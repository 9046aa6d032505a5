"""What of a record is searched: everything a reader sees, and the keywords an editor adds. Nothing else.

A `SearchDocument` is made from a record as one site plans it, so editions and slots are applied and
nothing that the plan leaves out (withdrawn, expired, embargoed, another union's) can be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, get_type_hints
from uuid import uuid5

from pydantic import BaseModel

from site_builder import body, formats, paths
from site_builder.plan import Planned, SitePlan
from site_builder.records import BEIJING, BaseRecord, EarlierText, Guide, Markdown, Model
from site_builder.search.analysis import normalise


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One record on one site, or an earlier text of one, as search sees it. All values are text as a reader
    sees it."""

    id: str
    owner: str
    """The slug of the union that wrote it."""
    kind: str
    path: str
    title: str
    extra_titles: tuple[str, ...] = ()
    """Kicker, subtitle, short title, subject line."""
    summary: str = ""
    text: str = ""
    """Body and public fields, one after another, a line break between."""
    topics: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    region: str = ""
    date: str = ""
    """ISO date of publication in Beijing."""
    state: str = ""
    """plan.StateCode, or empty where a record has no state."""
    opens: str = ""
    closes: str = ""
    """ISO moments of its window, for a reader's own clock."""


def documents(plan: SitePlan) -> tuple[SearchDocument, ...]:
    """What of a site is searched: its records in the plan's order (newest first), and the earlier texts of
    guides after their guide."""
    return tuple(found for item in plan.items for found in documents_of(item))


def documents_of(item: Planned) -> Iterator[SearchDocument]:
    """A record, and of a guide each text that held before: found by its words, after what holds now."""
    yield document(item)
    if isinstance(item.record, Guide):
        for text in item.record.earlier:
            if not text.withdrawn:
                yield _earlier(item, item.record, text)


def earlier_ids(item: Planned) -> tuple[str, ...]:
    """The ids under which the earlier texts of a record are found."""
    record = item.record
    if not isinstance(record, Guide):
        return ()
    return tuple(_earlier_id(record, text) for text in record.earlier if not text.withdrawn)


def _earlier_id(guide: Guide, text: EarlierText) -> str:
    return str(uuid5(guide.id, f"earlier/{text.key}"))


def _earlier(item: Planned, guide: Guide, text: EarlierText) -> SearchDocument:
    span = "—".join((text.since or "", text.until or "")).strip("—")
    fields = (name for name in type(text).model_fields if name not in _NOT_OF_EARLIER)
    markdown = _markdown(EarlierText)
    words = (word for name in fields for word in _words(getattr(text, name), name in markdown))
    return SearchDocument(
        id=_earlier_id(guide, text),
        owner=guide.union,
        kind=str(guide.kind),
        path=paths.earlier_path(item.path, text.key),
        title=f"{text.title or guide.title}（以前的版本{'，' if span else ''}{span}）",
        summary=text.summary or f"这是以前的版本，现在不适用。现行的见《{guide.title}》。",
        text="\n".join((body.plain_text(body.parse(text.text)), *words)),
        topics=guide.topics,
        region=guide.region,
        date=guide.published.astimezone(BEIJING).date().isoformat(),
        state="superseded",
    )


def document(item: Planned) -> SearchDocument:
    """A record as the site shows on which it is planned."""
    record = item.record
    own_words = (getattr(record, name, "") for name in ("kicker", "subtitle", "title_short", "subject_line"))
    abstract = getattr(record, "abstract", None)
    state = item.state
    return SearchDocument(
        id=str(record.id),
        owner=record.union,
        kind=str(record.kind),
        path=item.path,
        title=record.title,
        extra_titles=tuple(word for word in own_words if word),
        summary=record.summary or (abstract.text if abstract else ""),
        text=_text(_Same(record)),
        topics=record.topics,
        audiences=record.audiences,
        keywords=record.keywords,
        region=record.region,
        date=record.published.astimezone(BEIJING).date().isoformat(),
        state=state.code if state else "",
        opens=state.opens.isoformat() if state and state.opens else "",
        closes=state.closes.isoformat() if state and state.closes else "",
    )


class _Same:
    """A record as a key by identity: the same object is planned on many sites, and to hash one costs more."""

    __slots__ = ("record",)

    def __init__(self, record: BaseRecord) -> None:
        self.record = record

    def __hash__(self) -> int:
        return id(self.record)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.record is self.record


# Fields with a place of their own in SearchDocument, and those whose words no reader would search for.
_ELSEWHERE = frozenset(
    {
        "id", "kind", "union", "title", "slug", "published", "updated", "edition_of", "title_short",
        "summary", "topics", "audiences", "keywords", "region", "kicker", "kicker_joins_title", "subtitle",
        "subject_line",
        "genre", "type", "related", "items", "query", "supersedes", "forms", "status", "standing",
        "membership_required", "body",
        "modes", "access", "health", "venue", "places", "position", "always_open", "live", "replay",
        "honours", "previous", "venues", "explained_by", "needs", "life_events", "safety", "earlier",
        "reviewed", "centre",
    }
)  # fmt: skip
_NOT_OF_EARLIER = frozenset({"key", "since", "until", "title", "summary", "withdrawn", "text"})
_UNSPOKEN = frozenset({
    "media", "link", "url", "template", "role", "union", "relation", "way", "form", "position", "status",
    "validity", "derived", "waivable", "major", "filled", "free", "count", "opens", "closes",
    "starts", "ends", "repeats", "live", "replay", "days", "key", "next", "verdict", "links",
})  # fmt: skip
"""Codes, references and flags inside values: shown by the theme as other words, or not at all."""


@lru_cache(maxsize=2_048)
def _text(same: _Same) -> str:
    record = same.record
    parts = [body.plain_text(body.parse(record.body))]
    markdown = _markdown(type(record))
    for name in _searched(type(record)):
        if value := getattr(record, name):
            parts.extend(_words(value, name in markdown))
    return "\n".join(part for part in parts if part)


@cache
def _searched(kind: type[BaseRecord]) -> tuple[str, ...]:
    """The public fields that have no place of their own."""
    public = (
        name
        for name, field in kind.model_fields.items()
        if isinstance(extra := field.json_schema_extra, dict) and extra.get("public")
    )
    return tuple(name for name in public if name not in _ELSEWHERE)


@cache
def _markdown(kind: type[BaseModel]) -> frozenset[str]:
    """The fields that hold Markdown. A note is a line in one type and Markdown in another."""
    hints = get_type_hints(kind, include_extras=True).items()
    return frozenset(name for name, hint in hints if hint == Markdown)


def _words(value: Any, markdown: bool) -> Iterator[str]:
    """Every word a reader sees of one field."""
    if isinstance(value, str):
        yield body.plain_text((body.Prose(body.parse_prose(value)),)) if markdown else value
    elif isinstance(value, tuple):
        for part in value:
            yield from _words(part, markdown)
    elif isinstance(value, Model):
        fields = dict(type(value).model_fields)
        if {"value", "unit"} <= fields.keys():
            yield _amount(value)
            for key in ("value", "unit", "qualifier"):
                fields.pop(key, None)
        marked = _markdown(type(value))
        for key in fields:
            if key not in _UNSPOKEN:
                yield from _words(getattr(value, key), key in marked)


def _amount(value: Any) -> str:
    """As it is printed (近24万余名), and with its plain number where that differs: readers type either."""
    if value.value is None:
        return ""
    item = {"value": str(value.value), "unit": value.unit, "qualifier": getattr(value, "qualifier", ())}
    printed = str(formats.amount(item, "zh-Hans"))
    plain = f"{value.value}{value.unit}"
    return printed if plain in normalise(printed) else f"{printed} {plain}"
