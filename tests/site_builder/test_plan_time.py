"""Embargo, expiry, withdrawal, and where a program stands on a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from site_builder.plan import plan
from site_builder.plan.states import days_left, state, validity
from site_builder.records import BEIJING, Adoption, Parameter
from tests.builders import NOW, Network, days, to

SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def test_an_embargoed_record_is_on_no_site_before_its_moment() -> None:
    network = Network()
    moment = NOW + days(1)
    record = network.story("shandong", "a", published=moment, share=to("descendants"))
    content = network.content()
    for slug in ("shandong", "pingdu"):
        before = plan(content, slug, moment - SECOND)
        assert (before.items, before.next_change) == ((), moment)
        after = plan(content, slug, moment)
        assert set(after.by_id) == {record.id}
        assert after.next_change is None


def test_an_expired_record_is_gone_without_a_trace() -> None:
    network = Network()
    record = network.story(
        "shandong", "a", expires=NOW, former_paths=["/news/2025/04/b/"], share=to("descendants"),
        withdrawn={"at": NOW - days(1), "reason": "更正"},
    )  # fmt: skip
    network.story("qingdao", "ersatz")
    content = network.content()
    assert [stone.record for stone in plan(content, "pingdu", NOW - SECOND).tombstones] == [record.id]
    site = plan(content, "pingdu", NOW)
    assert (site.items, site.tombstones, site.redirects) == ((), (), ())


def test_a_withdrawn_record_leaves_a_notice_wherever_it_stood() -> None:
    network = Network()
    moment = NOW - days(1)
    record = network.program(
        "shandong", "a", share=to("children"), former_paths=["/programs/b/"],
        withdrawn={"at": moment, "reason": "已停办"},
    )  # fmt: skip
    content = network.content()
    assert record.id in plan(content, "qingdao", moment - SECOND).by_id
    assert plan(content, "qingdao", moment - SECOND).next_change == moment
    for slug, path in {"shandong": "/programs/a/", "qingdao": "/programs/shandong/a/"}.items():
        site = plan(content, slug, moment)
        assert (site.items, site.by_id, site.by_source) == ((), {}, {})
        assert [(stone.path, stone.reason, stone.target) for stone in site.tombstones] == [
            (path, "已停办", None)
        ]
        assert [redirect.target for redirect in site.redirects] == [path]
    assert not plan(content, "pingdu", moment).tombstones


def test_what_was_never_public_leaves_no_notice() -> None:
    network = Network()
    network.story("shandong", "a", published=NOW, withdrawn={"at": NOW - days(1), "reason": "不发了"})
    offered = network.story(
        "shandong", "b", share=to("descendants", mode="offer"),
        withdrawn={"at": NOW - days(1), "reason": "更正"},
    )  # fmt: skip
    content = network.content()
    assert [stone.record for stone in plan(content, "shandong", NOW + days(1)).tombstones] == [offered.id]
    assert not plan(content, "pingdu", NOW).tombstones


def test_a_withdrawal_sends_readers_to_what_is_public() -> None:
    network = Network()
    targets = {
        "here": network.program("shandong", "here", share=to("descendants")),
        "home": network.program("shandong", "home"),
        "embargoed": network.program("shandong", "later", published=NOW + days(3)),
    }
    links = {name: f"record:{record.id}" for name, record in targets.items()}
    links |= {"path": "/guides/", "web": "https://example.org/", "none": ""}
    for name, link in links.items():
        gone = {"at": NOW, "reason": "并入", "redirect": link or None}
        network.program("shandong", f"old-{name}", share=to("children"), withdrawn=gone)
    content = network.content()

    def found(moment: datetime, slug: str) -> dict[str, str | None]:
        stones = plan(content, slug, moment).tombstones
        return {stone.path.split("/")[-2].removeprefix("old-"): stone.target for stone in stones}

    assert found(NOW, "qingdao") == {
        "here": "/programs/shandong/here/", "home": "https://shandong.example/programs/home/",
        "embargoed": None,
        "path": "/guides/", "web": "https://example.org/", "none": None,
    }  # fmt: skip
    assert found(NOW, "shandong")["home"] == "/programs/home/"
    assert found(NOW, "shandong")["path"] == "/guides/"
    assert plan(content, "qingdao", NOW).next_change == NOW + days(3)
    later = "https://shandong.example/programs/later/"
    assert found(NOW + days(3), "qingdao")["embargoed"] == later


# --- states -----------------------------------------------------------------------------------------

APRIL = {"opens": "2025-04-10", "closes": "2025-04-30"}
MAY = {"opens": "2025-05-10", "closes": "2025-05-20"}


@pytest.mark.parametrize(
    ("fields", "moment", "code"),
    [
        ({"window": APRIL}, "2025-04-09T23:59:59", "upcoming"),
        ({"window": APRIL}, "2025-04-10T00:00:00", "open"),
        ({"window": APRIL}, "2025-04-23T23:59:59", "open"),
        ({"window": APRIL}, "2025-04-24T00:00:00", "closing"),
        ({"window": APRIL}, "2025-04-30T23:59:59", "closing"),
        ({"window": APRIL}, "2025-05-01T00:00:00", "ended"),
        ({"window": APRIL, "activity": MAY}, "2025-05-01T00:00:00", "running"),
        ({"window": APRIL, "activity": MAY}, "2025-05-21T00:00:00", "ended"),
        ({"window": APRIL, "quota": {"value": 30, "filled": True}}, "2025-04-12T00:00:00", "full"),
        ({"window": APRIL, "status": "full"}, "2025-04-12T00:00:00", "full"),
        ({"window": APRIL, "status": "full"}, "2025-05-01T00:00:00", "ended"),
        ({"window": APRIL, "status": "suspended"}, "2025-04-12T00:00:00", "suspended"),
        ({"window": APRIL, "status": "ended"}, "2025-04-12T00:00:00", "ended"),
        ({"window": APRIL, "standing": True}, "2025-05-01T00:00:00", "ended"),
        ({"window": {"opens": "2025-04-10"}}, "2025-04-12T00:00:00", "open"),
        ({"window": {"opens": "2025-04-10"}, "standing": True}, "2025-04-12T00:00:00", "standing"),
        ({"window": {"opens": "2025-04-10"}, "type": "call"}, "2025-04-09T00:00:00", "upcoming"),
        ({"window": {"opens": "2025-04-10"}, "type": "call"}, "2025-04-12T00:00:00", "unknown"),
        ({"window": {"note": "以通知为准"}}, "2025-04-12T00:00:00", "unknown"),
        ({"type": "call"}, "2025-04-12T00:00:00", "unknown"),
        ({"type": "call", "standing": True}, "2025-04-12T00:00:00", "unknown"),
        ({"standing": True}, "2025-04-12T00:00:00", "standing"),
        ({"standing": True, "status": "full"}, "2025-04-12T00:00:00", "full"),
        ({"activity": MAY}, "2025-05-09T00:00:00", "upcoming"),
        ({"activity": MAY}, "2025-05-10T00:00:00", "running"),
        ({"activity": MAY}, "2025-05-21T00:00:00", "ended"),
        ({"activity": {"opens": "2025-05-10"}}, "2025-05-11T00:00:00", "unknown"),
        ({"activity": {"opens": "2025-05-10"}, "window": APRIL}, "2025-05-01T00:00:00", "unknown"),
        ({}, "2025-04-12T00:00:00", "unknown"),
    ],
)
def test_the_state_of_a_program(fields: dict[str, object], moment: str, code: str) -> None:
    record = Network().program("pingdu", "a", **fields)
    found = state(record, at(moment))
    assert found is not None
    assert found.code == code
    assert (found.days_left is None) == (code != "closing")


def test_only_programs_and_guides_with_a_window_have_a_state() -> None:
    network = Network()
    assert state(network.story("pingdu", "a"), NOW) is None
    assert state(network.guide("pingdu", "a"), NOW) is None
    guide = network.guide("pingdu", "b", window=APRIL)
    assert [state(guide, at(f"2025-{day}")).code for day in ("04-09", "04-12", "04-29", "05-01")] == [  # type: ignore[union-attr]
        "upcoming", "open", "closing", "ended",
    ]  # fmt: skip


def test_days_left_are_calendar_days_in_beijing() -> None:
    closes = at("2025-05-01T00:00:00")
    assert [
        days_left(closes, at(f"2025-04-{day}")) for day in ("24T00:00:00", "29T23:59:59", "30T00:00:00")
    ] == [6, 1, 0]
    assert days_left(at("2025-04-30T17:00:00"), at("2025-04-30T16:59:00")) == 0
    utc = datetime.fromisoformat("2025-04-29T16:00:00+00:00")
    assert days_left(closes, utc) == 0


def test_the_next_change_follows_a_program_through_its_life() -> None:
    network = Network()
    network.program("pingdu", "a", window=APRIL, activity=MAY)
    content = network.content()
    moment: datetime | None = NOW
    seen = []
    while moment is not None:
        site = plan(content, "pingdu", moment)
        assert site.items[0].state is not None
        seen.append((moment, site.items[0].state.code))
        moment = site.next_change
    midnights = [(at(f"2025-04-{day}"), "closing") for day in range(24, 31)]
    assert seen == [
        (NOW, "upcoming"),
        (at("2025-04-10"), "open"),
        *midnights,
        (at("2025-05-01"), "running"),
        (at("2025-05-10"), "running"),
        (at("2025-05-21"), "ended"),
    ]


def test_a_parameter_holds_on_both_its_days() -> None:
    parameter = Parameter(name="上限", value=30, valid_from="2025-04-01", valid_to="2025-04-30")
    moments = ("2025-03-31T23:59:59", "2025-04-01", "2025-04-30T23:59:59", "2025-05-01")
    assert [validity(parameter, at(moment)) for moment in moments] == ["future", "current", "current", "past"]
    assert validity(Parameter(name="上限", value=30), NOW) == ""
    network = Network()
    network.guide("pingdu", "a", parameters=[parameter])
    assert plan(network.content(), "pingdu", NOW).next_change == at("2025-05-01")


def test_a_pin_ends_at_its_moment_and_the_site_is_rebuilt_for_it() -> None:
    network = Network()
    until = NOW + days(1)
    own = network.story("shandong", "a", pinned_until=until, share=to("descendants"))
    offered = network.story("acftu", "b", share=to("descendants", mode="offer"))
    network.adopt("shandong", offered, "pin", until)
    content = network.content()
    before = plan(content, "shandong", until - SECOND)
    assert {item.record.id: item.pinned for item in before.items} == {own.id: True, offered.id: True}
    assert before.next_change == until
    after = plan(content, "shandong", until)
    assert {item.record.id: item.pinned for item in after.items} == {own.id: False, offered.id: False}
    assert after.next_change is None


def test_who_pins_a_story_of_its_own_pins_it_on_no_other_site() -> None:
    network = Network()
    story = network.story("shandong", "a", pinned_until=NOW + days(1), share=to("descendants"))
    network.edition("qingdao", story)
    content = network.content()
    for slug in ("pingdu", "qingdao"):
        site = plan(content, slug, NOW)
        assert [item.pinned for item in site.items] == [False]
        assert site.next_change is None


def test_an_end_of_what_is_no_pin_says_what_to_write() -> None:
    with pytest.raises(ValueError, match="write action pin instead of take, or remove it"):
        Adoption.model_validate({"record": str(UUID(int=1)), "action": "take", "until": NOW})
