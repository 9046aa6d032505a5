"""同义词: the table, in its order. For the network's administrators, whose permissions say so."""

from __future__ import annotations

from typing import Any, ClassVar

from django.forms import Textarea
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from cms.synonyms.models import WordGroup, words_of


class WordsColumn(Column):
    """The words of a field in one line."""

    def get_value(self, instance: WordGroup) -> str:
        return "、".join(words_of(super().get_value(instance) or ""))


class SynonymsViewSet(ModelViewSet):
    model = WordGroup
    name = "synonyms"
    icon = "search"
    menu_label = _("同义词")
    menu_order = 155
    add_to_admin_menu = True
    copy_view_enabled = False
    sort_order_field = "position"
    list_per_page = 100
    search_backend_name = None
    search_fields: ClassVar[list[str]] = ["words"]
    list_display: ClassVar[list[Any]] = [
        "__str__",  # by its name, so that it leads to the group
        WordsColumn("apart", label=_("不算在内的词")),
    ]
    panels: ClassVar[list[Panel]] = [
        FieldPanel("words", widget=Textarea(attrs={"rows": 5})),
        FieldPanel("apart", widget=Textarea(attrs={"rows": 3})),
    ]


@hooks.register("register_admin_viewset")
def synonyms() -> SynonymsViewSet:
    return SynonymsViewSet()
