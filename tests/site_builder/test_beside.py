"""What lies beside the pages: codes, posters, feeds, structured data, what is read without a connection."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from site_builder import pages, paths, qr
from site_builder.contexts import CodePage, NoticePage, Page, PosterPage, RecordPage, WorkerPage
from site_builder.plan import plan
from site_builder.records import BEIJING, Kind
from site_builder.render import Bundle
from tests.builders import NOW, Network, to
from tests.site_builder.conftest import THEMES

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network as Built

Tree = Callable[[Path], dict[str, bytes]]
ATOM = "{http://www.w3.org/2005/Atom}"
SVG = "{http://www.w3.org/2000/svg}"


def made(network: Network, union: str = "pingdu") -> dict[str, Page]:
    content = network.content()
    return {page.path: page for page in pages.pages(plan(content, union, NOW), content)}


def sharing(network: Network) -> Network:
    """The network with pictures of titles on every site."""
    for slug, union in network.unions.items():
        site = union.site.model_copy(update={"share_pictures": True})
        network.unions[slug] = union.model_copy(update={"site": site})
    return network


def rendered(page: Page) -> str:
    return Bundle.load(THEMES, "base").render(page).decode()


# --- codes and posters ------------------------------------------------------------------------------


def test_every_record_has_the_code_of_its_own_address() -> None:
    network = Network()
    network.story("shandong", "a", share=to("descendants"))
    network.program("pingdu", "b")
    found = made(network)
    records = [page for page in found.values() if isinstance(page, RecordPage)]
    assert len(records) == 2
    for page in records:
        code = found[paths.qr_path(page.path)]
        assert isinstance(code, CodePage)
        assert code.canonical == page.canonical
        assert page.qr == code.path
        drawn = ElementTree.fromstring(rendered(code)).findall(f"{SVG}path")[-1]
        assert drawn.attrib["d"] == qr.symbol(page.canonical).path


def test_a_code_depends_on_its_address_alone() -> None:
    network = Network()
    network.program("pingdu", "b")
    before = made(network)["/programs/b/qr.svg"]
    network.story("pingdu", "news", published=NOW)
    assert made(network)["/programs/b/qr.svg"] == before


def test_what_can_be_hung_up_has_a_poster() -> None:
    network = Network()
    open_, over = ({"window": {"opens": "2025-04-01", "closes": day}} for day in ("2025-05-01", "2025-04-02"))
    network.program("pingdu", "a", **open_)
    network.program("pingdu", "b", **over)
    network.guide("pingdu", "c")
    network.story("pingdu", "d")
    found = made(network)
    posters = {path for path, page in found.items() if isinstance(page, PosterPage)}
    assert posters == {"/programs/a/poster.html", "/guides/c/poster.html"}
    for path in posters:
        page = found[path]
        assert page.noindex
        assert page.canonical == found[path.removesuffix("poster.html")].canonical
    assert found["/programs/b/"].poster == ""  # type: ignore[attr-defined]


def test_a_poster_says_what_a_passer_by_wants_to_know() -> None:
    network = Network()
    network.program(
        "pingdu",
        "a",
        title="求学圆梦行动",
        eligibility=("一线职工", "工作满一年"),
        benefits=({"label": "学费补助", "value": 2000, "unit": "元"},),
        window={"opens": "2025-04-01", "closes": "2025-05-01"},
        apply=({"way": "counter", "label": "到窗口", "value": "二楼"},),
        contact={"name": "帮扶中心", "phone": "0532-88888888"},
    )
    html = rendered(made(network)["/programs/a/poster.html"])
    for words in (
        "求学圆梦行动", "一线职工", "工作满一年", "学费补助", "2000元", "5月1日", "到窗口", "二楼",
        "帮扶中心", "0532-88888888", "https://pingdu.example/programs/a/",
    ):  # fmt: skip
        assert words in html
    assert 'content="noindex"' in html
    assert "还有" not in html, "paper hangs longer than a day"
    assert "style=" not in html


def test_the_more_there_is_to_say_the_smaller_it_is_set() -> None:
    network = Network()
    for name, papers in (("a", 0), ("b", 7)):
        items = [
            {"name": f"第{number}份材料，要写得清清楚楚，一个字也不能少" * 2} for number in range(papers)
        ]
        network.program("pingdu", name, papers=items, eligibility=["职工会员" * 8] * 4 if papers else [])
    found = made(network)
    densities = [found[f"/programs/{name}/poster.html"].density for name in ("a", "b")]  # type: ignore[attr-defined]
    assert densities == ["sparse", "crowded"]


# --- trust ------------------------------------------------------------------------------------------


def test_an_older_guide_leads_to_the_newer() -> None:
    network = Network()
    old = network.guide("pingdu", "old")
    network.guide("pingdu", "new", title="新指南", supersedes=(old.id,))
    found = made(network)
    page = found["/guides/old/"]
    assert isinstance(page, RecordPage)
    assert [(link.label, link.href) for link in page.newer] == [("新指南", "/guides/new/")]
    assert "../../guides/new/" in rendered(page)
    assert found["/guides/new/"].newer == ()  # type: ignore[attr-defined]


def test_what_explains_a_guide_and_where_a_program_is_lead_back() -> None:
    network = Network()
    story = network.story("pingdu", "tujie", title="一图读懂")
    place = network.record(Kind.PLACE, "pingdu", "gong", title="文化宫")
    hidden = network.record(Kind.PLACE, "qingdao", "bie", title="别家的")
    network.guide("pingdu", "huzhu", title="互助办法", explained_by=[story.id])
    network.program("pingdu", "yexiao", title="夜校", venues=[place.id, hidden.id])
    found = made(network)
    guide, program = found["/guides/huzhu/"], found["/programs/yexiao/"]
    assert isinstance(guide, RecordPage)
    assert isinstance(program, RecordPage)
    assert [link["label"] for link in guide.record["explained_by"]] == ["一图读懂"]
    assert [link["label"] for link in program.record["venues"]] == ["文化宫"]
    assert str(place.id) in program.data["venues"]
    assert program.known["place"]
    back = found["/news/2025/04/tujie/"], found["/places/gong/"]
    assert [[card.title for card in page.related] for page in back] == [["互助办法"], ["夜校"]]  # type: ignore[attr-defined]
    assert "政策解读" in rendered(guide)
    assert rendered(program).count("../../places/gong/") == 1


def test_the_program_of_a_year_before_leads_to_the_new_one_and_back() -> None:
    network = Network()
    old = network.program("pingdu", "zhuxue-2024", title="2024年助学")
    roll = network.story("pingdu", "mingdan", title="去年的名单")
    gone = network.program("pingdu", "zhuxue-2023", expires="2024-01-01T00:00:00+08:00")
    network.program(
        "pingdu", "zhuxue-2025", title="2025年助学", previous=(old.id, roll.id, gone.id),
        share=to("descendants"),
    )  # fmt: skip
    found = made(network)
    new, before = found["/programs/zhuxue-2025/"], found["/programs/zhuxue-2024/"]
    assert isinstance(new, RecordPage)
    assert isinstance(before, RecordPage)
    assert [link["label"] for link in new.record["previous"]] == ["2024年助学", "去年的名单"]
    assert new.data["previous"] == [str(old.id), str(roll.id)], "what is not there is not named"
    assert [(link.label, link.href) for link in before.newer] == [("2025年助学", "/programs/zhuxue-2025/")]
    [story] = (page for path, page in found.items() if path.endswith("/mingdan/"))
    assert isinstance(story, RecordPage)
    assert story.newer == (), "a story of last year is no program of last year"


@pytest.mark.parametrize(
    ("dates", "counted"),
    [((), ()), (("2024",), ("2024",)), (("2025-03", "2019", "2024"), ("2019", "2025-03"))],
)
def test_figures_say_from_when_they_are(dates: tuple[str, ...], counted: tuple[str, ...]) -> None:
    network = Network()
    figures = [{"label": "职工", "value": 1, "unit": "名", "as_of": date} for date in dates]
    network.story("pingdu", "a", figures=figures)
    page = made(network)["/news/2025/04/a/"]
    assert isinstance(page, RecordPage)
    assert page.counted == counted


def test_a_page_says_who_answers_for_it_and_whom_to_tell() -> None:
    network = Network(tree=False)
    contacts = [{"name": "办公室", "email": "a@pingdu.example"}]
    network.union("pingdu", site={"hotline": "12351", "reviewer": "宣传教育部", "contacts": contacts})
    network.story("pingdu", "a")
    found = made(network)
    html = rendered(found["/news/2025/04/a/"])
    right = html[html.index('class="right"') :].partition("</aside>")[0]
    for words in ("pingdu总工会", 'href="tel:12351"', 'href="mailto:a@pingdu.example"'):
        assert words in right
    assert "宣传教育部" in html, "who reviews everything, where a record names nobody"
    assert 'class="right"' not in rendered(found["/news/"]), "only a record can be wrong"


# --- without a connection ---------------------------------------------------------------------------


def worker(network: Network) -> WorkerPage:
    page = made(network)[paths.WORKER]
    assert isinstance(page, WorkerPage)
    return page


def test_services_and_guides_are_pinned() -> None:
    network = Network()
    network.guide("pingdu", "a")
    network.record(Kind.SERVICE, "pingdu", "b")
    network.story("pingdu", "c")
    page = worker(network)
    assert {"/guides/a/", "/services/b/", "/guides/", "/services/", "/search/"} == set(page.pinned)
    assert set(page.shell) == {"/offline/", "/", "/assets/brand.css"}
    found = made(network)
    assert {*page.pinned, *page.shell} <= found.keys()
    assert isinstance(found["/offline/"], NoticePage)


def test_the_worker_is_another_when_what_it_keeps_is() -> None:
    network = Network()
    guide = network.guide("pingdu", "a")
    network.story("pingdu", "old", published=NOW.replace(year=2020))
    first = worker(network).version
    assert worker(network).version == first
    network.records[guide.id] = guide.model_copy(update={"updated": datetime(2025, 4, 7, tzinfo=BEIJING)})
    assert worker(network).version != first


def test_the_worker_s_addresses_are_relative_to_its_scope() -> None:
    network = Network()
    network.guide("pingdu", "a")
    script = rendered(worker(network))
    named = re.findall(
        r'"([^"]+)"', "".join(re.findall(r"^const (?:SHELL|PINNED) = (\[.*\]);$", script, re.MULTILINE))
    )
    assert "./guides/a/" in named
    assert all(name.startswith("./") for name in named)


# --- feeds ------------------------------------------------------------------------------------------


def test_a_feed_is_the_same_as_json(network: Built, tree: Tree) -> None:
    network.build("pingdu")
    live = network.live("pingdu")
    files = tree(live)
    feeds = [path for path in files if path.endswith(".atom.xml")]
    assert "topics/shandong/kunnan-bangfu/feed.atom.xml" in feeds
    for path in feeds:
        atom = ElementTree.fromstring(files[path])
        document = json.loads(files[paths.json_feed(path)])
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert document["title"] == atom.findtext(f"{ATOM}title")
        assert document["feed_url"] == f"https://sites.example/pingdu/{paths.json_feed(path)}"
        entries = atom.findall(f"{ATOM}entry")
        assert [item["id"] for item in document["items"]] == [
            entry.findtext(f"{ATOM}id") for entry in entries
        ]
        for item, entry in zip(document["items"], entries, strict=True):
            assert item["url"] == entry.find(f"{ATOM}link").attrib["href"]  # type: ignore[union-attr]
            assert item["date_modified"] == entry.findtext(f"{ATOM}updated")
            assert item["content_text"]


# --- structured data --------------------------------------------------------------------------------

REQUIRED = {
    "NewsArticle": {
        "headline",
        "datePublished",
        "dateModified",
        "author",
        "publisher",
        "image",
        "mainEntityOfPage",
    },
    "Article": {"headline", "datePublished", "author", "publisher"},
    "GovernmentService": {"name", "url", "provider"},
    "Event": {"name", "startDate", "location", "eventStatus"},
    "Place": {"name", "url", "address"},
    "Dataset": {"name", "description", "creator"},
    "JobPosting": {"title", "description", "datePosted", "hiringOrganization", "jobLocation"},
    "FAQPage": {"mainEntity"},
    "HowTo": {"name", "step"},
    "WorkersUnion": {"name", "url"},
    "BreadcrumbList": {"itemListElement"},
}
"""What schema.org's readers require or strongly recommend of each type (Google Search Central)."""


def full_network() -> Network:
    network = Network()
    questions = ({"question": "要钱吗？", "answer": "**不要**。"},)
    steps = ({"title": "报名", "text": "带[身份证](https://a.example/)"}, {"title": "上课"})
    network.story("pingdu", "a")
    network.program("pingdu", "b", questions=questions, steps=steps, papers=({"name": "身份证"},))
    network.guide("pingdu", "c", questions=questions, steps=steps)
    network.record(Kind.SERVICE, "pingdu", "d", questions=questions)
    network.record(Kind.PLACE, "pingdu", "e", place="红旗路1号")
    posts = (
        {"title": "焊工", "headcount": 3, "pay": "6000元", "requirement": "持证"},
        {"title": "文员", "place": "青岛"},
    )
    network.record(
        Kind.EVENT,
        "pingdu",
        "f",
        place="人民广场",
        sessions=({"starts": "2025-05-01T09:00:00+08:00"},),
        employers=({"name": "机械厂", "posts": posts},),
    )
    return network


def things(found: dict[str, Page]) -> Iterator[dict[str, Any]]:
    for page in found.values():
        yield from page.json_ld


def test_every_thing_has_what_its_type_requires() -> None:
    told = list(things(made(sharing(full_network()))))
    kinds = {thing["@type"] for thing in told}
    assert {
        "NewsArticle",
        "GovernmentService",
        "Event",
        "Place",
        "JobPosting",
        "FAQPage",
        "HowTo",
        "WorkersUnion",
    } <= kinds
    for thing in told:
        assert thing["@context"] == "https://schema.org"
        missing = REQUIRED[thing["@type"]] - thing.keys()
        assert not missing, (thing["@type"], missing)
        assert "" not in thing.values()
        assert None not in thing.values()


def test_answers_are_plain_text() -> None:
    told = {thing["@type"]: thing for thing in made(full_network())["/guides/c/"].json_ld}
    question = told["FAQPage"]["mainEntity"][0]
    assert question["acceptedAnswer"] == {"@type": "Answer", "text": "不要。"}
    assert [step["text"] for step in told["HowTo"]["step"]] == ["带身份证", "上课"]


def test_a_post_is_told_with_the_place_of_work() -> None:
    posts = [thing for thing in made(full_network())["/events/f/"].json_ld if thing["@type"] == "JobPosting"]
    assert [(post["title"], post["jobLocation"]["address"]) for post in posts] == [
        ("焊工", "人民广场"),
        ("文员", "青岛"),
    ]
    assert posts[0]["totalJobOpenings"] == 3
    assert "持证" in posts[0]["description"]


# --- pictures of a site -----------------------------------------------------------------------------


def with_photo(network: Built, size: tuple[int, int] = (2000, 1200)) -> None:
    """The golden program's picture as a photograph, without the drawing."""
    folder = network.places.content / "media" / "pingdu"
    Image.linear_gradient("L").resize(size).convert("RGB").save(folder / "yexiao.png")
    network.edit("media/pingdu/yexiao.png.yaml", lambda text: re.sub(r"vector: .*\n", "", text))


def test_a_picture_lies_on_the_site_in_every_size_it_is_asked_in(network: Built) -> None:
    with_photo(network)
    network.build("pingdu")
    live = network.live("pingdu")
    html = (live / "programs/zhigong-yexiao/index.html").read_text("utf-8")
    named = re.findall(r"(?:\.\./)*(media/pingdu/[^ \"]+)", html)
    assert {path.rpartition(".")[2] for path in named} >= {"avif", "webp"}
    for path in named:
        assert (live / path).is_file(), path
    picture = re.search(r'<img src="[^"]*" alt="[^"]+" width="2000" height="1200"', html)
    assert picture, "its shape is known before it comes"
    assert "style=" not in html


def test_pictures_are_made_once_for_the_network(network: Built) -> None:
    with_photo(network)
    network.build("pingdu")
    cache = network.places.data / "cache" / "pictures"
    files = {path: path.stat().st_mtime_ns for path in cache.rglob("*") if path.is_file()}
    assert files
    network.build("pingdu", full=True)
    network.build("shandong")
    assert {path: stamp for path, stamp in files.items() if path.stat().st_mtime_ns != stamp} == {}


def test_a_drawing_stays_a_drawing(network: Built, tree: Tree) -> None:
    network.build("pingdu")
    files = tree(network.live("pingdu"))
    assert "media/pingdu/yexiao.svg" in files
    assert not [path for path in files if path.endswith((".avif", ".webp"))]


# --- what is shown where an address is shared -------------------------------------------------------


def test_a_record_without_a_picture_has_one_of_its_title_on_its_owner_s_site() -> None:
    network = sharing(Network())
    record = network.story("shandong", "a", share=to("descendants"))
    expected = f"https://shandong.example/share/{record.id}.png"
    for union in ("shandong", "pingdu"):
        page = next(page for page in made(network, union).values() if isinstance(page, RecordPage))
        assert page.og_image == expected
    content = network.content()
    drawn = {union: pages.shared(plan(content, union, NOW), content)[0] for union in ("shandong", "pingdu")}
    assert str(record.id) in drawn["shandong"]
    assert str(record.id) not in drawn["pingdu"]


def test_what_is_no_record_shows_the_picture_of_its_site() -> None:
    network = sharing(Network())
    network.story("pingdu", "a")
    found = made(network, "pingdu")
    for path in ("/", "/news/", "/about/", "/index/"):
        assert found[path].og_image == "https://pingdu.example/share/site.png", path


def test_a_union_that_does_not_ask_for_them_has_none() -> None:
    network = Network(tree=False)
    network.union("pingdu")
    network.story("pingdu", "a")
    content = network.content()
    assert pages.shared(plan(content, "pingdu", NOW), content) == ({}, ())
    assert made(network)["/news/2025/04/a/"].og_image == ""


def test_a_title_that_cannot_be_drawn_is_told() -> None:
    network = sharing(Network())
    record = network.story("pingdu", "a", title="龘字")
    content = network.content()
    drawn, problems = pages.shared(plan(content, "pingdu", NOW), content)
    assert str(record.id) not in drawn
    assert [(problem.code, problem.record) for problem in problems] == [("share-picture", str(record.id))]
    assert "龘" in problems[0].message


def test_share_pictures_lie_where_pages_say(network: Built, tree: Tree) -> None:
    network.edit(
        "unions/pingdu.md", lambda text: text.replace("site:\n", "site:\n  share_pictures: true\n", 1)
    )
    assert not network.build("pingdu").has_errors
    files = tree(network.live("pingdu"))
    base = "https://sites.example/pingdu/"
    named = {
        address.removeprefix(base)
        for path, data in files.items()
        if path.endswith(".html")
        for address in re.findall(r'property="og:image" content="([^"]+)"', data.decode())
        if address.startswith(base)
    }
    assert len(named) > 2
    assert "share/site.png" in named
    assert named <= files.keys()
