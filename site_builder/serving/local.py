"""Links between sites, for looking at a network on one machine.

A site's own links are relative. Those to other unions' sites, and all of its 404.html (which is shown at any
path), carry the addresses the sites will have on the web; here they lead to the same sites as served here.
What tells machines where a page belongs (canonical, Open Graph, JSON-LD, feeds) stays as it was built.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from site_builder.release.status import SiteStatus

KEPT_SECONDS = 10.0
"""How long the unions' addresses are kept before they are read again."""

_LINK = re.compile(
    rb'(<(?:a\b|form\b|img\b|script\b|link rel="(?:stylesheet|icon|modulepreload)")'
    rb'[^>]*?\s(?:href|action|src)=")'
    rb"(https?://[^\"?#]*)"
)


class Addresses:
    """The base URL of every union -> its slug, read again from time to time."""

    def __init__(self, statuses: Callable[[], list[SiteStatus]]) -> None:
        self._statuses = statuses
        self._known: Mapping[bytes, str] = {}
        self._until = 0.0

    def known(self) -> Mapping[bytes, str]:
        if time.monotonic() >= self._until:
            self._known = {
                status.union.site.base_url.encode(): status.union.slug for status in self._statuses()
            }
            self._until = time.monotonic() + KEPT_SECONDS
        return self._known


def localise(html: bytes, sites: Mapping[bytes, str], here: str) -> bytes:
    """`html` with its links to `sites` led to the same sites as served here.

    `here` is the address of a site with `{}` where its union's slug stands: http://{}.localhost:8000
    """

    def led(match: re.Match[bytes]) -> bytes:
        url = match[2]
        base = url
        while base not in sites:
            base, slash, _ = base.rpartition(b"/")
            if not slash or base.endswith(b"/"):
                return match[0]
        return match[1] + here.replace("{}", sites[base]).encode() + url.removeprefix(base)

    return _LINK.sub(led, html)
