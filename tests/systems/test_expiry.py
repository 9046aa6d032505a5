"""What goes by with time: S14, S27, S40, S43, S73, S75, S90. What is over is offered on no channel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from site_builder import paths
from site_builder.contexts import Page
from site_builder.pages import pages
from site_builder.plan import plan
from site_builder.records import Kind
from site_builder.search.documents import documents
from tests.builders import NOW, Network

ENDS = datetime.fromisoformat("2025-04-20T00:00:00+08:00")
SECOND = timedelta(seconds=1)
POSTER = paths.poster_path("/events/yong-gong/")


def made(network: Network, when: datetime) -> dict[str, Page]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, "pingdu", when), content)}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (Kind.EVENT, {"type": "jobfair", "when": "招满为止"}),
        (Kind.SERVICE, {"type": "card", "operator": "平度市总工会"}),
        (Kind.PROGRAM, {"eligibility": ["会员"], "standing": True}),
    ],
)
def test_an_offer_with_a_last_moment_is_gone_at_that_moment(kind: Kind, fields: dict[str, Any]) -> None:
    """S40's posts, S73's and S90's offers, S27's recruitment: page, lists, JSON and search alike."""
    network = Network()
    offer = network.record(kind, "pingdu", "you-hui", title="限时优惠", expires=ENDS, **fields)
    network.story("pingdu", "xin-wen")
    content = network.content()
    before = plan(content, "pingdu", ENDS - SECOND)
    path = before.by_id[offer.id].path
    assert path in made(network, ENDS - SECOND)
    assert plan(content, "pingdu", NOW).next_change == ENDS, "a build is due just then"
    after = plan(content, "pingdu", ENDS)
    assert offer.id not in after.by_id
    assert str(offer.id) not in {document.id for document in documents(after)}
    shown = made(network, ENDS)
    assert path not in shown
    for page in shown.values():
        assert "限时优惠" not in repr(page), page.path


def test_s43_one_notice_on_all_channels_and_closed_on_all_at_once() -> None:
    """Its page, its JSON, its poster with a code, the list and the finder speak of one record."""
    network = Network()
    notice = network.record(
        Kind.EVENT, "pingdu", "yong-gong", title="用工信息", type="jobfair", needs=["job"],
        window={"opens": "2025-04-01", "closes": "2025-04-19"}, audiences=["职工"],
        sessions=[{"starts": "2025-04-19T09:00:00+08:00"}],
    )  # fmt: skip
    open_now: Any = made(network, NOW)
    page, poster = open_now["/events/yong-gong/"], open_now[POSTER]
    assert page.data["id"] == poster.record["id"] == str(notice.id)
    assert page.canonical == poster.canonical
    assert page.state.code == poster.state.code == page.data["state"]["code"] == "open"
    assert any(path.startswith("/events/yong-gong/") and path.endswith(".svg") for path in open_now)
    assert [item["state"] for item in open_now["/finder/"].items] == ["open"]
    network.change(notice, status="ended")
    closed: Any = made(network, NOW)
    assert closed["/events/yong-gong/"].data["state"]["code"] == "ended"
    assert POSTER not in closed, "what is over is not hung up"
    assert closed["/events/"].cards == ()
    assert [card.id for card in closed["/events/past/"].cards] == [str(notice.id)]
    assert "/finder/" not in closed


def test_s75_a_season_begins_and_ends_by_itself() -> None:
    network = Network()
    care = network.program(
        "pingdu", "qing-liang", window={"opens": "2025-06-01", "closes": "2025-08-31"}, eligibility=["职工"]
    )
    content = network.content()

    def code(day: str) -> str:
        state = plan(content, "pingdu", datetime.fromisoformat(f"{day}T12:00:00+08:00")).by_id[care.id].state
        assert state is not None
        return state.code

    assert [code(day) for day in ("2025-05-31", "2025-06-01", "2025-08-31", "2025-09-01")] == [
        "upcoming", "open", "closing", "ended",
    ]  # fmt: skip
    assert plan(content, "pingdu", NOW).next_change is not None


def test_s14_a_campaign_closes_on_its_last_day_or_when_all_is_given_out() -> None:
    network = Network()
    coupons = network.program(
        "pingdu", "jia-you", title="加油券", audiences=["会员"], needs=["saving"], eligibility=["会员"],
        window={"opens": "2025-04-01", "closes": "2025-04-19"},
    )  # fmt: skip

    def shown(day: str) -> tuple[str, list[str]]:
        found: Any = made(network, datetime.fromisoformat(f"{day}T12:00:00+08:00"))
        items = found["/finder/"].items if "/finder/" in found else ()
        return found["/programs/jia-you/"].state.code, [item["state"] for item in items]

    assert shown("2025-04-08") == ("open", ["open"])
    assert shown("2025-04-20") == ("ended", [])
    network.change(coupons, status="full")
    assert shown("2025-04-08") == ("full", ["full"]), "it is found, and says that all is given out"


def test_s14_of_what_closes_soon_the_first_to_close_stands_first() -> None:
    network = Network()
    days = {"yi": "2025-04-14", "er": "2025-04-10", "san": "2025-04-12", "si": "2025-06-30"}
    for slug, day in days.items():
        network.program("pingdu", slug, eligibility=["会员"], window={"opens": "2025-04-01", "closes": day})
    listed: Any = made(network, NOW)["/programs/"]
    assert [card.title.removeprefix("pingdu的") for card in listed.cards] == ["er", "san", "yi", "si"]
