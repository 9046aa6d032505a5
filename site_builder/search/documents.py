"""What of a record is searched: everything a reader sees, and the keywords an editor adds. Nothing else.

A `SearchDocument` is made from a record as one site plans it, so editions and slots are applied and
nothing that the plan leaves out (withdrawn, expired, embargoed, another union's) can be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from site_builder import body
from site_builder.plan import Planned, SitePlan
from site_builder.records import BaseRecord, BEIJING, LEADING_QUALIFIERS, Model


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One record on one site, as search sees it. All values are text as a reader sees it."""

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
    """The searchable records of a site, in the plan's order (newest first)."""
    return tuple(document(item) for item in plan.items)


def document(item: Planned) -> SearchDocument:
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
        text="\n".join(_texts(record)),
        topics=record.topics,
        audiences=record.audiences,
        keywords=record.keywords,
        region=record.region,
        date=record.published.astimezone(BEIJING).date().isoformat(),
        state=state.code if state else "",
        opens=state.opens.isoformat() if state and state.opens else "",
        closes=state.closes.isoformat() if state and state.closes else "",
    )


# Fields with a place of their own in SearchDocument, and those whose words no reader would search for.
_ELSEWHERE = frozenset(
    {
        "id", "kind", "union", "title", "slug", "published", "updated", "edition_of", "title_short", "summary",
        "topics", "audiences", "keywords", "region", "kicker", "kicker_joins_title", "subtitle", "subject_line",
        "genre", "type", "related", "items", "query", "supersedes", "forms", "status", "standing",
        "membership_required", "body",
    }
)  # fmt: skip
_MARKDOWN = frozenset({"intro", "note", "text", "answer"})
_UNSPOKEN = frozenset({
    "media", "link", "url", "template", "role", "union", "relation", "way", "form", "position", "status",
    "validity", "derived", "waivable", "major", "filled", "free", "count", "opens", "closes",
})  # fmt: skip
"""Codes, references and flags inside values: shown by the theme as other words, or not at all."""


def _texts(record: BaseRecord) -> Iterator[str]:
    yield body.plain_text(body.parse(record.body))
    for name, field in type(record).model_fields.items():
        extra = field.json_schema_extra
        if name not in _ELSEWHERE and isinstance(extra, dict) and extra.get("public"):
            yield from _words(getattr(record, name), name)


def _words(value: Any, name: str) -> Iterator[str]:
    """Every word a reader sees of one field, values in their printed order: 近500万元."""
    if isinstance(value, str):
        if value and name in _MARKDOWN:
            yield body.plain_text((body.Prose(body.parse_prose(value)),))
        elif value:
            yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _words(part, name)
    elif isinstance(value, Model):
        fields = type(value).model_fields
        if {"value", "unit", "qualifier"} <= fields.keys():
            yield _amount(value)
            fields = {
                key: field for key, field in fields.items() if key not in ("value", "unit", "qualifier")
            }
        for key in fields:
            if key not in _UNSPOKEN:
                yield from _words(getattr(value, key), key)


def _amount(value: Any) -> str:
    """The number with its unit and qualifiers, written together so that 近500万元 and 500万元 are found."""
    if value.value is None:
        return ""
    before = "".join(word for word in value.qualifier if word in LEADING_QUALIFIERS)
    after = "".join(word for word in value.qualifier if word not in LEADING_QUALIFIERS)
    if after in ("余", "多"):
        return f"{before}{value.value}{after}{value.unit}"
    return f"{before}{value.value}{value.unit}{after}"


def texts(document: SearchDocument) -> Iterable[str]:
    """All the words of a document, for hashing what an index holds."""
    yield from (document.title, *document.extra_titles, document.summary, document.text)
    yield from (*document.topics, *document.audiences, *document.keywords, document.region)
