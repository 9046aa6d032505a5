"""Signing in, and accounts of people at work: a body's name and a role do, a personal name is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.account import NameEmailForm as WagtailNameEmailForm
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from cms.unions.models import UnionRole
from cms.unions.setup import NETWORK_ADMINS


class LoginForm(WagtailLoginForm):
    """Wagtail's own leaves the password's label to the name of the field."""

    password = forms.CharField(
        label=_("密码"), strip=False, widget=forms.PasswordInput(attrs={"placeholder": _("输入密码")})
    )


class AtWork(forms.Form):
    """Mixed into Wagtail's forms, which cannot be saved without a first name, a last name and an address."""

    first_name = forms.CharField(required=False, label="", widget=forms.HiddenInput)
    last_name = forms.CharField(
        label=_("单位和岗位"), max_length=150, help_text=_("例如：盱眙县总工会 宣教部。不写个人姓名")
    )
    email = forms.EmailField(
        required=False, label=_("电子邮件"), help_text=_("找回密码、接收提醒用；不填就收不到")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: Any = self.fields.get("groups")
        if groups is not None:
            groups.label_from_instance = _names_of_groups().__getitem__


def _names_of_groups() -> Mapping[Group, str]:
    """What the screen calls groups: their names in the database are Chinese, whoever reads them."""
    names = {group: group.name for group in Group.objects.all()}
    for role in UnionRole.objects.select_related("union", "group"):
        names[role.group] = f"{role.union.title} · {role.get_role_display()}"
    return {group: str(_("全网管理员")) if name == NETWORK_ADMINS else name for group, name in names.items()}


class NameEmailForm(AtWork, WagtailNameEmailForm):
    class Meta(WagtailNameEmailForm.Meta):
        pass


class UserCreationForm(AtWork, WagtailUserCreationForm):
    class Meta(WagtailUserCreationForm.Meta):
        pass


class UserEditForm(AtWork, WagtailUserEditForm):
    class Meta(WagtailUserEditForm.Meta):
        pass
