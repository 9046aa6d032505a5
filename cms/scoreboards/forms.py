"""The screens' forms: each offers only what the person who fills it in may choose."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import ModelChoiceField
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.scoreboards import scoping as own
from cms.unions import scoping


def offer_only_one(field: ModelChoiceField) -> None:
    """Where there is one to choose, it is chosen already."""
    first = list(field.queryset.all()[:2]) if field.queryset is not None else []
    if len(first) == 1:
        field.initial = first[0]


class BoardForm(WagtailAdminModelForm):
    """Boards, tasks and enterprises: of one's own city."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "union" in self.fields:
            union = self.fields["union"]
            union.queryset = scoping.unions_of(self.for_user).order_by("path")
            offer_only_one(union)
        if "board" in self.fields:
            board = self.fields["board"]
            board.queryset = own.kept_by(board.queryset, self.for_user)
            offer_only_one(board)
        if "county" in self.fields and not scoping.sees_all(self.for_user):
            unions = scoping.unions_of(self.for_user)
            county = self.fields["county"]
            county.queryset = county.queryset.filter(Q(pk__in=unions) | Q(parent_union__in=unions))


class SubmissionForm(WagtailAdminModelForm):
    """For an enterprise of one's own county or city, with a task of the same board."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enterprise = self.fields.get("enterprise")
        if enterprise is not None:
            enterprise.queryset = own.enterprises_of(enterprise.queryset, self.for_user).select_related(
                "county"
            )
            if "task" in self.fields:
                boards = enterprise.queryset.values("board")
                self.fields["task"].queryset = self.fields["task"].queryset.filter(board__in=boards)

    def clean_attachment(self) -> Any:
        attachment = self.cleaned_data.get("attachment")
        if (
            attachment
            and "attachment" in self.changed_data
            and not scoping.may_see_file(attachment, self.for_user)
        ):
            raise ValidationError(_("这个附件不在本工会的文件库里。"))
        return attachment
