"""The life of a record as its page tells it: what a script knows is what the plan will say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from site_builder.contexts import FinderPage, RecordPage
from site_builder.pages import calendars, pages, record_json
from site_builder.plan import plan
from site_builder.plan.states import LATER, state, state_and_later
from site_builder.records import BEIJING, Kind
from site_builder.search.documents import documents
from tests.builders import NOW, Network, days, to
from tests.site_builder.networks import networks

few = settings(max_examples=60, deadline=None)
OPEN = {"open", "closing"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@few
@given(networks(), st.integers(-9, 9))
def test_a_page_read_late_says_what_a_page_built_then_says(network: Network, day: int) -> None:
    for record in network.records.values():
        now = NOW + days(day)
        found = state_and_later(record, now)
        if found is None:
            continue
        assert found.later == tuple(sorted(found.later))
        until = found.later[-1][0] if len(found.later) == LATER else now + days(30)
        hour = now
        while hour < until:
            hour += timedelta(hours=7)
            told = [code for moment, code in found.later if moment <= hour]
            then = state(record, hour)
            assert then is not None
            assert (told[-1] if told else found.code) == then.code, (record.slug, hour)


LIFE = {
    "window": {"opens": "2025-04-10", "closes": "2025-04-30"},
    "activity": {"opens": "2025-05-10", "closes": "2025-05-20"},
}


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        (LIFE, ["upcoming", "open", "closing", "running", "ended"]),
        ({**LIFE, "status": "full"}, ["full", "running", "ended"]),
        ({"window": LIFE["window"], "type": "call"}, ["upcoming", "open", "closing", "ended"]),
        ({"window": {"opens": "2025-04-10"}, "type": "call"}, ["upcoming", "unknown"]),
        ({"type": "call"}, ["unknown"]),
    ],
)
def test_the_life_of_a_program_in_order(fields: dict[str, Any], codes: list[str]) -> None:
    found = state_and_later(Network().program("pingdu", "a", **fields), NOW)
    assert found is not None
    assert [found.code, *(code for _, code in found.later)] == codes


def test_registration_that_has_closed_ends_with_the_last_session() -> None:
    event = Network().record(
        Kind.EVENT, "pingdu", "a", window={"opens": "2025-04-01", "closes": "2025-04-11"},
        sessions=[{"starts": "2025-04-20T19:00:00+08:00", "ends": "2025-04-20T21:00:00+08:00"}],
    )  # fmt: skip
    found = state_and_later(event, NOW)
    assert found is not None
    assert (found.code, found.later) == (
        "closing",
        (
            (at("2025-04-12"), "closed"),
            (at("2025-04-20T19:00"), "running"),
            (at("2025-04-20T21:00"), "ended"),
        ),
    )


# --- public notice --------------------------------------------------------------------------------------

NOTICE = {
    "title": "拟推荐名单", "window": {"opens": "2025-04-07", "closes": "2025-04-11"},
    "entries": [{"name": "先进班组甲"}],
}  # fmt: skip


@pytest.mark.parametrize("kind", [Kind.PROGRAM, Kind.GUIDE])
@pytest.mark.parametrize(
    ("moment", "word"),
    [
        ("2025-04-06T23:59:59", "upcoming"), ("2025-04-07T00:00:00", "open"), ("2025-04-11T23:59:59", "open"),
        ("2025-04-12T00:00:00", "closed"),
    ],
)  # fmt: skip
def test_a_list_is_told_on_its_days_only(kind: Kind, moment: str, word: str) -> None:
    """On the owner's site and on one that carries it with its own contact: no page, no data, no search."""
    network = Network()
    share = to("descendants", slots=("contact",))
    record = network.record(kind, "shandong", "a", publicity=NOTICE, share=share)
    network.adopt("pingdu", record, contact={"phone": "12351"})
    content = network.content()
    for union in ("shandong", "qingdao", "pingdu"):
        site = plan(content, union, at(moment))
        (page,) = (page for page in pages(site, content) if isinstance(page, RecordPage))
        assert page.record["publicity"]["state"] == word
        (found,) = documents(site)
        told = word == "open"
        assert ("先进班组甲" in str(page.record)) is told
        assert ("先进班组甲" in str(record_json(page))) is told
        assert ("先进班组甲" in found.text) is told


def test_the_days_of_public_notice_are_foretold() -> None:
    network = Network()
    network.program("pingdu", "a", publicity=NOTICE)
    content = network.content()
    assert plan(content, "pingdu", at("2025-04-02")).next_change == at("2025-04-07")
    assert plan(content, "pingdu", at("2025-04-08")).next_change == at("2025-04-12")
    assert plan(content, "pingdu", at("2025-04-12")).next_change is None


def test_a_call_leads_to_the_roll_of_those_chosen_once_it_is_there() -> None:
    network = Network()
    roll = network.record(
        Kind.DATASET,
        "pingdu",
        "mingdan",
        type="honours",
        awards=[{"award": "工匠", "level": "county", "year": "2025", "to": "unit", "recipient": "某班组"}],
    )
    network.program("pingdu", "a", honours=roll.id)
    content = network.content()
    (page,) = (page for page in pages(plan(content, "pingdu", NOW), content) if page.path == "/programs/a/")
    assert isinstance(page, RecordPage)
    assert page.record["honours"]["href"] == "/data/mingdan/"
    network.change(roll, published=NOW + days(1))
    content = network.content()
    (page,) = (page for page in pages(plan(content, "pingdu", NOW), content) if page.path == "/programs/a/")
    assert isinstance(page, RecordPage)
    assert page.record["honours"] is None


# --- the finder -------------------------------------------------------------------------------------------


def finder(network: Network, by: str = "need", now: datetime = NOW) -> dict[str, list[str]]:
    content = network.content()
    (page,) = (
        page
        for page in pages(plan(content, "pingdu", now), content)
        if isinstance(page, FinderPage) and page.by == by
    )
    return {group.key or group.label: [card.title for card in group.cards] for group in page.groups}


def test_what_can_be_used_now_comes_first_and_what_is_over_is_left_out() -> None:
    network = Network()
    network.program("pingdu", "a", title="不清楚的", needs=["skill"])
    network.program("pingdu", "b", title="开着的", needs=["skill"], standing=True)
    network.program("pingdu", "c", title="过去的", needs=["skill"], window={"closes": "2025-03-01"})
    network.record(Kind.SERVICE, "pingdu", "d", title="计划中的", needs=["skill"], status="planned")
    network.record(Kind.PLACE, "pingdu", "e", title="没说的")
    network.story("pingdu", "f", title="新闻", needs=["skill"])
    found = finder(network)
    assert found["need.skill"][0] == "开着的"
    assert set(found["need.skill"]) == {"开着的", "不清楚的", "计划中的"}
    assert found["need.other"] == ["没说的"]
    assert finder(network, "time") == {"finder.now": ["开着的", "没说的"]}


def test_evenings_and_weekends_are_found_by_hours_and_dates() -> None:
    network = Network()
    week = ["mon", "tue", "wed", "thu", "fri"]
    for slug, title, opens, closes in (("a", "白天", "09:00", "17:00"), ("b", "晚上", "14:00", "20:00")):
        hours = [{"days": week, "opens": opens, "closes": closes}]
        network.record(Kind.PLACE, "pingdu", slug, title=title, hours=hours)
    network.record(Kind.PLACE, "pingdu", "c", title="通宵", always_open=True)
    network.record(
        Kind.EVENT, "pingdu", "d", title="周五晚", sessions=[{"starts": "2025-04-11T19:00:00+08:00"}]
    )
    network.record(
        Kind.EVENT, "pingdu", "e", title="周六下午", sessions=[{"starts": "2025-04-12T14:00:00+08:00"}]
    )
    found = finder(network, "time")
    assert set(found["finder.evening"]) == {"晚上", "通宵", "周五晚"}
    assert set(found["finder.weekend"]) == {"通宵", "周六下午"}


def test_a_site_without_anything_to_use_has_no_finder() -> None:
    network = Network()
    network.story("pingdu", "a")
    content = network.content()
    made = list(pages(plan(content, "pingdu", NOW), content))
    assert not [page for page in made if isinstance(page, FinderPage)]
    assert {page.site.finder for page in made} == {""}


def test_a_subscriber_gets_repetitions_with_their_exceptions() -> None:
    network = Network()
    network.record(
        Kind.EVENT, "pingdu", "a", title="油画课",
        sessions=[{
            "starts": "2025-04-11T19:00:00+08:00", "ends": "2025-04-11T20:30:00+08:00",
            "repeats": {"every": "week", "on": ["fri"], "until": "2025-06-30", "skips": ["2025-05-02"],
                        "extra": ["2025-05-06"]},
        }],
    )  # fmt: skip
    content = network.content()
    site = plan(content, "pingdu", NOW)
    files = calendars(site, content)
    assert set(files) == {"/events/a/calendar.ics", "/events/calendar.ics"}
    for calendar in files.values():
        text = calendar.data().decode().replace("\r\n ", "")
        assert "RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20250630T155959Z" in text
        assert "EXDATE;TZID=Asia/Shanghai:20250502T190000" in text
        assert "RDATE;TZID=Asia/Shanghai:20250506T190000" in text
    made = {page.path: page for page in pages(site, content)}
    assert made["/events/"].webcal == "webcal://pingdu.example/events/calendar.ics"
    assert made["/events/2025/04/"].webcal == made["/events/"].webcal


def test_an_outcome_leads_to_what_the_reader_s_own_union_has() -> None:
    network = Network()
    decision = {
        "questions": [{"key": "q", "question": "缺什么", "options": [{"label": "活干", "next": "o"}]}],
        "outcomes": [{"key": "o", "title": "找工作", "links": ["/finder/#need-job"]}],
    }
    network.guide("acftu", "lu", decision=decision, share=to("descendants"))
    network.program("pingdu", "a", needs=["job"])
    network.program("qingdao", "b", needs=["health"])
    content = network.content()

    def leads(union: str) -> list[str]:
        (page,) = (
            page
            for page in pages(plan(content, union, NOW), content)
            if isinstance(page, RecordPage) and page.record["kind"] == "guide"
        )
        return [link["href"] for link in page.record["decision"]["outcomes"][0]["links"]]

    assert leads("pingdu") == ["/finder/#need-job"]
    assert leads("qingdao") == ["/finder/"]
    assert leads("xuyi") == [], "a union with nothing to use has no finder"
