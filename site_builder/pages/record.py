"""The page of a record that is no collection, and the data beside it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from site_builder import body, paths
from site_builder.contexts import LinkContext, RecordPage, SiteContext
from site_builder.gaps import elements
from site_builder.pages import structured
from site_builder.pages.beside import counted, has_poster, leading_back, newer, share_image
from site_builder.pages.blocks import body_context, contents
from site_builder.pages.collections import labels, without_labels
from site_builder.pages.datasets import dataset_fields
from site_builder.pages.earlier import earlier_links
from site_builder.pages.facts import more_fields
from site_builder.pages.fields import field_links, shown, stored
from site_builder.pages.ics import has_file
from site_builder.pages.site import HOME_LINK, cards, lead_image, section_link, state_context, topic_links
from site_builder.pages.view import View, holds_no_more, parsed
from site_builder.plan import Planned, named
from site_builder.records import SLOT_FIELDS, BaseRecord, Dataset, Kind, Union

_STATE = ("code", "days_left", "opens", "closes")
"""What index.json says of a state; the rest is for the theme's script."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a record's page is the same on every site where its links lead to the same places."""

    said: dict[str, Any]
    """Fields of the page."""
    picture: str
    """For whoever shares the page: a path of the site, an address, or nothing."""
    told: dict[str, Any]
    """What search engines are told of it, on the site that was first."""
    stored: dict[str, Any]


def _part(item: Planned, view: View) -> _Part:
    """Made once for a network: what is shared is planned as the same object on many sites.

    Besides the record, a part depends on the moment, on where the page lies and where the links of the record
    lead, and on whether the site has a number to call; pictures and unions are the same for all sites of a
    content.
    """
    record = item.record
    if item.filled or record.union == view.union.slug:
        return _make_part(item, view)
    lead = _lead(record, _references(record, view), view)
    key = ("pages.part", id(record), item.path, view.plan.as_of, bool(view.hotline), lead)
    part: _Part | None = view.index.memo.get(key)
    if part is None:
        part = view.index.memo[key] = _make_part(item, view)
    return part


def _references(record: BaseRecord, view: View) -> tuple[tuple[str, ...], tuple[UUID, ...]]:
    key = ("pages.references", id(record))
    found: tuple[tuple[str, ...], tuple[UUID, ...]] | None = view.index.memo.get(key)
    if found is None:
        links = dict.fromkeys((*body.links(parsed(record.body)), *field_links(record)))
        ids = dict.fromkeys((*named(record), *body.chart_datasets(parsed(record.body))))
        found = view.index.memo[key] = (tuple(links), tuple(ids))
    return found


def _lead(
    record: BaseRecord, references: tuple[tuple[str, ...], tuple[UUID, ...]], view: View
) -> tuple[Hashable, ...]:
    """Where the references of a record lead on one site."""
    links, ids = references
    here = (view.plan.by_source.get(id) for id in ids)
    return (
        *(view.href(link, record.union) for link in links),
        *((item.path, item.record.id, item.record.title) if item else None for item in here),
        *(view.record_href(id) for id in ids),
    )


def _make_part(item: Planned, view: View) -> _Part:
    record = item.record
    root, href = paths.root_of(item.path), paths.href(item.path)
    blocks = body_context(parsed(record.body), view, record.union, root)
    image = lead_image(item, view)
    updated = record.updated if record.updated and record.updated <= view.plan.as_of else None
    description = view.summary(record, 120)
    said = {
        "template": f"{record.kind.value}.html",
        "path": item.path,
        "root": root,
        "title": record.title,
        "description": description,
        "trail": (HOME_LINK, section_link(record.kind)),
        "og_type": "article" if record.kind in (Kind.STORY, Kind.GUIDE) else "website",
        "noindex": record.noindex or holds_no_more(item),
        "record": _fields(item, view, root),
        "body": blocks,
        "contents": contents(blocks),
        "state": state_context(item.state),
        "date": record.published.isoformat(),
        "updated": updated.isoformat() if updated else "",
        "owner": view.union_link(view.content.unions[record.union]),
        "own": record.union == view.union.slug,
        "json_path": paths.json_path(item.path),
        "calendar": paths.calendar_path(href) if has_file(record) else "",
        "known": dict(elements(record, view.hotline)),
        "overdue": item.overdue.isoformat() if item.overdue else "",
        "qr": paths.qr_path(href),
        "poster": paths.poster_path(href) if has_poster(item) else "",
        "earlier": earlier_links(item),
        "reviewed": _reviewed(record, view),
        "counted": counted(record),
    }
    picture = image.src if image else share_image(item, view)
    canonical, shared = view.absolute(href), view.absolute(picture)
    told = structured.record(item, canonical, description, shared, view)
    return _Part(said, picture, told, stored(record, view))


def record_page(
    item: Planned, view: View, site: SiteContext, topics: dict[UUID, list[Planned]]
) -> RecordPage:
    """`topics` are the collections of the site by the records that belong to them."""
    record = item.record
    part = _part(item, view)
    said, picture = part.said, view.absolute(part.picture)
    canonical = view.absolute(paths.href(item.path))
    belongs = topics.get(record.id, ())
    return RecordPage(
        **said,
        canonical=canonical,
        site=site,
        og_image=picture,
        json_ld=(
            structured.on_site(part.told, canonical, picture, view),
            structured.breadcrumbs(said["trail"], record.title, canonical, view),
            *structured.answers(item, view),
        ),
        origin=_origin(item, view),
        topics=topic_links(without_labels(belongs)),
        related=cards(_related(item, view), view),
        data=_data(item, view, part.stored),
        labels=labels(belongs, view),
        ask=None if record.kind is Kind.STORY else _ask(item, view),
        newer=newer(item, view),
    )


def record_data(item: Planned, view: View) -> dict[str, Any]:
    """What `index.json` beside a record's page says: its public fields as stored, and where it is."""
    return _data(item, view, stored(item.record, view))


def _data(item: Planned, view: View, fields: dict[str, Any]) -> dict[str, Any]:
    owner = view.content.unions[item.record.union]
    state = state_context(item.state)
    return {
        **fields,
        "path": item.path,
        "url": view.absolute(paths.href(item.path)),
        "owner": _owner(owner, view),
        "state": {name: getattr(state, name) for name in _STATE} if state else None,
    }


def _owner(union: Union, view: View) -> dict[str, Any]:
    said: dict[str, Any] = _who(union)
    if union.region_code:
        said["region_code"] = union.region_code
    if union.closure is not None and union.closed(view.plan.as_of):
        answering = view.index.tree.answering(union.slug, view.plan.as_of)
        said["closed"] = {
            "how": union.closure.how,
            "since": union.closure.since.isoformat(),
            "successors": [_who(view.content.unions[slug]) for slug in answering],
        }
    return said


def _who(union: Union) -> dict[str, Any]:
    return {"slug": union.slug, "name": union.name, "url": f"{union.site.base_url}/"}


def _fields(item: Planned, view: View, root: str) -> dict[str, Any]:
    """The record's fields; the links in what the local union filled in are links of the local union."""
    record = item.record
    fields = {**shown(record, view, record.union, root), **more_fields(record, view, record.union, root)}
    if isinstance(record, Dataset):
        fields |= dataset_fields(record, item.path)
    if item.filled:
        local = shown(record, view, view.union.slug, root)
        fields.update({SLOT_FIELDS[slot]: local[SLOT_FIELDS[slot]] for slot in item.filled})
    return fields


def _related(item: Planned, view: View) -> list[Planned]:
    found = {other.record.id: other for id in item.record.related if (other := view.plan.by_source.get(id))}
    found |= {other.record.id: other for other in leading_back(item, view)}
    return [other for id, other in found.items() if id != item.record.id]


def _origin(item: Planned, view: View) -> LinkContext | None:
    """The record an edition stands for, where this union may know of it."""
    source = view.content.records.get(item.source.edition_of) if item.source.edition_of else None
    if source is None or not (source.union == view.union.slug or view.index.shared(source, view.union.slug)):
        return None
    url = view.index.public_url(source.id, view.plan.as_of)
    if url is None:
        return None
    owner = view.content.unions[source.union]
    title = view.index.entries[source.id].record.title
    return LinkContext(f"{owner.short}《{title}》", url)


def _reviewed(record: BaseRecord, view: View) -> tuple[str, str]:
    """Who reviewed it: said by the record, else by the union that wrote it for all of its records."""
    if record.reviewed is not None:
        return record.reviewed.by, record.reviewed.at.isoformat() if record.reviewed.at else ""
    return view.content.unions[record.union].site.reviewer, ""


def _ask(item: Planned, view: View) -> dict[str, Any] | None:
    """Whom readers are told to ask; on the site of a union that is no more, who took its place."""
    contact = item.record.contact
    union = view.union
    if view.closed and (contact is None or not (contact.phone or contact.url)):
        if not view.successors:
            return None
        names = "、".join(one.short for one in view.successors)
        alone = view.successors[0] if len(view.successors) == 1 else None
        url = f"{alone.site.base_url}{paths.ABOUT}" if alone else paths.ABOUT
        return {"name": names, "phone": view.hotline, "url": url}
    if contact is not None and (contact.phone or contact.url):
        href = view.href(contact.url, item.record.union) if contact.url else None
        return {"name": contact.name or union.short, "phone": contact.phone, "url": href or ""}
    reachable = next((contact for contact in union.site.contacts if contact.phone), None)
    if union.site.hotline or reachable is None:
        return {"name": union.short, "phone": union.site.hotline, "url": paths.ABOUT}
    return {"name": reachable.name or union.short, "phone": reachable.phone, "url": paths.ABOUT}
