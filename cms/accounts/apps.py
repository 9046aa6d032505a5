from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "cms.accounts"
    label = "accounts"
    verbose_name = _("账号")


class UsersConfig(WagtailUsersAppConfig):
    """Wagtail's own screens for accounts, with our forms."""

    user_viewset = "cms.accounts.views.UserViewSet"
