"""稿件: news of any genre, with the newspaper's conventions (`records.Story`)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.values import AbstractBlock, BylineBlock, EditorNoteBlock, SourceCreditBlock
from cms.media.models import PARTIAL_DATE
from cms.records import panels
from cms.records.fields import many, one
from cms.records.models.base import RecordPage
from site_builder.records import Kind


class StoryPage(RecordPage):
    """A story."""

    kind = Kind.STORY

    genre = models.CharField(
        _("体裁"),
        max_length=12,
        default="news",
        choices=[
            ("news", _("消息")),
            ("feature", _("特写")),
            ("report", _("通讯")),
            ("roundup", _("综述")),
            ("photo", _("图片新闻")),
            ("infographic", _("图解")),
            ("digest", _("文摘")),
            ("signed", _("署名文章")),
            ("notice", _("通知")),
        ],
    )
    kicker = models.CharField(_("引题"), max_length=200, blank=True, help_text=_("标题上面的一行"))
    kicker_joins_title = models.BooleanField(
        _("引题接着读到标题"), default=False, help_text=_("网页在引题后加破折号，不用自己打")
    )
    subtitle = models.CharField(_("副题"), max_length=200, blank=True, help_text=_("标题下面的一行"))
    subject_line = models.CharField(
        _("说的是什么"),
        max_length=200,
        blank=True,
        help_text=_("标题抒情、看不出说谁时，用一句平实的话写明；列表和搜索里显示"),
    )
    column = models.CharField(_("栏目"), max_length=100, blank=True, help_text=_("例如：主席之声"))
    series = models.CharField(_("系列报道"), max_length=100, blank=True)
    dateline = models.CharField(_("电头地点"), max_length=100, blank=True)
    event_date = models.CharField(
        _("事情发生的日期"),
        max_length=10,
        blank=True,
        validators=[PARTIAL_DATE],
        help_text=_("2024、2024-10 或 2024-10-11；不是见报日期"),
    )
    bylines = many(BylineBlock(), _("署名"), _("按先后排列；责任编辑也写在这里"))
    source = one(SourceCreditBlock(), _("来源"), _("转载、摘自别处时填写"))
    abstract = one(AbstractBlock(), _("提要"))
    editor_note = one(EditorNoteBlock(), _("编者按"))

    is_creatable = True
    edit_handler = panels.STORY

    class Meta:
        verbose_name = pgettext_lazy("one", "稿件")
        verbose_name_plural = _("稿件")
