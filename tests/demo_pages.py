"""One page of every template the theme has, as the demo network shows it: what tests of looks look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from site_builder import content_store, contexts, pages
from site_builder.plan import plan
from site_builder.render import Bundle

REPOSITORY = Path(__file__).parent.parent
THEMES = REPOSITORY / "themes"
AS_OF = datetime.fromisoformat("2025-04-08T09:00+08:00")
FACES = ("province", "city", "county", "enterprise", "industry")
NO_PAGES = frozenset({"base.html", "styleguide.html", "wechat.html"})
"""Templates of which no page of a site is made."""


@dataclass(frozen=True)
class Shown:
    """A page, and the pictures of its site: path -> file."""

    page: contexts.Page
    media: Mapping[str, Path]


def page_templates() -> set[str]:
    names = {path.name for path in (THEMES / "base" / "templates").glob("*.html")}
    return {name for name in names if not name.startswith("_")} - NO_PAGES


@cache
def every_kind_of_page() -> Mapping[str, Shown]:
    """Template and what shapes it further (a genre, a type) -> the page of that kind that says most."""
    content = content_store.read(REPOSITORY / "content")
    found: dict[str, Shown] = {}
    for union in sorted(content.unions):
        made = plan(content, union, AS_OF)
        media = pages.media(made, content)
        for page in pages.pages(made, content):
            name = kind_of(page)
            if name and (name not in found or weight(page) > weight(found[name].page)):
                found[name] = Shown(page, media)
    return dict(sorted(found.items()))


def kind_of(page: contexts.Page) -> str:
    """`story/photo`, `program/call`, `list/event`; empty for what is no HTML page."""
    if not page.template.endswith(".html"):
        return ""
    shape = ""
    if isinstance(page, contexts.RecordPage):
        shape = str(page.record.get("genre") or page.record.get("type") or "")
    elif isinstance(page, contexts.ListPage):
        shape = page.kind
    return "/".join(filter(None, (page.template.removesuffix(".html"), shape)))


def weight(page: contexts.Page) -> int:
    """How much a page says, roughly."""
    if isinstance(page, contexts.RecordPage):
        return sum(1 for value in page.record.values() if value) + len({block["type"] for block in page.body})
    if isinstance(page, contexts.HomePage):
        return len(page.rows) + len(page.usable)
    if isinstance(page, contexts.ListPage):
        return len(page.cards)
    if isinstance(page, contexts.FinderPage):
        return sum(len(group.cards) for group in page.groups)
    if isinstance(page, contexts.CalendarPage):
        return sum(len(day["entries"]) for day in page.days)
    if isinstance(page, contexts.SiteIndexPage):
        return sum(len(group["cards"]) for group in page.groups)
    if isinstance(page, contexts.PosterPage):
        return sum(1 for value in page.record.values() if value)
    return 0


def brand(face: str, page: contexts.Page) -> bytes:
    """brand.css of a page's site."""
    style = contexts.StylePage(
        template="brand.css", path="/assets/brand.css", root="../", title="", description="", canonical="",
        site=page.site,
    )  # fmt: skip
    return Bundle.load(THEMES, face).render(style)


def faces() -> Iterator[tuple[str, Bundle]]:
    for face in FACES:
        yield face, Bundle.load(THEMES, face)
