"""What a union says of records that others share with it: take, hide, pin, and the values it fills in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ListBlock, RichTextBlock, StreamBlock
from wagtail.fields import StreamField
from wagtail.models import BaseLogEntry, BaseLogEntryManager

from cms.blocks.links import RecordRefField
from cms.blocks.validation import ValueBlock, as_data
from cms.blocks.values import (
    RICH_TEXT,
    BenefitBlock,
    ContactBlock,
    PaperBlock,
    QuotaBlock,
    WindowBlock,
    line,
)
from cms.sharing.forms import AdoptionForm
from cms.unions import scoping
from cms.unions.models import UnionPage


class SlotsBlock(StreamBlock):
    """One block for each slot of `records.Slots`, under the slot's name, each at most once."""

    contact = ContactBlock()
    place = line(_("地点"), required=True)
    dates = WindowBlock()
    quota = QuotaBlock()
    papers = ListBlock(PaperBlock(), label=_("材料"))
    amount = ListBlock(BenefitBlock(), label=_("待遇和数额"))
    intro = RichTextBlock(features=RICH_TEXT, label=_("前言"))
    note = RichTextBlock(features=RICH_TEXT, label=_("本地说明"))

    class Meta:
        block_counts = {
            name: {"max_num": 1}
            for name in ("contact", "place", "dates", "quota", "papers", "amount", "intro", "note")
        }


class Adoption(models.Model):
    """One line of `content/adoptions/<union>.yaml`."""

    class Action(models.TextChoices):
        TAKE = "take", _("采用")
        HIDE = "hide", _("不采用")
        PIN = "pin", _("采用并置顶")

    union = models.ForeignKey(
        UnionPage, verbose_name=_("工会"), on_delete=models.CASCADE, related_name="adoptions"
    )
    record = RecordRefField(_("共享的内容"))
    action = models.CharField(_("怎么办"), max_length=4, choices=Action.choices, default=Action.TAKE)
    until = models.DateTimeField(
        _("置顶到"), null=True, blank=True, help_text=_("过后自动不再置顶，仍在本工会网站上；不填：一直置顶")
    )
    slots = StreamField(
        SlotsBlock(),
        blank=True,
        verbose_name=_("本地填写"),
        help_text=_("只能填发布者留给各地填写的几项，其余与原文一致"),
    )
    position = models.PositiveIntegerField(default=0, editable=False)
    """Its place in the file."""

    base_form_class = AdoptionForm

    class Meta:
        verbose_name = _("共享内容的采用")
        verbose_name_plural = _("共享内容的采用")
        ordering = ["union", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["union", "record"],
                name="one_adoption_a_record",
                violation_error_message=_("本工会对这篇内容已有决定，请改原来那一条。"),
            )
        ]

    def __str__(self) -> str:
        title = self._title()
        what = f"《{title}》" if title else ""
        return f"{self.union.short}: {self.get_action_display()}{what}"

    def _title(self) -> str | None:
        """The record's, if it is live. `content/` is wider than this database: it may not be here."""
        known = vars(self)
        if "record_title" in known:  # a list asks for those of all its rows (`wagtail_hooks.IndexView`)
            return known["record_title"] if known["record_live"] else None
        records = apps.get_model("records", "RecordPage").objects.live().filter(uuid=self.record)
        title: str | None = records.values_list("title", flat=True).first()
        return title

    def slots_data(self, prose: Callable[[str], Any] = str) -> Mapping[str, Any]:
        """The filled slots as `records.Slots` reads them; `prose` as in `cms.blocks.validation.as_data`."""
        data = {}
        for child in self.slots:
            block = child.block
            data[child.block_type] = (
                block.data(child.value, prose)
                if isinstance(block, ValueBlock)
                else as_data(child.value, prose)
            )
        return data


class AdoptionLogEntryManager(BaseLogEntryManager):
    """Wagtail's own log of models shows every union's entries to whoever may edit one."""

    def log_action(self, instance: Adoption, action: str, **kwargs: Any) -> AdoptionLogEntry:
        kwargs.update(object_id=str(instance.pk), union=instance.union)
        return super().log_action(instance, action, **kwargs)

    def viewable_by_user(self, user: Any) -> models.QuerySet[AdoptionLogEntry]:
        return scoping.visible(self.all(), user)

    def for_instance(self, instance: Adoption) -> models.QuerySet[AdoptionLogEntry]:
        return self.filter(object_id=str(instance.pk))


class AdoptionLogEntry(BaseLogEntry):
    """Who decided what, for the union's own people."""

    object_id = models.CharField(max_length=255, db_index=True)
    union = models.ForeignKey(UnionPage, on_delete=models.CASCADE, related_name="+")

    objects = AdoptionLogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name = _("采用记录")
        verbose_name_plural = _("采用记录")

    def __str__(self) -> str:
        return f"{self.label}: {self.action}"
