from django.apps import AppConfig


class ExportingConfig(AppConfig):
    name = "cms.exporting"
    label = "exporting"
    verbose_name = "导出 Export"
    default_auto_field = "django.db.models.BigAutoField"
