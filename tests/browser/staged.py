"""Every page type that a site can have: those of the demo network, and those that none of it shows.

Finer than `tests.demo_pages`: each type of collection, each way to ask the finder, decision guides, a page
where nothing is known; front pages in mourning, at a festival, in an emergency, with a notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from uuid import UUID

from site_builder import content_store, contexts, pages, styleguide
from site_builder.content_store import Content
from site_builder.plan import plan
from site_builder.records import RECORD_TYPES, Kind, Union
from tests import demo_pages
from tests.demo_pages import AS_OF, REPOSITORY, THEMES, Shown

NOTICES = {
    "notice": {"home": {"notice": {"text": "服务大厅4月4日至6日休息，热线照常接听", "link": "/about/"}}},
    "festival": {"festival": {"text": "“五一”国际劳动节：劳动者，节日快乐", "link": "/news/"}},
    "emergency": {
        "emergency": {"text": "台风红色预警：服务大厅今日停办，请在家中等候通知", "link": "/about/"}
    },
    "mourning": {"mourning": {"opens": "2025-04-04T00:00:00+08:00", "closes": "2025-04-12T00:00:00+08:00"}},
}
"""What a site's front page may say beyond its parts, as fields of `site`."""
STANDS_ON = ("jinan", "xuyi", "pingdu", "shandong")
"""The sites of the demo network on which these are staged, in their order."""


def staged() -> Content:
    """The demo network with what it has not: notices, a package, earlier rankings, a bare program."""
    content = content_store.read(REPOSITORY / "content")
    unions = dict(content.unions)
    for slug, site in zip(STANDS_ON, NOTICES.values(), strict=True):
        given = dict(unions[slug])
        unions[slug] = Union.model_validate(given | {"site": given["site"].model_dump() | site})
    records = dict(content.records)
    ranking = next(one for one in records.values() if one.slug == "chanye-gaige-paiming")
    entries = [
        {
            "name": f"{area}推荐企业",
            "county": area,
            "score": str(90 - 5 * place),
            "done": 9 - place,
            "tasks": 9,
        }
        for place, area in enumerate(("沛县", "丰县", "睢宁县", "邳州市", "新沂市"))
    ]
    dates = [{"as_of": "2023-06", "entries": entries[:3]}, {"as_of": "2023-07", "entries": entries}]
    records[ranking.id] = RECORD_TYPES[Kind.DATASET].model_validate(  # type: ignore[assignment]
        dict(ranking) | {"rankings": dates}
    )
    package = {
        "id": UUID("0f1d6f64-5f0e-4f5b-8a3e-6f6c0d0a7c11"),
        "kind": "collection",
        "union": "shandong",
        "type": "package",
        "title": "一次看懂：技能提升可以领什么",
        "slug": "jineng-zhuanti",
        "published": AS_OF,
        "query": ["工匠选树", "技能人才"],
        "summary": "几篇稿件、一个项目、一份指南，放在一起读。",
    }
    bare = {
        "id": UUID("0f1d6f64-5f0e-4f5b-8a3e-6f6c0d0a7c12"),
        "kind": "program",
        "union": "shandong",
        "title": "职工疗休养",
        "slug": "liaoxiuyang-weiding",
        "published": AS_OF,
    }
    for record in (package, bare):
        made = RECORD_TYPES[Kind(record["kind"])].model_validate(record)
        records[made.id] = made  # type: ignore[assignment]
    return replace(content, unions=unions, records=records)


@cache
def every_page_type() -> Mapping[str, Shown]:
    """Type -> the page of that type that says most. A redirect is none: nobody looks at it."""
    content = staged()
    found: dict[str, Shown] = {}
    for union in sorted(content.unions):
        made = plan(content, union, AS_OF)
        media = pages.media(made, content)
        for page in pages.pages(made, content):
            name = type_of(page)
            if not name or page.template == "redirect.html":
                continue
            if name not in found or demo_pages.weight(page) > demo_pages.weight(found[name].page):
                found[name] = Shown(_grey(page) if name == "home/mourning" else page, media)
    found["styleguide"] = Shown(styleguide.page(THEMES), {})
    return dict(sorted(found.items()))


def _grey(page: contexts.Page) -> contexts.Page:
    """A page whose brand.css is that of a site in mourning."""
    return replace(page, site=replace(page.site, mourning=True))


def type_of(page: contexts.Page) -> str:
    """As `demo_pages.kind_of`, with what shapes a page besides."""
    name = demo_pages.kind_of(page)
    if isinstance(page, contexts.RecordPage):
        said = page.record
        name += "/decides" if said.get("decision") else ""
        name += (
            "/bare"
            if name == "program/program" and not said.get("eligibility") and not said.get("apply")
            else ""
        )
    elif isinstance(page, contexts.ListPage) and page.collection:
        name = f"topic/{page.collection['type']}"
    elif name == "events/event":
        name = "events/past" if page.path.endswith("/past/") else "events/to_come"
    elif isinstance(page, contexts.FinderPage):
        name += f"/{page.by}"
    elif isinstance(page, contexts.HomePage) and page.site.slug in STANDS_ON:
        name += f"/{dict(zip(STANDS_ON, NOTICES, strict=True))[page.site.slug]}"
    return name
