"""A record's page <-> its record. Fields have the same names but a few (`cms.records.models.base`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from wagtail.fields import RichTextField, StreamField

from cms.exporting.richtext import Links, to_html
from cms.exporting.stream import Target, body_of, body_raw, data_of, prose_writer, raw
from cms.publishing.clock import Clock
from cms.records.models import RecordPage
from site_builder import body
from site_builder.records import RECORD_TYPES, BaseRecord, EarlierText

_OWN = frozenset({"id", "kind", "union", "title", "published", "updated", "share", "withdrawn", "body"})
"""Fields of a record that a page keeps under other names, or that need more than copying."""

_TEXTS = frozenset({"earlier"})
"""Fields of whole texts: like the body they stay in Wagtail alone when the record is withdrawn."""
_PLACE = ("key", "since", "until", "withdrawn")
"""What is told of a text then, so that its address leads to the notice."""


def record_of(page: RecordPage, union: str, links: Links, clock: Clock) -> BaseRecord:
    """What the page says, as content. `union` is its owner's slug.

    Raises ValueError (pydantic's, or `stream.BlockError`) for what content cannot carry. A record that is
    withdrawn has no body, and of earlier texts only where they stood: what they said must lie in no file that
    sites are built from.
    """
    fields: dict[str, Any] = {
        "id": page.uuid,
        "kind": page.kind,
        "union": union,
        "title": "" if page.inherit_title else page.title,
        "published": _stamp(page.published, clock),
        "updated": _stamp(page.updated, clock),
    }
    if page.share_mode != "none" or page.share_to or page.share_by or page.share_slots:
        fields["share"] = {
            "mode": page.share_mode,
            "to": page.share_to,
            "by": page.share_by,
            "slots": page.share_slots,
        }
    if page.withdrawn_at:
        fields["withdrawn"] = {
            "at": _stamp(page.withdrawn_at, clock),
            "reason": page.withdrawn_reason,
            "redirect": page.withdrawn_redirect or None,
        }
    gone = page.withdrawn_at is not None and page.withdrawn_at <= clock.real()
    if not gone:
        fields["body"] = body.write(body_of(page.body, links))
    for name, many in _copied(page):
        fields[name] = _said(page, name, many, links)
        if gone and name in _TEXTS:
            fields[name] = [{key: text[key] for key in _PLACE if key in text} for text in fields[name]]
    fields["expires"] = _stamp(page.expires, clock)
    if fields.get("pinned_until"):
        fields["pinned_until"] = _stamp(fields["pinned_until"], clock)
    for end in (page.withdrawn_at, page.expires):
        if page.published and end and page.published < end and fields["published"] == _stamp(end, clock):
            # Both fell on the moment at which the demo's clock stands: it was public before it went.
            fields["published"] -= timedelta(seconds=1)
            break
    told = {name: value for name, value in fields.items() if value not in (None, "", [])}
    return RECORD_TYPES[page.kind].model_validate(told)


def fill(page: RecordPage, record: BaseRecord, target: Target) -> None:
    """Make the page say what the record says.

    Raises ValueError for a picture or file that is not there, ContentError for a body that cannot be read.
    """
    page.uuid = record.id
    page.inherit_title = not record.title
    page.title = page.draft_title = record.title or page.title or record.slug
    page.published = record.published
    page.updated = record.updated
    page.share_mode = record.share.mode
    page.share_to = list(record.share.to)
    page.share_by = record.share.by
    page.share_slots = list(record.share.slots)
    withdrawn = record.withdrawn
    page.withdrawn_at = withdrawn.at if withdrawn else None
    page.withdrawn_reason = withdrawn.reason if withdrawn else ""
    page.withdrawn_redirect = (withdrawn.redirect if withdrawn else "") or ""
    if record.body or not withdrawn:
        blocks = page.body.stream_block.child_blocks
        page.body = body_raw(body.parse(record.body), record.id, blocks, target)
    for name, many in _copied(page):
        if withdrawn and name in _TEXTS and _only_places(page, name, getattr(record, name)):
            continue
        _say(page, name, many, getattr(record, name), target)


def _only_places(page: RecordPage, name: str, texts: Sequence[EarlierText]) -> bool:
    """Whether a withdrawn record's file says of its texts only where they stood, as an export does."""
    if not texts:
        return True
    kept = [tuple(child.value[key] or "" for key in _PLACE) for child in getattr(page, name)]
    silent = all(not getattr(text, said) for text in texts for said in text.TOLD)
    return silent and kept == [tuple(getattr(text, key) or "" for key in _PLACE) for text in texts]


def edited_title(page: RecordPage, source: str) -> None:
    """An edition without a title of its own is called by its source's on the editors' screens."""
    if page.inherit_title and source:
        page.title = page.draft_title = source


def _stamp(moment: datetime | None, clock: Clock) -> datetime | None:
    return None if moment is None else clock.stamp(moment)


def _copied(page: RecordPage) -> Iterator[tuple[str, bool]]:
    """The fields that are copied one to one, and whether they hold many values."""
    for name, field in RECORD_TYPES[page.kind].model_fields.items():
        if name not in _OWN:
            yield name, isinstance(field.get_default(), tuple)


def _said(page: RecordPage, name: str, many: bool, links: Links) -> Any:
    here = page.columns.get(name, name)
    value = getattr(page, here)
    column = page._meta.get_field(here)
    if isinstance(column, StreamField):
        items = [data for child in value if (data := data_of(child.value, links)) is not None]
        return items if many else next(iter(items), None)
    if isinstance(column, RichTextField):
        return prose_writer(links)(value)
    return value


def _say(page: RecordPage, name: str, many: bool, value: Any, target: Target) -> None:
    here = page.columns.get(name, name)
    column = page._meta.get_field(here)
    if isinstance(column, StreamField):
        items = list(value) if many else [value] if value is not None else []
        block = column.stream_block.child_blocks["item"]
        value = [
            {
                "type": "item",
                "value": raw(block, item, target),
                "id": str(uuid5(page.uuid, f"{name}/{place}")),
            }
            for place, item in enumerate(items)
        ]
    elif isinstance(column, RichTextField):
        value = to_html(body.parse_prose(value), target)
    elif isinstance(value, tuple):
        value = list(value)
    elif value is None and not column.null:
        value = ""
    setattr(page, here, value)
