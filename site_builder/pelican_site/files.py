"""Every file one site consists of: path and how to make its bytes. What is not listed here is not written.

`planned(site)` is pure: it makes contexts and lists, it renders and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import orjson

from site_builder import pages as page_contexts
from site_builder import paths, pictures
from site_builder.content_store import Content, union_path
from site_builder.contexts import ListPage, Page, RecordPage, SiteContext
from site_builder.pages.site import pages_context
from site_builder.pages.view import View, view_of
from site_builder.pelican_site import machine_files
from site_builder.pelican_site.feeds import Feed
from site_builder.pelican_site.fingerprints import digest_of
from site_builder.pelican_site.segments import SearchIndex, search_index
from site_builder.pictures import titles
from site_builder.pictures.notes import SUFFIXES
from site_builder.pictures.titles import Words
from site_builder.plan import Planned, SitePlan
from site_builder.records import Kind, Problem
from site_builder.render import Bundle


@dataclass(frozen=True, slots=True)
class Site:
    """What one build of one site starts from."""

    content: Content
    plan: SitePlan
    bundle: Bundle
    cache: Path | None = None
    """Where what is made of pictures is kept for the next build; the files are the same without it."""
    parts: Path | None = None
    """Where what is known of the parts of the search index is kept, likewise."""


@dataclass(frozen=True, slots=True)
class PlannedPage:
    """A file that the template bundle renders."""

    path: str
    page: Page
    basis: str = ""
    """Of the group it belongs to, if that has one."""


@dataclass(frozen=True, slots=True)
class PlannedBytes:
    """A file made by code. `shared`: likely the same on many sites and in many releases."""

    path: str
    make: Callable[[], bytes]
    shared: bool = False
    basis: str = ""


@dataclass(frozen=True, slots=True)
class PlannedMedia:
    """A file that lies in `content/media/` already."""

    path: str
    source: Path


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed. Same ground, same basis: same feed; without a basis nobody can tell."""

    path: str
    make: Callable[[], Feed]
    basis: str


@dataclass(frozen=True, slots=True)
class PlannedTree:
    """A folder that is the same on many sites or in many releases. The same key: the same files."""

    path: str
    key: str
    make: Callable[[], Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class PlannedKept:
    """Files of records that are as they were in the release before; nothing was made to find that out."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedRecord:
    """A record's page and what lies beside it. Made one record at a time: the contexts of ten thousand need
    more memory than all the rest of their site."""

    record: UUID
    path: str
    """Of the page."""
    paths: tuple[str, ...]
    """Of all its files, the page's first."""
    make: Callable[[], Iterator[PlannedPage | PlannedBytes]]


@dataclass(frozen=True)
class PlannedSearch:
    """The search index: what it says of its parts, and the folder of each, made when they are asked for."""

    path: str
    """Of what it says of them."""
    index: SearchIndex

    @property
    def heavy(self) -> bool:
        """Whether it takes as long as hundreds of pages."""
        return any(part.size >= HEAVY and not part.known for part in self.index.parts)

    def make(self) -> Iterator[PlannedBytes | PlannedTree]:
        yield PlannedBytes(self.path, self.index.manifest)
        for part in self.index.parts:
            yield PlannedTree(_file(f"{paths.SEARCH}{part.base}"), part.key, part.files)


HEAVY = 2_000
"""Records of a part of the search index."""
PlannedFile = (
    PlannedPage
    | PlannedBytes
    | PlannedMedia
    | PlannedFeed
    | PlannedTree
    | PlannedKept
    | PlannedRecord
    | PlannedSearch
)


@dataclass(frozen=True)
class SiteFiles:
    """All files of a site, in a fixed order, and what a report says of them."""

    files: tuple[PlannedFile, ...]
    context: SiteContext
    search_documents: int
    records: Callable[[], Mapping[str, str]]
    """Path of a record's page (`programs/x/index.html`) -> the record's id, for whoever asks."""
    problems: tuple[Problem, ...] = ()

    def paths(self, shared: Callable[[str], Iterable[str]]) -> frozenset[str]:
        """The path of every planned file; of a shared folder what `shared` says lies in it, or itself."""
        trees = (one for file in self.files for one in _parts_of(file) if isinstance(one, PlannedTree))
        return self.named.union(*([*shared(tree.path)] or [f"{tree.path}/"] for tree in trees))

    def ahead(self) -> Iterator[str]:
        """The paths of all files but those of shared folders, which are known when they are made."""
        for file in self.files:
            if isinstance(file, PlannedRecord | PlannedKept):
                yield from file.paths
            elif not isinstance(file, PlannedTree):
                yield file.path

    @cached_property
    def named(self) -> frozenset[str]:
        """The same, to look into."""
        return frozenset(self.ahead())

    def each(self) -> Iterator[PlannedFile]:
        """The files one by one, those of records too, which are made for that."""
        for file in self.files:
            yield from file.make() if isinstance(file, PlannedRecord | PlannedSearch) else (file,)


def _parts_of(file: PlannedFile) -> Iterator[PlannedFile]:
    """The parts of the search index; any other file is its own."""
    yield from file.make() if isinstance(file, PlannedSearch) else (file,)


def planned(
    site: Site,
    *,
    unchanged: Mapping[int, Sequence[str]] = MappingProxyType({}),
    bases: Mapping[int, str] = MappingProxyType({}),
    known: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> SiteFiles:
    """Raises BuildError where a page cannot be made of the plan.

    `unchanged`: records, by number, whose pages are known to be what they were, with the paths of these pages
    and of what templates make beside them; no contexts are made of them. `bases` are those of all records.
    `known`: the paths of whole groups of files that can be kept, by the basis of the group.
    """
    plan, content = site.plan, site.content
    shown_by = page_contexts.groups(plan, content)
    groups = {name: _basis(GROUP, (name,), shown, bases) for name, shown in shown_by.items()}
    same = {name: known[basis] for name, basis in groups.items() if basis and basis in known}
    pages = tuple(page_contexts.pages(plan, content, site.cache, records=False, without_groups=same))
    context = pages[0].site
    view = view_of(plan, content, site.cache)
    lists = [page for page in pages if isinstance(page, ListPage) and page.data]
    items = [item for item in plan.items if item.record.kind is not Kind.COLLECTION]
    kept = [item for item in items if item.entry.number in unchanged]

    def group_basis(page: Page) -> str:
        return groups.get(page_contexts.group_of(page), "")

    files: list[PlannedFile] = [PlannedPage(_file(page.path), page, group_basis(page)) for page in pages]
    files += (_record(item, view) for item in items if item.entry.number not in unchanged)
    files.append(PlannedKept((*chain.from_iterable(same.values()),)))
    files.append(PlannedKept((*chain.from_iterable(unchanged[item.entry.number] for item in kept),)))
    files += (PlannedBytes(_file(page.json_path), partial(_json, page)) for page in lists)
    files.append(PlannedKept((*(f"{item.path[1:]}index.json" for item in kept),)))
    files += (
        PlannedBytes(_file(path), partial(_items, entries), basis=group_basis(page))
        for page, path, entries in page_contexts.item_files(pages)
    )
    for draft in machine_files.feeds(items, pages, context, view):
        basis = draft.basis(bases)
        as_json = partial(machine_files.as_json, draft, context)
        files.append(PlannedFeed(draft.path, draft.feed, basis))
        files.append(PlannedBytes(paths.json_feed(draft.path), as_json, basis=basis))
    files += (
        PlannedBytes(
            _file(path), calendar.data, basis=_basis("calendar", (path, calendar.name), calendar.items, bases)
        )
        for path, calendar in sorted(page_contexts.calendars(plan, content).items())
    )
    files += (
        PlannedBytes(_file(path), partial(bytes, data))
        for path, data in sorted(page_contexts.tables(plan, content).items())
    )
    listed = [path for of_group in same.values() for path in of_group if path.endswith("index.html")]
    make_sitemap = partial(machine_files.sitemap, pages, listed, items, view)
    files.append(PlannedBytes(_file(paths.SITEMAP), make_sitemap))
    files.append(PlannedBytes("robots.txt", partial(machine_files.robots, context)))
    files += _assets(site.bundle, known)
    media = page_contexts.media(plan, content)
    files += (_medium(path, source, site.cache) for path, source in sorted(media.items()))
    files += (
        PlannedBytes(_file(path), partial(pictures.encoded, *made, site.cache), shared=True)
        for path, made in sorted(page_contexts.variants(media, content, site.cache).items())
    )
    drawn, undrawable = page_contexts.shared(plan, content)
    if drawn:
        draw = partial(_share_pictures, drawn, site.cache)
        files.append(PlannedTree(paths.SHARE.strip("/"), titles.key(drawn), draw))
    files.append(PlannedSearch(_file(paths.SEARCH_INDEX), search_index(plan, content, site.parts)))
    if plan.union.parent is None:
        tree = view.index.tree
        make_sites = partial(machine_files.sites, content, tree, tree.closed(plan.as_of))
        files.append(PlannedBytes(_file(paths.SEARCH_SITES), make_sites))
    return SiteFiles(
        files=tuple(files),
        context=context,
        search_documents=len(plan.items),
        records=partial(_records, plan),
        problems=undrawable,
    )


def _record(item: Planned, view: View) -> PlannedRecord:
    found = _beside(*page_contexts.record_paths(item))
    return PlannedRecord(item.record.id, found[0], found, partial(_record_files, item, view))


@lru_cache(maxsize=20_000)
def _beside(*found: str) -> tuple[str, ...]:
    """The files of a record: its pages, of which the first is its own, and the data beside that."""
    return tuple(map(_file, (*found, paths.json_path(found[0]))))


def _record_files(item: Planned, view: View) -> Iterator[PlannedPage | PlannedBytes]:
    for page in page_contexts.record_pages(item, view):
        yield PlannedPage(_file(page.path), page)
        if isinstance(page, RecordPage):
            yield PlannedBytes(_file(page.json_path), partial(_json, page))


def _assets(bundle: Bundle, known: Mapping[str, Sequence[str]]) -> Iterator[PlannedKept | PlannedBytes]:
    """The files of the theme, which stay as long as the ground does."""
    if ASSETS in known:
        yield PlannedKept(tuple(known[ASSETS]))
        return
    for path, data in sorted(bundle.assets.items()):
        yield PlannedBytes(_file(path), partial(bytes, data), shared=True, basis=ASSETS)


def _medium(path: str, source: Path, cache: Path | None) -> PlannedMedia | PlannedBytes:
    known = pictures.facts(source, cache) if source.suffix.lower() in SUFFIXES else None
    if known is None or not known.noted:
        return PlannedMedia(_file(path), source)
    return PlannedBytes(_file(path), partial(pictures.published, source), shared=True)


GROUP = "group"
"""How the basis of a group of files begins."""
ASSETS = f"{GROUP}:assets"


def _basis(sort: str, words: Iterable[str], items: Sequence[Planned], bases: Mapping[int, str]) -> str:
    """What files that tell of some records may depend on beside the ground; "" if nobody can tell."""
    found = [bases.get(item.entry.number, "") for item in items]
    if not bases or not all(found):
        return ""
    return f"{sort}:{digest_of((*words, *(item.path for item in items), *found))}"


def _records(plan: SitePlan) -> Mapping[str, str]:
    return {_file(item.path): str(item.record.id) for item in plan.items}


def ground(site: Site, code: str) -> str:
    """All that every page of a site may depend on beside the records: see `pages.basis`.

    `code` stands for the program.
    """
    view = view_of(site.plan, site.content, site.cache)
    context = pages_context(view)
    state = blake2b(digest_size=12)
    own = union_path(site.plan.union.slug).as_posix()
    files = (f"{file} {site.content.versions.get(file)}" for file in (own, *site.content.media_files(own)))
    until = min((one for one in site.plan.union.moments() if one > site.plan.as_of), default=None)
    closed = view.index.tree.closed(site.plan.as_of)
    for row in (code, until, site.bundle.hash, site.content.network, *closed, *files):
        state.update(f"{row}\n".encode())
    state.update(orjson.dumps(context))
    return state.hexdigest()


def _file(path: str) -> str:
    """As `paths.output_file` has it: a path object for each of a thousand files takes its time."""
    return f"{path[1:]}index.html" if path.endswith("/") else path[1:]


def _share_pictures(drawn: Mapping[str, Words], cache: Path | None) -> Mapping[str, bytes]:
    return {f"{name}.png": titles.drawn(words, cache) for name, words in drawn.items()}


def _json(page: RecordPage | ListPage) -> bytes:
    return orjson.dumps(page_contexts.record_json(page), option=orjson.OPT_APPEND_NEWLINE)


def _items(items: Sequence[Mapping[str, object]]) -> bytes:
    return orjson.dumps({"items": list(items)}, option=orjson.OPT_APPEND_NEWLINE)
