"""The edit form of a union."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm

from cms.blocks.files import OwnImageChooser

_BEARING = {
    "base": _("通用"),
    "province": _("省级：庄重，报头居中，双线"),
    "city": _("市级：报头居左，分栏"),
    "county": _("县级、乡镇：字大、色暖，服务在前"),
    "enterprise": _("企业：紧凑，黑体标题"),
    "industry": _("产业：窄报头，线条徽记"),
}
"""What the themes that come with the program look like."""


def theme_choices() -> list[tuple[str, str]]:
    """The themes that are there: folders under the themes folder."""
    names = sorted(path.name for path in settings.UNIONPRESS_THEMES.glob("*/") if path.is_dir())
    found = [(name, f"{_BEARING.get(name, name)}") for name in names if not name.startswith(".")]
    return found or [("base", "base")]


class PageForm(WagtailAdminPageForm):
    """Of what could not be read it is not said, too, that it is missing: the page was given nothing."""

    def add_error(self, field: str | None, error: Any) -> None:
        found = getattr(error, "error_dict", None)
        if field is None and found is not None:
            error = ValidationError({name: said for name, said in found.items() if name not in self.errors})
        super().add_error(field, error)


class UnionForm(PageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].label = _("全称")
            self.fields["title"].help_text = _("例如：山东省总工会")
        if "slug" in self.fields:
            self.fields["slug"].label = _("网址代号")
            self.fields["slug"].help_text = _("小写字母和数字，例如 shandong；全网不重复，定下后不要改")
        for name in ("logo", "icon"):
            if name in self.fields:
                self.fields[name].widget = OwnImageChooser()
        if "theme" in self.fields:
            current = self.instance.theme
            choices = theme_choices()
            if current not in dict(choices):
                choices.append((current, current))
            self.fields["theme"] = forms.ChoiceField(choices=choices, label=_("主题样式"), initial=current)
