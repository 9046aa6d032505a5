"""稿件: news of any genre, with the newspaper's conventions (`records.Story`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.blocks.lines import LinesField
from cms.blocks.stories import (
    AbstractBlock,
    BylineBlock,
    EditorNoteBlock,
    ForWechatBlock,
    SourceCreditBlock,
)
from cms.media.models import PARTIAL_DATE
from cms.places import clock
from cms.records import panels
from cms.records.fields import many, one
from cms.records.models.base import RecordPage
from site_builder.records import POINT, POINTS, Kind


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
    key_points = LinesField(
        verbose_name=_("要点"),
        help_text=_("每行一句，写两到五句，列在正文前面；每句不超过120字，只写文中有的"),
    )
    editor_note = one(EditorNoteBlock(), _("编者按"))
    pinned_until = models.DateTimeField(
        _("置顶到"),
        null=True,
        blank=True,
        help_text=_(
            "到这时为止，在本工会网站首页排在最前面，过后自动恢复；新闻列表仍按日期排。转到别的工会网站的，由各工会自己定"
        ),
    )
    wechat = one(ForWechatBlock(), _("公众号"), _("公众号版另用的标题、摘要、封面；网站上不显示"))

    is_creatable = True
    edit_handler = panels.STORY

    class Meta:
        verbose_name = pgettext_lazy("one", "稿件")
        verbose_name_plural = _("稿件")

    def mistakes(self) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        if self.pinned_until and self.published and self.pinned_until <= self.published:
            errors["pinned_until"] = _("“置顶到”须在发布时间之后；不置顶，请清空。")
        least, most = POINTS
        if self.key_points and not least <= len(self.key_points) <= most:
            errors["key_points"] = _("要点写两到五句，每行一句；只有一句的，写在摘要里。")
        elif any(len(point) > POINT for point in self.key_points):
            errors["key_points"] = _("有一句要点超过120字：请写短些，细节留在正文里。")
        return errors

    def gone_by(self) -> dict[str, Any]:
        told = super().gone_by()
        # What was pinned once and is published again is over rightly.
        if self.pinned_until and clock().passed(self.pinned_until) and self.pinned_until != self._pin_known():
            told["pinned_until"] = _("这个时间已经过去，不会置顶：请填将来的时间；不置顶，请清空。")
        return told

    def _pin_known(self) -> datetime | None:
        """Until when readers see it pinned."""
        published = StoryPage.objects.filter(pk=self.pk, live=True)
        return published.values_list("pinned_until", flat=True).first()
