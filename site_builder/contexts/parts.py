"""What pages are put together of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LinkContext:
    label: str
    href: str
    label_en: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class SourceContext:
    """A picture's files of one type (image/avif), the smallest first: link and width in pixels."""

    type: str
    files: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ImageContext:
    """`src` and `vector` are links; sizes in pixels. `vector` is an SVG of the same picture, or empty.

    `sources`, the better first, are empty for a drawing and for what is small. `blur` is a `data:` address of
    what stands there until the picture comes, or empty.
    """

    src: str
    alt: str
    width: int
    height: int
    caption: str = ""
    credit: str = ""
    vector: str = ""
    focal_point: tuple[float, float] | None = None
    sources: tuple[SourceContext, ...] = ()
    blur: str = ""
    taken: str = ""
    """When, as exactly as it is known: an ISO day, month or year."""
    place: str = ""
    """Where it was taken."""


@dataclass(frozen=True, slots=True)
class NoticeContext:
    """A line for all readers; `href` may be empty, `image` is only a festival's."""

    text: str
    text_en: str = ""
    href: str = ""
    image: ImageContext | None = None


@dataclass(frozen=True, slots=True)
class SiteContext:
    """What every page of one site shares: masthead, navigation, footer."""

    slug: str
    name: str
    short_name: str
    level: str
    language: str
    base_url: str
    slogan: str
    primary: str
    accent: str
    logo: ImageContext | None
    menu: tuple[LinkContext, ...]
    """One line of navigation; without a menu of the union's own, one entry for each kind the site has."""
    uppers: tuple[LinkContext, ...]
    """The unions above, the national one first; absolute links."""
    dateline: str
    """ISO date of the newest change on the site (the newspaper's date line), or empty."""
    organiser: str
    undertaker: str
    address: str
    postcode: str
    footer_note: str
    icp: str
    police_record: str
    website_code: str
    hotline: str
    contacts: tuple[dict[str, Any], ...]
    """records.Contact as plain data."""
    feeds: tuple[LinkContext, ...]
    reviewer: str = ""
    """A body or a role that reviews what the site publishes, or empty."""
    finder: str = ""
    """Where the finder is, or empty where there is nothing to find."""
    emergency: NoticeContext | None = None
    """Above everything on every page."""
    tasks: tuple[LinkContext, ...] = ()
    """What most readers come for, three at most, for those who want large type and little else. The label is
    the key of an interface word: `task.<label>`."""
    mourning: bool = False
    """Whether the site stands without its colours; only in the context of brand.css."""
    icon: str = ""
    """A link to the picture in the browser's tab, where it is another one than the logo."""
    wechat: str = ""
    """The name of the union's account on WeChat; its code is on the page 关于工会: TextPage.wechat_code."""
    closure: ClosureContext | None = None
    """On every page, where the union is no more; then nobody is told to ask it, and `hotline` is its
    successor's."""


@dataclass(frozen=True, slots=True)
class ClosureContext:
    """That the union of a site is no more. `how` as records.Closure; `since` an ISO day; `successors`:
    absolute links to who answers now."""

    how: str
    since: str
    note: str
    successors: tuple[LinkContext, ...]


@dataclass(frozen=True, slots=True)
class StateContext:
    """`code` as plan.StateCode; ISO moments let a script correct a page that is read later."""

    code: str
    days_left: int | None = None
    opens: str = ""
    closes: str = ""
    later: tuple[tuple[str, str], ...] = ()
    """ISO moments with the code from then on, in order."""


@dataclass(frozen=True, slots=True)
class DateContext:
    """One date of an event. `starts` is an ISO moment, or an ISO day for a whole day; `ends` an ISO moment,
    the last day of several, or "" where no end is known."""

    starts: str
    ends: str
    whole_day: bool
    over: bool
    status: str
    """As records.Session.status."""


@dataclass(frozen=True, slots=True)
class HourRow:
    """Weekdays with the same opening hours. `first` and `last` name a run of three or more, else are ""."""

    days: tuple[str, ...]
    times: tuple[str, ...]
    note: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What a list says of an event, a place or a service beyond other cards; each kind has its own."""

    type: str
    place: str = ""
    edition: str = ""
    modes: tuple[str, ...] = ()
    date: DateContext | None = None
    """Of an event: the next date, else the last one."""
    dates: int = 0
    """How many dates are not over."""
    when: str = ""
    free: bool = False
    hour_rows: tuple[HourRow, ...] = ()
    always_open: bool = False
    hours_note: str = ""
    facilities: tuple[str, ...] = ()
    access: str = ""
    operator: str = ""
    platform: str = ""
    ways: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a list."""

    id: str
    kind: str
    title: str
    href: str
    date: str
    """ISO date of publication in Beijing."""
    summary: str = ""
    kicker: str = ""
    genre: str = ""
    region: str = ""
    at_home: bool = False
    """Whether the region is this union's own: then a list need not say it."""
    owner: str = ""
    """Short name of the owner, where it is not this union."""
    pinned: bool = False
    state: StateContext | None = None
    image: ImageContext | None = None
    """Only where the picture is the news (genre photo), and for the home page's lead."""
    topics: tuple[str, ...] = ()
    facts: CardFacts | None = None
    source: tuple[str, str, str, str] | None = None
    """Of a story from elsewhere: relation, publication, date of issue, original author."""


@dataclass(frozen=True, slots=True)
class CardGroup:
    """Cards that stand under one heading. `key` is the code of an interface word, or "" where `label` is the
    heading; `anchor` is the id of the heading."""

    key: str
    label: str
    anchor: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class SketchPoint:
    x: float
    y: float
    number: int
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class SketchContext:
    """A drawing of where places lie (SVG units): north is up. `origin` and `degrees` let a script know what
    point a reader chose: latitude and longitude (WGS-84) of the upper left corner, and degrees a unit."""

    width: int
    height: int
    points: tuple[SketchPoint, ...]
    bar: float
    bar_metres: int
    origin: tuple[float, float]
    degrees: tuple[float, float]


@dataclass(frozen=True, slots=True)
class LabelContext:
    """What stands on each item of a column or series; `type` as records.CollectionType."""

    label: str
    href: str
    type: str
    logo: ImageContext | None = None


@dataclass(frozen=True, slots=True)
class EarlierLink:
    """A text of a guide that held before. `since` and `until` are partial dates, or "" where not known."""

    label: str
    href: str
    since: str = ""
    until: str = ""
    changes: tuple[str, ...] = ()
    """What the text after it changed."""
    withdrawn: str = ""
    """Why it is not shown any more, or empty."""
    current: bool = False
