"""One site's plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from site_builder import paths
from site_builder.content_store import Content
from site_builder.plan.former import redirects_of, tombstones_of
from site_builder.plan.index import Entry, Index, index_of, problem, references
from site_builder.plan.resolve import Candidate, Candidates, Standing, candidates, compete, fill
from site_builder.plan.states import moments, overdue, state_and_later, takes_effect
from site_builder.plan.types import Planned, SitePlan, State
from site_builder.records import (
    BEIJING,
    BaseRecord,
    Collection,
    Event,
    Guide,
    Kind,
    Problem,
    Program,
    Story,
    Union,
)


def plan(content: Content, union: str, as_of: datetime) -> SitePlan:
    """Everything the site of `union` contains at `as_of`, by the rules of DESIGN.md (Contracts, content/).

    Pure: it reads no file and no clock. Raises KeyError for an unknown union and ValueError for a moment
    without a zone.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone, for example 2025-04-08T09:00+08:00")
    as_of = as_of.astimezone(BEIJING)
    index = index_of(content)
    profile = content.unions[union]
    found = candidates(index, union)
    standing = compete(index, union, found, as_of)
    problems = [*index.problems.get(union, ()), *found.problems, *standing.problems]
    problems.extend(_orphans(index, union, as_of))
    problems.extend(_taken_back(index, union, as_of))

    items = tuple(_newest_first(_items(index, union, standing, found, as_of, problems)))
    items = _with_superseded(items, _leads_here(items, standing), found, as_of)
    members = _members(items, _leads_here(items, standing), index, union, problems)
    items = tuple(
        item for item in items if item.record.kind is not Kind.COLLECTION or item.record.id in members
    )
    by_id = {item.record.id: item for item in items}
    by_source = _leads_here(items, standing)
    taken = {item.path for item in items}
    tombstones = tombstones_of(index, union, found, by_source, taken, as_of)
    taken.update(tombstone.path for tombstone in tombstones)
    buried = {tombstone.record: tombstone.path for tombstone in tombstones}
    redirects = redirects_of(index, union, found, by_id, standing, buried, taken, problems)
    return SitePlan(
        union=profile,
        as_of=as_of,
        items=items,
        tombstones=tombstones,
        redirects=redirects,
        next_change=_next_change(profile, index, found, items, buried, as_of),
        problems=tuple(problems),
        by_id=by_id,
        by_source=by_source,
        members=members,
    )


def _items(
    index: Index,
    union: str,
    standing: Standing,
    found: Candidates,
    as_of: datetime,
    problems: list[Problem],
) -> Iterator[Planned]:
    """The records that stand, each at a path of its own; of two that want one path the older keeps it."""
    taken: dict[str, UUID] = {}
    for candidate in sorted(standing.winners, key=lambda candidate: candidate.entry.age):
        entry = candidate.entry
        path = index.path(entry, union)
        if path in taken or paths.RESERVED.fullmatch(path):
            holder = taken.get(path, "the further pages of a list")
            problems.append(
                problem(
                    entry.source,
                    "path-taken",
                    f"{path} already belongs to {holder}; the record is not shown",
                    "Give it another slug.",
                    "slug",
                    "error",
                )
            )
            continue
        taken[path] = entry.id
        record, filled, refused = fill(union, candidate, found)
        problems.extend(refused)
        pinned = _pinned(entry, found)
        if filled:
            yield _item(candidate, record, path, pinned, filled, as_of, index)
            continue
        # Without anything of this union's own it is the same on many sites: one object for all.
        key = ("plan.item", id(entry), path, candidate.via, pinned, as_of)
        known: Planned | None = index.memo.get(key)
        if known is None:
            known = index.memo[key] = _item(candidate, record, path, pinned, filled, as_of, index)
        yield known


def _item(
    candidate: Candidate,
    record: BaseRecord,
    path: str,
    pinned: bool,
    filled: tuple[str, ...],
    as_of: datetime,
    index: Index,
) -> Planned:
    stands = _state(record, as_of, index, filled)
    return Planned(
        record=told(record, stands, as_of, index, filled),
        source=candidate.entry.source,
        path=path,
        via=candidate.via,
        pinned=pinned,
        filled=filled,
        state=stands,
        overdue=overdue(record, as_of),
    )


def _state(record: BaseRecord, as_of: datetime, index: Index, filled: tuple[str, ...]) -> State | None:
    """What many sites show is looked at once."""
    if filled:
        return state_and_later(record, as_of)
    key = ("plan.state", id(record), as_of)
    if key not in index.memo:
        index.memo[key] = state_and_later(record, as_of)
    found: State | None = index.memo[key]
    return found


def told(
    record: BaseRecord, stands: State | None, as_of: datetime, index: Index, filled: tuple[str, ...]
) -> BaseRecord:
    """A record without what is not to be told now; the same object for all sites.

    Of an event that is not over, what came of it; outside the days of public notice, the list of names.
    """
    hidden = _untold(record, stands, as_of)
    if not hidden:
        return record
    key = ("plan.told", id(record))
    if key not in index.memo or filled:
        kept = record.model_copy(update=hidden)
        if filled:
            return kept
        index.memo[key] = kept
    found: BaseRecord = index.memo[key]
    return found


def _untold(record: BaseRecord, stands: State | None, as_of: datetime) -> dict[str, Any]:
    if isinstance(record, Event) and (record.outcome or record.results):
        over = stands is not None and stands.code in ("past", "ended")
        return {} if over else {"outcome": (), "results": ()}
    if isinstance(record, Program | Guide):
        publicity = record.publicity
        if publicity is not None and publicity.entries and not publicity.is_open(as_of):
            return {"publicity": publicity.model_copy(update={"entries": ()})}
    return {}


def _newest_first(planned: Iterable[Planned]) -> list[Planned]:
    items = sorted(planned, key=lambda item: item.record.id.int)  # a UUID compares by it, more slowly
    return sorted(items, key=lambda item: item.record.published, reverse=True)


def _pinned(entry: Entry, found: Candidates) -> bool:
    """Pinned itself, or in the place of a record that is."""
    ids = (entry.id, *(source.id for source in entry.sources))
    return any(id in found.adoptions and found.adoptions[id].action == "pin" for id in ids)


def _leads_here(items: Iterable[Planned], standing: Standing) -> dict[UUID, Planned]:
    """Each item by its own id and by those of the records it stands for."""
    by_id = {item.record.id: item for item in items}
    found = dict(by_id)
    for candidate in standing.winners:
        item = by_id.get(candidate.entry.id)
        if item is not None:
            replaced = (other.entry.id for other in standing.replaced.get(candidate.entry.id, ()))
            for id in (*(source.id for source in candidate.entry.sources), *replaced):
                found.setdefault(id, item)
    return found


def _members(
    items: tuple[Planned, ...],
    by_source: dict[UUID, Planned],
    index: Index,
    union: str,
    problems: list[Problem],
) -> dict[UUID, tuple[Planned, ...]]:
    """What belongs to each collection that has something to show, in its order.

    A collection that demands sources has none of the records that do not name theirs; the owner is told.
    """
    position = {item.record.id: number for number, item in enumerate(items)}
    by_topic: dict[str, list[Planned]] = {}
    for item in items:
        if not isinstance(item.record, Collection):
            for topic in item.record.topics:
                by_topic.setdefault(topic, []).append(item)
    members: dict[UUID, tuple[Planned, ...]] = {}
    for item in items:
        if isinstance(item.record, Collection):
            chosen = {
                by_source[id].record.id: by_source[id]
                for id in item.record.items
                if id in by_source and not isinstance(by_source[id].record, Collection)
            }
            asked = {
                other.record.id: other for topic in item.record.query for other in by_topic.get(topic, ())
            }
            for id in sorted(asked, key=position.__getitem__):
                chosen.setdefault(id, asked[id])
            listed = _in_order(item.record, chosen.values(), position)
            if item.record.demands_source:
                if item.record.union == union:
                    problems.extend(_unsourced(item.record, listed))
                listed = [member for member in listed if _names_source(member.record, item.record)]
            if listed or item.record.milestones:
                members[item.record.id] = tuple(listed)
            elif item.record.union == union and not _for_others(item.record, index):
                problems.append(_empty(item.record, found=bool(chosen)))
    return members


def _for_others(collection: Collection, index: Index) -> bool:
    """Whether it may have a page where it is shared: there is something in the network that belongs to it."""
    if collection.share.mode == "none":
        return False
    topics: set[str] | None = index.memo.get("plan.topics")
    if topics is None:
        every = (entry.record.topics for entry in index.entries.values())
        topics = index.memo["plan.topics"] = {topic for of_one in every for topic in of_one}
    return not topics.isdisjoint(collection.query) or any(id in index.entries for id in collection.items)


def _empty(collection: Collection, *, found: bool) -> Problem:
    """Why a collection of this union has no page."""
    if found:
        why, todo = "nothing that it lists names its source", "Write the sources of what it lists"
    elif collection.items or collection.query:
        why = "nothing that it names, and nothing with its topics, is on this site now"
        todo = "Publish what belongs to it, correct items and query"
    else:
        why, todo = "it names no records and no topics", "Fill in items or query"
    return problem(
        collection,
        "collection-empty",
        f"This collection has no page: {why}",
        f"{todo}; the page comes by itself with the first item.",
        "items" if collection.items or not collection.query else "query",
    )


def _in_order(
    collection: Collection, chosen: Iterable[Planned], position: Mapping[UUID, int]
) -> list[Planned]:
    if collection.order == "listed":
        return list(chosen)
    newest = sorted(chosen, key=lambda item: position[item.record.id])
    return newest if collection.order == "newest" else newest[::-1]


def _names_source(record: BaseRecord, collection: Collection) -> bool:
    """Whether a record says from which paper it is; in a digest also when that was printed."""
    if not isinstance(record, Story) or record.source is None:
        return False
    return collection.type != "digest" or record.source.issue_date is not None


def _unsourced(collection: Collection, listed: Iterable[Planned]) -> Iterator[Problem]:
    for member in listed:
        if not _names_source(member.record, collection):
            yield problem(
                collection,
                "source-missing",
                f"{member.record.title} does not name its source, so it is not listed here",
                "Write its source (in a digest with issue_date), or take it out of this collection.",
                "items",
            )


def _with_superseded(
    items: tuple[Planned, ...], by_source: Mapping[UUID, Planned], found: Candidates, as_of: datetime
) -> tuple[Planned, ...]:
    """A guide whose place another takes says so, and goes on saying so when that one is withdrawn."""
    over: set[UUID] = set()
    for candidate in found.by_id.values():
        newer, life = candidate.entry.record, candidate.entry.life
        if not isinstance(newer, Guide) or not newer.supersedes:
            continue
        standing = by_source.get(newer.id)
        if standing is None and not life.buried(as_of):
            continue
        for id in newer.supersedes:
            old = by_source.get(id)
            # Two that name each other would both be gone: then neither is.
            if old is None or old is standing or {newer.id} & _replaces(old):
                continue
            over.add(old.record.id)
    return tuple(
        replace(item, state=State("superseded")) if item.record.id in over else item for item in items
    )


def _replaces(item: Planned) -> frozenset[UUID]:
    return frozenset(item.record.supersedes) if isinstance(item.record, Guide) else frozenset()


def _orphans(index: Index, union: str, as_of: datetime) -> Iterator[Problem]:
    """Editions of this union that went with their source."""
    for entry in index.own.get(union, ()):
        source = entry.source
        if not entry.sources or source.published > as_of or (source.expires and source.expires <= as_of):
            continue
        if source.withdrawn and source.withdrawn.at <= as_of:
            continue
        if entry.life.withdrawal is not None and entry.life.withdrawal.at <= as_of:
            yield problem(
                source,
                "edition-source-withdrawn",
                "The source of this edition was withdrawn, and the edition with it",
                "Withdraw it too, or write what is missing here and remove edition_of.",
                "edition_of",
            )
        elif entry.life.end is not None and entry.life.end <= as_of:
            yield problem(
                source,
                "edition-source-expired",
                "The source of this edition has expired, and the edition with it",
                "Give it an expiry too, or write what is missing here and remove edition_of.",
                "edition_of",
            )


def _taken_back(index: Index, union: str, as_of: datetime) -> Iterator[Problem]:
    """Records of this union that went because somebody whom they show took their consent back."""
    day = as_of.date()
    for entry in index.own.get(union, ()):
        record = entry.source
        if any(consent.ended and consent.ended <= day for consent in record.consents):
            yield problem(
                record,
                "consent-ended",
                "Somebody took back the consent to be shown: the record is on no site",
                "Take out what shows them, then remove the consent; or withdraw the record.",
                "consents",
            )


def _next_change(
    union: Union,
    index: Index,
    found: Candidates,
    items: tuple[Planned, ...],
    buried: Iterable[UUID],
    as_of: datetime,
) -> datetime | None:
    """The first moment after `as_of` at which anything a page of this site shows may change."""
    changes = {_next(union.moments(), as_of)}
    changes.update(_next_of(candidate.entry, index, as_of) for candidate in found.by_id.values())
    linked: set[UUID] = set()
    for item in items:
        changes.add(_next_on_page(item, index, as_of))
        if item.filled:
            linked.update(references(item.record))
    for id in buried:
        linked.update(index.references(index.entries[id]))
        linked.update(*(references(source) for source in index.entries[id].sources))
    changes.update(_next_of_linked(linked, index, as_of))
    return min((change for change in changes if change is not None), default=None)


def _next(changes: Iterable[datetime], as_of: datetime) -> datetime | None:
    return min((change for change in changes if change > as_of), default=None)


def _next_of(entry: Entry, index: Index, as_of: datetime) -> datetime | None:
    """When what a record is to the sites that may show it changes next."""
    key = ("plan.next", id(entry), as_of)
    if key not in index.memo:
        # An edition's own dates decide whether its source's end is worth a problem.
        source = entry.source
        own = (source.published, source.expires, source.withdrawn.at if source.withdrawn else None,
               takes_effect(source) if entry.sources else None)  # fmt: skip
        changes = (*entry.life.moments(), *(change for change in own if change is not None))
        index.memo[key] = _next(changes, as_of)
    found: datetime | None = index.memo[key]
    return found


def _next_on_page(item: Planned, index: Index, as_of: datetime) -> datetime | None:
    """When what its page says of a record, or of those that it names, changes next."""
    key = ("plan.next on page", item.record.id, as_of)
    if item.filled or key not in index.memo:
        linked = index.references(index.entries[item.record.id])
        changes = (_next(moments(item.record, as_of), as_of), *_next_of_linked(linked, index, as_of))
        first = min((change for change in changes if change is not None), default=None)
        if item.filled:
            return first
        index.memo[key] = first
    found: datetime | None = index.memo[key]
    return found


def _next_of_linked(linked: Iterable[UUID], index: Index, as_of: datetime) -> Iterator[datetime | None]:
    for id in linked:
        if id in index.entries:
            yield _next(index.entries[id].life.moments(), as_of)
