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
from site_builder.pages.view import View
from site_builder.plan import Planned
from site_builder.records import BaseRecord, Guide, Kind

PINNED = 24
"""Pages of services and guides that are kept on a reader's device: some 200 kB of it."""

_OVER = frozenset({"ended", "past", "cancelled", "retired"})
_ON_POSTERS = frozenset({Kind.PROGRAM, Kind.EVENT, Kind.GUIDE})
_SAID = (
    "eligibility", "eligibility_any", "benefits", "parameters", "papers", "steps", "apply", "dates",
    "questions", "employers", "agenda", "stages",
)  # fmt: skip
_SPARSE, _CROWDED = 12, 24
"""Lines below which a poster is set larger, and above which smaller."""


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
        density="sparse"
        if (lines := _lines(page.record)) < _SPARSE
        else "crowded"
        if lines > _CROWDED
        else "normal",
    )


def _sender(site: SiteContext, view: View) -> SiteContext:
    """The site as a poster names it: nothing of it changes because there is news."""
    made: SiteContext | None = view.memo.get("beside.sender")
    if made is None:
        made = view.memo["beside.sender"] = replace(site, dateline="", menu=(), feeds=(), uppers=())
    return made


def _lines(record: Mapping[str, Any]) -> int:
    said = sum(len(record.get(name) or ()) for name in _SAID)
    return said + len(record.get("summary") or "") // 40


# --- what a record's own page says of it ------------------------------------------------------------


def newer(item: Planned, view: View) -> tuple[LinkContext, ...]:
    """The guides that say they take the place of this one."""
    if item.record.kind is not Kind.GUIDE:
        return ()
    known: dict[UUID, list[Planned]] | None = view.memo.get("beside.newer")
    if known is None:
        known = view.memo["beside.newer"] = {}
        for other in view.by_kind.get(Kind.GUIDE, ()):
            assert isinstance(other.record, Guide), "a guide's record is of its kind"
            for older in other.record.supersedes:
                known.setdefault(older, []).append(other)
    return tuple(
        LinkContext(other.record.title, paths.href(other.path))
        for other in known.get(item.record.id, ())
        if other.record.id != item.record.id
    )


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
    pinned = [item for kind in (Kind.SERVICE, Kind.GUIDE) for item in view.by_kind.get(kind, ())][:PINNED]
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
