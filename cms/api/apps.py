from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "cms.api"
    label = "delivery_api"
    verbose_name = "数据接口 API"
    default_auto_field = "django.db.models.BigAutoField"
