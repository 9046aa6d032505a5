"""What lies beside the pages: QR codes, posters, what is read without a connection, the service worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson

from site_builder import paths
from site_builder.contexts import (
    CodePage,
    LinkContext,
    NoticePage,
    Page,
    PosterPage,
    RecordPage,
    SiteContext,
    WorkerPage,
)
from site_builder.pages.site import lead_image
from site_builder.pages.view import View
from site_builder.pictures.titles import Words, missing
from site_builder.plan import Planned
from site_builder.records import BaseRecord, Guide, Kind, Problem, Program, Union

SITE = "site"
"""The name of the picture of a site itself."""
PINNED = 24
"""Pages of services and guides that are kept on a reader's device: some 200 kB of it."""

_OVER = frozenset({"ended", "past", "cancelled", "retired", "superseded"})
_ON_POSTERS = frozenset({Kind.PROGRAM, Kind.EVENT, Kind.GUIDE})
_SAID = {
    "eligibility": 4, "eligibility_any": 4, "benefits": 5, "parameters": 5, "papers": 7, "apply": 4,
    "steps": 6, "dates": 4,
}  # fmt: skip
"""What a poster lists, and how much of it at most."""
_WORDS = ("label", "name", "title", "value", "audience", "note")
_A_LINE = 28
"""Characters of a line of a poster."""
_DENSITIES = (("sparse", 10.5), ("normal", 16.5), ("crowded", 27.0))
"""How a poster is set that has fewer lines than this; beyond, `packed`. Measured on A4 in Chromium."""


def has_poster(item: Planned) -> bool:
    """Whether a record can be hung on a wall: what is over cannot."""
    return item.record.kind in _ON_POSTERS and not (item.state and item.state.code in _OVER)


def codes_and_posters(page: RecordPage, view: View, site: SiteContext, blank: SiteContext) -> Iterator[Page]:
    """What lies beside one record's page. `blank` is the site without what changes every day."""
    yield CodePage(
        template="qr.svg",
        path=paths.qr_path(page.path),
        root=page.root,
        title="",
        description="",
        canonical=page.canonical,
        site=blank,
    )
    if not page.poster:
        return
    yield PosterPage(
        template="poster.html",
        path=paths.poster_path(page.path),
        root=page.root,
        title=page.title,
        description="",
        canonical=page.canonical,
        site=_sender(site, view),
        noindex=True,
        kind=page.data["kind"],
        record=page.record,
        state=page.state,
        owner=page.owner,
        own=page.own,
        ask=page.ask,
        density=_density(page.record),
    )


def _sender(site: SiteContext, view: View) -> SiteContext:
    """The site as a poster names it: nothing of it changes because there is news."""
    made: SiteContext | None = view.memo.get("beside.sender")
    if made is None:
        made = view.memo["beside.sender"] = replace(site, dateline="", menu=(), feeds=(), uppers=())
    return made


def _density(record: Mapping[str, Any]) -> str:
    lines = _lines(record)
    return next((name for name, most in _DENSITIES if lines < most), "packed")


def _lines(record: Mapping[str, Any]) -> float:
    """About how many lines a poster has; a rule and its space count as half a line."""
    total = len(record.get("summary") or "") / _A_LINE + (2 if record.get("employers") else 0)
    for name, most in _SAID.items():
        items = record.get(name) or ()
        total += 0.5 * bool(items) + (len(items) > most)
        for item in items[:most]:
            said = item if isinstance(item, str) else "".join(str(item.get(word) or "") for word in _WORDS)
            total += max(1, -(-len(said) // _A_LINE))
    return total


# --- where a page is shared --------------------------------------------------------------------------


def share_image(item: Planned, view: View) -> str:
    """The address of the picture of a record's title, on its owner's site; "" where there is none."""
    record = item.record
    owner = view.content.unions[record.union]
    if not owner.site.share_pictures or missing(_words(record, owner)):
        return ""
    if record.union != view.union.slug and view.index.public_url(record.id, view.plan.as_of) is None:
        return ""
    return paths.absolute(paths.share_path(str(record.id)), owner.site.base_url)


def site_image(view: View) -> str:
    """The picture of the site itself: its union's name in print, else its logo."""
    site = view.union.site
    if site.share_pictures and not missing(_site_words(view.union)):
        return view.absolute(paths.share_path(SITE))
    return (
        view.absolute(paths.href(paths.media_path(site.logo))) if site.logo and view.file(site.logo) else ""
    )


def share_images(view: View) -> Iterator[tuple[str, Words]]:
    """The pictures of a site's own records that have no better one: name, and what stands on it."""
    union = view.union
    if not union.site.share_pictures:
        return
    if not missing(words := _site_words(union)):
        yield SITE, words
    for item in view.plan.items:
        if item.record.kind is Kind.COLLECTION:
            continue
        if item.record.union == union.slug and lead_image(item, view) is None:
            words = _words(item.record, union)
            if not missing(words):
                yield str(item.record.id), words


def undrawable(view: View) -> Iterator[Problem]:
    """The titles for which no picture can be drawn."""
    for item in view.plan.items:
        if item.record.union != view.union.slug or not view.union.site.share_pictures:
            continue
        if item.record.kind is Kind.COLLECTION or lead_image(item, view) is not None:
            continue
        if lacks := missing(_words(item.record, view.union)):
            yield Problem(
                severity="warning",
                code="share-picture",
                record=str(item.record.id),
                message=f"the title cannot be drawn for sharing: the font has no {' '.join(lacks)}",
                action="Give the record a lead picture, or write the title with other characters",
            )


def _site_words(union: Union) -> Words:
    return Words(union.name, "", union.site.slogan, union.site.palette.primary, union.site.theme)


def _words(record: BaseRecord, owner: Union) -> Words:
    rubric = paths.LABELS[record.kind][owner.site.language == "en"]
    return Words(record.title, owner.name, rubric, owner.site.palette.primary, owner.site.theme)


# --- what a record's own page says of it ------------------------------------------------------------


def newer(item: Planned, view: View) -> tuple[LinkContext, ...]:
    """The guides that say they take the place of this one; the programs that say it is what was before."""
    if not isinstance(item.record, Guide | Program):
        return ()
    return tuple(
        LinkContext(other.record.title, paths.href(other.path))
        for other in _naming(item, view, (Kind.GUIDE, "supersedes"), (Kind.PROGRAM, "previous"))
        if other.record.id != item.record.id and other.record.kind is item.record.kind
    )


def leading_back(item: Planned, view: View) -> tuple[Planned, ...]:
    """The guides that say this record explains them; the programs that are at this place."""
    return _naming(item, view, (Kind.GUIDE, "explained_by"), (Kind.PROGRAM, "venues"))


def _naming(item: Planned, view: View, *fields: tuple[Kind, str]) -> tuple[Planned, ...]:
    """The records of the site that name this one in a field of their kind, in the order of `fields`."""
    known: dict[UUID, list[Planned]] | None = view.memo.get(("beside.naming", *fields))
    if known is None:
        known = view.memo["beside.naming", *fields] = {}
        for kind, name in fields:
            for other in view.by_kind.get(kind, ()):
                for id in getattr(other.record, name):
                    here = view.plan.by_source.get(id)
                    if here is not None and other not in known.setdefault(here.record.id, []):
                        known[here.record.id].append(other)
    return tuple(known.get(item.record.id, ()))


def counted(record: BaseRecord) -> tuple[str, ...]:
    """The earliest and the latest date for which the figures of a record hold."""
    dates = sorted({figure.as_of for figure in record.figures if figure.as_of})
    return tuple(dates) if len(dates) < 2 else (dates[0], dates[-1])


# --- without a connection ----------------------------------------------------------------------------


def offline_page(view: View, site: SiteContext) -> NoticePage:
    return NoticePage(
        template="offline.html",
        path=paths.OFFLINE,
        root=paths.root_of(paths.OFFLINE),
        title="Offline" if site.language == "en" else "没有网络",
        description="",
        canonical=view.absolute(paths.OFFLINE),
        site=site,
        noindex=True,
    )


def worker_page(view: View, blank: SiteContext, shown: Sequence[Page]) -> WorkerPage:
    """`shown` are the pages that are kept as they are; what they say is part of the version."""
    pinned = [item for kind in (Kind.SERVICE, Kind.GUIDE) for item in view.shown(kind)][:PINNED]
    shell = (paths.OFFLINE, paths.HOME, paths.BRAND)
    lists = tuple(paths.list_path(kind) for kind in (Kind.SERVICE, Kind.GUIDE) if kind in view.listed)
    return WorkerPage(
        template="sw.js",
        path=paths.WORKER,
        root=paths.root_of(paths.WORKER),
        title="",
        description="",
        canonical="",
        site=blank,
        version=_version(shown, pinned),
        shell=shell,
        pinned=(*lists, paths.SEARCH, *(paths.href(item.path) for item in pinned)),
    )


def _version(shown: Iterable[Page], pinned: Iterable[Planned]) -> str:
    digest = blake2b(digest_size=6)
    for page in shown:
        digest.update(orjson.dumps([getattr(page, field.name) for field in fields(page)]))
    for item in pinned:
        record = item.record
        said = (record.id, record.published, record.updated, item.path, item.filled)
        digest.update(orjson.dumps([*said, item.state and item.state.code]))
    return digest.hexdigest()
