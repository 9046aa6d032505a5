"""One's own account, and the accounts of others, with forms that ask for no personal name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from wagtail.admin.views import account
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from cms.accounts.forms import NameEmailForm, UserCreationForm, UserEditForm


class AccountView(account.AccountView):
    def get_panels(self) -> list[Any]:
        panels: list[Any] = super().get_panels()
        for panel in panels:
            if isinstance(panel, account.NameEmailSettingsPanel):
                panel.form_class = NameEmailForm
        return panels


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return UserEditForm if for_update else UserCreationForm


def session(request: HttpRequest) -> JsonResponse:
    """The token that forms carry, for a page that was open before its reader signed in again."""
    return JsonResponse({"token": get_token(request)})
