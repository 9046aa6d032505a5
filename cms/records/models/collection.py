"""专题: an ordered or queried set of records (`records.Collection`, type topic)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.blocks.lines import LinesField
from cms.records import panels
from cms.records.fields import references
from cms.records.models.base import RecordPage
from site_builder.records import Kind


class CollectionPage(RecordPage):
    """A topic."""

    kind = Kind.COLLECTION

    type = models.CharField(
        _("类型"), max_length=8, default="topic", choices=[("topic", _("专题"))], editable=False
    )
    items = references(_("先列出的几篇"), _("按这里的先后；其余按专题名自动收入，新的在前"))
    query = LinesField(
        verbose_name=_("收入哪些专题名"),
        help_text=_("每行一个：凡“专题”一项写了其中一个的，都收进来"),
    )

    is_creatable = True
    edit_handler = panels.COLLECTION

    class Meta:
        verbose_name = _("专题")
        verbose_name_plural = _("专题")
