"""The page of a story, a program or a guide, and the data beside it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from site_builder import paths
from site_builder.contexts import LinkContext, RecordPage, SiteContext
from site_builder.pages import structured
from site_builder.pages.blocks import body_context, contents
from site_builder.pages.fields import shown, stored
from site_builder.pages.site import HOME_LINK, cards, lead_image, section_link, state_context, topic_links
from site_builder.pages.view import View, parsed
from site_builder.plan import Planned
from site_builder.records import SLOT_FIELDS, Kind


def record_page(
    item: Planned, view: View, site: SiteContext, topics: dict[UUID, list[Planned]]
) -> RecordPage:
    """`topics` are the collections of the site by the records that belong to them."""
    record = item.record
    root = paths.root_of(item.path)
    canonical = view.absolute(paths.href(item.path))
    description = view.summary(record, 120)
    trail = (HOME_LINK, section_link(record.kind))
    image = lead_image(item, view)
    picture = view.absolute(image.src) if image else ""
    blocks = body_context(parsed(record.body), view, record.union, root)
    updated = record.updated if record.updated and record.updated <= view.plan.as_of else None
    return RecordPage(
        template=f"{record.kind.value}.html",
        path=item.path,
        root=root,
        title=record.title,
        description=description,
        canonical=canonical,
        site=site,
        trail=trail,
        og_type="website" if record.kind is Kind.PROGRAM else "article",
        og_image=picture,
        json_ld=(
            structured.record(item, canonical, description, picture, view),
            structured.breadcrumbs(trail, record.title, canonical, view),
        ),
        record=_fields(item, view, root),
        body=blocks,
        contents=contents(blocks),
        state=state_context(item.state),
        date=record.published.isoformat(),
        updated=updated.isoformat() if updated else "",
        owner=view.union_link(view.content.unions[record.union]),
        own=record.union == view.union.slug,
        origin=_origin(item, view),
        topics=topic_links(topics.get(record.id, ())),
        related=cards(_related(item, view), view),
        json_path=paths.json_path(item.path),
        data=record_data(item, view),
        ask=None if record.kind is Kind.STORY else _ask(item, view),
    )


def record_data(item: Planned, view: View) -> dict[str, Any]:
    """What `index.json` beside a record's page says: its public fields as stored, and where it is."""
    owner = view.content.unions[item.record.union]
    state = state_context(item.state)
    return {
        **stored(item.record, view),
        "path": item.path,
        "url": view.absolute(paths.href(item.path)),
        "owner": {"slug": owner.slug, "name": owner.name, "url": f"{owner.site.base_url}/"},
        "state": asdict(state) if state else None,
    }


def _fields(item: Planned, view: View, root: str) -> dict[str, Any]:
    """The record's fields; the links in what the local union filled in are links of the local union."""
    record = item.record
    fields = shown(record, view, record.union, root)
    if item.filled:
        local = shown(record, view, view.union.slug, root)
        fields.update({SLOT_FIELDS[slot]: local[SLOT_FIELDS[slot]] for slot in item.filled})
    return fields


def _related(item: Planned, view: View) -> list[Planned]:
    found = {other.record.id: other for id in item.record.related if (other := view.plan.by_source.get(id))}
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


def _ask(item: Planned, view: View) -> dict[str, Any]:
    contact = item.record.contact
    union = view.union
    if contact is not None and (contact.phone or contact.url):
        href = view.href(contact.url, item.record.union) if contact.url else None
        return {"name": contact.name or union.short, "phone": contact.phone, "url": href or ""}
    reachable = next((contact for contact in union.site.contacts if contact.phone), None)
    if union.site.hotline or reachable is None:
        return {"name": union.short, "phone": union.site.hotline, "url": paths.ABOUT}
    return {"name": reachable.name or union.short, "phone": reachable.phone, "url": paths.ABOUT}
