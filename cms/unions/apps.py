from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnionsConfig(AppConfig):
    name = "cms.unions"
    label = "unions"
    verbose_name = _("工会")

    def ready(self) -> None:
        import_module("cms.unions.signals")
