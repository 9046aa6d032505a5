"""The pages that every site has, and what stands on all of them."""

from __future__ import annotations

from pathlib import Path

from site_builder.contexts import HomePage, StylePage, TextPage
from site_builder.plan import plan
from site_builder.render import Bundle
from tests.builders import DAY, NOW, Network, days
from tests.demo_pages import THEMES
from tests.site_builder.test_pages import made, pictures

__all__ = ["pictures"]

# --- the site -------------------------------------------------------------------------------------


def test_an_empty_site_has_its_fixed_pages() -> None:
    found = made(Network())
    fixed = {"/", "/about/", "/accessibility/", "/search/", "/index/", "/offline/", "/404.html", "/sw.js"}
    assert set(found) == {*fixed, "/assets/brand.css"}
    home = found["/"]
    assert isinstance(home, HomePage)
    assert (home.lead, home.news, home.site.menu, home.site.dateline) == (None, (), (), "")


def test_the_list_of_a_kind_exists_when_there_is_something_or_the_menu_asks_for_it() -> None:
    network = Network()
    menu = [
        {"label": "新闻", "link": "/news/"},
        {"label": "旧", "link": "/gone/"},
        {"label": "站", "link": "https://a.cn/"},
    ]
    network.union("pingdu", "qingdao", "county", site={"menu": menu})
    network.guide("pingdu", "a")
    found = made(network)
    assert {"/news/", "/guides/"} < set(found)
    assert "/programs/" not in found
    assert (found["/news/"].cards, found["/news/"].total, found["/news/"].feed) == ((), 0, "")
    assert [link.href for link in found["/"].site.menu] == ["/news/", "https://a.cn/"]
    assert [link.href for link in found["/"].site.feeds] == ["/feeds/all.atom.xml", "/feeds/guide.atom.xml"]


def test_without_a_menu_of_its_own_a_site_lists_its_kinds_in_both_languages() -> None:
    network = Network()
    network.program("pingdu", "a", topics=["夜校"])
    network.topic("pingdu", "t", query=["夜校"])
    menu = made(network)["/"].site.menu
    assert [(link.href, link.label_en) for link in menu] == [
        ("/programs/", "Programs"),
        ("/topics/", "Topics"),
    ]


def test_the_unions_above_and_below_are_linked_absolutely() -> None:
    home = made(Network(), "qingdao")["/"]
    assert [link.href for link in home.site.uppers] == ["https://acftu.example/", "https://shandong.example/"]
    assert [link.href for link in home.children] == ["https://pingdu.example/"]


def test_the_dateline_is_the_newest_change_that_has_happened() -> None:
    network = Network()
    record = network.story("pingdu", "a", updated=DAY + days(3))
    assert made(network)["/"].site.dateline == "2025-04-04"
    network.change(record, updated=NOW + days(3))
    content = network.content()
    assert made(network)["/"].site.dateline == "2025-04-01"
    assert plan(content, "pingdu", NOW).next_change == NOW + days(3)


def test_not_found_leads_everywhere_from_anywhere() -> None:
    page = made(Network())["/404.html"]
    assert (page.root, page.noindex, page.template) == ("https://pingdu.example/", True, "404.html")


def test_brand_css_changes_with_the_colours_and_nothing_else() -> None:
    network = Network()
    before = made(network)["/assets/brand.css"]
    network.story("pingdu", "a")
    assert made(network)["/assets/brand.css"] == before
    network.union("pingdu", "qingdao", "county", site={"palette": {"primary": "#123456"}})
    after = made(network)["/assets/brand.css"]
    assert isinstance(after, StylePage)
    assert (after.site.primary, after.template) == ("#123456", "brand.css")


def test_what_a_union_says_of_itself_is_shown_whole() -> None:
    network = Network()
    text = "老工会。\n\n## 职责\n\n- 维权\n\n| 部门 | 电话 |\n| --- | --- |\n| 办公室 | 1 |"
    network.union("pingdu", "qingdao", body=text)
    about = made(network)["/about/"]
    assert isinstance(about, TextPage)
    assert [block["type"] for block in about.body] == ["prose", "section", "prose", "table"]
    html = Bundle.load(THEMES, "base").render(about).decode().partition("<main")[2]
    assert html.index("老工会") < html.index("<h2 id=") < html.index("维权") < html.index("办公室")


def test_the_account_on_wechat_is_named_on_every_page_and_its_code_on_one(
    pictures: tuple[Network, Path],
) -> None:
    network, root = pictures
    site = {"icon": "media:pingdu/b.png", "wechat": {"name": "平度工会", "code": "media:pingdu/b.png"}}
    network.union("pingdu", "qingdao", site=site)
    pages, bundle = made(network, root=root), Bundle.load(THEMES, "base")
    about, home = (bundle.render(pages[path]).decode() for path in ("/about/", "/"))
    assert 'rel="icon" href="../media/pingdu/b.png"' in about
    assert about.count('class="wechat-code"') == 1
    assert "wechat-code" not in home
    assert 'href="./about/#wechat">平度工会</a>' in home
