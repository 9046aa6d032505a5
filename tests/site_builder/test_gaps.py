"""What is not known of a record, and that its page says so in the same breath."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner

from site_builder import gaps as found_gaps
from site_builder.gap_command import gaps as command
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import SAFETY, Kind, Media
from site_builder.render import Bundle
from tests.builders import NOW, Network, days, to

THEMES = Path(__file__).parents[2] / "themes"
FULL: dict[Kind, dict[str, Any]] = {
    Kind.PROGRAM: {
        "eligibility": ["会员"], "cost": {"free": True}, "papers": [{"name": "会员卡"}],
        "steps": [{"title": "报名"}], "place": "解放路1号", "contact": {"phone": "12351"},
        "apply": [{"way": "union", "label": "所在工会"}], "window": {"closes": "2025-05-01"},
    },
    Kind.EVENT: {
        "eligibility": ["会员"], "cost": {"free": True}, "papers": [{"name": "会员卡"}], "place": "解放路1号",
        "contact": {"phone": "12351"}, "apply": [{"way": "counter", "label": "到场"}],
        "sessions": [{"starts": "2025-05-01"}],
    },
    Kind.SERVICE: {
        "eligibility": ["会员"], "cost": {"free": True}, "papers": [{"name": "会员卡"}],
        "steps": [{"title": "打开"}], "place": "网上", "fallback": {"phone": "12351"}, "operator": "省总",
        "apply": [{"way": "app", "label": "应用", "value": "齐鲁惠"}],
    },
    Kind.PLACE: {
        "access": "public", "cost": {"free": True}, "place": "解放路1号", "always_open": True,
        "apply": [{"way": "counter", "label": "到场"}], "contact": {"phone": "12351"},
        "position": {"latitude": "36.78", "longitude": "119.95"}, "verified_at": "2025-04-01",
    },
}  # fmt: skip


def codes(network: Network, union: str = "pingdu", **options: Any) -> list[tuple[str, str]]:
    found = found_gaps.of_content(network.content(), options.get("now", NOW), [union])
    return [(gap.code, gap.field) for gap in found]


@pytest.mark.parametrize("kind", FULL)
def test_a_record_of_which_everything_is_known_has_no_gap(kind: Kind) -> None:
    network = Network()
    network.record(kind, "pingdu", "a", **FULL[kind])
    assert codes(network) == []


@pytest.mark.parametrize("kind", FULL)
def test_a_bare_record_lacks_everything_and_its_page_asks_for_it(kind: Kind) -> None:
    network = Network()
    network.record(kind, "pingdu", "a")
    lacking = [field for code, field in codes(network) if code == "how-to-get-it"]
    record = next(iter(network.records.values()))
    assert len(lacking) == len(dict(found_gaps.elements(record))) >= 7
    content = network.content()
    page = next(
        page for page in pages(plan(content, "pingdu", NOW), content)
        if page.path.endswith("/a/") and page.template == f"{kind}.html"
    )  # fmt: skip
    html = Bundle.load(THEMES, "base").render(page).decode()
    # The state and whom to ask beside the text count too; what completes the answers is one line.
    assert html.count('<span data-t="ask">请咨询</span>') >= 5


def test_the_price_is_asked_for_where_nothing_is_said_of_it() -> None:
    network = Network()
    for kind, fields in FULL.items():
        network.record(kind, "pingdu", "a", **{**fields, "cost": None})
    content = network.content()
    bundle = Bundle.load(THEMES, "base")
    for page in pages(plan(content, "pingdu", NOW), content):
        if page.template in {f"{kind}.html" for kind in FULL}:
            html = bundle.render(page).decode()
            label = cost_label(page.template)
            row = html[html.index(label) :]
            assert "请咨询" in row[: row.index("</div>")], page.path


def cost_label(template: str) -> str:
    """The words before what something costs on each kind of page."""
    return {"program.html": "access.cost", "event.html": "event.cost", "service.html": "service.cost"}.get(
        template, "place.cost"
    )


def test_a_call_without_a_deadline_is_said_and_never_open() -> None:
    network = Network()
    call = {**FULL[Kind.PROGRAM], "type": "call", "window": {"opens": "2025-04-01"}}
    record = network.program("pingdu", "a", **call)
    assert ("call-without-deadline", "window") in codes(network)
    for day in range(0, 400, 40):
        state = plan(network.content(), "pingdu", NOW + days(day)).by_id[record.id].state
        assert state is not None
        assert state.code == "unknown"


def test_six_named_of_ten_is_a_gap_and_ten_of_ten_none() -> None:
    network = Network()
    figure = {"label": "板块", "value": 3, "unit": "个", "as_of": "2025"}
    network.guide("pingdu", "a", figures=[figure | {"listed": ["法律", "安全"]}])
    network.guide("pingdu", "b", figures=[figure | {"listed": ["法律", "安全", "健康"]}, figure])
    (gap,) = found_gaps.of_content(network.content(), NOW, ["pingdu"])
    assert (gap.code, gap.title) == ("listed", "pingdu的a")
    assert gap.message == "板块: 2 of 3 named"
    (gap,) = found_gaps.of_content(network.content(), NOW, ["pingdu"], "zh-Hans")
    assert gap.message == "板块：共3个，只列出2个"


def test_a_class_without_insurance_or_tutor_is_told_apart() -> None:
    network = Network()
    place = {**FULL[Kind.PLACE], "type": "childcare"}
    network.record(Kind.PLACE, "pingdu", "a", **place, safety=[s for s in SAFETY if s != "insurance"])
    network.record(Kind.PLACE, "pingdu", "b", **place, safety=list(SAFETY))
    assert codes(network) == [("safety", "safety")]
    content = network.content()
    bundle = Bundle.load(THEMES, "base")
    html = {page.path: bundle.render(page).decode() for page in pages(plan(content, "pingdu", NOW), content)}
    assert "安全清单已核对" in html["/places/b/"]
    assert "安全清单已核对" not in html["/places/a/"]
    assert "意外和医疗保险" in html["/places/a/"]


def test_what_is_over_is_no_longer_asked_for() -> None:
    network = Network()
    network.program("pingdu", "a", window={"closes": "2025-04-01"})
    network.record(Kind.EVENT, "pingdu", "b", sessions=[{"starts": "2025-03-01"}])
    assert codes(network) == []


def test_a_review_that_is_overdue_leaves_the_lists_and_says_so_on_its_page() -> None:
    network = Network()
    record = network.program("pingdu", "a", **FULL[Kind.PROGRAM], review_due="2025-04-10", needs=["job"])
    other = network.program("pingdu", "b", **FULL[Kind.PROGRAM])
    content = network.content()
    before = plan(content, "pingdu", NOW)
    assert before.next_change == before.as_of.replace(day=11, hour=0)
    later = NOW + days(3)
    assert codes(network, now=later) == [("review-overdue", "review_due")]

    def listed(now: Any) -> dict[str, bool]:
        found = {page.path: page for page in pages(plan(content, "pingdu", now), content)}
        bundle = Bundle.load(THEMES, "base")
        assert str(other.id) in bundle.render(found["/programs/"]).decode()
        return {
            path: str(record.id) in bundle.render(found[path]).decode()
            for path in ("/programs/", "/finder/", "/", "/index/")
        } | {"banner": "现在还没有复核" in bundle.render(found["/programs/a/"]).decode()}

    assert listed(NOW) == {
        "/programs/": True, "/finder/": True, "/": True, "/index/": True, "banner": False,
    }  # fmt: skip
    assert listed(later) == {
        "/programs/": False, "/finder/": False, "/": False, "/index/": True, "banner": True,
    }  # fmt: skip


def test_gaps_are_their_owner_s_and_an_edition_knows_what_it_inherits() -> None:
    network = Network()
    full = network.program("shandong", "a", **FULL[Kind.PROGRAM], share=to("descendants"))
    network.edition("pingdu", full)
    network.program("shandong", "b", share=to("descendants"))
    assert codes(network, "pingdu") == []
    assert len(codes(network, "shandong")) == 8


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({}, False),
        ({"status": "suspended"}, False),
        ({"status": "closed"}, True),
        ({"expires": NOW - days(1)}, True),
        ({"expires": NOW + days(1)}, False),
        ({"withdrawn": {"at": NOW - days(1), "reason": "并入别处"}}, True),
        ({"published": NOW + days(1)}, False),
    ],
)
def test_what_leads_to_a_place_that_is_closed_is_told(place: dict[str, Any], told: bool) -> None:
    network = Network()
    venue = network.record(Kind.PLACE, "shandong", "guan", **{**FULL[Kind.PLACE], **place})
    network.record(Kind.PROGRAM, "pingdu", "a", **FULL[Kind.PROGRAM], venues=[venue.id])
    network.record(Kind.EVENT, "pingdu", "b", **FULL[Kind.EVENT], venue=venue.id)
    network.record(Kind.SERVICE, "pingdu", "c", **FULL[Kind.SERVICE], places=[venue.id])
    over = {**FULL[Kind.EVENT], "sessions": [{"starts": "2025-03-01"}]}
    network.record(Kind.EVENT, "pingdu", "d", **over, venue=venue.id)
    expected = [("venue-closed", "venues"), ("venue-closed", "venue"), ("venue-closed", "places")]
    assert codes(network) == (expected if told else [])


def test_a_gap_is_said_in_one_language() -> None:
    network = Network()
    network.program("pingdu", "a", type="call", review_due=NOW.date() - days(9))
    network.record(Kind.PLACE, "pingdu", "b", type="childcare")
    network.guide("pingdu", "c", parameters=[{"name": "cap", "value": 1}])
    matrix = {"title": "table", "columns": ["x"], "rows": [{"label": "y", "cells": [""]}]}
    network.guide("pingdu", "d", matrices=[matrix])
    figure = {"label": "n", "value": 3, "unit": "x", "as_of": "2025", "listed": ["1"]}
    network.story("pingdu", "e", figures=[figure])
    network.story("pingdu", "f", source={"relation": "reprint", "publication": "x"})
    closed = network.record(
        Kind.PLACE, "pingdu", "g", **{**FULL[Kind.PLACE], "status": "closed", "title": "hall"}
    )
    network.record(Kind.EVENT, "pingdu", "h", **FULL[Kind.EVENT], venue=closed.id)
    told: dict[found_gaps.Language, list[found_gaps.Gap]] = {
        language: list(found_gaps.of_content(network.content(), NOW, ["pingdu"], language))
        for language in get_args(found_gaps.Language)
    }
    codes = {gap.code for gap in told["en"]}
    assert codes == {"how-to-get-it", "call-without-deadline", "safety", "listed", "parameter-undated",
                     "table-blank", "review-overdue", "byline-missing", "source-undated",
                     "venue-closed"}  # fmt: skip
    for gap in told["en"]:
        assert f"{gap.message} {gap.action}".isascii(), gap
    for gap in told["zh-Hans"]:
        assert not re.search(r"[A-Za-z]{5,}", f"{gap.message}{gap.action}".replace("table", "")), gap


def test_the_command_lists_them_by_union(tmp_path: Path) -> None:
    network = Network()
    network.program("pingdu", "a", type="call")
    network.program("xuyi", "b")
    network.write(tmp_path)
    options = ["--content", str(tmp_path), "--as-of", "2025-04-08T09:00+08:00"]
    result = CliRunner().invoke(command, ["pingdu", "--json", *options])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert {gap["union"] for gap in said["gaps"]} == {"pingdu"}
    assert {"call-without-deadline", "how-to-get-it"} == {gap["code"] for gap in said["gaps"]}
    assert set(said["gaps"][0]) == {
        "union", "record", "kind", "title", "file", "code", "field", "message", "action",
    }  # fmt: skip
    told = CliRunner().invoke(command, ["--code", "call-without-deadline", *options]).stdout
    assert "1 gap: call-without-deadline 1" in told
    assert "xuyi" not in told
    assert CliRunner().invoke(command, ["nowhere", *options]).exit_code == 2


def test_a_story_says_who_wrote_it_or_where_it_is_from_and_of_which_day() -> None:
    network = Network()
    credit = {"relation": "reprint", "publication": "工人日报"}
    network.story("pingdu", "a")
    network.story("pingdu", "b", genre="notice")
    network.story("pingdu", "c", source=credit)
    network.story("pingdu", "d", source={**credit, "issue_date": "2024"})
    network.story("pingdu", "e", source={**credit, "relation": "based_on"})
    found = [
        (gap.code, gap.field, gap.file.split("/")[-1])
        for gap in found_gaps.of_content(network.content(), NOW)
    ]
    assert found == [("byline-missing", "bylines", "a.md"), ("source-undated", "source", "c.md")]


def test_a_picture_says_who_took_it_or_its_story_does() -> None:
    network = Network()
    credits = {"pingdu/a.jpg": "", "pingdu/b.jpg": "市总宣传部", "shandong/c.jpg": ""}
    for ref, credit in credits.items():
        network.media[ref] = Media(ref=ref, title=f"图{ref[-5]}", credit=credit)

    def picture(ref: str) -> dict[str, str]:
        return {"media": f"media:{ref}", "alt": "教室"}

    text = "".join(f"![教室](media:{ref})\n\n" for ref in credits)
    signed = {"role": "photographer", "name": "本报记者"}
    source = {"relation": "based_on", "publication": "工人日报"}
    network.story("pingdu", "a", lead_picture=picture("pingdu/a.jpg"), body=text, source=source)
    network.story("pingdu", "b", body=text, source=source)
    network.story("pingdu", "c", body=text, bylines=[signed])
    network.story("pingdu", "d", lead_picture=picture("pingdu/b.jpg"), source=source)
    network.guide("pingdu", "e", body=text)
    found = [
        (gap.field, gap.message, gap.file.split("/")[-1])
        for gap in found_gaps.of_content(network.content(), NOW, language="zh-Hans")
    ]
    said = "图片“图a”没有写作者"
    assert found == [("lead_picture", said, "a.md"), ("body", said, "b.md"), ("body", said, "e.md")]
