"""Groups of pages are left out whole, and show their own records and nothing else of a site."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from site_builder import content_store, pages
from site_builder.content_store import Content
from site_builder.contexts import Page
from site_builder.plan import SitePlan, plan
from site_builder.records import Kind
from tests.site_builder.conftest import AS_OF, GOLDEN

STORIES = 44


@pytest.fixture(scope="module")
def content() -> Content:
    """Of pingdu more stories than two pages of a list hold."""
    read = content_store.read(GOLDEN / "content")
    first = next(one for one in read.records.values() if one.slug == "yexiao-zouhong")
    more = [
        first.model_copy(
            update={
                "id": UUID(int=number, version=4),
                "slug": f"n{number}",
                "title": f"第{number}篇",
                "published": first.published - timedelta(days=number),
                "related": (),
            }
        )
        for number in range(1, STORIES + 1)
    ]
    return replace(read, records={**read.records, **{one.id: one for one in more}}, versions={})


def made(site: SitePlan, content: Content, without: frozenset[str] = frozenset()) -> dict[str, Page]:
    return {page.path: page for page in pages.pages(site, content, records=False, without_groups=without)}


def test_a_group_is_left_out_whole_and_alone(content: Content) -> None:
    site = plan(content, "pingdu", AS_OF)
    everything = made(site, content)
    groups = pages.groups(site, content)

    assert {pages.group_of(page) for page in everything.values()} - {""} == groups.keys()
    for name in groups:
        left = made(site, content, frozenset({name}))
        assert left == {path: page for path, page in everything.items() if pages.group_of(page) != name}


def test_a_new_title_is_on_one_page_of_a_long_list(content: Content) -> None:
    changed = UUID(int=30, version=4)
    records = dict(content.records)
    records[changed] = records[changed].model_copy(update={"title": "改过的题目"})
    after = replace(content, records=records)
    site, other = plan(content, "pingdu", AS_OF), plan(after, "pingdu", AS_OF)
    with_it = [name for name, shown in pages.groups(site, content).items()
               if any(item.record.id == changed for item in shown)]  # fmt: skip

    lists = {path: page for path, page in made(site, content).items() if pages.group_of(page)}
    again = made(other, after)

    assert len(with_it) == 1
    assert with_it[0].startswith(Kind.STORY.value)
    assert [path for path in lists if lists[path] != again[path]] == ["/news/page/2/"]
