"""Guides that no longer hold: earlier texts inside a guide, and guides whose place another took."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
import pytest
from pydantic import ValidationError

from site_builder import content_store, pages, paths
from site_builder.contexts import EarlierPage, Page, RecordPage
from site_builder.pages.basis import Bases
from site_builder.pages.view import view_of
from site_builder.pelican_site import segments
from site_builder.pelican_site.machine_files import sitemap
from site_builder.plan import plan
from site_builder.records import Guide
from site_builder.render import Bundle
from site_builder.search import static_index, static_query
from site_builder.search.documents import documents, earlier_ids
from site_builder.search.network_index import NetworkIndex
from tests.builders import NOW, Network, days, to
from tests.site_builder.conftest import THEMES

TEXT = "## 怎么申领\n\n凭住院发票到窗口。\n\n| 项目 | 数额 |\n| --- | --- |\n| 上限 | 25万元 |"
EARLIER: list[dict[str, Any]] = [
    {
        "key": "2023-07", "since": "2019", "until": "2023-07", "title": "医疗互助旧办法",
        "changes": ["上限由25万元提高到50万元"],
        "parameters": [
            {"name": "上限", "value": 25, "unit": "万元"}, {"name": "会费", "value": 90, "unit": "元"},
            {"name": "补贴", "value": 10, "unit": "元"},
        ],
        "eligibility": ["会员"], "text": TEXT,
    },
    {"key": "2018", "until": "2018", "withdrawn": "文件已废止并收回"},
]  # fmt: skip
NOW_HOLDS = {
    "title": "医疗互助办法",
    "parameters": [
        {"name": "上限", "value": 50, "unit": "万元"},
        {"name": "上限", "value": 30, "unit": "万元", "valid_to": "2020-01-01"},
        {"name": "补贴", "value": 10, "unit": "元"},
    ],
}  # fmt: skip


def network() -> Network:
    """A province with a guide that its county carries, and an older guide that it replaced."""
    made = Network(tree=False)
    made.union("shandong", None, "province", site={"reviewer": "宣传教育部"})
    made.union("pingdu", "shandong", "county")
    old = made.guide("shandong", "jiu", title="医疗互助试行办法", topics=("互助",), share=to("descendants"))
    made.guide(
        "shandong", "huzhu", **NOW_HOLDS, earlier=EARLIER, supersedes=(old.id,), topics=("互助",),
        share=to("descendants"), reviewed={"by": "法律工作部", "at": "2025-03-31"},
    )  # fmt: skip
    return made


def site(made: Network, union: str, now: datetime = NOW) -> dict[str, Page]:
    content = made.content()
    return {page.path: page for page in pages.pages(plan(content, union, now), content)}


@cache
def bundle() -> Bundle:
    return Bundle.load(THEMES, "base")


def html(page: Page) -> str:
    text = bundle().render(page).decode()
    html5lib.HTMLParser(strict=True).parse(text)
    return text


def ours(made: Network, slug: str) -> Any:
    return next(record for record in made.records.values() if record.slug == slug)


# --- the pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("union", "guide"), [("shandong", "/guides/huzhu/"), ("pingdu", "/guides/shandong/huzhu/")]
)
def test_an_earlier_text_is_read_where_its_guide_is(union: str, guide: str) -> None:
    found = site(network(), union)
    page = found[f"{guide}earlier/2023-07/"]
    assert isinstance(page, EarlierPage)
    assert page.noindex
    text = html(page)
    assert '<meta name="robots" content="noindex">' in text
    banner = text[text.index('class="alert superseded"') :].partition("</p>")[0]
    assert "现在不适用" in banner
    assert f'{guide[1:]}">医疗互助办法</a>' in banner
    assert "医疗互助旧办法" in text
    assert "凭住院发票到窗口" in text
    assert "<td>25万元</td>" in text, "its tables are tables"
    assert "上限由25万元提高到50万元" in text


def test_then_and_now_stand_beside_each_other() -> None:
    page = site(network(), "shandong")["/guides/huzhu/earlier/2023-07/"]
    assert isinstance(page, EarlierPage)
    rows = {row["name"]: ([now["value"] for now in row["now"]], row["same"]) for row in page.compared}
    assert rows == {"上限": (["50"], False), "会费": ([], False), "补贴": ([], True)}, (
        "what is over is not now"
    )
    text = html(page)
    assert "现行指南未列" in text
    assert "没有变" in text


def test_a_withdrawn_text_says_why_and_nothing_else() -> None:
    page = site(network(), "shandong")["/guides/huzhu/earlier/2018/"]
    assert isinstance(page, EarlierPage)
    assert "文件已废止并收回" in html(page)
    assert not page.body
    with pytest.raises(ValidationError, match="withdrawn"):
        network().guide("pingdu", "a", earlier=[{"key": "a", "withdrawn": "错了", "text": "旧文"}])


def test_the_guide_lists_what_held_before_and_what_changed() -> None:
    page = site(network(), "shandong")["/guides/huzhu/"]
    assert isinstance(page, RecordPage)
    assert [(link.since, link.until, bool(link.withdrawn)) for link in page.earlier] == [
        ("2019", "2023-07", False),
        ("", "2018", True),
    ]
    text = html(page)
    section = text[text.index('id="earlier"') :].partition("</section>")[0]
    for words in ("上限由25万元提高到50万元", 'earlier/2023-07/"', "../../guides/jiu/", "不再提供"):
        assert words in section
    assert "凭住院发票到窗口" not in text
    assert page.data["earlier"][0]["text"] == TEXT, "index.json says what the record says"


def test_nothing_is_left_of_a_guide_that_is_withdrawn_or_over() -> None:
    for gone in ({"withdrawn": {"at": NOW - days(1), "reason": "错了"}}, {"expires": NOW - days(1)}):
        made = network()
        made.change(ours(made, "huzhu"), **gone)
        for union in ("shandong", "pingdu"):
            found = site(made, union)
            assert not [path for path, page in found.items() if isinstance(page, EarlierPage)]
            content = made.content()
            words = [document.text for document in documents(plan(content, union, NOW))]
            assert not [text for text in words if "凭住院发票" in text]


def led(made: Network, union: str) -> dict[str, str]:
    """Where the addresses of earlier texts lead at which no text stands."""
    found = plan(made.content(), union, NOW).redirects
    return {redirect.path: redirect.target for redirect in found if "/earlier/" in redirect.path}


def test_addresses_of_earlier_texts_lead_to_the_notice_of_a_withdrawn_guide() -> None:
    made = network()
    guide = ours(made, "huzhu")
    places = [{"key": text["key"]} for text in EARLIER]
    made.change(
        guide, withdrawn={"at": NOW, "reason": "错了"}, former_paths=["/guides/alt/"], earlier=places, body=""
    )
    for union, base in (("shandong", "/guides/"), ("pingdu", "/guides/shandong/")):
        assert led(made, union) == {
            f"{base}{slug}/earlier/{key}/": f"{base}huzhu/"
            for slug in ("huzhu", "alt")
            for key in ("2018", "2023-07")
        }
        page = site(made, union)[f"{base}huzhu/earlier/2018/"]
        assert page.template == "redirect.html"
        assert f'href="{page.root}{base[1:]}huzhu/"' in html(page)
    made.change(guide, expires=NOW, withdrawn=None)
    assert led(made, "shandong") == {}


def test_addresses_of_earlier_texts_go_with_a_guide_that_moves() -> None:
    made = network()
    guide = ours(made, "huzhu")
    made.change(guide, slug="neu", former_paths=["/guides/huzhu/", "/guides/x.html"])
    assert led(made, "shandong")["/guides/huzhu/earlier/2018/"] == "/guides/neu/earlier/2018/"
    made.edition("pingdu", guide, "ortlich")
    assert led(made, "pingdu") == {
        f"/guides/shandong/{slug}/earlier/{key}/": f"/guides/ortlich/earlier/{key}/"
        for slug in ("neu", "huzhu")
        for key in ("2018", "2023-07")
    }
    standing = {path for path, page in site(made, "pingdu").items() if isinstance(page, EarlierPage)}
    assert standing == set(led(made, "pingdu").values())


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ([{"key": "a"}, {"key": "a"}], "two earlier texts"),
        ([{"key": "a", "since": "2023-08", "until": "2023-07"}], "until"),
    ],
)
def test_texts_have_keys_of_their_own_and_dates_in_order(texts: list[dict[str, str]], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        network().guide("pingdu", "a", earlier=texts)


def test_a_text_may_end_in_the_month_in_which_it_began() -> None:
    guide = network().guide("pingdu", "a", earlier=[{"key": "a", "since": "2023-08-02", "until": "2023-08"}])
    assert guide.earlier[0].until == "2023-08"


def test_no_record_can_stand_where_an_earlier_text_does() -> None:
    assert paths.is_fixed("/guides/huzhu/earlier/2023-07/")
    assert not paths.is_fixed("/guides/huzhu/earlier/")


def test_the_files_name_what_an_earlier_text_refers_to(tmp_path: Path) -> None:
    made = network()
    story = made.story("shandong", "a")
    text = f"见[这篇](record:{story.id})。\n\n/// image\n    media: media:shandong/no.png\n    alt: 图\n///"
    made.guide("shandong", "b", earlier=[{"key": "a", "text": text}])
    content = made.write(tmp_path)
    (problem,) = content.problems
    assert (problem.code, problem.field) == ("media-missing", "earlier[0].text")
    assert str(story.id) in content.references[ours(made, "b").id]
    (tmp_path / "records/shandong/guide/b.md").write_text(
        content_store.record_text(ours(made, "b")).replace("/// image", "/// imag"), encoding="utf-8"
    )
    (problem,) = content_store.read(tmp_path).problems
    assert problem.field == "earlier[0].text"


# --- guides whose place another took -----------------------------------------------------------------


def test_a_guide_whose_place_another_takes_is_in_no_list() -> None:
    made = network()
    content = made.content()
    planned = plan(content, "shandong", NOW)
    found = site(made, "shandong")
    old = found["/guides/jiu/"]
    assert isinstance(old, RecordPage)
    assert old.noindex
    assert old.state is not None
    assert old.state.code == "superseded"
    text = html(old)
    assert '<meta name="robots" content="noindex">' in text
    assert "这份指南已不适用" in text
    assert old.poster == ""
    assert "jiu" not in html(found["/guides/"])
    listed = sitemap(found.values(), (), planned.items, view_of(planned, content)).decode()
    assert "/guides/huzhu/" in listed
    assert "jiu" not in listed
    assert "earlier" not in listed


def test_it_holds_again_only_if_the_newer_one_never_was() -> None:
    made = network()
    new, old = ours(made, "huzhu"), ours(made, "jiu")
    made.change(new, withdrawn={"at": NOW - days(1), "reason": "错了"})
    item = plan(made.content(), "shandong", NOW).by_id[old.id]
    assert item.state is not None, "a withdrawn text does not bring back the one before"
    made.change(ours(made, "huzhu"), withdrawn=None, published=NOW + days(1))
    planned = plan(made.content(), "shandong", NOW)
    assert planned.by_id[old.id].state is None
    assert planned.next_change == NOW + days(1)


def test_two_guides_that_name_each_other_both_stand() -> None:
    made = network()
    made.change(ours(made, "jiu"), supersedes=(ours(made, "huzhu").id,))
    planned = plan(made.content(), "pingdu", NOW)
    assert [item.state for item in planned.items if isinstance(item.record, Guide)] == [None, None]


def test_an_edition_of_what_holds_no_more_holds_no_more(tmp_path: Path) -> None:
    made = network()
    edition = made.edition("pingdu", ours(made, "jiu"), title="本县办法")
    content = made.write(tmp_path)
    planned = plan(content, "pingdu", NOW)
    item = planned.by_id[edition.id]
    assert item.state is not None
    assert item.state.code == "superseded"
    page = {page.path: page for page in pages.pages(planned, content)}[item.path]
    assert isinstance(page, RecordPage)
    assert [link.label for link in page.newer] == ["医疗互助办法"]
    before = Bases(planned, content).of(item)
    made.change(ours(made, "huzhu"), supersedes=())
    content = made.write(tmp_path)
    planned = plan(content, "pingdu", NOW)
    assert Bases(planned, content).of(planned.by_id[edition.id]) != before, "or an old page would be kept"


# --- search -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("union", ["shandong", "pingdu"])
@pytest.mark.parametrize("words", ["医疗互助", "医疗互助办法", "互助"])
def test_search_finds_what_holds_first_and_says_what_does_not(union: str, words: str, tmp_path: Path) -> None:
    made = network()
    content = made.content()
    planned = plan(content, union, NOW)
    found = documents(planned)
    current = str(ours(made, "huzhu").id)
    (earlier,) = earlier_ids(planned.by_id[ours(made, "huzhu").id])
    states = {document.id: document.state for document in found}
    assert states == {current: "", earlier: "superseded", str(ours(made, "jiu").id): "superseded"}
    title = next(document.title for document in found if document.id == earlier)
    assert title == "医疗互助旧办法（以前的版本，2019—2023-07）"

    hits = [hit.id for hit in static_query.StaticIndex(static_index.build(found)).search(words).hits]
    index = NetworkIndex(tmp_path)
    index.update(content, [planned])
    for order in (hits, [hit.id for hit in index.search(words, union=union)]):
        assert order[0] == current
        assert set(order) == set(states)


def test_a_segment_shared_by_many_sites_has_earlier_texts_too() -> None:
    made = network()
    guide = ours(made, "huzhu")
    made.change(guide, share=to("descendants", slots=("contact",)))
    (earlier,) = earlier_ids(plan(made.content(), "shandong", NOW).by_id[guide.id])
    for filled in (False, True):
        if filled:
            made.adopt("pingdu", guide, contact={"phone": "0532-1"})
        content = made.content()
        index = segments.search_index(plan(content, "pingdu", NOW), content, None)
        assert len(index.parts) == 1 + filled
        files = {"index.json": index.manifest()}
        for part in index.parts:
            files |= part.made.files
            assert part.made.order.count(earlier) == 1
        hits = [hit.id for hit in static_query.StaticIndex(files).search("医疗互助").hits]
        assert hits[0] == str(guide.id)
        assert hits.count(earlier) == 1, "filled in here, so what all share is hidden here"
