"""The door to other unions' work: what somebody may see passes through here, and only here.

Wagtail is multi-site, not multi-tenant: several of its screens and every queryset of our own would show
all unions. Whoever lists, chooses, searches or counts something for a person takes it from
`visible(queryset, user)`; `cms.unions.guard` stands before Wagtail's own screens.

Whom somebody works for follows from the page permissions of their groups: a permission on a union's page or
anywhere below means that union; one above all unions means all of them.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import GroupPagePermission, Page, ReferenceIndex

from cms.unions.models import UnionPage

Rows = TypeVar("Rows", bound=Model)

UNION_PATH = 3 * Page.steplen
"""Length of a union's path: root, 工会, union."""


def _permitted_paths(user: Any) -> set[str]:
    """Paths of the pages on which one of the user's groups holds a permission. One query."""
    if not user.is_authenticated or not user.is_active:
        return set()
    return set(
        GroupPagePermission.objects.filter(group__user=user).values_list("page__path", flat=True).distinct()
    )


def sees_all(user: Any) -> bool:
    """Superusers and the network's administrators look after every union."""
    if user.is_superuser and user.is_active:
        return True
    return any(len(path) < UNION_PATH for path in _permitted_paths(user))


def unions_of(user: Any) -> QuerySet[UnionPage]:
    """The unions somebody works for."""
    if sees_all(user):
        return UnionPage.objects.all()
    return UnionPage.objects.filter(path__in={path[:UNION_PATH] for path in _permitted_paths(user)})


def works_for(user: Any, union: UnionPage) -> bool:
    return unions_of(user).filter(pk=union.pk).exists()


def visible(rows: QuerySet[Rows], user: Any) -> QuerySet[Rows]:
    """The rows of `rows` that `user` may see: of their own unions' branches, libraries and adoptions.

    Knows pages, pictures, documents, unions, every model with a foreign key `union`, and rows that say
    themselves who sees them (`seen_by`); raises TypeError for any other, so that nothing passes unscoped by
    oversight.
    """
    model = rows.model
    if sees_all(user):
        return rows
    if hasattr(rows, "seen_by"):
        seen: QuerySet[Rows] = rows.seen_by(user)
        return seen
    unions = unions_of(user)
    if issubclass(model, Page):
        return rows.filter(_within(unions))
    if issubclass(model, AbstractImage | AbstractDocument):
        return rows.filter(collection__union__in=unions)
    if any(field.name == "union" and field.related_model is UnionPage for field in model._meta.get_fields()):
        return rows.filter(union__in=unions)
    raise TypeError(f"{model.__name__} has no union: say in cms.unions.scoping who may see it")


def may_see_page(pk: int, user: Any) -> bool:
    """Whether `user` may learn of the page: unions and sections hold no drafts, records are their union's."""
    path = Page.objects.filter(pk=pk).values_list("path", flat=True).first()
    if path is None or len(path) <= UNION_PATH + Page.steplen:
        return True
    return visible(Page.objects.filter(pk=pk), user).exists()


def may_see_file(file: AbstractImage | AbstractDocument, user: Any) -> bool:
    """Whether `user` may open a picture or document in the CMS."""
    return bool(visible(type(file)._default_manager.filter(pk=file.pk), user).exists())


def may_use_file(file: AbstractImage | AbstractDocument, user: Any) -> bool:
    """Whether `user` may put a picture or document on a page: their own, or one that readers see already."""
    return may_see_file(file, user) or _is_public(file)


def _is_public(file: AbstractImage | AbstractDocument) -> bool:
    """Whether a published record shows it."""
    pages = ReferenceIndex.get_references_to(file).filter(base_content_type__model="page")
    numbers = [int(pk) for pk in pages.values_list("object_id", flat=True)]
    return Page.objects.live().public().filter(pk__in=numbers).exists()


def _within(unions: QuerySet[UnionPage]) -> Q:
    condition = Q(pk__in=[])
    for path in unions.values_list("path", flat=True):
        condition |= Q(path__startswith=path)
    return condition
