"""Every system of the field has its page: 117 systems, each published by the union that runs it, and found.

`data/systems.json` says for each system which record carries it, whose it is, and the names and short
names by which people search for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TypedDict
from uuid import UUID

import pytest

from site_builder import content_store
from site_builder.content_store import Content
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, BaseRecord, Collection, Event, Guide, Place, Program, Service
from site_builder.search.documents import documents
from site_builder.search.network_index import NetworkIndex
from site_builder.search.static_index import build
from site_builder.search.static_query import StaticIndex

ROOT = Path(__file__).parents[1] / "content"
DEMO = datetime(2025, 4, 8, 9, tzinfo=BEIJING)
"""The moment as of which the demo is built: its facts are of 2019-2025."""


class _SystemBase(TypedDict):
    record: str
    union: str
    name: str


class System(_SystemBase, total=False):
    also: list[str]
    """Other names it is searched by."""


_WITH = "with"
"""Further records that carry a part of it: its figures, its honours, its ranking."""


SYSTEMS: Mapping[str, System] = json.loads(
    Path(__file__).with_name("data").joinpath("systems.json").read_text("utf-8")
)
SEARCHED = [
    (code, name) for code, system in SYSTEMS.items() for name in (system["name"], *system.get("also", []))
]


@pytest.fixture(scope="module")
def content() -> Content:
    return content_store.read(ROOT)


@pytest.fixture(scope="module")
def plans(content: Content) -> Mapping[str, SitePlan]:
    return {union: plan(content, union, DEMO) for union in content.unions}


@pytest.fixture(scope="module")
def index(
    content: Content, plans: Mapping[str, SitePlan], tmp_path_factory: pytest.TempPathFactory
) -> NetworkIndex:
    made = NetworkIndex(tmp_path_factory.mktemp("search") / "index")
    made.update(content, plans.values())
    return made


def test_every_system_has_a_record_and_nearly_each_one_of_its_own() -> None:
    assert list(SYSTEMS) == [f"S{number:02d}" for number in range(1, 118)]
    assert len({system["record"] for system in SYSTEMS.values()}) >= 100
    assert len({system["name"] for system in SYSTEMS.values()}) == len(SYSTEMS)


@pytest.mark.parametrize("code", SYSTEMS)
def test_it_is_published_by_the_union_that_runs_it(
    code: str, content: Content, plans: Mapping[str, SitePlan]
) -> None:
    system = SYSTEMS[code]
    record = content.records[UUID(system["record"])]
    assert record.union == system["union"]
    assert record.withdrawn is None
    assert record.id in plans[system["union"]].by_id
    assert record.summary or record.edition_of


@pytest.mark.parametrize("code", [code for code, system in SYSTEMS.items() if _WITH in system])
def test_what_carries_a_part_of_it_leads_there_and_back(
    code: str, content: Content, plans: Mapping[str, SitePlan]
) -> None:
    system = SYSTEMS[code]
    record = content.records[UUID(system["record"])]
    for id in map(UUID, system[_WITH]):  # type: ignore[literal-required]
        part = content.records[id]
        assert part.id in plans[system["union"]].by_id
        assert record.id in part.related or part.id in record.related


@pytest.mark.parametrize("code", SYSTEMS)
def test_it_says_what_to_do_next(code: str, content: Content) -> None:
    """What can be used says how, or whom to ask; a body tells what it is."""
    record = content.records[UUID(SYSTEMS[code]["record"])]
    assert record.body
    if isinstance(record, Service):
        assert record.fallback is not None
        assert record.fallback.name
    elif isinstance(record, Program | Guide | Event):
        assert record.apply or record.contact
    elif isinstance(record, Place):
        assert record.apply or record.contact or "当地工会" in record.body
    elif isinstance(record, Collection):
        assert record.items or record.query


@pytest.mark.parametrize(("code", "name"), SEARCHED, ids=[f"{code}-{name}" for code, name in SEARCHED])
def test_a_worker_finds_it_by_its_name(code: str, name: str, index: NetworkIndex) -> None:
    system = SYSTEMS[code]
    network = [hit.id for hit in index.search(name, limit=3)]
    assert system["record"] in network
    site = [hit.id for hit in index.search(name, union=system["union"], limit=3)]
    assert system["record"] in site


@pytest.fixture(scope="module")
def static_indexes(plans: Mapping[str, SitePlan]) -> Mapping[str, StaticIndex]:
    owners = {system["union"] for system in SYSTEMS.values()}
    return {owner: StaticIndex(build(documents(plans[owner]))) for owner in owners}


@pytest.mark.parametrize(("code", "name"), SEARCHED, ids=[f"{code}-{name}" for code, name in SEARCHED])
def test_a_phone_finds_it_on_its_unions_site(
    code: str, name: str, static_indexes: Mapping[str, StaticIndex]
) -> None:
    system = SYSTEMS[code]
    hits = static_indexes[system["union"]].search(name, limit=3).hits
    assert system["record"] in [hit.id for hit in hits]


# --- what the sources say, and do not say -----------------------------------------------------------


@pytest.fixture(scope="module")
def carried(content: Content) -> Mapping[str, BaseRecord]:
    return {code: content.records[UUID(system["record"])] for code, system in SYSTEMS.items()}


def figures(record: BaseRecord) -> dict[str, str]:
    """Label -> qualifier, value and unit, as the front matter has them."""
    return {
        figure.label: f"{''.join(figure.qualifier)}{figure.value}{figure.unit}" for figure in record.figures
    }


CHECKED = {
    "S01": {"入库“产改”企业": "767家"},
    "S05": {"参赛学员": "30名"},
    "S06": {"用人单位": "20家", "岗位": "余350个"},
    "S07": {"组织批次": "47批次", "已参加人数": "2690人", "市镇两级工会投入": "481.64万元"},
    "S12": {"工会工作网系统数": "20个", "工会工作网贯通层级": "5级"},
    "S13": {"服务职工网模块数": "25个", "服务内容": "近60项"},
    "S14": {"加油满减券": "50000份", "全年普惠投入（计划）": "计划6500万元", "普惠活动": "多50项"},
    "S16": {"六大专项行动筹资": "多1400万元"},
    "S17": {"“两癌”筛查覆盖": "30000名"},
    "S23": {"捐赠人": "7494名", "募捐金额": "125460.30元"},
    "S24": {"累计帮扶职工": "超587000人次", "个案慰问金": "3万元"},
    "S32": {"调解案件": "756件", "调解成功率": "以上98%", "工作人员": "6名"},
    "S38": {"代表队": "13支", "决赛选手": "余80名"},
    "S42": {"培训基地带动灵活就业": "175名", "培训基地人均月增收": "1500元"},
    "S43": {"发布用工信息的工会驿站": "75个", "上述人员人均增收（周期未载）": "3100元"},
    "S53": {"听课职工": "余300名"},
    "S61": {"黄牛": "90头", "当年新生小牛": "33头", "预计出售收入": "预计余30万元"},
    "S62": {"结对党员干部": "104名", "解决困难": "61条"},
    "S70": {
        "省五一劳动奖章": "1个", "省工人先锋号": "1个", "市工人先锋号": "12个",
        "最美慈爱劳动者（镇街）": "60人", "最美慈爱劳动者（企业）": "140人", "市五一巾帼标兵岗": "1个",
        "市五一巾帼标兵": "4名", "县五一巾帼标兵岗": "26个", "县五一巾帼标兵": "35名",
    },
    "S78": {"参加网上评议并给好评的职工": "近60000名"},
    "S85": {"人才资源总量": "520000人"},
    "S87": {"推广专项集体合同与能级工资协商": "53家"},
    "S94": {"栏目板块": "10个", "已直播": "余20场", "走进直播间职工": "余12000名", "建设投入": "多30万元"},
    "S96": {"提质升级书屋": "653个", "新建书屋": "321个", "配电脑书屋占比": "40%", "通网络占比": "26%"},
    "S102": {"单场实际规模": "近400人", "全年预计场次": "预计超20场", "全年预计覆盖": "预计余5000人次"},
    "S106": {"创新创优劳动竞赛": "100项", "参赛职工": "超4080000人"},
    "S107": {"工匠学院": "143所", "工匠学院培训职工": "900000人次"},
    "S111": {
        "整治提升工人文化宫": "116家", "文化宫省总投入": "1.57亿元", "文化宫撬动政府投资": "近24亿元",
    },
    "S112": {
        "用人单位": "余110家", "提供岗位（种类口径）": "689个", "就业岗位（人数口径）": "近6000个",
    },
    "S114": {"期数": "6期", "技能人才": "余600名", "特色举措": "3项"},
}  # fmt: skip


@pytest.mark.parametrize("code", CHECKED)
def test_its_figures_are_those_of_the_source(code: str, carried: Mapping[str, BaseRecord]) -> None:
    shown = figures(carried[code])
    assert {label: shown.get(label) for label in CHECKED[code]} == CHECKED[code]


@pytest.mark.parametrize(
    ("code", "label", "total", "named"),
    [
        ("S12", "工会工作网系统数", 20, 1),
        ("S13", "服务职工网模块数", 25, 2),
        ("S20", "纳入自治区技能大赛的新业态工种", 3, 3),
        ("S35", "保种", 4, 4),
        ("S94", "栏目板块", 10, 6),
    ],
)
def test_a_total_is_told_apart_from_what_is_named(
    code: str, label: str, total: int, named: int, carried: Mapping[str, BaseRecord]
) -> None:
    (figure,) = (each for each in carried[code].figures if each.label == label)
    assert (int(str(figure.value)), len(figure.listed)) == (total, named)


def test_what_belongs_to_several_unions_is_on_each_of_their_sites(
    carried: Mapping[str, BaseRecord], plans: Mapping[str, SitePlan]
) -> None:
    parties = {
        "S08": ("zhongshan", "shenzhen", "zhuhai", "jiangmen"),
        "S36": ("jilin", "liaoning", "heilongjiang", "neimenggu"),
        "S37": ("jilin", "liaoning", "heilongjiang", "neimenggu"),
        "S38": ("guizhou", "zunyi", "guizhou-dianli"),
        "S54": ("chengdu", "ganzi", "liangshan", "aba"),
        "S110": ("shandong", "jinan"),
    }
    missing = [
        (code, union)
        for code, unions in parties.items()
        for union in unions
        if carried[code].id not in plans[union].by_id
    ]
    assert missing == []


def test_events_say_who_does_what_and_in_which_order(carried: Mapping[str, BaseRecord]) -> None:
    camp, drill, fair = carried["S02"], carried["S05"], carried["S112"]
    assert isinstance(camp, Event)
    assert [item.title for item in camp.agenda][:2] == ["天安门广场", "故宫博物院"]
    assert len(camp.agenda) == 5
    assert camp.privacy
    assert isinstance(drill, Event)
    assert [stage.title for stage in drill.stages] == ["精准培训强理论", "以赛促学练精英"]
    assert len(drill.criteria) == 3
    assert not set(drill.organisers) & set(drill.undertakers)
    assert isinstance(fair, Event)
    assert (len(fair.zones), len(fair.organisers), len(fair.desks)) == (5, 5, 6)


@pytest.mark.parametrize("code", ["S02", "S05", "S06", "S30", "S38", "S53", "S54", "S72", "S112", "S113"])
def test_what_is_over_is_told_as_over(
    code: str, carried: Mapping[str, BaseRecord], plans: Mapping[str, SitePlan]
) -> None:
    state = plans[SYSTEMS[code]["union"]].by_id[carried[code].id].state
    assert state is not None
    assert state.code in {"ended", "past", "retired"}


def test_what_came_of_a_fair_stands_apart_from_what_it_offered(carried: Mapping[str, BaseRecord]) -> None:
    fair = carried["S72"]
    assert isinstance(fair, Event)
    assert [str(figure.value) for figure in fair.outcome] == ["2", "2000", "230"]
    assert fair.figures == ()


@pytest.mark.parametrize("code", ["S20", "S25", "S47", "S58", "S70"])
def test_a_call_without_dates_is_never_open(
    code: str, carried: Mapping[str, BaseRecord], content: Content
) -> None:
    call = carried[code]
    assert isinstance(call, Program)
    assert call.type == "call"
    for year in (2023, 2025):
        planned = plan(content, call.union, datetime(year, 9, 1, tzinfo=BEIJING)).by_id.get(call.id)
        assert planned is None or planned.state is None or planned.state.code not in {
            "open", "closing", "standing", "running",
        }  # fmt: skip


def test_places_say_who_may_come_and_what_is_not_there_yet(carried: Mapping[str, BaseRecord]) -> None:
    room, books, centre = carried["S101"], carried["S96"], carried["S110"]
    assert isinstance(room, Place)
    assert room.access == "staff"
    assert "AED" in room.facilities
    assert [each.name for each in room.equipment if each.status == "planned"] == [
        "健康管理一体机", "人体成分分析仪",
    ]  # fmt: skip
    assert isinstance(books, Place)
    assert {day for span in books.hours for day in span.days} == {"tue", "thu", "sat"}
    assert isinstance(centre, Place)
    assert [counter.name for counter in centre.counters] == [
        "信访接待", "帮扶救助", "就业创业", "法律援助", "互助保障", "综合服务",
    ]  # fmt: skip


def test_amounts_go_to_whom_they_are_for(carried: Mapping[str, BaseRecord]) -> None:
    grants, allowance = carried["S59"], carried["S76"]
    assert isinstance(grants, Guide)
    assert [(str(each.value), each.unit, each.audience) for each in grants.benefits] == [
        ("5", "万元", "工作室"), ("25", "万元", "工作室"), ("1", "万元", "个人"), ("5", "万元", "个人"),
    ]  # fmt: skip
    assert isinstance(allowance, Guide)
    assert [(str(each.value), each.unit) for each in allowance.benefits] == [("400", "元/人/月")]


def test_a_rule_on_trial_says_so(carried: Mapping[str, BaseRecord]) -> None:
    rule = carried["S64"]
    assert isinstance(rule, Guide)
    assert rule.document is not None
    assert rule.document.validity == "trial"


def test_who_was_not_paid_finds_help_at_once(index: NetworkIndex, carried: Mapping[str, BaseRecord]) -> None:
    assert str(carried["S88"].id) in [hit.id for hit in index.search("欠薪", union="jiangyin", limit=2)]
    found = [hit.id for hit in index.search("工资拖欠", union="huangqiao", limit=3)]
    assert str(carried["S32"].id) in found


def test_a_column_has_the_pieces_that_appeared_in_it(
    carried: Mapping[str, BaseRecord], plans: Mapping[str, SitePlan]
) -> None:
    for code in ("S21", "S50", "S52", "S66", "S79", "S93", "S95", "S105"):
        column = carried[code]
        assert isinstance(column, Collection)
        assert set(column.items) <= set(plans[column.union].by_id), code
        assert column.items, code
