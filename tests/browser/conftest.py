"""A real Chromium for the tests marked `browser`; without one, the run's last lines name what was not run.

A Chromium of the machine is taken if there is one, else Playwright's own. Nothing is installed here.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from tests.leaving_out import leave_out

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60_000
"""Milliseconds after which what a test waits for does not come; nothing here depends on how long it takes."""
expect.set_options(timeout=PATIENCE)


def launch(playwright: Playwright) -> Browser:
    """A Chromium of the machine, else Playwright's own."""
    return started(playwright.chromium)


def started(chromium: BrowserType, *flags: str) -> Browser:
    own = next(filter(None, map(shutil.which, NAMES)), None)
    return chromium.launch(executable_path=own, headless=True, args=[*FLAGS, *flags])


@lru_cache(maxsize=1)
def _why_none() -> str:
    """Why no Chromium can be launched; empty if one can."""
    try:
        with sync_playwright() as playwright:
            bundled = Path(playwright.chromium.executable_path)
    except Exception:  # whatever its driver lacks, which it tells on the terminal
        return "Playwright's driver does not start here; on a bare Debian it lacks libatomic1"
    if bundled.exists() or any(map(shutil.which, NAMES)):
        return ""
    return f"none of {', '.join(NAMES)} is on the path, and Playwright has none"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if wanted and (why := _why_none()):
        leave_out(config, items, wanted, f"No Chromium: {why}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module: while Playwright's loop runs, Django refuses to touch its database."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone-sized window with an empty cache."""
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(browser_context: BrowserContext) -> Page:
    return browser_context.new_page()
