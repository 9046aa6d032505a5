"""Lists of short lines, written one a line: topics, conditions, partners.

A database column holds a JSON list of strings; the screen shows a text area.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.blocks import FieldBlock


def split_lines(text: str) -> list[str]:
    """The lines that say something, without the space around them and without repeats, in their order."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


class LinesFormField(forms.CharField):
    """Text area <-> list of strings."""

    widget = AdminAutoHeightTextInput

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list | tuple):
            return list(value)
        return split_lines(value or "")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if any(len(line) > 500 for line in value):
            raise ValidationError(_("有一行超过500字。每行写一项，请分行。"))

    def run_validators(self, value: Any) -> None:
        """The text's own validators (length, NUL) look at the joined text."""
        super().run_validators("\n".join(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class LinesField(models.JSONField):
    """A list of strings, `[]` when empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        options: dict[str, Any] = {
            "label": self.verbose_name,
            "help_text": self.help_text,
            "required": not self.blank,
        }
        options.update({key: kwargs[key] for key in ("widget", "label", "help_text") if key in kwargs})
        form_class = kwargs.get("form_class") or LinesFormField
        return form_class(**options)

    def value_from_object(self, obj: models.Model) -> Any:
        return super().value_from_object(obj) or []


class LinesBlock(FieldBlock):
    """The same inside a StreamField."""

    def __init__(self, required: bool = False, help_text: Any = None, **kwargs: Any) -> None:
        self.field = LinesFormField(required=required, help_text=help_text)
        super().__init__(**kwargs)

    def get_default(self) -> list[str]:
        return list(self.meta.default or [])

    def value_from_form(self, value: Any) -> Any:
        return split_lines(value) if isinstance(value, str) else value

    def value_for_form(self, value: Any) -> Any:
        return value

    def get_searchable_content(self, value: Any) -> list[str]:
        return list(value or [])

    class Meta:
        icon = "list-ul"
        default: list[str] = []
