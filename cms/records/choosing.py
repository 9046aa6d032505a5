"""What may be chosen as a link, a source of an edition or a related record."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import Page

from cms.records.models import RecordPage
from cms.unions import scoping
from cms.unions.models import SectionPage, UnionPage, UnionsRoot


def choosable(pages: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Of `pages`: one's own unions' in any state; others' only what they share and readers can see now.

    Unions and their sections are there to find one's way through; they hold no drafts.
    """
    if scoping.sees_all(user):
        return pages
    own = scoping.visible(Page.objects.all(), user).values("pk")
    way = [
        Page.objects.filter(depth=1).values("pk"),
        UnionsRoot.objects.values("pk"),
        UnionPage.objects.values("pk"),
        SectionPage.objects.values("pk"),
    ]
    condition = Q(pk__in=own) | Q(pk__in=shared_records().values("pk"))
    for step in way:
        condition |= Q(pk__in=step)
    return pages.filter(condition)


def public_records() -> QuerySet[RecordPage]:
    """Records that readers can see now, on their owner's site at least."""
    now = timezone.now()
    return RecordPage.objects.live().public().filter(
        Q(expires=None) | Q(expires__gt=now), published__lte=now, withdrawn_at=None
    )  # fmt: skip


def shared_records() -> QuerySet[RecordPage]:
    """Of these, those whose owner offers or requires them."""
    return public_records().exclude(share_mode="none")
