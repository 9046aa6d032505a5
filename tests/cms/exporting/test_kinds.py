"""Every field of every kind through Wagtail and back: the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cms.records.models import EventPage, PlacePage
from site_builder.records import Kind
from tests.builders import Network, to
from tests.cms.bridge import Bridge, edit, page_of

pytestmark = pytest.mark.django_db

EVENT: dict[str, Any] = {
    "type": "course", "edition": "第三届", "modes": ["onsite", "live"],
    "sessions": [
        {
            "starts": "2025-04-11T19:00:00+08:00", "ends": "2025-04-11T20:30:00+08:00",
            "repeats": {
                "every": "week", "interval": 2, "on": ["fri", "sat"], "until": "2025-06-30",
                "skips": ["2025-05-02"], "extra": ["2025-05-05", "2025-05-06"],
            },
            "title": "油画", "teacher": "市级非遗传承人", "live": "https://live.example/1",
            "status": "postponed",
        },
        {"starts": "2025-06-28", "repeats": {"every": "month", "on": ["sat"], "nth": -1, "count": 3}},
        {"starts": "2025-07-01", "ends": "2025-07-03", "room": "三楼", "note": "自带画具"},
        {"starts": "2025-07-01T00:00:00+08:00", "repeats": {"every": "day", "count": 5}},
    ],
    "when": "每周五晚", "status": "cancelled", "status_note": "因台风取消，学费原路退回",
    "window": {"opens": "2025-04-01", "closes": "2025-04-10T12:00:00+08:00"},
    "apply": [{"way": "phone", "label": "打电话"}],
    "seats": {"total": 30, "left": 0, "counted": "2025-04-05T08:00:00+08:00", "minimum": 10,
              "waiting_list": True},
    "eligibility": ["本市职工"], "membership_required": False,
    "cost": {"free": False, "value": "88.00", "per": "8节课", "market": "300", "market_qualifier": ["以上"]},
    "papers": [{"name": "身份证", "form": "copy"}],
    "level": "入门", "teachers": ["市级非遗传承人"], "certificate": "结业证书", "child_care": "可带一名儿童",
    "access": "有坡道", "organisers": ["市总工会"], "undertakers": ["工人文化宫"], "partners": ["市妇联"],
    "live": "https://live.example/", "replay": "https://replay.example/", "boards": ["法律"],
    "trades": ["电工"],
    "agenda": [{"title": "开班", "time": "9:00", "text": "见**通知**。"}],
    "stages": [{"title": "初赛", "window": {"closes": "2025-05-01"}, "text": "各区自办。"},
               {"title": "决赛"}],
    "criteria": ["过程"], "zones": ["制造业"],
    "employers": [
        {"name": "某厂", "zone": "制造业", "posts": [{"title": "电工", "headcount": 12, "pay": "面议"},
                                              {"title": "焊工"}]},
        {"name": "某店"},
    ],
    "desks": [{"name": "法律援助", "text": "劳动合同"}],
    "outcome": [{"label": "达成意向", "value": "230", "unit": "人次", "qualifier": ["余"],
                 "as_of": "2025-04"}],
    "results": [{"rank": "一等奖", "name": "甲队", "unit": "某厂"}],
    "questions": [{"question": "迟到行吗", "answer": "行。"}], "privacy": "只收手机号。",
}  # fmt: skip
PLACE: dict[str, Any] = {
    "type": "reading_room", "status": "suspended", "status_note": "装修", "access": "staff",
    "access_note": "凭工牌", "host": "某厂", "operators": ["厂工会"], "place": "解放路1号",
    "position": {"latitude": "36.067082", "longitude": "120.382640", "datum": "wgs84"},
    "directions": "公交1路",
    "hours": [
        {"days": ["tue", "thu", "sat"], "opens": "08:00", "closes": "11:00"},
        {"days": ["tue", "thu", "sat"], "opens": "14:00", "closes": "24:00", "note": "夏天"},
    ],
    "always_open": True,
    "holiday_hours": [
        {"first": "2025-05-01", "last": "2025-05-05", "name": "劳动节", "closed": True},
        {"first": "2025-10-01", "last": "2025-10-01", "opens": "09:00", "closes": "12:00"},
    ],
    "hours_note": "以现场为准", "facilities": ["饮水", "AED"],
    "equipment": [{"name": "电脑", "count": 6, "qualifier": ["余"]},
                  {"name": "AED", "status": "planned", "unit": "套"}],
    "counters": [{"name": "法律窗口", "text": "咨询", "contact": {"phone": "12351"}}, {"name": "帮扶窗口"}],
    "safety": ["agreement", "insurance"], "accessibility": ["坡道"], "services": ["借书"],
    "eligibility": ["本厂职工"],
    "cost": {"free": True}, "apply": [{"way": "counter", "label": "到场登记"}], "verified_at": "2025-03-01",
}  # fmt: skip
SERVICE: dict[str, Any] = {
    "type": "app", "status": "planned", "status_note": "下半年开通", "since": "2023-06",
    "operator": "自治区总工会",
    "platform": "北疆工惠", "functions": [{"title": "普惠", "text": "领**券**。"}, {"title": "维权"}],
    "centre": "维权",
    "eligibility": ["会员"], "membership_required": True, "cost": {"free": True},
    "papers": [{"name": "会员卡", "count": 1}], "steps": [{"title": "下载"}], "time_limit": "当场",
    "apply": [{"way": "app", "label": "应用商店搜索", "value": "北疆工惠", "link": "https://app.example/"}],
    "fallback": {"phone": "12351", "name": "服务热线"}, "collects": ["手机号"],
    "checked_at": "2025-04-01", "health": "broken", "basis": [{"title": "办法", "number": "1号"}],
    "questions": [{"question": "收费吗", "answer": "不收。"}],
}  # fmt: skip

GUIDING: dict[str, Any] = {
    "publicity": {
        "title": "拟推荐名单", "window": {"opens": "2025-04-01", "closes": "2025-04-07T17:00:00+08:00"},
        "entries": [{"rank": "齐鲁工匠", "name": "某班组", "unit": "某厂"}, {"name": "某车间"}],
        "contact": {"name": "经济部", "phone": "12351"}, "link": "https://a.example/", "note": "节假日照常。",
    },
    "decision": {
        "title": "我可以吗", "intro": "三问。",
        "questions": [
            {"key": "shui", "question": "你是会员吗", "help": "看**会员卡**。",
             "options": [{"label": "是", "next": "duojiu"}, {"label": "不是", "next": "ruhui"}]},
            {"key": "duojiu", "question": "入会多久", "options": [{"label": "满一年", "next": "keyi"}]},
        ],
        "outcomes": [
            {"key": "keyi", "title": "可以", "text": "带会员卡。", "links": ["/programs/", "https://b.example/"],
             "contact": {"phone": "12351"}},
            {"key": "ruhui", "title": "先入会", "verdict": "no"},
        ],
    },
    "matrices": [
        {"title": "等级", "corner": "技能等级", "columns": ["车险", "意外险"], "note": "以合同为准",
         "rows": [{"label": "中级工", "cells": ["", ""]}, {"label": "高级工", "cells": ["有", "有"]}]},
    ],
    "needs": ["skill", "honour"], "life_events": ["new_job"],
}  # fmt: skip
EARLIER: dict[str, Any] = {
    "reviewed": {"by": "法律工作部", "at": "2025-03-31"},
    "people": ["words", "child"],
    "consents": [
        {"who": "学员的监护人", "covers": ["words", "child"], "given": "2025-01-02", "until": "2026-01-01",
         "kept": "档案柜"},
        {"who": "学员", "covers": ["words"], "given": "2025-01-02", "ended": "2030-01-01"},
    ],
    "earlier": [
        {
            "key": "banfa-2019", "since": "2019", "until": "2023-07", "title": "旧办法", "summary": "旧的。",
            "changes": ["上限提高", "不收费"],
            "document": {"number": "1号", "effective": "2019-01-01"}, "applies_to": "全省",
            "parameters": [{"name": "上限", "value": "25", "unit": "万元", "valid_to": "2023-07-31"}],
            "eligibility": ["会员"], "benefits": [{"label": "补助", "value": "5", "unit": "元"}],
            "papers": [{"name": "身份证", "form": "copy"}],
            "steps": [{"title": "交材料", "text": "到**窗口**。"}],
            "time_limit": "5日", "legal_limit": "15日",
            "text": "前言。\n\n## 怎么办\n\n- 一\n- 二\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |",
        },
        {"key": "2018", "until": "2018", "withdrawn": "含有个人信息"},
    ],
}  # fmt: skip
REPORTS: dict[str, Any] = {
    "disclosures": [
        {
            "title": "年报",
            "period": "2024年度",
            "published": "2025-03-01",
            "link": "https://f.example/",
            "note": "经审计",
        },
        {"title": "季报"},
    ],
}
CALL: dict[str, Any] = {
    "type": "call", "stages": [{"title": "申报", "window": {"note": "以通知为准"}}, {"title": "公示"}],
    "eligibility": ["一", "二"], "eligibility_any": ["甲", "乙"], **GUIDING,
}  # fmt: skip


@pytest.fixture
def network() -> Network:
    """Two unions, each with a full and a bare record of each kind."""
    network = Network(tree=False)
    network.union("shandong", None, "province")
    network.union("qingdao", "shandong", "city")
    place = network.record(Kind.PLACE, "shandong", "shu-wu", **PLACE, share=to("children"))
    table = network.record(Kind.DATASET, "shandong", "ming-dan", type="honours")
    network.record(Kind.EVENT, "shandong", "you-hua", **EVENT, venue=place.id)
    network.record(
        Kind.PROGRAM,
        "shandong",
        "ping-xuan",
        **CALL,
        **REPORTS,
        honours=table.id,
        previous=[place.id],
        venues=[place.id],
    )
    network.record(
        Kind.GUIDE, "shandong", "zhi-nan", **GUIDING, **EARLIER, regions=["青岛市", "烟台市"],
        agencies=["省总工会", "法律援助中心"], time_limit="10个工作日", legal_limit="20个工作日",
        explained_by=[place.id],
    )  # fmt: skip
    network.record(Kind.SERVICE, "shandong", "gong-hui", **SERVICE, **REPORTS, places=[place.id])
    for kind in (Kind.PLACE, Kind.EVENT, Kind.SERVICE):
        network.record(kind, "qingdao", f"bare-{kind}")
    season = {
        "text": "送清凉", "text_en": "Cool drinks", "window": {"opens": "2025-06-15", "closes": "2025-09-15"},
        "items": [f"record:{place.id}"],
    }  # fmt: skip
    network.union("shandong", None, "province", site={"home": {"seasons": [season], "blocks": ["season"]}})
    return network


@pytest.fixture
def bridge(network: Network, tmp_path: Path) -> Bridge:
    bridge = Bridge.under(tmp_path)
    assert not network.write(bridge.content).problems
    return bridge


def test_every_field_survives_wagtail(bridge: Bridge, network: Network) -> None:
    before = bridge.files()
    report = bridge.load()
    assert not report.problems
    exported = bridge.export()
    assert (exported.written, exported.removed, exported.problems) == ([], [], [])
    assert bridge.files() == before
    assert bridge.load().unchanged == len(network.unions) + len(network.records)


def test_what_was_loaded_passes_the_screens_own_checks(bridge: Bridge, network: Network) -> None:
    bridge.load()
    before = bridge.files()
    for record in network.records:
        page = page_of(record)
        page.full_clean()
        for name in ("sessions", "employers", "stages", "hours", "holiday_hours", "counters", "apply",
                     "publicity", "decision", "matrices", "earlier", "reviewed", "consents",
                     "disclosures"):  # fmt: skip
            stream = getattr(page, name, None)
            if stream:
                setattr(page, name, stream.stream_block.clean(stream))
        page.save_revision().publish()
    assert bridge.export().written == []
    assert bridge.files() == before


def test_an_edit_of_a_session_changes_its_lines_only(bridge: Bridge, network: Network) -> None:
    bridge.load()
    event = next(record for record in network.records.values() if record.slug == "you-hua")
    stream = page_of(event.id).sessions
    stream[0].value["teacher"] = "市级工艺美术师"
    edit(event.id, sessions=stream)
    before = bridge.files()
    assert bridge.export().written == ["records/shandong/event/you-hua.md"]
    path = "records/shandong/event/you-hua.md"
    was, now = (files[path].decode().splitlines() for files in (before, bridge.files()))
    new = [line.strip() for line in now if line not in was]
    assert [line for line in new if not line.startswith("updated: ")] == ["teacher: 市级工艺美术师"]


def test_wagtails_own_live_is_not_the_livestream(bridge: Bridge, network: Network) -> None:
    bridge.load()
    page = EventPage.objects.get(slug="you-hua")
    assert page.live is True
    assert page.live_link == "https://live.example/"
    assert PlacePage.objects.get(slug="bare-place").live is True
