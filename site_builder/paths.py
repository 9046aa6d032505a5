"""Where everything lies on a site. No other module writes a path of a site by hand.

A *site path* starts at the site's root, in plain Unicode: `/programs/qiuxue/`, `/media/zgh/a.png`. A
page's path ends with a slash and lies in that folder's `index.html`; any other path is the file itself. A
*link* (`href`) to a site path is the same with what a URL may not carry escaped: see `href`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import quote

from site_builder.records import BEIJING, BaseRecord, Collection, CollectionType, Kind

HOME = "/"
ABOUT = "/about/"
ACCESSIBILITY = "/accessibility/"
SEARCH = "/search/"
SEARCH_INDEX = "/search/index.json"
SEARCH_SITES = "/search/sites.json"
"""The first file the search script asks for; every other file of the index is named in it."""
SITE_INDEX = "/index/"
NOT_FOUND = "/404.html"
BRAND = "/assets/brand.css"
FINDER = "/finder/"
"""我能用什么: everything a worker can use, by need; in folders below it by what else people look for."""
FINDER_ITEMS = "/finder/items.json"
PLACES_NEARBY = "/places/nearby.json"
"""What the page of places reads to find the nearest."""
EVENTS_NEARBY = "/events/nearby.json"
"""The same of events to come whose venue has coordinates."""
SITEMAP = "/sitemap.xml"
OFFLINE = "/offline/"
"""What a reader without a connection sees in the place of a page that is not kept."""
WORKER = "/sw.js"
MEDIA = "/media/"
SHARE = "/share/"
FEED = "/feeds/all.atom.xml"

SECTIONS: Mapping[Kind, str] = {
    Kind.STORY: "news", Kind.PROGRAM: "programs", Kind.GUIDE: "guides", Kind.EVENT: "events",
    Kind.PLACE: "places", Kind.SERVICE: "services", Kind.COLLECTION: "topics", Kind.DATASET: "data",
}  # fmt: skip
"""The folder of each kind. Of collections it is that of their list; what else they are has its own."""

COLLECTIONS: Mapping[CollectionType, str] = {
    "topic": "topics", "package": "topics", "timeline": "topics",
    "column": "columns", "digest": "columns", "series": "series",
}  # fmt: skip
"""The folder of each type of collection."""

COLLECTION_LISTS: Mapping[str, tuple[str, str]] = {
    "columns": ("栏目", "Columns"), "series": ("系列报道", "Series"),
}  # fmt: skip
"""The lists of some types of collection beside the list of all, and what they are called."""

LABELS: Mapping[Kind, tuple[str, str]] = {
    Kind.STORY: ("新闻", "News"), Kind.PROGRAM: ("服务项目", "Programs"), Kind.GUIDE: ("政策指南", "Guides"),
    Kind.EVENT: ("活动", "Events"), Kind.PLACE: ("阵地", "Places"), Kind.SERVICE: ("服务入口", "Services"),
    Kind.COLLECTION: ("专题", "Topics"), Kind.DATASET: ("数据", "Data"),
}  # fmt: skip
"""What a section is called, in Chinese and English: menu, trail, feeds."""

LISTED = (
    Kind.STORY, Kind.PROGRAM, Kind.EVENT, Kind.PLACE, Kind.SERVICE, Kind.GUIDE, Kind.DATASET,
    Kind.COLLECTION,
)  # fmt: skip
"""The kinds that have a list today, in the order of a menu."""

FED = (Kind.STORY, Kind.PROGRAM, Kind.EVENT, Kind.GUIDE)
"""The kinds that have a feed."""

_FIXED = re.compile(
    r"/(about/|accessibility/|search/.*|finder/.*|index/|offline/|sw\.js|404\.html|sitemap\.xml|robots\.txt|(feeds|assets|media|share)(/.*)?"
    r"|(news|programs|guides|events|places|services|topics|columns|series|data)/(page/\d+/)?|.*/?(index\.(html|json)|feed\.(json|atom\.xml)|qr\.svg|poster\.html)"
    r"|(topics|columns|series)/(.*/)?page/\d+/|data/.*/(as-of/.*|data\.csv)|guides/.*/earlier/.+|places/nearby\.json|programs/past/(page/\d+/)?|events/(past/(page/\d+/)?|\d{4}/\d{2}/|calendar\.ics))?"
)

RESERVED = re.compile(r"/[a-z]+/page/\d+/|/(events|programs)/past/(page/\d+/)?|/events/\d{4}/\d{2}/")
"""A list's further pages, what is past, and the months of the calendar: no record may stand there."""

_FORMER = re.compile(
    r"(?P<folder>/news/\d{4}/\d{2}/|/(?:programs|guides|events|places|services|topics|columns|series|data)/)(?P<slug>[^/]+)/"
)


def record_path(record: BaseRecord, site: str) -> str:
    """Where `record` lies on the site of the union `site`: on others' sites its owner is before its slug."""
    section = COLLECTIONS[record.type] if isinstance(record, Collection) else SECTIONS[record.kind]
    owner = "" if record.union == site else f"{record.union}/"
    if record.kind is Kind.STORY:
        day = record.published.astimezone(BEIJING)
        return f"/{section}/{day.year:04}/{day.month:02}/{owner}{record.slug}/"
    return f"/{section}/{owner}{record.slug}/"


def former_path(former: str, owner: str, site: str) -> str | None:
    """Where a path at which a record of `owner` once stood lies on the site of `site`.

    On the owner's site that is the path itself. On another's it is the path with the owner before the slug
    (`/programs/old/` -> `/programs/<owner>/old/`), or None for a path no record of this product ever had.
    """
    path = former if former.endswith("/") or "." in former.rpartition("/")[2] else former + "/"
    if site == owner:
        return path
    match = _FORMER.fullmatch(path)
    return f"{match['folder']}{owner}/{match['slug']}/" if match else None


def is_safe(path: str) -> bool:
    """Whether a file can be written at this site path on any file system, inside the site's folder."""
    segments = path[1:].removesuffix("/").split("/")
    return (
        path.startswith("/")
        and path not in ("/", "/index.html")
        and all(
            segment not in ("", ".", "..") and len(segment.encode()) <= 200 and segment.isprintable()
            for segment in segments
        )
        and not set(path) & set('\\:*?"<>|')
    )


def is_fixed(path: str) -> bool:
    """Whether a path belongs to a page or file that every site has or may have, whatever its records."""
    return _FIXED.fullmatch(path) is not None


def list_path(kind: Kind, page: int = 1) -> str:
    return page_path(f"/{SECTIONS[kind]}/", page)


def page_path(first: str, page: int) -> str:
    """The path of the n-th page of the list whose first page is `first`."""
    return first if page == 1 else f"{first}page/{page}/"


PAST_EVENTS = "/events/past/"
PAST_PROGRAMS = "/programs/past/"
CALENDAR = "/events/calendar.ics"
"""Every event of a site, to subscribe to."""


def month_path(year: int, month: int) -> str:
    """The page of one month in the calendar of events."""
    return f"/events/{year:04d}/{month:02d}/"


def finder_path(by: str) -> str:
    """The finder by need, or by something else: audience, place, time, life."""
    return FINDER if by == "need" else f"{FINDER}{by}/"


def calendar_path(path: str) -> str:
    """The calendar file beside a record's page."""
    return f"{path}calendar.ics"


def ranking_path(path: str, as_of: str) -> str:
    """The page of an earlier ranking, below its dataset's. No record lies three folders deep in /data/."""
    return f"{path}as-of/{as_of}/"


def earlier_path(path: str, key: str) -> str:
    """The page of an earlier text of a guide, below the guide's. No record lies three folders deep there."""
    return f"{path}earlier/{key}/"


def table_path(path: str) -> str:
    """The table beside a dataset's page, as CSV."""
    return f"{path}data.csv"


def feed_path(kind: Kind | None) -> str:
    return FEED if kind is None else f"/feeds/{kind.value}.atom.xml"


def collection_feed(path: str) -> str:
    """The feed of a topic, column or series, beside its page."""
    return f"{path}feed.atom.xml"


def json_feed(feed: str) -> str:
    """The same feed as JSON, beside the Atom file."""
    return feed.removesuffix(".atom.xml") + ".json"


def media_path(ref: str) -> str:
    """`media:<union>/<name>` or `<union>/<name>` -> `/media/<union>/<name>`."""
    return f"/media/{ref.removeprefix('media:')}"


def variant_path(ref: str, width: int, kind: str) -> str:
    """A picture made smaller: `/media/<union>/480/<name>.avif`; no uploaded file lies that deep."""
    union, _, name = ref.removeprefix("media:").partition("/")
    return f"/media/{union}/{width}/{name}.{kind}"


def share_path(name: str) -> str:
    """The picture that is shown where a page's address is passed on: `name` is a record's id, or `site`."""
    return f"{SHARE}{name}.png"


def qr_path(path: str) -> str:
    """The QR code beside a record's page."""
    return f"{path}qr.svg"


def poster_path(path: str) -> str:
    """A record's page on one sheet of paper, beside it. A file: in a folder a record might lie."""
    return f"{path}poster.html"


def json_path(path: str) -> str:
    """Beside a record's page."""
    return f"{path}index.json"


def output_file(path: str) -> PurePosixPath:
    """The file of a site path, relative to the site's folder."""
    return PurePosixPath(path[1:] + "index.html" if path.endswith("/") else path[1:])


@lru_cache(maxsize=20_000)
def href(path: str) -> str:
    """A site path as it may stand in a URL, and in a list of them: a comma would end it there (`srcset`)."""
    return quote(path, safe="/-._~!$&'()*+;=:@")


def root_of(path: str) -> str:
    """From the page at `path` to the site's root: "../../" for /programs/x/, "" for /."""
    return "../" * (path.count("/") - 1)


def relative(link: str, root: str) -> str:
    """A link of a context as it stands on a page whose way to the root is `root`; others stay as they are.

    `root` may also be absolute, as on 404.html. "./" stands for the empty way, which would mean "this page".
    """
    if not link.startswith("/") or link.startswith("//"):
        return link
    return (root or "./") + link[1:]


def absolute(link: str, base_url: str) -> str:
    """A link of a context as a full URL."""
    return base_url + link if link.startswith("/") else link
