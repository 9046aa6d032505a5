"""How often a site's records were read, from the logs of a web server and nothing else.

No visitor is followed: of each line only the day, the address and the answer are kept, never who asked.
Programs that say what they are (bots, monitors) are not counted, nor is anything but a page sent whole.
Lines: the `combined` format of nginx (https://nginx.org/en/docs/http/ngx_http_log_module.html), alone or with
the host before it (`vcombined`); plain or gzipped files.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from site_builder.content_store import Content
from site_builder.plan import SitePlan

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = re.compile(
    r"(?:(?P<host>[\w.:-]+) )?\S+ \S+ .*? \[(?P<day>\d{2}/(?:" + "|".join(_MONTHS) + r")/\d{4}):[^\]]*\] "
    r'"GET (?P<address>\S+) HTTP/[\d.]+" (?P<status>\d{3}) \S+(?: "[^"]*" "(?P<agent>[^"]*)")?'
)
_MACHINE = re.compile(
    r"bot|crawl|spider|slurp|monitor|preview|curl|wget|python|go-http|headless|^-?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class View:
    """One page sent: of which site (its host, or "" where the log does not say), which path, on which day."""

    host: str
    path: str
    day: date


@dataclass(slots=True)
class Visits:
    """Views of one site's records. `others` are views of pages that are no record's: home, lists, search."""

    union: str
    records: Counter[str] = field(default_factory=Counter)
    """By the record's id."""
    others: int = 0
    first: date | None = None
    last: date | None = None


def views(lines: Iterable[str]) -> Iterator[View]:
    """The pages that people were sent. Lines that are no requests are passed over."""
    for line in lines:
        match = _LINE.match(line)
        if match is None or match["status"] not in ("200", "304"):
            continue
        if match["agent"] is not None and _MACHINE.search(match["agent"]):
            continue
        path = unquote(urlsplit(match["address"]).path)
        if not path.endswith("/"):
            continue
        number, month, year = match["day"].split("/")
        day = date(int(year), _MONTHS.index(month) + 1, int(number))
        yield View((match["host"] or "").partition(":")[0], path, day)


def read(files: Iterable[Path]) -> Iterator[str]:
    """The lines of logs, gzipped ones too. Raises OSError for a file that cannot be read."""
    for file in files:
        if file.suffix == ".gz":
            with gzip.open(file, "rt", encoding="utf-8", errors="replace") as packed:
                yield from packed
        else:
            with file.open(encoding="utf-8", errors="replace") as plain:
                yield from plain


def count(found: Iterable[View], content: Content, plans: Mapping[str, SitePlan]) -> dict[str, Visits]:
    """Views by site. A line belongs to the site of its host, or of the path before its own; a log without
    hosts, to the only site there is a plan of."""
    places = [
        (urlsplit(content.unions[union].site.base_url), union, {item.path: item for item in plan.items})
        for union, plan in plans.items()
    ]
    # The longer path first: a site under a path may lie on the host of another.
    places.sort(key=lambda place: len(place[0].path), reverse=True)
    counted = {union: Visits(union) for union in plans}
    for view in found:
        for base, union, paths in places:
            here = view.host == base.hostname or (not view.host and len(places) == 1)
            if not here or not view.path.startswith(f"{base.path}/"):
                continue
            visits = counted[union]
            item = paths.get(view.path[len(base.path) :])
            if item is None:
                visits.others += 1
            else:
                visits.records[str(item.record.id)] += 1
            visits.first = min(visits.first or view.day, view.day)
            visits.last = max(visits.last or view.day, view.day)
            break
    return counted
