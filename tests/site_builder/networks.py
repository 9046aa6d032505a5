"""Random networks, and a second opinion on what each site may show.

The oracle says the rules again as plainly as it can, without an index, and slowly: it shares no code with
`site_builder.plan` but the record types.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from site_builder.records import BaseRecord, Collection, Kind, start_of
from tests.builders import NOW, TREE, Network, days

TARGETS = [
    *["descendants"] * 4, *["children"] * 2, "level:county", "level:city", "line:jiaoyu",
    "union:pingdu", "union:huaian",
]  # fmt: skip
OFFSETS = [-9, -5, -2, -1, -0.5, 0, 0.5, 1, 2, 5, 9]
KINDS = [
    Kind.STORY, Kind.PROGRAM, Kind.GUIDE, Kind.COLLECTION, Kind.EVENT, Kind.PLACE, Kind.SERVICE,
]  # fmt: skip
OWNERS = ["acftu", "acftu", "shandong", "shandong", "qingdao", "pingdu", "jiangsu", "xuyi", "jiaoyu"]
"""Upper unions more often: what they share is what makes sites differ."""
MOMENTS = st.integers(-200, 240).map(lambda hours: NOW + days(hours / 24))


def word(number: int, place: str) -> str:
    """A word that stands in one field of one record and nowhere else."""
    return f"{place}之{number}号。"


def networks() -> st.SearchStrategy[Network]:
    """The tree of the builders with some records, each of which says its number in every text it has.

    Drawn by seed: hypothesis prefers small and equal values, and then hardly any record is shared, adopted
    and an edition at once.
    """
    return st.integers(0, 2**32).map(lambda seed: network_of(Random(seed)))


def network_of(random: Random) -> Network:
    network = Network()
    ids: list[UUID] = []
    for number in range(random.randint(4, 9)):
        ids.append(_record(random, network, number, ids))
    for id in random.choices(ids, k=random.randint(0, 4)):
        record = network.records[id]
        slots = random.choice([{}, {"contact": {"phone": f"0532-{id}"}}])
        union = random.choice(_concerned(network, record))
        network.adopt(union, record, random.choice(["take", "hide", "pin"]), _until(random), **slots)
    if random.random() < 0.5:
        network.union("pingdu", "qingdao", "county", subscriptions=["夜校"])
    return network


def _record(random: Random, network: Network, number: int, ids: list[UUID]) -> UUID:
    kind, owner = random.choice(KINDS), random.choice(OWNERS)
    fields: dict[str, Any] = {
        "title": word(number, "标题"),
        "summary": random.choice(["", word(number, "提要")]),
        "body": word(number, "正文"),
        "topics": random.choice([[], ["夜校"], ["夜校", "互助"]]),
        "published": NOW + days(random.choice([-9, -9, -8, -5, -2, 0, 1, 4])),
        "share": _share(random),
        "former_paths": random.choice([[], ["/programs/jiu/"], [f"/guides/r{number}/", "/news/jiu.html"]]),
    }
    if random.random() < 0.3:
        fields["updated"] = fields["published"] + days(random.choice([1, 3, 6]))
    if random.random() < 0.2:
        fields["expires"] = NOW + days(random.choice(OFFSETS))
    if random.random() < 0.2:
        fields["withdrawn"] = {"at": NOW + days(random.choice(OFFSETS)), "reason": word(number, "理由")}
    if ids:
        other = random.choice(ids)
        source = network.records[other]
        if random.random() < 0.5:
            fields["body"] += f"\n\n[见](record:{other})和[单](/programs/)"
        if "withdrawn" in fields and random.random() < 0.5:
            fields["withdrawn"]["redirect"] = f"record:{other}"
        if random.random() < 0.5:
            kind, owner = source.kind, random.choice(_concerned(network, source))
            fields["edition_of"] = other
            fields["title"] = random.choice(["", fields["title"]])
            fields["body"] = random.choice(["", fields["body"]])
        fields["related"] = random.choice([[], [other]])
    if kind is Kind.COLLECTION:
        fields |= {"items": ids[:1], "query": ["互助"]}
    if kind in (Kind.PROGRAM, Kind.GUIDE) and random.random() < 0.5:
        opens = random.choice(OFFSETS)
        fields["window"] = {
            "opens": NOW + days(opens),
            "closes": NOW + days(opens + random.choice([1, 3, 9])),
        }
    if random.random() < 0.15:
        fields["review_due"] = (NOW + days(random.choice(OFFSETS))).date()
    if kind in (Kind.PROGRAM, Kind.GUIDE) and random.random() < 0.3:
        first = NOW + days(random.choice(OFFSETS))
        fields["publicity"] = {"window": {"opens": first, "closes": first + days(3)}}
    if kind is Kind.EVENT:
        fields |= _event(random, number, ids)
    elif kind is Kind.SERVICE:
        fields |= {"places": ids[-2:]}
    elif kind is Kind.STORY and random.random() < 0.3:
        fields["pinned_until"] = NOW + days(random.choice(OFFSETS))
    elif kind is Kind.PLACE:
        fields |= {"hours": [{"days": ["mon", "tue"], "opens": "08:00", "closes": "17:00"}]}
    made = network.record(kind, owner, f"r{number}", **fields)
    id: UUID = made.id
    return id


def _until(random: Random) -> datetime | None:
    return NOW + days(random.choice(OFFSETS)) if random.random() < 0.5 else None


def _event(random: Random, number: int, ids: list[UUID]) -> dict[str, Any]:
    starts = NOW + days(random.choice(OFFSETS))
    session: dict[str, Any] = {"starts": starts, "ends": starts + days(random.choice([0.1, 1, 3]))}
    if random.random() < 0.5:
        daily = {"every": "day", "until": (max(NOW, starts) + days(4)).date()}
        session["repeats"] = random.choice([{}, {"count": 3}, daily])
    opens = random.choice(OFFSETS)
    window = {"opens": NOW + days(opens), "closes": NOW + days(opens + 3)}
    return {
        "sessions": random.choice([[], [session], [session, {"starts": (NOW + days(2)).date()}]]),
        "window": random.choice([None, window, {"opens": window["opens"]}]),
        "results": random.choice([[], [{"name": word(number, "名单")}]]),
        "venue": random.choice([None, *ids[-1:]]),
    }


def _share(random: Random) -> dict[str, Any]:
    if random.random() < 0.2:
        return {"mode": "none"}
    return {
        "mode": random.choice(["offer", "required", "required"]),
        "to": random.sample(sorted(set(TARGETS)), 2) if random.random() < 0.2 else [random.choice(TARGETS)],
        "slots": random.choice([[], ["contact"]]),
    }


def _concerned(network: Network, record: BaseRecord) -> list[str]:
    """Mostly the unions with which the record is shared; one other."""
    shared = [slug for slug in TREE if Oracle(network, slug, NOW).addressed(record, slug)]
    return [*shared, "xuyi"]


# --- the oracle -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Oracle:
    network: Network
    union: str
    now: datetime

    def above(self, slug: str) -> list[str]:
        parent = self.network.unions[slug].parent
        return [] if parent is None else [parent, *self.above(parent)]

    def addressed(self, record: BaseRecord, slug: str) -> bool:
        """Whether a record is shared with a union, in any mode."""
        if record.union == slug or record.share.mode == "none":
            return False
        union = self.network.unions[slug]
        for target in record.share.to:
            name, _, value = target.partition(":")
            if (
                (name == "descendants" and record.union in self.above(slug))
                or (name == "children" and record.union == union.parent)
                or (name == "level" and union.level == value)
                or (name == "line" and (union.industry_line == value or value in self.above(slug)))
                or (name == "union" and slug == value)
            ):
                return True
        return False

    def required(self, record: BaseRecord, slug: str) -> bool:
        uppers = self.above(slug)
        lines = [self.network.unions[each].industry_line for each in (slug, *uppers)]
        return (
            record.share.mode == "required"
            and self.addressed(record, slug)
            and record.union in (*uppers, *lines)
        )

    def source(self, record: BaseRecord) -> BaseRecord | None:
        return self.network.records.get(record.edition_of) if record.edition_of else None

    def chain(self, record: BaseRecord) -> list[BaseRecord]:
        source = self.source(record)
        return [record] if source is None else [record, *self.chain(source)]

    def valid(self, record: BaseRecord) -> bool:
        source = self.source(record)
        if source is None:
            return True
        known = source.union == record.union or self.addressed(source, record.union)
        return known and source.kind == record.kind and self.valid(source)

    def alive(self, record: BaseRecord) -> bool:
        return all(
            link.published <= self.now
            and not (link.expires and link.expires <= self.now)
            and not (link.withdrawn and link.withdrawn.at <= self.now)
            for link in self.chain(record)
        )

    def chosen(self, record: BaseRecord) -> bool:
        """Whether a record may stand here at some time."""
        if record.union == self.union or self.required(record, self.union):
            return True
        if not self.addressed(record, self.union):
            return False
        adoptions = [each for each in self.network.adoptions.get(self.union, []) if each.record == record.id]
        if adoptions:
            return adoptions[0].action != "hide"
        topics = next((link.topics for link in self.chain(record) if link.topics), ())
        return bool(set(topics) & set(self.network.unions[self.union].subscriptions))

    def candidates(self) -> list[BaseRecord]:
        return [each for each in self.network.records.values() if self.valid(each) and self.chosen(each)]

    def visible(self) -> set[UUID]:
        """The ids of the records that stand on the site, topics aside."""
        groups: dict[UUID, list[BaseRecord]] = {}
        for record in self.candidates():
            if self.alive(record) and not isinstance(record, Collection):
                groups.setdefault(self.chain(record)[-1].id, []).append(record)
        way = [self.union, *self.above(self.union)]

        def nearness(record: BaseRecord) -> tuple[Any, ...]:
            steps = way.index(record.union) if record.union in way else 99
            made_from = -len(self.chain(record))
            if steps == 99 or made_from == -1:
                return steps, made_from, record.published, record.id
            names = ("activity", "window") if record.kind is Kind.PROGRAM else ()
            spans = [getattr(record, name) for name in names]
            said = [span.opens_at for span in spans if span and span.opens_at]
            said += sorted(start_of(session.starts) for session in getattr(record, "sessions", ()))
            effective = said[0] if said else record.published
            order = effective.timestamp()
            coming = effective > self.now
            return steps, made_from, coming, order if coming else -order, record.published, record.id

        return {min(group, key=nearness).id for group in groups.values()}

    def buried(self) -> set[UUID]:
        """The ids of the records of which a notice says that they were withdrawn."""
        found = set()
        for record in self.candidates():
            chain = self.chain(record)
            withdrawals = [link.withdrawn.at for link in chain if link.withdrawn]
            expired = any(link.expires and link.expires <= self.now for link in chain)
            public_since = max(link.published for link in chain)
            if (
                withdrawals
                and min(withdrawals) <= self.now
                and public_since < min(withdrawals)
                and not expired
            ):
                found.add(record.id)
        return found

    def may_say(self) -> set[str]:
        """Every word that may stand in a file of the site: those of visible records and what they inherit."""
        said: set[str] = set()
        topics = {id for id, record in self.network.records.items() if isinstance(record, Collection)}
        allowed = [self.network.records[id] for id in self.visible()]
        allowed += [each for each in self.candidates() if each.id in topics and self.alive(each)]
        for record in allowed:
            for name in ("title", "summary", "body"):
                said.update([value for link in self.chain(record) if (value := getattr(link, name))][:1])
            source = self.source(record)
            if source and (source.union == self.union or self.addressed(source, self.union)):
                said.add(next(link.title for link in self.chain(source) if link.title))
        for id in self.buried():
            chain = self.chain(self.network.records[id])
            first = min(
                (link.withdrawn for link in chain if link.withdrawn), key=lambda withdrawn: withdrawn.at
            )
            said.add(first.reason)
        return said
