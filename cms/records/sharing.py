"""The two fields that say with whom a record is shared and what is left to them."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext_lazy as _
from pydantic import TypeAdapter
from pydantic import ValidationError as RecordError

from cms.blocks.lines import LinesField, split_lines
from cms.blocks.names import union_called, union_named
from cms.blocks.shares import GROUPS, SLOT_CHOICES
from cms.unions.models import UnionPage
from site_builder.records import Level, ShareTarget

TARGET = TypeAdapter(ShareTarget)


def target_choices() -> list[tuple[str, Any]]:
    """Everybody below, the next level, one level, one industry line."""
    lines = [
        (f"line:{union.slug}", _("%(line)s一线的工会") % {"line": union.short})
        for union in UnionPage.objects.filter(level=Level.INDUSTRY.value).only("slug", "title", "short_name")
    ]
    return [*GROUPS, *lines]


class ShareTargetsWidget(forms.MultiWidget):
    """Boxes for groups of unions, and a text area for single ones."""

    template_name = "cms/widgets/share_targets.html"

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(
            {
                "groups": forms.CheckboxSelectMultiple(),
                "unions": forms.Textarea(attrs={"rows": 2}),
            },
            attrs,
        )

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["unions_label"] = _("另外指定的工会：每行一个，写全称、简称或网址代号")
        return context

    def decompress(self, value: Any) -> list[Any]:
        chosen = list(value or [])
        unions = [
            union_called(target.removeprefix("union:")) for target in chosen if target.startswith("union:")
        ]
        return [[target for target in chosen if not target.startswith("union:")], "\n".join(unions)]


class ShareTargetsFormField(forms.MultiValueField):
    """List of `records.ShareTarget`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(
            fields=(
                forms.MultipleChoiceField(choices=target_choices, required=False),
                forms.CharField(required=False),
            ),
            require_all_fields=False,
            widget=ShareTargetsWidget(),
            **{**kwargs, "required": False},
        )
        self.widget.widgets[0].choices = self.fields[0].choices  # type: ignore[attr-defined]

    def offer(self, reached: Callable[[], Container[str]], stored: Container[str]) -> None:
        """Show the groups that a record reaches and those that it names; asked when a form is shown."""

        def choices() -> list[tuple[str, Any]]:
            shown = reached()
            return [one for one in target_choices() if one[0] in shown or one[0] in stored]

        self.widget.widgets[0].choices = CallableChoiceIterator(choices)

    def compress(self, data_list: Any) -> list[str]:
        groups, unions = data_list or ([], "")
        slugs, unknown = [], []
        for name in split_lines(unions or ""):
            try:
                slugs.append(union_named(name))
            except ValidationError as error:
                unknown.append(error)
        if unknown:
            raise ValidationError(unknown)
        return [*(groups or []), *(f"union:{slug}" for slug in dict.fromkeys(slugs))]

    def prepare_value(self, value: Any) -> Any:
        """What is stored, for its two widgets; what came with the form is parted already.

        Django takes any list for parted: the second target would stand among the names.
        """
        parted = any(isinstance(part, list) for part in value or ())
        return value if parted else self.widget.decompress(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.widget.decompress(initial), data)


class ShareTargetsField(LinesField):
    def formfield(self, **kwargs: Any) -> Any:
        return ShareTargetsFormField(label=self.verbose_name, help_text=self.help_text)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        for target in value:
            try:
                TARGET.validate_python(target)
            except RecordError as error:
                raise ValidationError(_("不认识的范围：%(target)s") % {"target": target}) from error


class ShareSlotsField(LinesField):
    def formfield(self, **kwargs: Any) -> Any:
        return forms.MultipleChoiceField(
            choices=SLOT_CHOICES,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            label=self.verbose_name,
            help_text=self.help_text,
        )

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        unknown = [slot for slot in value if slot not in dict(SLOT_CHOICES)]
        if unknown:
            raise ValidationError(_("不认识的空位：%(slots)s") % {"slots": "、".join(unknown)})
