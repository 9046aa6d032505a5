"""Signing in, and accounts of people at work: a body's name and a role do, a personal name is not asked."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.account import NameEmailForm as WagtailNameEmailForm
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm

from cms.accounts.widgets import GroupBoxes, GroupButtons


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


class NameEmailForm(AtWork, WagtailNameEmailForm):
    class Meta(WagtailNameEmailForm.Meta):
        pass


class UserCreationForm(AtWork, WagtailUserCreationForm):
    class Meta(WagtailUserCreationForm.Meta):
        widgets: ClassVar = {"groups": GroupBoxes}


class UserEditForm(AtWork, WagtailUserEditForm):
    class Meta(WagtailUserEditForm.Meta):
        widgets: ClassVar = {"groups": GroupBoxes}


class RoleForm(forms.Form):
    """The role that several accounts are given at once."""

    role = forms.ModelChoiceField(Group.objects.all(), label=_("角色"), widget=GroupButtons, empty_label=None)
