"""What all pages of one site share while they are made: how its links, pictures and texts are shown."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from site_builder import body, paths, pictures
from site_builder.content_store import Content, media_file
from site_builder.contexts import ImageContext, LinkContext, SourceContext
from site_builder.errors import BodyError, ContentError
from site_builder.pages.index_parts import Part, index_parts
from site_builder.pages.rankings import table_paths
from site_builder.pages.timetable import by_month, current, ended, gone_by, has_calendar, to_come
from site_builder.pages.usable import in_order, usable, ways
from site_builder.plan import Planned, SitePlan, index_of
from site_builder.records import BaseRecord, Dataset, Kind, Picture, Union

PAGE_SIZE = 20
"""Records on one page of a list."""


def holds_no_more(item: Planned) -> bool:
    """Whether another guide takes its place: its page says so, and no list names it."""
    return item.state is not None and item.state.code == "superseded"


class View:
    """One site while its pages are made. It holds no state but what a plan and its content say."""

    def __init__(self, plan: SitePlan, content: Content, cache: Path | None = None) -> None:
        self.plan = plan
        self.content = content
        self.cache = cache
        """Where what is known of pictures is kept from one build to the next."""
        self.index = index_of(content)
        self.union = plan.union
        self.memo: dict[Hashable, Any] = {}
        """What this site's pages made once; what all sites share lies in the index's."""
        self.by_kind: dict[Kind, list[Planned]] = {}
        for item in plan.items:
            self.by_kind.setdefault(item.record.kind, []).append(item)
        self.listed = self._listed()
        """The kinds that have a list, in the order of a menu."""
        self.fed = tuple(kind for kind in paths.FED if self.by_kind.get(kind))
        """The kinds that have a feed."""
        things = usable(plan.items, plan.as_of)
        self.finder = ways(things)
        """By what the finder finds; empty where there is nothing to find."""
        self.needs = frozenset(f"need-{need}" for need in in_order("need", things))
        """The anchors of the finder's first page."""

    def shown(self, kind: Kind) -> list[Planned]:
        """What lists show of a kind: all but what should have been checked again and was not, and what holds
        no more. A collection is a list itself."""
        everything = self.by_kind.get(kind, [])
        if kind is Kind.COLLECTION:
            return everything
        return [item for item in everything if item.overdue is None and not holds_no_more(item)]

    def events(self) -> list[Planned]:
        return self.shown(Kind.EVENT)

    # --- links ------------------------------------------------------------------------------------

    def href(self, link: str, owner: str) -> str | None:
        """A link written by `owner`, as a context carries it; None if it would lead nowhere.

        A record leads to its path here, else to its owner's site if it is public there. A path means a page
        of the site on which it is read; that of one of the writer's own records leads to that record here.
        """
        if link.startswith("record:"):
            return self.record_href(UUID(link.removeprefix("record:")))
        if link.startswith("media:"):
            return paths.href(paths.media_path(link)) if self.file(link) else None
        if link.startswith("/"):
            path, rest = _split(link)
            for here in (path, paths.former_path(path, owner, self.union.slug)):
                if here in self.existing:
                    # What the writer's union has, another may not: then to the finder's beginning.
                    known = here != paths.FINDER or rest.removeprefix("#") in self.needs
                    return paths.href(here) + (rest if known else "")
            return None
        return link

    def record_href(self, record: UUID) -> str | None:
        planned = self.plan.by_source.get(record)
        if planned is not None:
            return paths.href(planned.path)
        return self.index.public_url(record, self.plan.as_of)

    def absolute(self, href: str) -> str:
        return paths.absolute(href, self.union.site.base_url)

    def union_link(self, union: Union) -> LinkContext:
        return LinkContext(union.short, f"{union.site.base_url}/")

    def answering(self, slugs: Iterable[str]) -> Iterator[Union]:
        """The unions of a list, each once; in the place of one that is no more, who answers for it.

        The site's own is not among them.
        """
        answers = (self.index.tree.answering(slug, self.plan.as_of) for slug in slugs)
        for slug in dict.fromkeys(slug for found in answers for slug in found):
            if slug != self.union.slug:
                yield self.content.unions[slug]

    @cached_property
    def closed(self) -> bool:
        """Whether the union is no more: then nobody is told to ask it."""
        return self.union.closed(self.plan.as_of)

    @cached_property
    def successors(self) -> tuple[Union, ...]:
        """Who answers where the union is no more."""
        return tuple(self.answering((self.union.slug,)))

    @cached_property
    def hotline(self) -> str:
        """The number to call: the union's own, or that of the one that took its place."""
        if not self.closed:
            return self.union.site.hotline
        numbers = {union.site.hotline for union in self.successors}
        return numbers.pop() if len(numbers) == 1 else ""

    def _listed(self) -> tuple[Kind, ...]:
        asked = {urlsplit(item.link).path for item in self.union.site.menu}
        return tuple(
            kind for kind in paths.LISTED if self.by_kind.get(kind) or paths.list_path(kind) in asked
        )

    @cached_property
    def existing(self) -> frozenset[str]:
        """Every path at which a page or a file of the site lies, for links to paths."""
        found = {paths.HOME, paths.ABOUT, paths.SEARCH, paths.SITE_INDEX, paths.SITEMAP, paths.FEED}
        found.update(paths.feed_path(kind) for kind in self.fed)
        for kind in self.listed:
            found.update(_pages(paths.list_path(kind), self._length(kind)))
        found.update(self._timetable())
        found.update(part.path for part in self.index_parts)
        for item in self.plan.items:
            members = self.plan.members.get(item.record.id, ())
            found.update(_pages(item.path, len(members)))
            found.add(paths.json_path(item.path))
            if isinstance(item.record, Dataset):
                found.update(table_paths(item.path, item.record))
        found.update(self._in_collections())
        found.update(paths.finder_path(by) for by in self.finder)
        found.update(tombstone.path for tombstone in self.plan.tombstones)
        found.update(redirect.path for redirect in self.plan.redirects)
        return frozenset(found)

    @cached_property
    def index_parts(self) -> tuple[Part, ...]:
        return index_parts(self.by_kind)

    def _length(self, kind: Kind) -> int:
        """How many records the list of a kind has: what is over has one of its own."""
        if kind is Kind.EVENT:
            return len(to_come(self.events(), self.plan.as_of))
        if kind is Kind.PROGRAM:
            return len(current(self.shown(kind)))
        return len(self.shown(kind))

    def collections(self, folder: str = "") -> list[Planned]:
        """The collections of the site, or those of one folder."""
        found = self.by_kind.get(Kind.COLLECTION, [])
        return [item for item in found if not folder or item.path.startswith(f"/{folder}/")]

    def _in_collections(self) -> set[str]:
        """The lists of columns and of series."""
        found: set[str] = set()
        for folder in paths.COLLECTION_LISTS:
            if listed := self.collections(folder):
                found.update(_pages(f"/{folder}/", len(listed)))
        return found

    def _timetable(self) -> set[str]:
        """The paths at which only events lie, and programs that are over."""
        events, as_of = self.events(), self.plan.as_of
        found = {paths.month_path(year, month) for year, month in by_month(events, as_of)}
        if past := gone_by(events, as_of):
            found.update(_pages(paths.PAST_EVENTS, len(past)))
        if has_calendar(events):
            found.add(paths.CALENDAR)
        if over := ended(self.shown(Kind.PROGRAM)):
            found.update(_pages(paths.PAST_PROGRAMS, len(over)))
        return found

    # --- pictures and files -------------------------------------------------------------------------

    def file(self, ref: str) -> Path | None:
        """The file of a media reference, if there is one."""
        try:
            return media_file(self.content, ref)
        except ContentError:
            return None

    def vector(self, ref: str) -> tuple[str, Path] | None:
        """Site path and file of the SVG that a picture names, if it names one."""
        name = ref.removeprefix("media:")
        media = self.content.media.get(name)
        if media is None or not media.vector:
            return None
        path = paths.media_path(f"{name.rpartition('/')[0]}/{media.vector}")
        return path, media_file(self.content, ref).with_name(media.vector)

    def image(self, picture: Picture) -> ImageContext | None:
        """One use of a picture; None if its file is not there or is none that can be read."""
        file = self.file(picture.media)
        known = None if file is None else pictures.facts(file, self.cache)
        if known is None:
            return None
        media = self.content.media.get(picture.media.removeprefix("media:"))
        vector = self.vector(picture.media)
        path = paths.media_path(picture.media)
        if vector is None and known.plain:
            path = paths.variant_path(picture.media, *known.plain)
        return ImageContext(
            src=paths.href(path),
            alt=picture.alt,
            width=known.width,
            height=known.height,
            caption=picture.caption,
            credit=media.credit if media else "",
            vector=paths.href(vector[0]) if vector else "",
            focal_point=media.focal_point if media else None,
            sources=() if vector else _sources(picture.media, known),
            blur="" if vector or not known.widths else known.blur,
            taken=media.taken or "" if media else "",
            place=media.place if media else "",
        )

    # --- text -----------------------------------------------------------------------------------------

    def html(self, blocks: Iterable[body.ProseBlock], owner: str, root: str) -> str:
        """Safe HTML of running text, its links relative to the page whose way to the root is `root`."""

        def resolve(link: str) -> str | None:
            href = self.href(link, owner)
            return None if href is None else paths.relative(href, root)

        return body.prose_html(blocks, resolve)

    def markdown(self, text: str, owner: str, root: str) -> str:
        return self.html(parsed_prose(text), owner, root) if text else ""

    def summary(self, record: BaseRecord, limit: int = 90) -> str:
        """What a list says of a record: its summary, else abstract or points, else how its text begins."""
        if record.summary:
            return record.summary
        abstract, points = getattr(record, "abstract", None), " ".join(getattr(record, "key_points", ()))
        return (abstract.text if abstract else "") or _cut(points, limit) or opening(record.body, limit)


_LAST: list[View] = []


def view_of(plan: SitePlan, content: Content, cache: Path | None = None) -> View:
    """The view of a plan; the last one is kept, since several ask for it one after another."""
    for view in _LAST:
        if view.plan is plan and view.content is content and cache in (None, view.cache):
            return view
    _LAST[:] = [View(plan, content, cache)]
    return _LAST[0]


def _pages(first: str, count: int) -> list[str]:
    last = max(1, -(-count // PAGE_SIZE))
    return [paths.page_path(first, number) for number in range(1, last + 1)]


def _split(link: str) -> tuple[str, str]:
    """A link within a site: its path in plain Unicode, and the query and fragment as written."""
    end = min((position for mark in "?#" if (position := link.find(mark)) >= 0), default=len(link))
    return unquote(link[:end]), link[end:]


@lru_cache(maxsize=2_000)
def parsed(text: str) -> body.Body:
    """A record's body, parsed once for all sites. What cannot be parsed is refused where it is read."""
    return body.parse(text)


@lru_cache(maxsize=20_000)
def parsed_prose(text: str) -> tuple[body.ProseBlock, ...]:
    """A short Markdown field; what is not of the dialect is shown as it was written."""
    try:
        return body.parse_prose(text)
    except BodyError:
        return (body.Paragraph((body.Plain(text),)),)


@lru_cache(maxsize=20_000)
def opening(text: str, limit: int) -> str:
    """The first words of a body, cut at a mark or with an ellipsis."""
    words = " ".join(
        body.plain_text((block,)) for block in parsed(text) if isinstance(block, body.Prose | body.Quote)
    )
    return _cut(" ".join(words.split()), limit)


def _cut(words: str, limit: int) -> str:
    if len(words) <= limit:
        return words
    cut = max(words.rfind(mark, limit // 2, limit) for mark in "。！？；")
    return words[: cut + 1] if cut > 0 else words[: limit - 1] + "…"


def _sources(ref: str, known: pictures.Facts) -> tuple[SourceContext, ...]:
    return tuple(
        SourceContext(
            pictures.TYPES[kind],
            tuple((paths.href(paths.variant_path(ref, width, kind)), width) for width in known.widths),
        )
        for kind in pictures.FORMATS
        if known.widths
    )
