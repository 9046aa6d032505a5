"""The contexts of pages: what a template finds, and what it must never find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from site_builder.contexts import ListPage, NoticePage, Page, RecordPage
from site_builder.pages import media, pages, record_json
from site_builder.plan import plan
from site_builder.records import Media
from tests.builders import DAY, NOW, Network, days, to


def made(network: Network, union: str = "pingdu", root: Path = Path("no-such-folder")) -> dict[str, Any]:
    """The pages of a site by their paths."""
    content = network.content(root)
    return {page.path: page for page in pages(plan(content, union, NOW), content)}


def record_page(
    network: Network, path: str, union: str = "pingdu", root: Path = Path("no-such-folder")
) -> RecordPage:
    page = made(network, union, root)[path]
    assert isinstance(page, RecordPage)
    return page


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Network, Path]:
    """A network whose county has two pictures, one with an SVG beside it."""
    network = Network()
    folder = tmp_path / "media" / "pingdu"
    folder.mkdir(parents=True)
    for name, size in (("a.png", (120, 80)), ("b.png", (30, 40))):
        Image.new("RGB", size).save(folder / name)
    (folder / "a.svg").write_text("<svg/>", "utf-8")
    network.media["pingdu/a.png"] = Media(
        ref="pingdu/a.png", title="教室", credit="平度市总工会", vector="a.svg"
    )
    network.media["pingdu/b.png"] = Media(ref="pingdu/b.png", title="表格", focal_point=(0.5, 0.25))
    return network, tmp_path


# --- lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "numbers"), [(1, [1]), (20, [1]), (21, [1, 2]), (41, [1, 2, 3])])
def test_a_list_has_twenty_records_a_page(count: int, numbers: list[int]) -> None:
    network = Network()
    for number in range(count):
        network.story("pingdu", f"s{number}", published=DAY - days(number))
    found = [page for page in made(network).values() if isinstance(page, ListPage)]
    assert [page.page for page in found] == numbers
    assert [page.path for page in found] == ["/news/", "/news/page/2/", "/news/page/3/"][: len(numbers)]
    slugs = [card.href.split("/")[-2] for page in found for card in page.cards]
    assert slugs == [f"s{number}" for number in range(count)]
    assert [bool(page.previous) for page in found] == [number > 1 for number in numbers]
    assert [page.next for page in found] == [*(page.path for page in found[1:]), ""]
    assert all([link.number for link in page.pages] == numbers for page in found)
    assert [link.href for page in found for link in page.pages if link.current] == [
        page.path for page in found
    ]


def test_programs_that_can_be_used_come_first() -> None:
    network = Network()
    windows = {
        "ended": {"closes": "2025-04-02"}, "open": {"closes": "2025-05-02"},
        "closing-late": {"closes": "2025-04-14"},
        "closing": {"closes": "2025-04-09"}, "upcoming": {"opens": "2025-05-02"}, "unknown": None,
    }  # fmt: skip
    for slug, window in windows.items():
        network.program("pingdu", slug, window=window)
    network.program("pingdu", "standing", standing=True)
    found = made(network)
    order = [card.href.split("/")[-2] for card in found["/programs/"].cards]
    assert order == ["closing", "closing-late", "open", "standing", "upcoming", "unknown"]
    groups = [(group.key, len(group.cards)) for group in found["/programs/"].groups]
    assert groups == [("program.group_now", 4), ("program.group_soon", 1), ("program.group_ask", 1)]
    assert [card.href for card in found["/programs/past/"].cards] == ["/programs/ended/"]
    home = found["/"]
    # Without news the newest program leads, and nothing stands twice.
    shown = [card.id for card in (home.lead, *home.usable, *home.programs)]
    assert len(shown) == len(set(shown)) == 6 + (home.lead.href.endswith("/ended/"))


def test_the_lead_is_pinned_else_pictured_else_new(pictures: tuple[Network, Path]) -> None:
    network, root = pictures
    newest = network.story("pingdu", "neu", published=DAY + days(1))
    assert made(network, root=root)["/"].lead.id == str(newest.id)
    pictured = network.story("pingdu", "bild", lead_picture={"media": "media:pingdu/a.png", "alt": "教室"})
    lead = made(network, root=root)["/"].lead
    assert (lead.id, lead.image.src, lead.image.width) == (str(pictured.id), "/media/pingdu/a.png", 120)
    pinned = network.guide("pingdu", "oben", published=DAY - days(9))
    network.adopt("pingdu", pinned, "pin")
    home = made(network, root=root)["/"]
    assert home.lead.id == str(pinned.id)
    assert {card.id for card in home.news} == {str(newest.id), str(pictured.id)}
    assert [card.image for card in home.news] == [None, None]


def test_a_topic_has_its_text_its_records_and_its_data() -> None:
    network = Network()
    for number in range(21):
        network.story("shandong", f"s{number}", topics=["夜校"], share=to("descendants"))
    topic = network.topic(
        "shandong", "yexiao", body="关于**夜校**。", query=["夜校"], share=to("descendants")
    )
    found = made(network)
    first, second = found["/topics/shandong/yexiao/"], found["/topics/shandong/yexiao/page/2/"]
    assert first.intro_html == "<p>关于<strong>夜校</strong>。</p>"
    assert (second.intro_html, second.data, len(second.cards)) == ("", None, 1)
    assert record_json(first)["id"] == str(topic.id)
    assert first.json_path == "/topics/shandong/yexiao/index.json"
    story = found["/news/2025/04/shandong/s1/"]
    assert [link.href for link in story.topics] == ["/topics/shandong/yexiao/"]
    assert [link.href for link in found["/"].topics] == ["/topics/shandong/yexiao/"]
    with pytest.raises(ValueError, match="page/2"):
        record_json(second)


def test_the_site_index_groups_stories_by_year() -> None:
    network = Network()
    network.story("pingdu", "a")
    network.story("pingdu", "b", published=DAY - days(400))
    network.guide("pingdu", "c")
    groups = made(network)["/index/"].groups
    assert [(group["kind"], group["heading"], len(group["cards"])) for group in groups] == [
        ("story", "2025", 1), ("story", "2024", 1), ("guide", "", 1),
    ]  # fmt: skip


def test_no_page_of_the_site_index_grows_without_end() -> None:
    """Years, months where a year has much, and a few hundred of what has no date a reader would look for."""
    network = Network()
    network.story("pingdu", "old", published=DAY - days(400))
    for number in range(502):
        network.story("pingdu", f"s{number}", published=DAY - days(number % 40))
    for number in range(501):
        network.guide("pingdu", f"g{number}")
    network.program("pingdu", "p")
    found = {path: page for path, page in made(network).items() if path.startswith("/index/")}
    shown = {path: [len(group["cards"]) for group in page.groups] for path, page in found.items()}
    assert shown == {
        "/index/": [0, 1, 0],
        "/index/news/2025/04/": [13], "/index/news/2025/03/": [393], "/index/news/2025/02/": [96],
        "/index/news/2024/": [1],
        "/index/guides/": [500], "/index/guides/page/2/": [1],
    }  # fmt: skip
    first = found["/index/"]
    assert [(part["heading"], part["count"]) for part in first.groups[0]["parts"]] == [
        ("2025年4月", 13), ("2025年3月", 393), ("2025年2月", 96), ("2024年", 1),
    ]  # fmt: skip
    assert [part["heading"] for part in first.groups[2]["parts"]] == ["1–500", "501"]
    linked = {part["href"] for group in first.groups for part in group["parts"]}
    assert linked == found.keys() - {"/index/"}
    march = found["/index/news/2025/03/"]
    assert march.title == "全部内容：新闻 2025年3月"
    assert [link.href for link in march.trail] == ["/", "/index/"]


# --- records --------------------------------------------------------------------------------------


def test_fields_are_ready_to_show(pictures: tuple[Network, Path]) -> None:
    network, root = pictures
    other = network.guide("pingdu", "g")
    network.program(
        "pingdu", "a", intro=f"见[指南](record:{other.id})",
        lead_picture={"media": "media:pingdu/fehlt.png", "alt": "图"},
        steps=[
            {"title": "报名", "text": "**先**打电话", "link": f"record:{other.id}"},
            {"title": "来", "link": "/x/"},
        ],
        benefits=[{"label": "补贴", "value": "125460.30", "unit": "元", "qualifier": ["近"]}],
        forms=["media:pingdu/a.png", "media:pingdu/weg.png"],
        papers=[{"name": "表", "template": "media:pingdu/a.png"}],
        window={"opens": "2025-04-01", "note": "暂定"}, membership_required=False,
    )  # fmt: skip
    record = record_page(network, "/programs/a/", root=root).record
    assert record["intro"] == '<p>见<a href="../../guides/g/">指南</a></p>'
    assert record["steps"][0] == {
        "title": "报名",
        "text": "<p><strong>先</strong>打电话</p>",
        "link": "/guides/g/",
    }
    assert record["steps"][1]["link"] is None
    assert record["benefits"][0]["value"] == "125460.30"
    assert record["forms"] == ("/media/pingdu/a.png",)
    assert record["form_links"] == ({"href": "/media/pingdu/a.png", "label": "教室"},)
    assert record["papers"][0]["template"] == "/media/pingdu/a.png"
    assert record["window"] == {"opens": "2025-04-01", "closes": None, "note": "暂定"}
    assert record["membership_required"] is False
    assert record["lead_picture"] is None
    assert not {"share", "keywords", "former_paths", "review_due", "expires", "withdrawn", "body"} & set(
        record
    )


def test_editor_text_never_becomes_markup() -> None:
    network = Network()
    evil = "<script>alert(1)</script>"
    network.story(
        "pingdu", "a", title=evil, intro=evil, body=f"{evil}\n\n## {evil}\n",
        editor_note={"text": evil},
    )  # fmt: skip
    page = record_page(network, "/news/2025/04/a/")
    html = [page.record["intro"], page.record["editor_note"]["html"]]
    html += [block["html"] for block in page.body if "html" in block]
    assert len(html) == 3
    assert all("&lt;script&gt;" in part and "<script" not in part for part in html)


BODY = """\
一句话，[见](record:{id})。

## 小标题

## 小标题

/// section | 教学
    anchor: jiaoxue
///

> 引文

/// figures
    items:
      - {{label: 学员, value: 350, unit: 名, qualifier: 余, as_of: 2024}}
///

/// image
    media: media:pingdu/a.png
    alt: 教室
    caption: 晚上
///

/// gallery
    items:
      - {{media: media:pingdu/a.png, alt: 一}}
      - {{media: media:pingdu/weg.png, alt: 二}}
///

/// table | 表
    header: row

| 甲 | 乙 |
| --- | --- |
| 1 | 2 |
///

/// steps
    items:
      - {{title: 报名, text: 打**电话**}}
///

/// measures
    items:
      - {{label: 一, slogan: 口号, text: 做法, link: "record:{id}"}}
///

/// contact
    phone: "12351"
///

/// attachment
    media: media:pingdu/b.png
    title: 报名表
    accessible: media:pingdu/a.png
///

/// attachment
    media: media:pingdu/weg.png
    title: 没有
///

/// editor_note | 小编说
记得带证件。
///
"""


def test_every_block_has_the_keys_that_templates_read(pictures: tuple[Network, Path]) -> None:
    network, root = pictures
    other = network.guide("pingdu", "g")
    network.story("pingdu", "a", body=BODY.format(id=other.id))
    page = record_page(network, "/news/2025/04/a/", root=root)
    keys = [(block["type"], set(block) - {"type"}) for block in page.body]
    image = {"src", "alt", "width", "height", "caption", "credit", "vector", "focal_point", "sources", "blur",
             "taken", "place"}  # fmt: skip
    section = ("section", {"heading", "level", "anchor"})
    assert keys == [
        ("prose", {"html"}), section, section, section, ("quote", {"html", "speaker", "source"}),
        ("figures", {"items", "caption"}), ("image", image), ("gallery", {"items", "caption"}),
        ("table", {"rows", "caption", "header"}), ("steps", {"items", "caption"}),
        ("measures", {"items", "caption"}),
        ("contact", {"name", "purpose", "phone", "hours", "address", "email", "url", "note"}),
        ("attachment", {"href", "title", "note", "accessible"}), ("editor_note", {"html", "label"}),
    ]  # fmt: skip
    blocks = {block["type"]: block for block in page.body}
    assert blocks["prose"]["html"] == '<p>一句话，<a href="../../../../guides/g/">见</a>。</p>'
    assert (blocks["image"]["vector"], blocks["image"]["credit"]) == ("/media/pingdu/a.svg", "平度市总工会")
    assert len(blocks["gallery"]["items"]) == 1
    assert blocks["measures"]["items"][0]["link"] == "/guides/g/"
    assert [link.href for link in page.contents] == ["#s-小标题", "#s-小标题-2", "#jiaoxue"]


def test_links_between_records_survive_a_change_of_slug() -> None:
    network = Network()
    target = network.guide("acftu", "alt", share=to("descendants"))
    network.story("pingdu", "a", body=f"[见](record:{target.id})", related=[target.id])
    for slug in ("alt", "neu"):
        network.change(target, slug=slug)
        page = record_page(network, "/news/2025/04/a/")
        assert f'href="../../../../guides/acftu/{slug}/"' in page.body[0]["html"]
        assert [card.href for card in page.related] == [f"/guides/acftu/{slug}/"]


def test_a_link_leads_here_else_to_the_owner_else_nowhere() -> None:
    network = Network()
    here = network.guide("acftu", "here", share=to("descendants"))
    there = network.guide("jiangsu", "there")
    later = network.guide("jiangsu", "later", published=NOW + days(2))
    text = "".join(f"[{record.slug}](record:{record.id})" for record in (here, there, later))
    network.story("acftu", "a", body=f"{text}[g](/guides/here/)[n](/nirgends/)", share=to("descendants"))
    page = record_page(network, "/news/2025/04/acftu/a/")
    root = "../../../../../"
    assert page.body[0]["html"] == (
        f'<p><a href="{root}guides/acftu/here/">here</a>'
        '<a href="https://jiangsu.example/guides/there/">there</a>later'
        f'<a href="{root}guides/acftu/here/">g</a>n</p>'
    )
    assert plan(network.content(), "pingdu", NOW).next_change == later.published


def test_the_page_says_whose_it_is_and_what_it_stands_for() -> None:
    network = Network()
    source = network.program("acftu", "qiuxue", title="求学圆梦", share=to("descendants"))
    own = record_page(network, "/programs/qiuxue/", "acftu")
    assert (own.own, own.origin, own.owner.href) == (True, None, "https://acftu.example/")
    taken = record_page(network, "/programs/acftu/qiuxue/", "xuyi")
    assert (taken.own, taken.owner.label) == (False, "acftu")
    network.edition("pingdu", source, "bendi")
    edition = record_page(network, "/programs/bendi/")
    assert edition.own
    assert edition.origin is not None
    assert (edition.origin.label, edition.origin.href) == (
        "acftu《求学圆梦》", "https://acftu.example/programs/qiuxue/",
    )  # fmt: skip


def test_an_origin_that_this_union_may_not_know_is_not_named() -> None:
    network = Network()
    source = network.program("acftu", "geheim", title="只给市里", share=to("union:qingdao"))
    network.edition("qingdao", source, "a", title="市里的", share=to("descendants"))
    assert record_page(network, "/programs/a/", "qingdao").origin is not None
    page = record_page(network, "/programs/qingdao/a/")
    assert page.origin is None
    assert "只给市里" not in repr(page)


def test_whom_to_ask() -> None:
    network = Network()
    network.union("pingdu", "qingdao", "county", site={"hotline": "12351"})
    network.program("pingdu", "a")
    network.program("pingdu", "b", contact={"name": "权益部", "phone": "0532-1"})
    network.story("pingdu", "c")
    assert record_page(network, "/programs/a/").ask == {"name": "pingdu", "phone": "12351", "url": "/about/"}
    assert record_page(network, "/programs/b/").ask == {"name": "权益部", "phone": "0532-1", "url": ""}
    assert record_page(network, "/news/2025/04/c/").ask is None


def test_a_parameter_says_whether_it_holds_today() -> None:
    network = Network()
    dates: list[dict[str, str]] = [
        {"valid_to": "2025-04-07"},
        {"valid_from": "2025-04-08"},
        {"valid_from": "2026-01-01"},
    ]
    network.guide("pingdu", "a", parameters=[{"name": "上限", "value": 1} | each for each in [*dates, {}]])
    items = record_page(network, "/guides/a/").record["parameters"]
    assert [item["validity"] for item in items] == ["past", "current", "future", ""]
    assert [item.get("valid") for item in items] == [False, True, False, None]


def test_what_has_neither_summary_nor_abstract_is_told_by_its_key_points() -> None:
    network = Network()
    points = ["课由职工选，先发问卷。", "满10人就开班。"]
    network.story("pingdu", "a", body="正文的开头。", key_points=points)
    network.story("pingdu", "b", body="正文的开头。", key_points=points, abstract={"text": "提要。"})
    said = record_page(network, "/news/2025/04/a/")
    assert (said.description, said.data["key_points"]) == (" ".join(points), points)
    assert record_page(network, "/news/2025/04/b/").description == "提要。"


def test_structured_data_names_the_right_things() -> None:
    network = Network()
    network.story("acftu", "a", summary="摘要", share=to("descendants"))
    network.program("pingdu", "b")
    found = made(network)
    story, crumbs = found["/news/2025/04/acftu/a/"].json_ld
    assert (story["@type"], story["headline"], story["author"]["name"]) == (
        "NewsArticle",
        "acftu的a",
        "acftu总工会",
    )
    assert story["publisher"]["name"] == "pingdu总工会"
    assert [step["name"] for step in crumbs["itemListElement"]] == ["首页", "新闻", "acftu的a"]
    assert found["/programs/b/"].json_ld[0]["@type"] == "GovernmentService"
    assert found["/"].json_ld[0]["parentOrganization"]["name"] == "qingdao总工会"


# --- notices and media ----------------------------------------------------------------------------


def test_withdrawn_and_moved_pages_show_nothing_of_what_stood_there() -> None:
    network = Network()
    network.program("pingdu", "neu", title="新的", former_paths=["/programs/alt/"])
    gone = {"at": NOW, "reason": "停办", "redirect": "/programs/"}
    network.program(
        "pingdu", "weg", title="旧题", body="旧文", withdrawn=gone, former_paths=["/programs/weg-alt/"]
    )
    found = made(network)
    notices: dict[str, NoticePage] = {
        path: page for path, page in found.items() if isinstance(page, NoticePage)
    }
    assert set(notices) == {
        "/404.html",
        "/offline/",
        "/programs/alt/",
        "/programs/weg/",
        "/programs/weg-alt/",
    }
    stone = notices["/programs/weg/"]
    assert (stone.template, stone.reason, stone.target, stone.title) == (
        "withdrawn.html",
        "停办",
        "/programs/",
        "",
    )
    moved = notices["/programs/alt/"]
    assert (moved.template, moved.target, moved.canonical) == (
        "redirect.html", "/programs/neu/", "https://pingdu.example/programs/neu/",
    )  # fmt: skip
    assert all(page.noindex for page in notices.values())
    everything: list[Page] = list(found.values())
    assert not [page.path for page in everything if "旧题" in repr(page) or "旧文" in repr(page)]


def test_media_are_those_that_the_sites_records_use(pictures: tuple[Network, Path]) -> None:
    network, root = pictures
    later = {"published": NOW + days(1)}
    hidden = network.story("pingdu", "a", lead_picture={"media": "media:pingdu/a.png", "alt": "x"}, **later)

    def found(union: str = "pingdu") -> dict[str, Path]:
        content = network.content(root)
        return dict(media(plan(content, union, NOW), content))

    assert found() == {}
    network.story("pingdu", "b", body="[表](media:pingdu/b.png)和[无](media:pingdu/weg.png)")
    assert found() == {"/media/pingdu/b.png": root / "media" / "pingdu" / "b.png"}
    network.change(hidden, published=DAY, share=to("union:qingdao", mode="offer"))
    assert set(found()) == {"/media/pingdu/a.png", "/media/pingdu/a.svg", "/media/pingdu/b.png"}
    assert found("qingdao") == {}
    network.union("qingdao", "shandong", "city", site={"logo": "media:pingdu/a.png"})
    assert set(found("qingdao")) == {"/media/pingdu/a.png", "/media/pingdu/a.svg"}
