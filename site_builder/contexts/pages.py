"""The pages of a site, one class for each way of being laid out."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from site_builder.contexts.parts import (
    Card,
    CardGroup,
    EarlierLink,
    ImageContext,
    LabelContext,
    LinkContext,
    NoticeContext,
    SiteContext,
    SketchContext,
    StateContext,
)


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """What all pages have. `template` is the file in the bundle; `path` is where the page lies."""

    template: str
    path: str
    root: str
    """From this page to the site's root: "../../" for /programs/x/, "" for /; absolute for /404.html,
    which is shown at any path."""
    title: str
    """Plain text for <title>. A redirect or withdrawn page has none: it shows no word of what stood there."""
    description: str
    canonical: str
    """Absolute: where this page lies on its own site. For a redirect: where it leads."""
    site: SiteContext
    trail: tuple[LinkContext, ...] = ()
    """Breadcrumbs, home first, without the page itself."""
    og_type: str = "website"
    og_image: str = ""
    noindex: bool = False
    json_ld: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    lead: Card | None
    usable: tuple[Card, ...]
    """Programs that can be applied for now, closing first."""
    news: tuple[Card, ...]
    programs: tuple[Card, ...]
    guides: tuple[Card, ...]
    topics: tuple[LinkContext, ...]
    children: tuple[LinkContext, ...]
    """The unions directly below; absolute links."""
    events: tuple[Card, ...] = ()
    """What is to come, the next first."""
    places: tuple[Card, ...] = ()
    services: tuple[Card, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    """The parts that have something to show, as records.HomeBlock, from top to bottom; those of one row stand
    side by side where there is room."""
    notice: NoticeContext | None = None
    festival: NoticeContext | None = None
    season: NoticeContext | None = None
    """The heading of what the season brings."""
    seasonal: tuple[Card, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Page):
    """A list of one kind (`list.html`, `heading` empty), or of a topic (`topic.html`, `heading` its title,
    `intro_html` its text on page 1; the kind of both `/topics/` and a topic is `collection`)."""

    kind: str
    heading: str
    intro_html: str
    cards: tuple[Card, ...]
    total: int
    page: int
    pages: tuple[PageLink, ...]
    previous: str
    next: str
    """Links to the pages before and after, or empty."""
    feed: str
    """The kind's feed, or empty."""
    json_path: str = ""
    """For page 1 of a topic: index.json beside it."""
    data: dict[str, Any] | None = None
    """What that file says, as in RecordPage; not for templates."""
    months: tuple[LinkContext, ...] = ()
    """Of events: the months of the calendar, labelled 2025-04."""
    past: str = ""
    """Of events: the list of those that are over, or empty."""
    calendar: str = ""
    """Of events: the calendar file, or empty."""
    collection: dict[str, Any] | None = None
    """Of a collection, on its first page: its public fields, see pages.collections."""
    body: tuple[dict[str, Any], ...] = ()
    """The blocks of a collection's text after those of `intro_html`."""
    lists: tuple[LinkContext, ...] = ()
    """Of collections: the lists of columns and series."""
    archived: tuple[str, ...] = ()
    """Of collections: the ids of series that are over."""
    webcal: str = ""
    """The same as an address to subscribe to (webcal://...)."""
    groups: tuple[CardGroup, ...] = ()
    """Of programs by state and of places by district: the cards of this page again, under their headings."""
    facilities: tuple[tuple[str, tuple[LinkContext, ...]], ...] = ()
    """Of places, on page 1: each facility with the places that have it."""
    sketch: SketchContext | None = None
    """Of places, on page 1: a map of those with coordinates."""
    nearby: dict[str, Any] | None = None
    """Of places, on page 1: what a script chooses by, {"path", "words" (place_type or event_type), "regions",
    "types", "facilities", "timed", "located" (whether any has coordinates)}. Of events as soon as the venue
    of one has coordinates."""
    nearby_items: tuple[dict[str, Any], ...] = ()
    """What the file at that path says; not for templates. See pages.places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinderPage(Page):
    """我能用什么 (`finder.html`): programs, events, places and services grouped by one thing."""

    by: str
    """need, audience, place, time or life."""
    ways: tuple[LinkContext, ...]
    """The same by other things; labels are the keys of interface words (`finder.by_<label>`)."""
    groups: tuple[CardGroup, ...]
    total: int
    """Different records."""
    choices: dict[str, tuple[str, ...]]
    """What a script can filter by, in order: codes of `need`, `life`, `time` and `kind`, words of `audience`
    and `place`."""
    items_path: str
    items: tuple[dict[str, Any], ...] = ()
    """On the first page: what the file at that path says; not for templates. See pages.finder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage(Page):
    """One month of events (`calendar.html`)."""

    month: str
    """2025-04"""
    days: tuple[dict[str, Any], ...]
    """Every day of the month: {"date", "weekday" (0 Monday), "entries"}; an entry is {"id", "title", "href",
    "starts", "ends", "whole_day", "status", "place", "board", "state"}: see pages.calendar."""
    months: tuple[LinkContext, ...]
    previous: str
    next: str
    calendar: str
    webcal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(Page):
    """A record that is no collection. The template is `<kind>.html`.

    `record` has the record's public fields under the names of records.py, as plain data ready to show:
    Markdown fields are HTML (`steps[0].text`), links are hrefs, media references are hrefs, pictures are
    ImageContext as a dict, moments ISO strings, numbers strings as written. A link that leads nowhere (to a
    record that is not public) is None, as is a picture whose file is missing; such a reference is left out
    of a list. Some values carry more than records.py names:

    - `editor_note.html`: its text, as in the block editor_note (`text` is the same);
    - `parameters[n].valid`: whether it holds today; only where it has dates. `validity`: "past", "current",
      "future", or "" without dates;
    - `bylines[n].href`: the site of the union named in `union`, absolute, or "";
    - `form_links`: for each of `forms` {"href", "label"}, the label being the file's title;
    - `supersedes`, `related`, `places`: {"id", "label", "href"} of those to be seen on this site; `venue`:
      one such, or None.
    - of guides `earlier` is not here: see RecordPage.earlier and EarlierPage;
    - of events `dates`, `rules`, `more`; of places `hour_rows`, `holidays`: see pages.facts; of datasets
      `tallies`, `standing`, `dates`, `csv`: see pages.datasets.
    """

    record: dict[str, Any]
    body: tuple[dict[str, Any], ...]
    """Blocks as {"type": "prose"|"section"|..., ...}: see pages.block_context."""
    contents: tuple[LinkContext, ...]
    """Links to the sections, when there are three or more."""
    state: StateContext | None
    date: str
    updated: str
    owner: LinkContext
    """The union that wrote it; absolute link where it is another's."""
    own: bool
    origin: LinkContext | None
    """The upper union's record that an edition stands for."""
    topics: tuple[LinkContext, ...]
    related: tuple[Card, ...]
    json_path: str
    """index.json beside the page."""
    data: dict[str, Any] = field(default_factory=dict)
    """What that file says (`pages.record_json`); not for templates."""
    calendar: str = ""
    """The calendar file beside the page, or empty."""
    labels: tuple[LabelContext, ...] = ()
    """The series and columns that it belongs to; `topics` has the other collections."""
    ask: dict[str, Any] | None
    """Whom to ask for what is not given: {"name", "phone", "url"} of the record's contact, else the union.
    None for stories."""
    known: dict[str, bool] = field(default_factory=dict)
    """Of programs, events, places and services: what one must know to get it, and whether it is said. The
    keys are those of gaps.elements."""
    overdue: str = ""
    """The ISO day by which this should have been checked again, if nobody did; else empty."""
    qr: str = ""
    """The QR code of this page's address, an SVG beside it."""
    poster: str = ""
    """The same on one sheet of paper, beside it; or empty."""
    newer: tuple[LinkContext, ...] = ()
    """Guides of this site that take this one's place."""
    earlier: tuple[EarlierLink, ...] = ()
    """Of a guide: the texts that held before, the latest first."""
    reviewed: tuple[str, str] = ("", "")
    """The body or role that reviewed it and the ISO day, either may be empty; where the record names none,
    whoever its union says reviews everything."""
    counted: tuple[str, ...] = ()
    """The earliest and the latest day, month or year for which its figures hold; one if both are the same."""


_BESIDE = ("origin", "topics", "related", "labels", "newer")
_OF_SITE = frozenset({"canonical", "site", "og_image", "json_ld", "ask", "data", *_BESIDE})
_of_record = attrgetter(*(each.name for each in fields(RecordPage) if each.name not in _OF_SITE))
_beside = attrgetter(*_BESIDE)


def alike(page: RecordPage) -> tuple[Hashable, tuple[object, ...]]:
    """A key that a record's pages share on all sites on which they say the same, but for the words of the
    site, of its page's head, and whom to ask; and what has to be kept as long as the key.

    What of a page is its record's is one object on all these sites and told apart by which it is; what
    stands beside it is small, mostly empty, and told apart by its worth.
    """
    values = _of_record(page)
    return (_beside(page), *map(id, values)), values


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPage(Page):
    """A text of a guide that held before (`earlier.html`); never in the sitemap.

    `record`, `body` and `contents` as in RecordPage, with the fields of records.EarlierText; empty where the
    text is withdrawn. `id` is the guide's.
    """

    id: str
    heading: str
    home: LinkContext
    """The guide, as it holds now."""
    text: EarlierLink
    texts: tuple[EarlierLink, ...]
    """All earlier ones, this one among them."""
    record: dict[str, Any]
    body: tuple[dict[str, Any], ...]
    contents: tuple[LinkContext, ...]
    compared: tuple[dict[str, Any], ...]
    """Parameters then and now: {"name", "then", "now"}: records.Parameter as dicts, of which there may be
    none or several today."""
    owner: LinkContext
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterPage(Page):
    """A program, event or guide on one A4 sheet (`poster.html`); `canonical` is the record's page, the one
    its QR code names. `site` tells who the union is and how to reach it, and nothing else.

    `record`, `state`, `ask` as in RecordPage.
    """

    kind: str
    record: dict[str, Any]
    state: StateContext | None
    owner: LinkContext
    own: bool
    ask: dict[str, Any] | None
    density: str
    """How much there is to say, and so how large it is set: sparse, normal, crowded, packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(Page):
    """`qr.svg` beside a record's page: the QR code of `canonical`. `site` is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPage(Page):
    """`/sw.js` (`sw.js`), the service worker of a site. `site` is empty."""

    version: str
    """Changes when what is kept for offline reading changes."""
    shell: tuple[str, ...]
    """Links to what must be there without a connection."""
    pinned: tuple[str, ...]
    """Links to what should be: services and guides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPage(Page):
    """An earlier ranking of a dataset (`ranking.html`)."""

    heading: str
    id: str
    """Of the dataset."""
    home: LinkContext
    """The dataset's own page, with the latest ranking."""
    standing: dict[str, Any]
    """See pages.datasets.standing."""
    dates: tuple[dict[str, Any], ...]
    """{"as_of", "href", "current"}, the latest first."""
    score_name: str
    score_unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StylePage(Page):
    """`/assets/brand.css` (`brand.css`): a page whose `site` tells slug, level, language, `primary` and
    `accent` and is empty else, so that it changes only when the union's colours do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage(Page):
    """About the union: its own words, its contacts, the unions above and below."""

    heading: str
    children: tuple[LinkContext, ...]
    body: tuple[dict[str, Any], ...] = ()
    """Blocks, as of a record's page."""
    wechat_code: ImageContext | None = None
    """The code of the account that the footer names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """`/search/`: the form, an empty `[data-results]`, and the index, which the script asks for."""

    index: str
    uppers: tuple[tuple[str, str, str], ...] = ()
    """Slug, name and address of each union above, the highest first: where a reader may also look."""
    sites: bool = False
    """Whether there are other unions: the highest one's /search/sites.json lists them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteIndexPage(Page):
    """`/index/`: everything on the site, by kind and year; what a reader without JavaScript searches.

    Of a large site it leads to pages of its parts, such as `/index/news/2024/05/`.
    """

    groups: tuple[dict[str, Any], ...]
    """{"kind", "heading", "cards", "parts"}: heading is a year or month of stories, or which of many records;
    empty else. The parts, in the place of cards, are {"heading", "href", "count"}; count is 0 where the
    heading says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePage(Page):
    """404 (`404.html`), a redirect (`redirect.html`) or a withdrawn record (`withdrawn.html`)."""

    target: str = ""
    reason: str = ""
