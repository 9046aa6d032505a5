"""A colour as text and as a swatch; how it reads by day and by night is shown while it is chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as translate
from wagtail.admin.staticfiles import versioned_static

from cms.unions.rules import CONTRAST, PAPERS, validate_colour
from site_builder.formats import contrast, readable

DAY, NIGHT = PAPERS
NIGHT_CONTRAST = 6
"""What themes/base/templates/brand.css asks of the shade that stands on dark paper."""


class ColourInput(forms.TextInput):
    """`#rrggbb`, with a swatch to pick from. Works as a plain text field without JavaScript."""

    template_name = "cms/widgets/colour.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "maxlength": 7, "size": 9})
        context["widget"] |= {
            "least": CONTRAST,
            "day": DAY,
            "night": NIGHT,
            "night_least": NIGHT_CONTRAST,
            "verdict": verdict(value),
            "proposal": proposal(value),
            "good": _good(),
            "bad": _bad(),
            "at_night": _at_night(),
            "take": _take(),
        }
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
    if not _is_colour(value):
        return ""
    by_day = _good() if contrast(value, DAY) >= CONTRAST else _bad()
    shade = readable(value, NIGHT, NIGHT_CONTRAST)
    return " ".join(
        (
            by_day.format(ratio=f"{contrast(value, DAY):.1f}"),
            _at_night().format(shade=shade, ratio=f"{contrast(shade, NIGHT):.1f}"),
        )
    )


def proposal(value: Any) -> str:
    """The nearest shade that reads by day; nothing for a colour that does itself."""
    if not _is_colour(value) or contrast(value, DAY) >= CONTRAST:
        return ""
    return readable(value, DAY, CONTRAST)


def _is_colour(value: Any) -> bool:
    try:
        validate_colour(value or "")
    except forms.ValidationError:
        return False
    return True


def _good() -> str:
    return translate("浅色底上清楚（对比度 {ratio}）。")


def _bad() -> str:
    return translate("浅色底上太浅（对比度 {ratio}，应不低于 4.5）。")


def _at_night() -> str:
    return translate("深色底上网站自动用 {shade}（对比度 {ratio}）。")


def _take() -> str:
    return translate("改用 {proposal}")
