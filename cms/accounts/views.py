"""One's own account, and the accounts of others, with forms that ask for no personal name."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path
from wagtail.admin.views import account
from wagtail.users.views.users import UserFilterSet
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from cms.accounts.forms import NameEmailForm, UserCreationForm, UserEditForm
from cms.accounts.widgets import GroupBoxes, GroupButtons


class AccountView(account.AccountView):
    def get_panels(self) -> list[Any]:
        panels: list[Any] = super().get_panels()
        for panel in panels:
            if isinstance(panel, account.NameEmailSettingsPanel):
                panel.form_class = NameEmailForm
        return panels


class UserFilters(UserFilterSet):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["group"].extra["widget"] = GroupBoxes


class UserViewSet(WagtailUserViewSet):
    filterset_class = UserFilters

    def get_form_class(self, for_update: bool = False) -> type[Any]:
        return UserEditForm if for_update else UserCreationForm

    def get_urlpatterns(self) -> list[Any]:
        return [*super().get_urlpatterns(), path("roles/", self.roles, name="roles")]

    def roles(self, request: HttpRequest) -> HttpResponse:
        """The boxes of the roles that somebody types for: of accounts, and of the steps of reviews."""
        user = request.user
        people = self.permission_policy.user_has_any_permission(user, {"add", "change", "delete"})
        steps = user.has_perm("wagtailcore.add_task") or user.has_perm("wagtailcore.change_task")
        if not people and not steps:
            raise PermissionDenied
        name = request.GET.get("name", "")
        widget = GroupButtons if request.GET.get("one") else GroupBoxes
        boxes = widget(typed=request.GET.get("typed", ""))
        return HttpResponse(boxes.render(name, [], {"id": f"id_{name}"}))


def session(request: HttpRequest) -> JsonResponse:
    """The token that forms carry, for a page that was open before its reader signed in again."""
    return JsonResponse({"token": get_token(request)})
