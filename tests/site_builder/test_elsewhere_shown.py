"""What sites show of other unions: `Union.elsewhere` may leave out only what none of them ever does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from site_builder import content_store
from site_builder.content_store import Content
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import Level, Schedule
from site_builder.records.unions import (
    Festival,
    Footer,
    Home,
    MenuItem,
    Mourning,
    NewShare,
    Notice,
    Palette,
    Wechat,
)
from tests.site_builder.conftest import AS_OF, GOLDEN

UPPER, LOWER = "shandong", "pingdu"
OF_THE_SITE: dict[str, Any] = {
    "theme": "city",
    "palette": Palette(primary="#004d7a"),
    "logo": "media:shandong/other.svg",
    "slogan": "另一句口号",
    "home": Home(notice=Notice(text="通知"), blocks=("news",)),
    "mourning": Mourning(opens=AS_OF - timedelta(days=1), closes=AS_OF + timedelta(days=1)),
    "festival": Festival(text="劳动节快乐"),
    "emergency": Notice(text="停水"),
    "menu": (MenuItem(label="关于", link="/about/"),),
    "footer": Footer(organiser="别的单位", address="别处"),
    "icp": "京ICP备00000000号",
    "police_record": "00000000000000",
    "website_code": "0000000000",
    "icon": "media:shandong/other.svg",
    "wechat": Wechat(name="另一个号"),
}
OF_THE_UNION: dict[str, Any] = {
    "schedule": Schedule(cron="1 2 * * *"),
    "subscriptions": ("法律援助", "困难帮扶", "职工夜校", "劳动竞赛"),
    "new_share": NewShare(mode="offer", to=("children",)),
    "body": "另一段介绍。",
}


def changed(content: Content, name: str) -> Content:
    union = content.unions[UPPER]
    if name in OF_THE_UNION:
        union = union.model_copy(update={name: OF_THE_UNION[name]})
    else:
        union = union.model_copy(update={"site": union.site.model_copy(update={name: OF_THE_SITE[name]})})
    assert union != content.unions[UPPER], "a change that changes nothing tests nothing"
    return replace(content, unions={**content.unions, UPPER: union})


def shown(content: Content, union: str) -> list[Any]:
    return list(pages(plan(content, union, AS_OF), content))


def test_every_field_that_is_left_out_is_looked_at() -> None:
    union = content_store.read(GOLDEN / "content").unions[UPPER]
    said = json.loads(union.elsewhere())
    assert type(union).model_fields.keys() - said.keys() - {"slug"} == OF_THE_UNION.keys()
    assert type(union.site).model_fields.keys() - said["site"].keys() == OF_THE_SITE.keys()


@pytest.mark.parametrize("name", [*OF_THE_SITE, *OF_THE_UNION])
def test_no_site_shows_it_of_another_union(name: str) -> None:
    content = content_store.read(GOLDEN / "content")
    after = changed(content, name)
    assert after.network == content.network
    assert shown(after, LOWER) == shown(content, LOWER)


@pytest.mark.parametrize("name", ["name", "short_name", "level", "parent", "base_url"])
def test_what_others_may_show_counts_for_all(name: str) -> None:
    content = content_store.read(GOLDEN / "content")
    union = content.unions[UPPER]
    if name == "base_url":
        union = union.model_copy(
            update={"site": union.site.model_copy(update={name: "https://other.example.org"})}
        )
    else:
        union = union.model_copy(update={name: Level.TOWN if name == "level" else "别名"})
    assert replace(content, unions={**content.unions, UPPER: union}).network != content.network
