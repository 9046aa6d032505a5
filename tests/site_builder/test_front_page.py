"""The front page as an editor composes it, and what a union says for a time: notices, festival, mourning."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image
from pydantic import ValidationError

from site_builder.contexts import HomePage, RecordPage
from site_builder.pages import media, pages
from site_builder.pages.home import default_blocks
from site_builder.plan import SitePlan, plan
from site_builder.records import BEIJING, Home, HomeBlock, Kind, Level, Media, Mourning
from site_builder.render import Bundle
from tests.builders import NOW, Network, days, to
from tests.demo_pages import FACES, THEMES

OPEN = {"window": {"opens": NOW - days(1), "closes": NOW + days(30)}}
TODAY = {"window": {"opens": NOW - timedelta(hours=1), "closes": NOW + timedelta(hours=1)}}
LATER = {"window": {"opens": NOW + days(2), "closes": NOW + days(3)}}


def planned(network: Network, union: str = "pingdu", as_of: datetime = NOW) -> SitePlan:
    return plan(network.content(), union, as_of)


def made(network: Network, union: str = "pingdu", as_of: datetime = NOW) -> dict[str, Any]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, union, as_of), content)}


def home(network: Network, union: str = "pingdu") -> HomePage:
    page = made(network, union)["/"]
    assert isinstance(page, HomePage)
    return page


def site(network: Network, **fields: Any) -> Network:
    network.union("pingdu", "qingdao", site=fields)
    return network


@pytest.fixture
def network() -> Network:
    """A county with two stories, an open and a closed program, and its city beside it."""
    network = Network()
    for slug in ("pingdu", "qingdao"):
        network.story(slug, "jiu", published=NOW - days(5))
        network.story(slug, "xin", published=NOW - days(2))
        network.program(slug, "kai", **OPEN)
        network.program(slug, "guan", window={"closes": NOW - days(3)})
        network.guide(slug, "zhinan")
    return network


def ref(network: Network, slug: str, union: str = "pingdu") -> str:
    return next(
        f"record:{record.id}" for record in network.records.values()
        if record.slug == slug and record.union == union
    )  # fmt: skip


# --- composing ------------------------------------------------------------------------------------


def test_without_an_editor_the_parts_follow_the_level(network: Network) -> None:
    assert home(network, "pingdu").rows[0] == ("usable", "lead")
    assert home(network, "qingdao").rows[0] == ("lead", "usable")
    assert home(network).rows[1:] == (("news",), ("guides",)), "what has nothing to show is left out"
    for level in Level:
        assert sorted(default_blocks(level)) == sorted(get_args(HomeBlock))


def test_an_editor_s_order_and_choice_of_parts_holds(network: Network) -> None:
    site(network, home={"blocks": ["news", "guides", "lead", "events"]})
    assert home(network).rows == (("news",), ("guides",), ("lead",))
    assert home(network, "qingdao").rows[0] == ("lead", "usable"), "the other union's page is its own"


def test_columns_of_lines_stand_abreast_evenly(network: Network) -> None:
    for owner in ("pingdu", "qingdao"):
        network.record(Kind.SERVICE, owner, "ruhui", type="app")
        network.program(owner, "guanxin")
    assert home(network).rows[1:] == (("news",), ("services", "programs", "guides"))
    network.record(Kind.PLACE, "pingdu", "shuwu", type="reading_room")
    assert home(network).rows[1:] == (("news",), ("places", "services"), ("programs", "guides"))
    assert ("services", "programs", "guides") in home(network, "qingdao").rows


def test_what_is_one_column_has_the_topics_beside_it(network: Network) -> None:
    network.topic("pingdu", "yexiao", query=["夜校"])
    network.change(network.story("pingdu", "ketang"), topics=("夜校",))
    assert home(network).rows[-1] == ("guides", "topics")
    assert ("guides",) in home(network, "qingdao").rows


def test_beside_a_pictured_lead_few_offers_leave_room_for_lines(network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "media" / "pingdu"
    folder.mkdir(parents=True)
    Image.new("RGB", (800, 450)).save(folder / "ketang.png")
    network.media["pingdu/ketang.png"] = Media(ref="pingdu/ketang.png", title="课堂")
    picture = {"media": "media:pingdu/ketang.png", "alt": "课堂"}
    network.story("pingdu", "tu", published=NOW - days(1), lead_picture=picture)

    def rows(union: str) -> tuple[tuple[str, ...], ...]:
        content = network.content(tmp_path)
        page = next(page for page in pages(plan(content, union, NOW), content) if page.path == "/")
        assert isinstance(page, HomePage)
        return page.rows

    assert rows("pingdu") == (("usable", "lead", "guides"), ("news",))
    assert rows("qingdao")[0] == ("lead", "usable"), "a lead without a picture is short"
    for number in range(2):
        network.program("pingdu", f"ban-{number}", **OPEN)
    assert rows("pingdu")[0] == ("usable", "lead"), "more offers fill the column"
    site(network, home={"blocks": ["lead", "usable", "news", "guides"]})
    assert rows("pingdu") == (("lead", "usable"), ("news",), ("guides",)), "an editor's order holds"


def test_a_list_does_not_say_the_union_s_own_region(network: Network) -> None:
    network.union("pingdu", "qingdao", region="山东省青岛市平度市")
    network.story("pingdu", "zheli", region="山东省青岛市平度市", published=NOW - days(1))
    network.story("pingdu", "nali", region="山东省烟台市", published=NOW - days(3))
    text = Bundle.load(THEMES, "base").render(made(network)["/news/"]).decode()
    assert "烟台市" in text
    assert "平度市</span>" not in text
    record = Bundle.load(THEMES, "base").render(home(network)).decode()
    assert "平度市</span>" not in record


def test_an_editor_s_lead_stands_before_what_is_pinned(network: Network) -> None:
    old = network.records[next(id for id, record in network.records.items() if record.slug == "jiu")]
    network.adopt("pingdu", network.story("shandong", "zhiding", share=to("descendants")), "pin")
    pinned = home(network).lead
    assert pinned is not None
    assert pinned.title == "shandong的zhiding"
    site(network, home={"lead": f"record:{old.id}"})
    front = home(network)
    assert front.lead is not None
    assert front.lead.id == str(old.id)
    assert str(old.id) not in [card.id for card in front.news]


def test_a_lead_that_is_not_on_the_site_is_passed_over(network: Network) -> None:
    site(network, home={"lead": ref(network, "xin", "qingdao")})
    assert home(network).lead.title == "pingdu的xin"


def test_pinned_programs_come_first_but_never_what_is_over(network: Network) -> None:
    network.program("pingdu", "mingtian", window={"opens": NOW + days(1), "closes": NOW + days(9)})
    network.program("pingdu", "jiu-yao-guan", window={"opens": NOW - days(1), "closes": NOW + days(1)})
    site(network, home={"pinned": [ref(network, "mingtian"), ref(network, "guan")]})
    assert [card.title for card in home(network).usable] == [
        "pingdu的mingtian",
        "pingdu的jiu-yao-guan",
        "pingdu的kai",
    ]


def test_a_part_cannot_stand_twice() -> None:
    with pytest.raises(ValidationError, match="twice"):
        Home.model_validate({"blocks": ["news", "lead", "news"]})


# --- for a time -----------------------------------------------------------------------------------


def test_an_emergency_stands_on_every_page_and_only_in_its_time(network: Network) -> None:
    site(network, emergency={"text": "台风红色预警", "link": "/guides/zhinan/"} | TODAY)
    found = made(network)
    html = [page for page in found.values() if page.template.endswith(".html")]
    assert {page.site.emergency.text for page in html} == {"台风红色预警"}
    assert found["/"].site.emergency.href == "/guides/zhinan/"
    assert all("台风红色预警" in Bundle.load(THEMES, "city").render(page).decode() for page in html
               if page.template != "poster.html")  # fmt: skip
    later = made(network, as_of=NOW + timedelta(hours=1))
    assert all(page.site.emergency is None for page in later.values())
    assert made(network, "qingdao")["/"].site.emergency is None


@pytest.mark.parametrize("what", ["festival", "home"])
def test_a_banner_stands_on_the_front_page_alone(network: Network, what: str) -> None:
    said = {"text": "劳动创造幸福", "text_en": "Happy May Day", "link": "https://a.example/"} | TODAY
    site(network, **{what: {"notice": said} if what == "home" else said})
    for path, page in made(network).items():
        text = Bundle.load(THEMES, "province").render(page).decode()
        assert ("劳动创造幸福" in text) == (path == "/"), path
    assert 'data-en="Happy May Day"' in Bundle.load(THEMES, "base").render(home(network)).decode()
    site(network, **{what: {"notice": said | LATER} if what == "home" else said | LATER})
    assert (home(network).festival, home(network).notice) == (None, None)


def test_a_festival_s_picture_goes_with_its_banner(network: Network, tmp_path: Path) -> None:
    folder = tmp_path / "media" / "pingdu"
    folder.mkdir(parents=True)
    Image.new("RGB", (800, 200)).save(folder / "wuyi.png")
    network.media["pingdu/wuyi.png"] = Media(ref="pingdu/wuyi.png", title="五一")
    site(
        network,
        festival={"text": "五一", "picture": {"media": "media:pingdu/wuyi.png", "alt": "红旗"}} | TODAY,
    )
    content = network.content(tmp_path)
    made_plan = plan(content, "pingdu", NOW)
    front = next(page for page in pages(made_plan, content) if page.path == "/")
    assert isinstance(front, HomePage)
    assert front.festival is not None
    assert front.festival.image is not None
    assert (front.festival.image.width, front.festival.image.alt) == (800, "红旗")
    assert "/media/pingdu/wuyi.png" in media(made_plan, content)


def test_in_mourning_one_file_takes_the_colour_of_all_pages(network: Network) -> None:
    site(network, mourning={"opens": "2025-04-08", "closes": "2025-04-08", "note": "哀悼"})
    grey, plain = made(network), made(network, as_of=NOW + days(1))
    changed = {path for path in grey if grey[path] != plain[path]}
    assert "/assets/brand.css" in changed
    assert not [path for path in changed if isinstance(grey[path], RecordPage) and grey[path].state is None]
    for face in ("base", *FACES):
        bundle = Bundle.load(THEMES, face)
        assert b"grayscale(1)" in bundle.render(grey["/assets/brand.css"])
        assert b"grayscale" not in bundle.render(plain["/assets/brand.css"])
    assert not [page for page in grey.values() if "哀悼" in Bundle.load(THEMES, "base").render(page).decode()]


def test_mourning_ends() -> None:
    with pytest.raises(ValidationError, match="opens and closes"):
        Mourning.model_validate({"opens": "2025-04-08"})


@pytest.mark.parametrize(
    "fields",
    [
        {"emergency": {"text": "停电"} | LATER},
        {"festival": {"text": "五一"} | LATER},
        {"home": {"notice": {"text": "放假"} | LATER}},
        {"mourning": LATER["window"]},
    ],
)
def test_what_begins_and_ends_is_a_moment_of_the_plan(fields: dict[str, Any]) -> None:
    """So that the site is built at that moment, though nobody publishes anything."""
    network = site(Network(), **fields)
    begins, ends = (LATER["window"][end] for end in ("opens", "closes"))
    assert planned(network).next_change == begins
    assert planned(network, as_of=begins).next_change == ends
    assert planned(network, as_of=ends).next_change is None
    assert planned(network, "qingdao").next_change is None


def test_a_last_day_is_counted_whole() -> None:
    window = {"window": {"opens": "2025-05-01", "closes": "2025-05-05"}}
    network = site(Network(), emergency={"text": "放假"} | window)
    assert planned(network).next_change == datetime(2025, 5, 1, tzinfo=BEIJING)
    assert planned(network, as_of=datetime(2025, 5, 2, tzinfo=BEIJING)).next_change == datetime(
        2025, 5, 6, tzinfo=BEIJING
    )


# --- tasks ----------------------------------------------------------------------------------------


def test_tasks_are_what_the_site_has(network: Network) -> None:
    site(network, hotline="12351")
    tasks = made(network)["/"].site.tasks
    assert [(task.label, task.href) for task in tasks] == [
        ("call", "tel:12351"), ("program", "/programs/"), ("guide", "/guides/"),
    ]  # fmt: skip
    assert made(Network())["/"].site.tasks == ()
    network.record(Kind.PLACE, "pingdu", "yuedu", type="reading_room", place="人民路1号")
    assert len(made(network)["/"].site.tasks) == 3


# --- what a season brings -----------------------------------------------------------------------------


def seasons(network: Network) -> list[dict[str, Any]]:
    """Cool drinks until tomorrow, help with school from the day after."""
    cool, school = (ref(network, slug) for slug in ("kai", "zhinan"))
    today = NOW.date()
    return [
        {"text": "送清凉", "window": {"opens": today - days(9), "closes": today + days(1)}, "items": [cool]},
        {"text": "金秋助学", "window": {"opens": today, "closes": today + days(30)}, "items": [school]},
    ]


@pytest.mark.parametrize(
    ("day", "heading", "slug"),
    [(0, "送清凉", "kai"), (2, "金秋助学", "zhinan"), (31, None, None), (-20, None, None)],
)
def test_the_season_switches_a_part_of_the_front_page(
    network: Network, day: int, heading: str | None, slug: str | None
) -> None:
    site(network, home={"seasons": seasons(network)})
    page = made(network, as_of=NOW + days(day))["/"]
    assert (page.season.text if page.season else None) == heading
    assert [card.href.split("/")[-2] for card in page.seasonal] == ([slug] if slug else [])
    assert (("season",) in page.rows) == (heading is not None)
    text = Bundle.load(THEMES, "base").render(page).decode()
    assert ("送清凉" in text, "金秋助学" in text) == (heading == "送清凉", heading == "金秋助学")


def test_the_change_of_a_season_is_the_moment_of_the_next_build(network: Network) -> None:
    site(network, home={"seasons": seasons(network)})
    changes, moment = [], NOW
    while (change := planned(network, as_of=moment).next_change) is not None and change < NOW + days(3):
        changes.append(change.astimezone(BEIJING).date() - NOW.date())
        moment = change
    assert days(2) in changes


def test_what_the_season_brings_stands_there_alone(network: Network) -> None:
    page = home(site(network, home={"seasons": seasons(network)}))
    found = [card.href for cards in (page.seasonal, page.usable, page.programs) for card in cards]
    assert found.count("/programs/kai/") == 1
    page = home(site(network, home={"seasons": seasons(network), "blocks": ["usable"]}))
    assert (page.season, page.seasonal) == (None, ())
    assert [card.href for card in page.usable] == ["/programs/kai/"]


def test_what_is_over_is_in_no_season_and_an_empty_one_does_not_show(network: Network) -> None:
    over = {"text": "送清凉", "window": seasons(network)[0]["window"], "items": [ref(network, "guan")]}
    page = home(site(network, home={"seasons": [over]}))
    assert page.season is None
    assert ("season",) not in page.rows


def test_a_season_has_both_ends() -> None:
    item = "record:00000000-0000-4000-8000-000000000000"
    with pytest.raises(ValidationError, match="outlive"):
        Home.model_validate({"seasons": [{"text": "a", "window": {"opens": NOW}, "items": [item]}]})
