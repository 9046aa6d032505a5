"""With which content type and for how long a file of a site may be kept: for S3, nginx and Caddy alike."""

from __future__ import annotations

import re

from site_builder.assets import PART
from site_builder.serving import content_type

HASHED = rf"^(?:{PART}|search/[0-9a-f]{{12}}/.*)"
"""Files whose name or folder carries the hash of what they are: under one name they never change."""
SLOW = r"^(?:media|assets|share)/"
"""Pictures and the union's own colours: they may be replaced under their name, and seldom are."""
NAMING = r"^search/[a-z]+\.json$"
"""They name files that go when the site is built anew."""

SEARCHING = r"^search/(?:index\.html)?$"
"""The page that may ask the sites of other unions."""

IMMUTABLE = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"
A_MINUTE = "public, max-age=60"
"""Pages: a correction must be seen. After the minute the browser asks, and mostly hears "unchanged"."""
NOT_BETWEEN = f"{A_MINUTE}, s-maxage=0"
"""The same, and nobody on the way keeps it: who misses a file asks anew, past a cache of one's own only."""

_UTF8 = re.compile(r"text/[^;]*|application/(.*\+)?(json|xml)|image/svg\+xml")


def typed(path: str) -> str:
    """The Content-Type of a file by its path; text says that it is UTF-8, since all text here is."""
    kind = content_type(path)
    return f"{kind}; charset=utf-8" if _UTF8.fullmatch(kind) else kind


def caching(path: str) -> str:
    """The Cache-Control of a file by its path from the site's root (`assets/site.0123456789ab.css`)."""
    if re.match(HASHED, path):
        return IMMUTABLE
    if re.match(NAMING, path):
        return NOT_BETWEEN
    return AN_HOUR if re.match(SLOW, path) else A_MINUTE
