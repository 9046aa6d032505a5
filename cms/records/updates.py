"""When readers are told that a page was updated: noted when it is published, not while somebody writes.

A draft saves itself many times from a form whose time of update stays empty, is published by whoever reviews
it, or is an earlier version that somebody goes back to. Only when it takes the place of what readers see is
it known whether it tells them anything else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.records.comparing import bare

if TYPE_CHECKING:
    from cms.records.models.base import RecordPage

NOT_FOR_READERS = frozenset(
    {
        *("page_ptr", "recordpage_ptr", "uuid", "former_paths", "keywords", "people", "consents"),
        *("published", "updated", "expires", "review_due", "pinned_until", "noindex"),
        *("share_mode", "share_to", "share_by", "share_slots"),
    }
)
"""What may change without the reader being told of an update."""

_as_given: ContextVar[bool] = ContextVar("updates_as_given", default=False)


@contextmanager
def as_given() -> Iterator[None]:
    """What is published in this block says itself when it was updated: it comes from a file."""
    token = _as_given.set(True)
    try:
        yield
    finally:
        _as_given.reset(token)


def note(page: RecordPage, before: RecordPage | None) -> None:
    """`page` is about to be saved in the place of `before`: note the time if readers see something else then.

    A time that somebody wrote stays, if it is later than the one readers know.
    """
    if _as_given.get() or before is None or page.live_revision_id in (None, before.live_revision_id):
        return
    now = timezone.now().replace(microsecond=0)
    if not before.live or before.published is None or before.published > now:
        return
    written = page.updated and page.updated > (before.updated or before.published)
    if written or _for_readers(page) == _for_readers(before):
        return
    page.updated = now
    # The next draft begins with this revision.
    page.live_revision.content["updated"] = now.isoformat()
    page.live_revision.save(update_fields=["content"])


def _for_readers(page: RecordPage) -> dict[str, Any]:
    """What readers see of a page, however it is stored."""
    shown: dict[str, Any] = {"title": page.title}
    for field in page._meta.concrete_fields:
        if field.model is Page or field.name in NOT_FOR_READERS:
            continue
        value = field.value_from_object(page)
        if isinstance(field, StreamField):
            value = field.stream_block.get_prep_value(value)
        shown[field.name] = bare(value)
    return shown
