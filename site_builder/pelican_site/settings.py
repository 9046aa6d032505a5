"""Ordinary Pelican settings of one site, and a `pelicanconf.py` made of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from site_builder.records import Union

PLUGIN = "site_builder.pelican_site.plugin"


def settings(union: Union, *, content: Path, themes: Path, output: Path, as_of: datetime) -> dict[str, Any]:
    """Settings for `pelican.read_settings(override=...)`.

    Everything that core would generate is off, and everything that core takes from the machine (locale,
    time zone, installed plugins) is fixed.
    """
    return {
        "SITENAME": union.name,
        "SITESUBTITLE": union.site.slogan,
        "SITEURL": union.site.base_url,
        "FEED_DOMAIN": union.site.base_url,
        "PATH": str(content),
        "OUTPUT_PATH": str(output),
        "THEME": str(themes / union.site.theme),
        "PLUGINS": [PLUGIN],
        "TIMEZONE": "Asia/Shanghai",
        "LOCALE": ["C.UTF-8", "C"],
        "DEFAULT_LANG": union.site.language,
        "CSS_FILE": "",
        "ARTICLE_PATHS": [],
        "PAGE_PATHS": [],
        "STATIC_PATHS": [],
        "THEME_STATIC_PATHS": [],
        "DIRECT_TEMPLATES": [],
        "TEMPLATE_PAGES": {},
        "PAGINATED_TEMPLATES": {},
        "OUTPUT_SOURCES": False,
        "FEED_ALL_ATOM": None,
        "CATEGORY_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        "TRANSLATION_FEED_ATOM": None,
        "FEED_MAX_ITEMS": None,
        "CACHE_CONTENT": False,
        "LOAD_CONTENT_CACHE": False,
        "UNIONPRESS": {"union": union.slug, "as_of": as_of.isoformat()},
    }


def configuration(union: Union, *, content: Path, themes: Path, output: Path, as_of: datetime) -> str:
    """The text of a `pelicanconf.py` with which `pelican` alone builds this site, byte for byte.

    The paths are written as given. PELICAN_CLASS is the class itself: Pelican 4.12 cannot import a name of
    more than one dot.
    """
    values = settings(union, content=content, themes=themes, output=output, as_of=as_of)
    lines = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    return (
        f"# The site of {union.slug}, for Pelican alone: pelican -s pelicanconf.py -o OUT\n"
        "# Written by `unionpress pelican`; as_of is the moment for which the site is made.\n"
        "from site_builder.release.alone import PelicanAlone\n\n"
        f"PELICAN_CLASS = PelicanAlone\n{lines}\n"
    )
