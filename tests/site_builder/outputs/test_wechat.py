"""The WeChat edition: nothing that WeChat would drop, everything that the record says, every limit told.

The golden files are the editions of the sample pages; look at a changed one before keeping it.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from site_builder import content_store, pages
from site_builder.content_store import Content
from site_builder.contexts import RecordPage, StateContext
from site_builder.outputs import wechat, wechat_html, wechat_pictures
from site_builder.plan import plan
from site_builder.records import Media
from site_builder.render import Bundle
from tests.builders import Network
from tests.demo_pages import FACES
from tests.site_builder import samples
from tests.site_builder.conftest import AS_OF, GOLDEN, THEMES

EDITIONS = GOLDEN.parent / "wechat"
PAGES: dict[str, Callable[[], RecordPage]] = {
    "story": samples.story,
    "program": samples.program,
    "guide": samples.guide,
}
"""Pages with every block that a body can have."""
EVENT = ("pingdu", "/events/youhua-ke/")
KINDS = (*PAGES, "event")
TAGS = {
    "section", "p", "span", "strong", "b", "em", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table",
    "tr", "th", "td", "img", "br", "sup", "sub",
}  # fmt: skip
STYLES = {
    "background", "border", "border-bottom", "border-collapse", "border-left", "border-top", "border-width",
    "color", "display", "font-size", "font-style", "font-weight", "height", "line-height", "margin",
    "margin-bottom", "margin-top", "padding", "padding-bottom", "padding-left", "padding-top", "text-align",
    "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
"""What WeChat's editor keeps of a style: what sets type, colour, lines and space in the flow.

It takes away position, transform, pseudo-elements and backgrounds that are gradients (verysmallwoods.com, 19
January 2026; GitHub issues mdnice/markdown-nice 58 and 264, wecatch/markdown-css 8),
and gives lists a padding of its own, which a padding replaces and a margin adds to (note-to-mp 34)."""
UNSURE = re.compile(r"[(!]|\b(?:flex|grid|fixed|absolute|float)\b|\d(?:rpx|rem|v[wh])\b|(?<![\w#])-\d")
"""Functions, `!important`, other layouts, units of a viewport and of the root, negative lengths."""
ATTRIBUTES = {"style", "src", "alt", "colspan", "rowspan", "start"}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The golden content, with a photograph for every picture that the pages name."""
    read = content_store.read(GOLDEN / "content")
    root = tmp_path_factory.mktemp("content")
    (root / "media" / "pingdu").mkdir(parents=True)
    named = set(re.findall(r"/media/(pingdu/[\w.-]+)", repr([make() for make in PAGES.values()])))
    for number, name in enumerate(sorted(named)):
        image = Image.linear_gradient("L").rotate(90 * number).resize((1200, 750)).convert("RGB")
        if not name.endswith((".svg", ".docx", ".pdf")):
            image.save(root / "media" / name)
    media = {name: Media(ref=name, title=name, credit="平度市总工会") for name in named}
    return replace(read, root=root, media={**read.media, **media})


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load(THEMES, "base")


@pytest.fixture
def page(request: pytest.FixtureRequest, content: Content) -> RecordPage:
    """The page of a kind, named by the test's parameter; a story where it names none."""
    kind = getattr(request, "param", "story")
    if kind in PAGES:
        return PAGES[kind]()
    union, path = EVENT
    found = next(page for page in pages.pages(plan(content, union, AS_OF), content) if page.path == path)
    assert isinstance(found, RecordPage)
    return found


every_kind = pytest.mark.parametrize("page", KINDS, indirect=True)


def clean(html: str, css: str = "", pictures: dict[str, str] | None = None) -> wechat_html.Cleaned:
    found = pictures or {}
    return wechat_html.clean(html, css, "https://a.example/news/x/", found.get)


class Outline(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")
        if tag not in ("img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@every_kind
def test_an_edition_is_the_golden_one(page: RecordPage, content: Content, bundle: Bundle) -> None:
    made = wechat.edition(page, content, bundle)
    assert made.html == (EDITIONS / f"{page.record['kind']}.html").read_text("utf-8")


@every_kind
def test_wechat_would_drop_nothing_of_it(page: RecordPage, content: Content, bundle: Bundle) -> None:
    made = wechat.edition(page, content, bundle)
    outline = Outline(made.html)
    assert outline.tags <= TAGS
    assert outline.attributes.keys() <= ATTRIBUTES
    assert not outline.open
    assert outline.attributes["src"] == {image.file for image in made.images}
    assert "url(" not in made.html
    assert len(made.html) < wechat.TEXT
    assert all(len(image.data) < wechat_pictures.LARGEST for image in (*made.images, *made.covers))


@pytest.mark.parametrize("face", ["base", *FACES])
@every_kind
def test_wechat_keeps_every_style_of_it(page: RecordPage, content: Content, face: str) -> None:
    html = wechat.edition(page, content, Bundle.load(THEMES, face)).html
    said = [line.split(":", 1) for style in re.findall('style="([^"]*)"', html) for line in style.split(";")]
    assert {name for name, _ in said} <= STYLES
    values = " ".join(value for _, value in said)
    assert not UNSURE.search(values)
    assert all("padding-left" in style for style in re.findall('<[uo]l style="([^"]*)"', html))
    assert not re.search(r"<(p|section|td|li)\b[^>]*>\s*</\1>", html)


@pytest.mark.parametrize("page", ["program"], indirect=True)
def test_it_says_what_the_page_says(page: RecordPage, content: Content, bundle: Bundle) -> None:
    text = re.sub(r"<[^>]+>", "", wechat.edition(page, content, bundle).html)
    record = page.record
    said = [
        *record["eligibility"],
        *(item["label"] for item in record["benefits"]),
        *(way["label"] for way in record["apply"]),
        *(step["title"] for step in record["steps"]),
        *(question["question"] for question in record["questions"]),
        *(figure["label"] for figure in record["figures"]),
    ]
    assert said
    assert [words for words in said if words not in text] == []


@pytest.mark.parametrize("page", ["event"], indirect=True)
def test_an_event_that_is_over_says_so_and_when_it_was(
    page: RecordPage, content: Content, bundle: Bundle
) -> None:
    dates = [{**one, "over": True} for one in page.record["dates"]]
    desks = [{"name": "法律", "text": ""}, {"name": "心理", "text": ""}]
    over = replace(page, record={**page.record, "dates": dates, "desks": desks}, state=StateContext("ended"))
    text = re.sub(r"<[^>]+>", "", wechat.edition(over, content, bundle).html)
    assert "能参加吗已结束什么时候20" in text
    assert "法律、心理" in text
    assert "怎么办" not in text.partition("什么时候")[2][:200]
    assert "已结束" not in wechat.edition(page, content, bundle).html


@pytest.mark.parametrize("page", ["guide"], indirect=True)
def test_a_guide_says_its_rates(page: RecordPage, content: Content, bundle: Bundle) -> None:
    html = wechat.edition(page, content, bundle).html
    assert page.record["parameters"]
    assert [item["name"] for item in page.record["parameters"] if f"{item['name']}<" not in html] == []


def test_tables_and_figures_are_whole(page: RecordPage, content: Content, bundle: Bundle) -> None:
    html = wechat.edition(page, content, bundle).html
    cells = [cell for block in page.body if block["type"] == "table" for row in block["rows"] for cell in row]
    figures = [item for block in page.body if block["type"] == "figures" for item in block["items"]]
    assert cells
    assert figures
    assert [cell for cell in cells if f">{cell}</t" not in html] == []
    assert [item["label"] for item in figures if item["label"] not in html] == []


def test_the_theme_s_colour_is_the_union_s(page: RecordPage, content: Content, bundle: Bundle) -> None:
    assert page.site.primary in wechat.edition(page, content, bundle).html


def test_files_lie_together(page: RecordPage, content: Content, bundle: Bundle, tmp_path: Path) -> None:
    made = wechat.edition(page, content, bundle)
    wechat.write(made, tmp_path)
    html = (tmp_path / "article.html").read_text("utf-8")
    assert made.html in html
    for name in re.findall(r'src="([^"]+)"', html):
        assert (tmp_path / name).is_file()
    said = json.loads((tmp_path / "article.json").read_bytes())
    assert said["content_source_url"] == page.canonical
    assert [image["bytes"] for image in said["images"]] == [
        (tmp_path / image["file"]).stat().st_size for image in said["images"]
    ]
    assert {cover["file"] for cover in said["covers"]} == set(wechat_pictures.COVERS)


def test_pictures_can_stand_inside(page: RecordPage, content: Content, bundle: Bundle) -> None:
    made = wechat.edition(page, content, bundle)
    inside = made.with_pictures_inside()
    assert all(image.file not in inside for image in made.images)
    assert inside.count("data:image/") == made.html.count('src="')


# --- HTML ---------------------------------------------------------------------------------------------


def test_styles_stand_in_their_elements() -> None:
    made = clean('<section class="a"><p>一</p></section>', ".a { color: #111; } .a p { margin: 0 }")
    assert made.html == '<section style="color:#111"><p style="margin:0">一</p></section>\n'


def test_a_space_between_words_stays() -> None:
    made = clean("<section>\n<p><strong>ISO</strong> <em>9001</em></p>\n</section>")
    assert made.html == "<section><p><strong>ISO</strong> <em>9001</em></p></section>\n"


def test_links_become_notes() -> None:
    made = clean(
        '<p>见<a href="../../programs/y/">项目</a>和<a href="https://b.example/">那里</a>，'
        '再看<a href="../../programs/y/">一次</a>，<a href="#x">下面</a>，<a href="tel:12351">12351</a></p>'
        "<section data-notes></section>",
        ".notes { color: #222 }",
    )
    assert [(note.number, note.address) for note in made.notes] == [
        (1, "https://a.example/programs/y/"),
        (2, "https://b.example/"),
    ]
    assert "<a" not in made.html
    assert "项目<sup>[1]</sup>" in made.html
    assert "一次<sup>[1]</sup>" in made.html
    assert "下面，12351" in made.html
    assert '<section style="color:#222"><p>[1] 项目：https://a.example/programs/y/</p>' in made.html


def test_links_inside_wechat_stay_links() -> None:
    made = clean('<p><a href="https://mp.weixin.qq.com/s/x">上期</a></p>')
    assert made.html == '<p><a href="https://mp.weixin.qq.com/s/x">上期</a></p>\n'
    assert made.notes == ()


def test_an_address_that_is_written_out_needs_no_note() -> None:
    assert clean('<p><a href="https://b.example/">https://b.example/</a></p>').notes == ()


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p { color: red }</style>",
        '<iframe src="https://b.example/"></iframe>',
        '<p onclick="x()" id="a" class="b" data-c="d"></p>',
        '<img src="https://b.example/a.png" onerror="x()">',
        '<p style="background:url(https://b.example/)"></p>',
    ],
)
def test_nothing_that_acts_or_comes_from_elsewhere_is_left(html: str) -> None:
    made = clean(f"<p>一</p>{html}<p>二</p>").html
    assert "一" in made
    assert "二" in made
    assert not re.search(r"script|alert|onclick|onerror|id=|class=|data-c|b\.example|color: red", made)


def test_text_stays_text() -> None:
    assert clean("<p>1 &lt; 2 &amp;&amp; &lt;b&gt;</p>").html == "<p>1 &lt; 2 &amp;&amp; &lt;b&gt;</p>\n"


# --- limits --------------------------------------------------------------------------------------------


def problems_of(page: RecordPage, content: Content, bundle: Bundle, **fields: object) -> dict[str, str]:
    record = {**page.record, **fields}
    changed = replace(page, record=record, title=str(record["title"]))
    return {problem.code: problem.message for problem in wechat.edition(changed, content, bundle).problems}


def test_every_limit_is_told(page: RecordPage, content: Content, bundle: Bundle) -> None:
    assert problems_of(page, content, bundle) == {}
    long = {"title": "长" * 33, "summary": "说" * 121, "note": f"<p>{'多' * 20_000}</p>"}
    found = problems_of(page, content, bundle, **long)
    assert {"title-long", "digest-cut", "text-long"} <= found.keys()
    assert "33" in found["title-long"]


def test_what_is_not_there_is_told(page: RecordPage, content: Content, bundle: Bundle) -> None:
    bare = replace(page, body=())
    missing = {"lead_picture": None, "summary": ""}
    found = problems_of(replace(bare, description=""), content, bundle, **missing)
    assert {"cover-missing", "digest-missing"} <= found.keys()
    gone = asdict(samples.picture(src="/media/pingdu/gone.png"))
    assert "picture-unusable" in problems_of(bare, content, bundle, lead_picture=gone)


def test_a_long_summary_is_cut_behind_a_sentence(page: RecordPage, content: Content, bundle: Bundle) -> None:
    text = "一句话。" * 40
    made = wechat.edition(replace(page, record={**page.record, "summary": text}), content, bundle)
    assert len(made.digest) == 120
    assert made.digest.endswith("。")


def test_what_a_story_says_for_wechat_comes_first(content: Content, bundle: Bundle) -> None:
    story = samples.story()
    id = UUID(story.record["id"])
    told = {"title": "夜校的灯", "digest": "周末也亮。", "cover": "media:pingdu/missing.png"}
    record = Network().story("pingdu", "deng", id=str(id), wechat=told)
    long = replace(story, title="长" * 33, record=story.record | {"summary": "说" * 121})
    made = wechat.edition(long, replace(content, records={**content.records, id: record}), bundle)
    assert (made.title, made.digest) == ("夜校的灯", "周末也亮。")
    assert not {"title-long", "digest-cut"} & {problem.code for problem in made.problems}
    assert made.covers, "a cover that is gone leaves the lead picture"
    Image.new("RGB", (1200, 600), "red").save(content.root / "media" / "pingdu" / "red.png")
    red = {"pingdu/red.png": Media(ref="pingdu/red.png", title="红")}
    covered = Network().story("pingdu", "deng", id=str(id), wechat={"cover": "media:pingdu/red.png"})
    content = replace(content, media={**content.media, **red})
    other = wechat.edition(long, replace(content, records={**content.records, id: covered}), bundle)
    assert other.covers[0].data != made.covers[0].data


@pytest.mark.parametrize(("mode", "suffix"), [("RGB", "jpg"), ("RGBA", "png")])
def test_large_pictures_come_within_the_limit(tmp_path: Path, mode: str, suffix: str) -> None:
    file = tmp_path / "a.png"
    noise = Image.effect_noise((2400, 1800), 90)
    image = Image.merge("RGB", [noise, noise.rotate(90, expand=False), noise]).convert(mode)
    if mode == "RGBA":
        image.putalpha(255)
        image.putpixel((0, 0), (0, 0, 0, 0))
    image.save(file)
    made = wechat_pictures.picture(file)
    assert len(made.data) < wechat_pictures.LARGEST
    assert made.width <= wechat_pictures.WIDEST
    assert made.suffix in ("jpg", suffix)


def test_a_drawing_keeps_its_edges(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    Image.new("RGB", (900, 600), "white").save(file)
    assert wechat_pictures.picture(file).suffix == "png"


def test_a_cover_is_cut_around_what_matters(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    image = Image.new("RGB", (2000, 2000), "white")
    image.paste("red", (0, 0, 2000, 300))
    image.save(file)
    top = wechat_pictures.cover(file, (900, 383), (0.5, 0.0))
    middle = wechat_pictures.cover(file, (900, 383), None)
    assert (top.width, top.height) == (900, 383)
    red = [Image.open(io.BytesIO(made.data)).getpixel((450, 20)) for made in (top, middle)]
    assert red[0][1] < 60 < red[1][1]  # type: ignore[index]


def test_a_small_picture_makes_a_small_cover(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    Image.new("RGB", (300, 300), "red").save(file)
    made = wechat_pictures.cover(file, (900, 383), None)
    assert (made.width, made.height) == (300, 128)


def test_how_many_there_are_and_how_many_are_named_is_said(content: Content, bundle: Bundle) -> None:
    page = samples.story()
    listing = {
        "type": "listing", "label": "八大群体", "total": 8, "unit": "个", "qualifier": [], "as_of": "2023",
        "source": "", "items": [{"title": "保安员", "text": "", "link": ""}],
    }  # fmt: skip
    figure = page.record["figures"][0] | {
        "value": 4,
        "unit": "类",
        "qualifier": [],
        "listed": ["车险", "家财险"],
    }
    said = replace(page, body=(listing,), record={**page.record, "figures": [figure]})
    html = wechat.edition(said, content, bundle).html
    assert "共8个，文中列出1个" in html
    assert "共4类，文中列出2个：车险、家财险" in html


def test_tables_of_who_gets_what_and_the_questions_are_said(content: Content, bundle: Bundle) -> None:
    page = samples.guide()
    decision = {
        "title": "先走哪条路", "intro": "",
        "questions": [{"key": "a", "question": "难处在哪？", "options": [{"label": "没活干", "next": "b"}]}],
        "outcomes": [{"key": "b", "title": "就业创业", "text": "<p>找工作。</p>", "verdict": "yes"}],
    }  # fmt: skip
    rows = [{"label": "高级工", "cells": ["有", ""]}]
    matrix = {"title": "按等级看", "corner": "等级", "columns": ["车险", "几折"], "rows": rows, "note": ""}
    said = replace(page, record={**page.record, "decision": decision, "matrices": [matrix]})
    html = wechat.edition(said, content, bundle).html
    text = re.sub(r"<[^>]+>", " ", html)
    assert "没活干 → 就业创业" in text
    assert "找工作。" in text
    assert re.search(r"高级工\s+有\s+请咨询", text)


def test_one_condition_of_several_is_enough(content: Content, bundle: Bundle) -> None:
    page = samples.program()
    said = {
        **page.record,
        "eligibility": [],
        "eligibility_any": ["技能人才", "护理人员"],
        "audiences": ["职工"],
    }
    html = wechat.edition(replace(page, record=said), content, bundle).html
    assert "满足其中一项即可" in html
    assert "并满足" not in html


def test_the_head_of_a_story_is_that_of_the_page(content: Content, bundle: Bundle) -> None:
    page = samples.story()
    head = {
        "kicker": "先问职工想学什么",
        "kicker_joins_title": True,
        "dateline": "平度",
        "event_date": "2024-06",
    }
    html = wechat.edition(replace(page, record={**page.record, **head}), content, bundle).html
    assert "先问职工想学什么——<" in html
    assert re.search("　平度　事件时间：2024年6月<", html)
