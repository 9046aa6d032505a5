"""The API's limits hold for processes together that share a real Redis."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytest
from django.test import RequestFactory

from cms.api import delivery
from cms.settings import environment

pytestmark = pytest.mark.needs("redis-server")


def _allowed(number: int) -> int:
    request = RequestFactory().get("/")
    return sum(delivery.per_address.allow_request(request) for _ in range(number))


def test_several_processes_count_together(redis: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNIONPRESS_CACHE", redis)
    settings.CACHES = {"default": environment.cache()}
    monkeypatch.setattr(delivery.per_address, "num_requests", 100)
    monkeypatch.setattr(delivery.per_address, "duration", 10**9)
    with multiprocessing.get_context("fork").Pool(2) as processes:
        assert sum(processes.map(_allowed, [90, 90], chunksize=1)) == 100
    assert _allowed(1) == 0
