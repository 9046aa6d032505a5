"""The form with which a union says what it does with a shared record."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.records.models import RecordPage
from cms.records.sharing import SLOT_CHOICES
from cms.sharing.tree import shares
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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
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
        closed = {child.block_type for child in cleaned.get("slots") or ()} - set(record.share_slots)
        if closed:
            labels = dict(SLOT_CHOICES)
            names = "、".join(str(labels[name]) for name in SLOT_FIELDS if name in closed)
            left = "、".join(str(labels[name]) for name in record.share_slots) or _("没有")
            said = {"names": names, "left": left}
            raise ValidationError(
                _("发布者没有把这几项留给各地填写：%(names)s。请删去；可以填的：%(left)s。") % said
            )
        return cleaned
