from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoreboardsConfig(AppConfig):
    name = "cms.scoreboards"
    label = "scoreboards"
    verbose_name = _("积分榜")

    def ready(self) -> None:
        import_module("cms.scoreboards.signals")
