"""What other unions share with one union, as the CMS knows it now: required, or offered for a decision.

What stands on a site is decided in the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from cms.blocks.shares import SLOT_CHOICES
from cms.records.choosing import public_records, shared_records
from cms.records.models import RecordPage
from cms.sharing.models import Adoption
from cms.sharing.tree import Mode, editions, mode_of, sources_of, tree
from cms.unions.models import UnionPage
from cms.unions.scoping import UNION_PATH
from site_builder.plan.tree import Tree


class Standing(NamedTuple):
    """What stands on a union's site, and whose it is."""

    page: RecordPage
    owner: str


@dataclass(frozen=True)
class Shared:
    """One record that another union shares with this one."""

    page: RecordPage
    owner: str
    mode: Mode
    adoption: Adoption | None
    subscribed: bool
    """Taken by itself, because the union subscribes to one of its topics."""
    instead: Standing | None = None
    """The edition that stands in its place on this union's site, as far as decisions go."""

    @property
    def undecided(self) -> bool:
        open_ = self.mode == "offered" and self.adoption is None and not self.subscribed
        return open_ and self.instead is None

    @property
    def shown(self) -> bool:
        """Whether this union's site carries it, as far as decisions go."""
        if self.mode == "required":
            return True
        return self.adoption.action != Adoption.Action.HIDE if self.adoption else self.subscribed

    @property
    def unfilled(self) -> list[str]:
        """Names of the slots that wait for this union's words; none where readers would not see them."""
        filled = {child.block_type for child in self.adoption.slots} if self.adoption else set()
        labels = dict(SLOT_CHOICES)
        open_slots = [str(labels[slot]) for slot in self.page.share_slots if slot not in filled]
        return open_slots if self.shown and self.instead is None else []

    @property
    def state(self) -> str:
        if self.adoption:
            return str(self.adoption.action)
        return "required" if self.mode == "required" else "subscribed" if self.subscribed else "undecided"


def shared_with(union: UnionPage) -> Iterator[Shared]:
    """What others share with `union`: what waits for it, what is required, the rest; the newest first."""
    known = tree()
    owners = dict(UnionPage.objects.values_list("path", "slug"))
    adoptions = {adoption.record: adoption for adoption in Adoption.objects.filter(union=union)}
    topics = set(union.subscriptions)
    found = []
    for page in shared_records().order_by("-published"):
        owner = owners[page.path[:UNION_PATH]]
        mode = mode_of(page, owner, union.slug, known)
        if mode is not None:
            subscribed = mode == "offered" and not topics.isdisjoint(page.topics)
            found.append(Shared(page, owner, mode, adoptions.get(page.uuid), subscribed))
    found = list(_stood_for(found, union, known))
    yield from sorted(found, key=lambda one: (not (one.undecided or one.unfilled), one.mode != "required"))


def _stood_for(found: list[Shared], union: UnionPage, known: Tree) -> Iterator[Shared]:
    """`found`, each with what stands in its place: the nearest edition, as `site_builder.plan` chooses."""
    source_of = editions()
    way = (union.slug, *known.ancestors(union.slug))

    def place(one: Standing) -> tuple[UUID, tuple[int, int]]:
        """(what all editions of it go back to, how near it is: the nearest sorts first)."""
        sources = sources_of(one.page.uuid, source_of)
        steps = way.index(one.owner) if one.owner in way else len(way)
        return (sources or [one.page.uuid])[-1], (steps, -len(sources))

    own = public_records().filter(path__startswith=union.path).exclude(edition_of=None)
    nearest: dict[UUID, tuple[tuple[int, int], Standing]] = {}
    for stands in (
        *(Standing(page, union.slug) for page in own),
        *(Standing(one.page, one.owner) for one in found if one.shown),
    ):
        root, steps = place(stands)
        if root not in nearest or steps < nearest[root][0]:
            nearest[root] = steps, stands
    for one in found:
        root, steps = place(Standing(one.page, one.owner))
        nearer = root in nearest and nearest[root][0] < steps
        yield replace(one, instead=nearest[root][1]) if nearer else one
