"""Production: refuses to start until it is told what it cannot guess. See `environment.py`."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from cms.settings import environment
from cms.settings.base import *  # noqa: F403

DEBUG = False
SECRET_KEY = environment.required(
    "SECRET_KEY", '"$(python -c "import secrets; print(secrets.token_urlsafe(50))")"'
)
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY is too short: use at least 32 random characters")
environment.required("ALLOWED_HOSTS", "cms.example.org")
ALLOWED_HOSTS = environment.listed("ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts, * is not allowed in production")
WAGTAILADMIN_BASE_URL = environment.required("WAGTAILADMIN_BASE_URL", "https://cms.example.org").rstrip("/")
if not WAGTAILADMIN_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("WAGTAILADMIN_BASE_URL must start with https:// in production")
CSRF_TRUSTED_ORIGINS = environment.listed("CSRF_TRUSTED_ORIGINS") or [WAGTAILADMIN_BASE_URL]

NINJA_NUM_PROXIES = environment.number("UNIONPRESS_PROXIES", 1)
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

STORAGES = {
    "default": environment.media_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
