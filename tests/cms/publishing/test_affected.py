"""Which sites a change can touch: never one too few, and not simply all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.publishing.affected import affected
from site_builder import content_store
from site_builder.plan import plan
from site_builder.records import Share
from tests.builders import NOW, TREE, Network, to
from tests.examples import picture

UNIONS = sorted(TREE)
shares = st.sampled_from(
    [
        Share(),
        to("descendants"),
        to("children"),
        to("level:county"),
        to("line:jiaoyu"),
        to("union:xuyi", mode="offer"),
        to("descendants", mode="offer"),
    ]
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Network, Network]:
    """The same network before and after one change of a record, an edition or an adoption."""
    found = []
    owners = draw(st.lists(st.sampled_from(UNIONS), min_size=2, max_size=4))
    given_shares = [draw(shares) for _ in owners]
    edition_owner = draw(st.sampled_from(UNIONS))
    adopter = draw(st.sampled_from(UNIONS))
    index = draw(st.integers(0, len(owners) - 1))
    what = draw(st.sampled_from(["title", "share", "gone", "adoption", "withdrawn"]))
    new_share = draw(shares)
    for after in (False, True):
        network = Network()
        stories = [
            network.story(owner, f"s{number}", share=share)
            for number, (owner, share) in enumerate(zip(owners, given_shares, strict=True))
        ]
        if edition_owner != owners[0]:
            network.edition(edition_owner, stories[0], "ben-di-ban", share=to("children"))
        story = stories[index]
        if after:
            if what == "title":
                network.change(story, title="改了")
            elif what == "share":
                network.change(story, share=new_share)
            elif what == "withdrawn":
                network.change(story, withdrawn={"at": "2025-04-02", "reason": "有误"})
            elif what == "gone":
                network.records.pop(story.id)
            else:
                network.adopt(adopter, story, "take")
        found.append(network)
    return found[0], found[1]


@settings(max_examples=60, deadline=None)
@given(changes())
def test_every_site_whose_plan_differs_is_named(networks: tuple[Network, Network]) -> None:
    before, after = (network.content() for network in networks)
    named = affected(before, after)
    for union in UNIONS:
        if union not in named:
            old, new = plan(before, union, NOW), plan(after, union, NOW)
            assert (old.items, old.tombstones, old.redirects) == (new.items, new.tombstones, new.redirects)


def test_a_local_change_touches_its_owner_alone() -> None:
    before, after = Network(), Network()
    before.story("shandong", "s")
    after.story("shandong", "s", title="改了")
    assert affected(before.content(), after.content()) == {"shandong"}


def test_nothing_changed_touches_nobody() -> None:
    network = Network()
    network.story("shandong", "s", share=to("descendants"))
    assert affected(network.content(), network.content()) == frozenset()


@pytest.mark.parametrize("change", [{"title": "改了"}, {"withdrawn": {"at": "2025-04-02", "reason": "有误"}}])
def test_sites_that_only_speak_of_a_record_are_named_too(change: dict[str, object]) -> None:
    """Its title, its address or that it is gone show where it is named, linked to, or led to."""
    before, after = Network(), Network()
    for network in (before, after):
        network.story("qingdao", "far")
        story = network.story("shandong", "s")
        network.story("xuyi", "names", related=(story.id,))
        network.story("pingdu", "links", body=f"[见此](record:{story.id})")
        second = network.story("jiangsu", "second", related=(story.id,))
        network.story("jiaoyu", "names-who-names", related=(second.id,))
        gone = {"at": "2025-04-02", "reason": "重了", "redirect": f"record:{second.id}"}
        network.story("huaian", "leads", withdrawn=gone)
    after.change(story, **change)
    assert affected(before.content(), after.content()) == {
        "shandong", "xuyi", "pingdu", "jiangsu", "jiaoyu", "huaian",
    }  # fmt: skip


def test_menus_and_what_unions_filled_in_are_looked_at() -> None:
    before, after = Network(), Network()
    for network in (before, after):
        story = network.story("shandong", "s")
        shared = network.story("acftu", "shared", share=to("descendants", mode="offer", slots=("intro",)))
        network.adopt("pingdu", shared, "take", intro=f"[见此](record:{story.id})")
        network.adopt("xuyi", shared, "take", intro="没有")
        menu = [{"label": "看", "link": f"record:{story.id}"}]
        site = network.unions["jiangsu"].site
        network.unions["jiangsu"] = network.unions["jiangsu"].model_copy(
            update={"site": type(site).model_validate({**site.model_dump(), "menu": menu})}
        )
    after.change(story, slug="moved")
    assert affected(before.content(), after.content()) == {"shandong", "pingdu", "jiangsu"}


def test_what_a_union_says_on_its_own_site_touches_that_alone() -> None:
    before, after = Network(), Network()
    union = after.unions["shandong"]
    site = union.site.model_copy(update={"slogan": "另一句口号"})
    after.unions["shandong"] = union.model_copy(update={"site": site})
    assert affected(before.content(), after.content()) == {"shandong"}
    after.unions["shandong"] = union.model_copy(update={"name": "另一个名字"})
    assert affected(before.content(), after.content()) == after.unions.keys()


def test_a_picture_touches_the_sites_of_what_names_it(tmp_path: Path) -> None:
    network = Network()
    network.story("pingdu", "own", body="![图](media:shandong/a.png)")
    menu = [{"label": "看", "link": "media:shandong/a.png"}]
    site = network.unions["jiangsu"].site
    network.unions["jiangsu"] = network.unions["jiangsu"].model_copy(
        update={"site": type(site).model_validate({**site.model_dump(), "menu": menu})}
    )
    network.write(tmp_path)
    description = tmp_path / "media/shandong/a.png.yaml"
    description.parent.mkdir(parents=True)
    description.with_name("a.png").write_bytes(picture())
    description.write_text("title: 图\n", "utf-8")
    before = content_store.read(tmp_path)
    description.write_text("title: 图\ncredit: 工会制图\n", "utf-8")
    assert affected(before, content_store.read(tmp_path)) == {"pingdu", "jiangsu"}
