"""One machine, no services: what `make demo` and a developer use."""

from __future__ import annotations

from cms.settings import environment
from cms.settings.base import *  # noqa: F403
from cms.settings.base import UNIONPRESS_DATA

DEBUG = environment.text("DEBUG", "0") == "1"
SECRET_KEY = environment.text("SECRET_KEY") or environment.local_secret(UNIONPRESS_DATA)
ALLOWED_HOSTS = ["localhost", ".localhost", "127.0.0.1", "[::1]", *environment.listed("ALLOWED_HOSTS")]
INTERNAL_IPS = ["127.0.0.1"]

# Serve static files straight from the packages: no collectstatic step on a developer's machine.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": environment.media_storage(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
