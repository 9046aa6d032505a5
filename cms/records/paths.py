"""A record's address on its owner's site, and the addresses it had before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_builder.paths import COLLECTIONS, SECTIONS
from site_builder.records import BEIJING, Kind

if TYPE_CHECKING:
    from cms.records.models.base import RecordPage


def site_path(page: RecordPage) -> str:
    """As `site_builder.paths.record_path` of the exported record on its owner's site; needs `published`.

    Written from the page's columns, because a draft may not yet make a valid record.
    """
    section = COLLECTIONS[page.type] if page.kind is Kind.COLLECTION else SECTIONS[page.kind]
    if page.kind is Kind.STORY and page.published:
        return f"/{section}/{page.published.astimezone(BEIJING):%Y/%m}/{page.slug}/"
    return f"/{section}/{page.slug}/"


def remember_former_path(page: RecordPage, before: RecordPage | None) -> None:
    """When a published page moves, note where it stood (`before`); when it moves back, forget that place."""
    here = site_path(page)
    former = [path for path in page.former_paths if path != here]
    if before is not None and before.live and before.published:
        there = site_path(before)
        if there != here and there not in former:
            former.append(there)
    page.former_paths = former
