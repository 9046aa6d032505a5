from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SynonymsConfig(AppConfig):
    name = "cms.synonyms"
    label = "synonyms"
    verbose_name = _("同义词")
