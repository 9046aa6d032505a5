"""What other unions share with one union, as the CMS knows it now: required, or offered for a decision.

What stands on a site is decided in the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cms.records.choosing import shared_records
from cms.records.models import RecordPage
from cms.records.sharing import SLOT_CHOICES
from cms.sharing.models import Adoption
from cms.sharing.tree import Mode, mode_of, tree
from cms.unions.models import UnionPage
from cms.unions.scoping import UNION_PATH


@dataclass(frozen=True)
class Shared:
    """One record that another union shares with this one."""

    page: RecordPage
    owner: str
    mode: Mode
    adoption: Adoption | None
    subscribed: bool
    """Taken by itself, because the union subscribes to one of its topics."""

    @property
    def undecided(self) -> bool:
        return self.mode == "offered" and self.adoption is None and not self.subscribed

    @property
    def shown(self) -> bool:
        """Whether this union's site carries it, as far as decisions go."""
        if self.mode == "required":
            return True
        return self.adoption.action != Adoption.Action.HIDE if self.adoption else self.subscribed

    @property
    def unfilled(self) -> list[str]:
        """Names of the slots that wait for this union's words; none where it does not carry the record."""
        filled = {child.block_type for child in self.adoption.slots} if self.adoption else set()
        labels = dict(SLOT_CHOICES)
        open_slots = [str(labels[slot]) for slot in self.page.share_slots if slot not in filled]
        return open_slots if self.shown else []

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
    yield from sorted(found, key=lambda one: (not (one.undecided or one.unfilled), one.mode != "required"))
