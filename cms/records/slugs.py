"""Addresses from Chinese titles: pinyin, as `[a-z0-9-]{1,63}`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pypinyin import lazy_pinyin

if TYPE_CHECKING:
    from cms.records.models.base import RecordPage

WORDS = 48
"""Longer slugs are cut at a syllable: of the 63 letters that a slug may have, the rest is for a number."""


def pinyin_slug(title: str) -> str:
    """`职工夜校走红` -> `zhi-gong-ye-xiao-zou-hong`; empty for a title without letters or digits."""
    syllables = re.sub(r"[^a-z0-9]+", "-", "-".join(lazy_pinyin(title)).lower()).strip("-").split("-")
    slug = ""
    for syllable in syllables:
        longer = f"{slug}-{syllable}" if slug else syllable
        if len(longer) > WORDS:
            break
        slug = longer
    return slug or (syllables[0][:WORDS] if syllables else "")


def _base(page: RecordPage) -> str:
    return pinyin_slug(page.title) or page.uuid.hex[:8]


def is_of_title(page: RecordPage) -> bool:
    """Whether the page's slug is what `free_slug` makes of its title, beside whatever neighbours."""
    return re.fullmatch(rf"{re.escape(_base(page))}(-\d+)?", page.slug) is not None


def free_slug(page: RecordPage) -> str:
    """A slug from the page's title that none of its neighbours has."""
    base = _base(page)
    parent = page.get_parent() if page.path else None
    return _free(base, set(_slugs(parent.get_children().exclude(pk=page.pk))) if parent else set())


def slug_of_copy(page: RecordPage) -> str:
    """A slug for a page that will lie beside `page`."""
    return _free(page.slug[:WORDS].rstrip("-"), set(_slugs(page.get_parent().get_children())))


def _slugs(pages: Any) -> Any:
    return pages.values_list("slug", flat=True)


def _free(base: str, taken: set[str]) -> str:
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
