"""接口令牌 in Wagtail: for whoever holds the permission, which administrators of the network do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet

from cms.api.models import ApiToken


class CreateToken(CreateView):
    """Makes the secret and shows it, this once."""

    def save_instance(self) -> ApiToken:
        token: ApiToken = self.form.save(commit=False)
        token.created_by = self.request.user
        secret = token.renew()
        token.save()
        said = translate("令牌只显示这一次，请立即抄下：%(secret)s")
        messages.warning(self.request, said % {"secret": secret})
        return token


class TokenViewSet(ModelViewSet):
    model = ApiToken
    icon = "key"
    name = "api-tokens"
    menu_label = _("接口令牌")
    add_to_settings_menu = True
    form_fields = ["name", "union", "expires_at", "active"]
    list_display = ["name", "prefix", "union", "active", "expires_at", "used_on"]
    add_view_class: Any = CreateToken
    copy_view_enabled = False


@hooks.register("register_admin_viewset")
def token_viewset() -> TokenViewSet:
    return TokenViewSet()
