"""On which pages the site index of a large site goes on: a phone never loads ten thousand lines.

Each shows its own records and nothing else, so that a new title costs one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from site_builder import formats, paths
from site_builder.plan import Planned
from site_builder.records import BEIJING, Kind

TOGETHER = 500
"""Records that one page lists, at most; a month of stories stays together. Some 20 KB, as gzip sends them."""
IN_PLACE = TOGETHER // len(paths.LISTED)
"""Records of a kind that the first page of a large site lists itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """A page of the index of a large site: a year or month of stories, or some of another kind."""

    kind: Kind
    when: str
    """`2024` or `2024-05`; empty for other kinds than stories."""
    first: int
    """The place of its first record among those of the kind, from 1."""
    path: str
    items: tuple[Planned, ...]

    def heading(self, language: str) -> str:
        if self.when:
            return formats.date_text(self.when, language)
        more = len(self.items) - 1
        return f"{self.first}–{self.first + more}" if more else str(self.first)


def index_parts(by_kind: Mapping[Kind, Sequence[Planned]]) -> tuple[Part, ...]:
    """In their order; none where one page holds everything."""
    if sum(map(len, by_kind.values())) <= TOGETHER:
        return ()
    large = [kind for kind in paths.LISTED if len(by_kind.get(kind, ())) > IN_PLACE]
    return tuple(part for kind in large for part in _parts(kind, by_kind[kind]))


def group_at(path: str) -> str:
    """The name of the group of pages at `path`; "" for the first, which shows a little of everything."""
    return f"index {path}" if path != paths.SITE_INDEX else ""


YEAR, MONTH = len("2024"), len("2024-05")


def by_date(items: Iterable[Planned], length: int) -> Iterator[tuple[str, Sequence[Planned]]]:
    """Neighbours that were published in the same YEAR or MONTH, with that as in an ISO date."""

    def when_of(item: Planned) -> str:
        return item.record.published.astimezone(BEIJING).isoformat()[:length]

    for when, found in groupby(items, key=when_of):
        yield when, list(found)


def _parts(kind: Kind, items: Sequence[Planned]) -> Iterator[Part]:
    folder = f"{paths.SITE_INDEX}{paths.SECTIONS[kind]}/"
    if kind is not Kind.STORY:
        for number, start in enumerate(range(0, len(items), TOGETHER), 1):
            of_page = tuple(items[start : start + TOGETHER])
            yield Part(kind, "", start + 1, paths.page_path(folder, number), of_page)
        return
    before = 0
    for year, of_year in by_date(items, YEAR):
        for when, found in by_date(of_year, MONTH) if len(of_year) > TOGETHER else ((year, of_year),):
            yield Part(kind, when, before + 1, f"{folder}{when.replace('-', '/')}/", tuple(found))
            before += len(found)
