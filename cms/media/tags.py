"""The labels that pictures and files bear: each union's people are offered their own.

Wagtail keeps one list for all, offers the most used of it in every library, and completes from it what is
typed: a label may say what a picture that nobody has published yet is about.
"""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, JsonResponse
from taggit.models import Tag
from wagtail.admin import filters
from wagtail.images.views import chooser

from cms import asking
from cms.media.models import MediaDocument, MediaImage
from cms.unions import scoping

MOST = 10


def of_own(user: Any, *models: Any) -> QuerySet[Tag]:
    """The labels of the files that `user` may see, each with how many bear it (`uses`), most used first."""
    items = Q(pk__in=[])
    for model in models:
        own = scoping.visible(model._default_manager.all(), user).values("pk")
        items |= Q(
            taggit_taggeditem_items__content_type=ContentType.objects.get_for_model(model),
            taggit_taggeditem_items__object_id__in=own,
        )
    tags = Tag.objects.filter(items).annotate(uses=Count("taggit_taggeditem_items"))
    return tags.order_by("-uses", "name")


def popular(model: Any, count: int = MOST) -> QuerySet[Tag]:
    """In the place of Wagtail's `popular_tags_for_model`: of the person who asks."""
    return of_own(asking.person(), model)[:count]


def complete(request: HttpRequest) -> JsonResponse:
    """What begins with what is typed."""
    term = request.GET.get("term", "").strip()
    known = of_own(request.user, MediaImage, MediaDocument).filter(name__istartswith=term) if term else ()
    return JsonResponse([tag.name for tag in known[:MOST]], safe=False)


def install() -> None:
    """Where Wagtail asks for labels to offer: beside its lists, and in the chooser of pictures."""
    for module in (filters, chooser):
        module.popular_tags_for_model = popular
