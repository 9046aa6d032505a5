"""The editors' screens in a real Chromium; without one, the run's last lines name what was not run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from cms.accounts.models import User
from tests.browser.conftest import launch, pytest_collection_modifyitems

__all__ = ["pytest_collection_modifyitems"]

PATIENCE = 60_000
"""Milliseconds after which something is taken never to happen."""


@pytest.fixture
def chromium(unions, people, live_server, monkeypatch) -> Iterator[Browser]:
    """Ends before the database is emptied: where Playwright runs, Django sees asynchronous code."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


def sign_in(context: BrowserContext, user: User, address: str) -> None:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
