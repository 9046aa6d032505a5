"""Tests: a fresh folder for each run, a database file (not memory), cheap passwords."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from cms.settings import environment
from cms.settings.base import *  # noqa: F403
from cms.settings.base import DATABASES

DEBUG = False
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

UNIONPRESS_DATA = Path(tempfile.mkdtemp(prefix="unionpress-test-"))
atexit.register(shutil.rmtree, UNIONPRESS_DATA, ignore_errors=True)
UNIONPRESS_CONTENT = UNIONPRESS_DATA / "content"
UNIONPRESS_OUTPUT = UNIONPRESS_DATA / "output"
MEDIA_ROOT = UNIONPRESS_DATA / "media"
STATIC_ROOT = UNIONPRESS_DATA / "static"

if not environment.text("DATABASE_URL"):
    # A file, so that several connections meet the same locks as in production.
    DATABASES["default"]["NAME"] = UNIONPRESS_DATA / "unionpress.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": UNIONPRESS_DATA / "test.sqlite3"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # no scan of every static file at each start
