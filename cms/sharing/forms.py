"""The form with which a union says what it does with a shared record."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.blocks.shares import SLOT_CHOICES
from cms.places import clock
from cms.records.choosing import public_records
from cms.records.models import RecordPage
from cms.sharing.tree import editions, shares, sources_of
from cms.unions import scoping
from site_builder.records import SLOT_FIELDS


class AdoptionForm(WagtailAdminModelForm):
    """Offers one's own unions only, and checks that slots are ones the owner left open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "union" in self.fields and self.for_user is not None:
            unions = scoping.unions_of(self.for_user).order_by("title")
            self.fields["union"].queryset = unions
            if len(unions[:2]) == 1:
                self.fields["union"].initial = unions[0]
        record = RecordPage.objects.filter(uuid=self.instance.record).first()
        if record is not None and "slots" in self.fields:
            # The list of what may be added has every slot there is.
            left = {"left": _slots_left(record)}
            self.fields["slots"].help_text = _("这一篇留给各地填写的：%(left)s。其余与原文一致") % left

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("until") and cleaned.get("action") != "pin":
            self.add_error("until", _("只有置顶才有到期：请选“采用并置顶”，或者清空。"))
        elif "until" in self.changed_data and cleaned.get("until") and clock().passed(cleaned["until"]):
            self.add_error("until", _("这个时间已经过去，不会置顶：请填将来的时间；不填，一直置顶。"))
        record = RecordPage.objects.filter(uuid=cleaned.get("record")).first()
        if record is None or self.errors:
            return cleaned
        if record.share_mode == "none":
            self.add_error("record", _("这一篇没有转给别的工会。"))
        elif record.union == cleaned.get("union"):
            self.add_error("record", _("这一篇就是本工会的，不必采用。"))
        elif record.share_mode == "required" and cleaned.get("action") == "hide":
            self.add_error("action", _("这一篇是必转的，不能不采用；可以写本地版。"))
        elif (union := cleaned.get("union")) and not shares(record, union):
            self.add_error("record", _("这一篇没有转给本工会。"))
        if "slots" in self.changed_data and cleaned.get("slots") and (own := _own_edition(record, cleaned)):
            said = {"title": own.title}
            raise ValidationError(
                _("本工会网站上是本地版《%(title)s》，这里填的读者看不到：请改那一篇。") % said
            )
        closed = {child.block_type for child in cleaned.get("slots") or ()} - set(record.share_slots)
        if closed:
            labels = dict(SLOT_CHOICES)
            names = "、".join(str(labels[name]) for name in SLOT_FIELDS if name in closed)
            said = {"names": names, "left": _slots_left(record)}
            raise ValidationError(
                _("发布者没有把这几项留给各地填写：%(names)s。请删去；可以填的：%(left)s。") % said
            )
        return cleaned


def _slots_left(record: RecordPage) -> str:
    """What the owner leaves to others, in words."""
    labels = dict(SLOT_CHOICES)
    return "、".join(str(labels[name]) for name in record.share_slots) or str(_("没有"))


def _own_edition(record: RecordPage, cleaned: dict[str, Any]) -> RecordPage | None:
    """The union's own edition of the record, in whose place nothing else is read there."""
    known = editions()
    own = public_records().filter(path__startswith=cleaned["union"].path).exclude(edition_of=None)
    return next((page for page in own if record.uuid in sources_of(page.uuid, known)), None)
