"""The site index: everything on the site, by kind and year, on one page as long as that stays light.

Of a large site it leads to pages of its parts (`index_parts`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import Any

from site_builder import paths
from site_builder.contexts import LinkContext, SiteContext, SiteIndexPage
from site_builder.pages.beside import site_image
from site_builder.pages.index_parts import YEAR, by_date, group_at
from site_builder.pages.site import HOME_LINK, cards
from site_builder.pages.view import View
from site_builder.plan import Planned
from site_builder.records import Kind


def index_pages(view: View, site: SiteContext, *, without: Container[str] = ()) -> Iterator[SiteIndexPage]:
    """`/index/` and the pages of its parts. `without`: the groups of pages that are left out."""
    yield _page(view, site, paths.SITE_INDEX, (HOME_LINK,), "", tuple(_groups(view)))
    trail = (HOME_LINK, LinkContext("全部内容", paths.SITE_INDEX, "Site index"))
    english = site.language == "en"
    for part in view.index_parts:
        if group_at(part.path) in without:
            continue
        heading = part.heading(site.language)
        label, label_en = paths.LABELS[part.kind]
        of_what = f": {label_en}, {heading}" if english else f"：{label} {heading}"
        yield _page(view, site, part.path, trail, of_what, (_listed(part.kind, heading, part.items, view),))


def _page(
    view: View,
    site: SiteContext,
    path: str,
    trail: tuple[LinkContext, ...],
    of_what: str,
    groups: tuple[dict[str, Any], ...],
) -> SiteIndexPage:
    name = "Site index" if site.language == "en" else "全部内容"
    return SiteIndexPage(
        template="site_index.html",
        path=path,
        root=paths.root_of(path),
        title=name + of_what,
        description=view.union.name,
        canonical=view.absolute(path),
        site=site,
        trail=trail,
        og_image=site_image(view),
        groups=groups,
    )


def _groups(view: View) -> Iterator[dict[str, Any]]:
    """What the first page shows: records, or links to the pages that show them."""
    apart: dict[Kind, list[dict[str, Any]]] = {}
    for part in view.index_parts:
        heading = part.heading(view.union.site.language)
        count = len(part.items) if part.when else 0  # the heading of others says how many they are
        link = {"heading": heading, "href": paths.href(part.path), "count": count}
        apart.setdefault(part.kind, []).append(link)
    for kind in _kinds(view):
        items = view.by_kind[kind]
        if kind in apart:
            yield {"kind": kind.value, "heading": "", "cards": (), "parts": tuple(apart[kind])}
        elif kind is Kind.STORY:
            for year, of_year in by_date(items, YEAR):
                yield _listed(kind, year, of_year, view)
        else:
            yield _listed(kind, "", items, view)


def _listed(kind: Kind, heading: str, items: Iterable[Planned], view: View) -> dict[str, Any]:
    return {"kind": kind.value, "heading": heading, "cards": cards(items, view), "parts": ()}


def _kinds(view: View) -> Iterator[Kind]:
    return (kind for kind in paths.LISTED if view.by_kind.get(kind))
