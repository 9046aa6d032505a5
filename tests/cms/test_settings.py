"""Production refuses to start until it knows what it cannot guess, and says which variable to set."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from cms.settings import environment
from site_builder.serving import TYPES

COMPLETE = {
    "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": "cms.example.org",
    "WAGTAILADMIN_BASE_URL": "https://cms.example.org",
}


def start(tmp_path, **variables) -> subprocess.CompletedProcess:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "import django; django.setup(); from django.conf import settings; print(settings.DEBUG)",
        ],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "cms.settings.production",
            "UNIONPRESS_DATA": str(tmp_path),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", sorted(COMPLETE))
def test_production_names_what_is_missing(tmp_path, missing):
    variables = {name: value for name, value in COMPLETE.items() if name != missing}
    result = start(tmp_path, **variables)
    assert result.returncode != 0
    assert f"The environment variable {missing} is not set" in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("ALLOWED_HOSTS", "*", "* is not allowed"),
        ("WAGTAILADMIN_BASE_URL", "http://cms.example.org", "must start with https://"),
        ("DATABASE_URL", "mysql://db/x", "DATABASE_URL is not understood"),
        ("DATABASE_URL", "postgresql://editor:a/b@db.example:5433/unionpress", "%2F for /"),
        ("DATABASE_URL", "postgresql://editor:1/b@db.example:5433/unionpress", "%2F for /"),
        ("EMAIL_URL", "smtp://editor:a/b#@mail.example:587", "%23 for #"),
        ("EMAIL_URL", "mail.example.org", "EMAIL_URL is not understood"),
        ("UNIONPRESS_MEDIA", "https://s3.example", "UNIONPRESS_MEDIA is not understood"),
        ("UNIONPRESS_BROKER", "memcache://x", "UNIONPRESS_BROKER is not understood"),
    ],
)
def test_production_says_what_is_wrong(tmp_path, name, value, message):
    result = start(tmp_path, **{**COMPLETE, name: value})
    assert result.returncode != 0
    assert message in result.stderr


def test_production_starts_when_told_everything(tmp_path):
    result = start(tmp_path, **COMPLETE)
    assert (result.returncode, result.stdout.strip()) == (0, "False"), result.stderr


def test_sqlite_waits_instead_of_failing(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database = environment.database(tmp_path)
    assert database["NAME"] == tmp_path / "unionpress.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] >= 20


def test_postgresql_by_url(tmp_path, monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://editor:p%40ss@db.example:5433/unionpress?sslmode=require"
    )
    database = environment.database(tmp_path)
    assert (database["ENGINE"], database["NAME"]) == ("django.db.backends.postgresql", "unionpress")
    assert (database["USER"], database["PASSWORD"]) == ("editor", "p@ss")
    assert (database["HOST"], database["PORT"]) == ("db.example", "5433")
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_required_gives_an_example(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="for example: SECRET_KEY=abc"):
        environment.required("SECRET_KEY", "abc")


def test_a_machine_without_settings_makes_its_own_key(tmp_path):
    folders = [tmp_path / "one", tmp_path / "two"]
    keys = [environment.local_secret(folder) for folder in folders]
    assert keys[0] != keys[1]
    for folder, key in zip(folders, keys, strict=True):
        assert len(key) >= 50
        assert environment.local_secret(folder) == key
        assert [path.name for path in folder.iterdir()] == ["secret-key"]
        assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600


def test_media_in_an_object_store(monkeypatch):
    monkeypatch.delenv("UNIONPRESS_MEDIA", raising=False)
    assert environment.media_storage()["BACKEND"].endswith("FileSystemStorage")
    monkeypatch.setenv("UNIONPRESS_MEDIA", "s3://media/cms?endpoint=https://s3.example&region=x")
    storage = environment.media_storage()
    assert storage["BACKEND"] == "storages.backends.s3.S3Storage"
    options = storage["OPTIONS"]
    assert (options["bucket_name"], options["location"]) == ("media", "cms")
    assert (options["endpoint_url"], options["region_name"]) == ("https://s3.example", "x")


def test_other_machines_build_only_where_a_broker_is_named(monkeypatch):
    monkeypatch.delenv("UNIONPRESS_BROKER", raising=False)
    assert environment.celery() == {}
    monkeypatch.setenv("UNIONPRESS_BROKER", "redis://broker:6379/0")
    settings = environment.celery()
    assert settings["task_acks_late"]
    assert settings["task_reject_on_worker_lost"]
    assert settings["broker_transport_options"]["visibility_timeout"] == 900
    assert settings["result_backend"] == "redis://broker:6379/0"
    monkeypatch.setenv("UNIONPRESS_BROKER", "amqp://me:secret@broker//")
    settings = environment.celery()
    assert settings["broker_transport_options"] == {}
    assert settings["result_backend"] == "rpc://"


def test_whatever_may_be_uploaded_is_served_as_what_it_is(settings):
    """By any machine: none's own table of types has a say in it."""
    allowed = (*settings.WAGTAILIMAGES_EXTENSIONS, *settings.WAGTAILDOCS_EXTENSIONS)
    assert [suffix for suffix in allowed if f".{suffix}" not in TYPES] == []
