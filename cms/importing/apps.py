from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportingConfig(AppConfig):
    name = "cms.importing"
    label = "importing"
    verbose_name = _("导入表格")
