"""The door to other unions' work: what somebody may see passes through here, and only here.

Wagtail is multi-site, not multi-tenant: several of its screens and every queryset of our own would show
all unions. Whoever lists, chooses, searches or counts something for a person takes it from
`visible(queryset, user)`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import GroupPagePermission, Page

from cms.unions.models import UnionPage, UnionsRoot

Rows = TypeVar("Rows", bound=Model)


def sees_all(user: Any) -> bool:
    """Superusers and the network's administrators look after every union."""
    if not user.is_active or isinstance(user, AnonymousUser):
        return False
    if user.is_superuser:
        return True
    roots = UnionsRoot.objects.values_list("path", flat=True)
    return GroupPagePermission.objects.filter(
        Q(page__path__in=[path[: Page.steplen] for path in roots]) | Q(page__path__in=roots),
        group__in=user.groups.all(),
    ).exists()


def unions_of(user: Any) -> QuerySet[UnionPage]:
    """The unions somebody works for: those in one of whose groups they are."""
    if not user.is_active or isinstance(user, AnonymousUser):
        return UnionPage.objects.none()
    if sees_all(user):
        return UnionPage.objects.all()
    return UnionPage.objects.filter(roles__group__in=user.groups.all()).distinct()


def works_for(user: Any, union: UnionPage) -> bool:
    return unions_of(user).filter(pk=union.pk).exists()


def visible(rows: QuerySet[Rows], user: Any) -> QuerySet[Rows]:
    """The rows of `rows` that `user` may see: of their own unions' branches, libraries and adoptions.

    Knows pages, pictures, documents, unions and every model with a foreign key `union`; raises TypeError
    for any other, so that nothing passes unscoped by oversight.
    """
    model = rows.model
    if sees_all(user):
        return rows
    unions = unions_of(user)
    if issubclass(model, Page):
        return rows.filter(_within(unions))
    if issubclass(model, AbstractImage | AbstractDocument):
        return rows.filter(collection__union__in=unions)
    if any(field.name == "union" and field.related_model is UnionPage for field in model._meta.get_fields()):
        return rows.filter(union__in=unions)
    raise TypeError(f"{model.__name__} has no union: say in cms.unions.scoping who may see it")


def may_see_file(file: AbstractImage | AbstractDocument, user: Any) -> bool:
    """Whether `user` may open a picture or document in the CMS."""
    return bool(visible(type(file)._default_manager.filter(pk=file.pk), user).exists())


def _within(unions: QuerySet[UnionPage]) -> Q:
    condition = Q(pk__in=[])
    for path in unions.values_list("path", flat=True):
        condition |= Q(path__startswith=path)
    return condition
