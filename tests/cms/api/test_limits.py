"""Who asks the API too often waits; nobody else does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from cms.api import delivery
from cms.api.limits import PerAddress
from cms.api.models import ApiToken
from cms.settings import environment

LONG = 10**9
"""Seconds of a stretch of time that does not end while a test runs."""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, most in ((delivery.per_token, 2), (delivery.per_address, 5)):
        monkeypatch.setattr(limit, "num_requests", most)
        monkeypatch.setattr(limit, "duration", LONG)
    cache.clear()


def asked(secret: str = "", path: str = "records/", **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return Client(headers=headers).get(f"/api/v1/{path}", **more)


@pytest.mark.django_db
def test_one_token_that_asks_too_often_waits_and_no_other_does(tmp_path: Any, settings: Any) -> None:
    settings.UNIONPRESS_DATA = settings.UNIONPRESS_OUTPUT = tmp_path
    screen, app = (ApiToken.objects.issue(name)[1] for name in ("屏幕", "小程序"))
    assert [asked(screen).status_code for _ in range(3)] == [200, 200, 429]
    refused = asked(screen)
    assert 1 <= int(refused["Retry-After"]) <= LONG
    assert refused.json() == {
        "detail": f"too many requests: ask again in {refused['Retry-After']} s, and less often"
    }
    assert asked(app).status_code == 200


@pytest.mark.django_db
def test_one_address_waits_before_its_tokens_are_looked_up(django_assert_num_queries: Any) -> None:
    assert [asked("up_guessed").status_code for _ in range(4)] == [401] * 4
    assert asked(path="docs").status_code == 200
    with django_assert_num_queries(0):
        refused = [asked("up_guessed"), asked(), asked(path="docs"), asked(path="openapi.json")]
    assert [(one.status_code, "Retry-After" in one) for one in refused] == [(429, True)] * 4
    assert asked(REMOTE_ADDR="198.51.100.7").status_code == 401


def test_behind_a_proxy_who_asks_is_whom_the_proxy_noted(settings: Any) -> None:
    def ident(noted: str) -> str:
        return PerAddress().client(RequestFactory().get("/", headers={"X-Forwarded-For": noted}))

    assert ident("198.51.100.7") == "127.0.0.1", "anybody may write a header"
    settings.NINJA_NUM_PROXIES = 1
    assert ident("192.0.2.1, 198.51.100.7") == "198.51.100.7"


def test_requests_at_once_are_all_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = delivery.per_address
    monkeypatch.setattr(limit, "num_requests", 100)
    request = RequestFactory().get("/")
    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(lambda _: limit.allow_request(request), range(200)))
    assert sum(allowed) == 100
    monkeypatch.setattr(limit, "num_requests", None)
    assert limit.allow_request(request), "no limit is set"


def test_the_environment_says_how_often_and_where_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.rate("UNIONPRESS_API_PER_TOKEN", "600/min") == "600/min"
    for value, rate in (("10/s", "10/s"), ("5000/12h", "5000/12h"), ("off", None)):
        monkeypatch.setenv("UNIONPRESS_API_PER_TOKEN", value)
        assert environment.rate("UNIONPRESS_API_PER_TOKEN", "600/min") == rate
    for value in ("0/min", "10/0s", "ten", "10/month", "10"):
        monkeypatch.setenv("UNIONPRESS_API_PER_TOKEN", value)
        with pytest.raises(ImproperlyConfigured, match="UNIONPRESS_API_PER_TOKEN is not understood"):
            environment.rate("UNIONPRESS_API_PER_TOKEN", "600/min")
    monkeypatch.setenv("UNIONPRESS_PROXIES", "two")
    with pytest.raises(ImproperlyConfigured, match="UNIONPRESS_PROXIES is not understood"):
        environment.number("UNIONPRESS_PROXIES", 1)
    monkeypatch.setenv("UNIONPRESS_CACHE", "redis://cache.example:6379/1")
    assert environment.cache()["LOCATION"] == "redis://cache.example:6379/1"
    monkeypatch.setenv("UNIONPRESS_CACHE", "cache.example")
    with pytest.raises(ImproperlyConfigured, match="UNIONPRESS_CACHE is not understood"):
        environment.cache()
