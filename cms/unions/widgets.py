"""A colour as text and as a swatch; the contrast with white is shown while it is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as translate
from wagtail.admin.staticfiles import versioned_static

from cms.unions.rules import CONTRAST, contrast, darkened, validate_colour


class ColourInput(forms.TextInput):
    """`#rrggbb`, with a swatch to pick from. Works as a plain text field without JavaScript."""

    template_name = "cms/widgets/colour.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "maxlength": 7, "size": 9})
        context["widget"]["least"] = CONTRAST
        context["widget"]["verdict"] = verdict(value)
        context["widget"]["good"] = translate("在白底上清楚（对比度 {ratio}）。")
        context["widget"]["bad"] = translate(
            "在白底上太浅（对比度 {ratio}，应不低于 4.5）。可改用 {proposal}。"
        )
        return context

    def format_value(self, value: Any) -> str | None:
        return super().format_value(value.lower() if isinstance(value, str) else value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.strip().lower() if isinstance(value, str) else value

    @property
    def media(self) -> forms.Media:
        return forms.Media(
            js=[versioned_static("cms/colour.js")], css={"all": [versioned_static("cms/colour.css")]}
        )


def verdict(value: Any) -> str:
    """What the screen says of a colour when it opens; nothing for no colour."""
    try:
        validate_colour(value or "")
    except forms.ValidationError:
        return ""
    ratio = contrast(value, "#ffffff")
    if ratio >= CONTRAST:
        return translate("在白底上清楚（对比度 {ratio}）。").format(ratio=f"{ratio:.1f}")
    return translate("在白底上太浅（对比度 {ratio}，应不低于 4.5）。可改用 {proposal}。").format(
        ratio=f"{ratio:.1f}", proposal=darkened(value)
    )
