"""A table becomes records: previewed, named by row and column where it is wrong, the same twice, undone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import Page

from cms.importing.actions import BringIn, TakeBack, look
from cms.importing.models import TableImport
from cms.records.models import DatasetPage, EventPage, PlacePage, ServicePage
from site_builder.records import Kind

pytestmark = pytest.mark.django_db

PLACES = """编号,名称,类型,地址,电话,开放时间,设施,纬度,经度,费用
A1,解放路书屋,职工书屋,解放路1号,12351,周二、周四 8:00-11:00，14:00-18:00,电脑、饮水,36.067082,120.382640,免费
A2,车站驿站,驿站,车站东广场,,每天 0:00-24:00,饮水；充电,,,
"""


def run(union, layout: str, text: str, into: Any = None, **fields: Any) -> TableImport:
    return TableImport.objects.create(
        union=union, layout=layout, file_name="表.csv", data=text.encode(), into=into and into.uuid, **fields
    )


def bring_in(*args: Any, user: Any = None, **fields: Any) -> TableImport:
    made = run(*args, **fields)
    found = BringIn(made, user).execute()
    assert [str(problem) for problem in found.problems] == []
    return made


def event(union, **fields: Any) -> EventPage:
    page = EventPage(title="春风行动招聘会", type="jobfair", live=False, **fields)
    union.section(Kind.EVENT).add_child(instance=page)
    page.save_revision().publish()
    return page


def latest(page: Any) -> Any:
    return type(page).objects.get(pk=page.pk).get_latest_revision_as_object()


def test_a_row_becomes_a_draft(unions):
    made = bring_in(unions.qingdao, "places", PLACES)
    room, station = PlacePage.objects.order_by("pk")
    assert (room.title, room.type, room.place) == ("解放路书屋", "reading_room", "解放路1号")
    assert room.slug == "jie-fang-lu-shu-wu"
    assert (room.live, room.published) == (False, None)
    assert room.union == unions.qingdao
    assert [(span.value["opens"], span.value["closes"]) for span in room.hours] == [
        ("08:00", "11:00"),
        ("14:00", "18:00"),
    ]
    assert room.position[0].value["latitude"] == "36.067082"
    assert station.facilities == ["饮水", "充电"]
    assert made.state == "applied"
    assert bytes(made.data) == b""


def test_the_same_file_twice_changes_nothing(unions):
    bring_in(unions.qingdao, "places", PLACES)
    counts = [page.revisions.count() for page in PlacePage.objects.all()]
    again = bring_in(unions.qingdao, "places", PLACES)
    assert again.entries == []
    assert [page.revisions.count() for page in PlacePage.objects.all()] == counts


def test_the_same_key_in_another_union_is_another_record(unions):
    bring_in(unions.qingdao, "places", PLACES)
    bring_in(unions.shandong, "places", PLACES)
    assert PlacePage.objects.filter(title="解放路书屋").count() == 2


def test_a_changed_row_changes_its_fields_only(unions):
    bring_in(unions.qingdao, "places", PLACES, publish=True)
    room = PlacePage.objects.get(title="解放路书屋")
    room.summary = "编辑写的摘要"
    room.save_revision().publish()
    changed = run(unions.qingdao, "places", "编号,名称,电话\nA1,解放路书屋,12345\nA2,车站驿站,\n")
    found = look(changed)
    assert [(change.action, change.changed) for change in found.changes] == [
        ("update", ("contact",)),
        ("same", ()),
    ]
    BringIn(changed).execute()
    draft = latest(room)
    assert draft.contact[0].value["phone"] == "12345"
    assert draft.summary == "编辑写的摘要"
    assert len(draft.hours) == 2
    assert PlacePage.objects.get(pk=room.pk).contact[0].value["phone"] == "12351", "a draft until published"


def test_a_preview_changes_nothing(unions):
    pages = Page.objects.count()
    found = look(run(unions.qingdao, "places", PLACES))
    assert (found.count("create"), found.problems) == (2, [])
    assert Page.objects.count() == pages


def test_mistakes_are_named_by_row_and_column_and_stop_no_other_row(unions):
    made = run(
        unions.qingdao,
        "places",
        "编号,名称,类型,开放时间,纬度,经度,心情\n"
        "A1,书屋,阅览室,周一 8:00-11:00,36,120,好\n"
        "A2,,驿站,,,,\n"
        "A3,驿站,驿站,白天,北纬,120,\n"
        "A4,夜校,职工夜校,,95,120,\n"
        "A5,母婴室,爱心母婴室,,,,\n"
        "A5,母婴室,爱心母婴室,,,,\n",
    )
    found = BringIn(made).execute()
    told = [(problem.line, problem.field, problem.severity) for problem in found.problems]
    assert told == [
        (None, "心情", "warning"),
        (2, "类型", "error"),
        (3, "名称", "error"),
        (4, "开放时间", "error"),
        (4, "纬度", "error"),
        (5, "纬度", "error"),
        (7, "编号", "error"),
    ]
    assert "C2: " in found.problems[1].message
    assert "职工书屋" in found.problems[1].message
    assert PlacePage.objects.values_list("title", flat=True).get() == "母婴室"


def test_a_table_without_its_columns_does_nothing(unions):
    found = BringIn(run(unions.qingdao, "services", "网址\nhttps://x.example\n")).execute()
    assert [problem.field for problem in found.problems] == ["名称"]
    assert not ServicePage.objects.exists()


COURSES = """编号,名称,日期,开始时间,结束时间,每周,次数,费用,市场价,最少人数
K1,油画,2025-05-09,19:00,20:30,周五,8,88,300,10
K2,急救,2025-05-10,14:00,16:00,,,免费,,
K2,急救,2025-05-17,14:00,16:00,,,,,
"""


def test_rows_of_one_course_are_its_sessions(unions):
    bring_in(unions.qingdao, "courses", COURSES)
    oil, aid = EventPage.objects.order_by("pk")
    session = oil.sessions[0].value
    data = session.block.data(session)
    assert (oil.type, data["repeats"]) == (
        "course",
        {"every": "week", "interval": 1, "on": ["fri"], "count": 8},
    )
    assert str(data["ends"]) == "2025-05-09 20:30:00+08:00"
    assert oil.cost[0].value["market"] == "300"
    assert oil.seats[0].value["minimum"] == 10
    assert len(aid.sessions) == 2
    assert bring_in(unions.qingdao, "courses", COURSES).entries == []


POSTS = """单位,行业,岗位,人数,待遇
某厂,制造业,电工,12,面议
某厂,制造业,焊工,,
某店,零售,店员,3,
"""


def test_posts_go_into_their_fair(unions):
    fair = event(unions.qingdao)
    bring_in(unions.qingdao, "posts", POSTS, into=fair)
    employers = latest(fair).employers
    assert [(one.value["name"], len(one.value["posts"])) for one in employers] == [("某厂", 2), ("某店", 1)]
    assert bring_in(unions.qingdao, "posts", POSTS, into=fair).entries == []
    bring_in(unions.qingdao, "posts", "单位,岗位,人数\n某厂,电工,20\n某厂,钳工,2\n", into=fair)
    first = latest(fair).employers[0].value
    assert [(post["title"], post["headcount"]) for post in first["posts"]] == [
        ("电工", 20), ("焊工", None), ("钳工", 2),
    ]  # fmt: skip
    assert first["posts"][0]["pay"] == "面议"


def test_figures_and_honours_keep_their_words(unions):
    fair = event(unions.qingdao)
    figures = "指标,数值,单位,修饰,截至\n求职意向,230,人次,余,2025-04\n"
    bring_in(unions.qingdao, "figures", figures, into=fair)
    bring_in(unions.qingdao, "honours", "名次,名称\n一等奖,甲队\n二等奖,乙队\n", into=fair)
    page = latest(fair)
    assert page.figures[0].value["qualifier"] == ["余"]
    assert [one.value["name"] for one in page.results] == ["甲队", "乙队"]
    wrong = look(run(unions.qingdao, "figures", "指标,数值,单位\n人数,5,人\n", into=fair))
    assert [(problem.line, "date" in problem.message) for problem in wrong.problems] == [(2, True)]


def test_rows_of_values_need_a_record(unions):
    with pytest.raises(ValueError, match="哪一篇"):
        look(run(unions.qingdao, "posts", POSTS))


def test_a_record_of_another_union_is_no_target(unions):
    other = event(unions.shandong)
    with pytest.raises(ValueError, match="哪一篇"):
        look(run(unions.qingdao, "posts", POSTS, into=other))


def test_undo_deletes_what_was_made_and_restores_what_was_changed(unions):
    first = bring_in(unions.qingdao, "places", PLACES, publish=True)
    second = bring_in(unions.qingdao, "places", "编号,名称,电话\nA1,解放路书屋,12345\n", publish=True)
    room = PlacePage.objects.get(title="解放路书屋")
    assert room.contact[0].value["phone"] == "12345"
    assert TakeBack(second).execute() == []
    room.refresh_from_db()
    assert (room.live, room.contact[0].value["phone"]) == (True, "12351")
    assert second.state == "undone"
    # What was restored is newer than what the first import made: it stays, and is named.
    assert [problem.code for problem in TakeBack(first).execute()] == ["edited-since-import"]
    assert list(PlacePage.objects.values_list("title", flat=True)) == ["解放路书屋"]


def test_undo_leaves_what_somebody_edited_since(unions):
    made = bring_in(unions.qingdao, "places", PLACES)
    room = PlacePage.objects.get(title="解放路书屋").get_latest_revision_as_object()
    room.summary = "编辑写的"
    room.save_revision()
    (problem,) = TakeBack(made).execute()
    assert (problem.code, problem.severity) == ("edited-since-import", "warning")
    assert list(PlacePage.objects.values_list("title", flat=True)) == ["解放路书屋"]


@pytest.mark.parametrize(("role", "publish"), [("shandong_manager", False), ("qingdao_editor", True)])
def test_only_the_unions_own_people_and_only_as_far_as_they_may(unions, people, role, publish):
    made = run(unions.qingdao, "places", PLACES, publish=publish)
    with pytest.raises(PermissionDenied):
        BringIn(made, getattr(people, role)).execute()
    assert not PlacePage.objects.exists()


def test_an_editor_brings_in_drafts_and_a_reviewer_publishes(unions, people):
    bring_in(unions.qingdao, "places", PLACES, user=people.qingdao_editor)
    assert not PlacePage.objects.filter(live=True).exists()
    made = bring_in(
        unions.qingdao, "services", "名称,网址\n会员卡,https://card.example/\n", user=people.qingdao_reviewer,
        publish=True,
    )  # fmt: skip
    card = ServicePage.objects.get()
    assert card.live
    assert card.published
    assert card.apply[0].value["link"] == "https://card.example/"
    TakeBack(made, people.qingdao_reviewer).execute()
    assert not ServicePage.objects.exists()


AWARDS = """荣誉,级别,年份,个人或集体,类别,数,获得者
五一最美慈爱劳动者,县级,2023,个人,镇街,60,
五一最美慈爱劳动者,县级,2023,个人,企业,140,
工人先锋号,市级,2023,集体,,12,
工人先锋号,省级,2023,集体,,,某班组
"""


def dataset(union, kind: str, **fields: Any) -> DatasetPage:
    page = DatasetPage(title="数据", type=kind, live=False, **fields)
    union.section(Kind.DATASET).add_child(instance=page)
    page.save_revision()
    return page


def test_an_honour_roll_comes_in_by_its_keys_and_goes_again(unions):
    page = dataset(unions.qingdao, "honours")
    made = bring_in(unions.qingdao, "awards", AWARDS, page)
    held = [child.value for child in latest(page).awards]
    assert [(one["level"], one["to"], one["category"], one["count"]) for one in held] == [
        ("county", "person", "镇街", 60), ("county", "person", "企业", 140), ("city", "unit", "", 12),
        ("province", "unit", "", 1),
    ]  # fmt: skip
    assert bring_in(unions.qingdao, "awards", AWARDS, page).entries == []
    bring_in(unions.qingdao, "awards", AWARDS.replace(",60,", ",61,"), page)
    assert [child.value["count"] for child in latest(page).awards] == [61, 140, 12, 1]
    undone = TakeBack(made).execute()
    assert undone, "changed since: it says so and leaves it"


def test_an_honour_roll_is_taken_back(unions):
    page = dataset(unions.qingdao, "honours")
    made = bring_in(unions.qingdao, "awards", AWARDS, page)
    assert TakeBack(made).execute() == []
    assert list(latest(page).awards) == []


def test_wrong_cells_of_an_honour_roll_are_named(unions):
    text = "荣誉,级别,年份,个人或集体,数\n奖,镇,2023,个人,1\n奖,县级,去年,个人,1\n奖,县级,2023,个人,许多\n"
    found = look(run(unions.qingdao, "awards", text, dataset(unions.qingdao, "honours")))
    assert [(problem.line, problem.field) for problem in found.problems] == [
        (2, "级别"), (3, "年份"), (4, "数"),
    ]  # fmt: skip


def test_a_month_of_767_enterprises_comes_in_beside_the_last(unions):
    page = dataset(unions.qingdao, "ranking")

    def month(name: str, times: int) -> str:
        rows = "".join(
            f"{name},企业{number},{number % 7 * times}0,县{number % 10},大型\n" for number in range(767)
        )
        return f"截至,名称,积分,县区,规模\n{rows}"

    bring_in(unions.qingdao, "rankings", month("2023-07", 1), page)
    bring_in(unions.qingdao, "rankings", month("2023-08", 2), page)
    assert bring_in(unions.qingdao, "rankings", month("2023-08", 2), page).entries == []
    july, august = latest(page).rankings
    assert (july.value["as_of"], august.value["as_of"]) == ("2023-07", "2023-08")
    assert len(august.value["entries"].splitlines()) == 767
    assert august.value["entries"].splitlines()[1] == "企业1,20,县1,大型"


def test_values_of_an_indicator_come_in_as_a_series(unions):
    page = dataset(unions.qingdao, "indicators")
    text = (
        "指标,数值,单位,修饰,截至,性质\n参加人数,1000,人,近,2022,已发生\n参加人数,5000,人,预计,2023,计划\n"
        "占比,40,%,,2023,\n"
    )
    bring_in(unions.qingdao, "indicators", text, page)
    first, second = (child.value for child in latest(page).indicators)
    assert [(one["value"], one["qualifier"], one["status"]) for one in first["readings"]] == [
        ("1000", ["近"], "actual"), ("5000", ["预计"], "planned"),
    ]  # fmt: skip
    assert second["unit"] == "%"
    found = look(run(unions.qingdao, "indicators", "指标,数值,单位\n甲,1,人\n", page))
    assert "needs a date" in found.problems[0].message
