"""The union tree: who stands above whom, and whom a share reaches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Protocol

from site_builder.records import Closure, Level, Share


class Branch(Protocol):
    """What the tree asks of a union."""

    @property
    def level(self) -> Level: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def industry_line(self) -> str | None: ...
    @property
    def closure(self) -> Closure | None: ...


class Tree:
    """The unions of a network by their `parent`. Built once for a Content and then only read.

    A parent that does not exist counts as none, and a cycle ends where it closes: both are reported where
    content is read, and neither may stop the other unions.
    """

    def __init__(self, unions: Mapping[str, Branch]) -> None:
        self._unions = unions
        self._children: dict[str, list[str]] = {}
        self._closures = tuple((slug, one.closure) for slug, one in sorted(unions.items()) if one.closure)
        for slug, union in sorted(unions.items()):
            if union.parent in unions:
                self._children.setdefault(union.parent or "", []).append(slug)
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._above: dict[str, frozenset[str]] = {}

    def ancestors(self, slug: str) -> tuple[str, ...]:
        """The unions above, nearest first."""
        known = self._ancestors.get(slug)
        if known is None:
            way: list[str] = []
            parent = self._unions[slug].parent
            while parent is not None and parent in self._unions and parent != slug and parent not in way:
                way.append(parent)
                parent = self._unions[parent].parent
            known = self._ancestors[slug] = tuple(way)
        return known

    def children(self, slug: str) -> tuple[str, ...]:
        """The unions directly below, by slug."""
        return tuple(self._children.get(slug, ()))

    def walk(self) -> Iterator[str]:
        """Every union once, those below it before those beside it; siblings by slug."""
        seen: set[str] = set()
        # What is below none that is below nobody stands in a cycle.
        tops = (slug for slug, union in self._unions.items() if union.parent not in self._unions)
        waiting = [*sorted(self._unions, reverse=True), *sorted(tops, reverse=True)]
        while waiting:
            slug = waiting.pop()
            if slug not in seen:
                seen.add(slug)
                yield slug
                waiting.extend(reversed(self.children(slug)))

    def closings(self) -> Iterator[datetime]:
        """When unions close that do."""
        return (closure.closes_at for _, closure in self._closures)

    def closed(self, as_of: datetime) -> tuple[str, ...]:
        """The unions that are no more at a moment, by slug."""
        return tuple(slug for slug, closure in self._closures if closure.closes_at <= as_of)

    def answering(self, slug: str, as_of: datetime) -> tuple[str, ...]:
        """Who answers for a union at a moment: itself, or where it is no more those who took its place; where
        nobody did, the nearest one above."""
        found: dict[str, None] = {}
        seen: set[str] = set()

        def follow(one: str) -> None:
            if one in seen or one not in self._unions:
                return
            seen.add(one)
            closure = self._unions[one].closure
            if closure is None or closure.closes_at > as_of:
                found[one] = None
            else:
                for successor in closure.successors:
                    follow(successor)

        follow(slug)
        if not found:
            closed = self.closed(as_of)
            found.update(
                (one, None) for one in islice((up for up in self.ancestors(slug) if up not in closed), 1)
            )
        return tuple(found)

    def lines(self, slug: str) -> frozenset[str]:
        """Every X for which `line:X` reaches this union: its industry line, and the unions above it."""
        line = self._unions[slug].industry_line
        return frozenset(self.ancestors(slug)) | ({line} if line else frozenset())

    def above(self, slug: str) -> frozenset[str]:
        """The unions that may require something of this one: those above, and the industry lines of all."""
        known = self._above.get(slug)
        if known is None:
            way = (slug, *self.ancestors(slug))
            lines = {self._unions[union].industry_line for union in way}
            known = frozenset(way[1:]) | {line for line in lines if line and line != slug}
            self._above[slug] = known
        return known

    def reaches(self, share: Share, owner: str, slug: str) -> bool:
        """Whether a record of `owner` with this share is addressed to the union `slug`, in whatever mode."""
        if share.mode == "none" or owner == slug or slug not in self._unions:
            return False
        return not self.addresses(owner, slug).isdisjoint(share.to)

    def addresses(self, owner: str, slug: str) -> frozenset[str]:
        """Every share target under which a record of `owner` reaches the union `slug`."""
        return self.fixed_addresses(slug) | self.relative_addresses(owner, slug)

    def fixed_addresses(self, slug: str) -> frozenset[str]:
        """The targets that mean this union whoever says them: its name, its level, its lines."""
        lines = (f"line:{line}" for line in self.lines(slug))
        return frozenset((f"union:{slug}", f"level:{self._unions[slug].level.value}", *lines))

    def relative_addresses(self, owner: str, slug: str) -> frozenset[str]:
        """The targets that mean this union when `owner` says them."""
        ancestors = self.ancestors(slug)
        if owner not in ancestors:
            return frozenset()
        return frozenset(("descendants", "children") if owner == ancestors[0] else ("descendants",))
