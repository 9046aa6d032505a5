from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "cms.publishing"
    label = "publishing"
    verbose_name = "发布 Publishing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Receivers register themselves when their module is read; apps must be ready by then.
        from cms.publishing import signals  # noqa: F401, PLC0415
