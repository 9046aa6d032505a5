"""What every surrounding shares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cms.settings import environment

# --- folders ---------------------------------------------------------------------------------------

PROJECT = environment.PROJECT
UNIONPRESS_DATA = environment.folder("UNIONPRESS_DATA", PROJECT / "var")
UNIONPRESS_CONTENT = environment.folder("UNIONPRESS_CONTENT", PROJECT / "content")
UNIONPRESS_OUTPUT = environment.folder("UNIONPRESS_OUTPUT", UNIONPRESS_DATA / "output")
UNIONPRESS_THEMES = environment.folder("UNIONPRESS_THEMES", PROJECT / "themes")

# --- applications ----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "cms.accounts",
    "cms.unions",
    "cms.media",
    "cms.records",
    "cms.sharing",
    "cms.synonyms",
    "cms.scoreboards",
    "cms.exporting",
    "cms.importing",
    "cms.publishing",
    "cms.editorial",
    "cms.wechat",
    "cms.api",
    "wagtail.contrib.table_block",
    "cms.accounts.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.sites",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",  # Wagtail says "5 minutes ago" with it, in English without
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",  # serves the API's documentation without a foreign host
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cms.accounts.language.OwnLanguage",
    "cms.unions.guard.BranchGuard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database and files ----------------------------------------------------------------------------

DATABASES = {"default": environment.database(UNIONPRESS_DATA)}

STATIC_URL = "/static/"
STATIC_ROOT = UNIONPRESS_DATA / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = UNIONPRESS_DATA / "media"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long story with many blocks is one form

CACHES = {"default": environment.cache()}

# --- language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PROJECT / "cms" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Wagtail ---------------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = _("工会发布 UnionPress")
WAGTAILADMIN_BASE_URL = environment.text("WAGTAILADMIN_BASE_URL", "http://localhost:8001")
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai", "Asia/Urumqi", "UTC"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_WORKFLOW_ENABLED = True
# An address of the CMS is no address of a site, and would be answered with the name of any union's page.
WAGTAILADMIN_EXTERNAL_LINK_CONVERSION = "none"
WAGTAILADMIN_USER_LOGIN_FORM = "cms.accounts.forms.LoginForm"
WAGTAILIMAGES_IMAGE_MODEL = "media.MediaImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.media.forms.ImageForm"
WAGTAILIMAGES_EXTENSIONS = ["png", "jpg", "jpeg", "webp", "gif"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_DOCUMENT_MODEL = "media.MediaDocument"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "cms.media.forms.DocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf", "doc", "docx", "xls", "xlsx", "csv", "txt", "zip", "wps", "et", "ofd"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {
    "default": {
        "BACKEND": "cms.search.backend",
        "SEARCH_CONFIG": "simple",
        "AUTO_UPDATE": True,
    }
}

# --- UnionPress ------------------------------------------------------------------------------------

UNIONPRESS_MAIL_ALERTS = bool(environment.text("EMAIL_URL"))
"""Whether a failing site is told by mail: where the environment names a mail server."""

WAGTAIL_PASSWORD_RESET_ENABLED = UNIONPRESS_MAIL_ALERTS
"""Without a mail server the screen would promise a mail that goes to the log, with the way in."""

UNIONPRESS_TARGETS = environment.targets(UNIONPRESS_CONTENT)
"""The file that says where finished sites go; without it, nowhere."""

UNIONPRESS_CELERY = environment.celery()
"""Celery's settings where other machines build; empty: this one does."""

NINJA_DEFAULT_THROTTLE_RATES = {
    "address": environment.rate("UNIONPRESS_API_PER_ADDRESS", "1200/min"),
    "token": environment.rate("UNIONPRESS_API_PER_TOKEN", "600/min"),
}
"""How many requests the API answers of one address and of one token (cms.api.limits); None: any number."""

NINJA_NUM_PROXIES = environment.number("UNIONPRESS_PROXIES", 0)
"""How many proxies of our own stand before Wagtail, each of which notes in X-Forwarded-For who asked it."""

UNIONPRESS_PREVIEW = "cms.preview.preview"
"""Dotted path of `preview(page, request) -> HttpResponse`, which shows a draft as its site would."""

# --- mail ------------------------------------------------------------------------------------------

globals().update(environment.email())

# --- security --------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail shows previews in a frame of its own
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"cms": {"level": "INFO"}},
}
