"""A union that is no more: its site says so, leads to who took its place, and tells nobody to ask it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from site_builder import content_store
from site_builder.content_store import tree
from site_builder.content_store.files import Listing
from site_builder.content_store.problems import Problems
from site_builder.contexts import HomePage, RecordPage
from site_builder.pages import pages
from site_builder.pelican_site import machine_files
from site_builder.plan import index_of, plan
from site_builder.records import Closure
from site_builder.records import Union as UnionRecord
from site_builder.release.status import status
from site_builder.serving.page import network_page
from tests.builders import NOW, Network, days, to
from tests.builders import union as made_union
from tests.site_builder import conftest

TODAY = {"how": "merged", "since": NOW.date().isoformat(), "successors": ["huaian"]}
CLOSES = Closure.model_validate(TODAY).closes_at


def network_of(**closure: Any) -> Network:
    network = Network()
    network.union(
        "qingdao", "shandong", "city", closure=TODAY | closure,
        site={"hotline": "0532-12351", "contacts": [{"name": "办公室", "phone": "0532-1"}]},
    )  # fmt: skip
    network.union("huaian", "jiangsu", "city", site={"hotline": "0517-12351"})
    network.program(
        "qingdao", "yexiao", contact={"phone": "0532-2"}, share=to("descendants"),
        apply=[{"way": "phone", "label": "电话", "value": "0532-3"}],
        window={"opens": NOW - days(3), "closes": NOW + days(30)},
    )  # fmt: skip
    network.story("shandong", "xinwen", share=to("descendants"))
    return network


def site(network: Network, slug: str, as_of: Any = NOW) -> dict[str, Any]:
    content = network.content()
    return {page.path: page for page in pages(plan(content, slug, as_of), content)}


def test_a_closed_union_leads_to_its_successor_and_stays_to_be_read() -> None:
    network = network_of()
    before, after = (site(network, "qingdao", at) for at in (CLOSES - timedelta(seconds=1), CLOSES))
    assert before["/"].site.closure is None
    assert before["/"].site.hotline == "0532-12351"
    assert before.keys() - after.keys() <= {"/finder/time/"}, "nothing is known to be open now"
    closure = after["/"].site.closure
    assert (closure.how, closure.since) == ("merged", TODAY["since"])
    assert [(link.label, link.href) for link in closure.successors] == [
        ("huaian总工会", "https://huaian.example/")
    ]
    assert (after["/"].site.hotline, after["/"].site.contacts) == ("0517-12351", ())
    assert "0532" not in json.dumps([page.json_ld for page in after.values()])
    page = after["/programs/yexiao/"]
    assert isinstance(page, RecordPage)
    assert page.ask == {"name": "huaian", "phone": "0517-12351", "url": "https://huaian.example/about/"}
    assert page.state is not None
    assert page.state.code == "unknown", "nobody knows whether it goes on"
    assert "0532" not in json.dumps(page.data)
    assert page.data["owner"]["closed"] == {
        "how": "merged", "since": TODAY["since"],
        "successors": [{"slug": "huaian", "name": "huaian总工会", "url": "https://huaian.example/"}],
    }  # fmt: skip


@pytest.mark.parametrize("slug", ["acftu", "shandong", "qingdao", "pingdu", "xuyi"])
def test_every_site_is_rebuilt_by_itself_when_a_union_closes(slug: str) -> None:
    network = network_of()
    assert plan(network.content(), slug, CLOSES - timedelta(seconds=1)).next_change == CLOSES


def test_lists_of_unions_lead_to_the_successor() -> None:
    network = network_of()
    home = site(network, "shandong")["/"]
    assert isinstance(home, HomePage)
    assert [link.href for link in home.children] == ["https://huaian.example/"]
    below = site(network, "pingdu")
    assert [link.label for link in below["/"].site.uppers] == ["acftu", "shandong", "huaian"]
    assert [slug for slug, *_ in below["/search/"].uppers] == ["acftu", "shandong", "huaian"]
    page = below["/programs/qingdao/yexiao/"]
    assert page.ask["name"] == "pingdu", "what it required is asked of those who carry it"
    assert "0532" not in json.dumps(page.data)


def test_who_searches_the_whole_network_is_not_sent_to_who_is_gone() -> None:
    network = network_of()
    index = index_of(network.content())
    told = {
        as_of: orjson.loads(machine_files.sites(index.content, index.tree, index.tree.closed(as_of)))
        for as_of in (CLOSES - timedelta(seconds=1), CLOSES)
    }
    before, after = ([slug for slug, *_ in found] for found in told.values())
    assert "qingdao" in before
    assert sorted(before) == sorted([*after, "qingdao"])


def test_nothing_is_open_all_year_at_a_closed_union() -> None:
    network = network_of()
    network.program("qingdao", "yexiao", standing=True)
    page = site(network, "qingdao")["/programs/yexiao/"]
    assert (page.state.code, page.record["standing"]) == ("unknown", False)


def test_nobody_is_told_to_complain_to_a_closed_union() -> None:
    network = network_of()
    network.guide("qingdao", "a", refused="不服的，申请仲裁。", supervision={"phone": "0532-7"})
    page = site(network, "qingdao")["/guides/a/"]
    assert page.record["supervision"] is None
    assert "申请仲裁" in page.record["refused"]
    assert "0532" not in json.dumps(page.data)


def test_what_a_closed_union_filled_in_tells_nobody_to_ask_it() -> None:
    network = network_of()
    program = network.program(
        "shandong", "a", contact={"phone": "0531-1"}, share=to("children", slots=("contact",))
    )
    network.adopt("qingdao", program, contact={"phone": "0532-9"})
    page = site(network, "qingdao")["/programs/shandong/a/"]
    assert page.record["contact"]["phone"] == "0531-1"


def test_the_way_to_who_answers_passes_those_who_are_gone_and_ends() -> None:
    network = network_of()
    gone = {"how": "renamed", "since": "2025-01-01"}
    network.union("huaian", "jiangsu", "city", closure=gone | {"successors": ["xuyi"]})
    answering = plan_tree(network).answering
    assert answering("qingdao", NOW) == ("xuyi",)
    network.union("xuyi", "huaian", "county", closure=gone | {"successors": ["huaian"]})
    assert plan_tree(network).answering("qingdao", NOW) == ("shandong",), "the nearest above"
    network.union("qingdao", "shandong", "city", closure={"how": "dissolved", "since": "2025-01-01"})
    assert plan_tree(network).answering("qingdao", NOW) == ("shandong",)
    split = TODAY | {"how": "split", "successors": ["pingdu", "jiangsu"]}
    network.union("qingdao", "shandong", "city", closure=split)
    ask = site(network, "qingdao")["/programs/yexiao/"].ask
    assert ask == {"name": "pingdu、jiangsu", "phone": "", "url": "/about/"}


def plan_tree(network: Network) -> Any:
    return index_of(network.content()).tree


def test_a_closed_site_says_so_on_its_pages(network: conftest.Network) -> None:
    closure = "closure:\n  how: merged\n  since: 2025-04-01\n  successors:\n    - shandong\n"
    network.edit(
        "unions/pingdu.md", lambda text: text.replace("region:", f"region_code: 370283\n{closure}region:")
    )
    assert not network.build("pingdu").problems
    for page in ("index.html", "programs/zhigong-yexiao/index.html", "about/index.html", "finder/index.html"):
        said = (network.live("pingdu") / page).read_text("utf-8")
        assert "本工会已合并" in said
        assert 'href="https://shandong.example/">山东省总工会</a>' in said
    home = (network.live("pingdu") / "index.html").read_text("utf-8")
    assert '"dissolutionDate":"2025-04-01"' in home
    assert '"propertyID":"GB/T 2260"' in home
    data = json.loads((network.live("pingdu") / "programs/zhigong-yexiao/index.json").read_bytes())
    assert data["owner"]["region_code"] == "370283"


def test_status_and_the_network_s_page_say_who_is_gone_and_who_is_there_instead(
    network: conftest.Network,
) -> None:
    closure = "closure:\n  how: merged\n  since: 2025-04-01\n  successors:\n    - shandong\n"
    network.edit("unions/pingdu.md", lambda text: text.replace("region:", f"{closure}region:"))
    network.build("pingdu")
    content = content_store.read(network.places.content)
    shandong, pingdu = found = status(content, network.places, ["shandong", "pingdu"])
    assert shandong.to_json()["closed"] is None
    assert pingdu.to_json()["closed"] == {
        "how": "merged", "since": "2025-04-01", "successors": ["shandong"], "note": "",
    }  # fmt: skip
    page = network_page(found, 8000).decode()
    assert page.count("已撤并") == 1
    assert '接替的是 <span lang="en">now</span> <a href="http://shandong.localhost:8000/">' in page


def test_a_successor_that_is_not_there_is_told_and_costs_no_site(network: conftest.Network) -> None:
    closure = "closure:\n  how: merged\n  since: 2025-04-01\n  successors:\n    - qingdao\n"
    network.edit("unions/pingdu.md", lambda text: text.replace("region:", f"{closure}region:"))
    content = content_store.read(network.places.content)
    [problem] = content.problems
    assert (problem.code, problem.severity, problem.field) == (
        "union-successor",
        "warning",
        "closure.successors",
    )
    assert "pingdu" in content.unions


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"how": "merged"}, "name who took its place, or write how: dissolved"),
        ({"how": "renamed", "successors": ["a", "b"]}, "write how: split"),
        ({"how": "split", "successors": ["a"]}, "name them, or write how: replaced"),
        ({"how": "merged", "successors": ["a", "a"]}, "remove one"),
    ],
)
def test_a_closure_that_cannot_be_says_what_to_write(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Closure.model_validate({"since": date(2025, 1, 1)} | said)
    with pytest.raises(ValueError, match="names the union itself"):
        made_union("a", closure={"how": "merged", "since": "2025-01-01", "successors": ["a"]})


@pytest.mark.parametrize("code", ["370000", "370200", "370283", "429004", "110101", "810000"])
def test_a_region_code_is_taken(code: str) -> None:
    level = "province" if code.endswith("0000") else "county"
    assert made_union("a", None, level, region_code=code).region_code == code


@pytest.mark.parametrize(
    ("code", "level", "message"),
    [
        ("37028", "county", "write its six digits"),
        ("990000", "province", "write its six digits"),
        ("370083", "county", "write its six digits"),
        ("３７０２８３", "county", "write its six digits"),
        ("370200", "province", "write 370000"),
        ("370000", "city", "whole province's"),
    ],
)
def test_a_region_code_that_is_none_says_what_to_write(code: str, level: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        UnionRecord.model_validate(
            {
                "slug": "a",
                "name": "甲",
                "level": level,
                "region_code": code,
                "site": {"base_url": "https://a.example"},
            }
        )


@pytest.mark.parametrize(
    ("above", "level", "code", "parent"),
    [
        ("370000", "city", "440300", "shandong"),
        ("370200", "county", "370783", "qingdao"),
        ("370200", "town", "370783", "qingdao"),
    ],
)
def test_a_region_code_outside_its_parent_s_is_told_and_costs_no_site(
    above: str, level: str, code: str, parent: str
) -> None:
    found = {
        "shandong": made_union("shandong", None, "province", region_code="370000"),
        "qingdao": made_union("qingdao", "shandong", "city", region_code="370200"),
        "zone": made_union("zone", parent, level, region_code=code),
    }
    problems = Problems(Listing(), {})
    assert set(tree.checked(found, problems)) == set(found)
    [problem] = problems.told
    assert (problem.code, problem.severity, problem.field) == ("union-region", "warning", "region_code")
    assert above in problem.message


@pytest.mark.parametrize(
    ("level", "code", "parent"),
    [
        ("county", "370283", "qingdao"),
        ("county", "370883", "shandong"),
        ("town", "370283", "pingdu"),
        ("enterprise", "310100", "qingdao"),
        ("county", "", "qingdao"),
    ],
)
def test_a_region_code_within_its_parent_s_is_no_problem(level: str, code: str, parent: str) -> None:
    found = {
        "shandong": made_union("shandong", None, "province", region_code="370000"),
        "qingdao": made_union("qingdao", "shandong", "city", region_code="370200"),
        "pingdu": made_union("pingdu", "qingdao", "county", region_code="370283"),
        "other": made_union("other", parent, level, region_code=code),
    }
    problems = Problems(Listing(), {})
    tree.checked(found, problems)
    assert not problems.told
