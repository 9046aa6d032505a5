"""Which sites a change of `content/` can touch: pure, and rather one too many than one too few.

A site that is named here without need costs one plan and no page: a build renders only what differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from site_builder.content_store import Content
from site_builder.plan import Index, Tree, index_of, led_by, references
from site_builder.records import BaseRecord


def affected(before: Content, after: Content) -> frozenset[str]:
    """Slugs of the unions (of `after`) whose site may differ between the two contents."""
    if before.network != after.network or before.synonyms != after.synonyms:
        # A union's name, level, address and place in the tree stand on sites above, below and beside it.
        return frozenset(after.unions)
    sites: set[str] = _changed(before.unions, after.unions) | _changed(before.adoptions, after.adoptions)
    records: set[UUID] = _changed(before.records, after.records)
    if media := _changed_media(before, after):
        for content in (before, after):
            naming = {file for file, names in content.pictured.items() if not media.isdisjoint(names)}
            records |= {id for id, file in content.files.items() if file in naming}
            sites |= {PurePosixPath(file).stem for file in naming if not file.startswith("records/")}
    for content in (before, after):
        index = index_of(content)
        shown = _with_who_names(records, index)
        for record in _with_editions(shown, content.records):
            sites |= reach(record, index.tree, content.unions)
        sites |= _who_says_so(shown, content)
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


def reach(record: BaseRecord, tree: Tree, unions: Iterable[str]) -> set[str]:
    """The owner and every union the record is shared with, whether it takes it or not."""
    shared = {slug for slug in unions if tree.reaches(record.share, record.union, slug)}
    return shared | {record.union}


_DEEP = 2
"""A page shows those whom its record names, and on their cards whom these name in their turn."""


def _with_who_names(changed: set[UUID], index: Index) -> set[UUID]:
    """The changed records, those that name one of them or link to it, and those that lead readers there.

    Who carries one of these need not carry what changed: its title and address, or that it is gone, show.
    """
    if not changed:
        return set()
    found = set(changed)
    for _ in range(_DEEP):
        found |= {
            entry.id for entry in index.entries.values() if not found.isdisjoint(index.references(entry))
        }
    withdrawn = [entry.id for entry in index.entries.values() if entry.life.withdrawal is not None]
    return found | {id for id in withdrawn if not found.isdisjoint(led_by(index, id))}


def _who_says_so(shown: set[UUID], content: Content) -> set[str]:
    """The unions that link to one of these in their menus, or in what they filled in."""
    if not shown:
        return set()
    found = {slug for slug, union in content.unions.items() if not shown.isdisjoint(references(union))}
    for slug, adoptions in content.adoptions.items():
        slots = (adoption.slots for adoption in adoptions if adoption.slots is not None)
        if any(not shown.isdisjoint(references(said)) for said in slots):
            found.add(slug)
    return found


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
