"""Editions: what a union says in place of another's record, and where it stands."""

from __future__ import annotations

import pytest

from site_builder.plan import SitePlan, plan
from tests.builders import DAY, NOW, Network, days, to
from tests.site_builder.test_plan_sharing import codes, planned


def only(site: SitePlan) -> object:
    (item,) = site.items
    return item.record


def test_an_edition_inherits_what_it_leaves_out_but_never_its_own_dates() -> None:
    network = Network()
    source = network.program(
        "acftu", "qiuxue", share=to("descendants"), summary="全国项目", topics=["求学圆梦"],
        expires=DAY + days(90),
        change_notes=[{"date": "2025-04-02", "note": "改"}], former_paths=["/programs/jiu/"], standing=True,
    )  # fmt: skip
    edition = network.edition("jiangsu", source, summary="江苏项目", published=DAY + days(1))
    item = planned(network, "jiangsu").items[0]
    assert item.source == edition
    assert item.via == "edition"
    assert (item.record.title, item.record.summary) == (source.title, "江苏项目")
    assert item.record.topics == source.topics
    assert item.record.standing  # type: ignore[attr-defined]
    assert (item.record.id, item.record.published, item.record.share) == (
        edition.id,
        edition.published,
        edition.share,
    )
    assert not item.record.change_notes
    assert item.record.expires is None


def test_it_stands_on_its_own_site_and_below_only_by_its_own_share() -> None:
    network = Network()
    source = network.program("acftu", "qiuxue", share=to("descendants"))
    edition = network.edition("jiangsu", source)
    assert only(planned(network, "jiangsu")).id == edition.id  # type: ignore[attr-defined]
    assert only(planned(network, "huaian")) == source
    network.change(edition, share=to("children"))
    assert only(planned(network, "huaian")).id == edition.id  # type: ignore[attr-defined]
    assert only(planned(network, "xuyi")) == source


def test_the_nearest_on_the_way_to_the_root_wins() -> None:
    network = Network()
    source = network.program("acftu", "qiuxue", share=to("descendants"))
    province = network.edition("jiangsu", source, share=to("descendants"))
    city = network.edition("huaian", province, share=to("descendants"), summary="淮安")
    county = network.edition("xuyi", source)
    winners = {
        slug: only(planned(network, slug)).id for slug in ("acftu", "jiangsu", "huaian", "xuyi", "pingdu")
    }  # type: ignore[attr-defined]
    assert winners == {
        "acftu": source.id, "jiangsu": province.id, "huaian": city.id, "xuyi": county.id, "pingdu": source.id,
    }  # fmt: skip
    site = planned(network, "xuyi")
    for id in (source.id, province.id, city.id, county.id):
        assert site.by_source[id].record.id == county.id
    assert set(site.by_id) == {county.id}


def test_chains_inherit_through_every_step() -> None:
    network = Network()
    source = network.program(
        "acftu", "a", share=to("descendants"), summary="一", region="全国", privacy="保密"
    )
    province = network.edition("jiangsu", source, share=to("descendants"), summary="二", region="江苏")
    network.edition("xuyi", province, summary="三")
    record = only(planned(network, "xuyi"))
    values = (record.summary, record.region, record.privacy, record.title)  # type: ignore[attr-defined]
    assert values == ("三", "江苏", "保密", source.title)


def test_slots_given_for_a_record_pass_to_the_edition_that_replaces_it() -> None:
    network = Network()
    source = network.program("acftu", "a", share=to("descendants", slots=("contact",)))
    network.edition("jiangsu", source, share=to("descendants", slots=("contact",)))
    network.adopt("xuyi", source, "pin", contact={"phone": "0517-1"})
    (item,) = planned(network, "xuyi").items
    assert item.source.union == "jiangsu"
    assert item.pinned
    assert item.filled == ("contact",)


def test_the_path_of_what_an_edition_replaces_leads_to_it() -> None:
    network = Network()
    source = network.program("acftu", "qiuxue", share=to("descendants"))
    network.edition("jiangsu", source, "sujiao", share=to("descendants"))
    redirects = {redirect.path: redirect.target for redirect in planned(network, "xuyi").redirects}
    assert redirects == {"/programs/acftu/qiuxue/": "/programs/jiangsu/sujiao/"}


@pytest.mark.parametrize("own_words", [True, False])
def test_an_edition_of_what_is_not_shared_is_not_published(own_words: bool) -> None:
    network = Network()
    source = network.program("shandong", "neibu", summary="内部消息", share=to("children"))
    edition = network.edition(
        "xuyi", source, **({"title": "自己的", "body": "自己的话"} if own_words else {})
    )
    site = planned(network, "xuyi")
    assert not site.items
    assert codes(site) == ["edition-not-shared"]
    assert site.problems[0].record == str(edition.id)
    assert site.problems[0].file == f"records/xuyi/program/{edition.slug}.md"
    assert "内部消息" not in str(site)
    assert not planned(network, "shandong").problems


def test_an_edition_goes_when_its_source_is_unshared() -> None:
    network = Network()
    source = network.program("shandong", "a", share=to("descendants"))
    network.edition("qingdao", source, share=to("descendants"))
    assert planned(network, "pingdu").items
    network.change(source, share=to("union:pingdu"))
    assert not planned(network, "qingdao").items
    assert only(planned(network, "pingdu")).id == source.id  # type: ignore[attr-defined]


def test_a_cycle_of_editions_is_a_problem_and_stops_nothing_else() -> None:
    network = Network()
    first = network.story("qingdao", "a", share=to("descendants"))
    second = network.edition("qingdao", first, "b", title="乙", share=to("descendants"))
    third = network.edition("pingdu", second, "c")
    network.change(first, edition_of=second.id)
    other = network.story("qingdao", "d")
    site = planned(network, "qingdao")
    assert set(site.by_id) == {other.id}
    assert codes(site) == ["edition-cycle", "edition-cycle"]
    assert codes(planned(network, "pingdu")) == ["edition-cycle"]
    assert third.id not in planned(network, "pingdu").by_id


def test_an_edition_of_nothing_or_of_another_kind_is_a_problem() -> None:
    network = Network()
    story = network.story("pingdu", "a")
    network.program("pingdu", "b", edition_of=story.id)
    lost = network.story("pingdu", "c", edition_of=story.id.__class__(int=1))
    network.edition("pingdu", lost, "d")
    site = planned(network, "pingdu")
    assert set(site.by_id) == {story.id}
    assert sorted(codes(site)) == ["edition-kind", "edition-source-missing", "edition-source-missing"]


def test_two_editions_by_one_union_are_a_problem_and_the_newer_stands() -> None:
    network = Network()
    source = network.program("acftu", "a", share=to("descendants"))
    newer = network.edition("pingdu", source, "neu", published=DAY + days(2))
    network.edition("pingdu", source, "alt", published=DAY + days(1))
    site = planned(network, "pingdu")
    assert set(site.by_id) == {newer.id}
    assert codes(site) == ["edition-twice"]


def test_an_edition_from_beside_stands_only_where_no_union_above_has_one() -> None:
    network = Network()
    source = network.program("acftu", "a", share=to("level:city"))
    beside = network.edition("huaian", source, share=to("level:county", "union:qingdao", mode="offer"))
    network.adopt("pingdu", beside)
    network.adopt("qingdao", beside)
    assert set(planned(network, "pingdu").by_id) == {beside.id}
    qingdao = planned(network, "qingdao")
    assert set(qingdao.by_id) == {source.id}
    assert codes(qingdao) == ["edition-not-nearest"]


# --- the source in time -------------------------------------------------------------------------


def test_an_edition_waits_for_its_source_and_goes_with_it() -> None:
    network = Network()
    source = network.program(
        "acftu", "a", share=to("descendants"), published=DAY + days(10), expires=DAY + days(30),
    )  # fmt: skip
    edition = network.edition("xuyi", source)
    content = network.content()
    early = plan(content, "xuyi", NOW)
    assert (early.items, early.problems, early.next_change) == ((), (), source.published)
    live = plan(content, "xuyi", source.published)
    assert set(live.by_id) == {edition.id}
    assert live.next_change == source.expires
    late = plan(content, "xuyi", source.expires)
    assert not late.items
    assert not late.tombstones
    assert codes(late) == ["edition-source-expired"]


def test_a_withdrawal_upstream_reaches_every_edition() -> None:
    network = Network()
    at = DAY + days(5)
    target = network.guide("acftu", "xin", share=to("descendants"))
    source = network.guide(
        "acftu", "jiu", share=to("descendants"),
        withdrawn={"at": at, "reason": "政策已废止", "redirect": f"record:{target.id}"},
    )  # fmt: skip
    province = network.edition("jiangsu", source, "jiu-js", share=to("descendants"), body="江苏的话")
    network.edition("xuyi", province, "jiu-xy")
    content = network.content()
    before = plan(content, "xuyi", at - days(1))
    assert before.next_change == at
    assert {item.source.union for item in before.items} == {"acftu", "xuyi"}
    site = plan(content, "xuyi", at)
    assert set(site.by_id) == {target.id}
    assert [(stone.path, stone.reason, stone.target) for stone in site.tombstones] == [
        (path, "政策已废止", "/guides/acftu/xin/")
        for path in ("/guides/acftu/jiu/", "/guides/jiangsu/jiu-js/", "/guides/jiu-xy/")
    ]
    assert codes(site) == ["edition-source-withdrawn"]
    assert "江苏的话" not in repr(site.items)


def test_an_edition_withdrawn_alone_gives_way_to_its_source() -> None:
    network = Network()
    source = network.guide("acftu", "a", share=to("descendants"))
    edition = network.edition("jiangsu", source, "b", withdrawn={"at": DAY + days(2), "reason": "改用全国版"})
    site = planned(network, "jiangsu")
    assert only(site) == source
    (stone,) = site.tombstones
    assert (stone.record, stone.path, stone.target) == (edition.id, "/guides/b/", "/guides/acftu/a/")
    assert not site.problems


def test_before_an_edition_is_published_its_source_stands() -> None:
    network = Network()
    source = network.program("acftu", "a", share=to("descendants"))
    edition = network.edition("jiangsu", source, published=NOW + days(1))
    content = network.content()
    before = plan(content, "jiangsu", NOW)
    assert set(before.by_id) == {source.id}
    assert edition.id not in before.by_source
    assert not before.redirects
    assert set(plan(content, "jiangsu", NOW + days(1)).by_id) == {edition.id}
