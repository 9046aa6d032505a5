"""Records of which no page can be made: a site stands without them, and says so.

What a record may say is checked where it is read. This is for what nobody foresaw: a page that fails in
the program or in a theme for one record alone must not keep all others from their readers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from site_builder.content_store import Content
from site_builder.errors import BuildError
from site_builder.records import Problem
from site_builder.release.state import LEFT_OUT

MOST = 5
"""Records of one site: where more cannot be made, more is wrong than they are."""

Made = TypeVar("Made")
logger = logging.getLogger(__name__)


def making(
    make: Callable[[Mapping[UUID, Problem]], Made], content: Content, union: str, worked: Callable[[], bool]
) -> Made:
    """What `make` makes of a site without the records it is given, each with the problem to be reported.

    `worked` says whether program and theme made what is live now: only then what fails is a record's fault,
    and to leave out what a new theme breaks would take down what readers have. Raises what `make` raises
    where that is not the fault of a few records.
    """
    found: dict[UUID, Problem] = {}
    while True:
        try:
            return make(found)
        except BuildError as error:
            record = content.records.get(error.record) if error.record else None
            if record is None or record.id in found or len(found) == MOST or not worked():
                raise
            logger.warning("%s is built without %s", union, record.id, exc_info=error)
            found[record.id] = Problem(
                code=LEFT_OUT,
                file=content.file_of(record),
                record=str(record.id),
                message=f"No page can be made of 《{record.title}》, so the site stands without it: {error}",
                action="Look for what is unusual in it and change that, or withdraw it; show this text to "
                "whoever looks after the program",
            )
