"""Paths, redirects, and what belongs to a topic."""

from __future__ import annotations

import pytest

from site_builder.plan import SitePlan
from site_builder.records import BEIJING
from tests.builders import DAY, NOW, Network, days, to
from tests.site_builder.test_plan_sharing import codes, planned


def redirects(site: SitePlan) -> dict[str, str]:
    return {redirect.path: redirect.target for redirect in site.redirects}


def test_paths_carry_the_owner_on_others_sites() -> None:
    network = Network()
    late = DAY.replace(month=3, day=31, hour=23).astimezone(BEIJING)
    network.story("acftu", "a", share=to("descendants"), published=late)
    network.program("acftu", "a", share=to("descendants"))
    network.guide("acftu", "a", share=to("descendants"))
    paths = {item.path for item in planned(network, "pingdu").items}
    assert paths == {"/news/2025/03/acftu/a/", "/programs/acftu/a/", "/guides/acftu/a/"}
    assert {item.path for item in planned(network, "acftu").items} == {
        "/news/2025/03/a/", "/programs/a/", "/guides/a/",
    }  # fmt: skip


def test_newest_first_and_stable() -> None:
    network = Network()
    for number in range(6):
        network.story("pingdu", f"s{number}", published=DAY + days(number % 3))
    items = planned(network, "pingdu").items
    assert [item.record.published for item in items] == sorted(
        (i.record.published for i in items), reverse=True
    )
    network.records = dict(reversed(network.records.items()))
    assert planned(network, "pingdu").items == items


def test_former_paths_lead_to_the_record_on_every_site() -> None:
    network = Network()
    network.program(
        "acftu", "neu", share=to("descendants"),
        former_paths=["/programs/alt/", "/programs/aelter", "/alt.html", "/programs/neu/", "/altes/regal/"],
    )  # fmt: skip
    assert redirects(planned(network, "acftu")) == dict.fromkeys(
        ["/programs/alt/", "/programs/aelter/", "/alt.html", "/altes/regal/"], "/programs/neu/"
    )
    assert redirects(planned(network, "pingdu")) == {
        "/programs/acftu/alt/": "/programs/acftu/neu/",
        "/programs/acftu/aelter/": "/programs/acftu/neu/",
    }
    assert not codes(planned(network, "acftu"))


def test_a_redirect_never_shadows_a_page_and_never_leads_to_another() -> None:
    network = Network()
    network.program("pingdu", "b", former_paths=["/programs/a/"])
    network.program("pingdu", "a", former_paths=["/programs/b/", "/programs/c/"])
    site = planned(network, "pingdu")
    assert redirects(site) == {"/programs/c/": "/programs/a/"}
    assert codes(site) == ["former-path-taken", "former-path-taken"]


def test_of_two_records_with_one_former_path_the_older_keeps_it() -> None:
    network = Network()
    network.program("pingdu", "neu", former_paths=["/programs/x/"])
    network.program("pingdu", "alt", former_paths=["/programs/x/"], published=DAY - days(1))
    site = planned(network, "pingdu")
    assert redirects(site) == {"/programs/x/": "/programs/alt/"}
    assert codes(site) == ["former-path-taken"]


@pytest.mark.parametrize(
    "path",
    [
        "/", "/about/", "/search/index.json", "/404.html", "/feeds/all.atom.xml", "/news/page/2/",
        "/programs/",
        "/media/pingdu/a.png", "/assets/brand.css", "/sitemap.xml", "/../../etc/passwd", "/a/../b/", "/a//b/",
        "/programs/a/index.html", "/index.html", "/programs/a/index.json", "/a\\b/",
        "/" + "长" * 80 + "/", "/a\x00b/",
    ],
)  # fmt: skip
def test_no_former_path_leaves_the_site_or_takes_a_fixed_one(path: str) -> None:
    network = Network()
    network.program("pingdu", "a", former_paths=[path])
    site = planned(network, "pingdu")
    assert not site.redirects
    assert codes(site) == ["former-path-taken"]


def test_a_file_and_a_folder_do_not_get_one_name() -> None:
    network = Network()
    network.program("pingdu", "a", former_paths=["/x.y/z/", "/x.y", "/x.y/w/"])
    site = planned(network, "pingdu")
    assert set(redirects(site)) == {"/x.y/z/", "/x.y/w/"}
    assert codes(site) == ["former-path-taken"]


def test_a_record_cannot_take_the_further_pages_of_a_list() -> None:
    network = Network()
    network.union("page", "acftu", "province")
    record = network.program("page", "2", share=to("union:pingdu", mode="offer"))
    network.adopt("pingdu", record)
    assert codes(planned(network, "pingdu")) == ["path-taken"]
    assert not planned(network, "pingdu").items
    assert planned(network, "page").items[0].path == "/programs/2/"


# --- topics -----------------------------------------------------------------------------------------


def test_a_topic_holds_its_items_then_what_its_query_finds_newest_first() -> None:
    network = Network()
    asked = [network.story("pingdu", f"s{n}", topics=["夜校"], published=DAY - days(n)) for n in range(3)]
    chosen = network.program("shandong", "p", share=to("descendants"))
    hidden = network.story("pingdu", "spaeter", topics=["夜校"], published=NOW + days(1))
    other = network.story("pingdu", "anders", topics=["互助"])
    topic = network.topic(
        "pingdu", "yexiao", items=[chosen.id, asked[2].id, hidden.id], query=["夜校", "职工夜校"]
    )
    site = planned(network, "pingdu")
    members = [item.record.id for item in site.members[topic.id]]
    assert members == [chosen.id, asked[2].id, asked[0].id, asked[1].id]
    assert other.id not in members


def test_a_topic_of_nothing_is_not_planned() -> None:
    network = Network()
    topic = network.topic("acftu", "yexiao", query=["夜校"], share=to("descendants"))
    network.story("pingdu", "a", topics=["夜校"])
    assert topic.id in planned(network, "pingdu").by_id
    site = planned(network, "xuyi")
    assert (site.items, site.members, site.by_source) == ((), {}, {})


def test_an_edition_takes_the_place_of_its_source_in_a_topic() -> None:
    network = Network()
    source = network.program("acftu", "a", share=to("descendants"))
    topic = network.topic("acftu", "t", items=[source.id], share=to("descendants"))
    edition = network.edition("pingdu", source)
    assert [item.record.id for item in planned(network, "pingdu").members[topic.id]] == [edition.id]
