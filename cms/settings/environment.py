"""Reading the environment: the only module of `cms` that does.

Variables (all optional outside production):

    UNIONPRESS_DATA        runtime data: database, media, output, locks          default: var/
    UNIONPRESS_CONTENT     the content/ folder that load reads and export writes  default: content/
    UNIONPRESS_OUTPUT      built sites                                            default: DATA/output
    UNIONPRESS_THEMES      themes                                                 default: themes/
    DATABASE_URL           postgresql://user:password@host:5432/name              default: SQLite under DATA
    SECRET_KEY             a long random string                                   production: required
    ALLOWED_HOSTS          host names of the editors' Wagtail, comma separated    production: required
    WAGTAILADMIN_BASE_URL  its public address, for links in mails                 production: required
    CSRF_TRUSTED_ORIGINS   https://cms.example, comma separated                   default: the address above
    EMAIL_URL              smtp://user:password@host:587                          default: mails to the log
    UNIONPRESS_TARGETS     the file that says where finished sites go             default: CONTENT/deploy.yaml
    UNIONPRESS_MEDIA       s3://bucket/prefix?endpoint=URL for editors' media     default: files under DATA
    UNIONPRESS_BROKER      redis://host:6379/0 or amqp://...: builds by Celery    default: this machine builds
    UNIONPRESS_RESULTS     where Celery keeps results                             default: the broker
    UNIONPRESS_TASK_SECONDS  after so long a build is given to another machine    default: 900
    UNIONPRESS_CACHE       redis://host:6379/1, for several processes of Wagtail  default: each has its own
    UNIONPRESS_API_PER_TOKEN    600/min: requests of one token that the API answers (s, min, h, d; off)
    UNIONPRESS_API_PER_ADDRESS  1200/min: of one address, whatever its token
    UNIONPRESS_PROXIES     how many proxies add to X-Forwarded-For      default: 1 in production, else 0
    EMAIL_FROM             UnionPress <cms@example.org>, the sender of mails      default: webmaster@localhost
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PROJECT = Path(__file__).resolve().parents[2]
"""The checkout: where content/ and themes/ lie beside the packages."""

SQLITE_OPTIONS: dict[str, Any] = {
    # Autosave of several editors at once: a write transaction takes its lock when it begins and waits
    # for it, instead of failing when it is upgraded half-way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}

_RATE = re.compile(r"[1-9]\d{0,8}/([1-9]\d{0,3})?(s|min|h|d)")


_ENCODED = "in the password %2F for /, %23 for #, %3F for ?, %40 for @, %25 for %"


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def folder(name: str, default: Path) -> Path:
    value = text(name)
    return Path(value).expanduser().resolve() if value else default


def listed(name: str) -> list[str]:
    return [part.strip() for part in text(name).split(",") if part.strip()]


def required(name: str, example: str) -> str:
    """The variable's value; raises ImproperlyConfigured naming it and showing an example."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not set. Production needs it, for example: {name}={example}"
        )
    return value


def local_secret(data: Path) -> str:
    """A key made once and kept under `data`, for its owner alone: sessions live as long as the data."""
    path = data / "secret-key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        made = data / f".secret-key-{os.getpid()}"
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            os.link(made, path)
        except FileExistsError:  # another process was first; its key is the one
            pass
        finally:
            made.unlink()
    return path.read_text(encoding="ascii")


def database(data: Path) -> dict[str, Any]:
    """Django's DATABASES["default"]: PostgreSQL from DATABASE_URL, else SQLite under `data`."""
    url = text("DATABASE_URL")
    if not url:
        data.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data / "unionpress.sqlite3",
            "OPTIONS": dict(SQLITE_OPTIONS),
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/") or not _whole(parts):
        raise ImproperlyConfigured(
            "DATABASE_URL is not understood: write postgresql://user:password@host:5432/name "
            f"({_ENCODED}), or leave it out to use SQLite"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def _whole(parts: SplitResult) -> bool:
    """Whether an address was cut where it ends, and not at a `/`, `?` or `#` of its password."""
    try:
        return not parts.fragment and "@" not in parts.path + parts.query and parts.port != 0
    except ValueError:  # what should be the port is a piece of the password
        return False


def email() -> dict[str, Any]:
    """The EMAIL_* settings from EMAIL_URL; without it mails are printed to the log."""
    url = text("EMAIL_URL")
    sender = {"DEFAULT_FROM_EMAIL": text("EMAIL_FROM")} if text("EMAIL_FROM") else {}
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend", **sender}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not _whole(parts):
        raise ImproperlyConfigured(
            f"EMAIL_URL is not understood: write smtp://user:password@host:587 ({_ENCODED})"
        )
    return {
        **sender,
        "EMAIL_BACKEND": "cms.mail.AfterSaving",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and bool(parts.username),
    }


def media_storage() -> dict[str, Any]:
    """Django's STORAGES["default"]: the object store of UNIONPRESS_MEDIA, else files under MEDIA_ROOT.

    The keys are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which boto3 reads by itself. Files stay private:
    Wagtail hands out addresses that end after an hour.
    """
    url = text("UNIONPRESS_MEDIA")
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme != "s3" or not parts.hostname or options.keys() - {"endpoint", "region"}:
        raise ImproperlyConfigured(
            "UNIONPRESS_MEDIA is not understood: write s3://bucket/prefix?endpoint=https://s3.example.org"
        )
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.hostname,
            "location": parts.path.strip("/"),
            "endpoint_url": options.get("endpoint"),
            "region_name": options.get("region"),
            "file_overwrite": False,
            "signature_version": "s3v4",
        },
    }


def celery() -> dict[str, Any]:
    """Celery's settings; empty where no broker is named, and this machine builds by itself.

    A build is acknowledged when it is done: whoever dies with it leaves it to another. RabbitMQ notices at
    once; Redis gives it out again after UNIONPRESS_TASK_SECONDS, which must be longer than the longest build.
    """
    broker = text("UNIONPRESS_BROKER")
    if not broker:
        return {}
    if urlsplit(broker).scheme not in {"redis", "rediss", "amqp", "amqps"}:
        raise ImproperlyConfigured(
            "UNIONPRESS_BROKER is not understood: write redis://host:6379/0 or amqp://user:password@host//"
        )
    try:
        seconds = int(text("UNIONPRESS_TASK_SECONDS", "900"))
    except ValueError as error:
        raise ImproperlyConfigured("UNIONPRESS_TASK_SECONDS is a number of seconds, such as 900") from error
    return {
        "broker_url": broker,
        "result_backend": text("UNIONPRESS_RESULTS") or (broker if broker.startswith("redis") else "rpc://"),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": _redis(seconds) if broker.startswith("redis") else {},
        "result_expires": 7200,
        "task_acks_late": True,
        "task_default_queue": "unionpress",
        "task_reject_on_worker_lost": True,
        "task_track_started": False,
        "worker_hijack_root_logger": False,
        "worker_prefetch_multiplier": 1,
    }


def _redis(seconds: int) -> dict[str, int]:
    """kombu's transport options: it looks for what a dead worker left every 100 s unless told otherwise."""
    return {
        "visibility_timeout": seconds,
        "unacked_restore_interval": max(1, min(10, seconds // 4)),
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30,
    }


def cache() -> dict[str, Any]:
    """Django's CACHES["default"]: Redis, which processes share, else the memory of each."""
    url = text("UNIONPRESS_CACHE")
    if not url:
        # The API's limits count in it, one number for each client.
        return {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured("UNIONPRESS_CACHE is not understood: write redis://host:6379/1")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "unionpress",
    }


def rate(name: str, default: str) -> str | None:
    """So many in a stretch of time, as ninja.throttling writes it; None for any number."""
    value = text(name, default)
    if value == "off":
        return None
    if not _RATE.fullmatch(value):
        raise ImproperlyConfigured(f"{name} is not understood: write 600/min, 10/s, 5000/h, or off")
    return value


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is not understood: write a number, such as {default}")
    return int(value)


def targets(content: Path) -> Path:
    """The file that says where finished sites go."""
    return folder("UNIONPRESS_TARGETS", content / "deploy.yaml")
