"""接口令牌 in Wagtail: for whoever holds the permission, which administrators of the network do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.forms import Select
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.views.generic import CreateView
from wagtail.admin.viewsets.model import ModelViewSet

from cms.api.models import ApiToken
from cms.unions.models import UnionPage


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


def union_choices() -> list[tuple[str, str]]:
    unions = UnionPage.objects.order_by("path").values_list("slug", "title")
    return [("", translate("全网")), *unions]


class TokenViewSet(ModelViewSet):
    model = ApiToken
    icon = "key"
    name = "api-tokens"
    menu_label = _("接口令牌")
    add_to_settings_menu = True
    panels: ClassVar[list[Panel]] = [
        FieldPanel("name"),
        FieldPanel("union", widget=Select(choices=union_choices)),  # type: ignore[arg-type]  # asked each time
        FieldPanel("expires_at"),
        FieldPanel("active"),
    ]
    list_display = ["name", "prefix", "union", "active", "expires_at", "used_on"]
    add_view_class: Any = CreateToken
    copy_view_enabled = False


@hooks.register("register_admin_viewset")
def token_viewset() -> TokenViewSet:
    return TokenViewSet()
