"""The page at `http://localhost:8000/`: the network as a tree of unions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from site_builder.records import BEIJING, Level
from site_builder.release.status import SiteStatus

_FOLDER = Path(__file__).parent
NETWORK_CSS = (_FOLDER / "network.css").read_bytes()
NETWORK_CSS_PATH = "/network.css"
"""No union's slug has a dot in it."""

LEVELS = {
    Level.NATIONAL: ("全国", "National"),
    Level.PROVINCE: ("省级", "Province"),
    Level.CITY: ("市级", "City"),
    Level.COUNTY: ("县级", "County"),
    Level.TOWN: ("乡镇街道", "Town"),
    Level.ENTERPRISE: ("企业", "Enterprise"),
    Level.INDUSTRY: ("产业", "Industry"),
}
STALE_SECONDS = 36 * 3600
"""A site made for a moment longer ago than this is shown with that moment's date at the top of the page."""


@dataclass(frozen=True, slots=True)
class Node:
    """One union with the unions below it."""

    status: SiteStatus
    level: tuple[str, str]
    host: str
    below: list[Node] = field(default_factory=list)
    successors: list[Node] = field(default_factory=list)
    """Who took its place, where the union is no more."""


def tree(statuses: Iterable[SiteStatus], port: int) -> list[Node]:
    """The roots of the tree. A union whose parent is not among `statuses` stands as a root."""
    nodes = {
        status.union.slug: Node(
            status, LEVELS[status.union.level], f"http://{status.union.slug}.localhost:{port}/"
        )
        for status in statuses
    }
    roots: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.status.union.parent or "")
        (parent.below if parent and parent is not node else roots).append(node)
        closure = node.status.closure
        named = closure.successors if closure else ()
        node.successors.extend(nodes[successor] for successor in named if successor in nodes)
    return roots


def other_moments(statuses: Sequence[SiteStatus], now: datetime) -> list[datetime]:
    """The moments for which sites were made, where these are not about now: a demo says so."""
    moments = {status.as_of for status in statuses if status.release and status.as_of}
    return sorted(moment for moment in moments if abs((now - moment).total_seconds()) > STALE_SECONDS)


_environment = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def network_page(statuses: Sequence[SiteStatus], port: int) -> bytes:
    html = _environment.get_template("network.html").render(
        roots=tree(statuses, port),
        moments=other_moments(statuses, datetime.now(BEIJING)),
        sites=sum(status.release is not None for status in statuses),
        unions=len(statuses),
        records=sum(status.records for status in statuses),
        pages=sum(status.pages for status in statuses),
        stylesheet=NETWORK_CSS_PATH,
    )
    return html.encode()
