"""Tables brought in: S45 (seats counted elsewhere), S63 (a hundred classes); S30, S77: what stays inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wagtail.models import PageViewRestriction

from cms.importing.actions import BringIn, look
from cms.importing.models import TableImport
from cms.records.models import EventPage, PlacePage
from cms.unions.models import UnionPage
from cms.unions.setup import ensure_root
from site_builder import content_store
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import Kind
from site_builder.search.documents import documents
from tests.builders import NOW, Network, to
from tests.cms.bridge import Bridge, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db: None) -> UnionPage:
    union = UnionPage(slug="pingdu", title="平度市总工会", level="county", base_url="https://pingdu.example")
    ensure_root().add_child(instance=union)
    return union


def bring_in(union: UnionPage, layout: str, text: str, **fields: Any) -> TableImport:
    made = TableImport.objects.create(
        union=union, layout=layout, file_name="表.csv", data=text.encode(), **fields
    )
    assert [str(problem) for problem in BringIn(made, None).execute().problems] == []
    return made


COURSES = """编号,名称,日期,开始时间,名额,余额,统计时间,最少人数,报名应用
QLH-01,油画,2025-05-09,19:00,30,{left},{counted},10,“齐鲁惠”APP
QLH-02,急救,2025-05-10,14:00,20,0,{counted},,“齐鲁惠”APP
"""


def test_s45_a_course_of_the_app_is_one_course_here_and_its_seats_say_when_they_were_counted(
    county: UnionPage,
) -> None:
    first = COURSES.format(left=21, counted="2025-04-08 08:00")
    bring_in(county, "courses", first, publish=True)
    ids = set(EventPage.objects.values_list("uuid", flat=True))
    assert len(ids) == 2
    assert bring_in(county, "courses", first, publish=True).entries == [], "the same table does nothing"
    bring_in(county, "courses", COURSES.format(left=12, counted="2025-04-08 12:00"), publish=True)
    assert set(EventPage.objects.values_list("uuid", flat=True)) == ids
    seats = EventPage.objects.get(title="油画").seats[0].value
    data = seats.block.data(seats)
    assert (data["total"], data["left"], data["minimum"]) == (30, 12, 10)
    assert str(data["counted"]) == "2025-04-08 12:00:00+08:00"
    entry = EventPage.objects.get(title="油画").apply[0].value
    assert (entry["way"], entry["value"]) == ("app", "“齐鲁惠”APP")


def test_s45_seats_without_their_moment_are_refused(county: UnionPage) -> None:
    wrong = TableImport.objects.create(
        union=county, layout="courses", file_name="表.csv", data="名称,名额,余额\n油画,30,12\n".encode()
    )
    (problem,) = look(wrong).problems
    assert problem.line == 2
    assert "counted" in problem.message


def test_s63_a_hundred_classes_come_in_once(county: UnionPage) -> None:
    rows = [f"B{n:03},第{n}班,托班,第{n % 5}街道" for n in range(1, 101)]
    table = "\n".join(["编号,名称,类型,地区", *rows]) + "\n"
    kind = str(dict(PlacePage._meta.get_field("type").choices)["childcare"])
    table = table.replace(",托班,", f",{kind},")
    made = bring_in(county, "places", table, publish=True)
    assert len(made.entries) == PlacePage.objects.count() == 100
    assert set(PlacePage.objects.values_list("type", flat=True)) == {"childcare"}
    assert bring_in(county, "places", table, publish=True).entries == []


@pytest.mark.parametrize("kind", [Kind.EVENT, Kind.PROGRAM])
def test_what_is_for_officials_alone_is_on_no_site_and_in_no_index(tmp_path: Path, kind: Kind) -> None:
    """S30, S77: a page that its union keeps inside is in no file of its own site, nor of others."""
    network = Network()
    inside = network.record(kind, "shandong", "pei-xun", title="内部培训安排", share=to("descendants"))
    network.record(kind, "shandong", "gong-kai", title="公开的安排", share=to("descendants"))
    bridge = Bridge.under(tmp_path)
    network.write(bridge.content)
    assert not bridge.load().problems
    PageViewRestriction.objects.create(page=page_of(inside.id), restriction_type="login")
    bridge.export()
    content = content_store.read(bridge.content)
    assert inside.id not in content.records
    for union in ("shandong", "pingdu"):
        site = plan(content, union, NOW)
        assert [document.title for document in documents(site)] == ["公开的安排"]
        for page in pages(site, content):
            assert "内部培训安排" not in repr(page), page.path
    assert not any("内部培训安排".encode() in data for data in bridge.files().values())
