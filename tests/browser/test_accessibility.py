"""axe-core finds nothing wrong: all kinds of pages and faces, by day, by night, large, in high contrast.

WCAG 2.2 up to AA and axe's best practices. On one face every kind of page is looked at with all rules; on the
others one page of each template, and in other modes only the rules that a style sheet can break. All rules on
every page type of every face in every mode: `python -m tests.browser.all_faces`, which takes a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from site_builder import styleguide
from tests.browser import axe, sites
from tests.demo_pages import FACES, THEMES, Shown, every_kind_of_page, page_templates

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 390, "height": 800}, locale="zh-CN", reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.mark.parametrize("face", FACES)
def test_no_page_of_any_face_has_a_fault(window: BrowserContext, face: str) -> None:
    shown = {**every_kind_of_page(), "styleguide": Shown(styleguide.page(THEMES), {})}
    one_each = {each.page.template: name for name, each in reversed(shown.items())}
    served: dict[str, Any] = {}
    sites.serve(window, lambda: served)
    page = window.new_page()
    wrong: dict[str, list[str]] = {}
    for name, each in shown.items():
        if name not in one_each.values() and face != FACES[0]:
            continue
        if each.page.template == "redirect.html":
            continue  # it is gone before anybody looks; its markup is tested with the others
        served.update(sites.files_of(each.page, face, each.media))
        page.goto(sites.address(each.page), wait_until="load")
        page.evaluate(axe.SCRIPT)
        for mode, (scheme, choice) in axe.MODES.items():
            axe.look(page, scheme, choice)
            if faults := axe.broken(page, None if mode == "day" else axe.STYLED):
                wrong[f"{name}, {mode}"] = faults
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, (
                f"{name} in {mode} is too wide"
            )
    page.close()
    assert wrong == {}, "\n".join(f"{name}: {fault}" for name, faults in wrong.items() for fault in faults)


def test_every_template_is_among_what_is_looked_at() -> None:
    assert page_templates() - {each.page.template for each in every_kind_of_page().values()} <= {
        "ranking.html"
    }
