"""The union tree: who stands above whom, and whom a share reaches."""

from __future__ import annotations

from collections.abc import Mapping

from site_builder.records import Share, Union


class Tree:
    """The unions of a network by their `parent`. Built once for a Content and then only read.

    A parent that does not exist counts as none, and a cycle ends where it closes: both are reported where
    content is read, and neither may stop the other unions.
    """

    def __init__(self, unions: Mapping[str, Union]) -> None:
        self._unions = unions
        self._children: dict[str, list[str]] = {}
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
