"""The 117 systems of the field as the demo network shows them: content, plans and rendered pages.

The files here are grouped by kind; what each system is, and which record carries it, stands in
`tests/data/systems.json` and is held by `tests/test_systems.py`. Here is what the source asks to be checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from site_builder import content_store, gaps
from site_builder.content_store import Content
from site_builder.contexts import Page
from site_builder.pages import pages
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, BaseRecord
from site_builder.render import Bundle

ROOT = Path(__file__).parents[2]
DEMO = datetime(2025, 4, 8, 9, tzinfo=BEIJING)
"""The moment as of which the demo is built."""
CARRIED: Mapping[str, dict[str, Any]] = json.loads((ROOT / "tests/data/systems.json").read_text("utf-8"))
_PHRASE = re.compile(r'<span class="phrase">([^<]*)</span>')


class Sites:
    """The sites of the demo, planned and rendered when asked for."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.bundle = Bundle.load(ROOT / "themes", "base")
        self.plan: Callable[[str], SitePlan] = cache(lambda union: plan(content, union, DEMO))
        self.pages: Callable[[str], Mapping[str, Page]] = cache(
            lambda union: {page.path: page for page in pages(self.plan(union), content)}
        )

    def record(self, code: str) -> Any:
        """The record that carries a system, as its owner wrote it."""
        return self.content.records[UUID(CARRIED[code]["record"])]

    def union(self, code: str) -> str:
        union: str = CARRIED[code]["union"]
        return union

    def page(self, code: str) -> Any:
        """Its page on its owner's site."""
        union = self.union(code)
        return self.pages(union)[self.plan(union).by_id[self.record(code).id].path]

    def html(self, code: str) -> str:
        """The page without what says where a line may end."""
        return _PHRASE.sub(r"\1", self.render(self.page(code)).replace("<wbr>", ""))

    def render(self, page: Page) -> str:
        return self.bundle.render(page).decode()

    def gaps(self, code: str) -> list[gaps.Gap]:
        record: BaseRecord = self.record(code)
        return list(gaps.gaps(record, self.content.unions[record.union], DEMO, "zh-Hans"))

    def finder(self, union: str, **chosen: str) -> set[str]:
        """The ids that the finder of a site has for what was chosen, as its script filters them."""
        page: Any = self.pages(union).get("/finder/")
        items = page.items if page else ()
        return {
            item["id"]
            for item in items
            if all(word in ([item["kind"]] if by == "kind" else item[by]) for by, word in chosen.items())
        }


@pytest.fixture(scope="session")
def sites() -> Sites:
    return Sites(content_store.read(ROOT / "content"))
