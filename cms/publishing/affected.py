"""Which sites a change of `content/` can touch: pure, and rather one too many than one too few.

A site that is named here without need costs one plan and no page: a build renders only what differs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from site_builder.content_store import Content
from site_builder.plan import Tree
from site_builder.records import BaseRecord

_MEDIA = re.compile(r"media:([a-z0-9-]+/[^/\s\"'<>()\]\\]+)")


def affected(before: Content, after: Content) -> frozenset[str]:
    """Slugs of the unions (of `after`) whose site may differ between the two contents."""
    if _changed(before.unions, after.unions):
        # A union's name, level, address and place in the tree stand on sites above, below and beside it.
        return frozenset(after.unions)
    if before.synonyms != after.synonyms:
        return frozenset(after.unions)
    sites = {str(slug) for slug in _changed(before.adoptions, after.adoptions)}
    records = _changed(before.records, after.records)
    media = _changed_media(before, after)
    if media:
        records |= {record.id for record in after.records.values() if not media.isdisjoint(media_of(record))}
        logos = {f"media:{ref}" for ref in media}
        sites |= {union.slug for union in after.unions.values() if union.site.logo in logos}
    for content in (before, after):
        tree = Tree(content.unions)
        for record in _with_editions(records, content.records):
            sites |= reach(record, tree, content.unions)
    return frozenset(sites & after.unions.keys())


def _changed_media(before: Content, after: Content) -> set[str]:
    """The media, as `union/name`, of which the description, the file or the drawing beside it changed."""
    files = {
        file.removeprefix("media/")
        for file in _changed(before.versions, after.versions)
        if file.startswith("media/")
    }
    drawn = {
        ref
        for ref, media in (*before.media.items(), *after.media.items())
        if media.vector and f"{ref.partition('/')[0]}/{media.vector}" in files
    }
    return _changed(before.media, after.media) | files | drawn


def media_of(record: BaseRecord) -> frozenset[str]:
    """The media a record shows or attaches, as `union/name`."""
    return frozenset(_MEDIA.findall(record.model_dump_json()))


def reach(record: BaseRecord, tree: Tree, unions: Iterable[str]) -> set[str]:
    """The owner and every union the record is shared with, whether it takes it or not."""
    shared = {slug for slug in unions if tree.reaches(record.share, record.union, slug)}
    return shared | {record.union}


def _changed(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> set[Any]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _with_editions(changed: Iterable[UUID], records: Mapping[UUID, BaseRecord]) -> Iterable[BaseRecord]:
    """The changed records that exist here, and every edition that inherits from one of them."""
    editions: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for record in records.values():
        if record.edition_of is not None:
            editions[record.edition_of].append(record.id)
    pending, seen = list(changed), set()
    while pending:
        identity = pending.pop()
        if identity in seen:
            continue
        seen.add(identity)
        pending += editions.get(identity, ())
        if identity in records:
            yield records[identity]
