"""Thin receivers: what changed -> one row in the queue, in the transaction of the change.

A receiver says what changed and nothing more. What follows from it (which files, which sites) is worked out
by the worker; nothing is built while an editor waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import CollectionViewRestriction, Page, PageViewRestriction, TaskState
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms import asking
from cms.media.models import MediaDocument, MediaImage
from cms.publishing import queue
from cms.publishing.models import PublishRequest
from cms.records.models import PAGE_TYPES, RecordPage
from cms.sharing.models import Adoption
from cms.synonyms.models import WordGroup
from cms.unions.models import SectionPage, UnionPage

Action = PublishRequest.Action

_muted: ContextVar[bool] = ContextVar("publishing_muted", default=False)


@contextmanager
def muted() -> Iterator[None]:
    """Ask for nothing in this block: whoever changes much at once (`load`) asks once, afterwards."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def page_changed(page: Page, revision: Any = None) -> None:
    """Ask for what follows from a change of `page`, whatever its type."""
    if _muted.get():
        return
    user = _answers(revision)
    specific = page.specific
    if isinstance(specific, RecordPage):
        queue.ask(
            Action.RECORD, str(specific.uuid), union=owner_slug(specific), title=specific.title, user=user
        )
    elif isinstance(specific, UnionPage):
        queue.ask(Action.UNION, specific.slug, union=specific.slug, title=specific.title, user=user)
    else:
        queue.ask(Action.REBUILD, title=specific.title, user=user)


def _answers(revision: Any) -> Any:
    """Whose publication it is: who pressed the button; where the clock did, who approved or wrote it."""
    person = asking.person()
    if person is not None and person.is_authenticated:
        return person
    if revision is None:
        return None
    approved = TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED)
    last = approved.select_related("finished_by").order_by("-finished_at").first()
    return (last and last.finished_by) or revision.user


def owner_slug(page: Page) -> str:
    """The slug of the union a record lies under, also while the page is being deleted."""
    owner = UnionPage.objects.filter(path=page.path[: Page.steplen * 3]).values_list("slug", flat=True)
    return owner.first() or ""


@receiver(page_published)
def published(instance: Page, revision: Any = None, **kwargs: Any) -> None:
    """Also sent for a page that is only approved for later: its file is due now, with its embargo."""
    page_changed(instance, revision)


@receiver(page_unpublished)
def unpublished(instance: Page, **kwargs: Any) -> None:
    """Also sent for each page that goes with a union: of its sections there is nothing to tell."""
    if not isinstance(instance.specific, SectionPage):
        page_changed(instance)


@receiver(post_page_move)
def moved(instance: Page, **kwargs: Any) -> None:
    page_changed(instance)


def deleted(instance: Page, **kwargs: Any) -> None:
    page_changed(instance)


for _model in (*PAGE_TYPES.values(), UnionPage):
    post_delete.connect(deleted, sender=_model, dispatch_uid=f"publishing-deleted-{_model.__name__}")


@receiver([post_save, post_delete], sender=PageViewRestriction)
def restriction_changed(instance: PageViewRestriction, **kwargs: Any) -> None:
    page_changed(instance.page)


@receiver([post_save, post_delete], sender=CollectionViewRestriction)
def library_restricted(instance: CollectionViewRestriction, **kwargs: Any) -> None:
    if not _muted.get():
        queue.ask(Action.MEDIA, title=str(instance.collection), user=asking.person())


@receiver([post_save, post_delete], sender=Adoption)
def adoption_changed(instance: Adoption, **kwargs: Any) -> None:
    if not _muted.get():
        slug = instance.union.slug
        queue.ask(Action.ADOPTION, slug, union=slug, title=str(instance), user=asking.person())


@receiver([post_save, post_delete], sender=MediaImage)
@receiver([post_save, post_delete], sender=MediaDocument)
def media_changed(instance: MediaImage | MediaDocument, raw: bool = False, **kwargs: Any) -> None:
    if not _muted.get() and not raw:
        ref = instance.media_ref.removeprefix("media:")
        queue.ask(Action.MEDIA, ref, union=instance.union_slug, title=instance.title, user=asking.person())


@receiver([post_save, post_delete], sender=WordGroup)
def synonyms_changed(instance: WordGroup, **kwargs: Any) -> None:
    """Every site's search knows the table."""
    if not _muted.get():
        queue.ask(Action.REBUILD, title=str(instance), user=asking.person())
