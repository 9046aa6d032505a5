"""The roles of an account: three for each union, so thousands in a large network.

All of them as boxes took a dozen seconds and 1.5 MB at 3,200 unions. Shown are those that are ticked and the
first few of the others; `static/cms/narrow.js` asks for those that somebody types for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import F, Q, QuerySet
from django.forms.widgets import Script
from django.urls import reverse_lazy
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static

from cms.unions.models import UnionRole
from cms.unions.setup import NETWORK_ADMINS

SHOWN = 30
"""Boxes that are not ticked."""


class FoundByTyping(forms.widgets.ChoiceWidget):
    """Groups to tick. `typed` is what they are looked up by; nothing shows the first ones."""

    template_name = "cms/widgets/group_boxes.html"

    def __init__(self, attrs: Any = None, typed: str = "") -> None:
        super().__init__(attrs)
        self.typed = typed

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "search": reverse_lazy("wagtailusers_users:roles"),
            "one": "" if self.allow_multiple_selected else "1",
            "search_label": _("查找角色：工会的名称、简称或网址代号"),
            "told": self.told,
            "failed": _("没有查到：网络不通，或登录已过期。"),
        }
        return context

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> list[Any]:
        ticked = {int(one) for one in value if str(one).isdigit()}
        found = groups_for(self.typed)
        rest = found.exclude(pk__in=ticked)
        shown = list(rest[:SHOWN])
        self.told = _told(found.exists(), rest.count() - len(shown))
        groups = [*groups_for("").filter(pk__in=ticked), *shown]
        names = names_of(groups)
        options = [
            # The number stands in the place of a position: boxes are exchanged while others stay.
            self.create_option(name, group.pk, names[group], group.pk in ticked, group.pk, attrs=attrs)
            for group in groups
        ]
        return [(None, options, 0)]

    @property
    def media(self) -> forms.Media:
        return forms.Media(js=[Script(versioned_static("cms/narrow.js"), type="module")])  # type: ignore[list-item]


class GroupBoxes(FoundByTyping, forms.CheckboxSelectMultiple):
    """Any number of groups."""


class GroupButtons(FoundByTyping, forms.RadioSelect):
    """One group."""


def groups_for(typed: str) -> QuerySet[Group]:
    """The groups of which every word of `typed` names the union or the role, those of no union first."""
    union = "union_role__union__"
    found = Group.objects.order_by(F(f"{union}title").asc(nulls_first=True), "union_role__pk", "name")
    for word in typed.replace("·", " ").split():
        named = Q(name__icontains=word)
        for field in ("title", "short_name", "slug"):
            named |= Q(**{f"{union}{field}__icontains": word})
        roles = [role.value for role in UnionRole.Role if word.casefold() in str(role.label).casefold()]
        found = found.filter(named | Q(union_role__role__in=roles))
    return found


def names_of(groups: Iterable[Group]) -> Mapping[Group, str]:
    """What the screen calls groups: their names in the database are Chinese, whoever reads them."""
    names = {group: group.name for group in groups}
    roles = UnionRole.objects.filter(group__in=list(names)).only("role", "group", "union__title")
    for role in roles.select_related("union", "group"):
        names[role.group] = f"{role.union.title} · {role.get_role_display()}"
    return {group: str(_("全网管理员")) if name == NETWORK_ADMINS else name for group, name in names.items()}


def _told(any_found: bool, more: int) -> str:
    if not any_found:
        return translate("没有这样的工会或角色。")
    if more > 0:
        return translate("还有 %(more)d 个没有列出：输入工会名称来查找。") % {"more": more}
    return translate("都列出了。")
