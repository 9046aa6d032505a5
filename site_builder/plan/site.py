"""One site's plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from site_builder import paths
from site_builder.content_store import Content
from site_builder.plan.common import Candidate
from site_builder.plan.former import led_by, redirects_of, tombstones_of
from site_builder.plan.index import Entry, Index, index_of, references
from site_builder.plan.instant import instant_of
from site_builder.plan.resolve import Candidates, Standing, candidates, compete, fill
from site_builder.plan.types import Planned, SitePlan, State
from site_builder.records import (
    BEIJING,
    BaseRecord,
    Collection,
    Guide,
    Kind,
    Problem,
    Story,
    Union,
)


def plan(content: Content, union: str, as_of: datetime, *, without: Iterable[UUID] = ()) -> SitePlan:
    """Everything the site of `union` contains at `as_of`, by the rules of DESIGN.md (Contracts, content/).

    `without`: records that are to be left out, because no page can be made of them. Pure: it reads no file
    and no clock. Raises KeyError for an unknown union and ValueError for a moment without a zone.
    """
    if as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone, for example 2025-04-08T09:00+08:00")
    as_of = as_of.astimezone(BEIJING)
    index = index_of(content)
    profile = content.unions[union]
    found = candidates(index, union)
    for id in without:
        if found.by_id.pop(id, None) is not None:
            found.required = ()
    standing = compete(index, union, found, as_of)
    problems = [*index.problems.get(union, ()), *found.problems, *standing.problems]
    problems.extend(_orphans(index, union, as_of))
    problems.extend(_taken_back(index, union, as_of))

    by_id = dict(standing.common.items) if standing.common else {}
    by_id.update((item.entry.id, item) for item in _items(index, union, standing, found, as_of, problems))
    by_source = _leads_here(by_id, standing)
    over = _superseded(by_source, standing, found, as_of)
    if over:
        by_id |= {id: replace(by_id[id], state=State("superseded")) for id in over}
        by_source = _leads_here(by_id, standing)
    items = tuple(sorted(by_id.values(), key=_youth))
    members = _members(items, by_source, index, union, problems)
    empty = [item for item in items if item.record.kind is Kind.COLLECTION and item.entry.id not in members]
    if empty:
        for item in empty:
            del by_id[item.entry.id]
        items, by_source = tuple(sorted(by_id.values(), key=_youth)), _leads_here(by_id, standing)
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
        next_change=_next_change(profile, index, found, items, standing, buried, as_of),
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
    """The records that stand apart from what siblings have as well, each at a path of its own.

    Of two that want one path the older keeps it.
    """
    taken: dict[str, UUID] = {}
    instant = instant_of(index, as_of)
    for candidate in sorted(standing.apart, key=_age):
        entry = candidate.entry
        path = index.path(entry, union)
        if path in taken or paths.RESERVED.fullmatch(path):
            holder = taken.get(path, "the further pages of a list")
            problems.append(
                index.problem(
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
        if "contact" in filled and index.content.unions[union].closed(as_of):
            record = record.model_copy(update={"contact": entry.record.contact})
            filled = tuple(slot for slot in filled if slot != "contact")
        pinned = _pinned(entry, union, found, as_of)
        if filled:
            yield instant.filled(entry, record, path, candidate.via, filled, pinned=pinned)
        else:
            yield instant.item(entry, path, candidate.via, pinned=pinned)


def _age(candidate: Candidate) -> tuple[float, int]:
    return candidate.entry.age


def _youth(item: Planned) -> tuple[float, int]:
    published, number = item.entry.age
    return -published, number


def _pinned(entry: Entry, union: str, found: Candidates, as_of: datetime) -> bool:
    """Pinned by its own union, or by an adoption of it or of a record in whose place it stands."""
    until = _pinned_until(entry, union)
    if until is not None and as_of < until:
        return True
    if not found.adoptions:
        return False
    ids = (entry.id, *(source.id for source in entry.sources))
    return any(id in found.adoptions and found.adoptions[id].pins(as_of) for id in ids)


def _pinned_until(entry: Entry, union: str) -> datetime | None:
    record = entry.source
    return record.pinned_until if isinstance(record, Story) and record.union == union else None


def _leads_here(by_id: Mapping[UUID, Planned], standing: Standing) -> dict[UUID, Planned]:
    """Each item by its own id and by those of the records it stands for."""
    found = dict(by_id)
    for candidate in standing.apart:
        entry = candidate.entry
        if not entry.sources and entry.id not in standing.replaced:
            continue
        item = by_id.get(entry.id)
        if item is not None:
            replaced = (other.entry.id for other in standing.replaced.get(entry.id, ()))
            for id in (*(source.id for source in entry.sources), *replaced):
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
    if not any(isinstance(item.record, Collection) for item in items):
        return {}
    position = {item.entry.number: place for place, item in enumerate(items)}
    by_topic: dict[str, list[Planned]] = {}
    for item in items:
        if not isinstance(item.record, Collection):
            for topic in item.record.topics:
                by_topic.setdefault(topic, []).append(item)
    members: dict[UUID, tuple[Planned, ...]] = {}
    for item in items:
        if isinstance(item.record, Collection):
            named = (by_source[id] for id in item.record.items if id in by_source)
            chosen = {one.entry.number: one for one in named if not isinstance(one.record, Collection)}
            asked = {
                other.entry.number: other for topic in item.record.query for other in by_topic.get(topic, ())
            }
            for number in sorted(asked, key=position.__getitem__):
                chosen.setdefault(number, asked[number])
            listed = _in_order(item.record, chosen.values(), position)
            if item.record.demands_source:
                if item.record.union == union:
                    problems.extend(_unsourced(index, item.record, listed))
                listed = [member for member in listed if _names_source(member.record, item.record)]
            if listed or item.record.milestones:
                members[item.record.id] = tuple(listed)
            elif item.record.union == union and not _for_others(item.record, index):
                problems.append(_empty(index, item.record, found=bool(chosen)))
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


def _empty(index: Index, collection: Collection, *, found: bool) -> Problem:
    """Why a collection of this union has no page."""
    if found:
        why, todo = "nothing that it lists names its source", "Write the sources of what it lists"
    elif collection.items or collection.query:
        why = "nothing that it names, and nothing with its topics, is on this site now"
        todo = "Publish what belongs to it, correct items and query"
    else:
        why, todo = "it names no records and no topics", "Fill in items or query"
    return index.problem(
        collection,
        "collection-empty",
        f"This collection has no page: {why}",
        f"{todo}; the page comes by itself with the first item.",
        "items" if collection.items or not collection.query else "query",
    )


def _in_order(
    collection: Collection, chosen: Iterable[Planned], position: Mapping[int, int]
) -> list[Planned]:
    if collection.order == "listed":
        return list(chosen)
    newest = sorted(chosen, key=lambda item: position[item.entry.number])
    return newest if collection.order == "newest" else newest[::-1]


def _names_source(record: BaseRecord, collection: Collection) -> bool:
    """Whether a record says from which paper it is; in a digest also when that was printed."""
    if not isinstance(record, Story) or record.source is None:
        return False
    return collection.type != "digest" or record.source.issue_date is not None


def _unsourced(index: Index, collection: Collection, listed: Iterable[Planned]) -> Iterator[Problem]:
    for member in listed:
        if not _names_source(member.record, collection):
            yield index.problem(
                collection,
                "source-missing",
                f"{member.record.title} does not name its source, so it is not listed here",
                "Write its source (in a digest with issue_date), or take it out of this collection.",
                "items",
            )


def _superseded(
    by_source: Mapping[UUID, Planned], standing: Standing, found: Candidates, as_of: datetime
) -> set[UUID]:
    """The guides whose place another takes: they say so, and go on saying so when that one is withdrawn."""
    over: set[UUID] = set()
    candidates: Iterable[Candidate] = found.by_id.values()
    if (common := standing.common) is not None:
        candidates = (*common.replacing, *found.unrequired())
    for candidate in candidates:
        newer, life = candidate.entry.record, candidate.entry.life
        if not isinstance(newer, Guide) or not newer.supersedes:
            continue
        stands = by_source.get(newer.id)
        if stands is None and not life.buried(as_of):
            continue
        for id in newer.supersedes:
            old = by_source.get(id)
            # Two that name each other would both be gone: then neither is.
            if old is None or old is stands or {newer.id} & _replaces(old):
                continue
            over.add(old.record.id)
    return over


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
            yield index.problem(
                source,
                "edition-source-withdrawn",
                "The source of this edition was withdrawn, and the edition with it",
                "Withdraw it too, or write what is missing here and remove edition_of.",
                "edition_of",
            )
        elif entry.life.end is not None and entry.life.end <= as_of:
            yield index.problem(
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
            yield index.problem(
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
    items: Sequence[Planned],
    standing: Standing,
    buried: Iterable[UUID],
    as_of: datetime,
) -> datetime | None:
    """The first moment after `as_of` at which anything a page of this site shows may change."""
    instant = instant_of(index, as_of)
    changes = [instant.first_of((*union.moments(), *index.tree.closings()))]
    candidates: Iterable[Candidate] = found.by_id.values()
    if standing.common is not None:
        changes.append(standing.common.next_change)
        apart = {candidate.entry.number for candidate in standing.apart}
        items = [item for item in items if item.entry.number in apart]
        candidates = found.unrequired()
    changes += (instant.next_of(candidate.entry) for candidate in candidates)
    pins = (
        *(_pinned_until(item.entry, union.slug) for item in items),
        *(adoption.until for adoption in found.adoptions.values()),
    )
    changes.append(instant.first_of(until for until in pins if until is not None))
    changes += map(instant.next_shown, items)
    linked: set[UUID] = set()
    for item in items:
        if item.filled:
            linked.update(references(item.record))
    for id in buried:
        linked.update(index.references(index.entries[id]))
        linked.update(*(references(source) for source in index.entries[id].sources))
        linked.update(led_by(index, id))
    changes += instant.next_of_linked(linked)
    return min((change for change in changes if change is not None), default=None)
